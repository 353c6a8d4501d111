"""Ours: `journeys_rules.py FILE`, CPU seconds of each rule on an encoded log."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from journeys import encode_log, read_rules
from journeys.duplication.all_rules import ALL_RULES
from place.engine import start_engine

engine = start_engine(memory="4GB", threads=2)
engine.open("events", [Path(sys.argv[1])])
log = encode_log("events", engine=engine)
rules, took, found = read_rules(), {}, {}
for rule in ALL_RULES:
    options = rules.of(rule.section)
    if options is None:
        continue
    began = time.process_time()
    table = rule.keep(log, options)
    took[rule.name] = round(time.process_time() - began, 2)
    rows = engine.arrow(f"SELECT count(*) AS findings FROM {table}")
    found[rule.name] = rows["findings"][0].as_py()
print(json.dumps({"events": log.n_events, "rules": took, "findings": found}))
