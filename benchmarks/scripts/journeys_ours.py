"""Ours: `journeys_ours.py FILE sql|compiled`, six outputs from a file of strings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from journeys.following import follow_file
from place.engine import start_engine

file, way = Path(sys.argv[1]), sys.argv[2]
engine = None if way == "compiled" else start_engine(memory="1500MB", threads=2)
flows = follow_file(file, engine=engine, compiled=way == "compiled")
print(
    json.dumps(
        {
            "events": flows.n_events,
            "edges": len(flows.moves),
            "moves": int(flows.moves["count"].sum()),
            "top_edge": int(flows.moves["count"].max()),
            "top_sum_s": float(flows.moves["sum_seconds"].max()),
            "starts": int(flows.starts["customers"].max()),
            "ends": int(flows.ends["customers"].max()),
            "variants": flows.n_variants,
            "top_variant": int(flows.variants["customers"].max()),
        }
    )
)
