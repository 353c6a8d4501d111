"""Ours: `journeys_rules.py FILE sql|compiled`, CPU seconds of rules on an encoded log.

For each rule, what it finds and its naive count; in machine code, reading the log as
well, which all rules share. Then the whole of find_duplication: evidence and money too.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from journeys import encode_log, find_duplication, read_rules
from journeys.duplication.all_rules import ALL_RULES
from place.engine import start_engine

compiled = sys.argv[2] == "compiled"
engine = start_engine(memory="4GB", threads=2)
engine.open("events", [Path(sys.argv[1])])
log, rules, took = encode_log("events", engine=engine), read_rules(), {}
began = time.process_time()
if compiled:
    from journeys.compiled.scanning import scanned
    from journeys.compiled.searching import SEARCHES

    scan = scanned(log)
    took["reading"] = round(time.process_time() - began, 2)
for rule in ALL_RULES:
    options, began = rules.of(rule.section), time.process_time()
    if compiled:
        SEARCHES[rule.name](scan, options)
    else:
        rule.keep(log, options)
        rule.naive(log, options)
    took[rule.name] = round(time.process_time() - began, 2)
if compiled:
    del scan
began = time.process_time()
found = find_duplication(log, rules, compiled=compiled)
whole = round(time.process_time() - began, 2)
findings = {rule.rule: rule.findings for rule in found.by_rule}
print(
    json.dumps(
        {"events": log.n_events, "rules": took, "whole": whole, "findings": findings}
    )
)
