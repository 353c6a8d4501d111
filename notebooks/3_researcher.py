# %% [markdown]
# # A researcher's first hour: does insight pay?
#
# The 2010 report claims that places which use customer insight have fewer red flags
# (1.3.4, 5.11.2). Its Appendix G, with the scores and counts behind the claim, is lost.
# So the claim cannot be reproduced; it can be tested. This notebook walks from the
# evidence to a verdict on **real facts**, with every gap left visible, and then does
# the whole analysis on the SYNTHETIC example.

# %%
import pandas as pd

from insight import shipped
from insight.errors import InsightError
from insight.evidence import (
    DESIGN_PROBLEMS,
    Declared,
    associate,
    associate_ordinal,
    coder_noise,
    coding_sheets,
    evidence_index,
    find_examples,
    flags_per_place,
    insight_family,
    insight_pilots,
    leave_one_out,
    maturity_scores,
    national_figures,
    pilot_flags,
    recodes,
    rubric,
    said_of_agreement,
    tau_bounds,
    themes,
    thin_evidence,
    units_of_evidence,
    unknown_flags,
)

# %% [markdown]
# ## 1. The evidence
#
# What the report says of each pilot's use of insight, by component, in our words and
# with its lines. It is also a base of worked examples, which pilots asked for (5.5).

# %%
print(find_examples("take-up"))

# %% [markdown]
# Which components of which pilots have any text from before the flags? 31 of 52 cells,
# and all four components in 3 of 13 pilots. Examples were chosen as good practice, so a
# gap is not low maturity.

# %%
index = evidence_index()
before = units_of_evidence(index)
cells = pd.crosstab(before["place"], before["component"])
cells["lines naming it"] = insight_pilots()["lines_naming_it"]
cells

# %% [markdown]
# ## 2. The coding
#
# Two coders read the passages, each in an order of its own, and see no flags. The
# rubric is this toolkit's own.

# %%
rubric().query("component == 'process'")[["level", "name", "anchor"]]

# %%
sheets = coding_sheets(index, ["coder 1", "coder 2"], seed=2010)
sheets["coder 1"].drop(columns=["coder", "check"]).head(3)

# %% [markdown]
# No levels ship with the toolkit: that is for coders to do (`totalplace code sheets`).

# %% [markdown]
# ## 3. The flags
#
# Counts are complete for 3 of 13 pilots. The rest is bounded at best: no area but
# Warrington is said to have had three red flags.

# %%
flags = pilot_flags()
pilots = flags_per_place(flags)
print(f"{pilots['red'].notna().sum()} of {len(pilots)} pilots have all red counts")
pilots[["areas", "red", "red_minimum", "red_maximum", "red_unknown"]]

# %%
national_figures()[["value", "status"]]

# %% [markdown]
# ## 4. The verdict on real facts
#
# With blank levels, and flags that are known for three pilots, the toolkit refuses, and
# says why for every place. It will not put zeros.

# %%
blank = before.assign(coder="coder 1", score=pd.NA)
try:
    verdict = str(associate(blank, flags))
except InsightError as refused:
    verdict = f"Refused: {refused}"
print(verdict)

# %% [markdown]
# Would levels be enough? A rival explanation is how much the report writes of each
# pilot, which is known. Held against all red counts that are possible, even that rival
# could have gone either way: the unknown counts allow any conclusion.

# %%
lines = insight_pilots()["lines_naming_it"].reindex(pilots.index)
print(
    tau_bounds(
        lines.tolist(),
        pilots["red_minimum"].tolist(),
        pilots["red_maximum"].tolist(),
        pilots["areas"].tolist(),
    )
)

# %% [markdown]
# A narrower question can be asked honestly. Some theme lists are complete, so an area
# they do not name had no such flag. Once pilots are coded, this is a real test for
# them; here the rival is tested.

# %%
themes()

# %%
housing = flags_per_place(pilot_flags("housing", colour="red"))
rival = pd.DataFrame(
    {"lines": lines, "red flags on housing": housing["red"], "areas": housing["areas"]}
)
narrow = associate_ordinal(
    rival, score="lines", count="red flags on housing", exposure="areas"
)
print(narrow)

# %% [markdown]
# **The verdict on real facts: not known.** Not "no association", and not the report's
# "apparent correlation" either. What would change it: levels by two coders, and the
# counts of 27 more areas, from the archived site or from council papers.

# %% [markdown]
# ## 5. The whole analysis, on the SYNTHETIC example
#
# Agreement first; below an ordinal alpha of 0.667 nothing is reported.

# %%
coded = pd.read_csv(shipped("example", "maturity.csv"))
made_up = pd.read_csv(shipped("example", "flags.csv"))
scores = maturity_scores(coded)
print(scores)
for sentence in said_of_agreement(scores.agreement):
    print("-", sentence)
scores.profile

# %% [markdown]
# The primary test, with what must stand beside it:

# %%
found = associate(coded, made_up, colour="red")
print(found)

# %% [markdown]
# Everything that was declared, Holm over all of it, and what each could have found:

# %%
family = insight_family(coded, made_up, declared=Declared(random_state=2010))
family.table[["test", "outcome", "value", "low", "high", "p", "p_holm", "refused"]]

# %%
print(family.members[0])

# %% [markdown]
# What would change the result:

# %%
points, names = found.reported.points, list(found.places.index)
print("-", leave_one_out(points, names))
print("-", recodes(points, names, step=0.25))
print("-", coder_noise(coded, found))
print("-", unknown_flags(coded, made_up))
print("-", thin_evidence(coded, made_up))

# %% [markdown]
# Four problems that no statistic mends:

# %%
for problem in DESIGN_PROBLEMS:
    print("-", problem)

# %% [markdown]
# `totalplace run` puts all this on a page, with a table of methods for a reviewer, and
# in `evidence.json` for machines. `totalplace report-tables` is as honest about the
# report's own tables.

# %%
assert verdict.startswith("Refused")
assert pilots["red"].notna().sum() == 3
assert 0 < found.p.p <= 1
assert -1 <= found.tau <= 1
