"""Ours: `journeys_ours.py FILE JOB`; JOB is `graph` (what the peer does) or `all`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from journeys import directly_follows, encode_log, find_duplication, handovers, variants
from place import start_engine

file, job = Path(sys.argv[1]), sys.argv[2]
engine = start_engine(memory="3GB", threads=2)
engine.open("events", [file])
log = encode_log("events", engine=engine)
edges = directly_follows(log)
found = {
    "events": log.n_events,
    "edges": len(edges),
    "moves": int(edges["count"].sum()),
    "top_edge": int(edges["count"].max()),
    "handover_moves": int(handovers(log)["count"].sum()),
    "top_variant": int(variants(log)["customers"].max()),
}
if job == "all":
    found["duplicates"] = find_duplication(log).events
print(json.dumps(found, default=str))
