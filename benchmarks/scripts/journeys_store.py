"""Ours: `journeys_store.py FOLDER`, all six outputs from an encoded log."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from journeys.following import follow
from journeys.store import open_store
from place.engine import start_engine

log = open_store(Path(sys.argv[1]), start_engine(memory="1GB", threads=1))
flows = follow(log, compiled=True)
print(
    json.dumps(
        {
            "events": flows.n_events,
            "edges": len(flows.moves),
            "moves": int(flows.moves["count"].sum()),
            "variants": flows.n_variants,
            "customers": int(flows.starts["customers"].sum()),
        }
    )
)
