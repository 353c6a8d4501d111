# %% [markdown]
# # A service designer's first hour: what happens to our customers?
#
# SYNTHETIC DATA: Exampleton does not exist. Figures in a notebook are unprotected and
# stay with you; `totalplace run` sends them through the release door.

# %%
import tempfile
from pathlib import Path

from insight import shipped
from journeys import (
    by_pair,
    directly_follows,
    encode_log,
    find_duplication,
    handovers,
    most_travelled,
    revisits,
    variants,
)
from place import open_place, read_place

# %% [markdown]
# Open the place: every table is checked, and bad rows are set aside with the reason.

# %%
work = tempfile.TemporaryDirectory()
opened = open_place(read_place(shipped("example", "place.toml")), Path(work.name))
opened.counts()

# %%
log = encode_log("events", engine=opened.engine)
print(log)

# %% [markdown]
# The process: what follows what, how often, after what wait.

# %%
kept = most_travelled(directly_follows(log), most=12)
print(kept)
kept.edges[["source", "target", "count", "median_seconds"]]

# %%
print(revisits(log))
handovers(log).nlargest(5, "count")[["source", "target", "count"]]

# %%
variants(log).head()

# %% [markdown]
# Duplication, by rules that a partnership can edit. The naive count beside each rule
# shows why definitions matter.

# %%
found = find_duplication(log)
print(found)
for rule in found.by_rule:
    print(rule)
by_pair(found).nlargest(5, "findings")

# %%
assert found.events > 0
assert all(rule.naive >= rule.findings for rule in found.by_rule if rule.rule == "D1")
opened.engine.close()
work.cleanup()
