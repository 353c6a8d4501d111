"""Write customers with counts of 20 kinds of use: `make_customers.py FILE ROWS`.

The engine draws them and writes them, so that they are never held in memory. One
row in a hundred lacks a count, and some have a value far beyond what a maker saw.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

FEATURES = 20

if __name__ == "__main__":
    target, rows = Path(sys.argv[1]), int(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    uses = ", ".join(
        f"CASE WHEN hash(i, {at}) % 100 = 0 AND {at} = 3 THEN NULL "
        f"ELSE CAST(floor(-{1 + at % 5} * ln(((hash(i, {at}) % 1000003) + 1) "
        f"/ 1000004.0)) AS INTEGER) END AS use_{at:02}"
        for at in range(FEATURES)
    )
    engine = duckdb.connect(config={"memory_limit": "1GB"})
    engine.execute(
        f"COPY (SELECT printf('c%09d', i) AS customer_id, {uses} "
        f"FROM range({rows}) AS rows(i)) TO '{target}' (FORMAT parquet)"
    )
    print(json.dumps({"rows": rows}))
