"""Write a log like the journeys guide's: `make_events.py FILE CUSTOMERS SEED KIND`.

40 agencies, 60 activities (10 of them assessments), lengths lognormal with median
5 and mean 10, at most 400; rows in time order, so that customers lie scattered.
KIND is `plain` (customer, time, agency and activity) or `full` (with what the rules
of duplication read as well).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence

AGENCIES: Final = [f"agency {at:02}" for at in range(40)]
ACTIVITIES: Final = [f"act {at:02}" for at in range(60)]
CLASSES: Final = [
    *["assess"] * 10,
    *["intake"] * 4,
    *["request"] * 6,
    *["contact_in"] * 6,
    *["contact_out"] * 4,
    *["service"] * 12,
    *["course"] * 6,
    *["review"] * 2,
    *["reset"] * 2,
    *["refer"] * 8,
]
NEEDS: Final = [f"need {at}" for at in range(8)]
CHANNELS: Final = ["phone", "web", "visit", "letter"]
OUTCOMES: Final = ["achieved", "not achieved", "did not attend"]
ITEMS: Final = ["address", "income", "health", "household", "name", "benefits"]
START_US, DAY_US = 1_207_008_000_000_000, 86_400_000_000


def named(names: Sequence[str | None], at: np.ndarray) -> pa.Array:
    """Return the name at each place."""
    return pa.array(names, pa.string()).take(pa.array(at))


def some(rng: np.random.Generator, names: list[str], share: float, n: int) -> pa.Array:
    """Return a random name on a share of the rows, and nothing on the others."""
    at = rng.integers(0, len(names), n)
    return named([*names, None], np.where(rng.random(n) < share, at, len(names)))


def journeys(rng: np.random.Generator, customers: int) -> tuple[np.ndarray, ...]:
    """Return the customer, time, agency and activity of each event, in codes."""
    lengths = np.clip(rng.lognormal(np.log(5), 1.18, customers).round(), 1, 400)
    who = np.repeat(np.arange(customers), lengths.astype(int))
    n = len(who)
    start = rng.integers(0, 365 * DAY_US, customers)[who]
    total = np.cumsum(rng.exponential(14 * DAY_US, n).astype(np.int64))
    first = np.r_[0, np.flatnonzero(np.diff(who)) + 1]
    time = START_US + start + total - np.repeat(total[first], np.diff(np.r_[first, n]))
    # An agency serves a few activities, so that the graph has far fewer edges.
    agency = (who * 7 + rng.integers(0, 6, n)) % len(AGENCIES)
    activity = (agency * 3 + rng.integers(0, 4, n)) % len(ACTIVITIES)
    order = np.argsort(time, kind="stable")
    return who[order], time[order], agency[order], activity[order]


def plain(rng: np.random.Generator, customers: int) -> tuple[pa.Table, np.ndarray]:
    """Return the log with four columns, and the codes of its activities."""
    who, time, agency, activity = journeys(rng, customers)
    people = [f"{at * 11400714819323198485 % 2**64:016x}" for at in range(customers)]
    table = {
        "customer_id": named(people, who),
        "time_us": pa.array(time),
        "agency": named(AGENCIES, agency),
        "activity": named(ACTIVITIES, activity),
    }
    return pa.table(table), activity


def full(rng: np.random.Generator, customers: int) -> pa.Table:
    """Return the log with all that the rules read."""
    table, activity = plain(rng, customers)
    n = table.num_rows
    lasts = rng.integers(0, 30 * DAY_US, n)
    ends = pa.array(table["time_us"].to_numpy() + lasts)
    asked = [*ITEMS, "address;income", "name=a1;address=b2", "health;household;name"]
    further = {
        "event_id": pa.array([f"e{at:09}" for at in range(n)]),
        "activity_class": named(CLASSES, activity),
        "need": some(rng, NEEDS, 0.9, n),
        "episode_id": some(rng, [f"spell {at}" for at in range(1000)], 0.2, n),
        "channel": some(rng, CHANNELS, 0.9, n),
        "outcome": some(rng, OUTCOMES, 0.5, n),
        "referred_to": some(rng, AGENCIES, 0.1, n),
        "joint_with": some(rng, AGENCIES, 0.02, n),
        "data_items": some(rng, asked, 0.1, n),
        "cost_pence": pa.array(rng.integers(500, 50_000, n)),
        "end_time_us": ends,
    }
    for name, column in further.items():
        table = table.append_column(name, column)
    return table


if __name__ == "__main__":
    target, customers, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = np.random.default_rng(seed)
    log = full(rng, customers) if sys.argv[4] == "full" else plain(rng, customers)[0]
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(log, target, compression="zstd")
    print(json.dumps({"events": log.num_rows}))
