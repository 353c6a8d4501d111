"""Peer: all six outputs of pm4py from the same file, ordered as it asks for."""

import json
import sys

import pandas as pd
import pm4py

frame = pd.read_parquet(sys.argv[1])
frame["time"] = pd.to_datetime(frame.pop("time_us"), unit="us", utc=True)
log = pm4py.format_dataframe(
    frame, case_id="customer_id", activity_key="activity", timestamp_key="time"
)
log["org:resource"] = log["agency"]
edges, starts, ends = pm4py.discover_dfg(log)
waits, _, _ = pm4py.discover_performance_dfg(log)
variants = pm4py.get_variants(log)
pm4py.discover_handover_of_work_network(log)
print(
    json.dumps(
        {
            "events": len(log),
            "edges": len(edges),
            "moves": int(sum(edges.values())),
            "top_edge": int(max(edges.values())),
            "top_sum_s": float(max(wait["sum"] for wait in waits.values())),
            "starts": int(max(starts.values())),
            "ends": int(max(ends.values())),
            "variants": len(variants),
            "top_variant": max(variants.values()),
        }
    )
)
