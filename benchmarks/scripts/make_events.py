"""Write a log like the journeys guide's: `make_events.py FILE CUSTOMERS SEED`.

40 agencies, 60 activities (10 of them assessments), lengths lognormal with median
5 and mean 10, at most 400; rows in time order, so that customers lie scattered.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

AGENCIES, ACTIVITIES, ASSESSMENTS, NEEDS = 40, 60, 10, 8
START_US, YEAR_US = 1_207_008_000_000_000, 365 * 86_400_000_000


def named(names: list[str], at: np.ndarray) -> pa.Array:
    """Return the name at each place."""
    return pa.array(names).take(pa.array(at))


def make(customers: int, seed: int) -> pa.Table:
    """Return the log as one Arrow table."""
    rng = np.random.default_rng(seed)
    lengths = np.clip(rng.lognormal(np.log(5), 1.18, customers).round(), 1, 400)
    who = np.repeat(np.arange(customers), lengths.astype(int))
    n = len(who)
    start = rng.integers(0, YEAR_US, customers)[who]
    gap = rng.exponential(14 * 86_400e6, n).astype(np.int64)
    total = np.cumsum(gap)
    first = np.r_[0, np.flatnonzero(np.diff(who)) + 1]
    time = START_US + start + total - np.repeat(total[first], np.diff(np.r_[first, n]))
    # An agency serves a few activities, so that the graph has far fewer edges.
    agency = (who * 7 + rng.integers(0, 6, n)) % AGENCIES
    activity = (agency * 3 + rng.integers(0, 4, n)) % ACTIVITIES
    kinds = ["assess"] * ASSESSMENTS + ["service"] * (ACTIVITIES - ASSESSMENTS - 8)
    people = [f"{at * 2654435761 % 2**64:016x}" for at in range(customers)]
    table = pa.table(
        {
            "event_id": pa.array([f"e{at:09}" for at in range(n)]),
            "customer_id": named(people, who),
            "time_us": pa.array(time),
            "agency": named([f"agency {at:02}" for at in range(AGENCIES)], agency),
            "activity": named([f"act {at:02}" for at in range(ACTIVITIES)], activity),
            "activity_class": named([*kinds, *["refer"] * 8], activity),
            "need": named([f"need {at}" for at in range(NEEDS)], rng.integers(0, 8, n)),
            "cost_pence": pa.array(rng.integers(500, 50_000, n)),
        }
    )
    return table.take(pa.array(np.argsort(time, kind="stable")))


if __name__ == "__main__":
    target, customers, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    log = make(customers, seed)
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(log, target, compression="zstd")
    print(json.dumps({"events": log.num_rows}))
