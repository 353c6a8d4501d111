# %% [markdown]
# # A researcher's first hour: does insight pay?
#
# The 2010 report claims that places which use customer insight have fewer red flags.
# Its Appendix G, with scores and counts, is lost. This notebook shows how the claim
# is re-tested, on SYNTHETIC scores and flags of thirteen invented pilots.

# %%
import pandas as pd

from insight import shipped
from insight.evidence import (
    DESIGN_PROBLEMS,
    associate,
    flags_per_place,
    maturity_scores,
)
from insight.spend import check_tables

# %% [markdown]
# Two coders, four components. A blank is "no text found": it is never a low score.

# %%
coded = pd.read_csv(shipped("example", "maturity.csv"))
scores = maturity_scores(coded)
print(scores)
scores.profile

# %% [markdown]
# Flags belong to areas, maturity to places of several areas: counts are held against
# the areas they come from, and a place with an unknown count is left out.

# %%
flags = pd.read_csv(shipped("example", "flags.csv"))
flags_per_place(flags)[["areas", "red", "red_minimum", "red_maximum"]]

# %%
verdict = associate(coded, flags, colour="red")
print(verdict)

# %% [markdown]
# Four problems that no statistic mends:

# %%
for problem in DESIGN_PROBLEMS:
    print("-", problem)

# %% [markdown]
# The same honesty for the report's own tables: what adds up, and what does not.

# %%
for check in check_tables():
    if check.verdict != "adds up":
        print("-", check)

# %%
assert 0 < verdict.p.p <= 1
assert -1 <= verdict.tau <= 1
