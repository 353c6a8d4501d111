# %% [markdown]
# # An insight analyst's first day: who are our customers, and where first?
#
# The place is **Leicester**: all 969 output areas of the 2011 census. Its data are
# public but stay outside the project, in `../shared/fixtures` beside a checkout. Where
# they are not there, the same cells run on **Exampleton**, which does not exist. The
# next cell says which one this is. To use your own place, name its `place.toml`.

# %%
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

from insight import build_example, shipped
from insight.chapters.finding import recipe_of
from place import open_place, read_place
from segmentation import agreement, index_scores, pen_portrait, rates, segment_areas
from segmentation.action.campaigns import hold_out_areas
from segmentation.action.drivers import drivers
from segmentation.action.targets import TargetPlan, target_list
from segmentation.change.drift import drift_of_model
from segmentation.explain.outcomes import outcome_of
from segmentation.explain.side_by_side import compare_gain
from segmentation.share.assigning import assign
from segmentation.share.model import read_model
from segmentation.share.sharing import shared_model
from segmentation.trust.choose import choose_k
from segmentation.trust.membership import membership
from segmentation.trust.structure import structure_test
from segmentation.where.access import coverage
from segmentation.where.future import future_hotspots
from segmentation.where.hotspots import hotspots
from segmentation.where.neighbours import neighbours
from segmentation.where.siting import choose_sites
from segmentation.where.travel import Reach, straight_lines

# %%
work = Path(tempfile.mkdtemp())
checkout = shipped().parent
census = checkout.parent / "shared/fixtures/segmentation/oac2011"
real = census.is_dir() and (checkout / "tests/places/leicester").is_dir()
settings = read_place(
    checkout / "tests/places/leicester/place.toml"
    if real
    else shipped("example", "place.toml")
)
opened = open_place(settings, work)
areas = opened.areas
table = pd.DataFrame(areas.drop(columns="geometry"))
kind = "real census data" if real else "SYNTHETIC: the place does not exist"
print(f"{settings.place.name}: {len(areas):,} areas, {kind}.")

# %% [markdown]
# ## What makes areas alike
#
# A variable is a label and a count over its base, in per cent. Long tails are drawn in
# (`asinh`) and each variable is scaled to its range, as the official classification
# does. Outcomes are kept out, so that segments can be judged by them.

# %%
options = settings.segments
variables = dict(options.variables)
outcomes = settings.outcomes
rates(table, variables).describe().T[["mean", "min", "max"]].round(1)

# %% [markdown]
# ## How many segments?
#
# Several numbers are held side by side. What is best here is a judgement: choose the
# number whose segments you can name and act on.

# %%
recipe = recipe_of(options)
found = segment_areas(table, variables, recipe=recipe)

# %%
choice = choose_k(found.features, range(3, 10), restarts=20, samples=3, seed=2010)
print(choice)
shown = ["k", "explained", "silhouette", "stability_mean", "stability_minimum"]
choice.criteria[[*shown, "smallest"]].round(2)

# %% [markdown]
# ## The segments, with names and portraits
#
# Names are made of what a segment has most of, never of the variables that the place
# says to avoid. Every figure of a portrait comes with its base and interval.

# %%
print(found)
names = found.names
sizes = found.segments.value_counts()
pd.DataFrame({"name": names, "areas": sizes.reindex(list(names))})

# %%
for code in list(names)[:3]:
    print(pen_portrait(found.profile, code), "\n")

# %% [markdown]
# What sets them apart, where 100 is the average of the place:

# %%
profile = index_scores(table, variables, found.segments)
index = profile.pivot_table(index="variable", columns="segment", values="index")
index.loc[index.max(axis=1).nlargest(12).index].round(0)

# %% [markdown]
# ## How far to trust them
#
# Three questions. Are there groups at all, or only a slope that was cut up? Are the
# segments found again when areas are left out? Who sits between two of them?

# %%
print(structure_test(found.features, len(names), simulations=99, seed=2010))
print(found.stability)
members = membership(found.features, found.centres, grid=found.grid)
between = int(members["between"].sum())
print(f"{between} of {len(members)} areas could as well be called by another name.")

# %% [markdown]
# ## Do they separate need better than what we have?
#
# Leicester has the official classification of 2011, and Exampleton the types that were
# planted in it. A Gini of 0 says that segments tell nothing of an outcome.

# %%
official = areas[options.compare].astype("string")
print(f"Against {options.compare}: {agreement(found.segments, official)}\n")
both = {"ours": found.segments, options.compare: official}
for label, notation in outcomes.items():
    print(compare_gain(both, outcome_of(table, label, notation), resamples=299), "\n")

# %% [markdown]
# ## Where need gathers, and which areas look like that
#
# Hot areas lie high together with their neighbours, by more than chance; of those that
# are named, about one in twenty may be so by chance. Areas that look like them, by
# their drivers, are judged on parts of the place that the model had not seen.

# %%
need = settings.hotspots.outcomes[-1]
near = neighbours(areas)
now = hotspots(areas, {need: outcomes[need]}, near, permutations=9_999, seed=2010)
print(now)
named = settings.hotspots.drivers or list(variables)
drawn = rates(table, {label: variables[label] for label in named})
drawn = drawn.drop(columns=[label for label in drawn if label.lower() == need.lower()])
print(future_hotspots(drawn, now.hot, near, resamples=199, seed=2010))

# %% [markdown]
# ## Who is far from an access point, and where would another go?
#
# Sites are an illustration in both places. The way is a straight line here.

# %%
sites = opened.engine.arrow("SELECT * FROM sites ORDER BY site_id").to_pandas()
reach = Reach(within=1500 if real else 800)
ways = straight_lines(areas, sites)
residents = areas["population"]
print(coverage(residents, ways, sites, reach, found.segments))
print(choose_sites(residents, ways, sites, reach, new=2))

# %% [markdown]
# ## What goes with an outcome?
#
# Within segments and between them, since the two need not agree. What goes with an
# outcome need not cause it.

# %%
asked = settings.drivers
above, below = outcomes[asked.outcome].split(" / ")
rows = rates(table, {label: variables[label] for label in asked.factors})
rows[asked.outcome] = table[above.split(" + ")].sum(axis=1)
rows["base"], rows["segment"] = table[below], found.segments
cluster = asked.cluster
rows["near"] = table[cluster] if cluster else rows.index
counted = (asked.outcome, "base")
print(drivers(rows, counted, asked.factors, segments="segment", cluster="near"))

# %% [markdown]
# ## Where to go first, and how we shall know whether it worked
#
# Small areas lead lists by luck, so their rates are drawn towards their segment's.
# Some of the list is left alone, by lot, to compare with afterwards.

# %%
goal = settings.targets.need
plan = TargetPlan(areas=settings.targets.areas)
targets = target_list(table, outcomes[goal], found.segments, plan=plan)
print(f"{goal}: {targets}")
held = hold_out_areas(targets, share=0.25, seed=2010)
print(held)
held.table.head()

# %% [markdown]
# ## One segmentation for every agency
#
# `segments.json` holds no record of anybody: centres, transforms, names and a checksum.
# Whoever applies it gets the same answer. Here it goes back to its maker first, and
# then to other areas: the county round Leicester, or another invented place.

# %%
made = shared_model(found, names=names, synthetic=not real)
file = work / "segments.json"
file.write_text(made.text(), encoding="utf-8")
model = read_model(file.read_text(encoding="utf-8"))
again = assign(model, table).segments
lowest = found.tree.iloc[:, -1]
same = int((again == lowest).sum())
print(model)
print(f"{same} of {len(lowest)} areas get the segment that the maker gave them.")

# %%
if real:
    others = pd.read_parquet(census / "leicestershire_oa11_167vars.parquet").rename(
        columns={
            "OA11CD": "area_code",
            "Total_Population": "population",
            "Total_Households": "households",
        }
    )
else:
    build_example(work / "elsewhere", seed=2011)
    others = pd.DataFrame(gpd.read_parquet(work / "elsewhere/areas.parquet"))
others = others.set_index("area_code")
elsewhere = assign(model, others)
top = elsewhere.segments.str.extract(r"^(\d+)")[0].map(names)
top.value_counts().rename("areas elsewhere").to_frame()

# %% [markdown]
# Do they fit there? The report on drift says it, and why. City segments need not fit a
# county of villages: then the county should make its own, or both make them together.

# %%
drift = drift_of_model(model, others)
moved = drift.features[drift.features["drift"] != "none"]
print(
    f"{drift.verdict}: {len(moved)} of {len(drift.features)} variables moved, "
    f"over {drift.n:,} areas."
)
moved.nlargest(8, "psi").round(2)

# %%
opened.engine.close()
assert same == len(lowest)
assert len(elsewhere.segments) == len(others)
