# %% [markdown]
# # A service designer's first day: what happens to customers, and what is done twice?
#
# The log is **real**: 1,434 permit applications in a Dutch municipality, and later
# incidents that 649 support teams passed to one another. The data are public but stay
# outside the project, in `../shared/fixtures` beside a checkout. Where they are not
# there, the same cells run on **Exampleton**, which does not exist. The next cell says
# which one this is. To use your own place, name its `place.toml`.
#
# Figures in a notebook are unprotected and stay with you; what leaves goes through the
# release door, as in the last part.

# %%
import tempfile
from pathlib import Path

import pandas as pd

from insight import shipped
from insight.chapters.what_happens import moves_sheet
from insight.release import Door, rule_named
from insight.release.graphs import write_graph
from journeys import (
    by_pair,
    direct_returns,
    directly_follows,
    encode_log,
    find_duplication,
    handovers,
    most_travelled,
    read_rules,
    revisits,
    variants,
)
from journeys.cost.interval import cost_duplication
from journeys.cost.unit_costs import cost_events
from journeys.duplication.rules import SHIPPED
from journeys.hubs import find_hubs
from journeys.maps import find_on_maps, maps_of, overlay_maps
from journeys.readers import readers_of
from journeys.redesign import redesign, redesign_of
from journeys.waiting import waits
from journeys.whole_journeys import journeys_kept
from place import open_place, read_place

# %% [markdown]
# ## Log in
#
# `place.toml` says which column is the customer, which the agency, and how activities
# are classed. Every table is checked; bad rows are set aside with the reason.

# %%
work = Path(tempfile.mkdtemp())
checkout = shipped().parent
fixtures = checkout.parent / "shared/fixtures/journeys"
real = fixtures.is_dir() and (checkout / "tests/places/permits").is_dir()
settings = read_place(
    checkout / "tests/places/permits/place.toml"
    if real
    else shipped("example", "place.toml")
)
sources = settings.tables["events"]
(work / "first").mkdir()
opened = open_place(settings, work / "first", readers=readers_of(sources))
kind = "real records" if real else "SYNTHETIC: the place does not exist"
print(f"{settings.place.name}: {kind}.")
opened.counts()

# %%
sources[0].columns, settings.journeys.classes

# %% [markdown]
# Costs come next, so that they stand in the log. The permit log records none: what
# follows is our **assumption**, to show the working. Exampleton has a table of them.

# %%
assumed = pd.DataFrame(
    {"activity": list(settings.journeys.classes), "basis": "default"}
).assign(central_pence=4_000, low_pence=2_500, high_pence=6_000)
engine = opened.engine
costs = cost_events("events", assumed if real else "unit_costs", engine=engine)
classes = settings.journeys.classes
log = encode_log(costs.table, engine=engine, classes=classes)
print(costs)
print(log)

# %% [markdown]
# ## What follows what
#
# The steps most travelled, and how many whole journeys can be followed on them.

# %%
moves = directly_follows(log)
kept = most_travelled(moves, most=12)
whole = journeys_kept(log, kept.edges)
print(kept)
print(f"{whole.kept:,} of {whole.customers:,} journeys can be followed whole.")
kept.edges[["source", "target", "count", "median_seconds"]].head(8)

# %% [markdown]
# ## Hand-overs and waits
#
# A revisit comes back to an agency met before; a direct return does so at once, by way
# of one other agency. A wait runs from one contact to the next. In the permit log
# the agency `EMPTY` stands for contacts with no group on record.

# %%
passed = handovers(log)
print(direct_returns(log))
print(revisits(log))
passed.nlargest(5, "count")[["source", "target", "count", "customers"]]

# %%
waiting = waits(log, of="all").set_index("place")
waiting[["count", "q25_seconds", "median_seconds", "q90_seconds"]] / [1, *[86_400] * 3]

# %%
shared = variants(log, most=3)
for path, customers in zip(shared["activities"], shared["customers"], strict=True):
    print(f"{customers:,} customers: {' → '.join(path)}")

# %% [markdown]
# ## What is done twice
#
# By rules that are data: which contacts, for how long an answer stays good, what makes
# asking again right. The naive count beside each rule leaves such definitions out.

# %%
found = find_duplication(log)
print(found)
pd.DataFrame(
    [(one.rule, one.title, one.findings, one.naive) for one in found.by_rule],
    columns=["rule", "title", "found", "naive count"],
).set_index("rule")

# %%
by_pair(found).nlargest(5, "findings")

# %% [markdown]
# A partnership edits a copy of the rules. Here an answer stays good for a week only,
# and the file has a version of its own, which every finding carries.

# %%
text = SHIPPED.read_text(encoding="utf-8").replace('"2026-11"', '"ours, a week"')
mine = work / "rules.toml"
mine.write_text(text.replace("window_days = 180", "window_days = 7"), encoding="utf-8")
again = encode_log(costs.table, engine=engine, classes=classes, table="a_week")
stricter = find_duplication(again, read_rules(mine))
repeats = [each.by_rule[0].findings for each in (found, stricter)]
print(
    f"{stricter.rules.version}: D1 finds {repeats[1]:,} where it found {repeats[0]:,}."
)

# %% [markdown]
# ## What it costs
#
# Three numbers, each with an interval: gross, preventable and cashable. Nobody has
# looked findings up in case files yet, so the money is unaudited.

# %%
cost = cost_duplication(found, costs=costs)
print(cost)
cost.by["rule"][["rule", "gross_pence", "gross_low_pence", "gross_high_pence"]]

# %% [markdown]
# ## What if?
#
# One redesign: the two agencies of which one most often repeats the other become one
# team. Journeys are worked out again, and the rules run again on them.

# %%
pairs = by_pair(found).dropna(subset=["first_agency", "cost_pence"])
apart = pairs[pairs["first_agency"] != pairs["agency"]]
first, second = apart.nlargest(1, "findings")[["first_agency", "agency"]].iloc[0]
team = {"kind": "merge agencies", "name": "One team", "into": "One team"}
changed = redesign(found, redesign_of(team | {"agencies": [first, second]}))
print(f"{first} and {second} as one team.")
print(changed)
changed.measures.round(1)

# %% [markdown]
# ## Who should sit together
#
# Agencies that share customers beyond what chance would have them share.

# %%
hubs = find_hubs(log)
print(hubs)
hubs.pairs.nlargest(5, "lift")[["one", "other", "customers", "lift", "low", "high"]]

# %% [markdown]
# ## What people tell, over what records show
#
# Drawn maps are SYNTHETIC here, and so are the records below them: both are
# Exampleton's. What is only told is where the records are blind.

# %%
(work / "second").mkdir()
example = open_place(read_place(shipped("example", "place.toml")), work / "second")
theirs = encode_log("events", engine=example.engine)
drawn = maps_of(example.engine.arrow("SELECT * FROM journey_maps"))
overlay = overlay_maps(drawn, theirs)
print(overlay)
print(find_on_maps(drawn))
told = overlay.steps[overlay.steps["where"] == "only told"]
told.nlargest(5, "maps")[["activity", "agency", "maps", "strength"]]

# %% [markdown]
# ## The same question in other logs
#
# Incidents (BPIC 2013) go round between teams, and less so between organisations: how
# often depends on what one calls an agency. A third log, of sepsis in a hospital, has
# columns of its own names.

# %%
if real:
    incidents = pd.read_parquet(fixtures / "bpic2013_incidents.parquet").rename(
        columns={
            "case:concept:name": "customer_id",
            "concept:name": "activity",
            "time:timestamp": "time",
        }
    )
    for level in ("org:group", "organization involved"):
        by_level = encode_log(
            incidents[["customer_id", "activity", "time"]].assign(
                agency=incidents[level].astype("string"),
                need=incidents["customer_id"],
                activity_class="refer",
            )
        )
        back = direct_returns(by_level)
        circles = find_duplication(by_level).by_rule[2]
        print(f"{level}: {back}\n  {circles}")
        if level == "org:group":
            assert (back.handovers, back.count) == (9_454, 2_394)
            assert circles.findings == revisits(by_level).count == 3_286

# %%
if real:
    sepsis = pd.read_parquet(fixtures / "sepsis.parquet").rename(
        columns={"case_id": "customer_id", "resource": "agency", "timestamp": "time"}
    )
    sepsis["time"] = pd.to_datetime(sepsis["time"], utc=True)
    ward = encode_log(sepsis[["customer_id", "agency", "activity", "time"]])
    print(ward)
    print(most_travelled(directly_follows(ward), most=8))
    assert (ward.n_customers, ward.n_events) == (1_050, 15_214)

# %% [markdown]
# ## Take it elsewhere
#
# The graph for Gephi or Cytoscape, and its table for Excel. Both go through the release
# door: counts of 1 to 7 are hidden and the rest rounded to 5.

# %%
rule = rule_named("nhs_1_7_round5")
door = Door(work / "out", rule, settings.place.name, settings.place.synthetic)
safe = moves_sheet(kept.edges, door, "process", "What follows what")
file = write_graph(door, safe, "graphml")
print(file.name, f"{file.stat().st_size:,} bytes")
safe.frame.head()

# %%
assert all(one.naive >= one.findings for one in found.by_rule if one.rule == "D1")
assert repeats[1] <= repeats[0]
assert cost.gross.low <= cost.gross.pence <= cost.gross.high
assert cost.gross.pence == found.cost_pence
assert "<graphml" in file.read_text(encoding="utf-8")
assert len(told) > 0
example.engine.close()
opened.engine.close()
