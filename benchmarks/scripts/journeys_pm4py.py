"""Peer: pm4py's directly-follows graph, performance, hand-overs and variants."""

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
edges, _, _ = pm4py.discover_dfg(log)
pm4py.discover_performance_dfg(log)
pm4py.discover_handover_of_work_network(log)
print(
    json.dumps(
        {
            "events": len(log),
            "edges": len(edges),
            "moves": int(sum(edges.values())),
            "top_edge": int(max(edges.values())),
            "top_variant": max(pm4py.get_variants(log).values()),
        }
    )
)
