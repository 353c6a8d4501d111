"""Write an encoded log straight into a folder: `make_store.py FOLDER CUSTOMERS SEED`.

The journeys are those of `make_events.py`, drawn file by file, so that a log larger
than memory can be made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from make_events import ACTIVITIES, AGENCIES, journeys  # type: ignore[import-not-found]

from journeys.log import Log
from journeys.store import MANIFEST, PARQUET, StoredFile, checksum_of, manifest_of
from place.engine import start_engine

FILES: Final = 64


def part(rng: np.random.Generator, customers: int, person: int, event: int) -> pa.Table:
    """Return the events of some customers in the order of a log."""
    who, time, agency, activity = journeys(rng, customers)
    order = np.lexsort((time, who))
    who, time, agency, activity = (
        each[order] for each in (who, time, agency, activity)
    )
    n = len(who)
    first = np.flatnonzero(np.r_[True, np.diff(who) > 0])
    seq = np.arange(n) - np.repeat(first, np.diff(np.r_[first, n])) + 1
    last = np.r_[who[1:] != who[:-1], True]
    small, large = pa.int32(), pa.int64()

    def ahead(values: np.ndarray, kind: pa.DataType) -> pa.Array:
        return pa.array(np.r_[values[1:], 0], kind, mask=last)

    nothing = {
        name: pa.nulls(n, small)
        for name in ("activity_class", "need", "episode", "channel", "outcome")
    }
    return pa.table(
        {
            "event": pa.array(np.arange(event, event + n), large),
            "customer": pa.array(who + person, small),
            "seq": pa.array(seq, small),
            "time_us": pa.array(time, large),
            "event_id": pa.array(np.arange(event, event + n)).cast(pa.string()),
            "agency": pa.array(agency, small),
            "activity": pa.array(activity, small),
            "end_time_us": pa.nulls(n, large),
            **nothing,
            "referred_to": pa.nulls(n, small),
            "cost_pence": pa.nulls(n, large),
            "next_activity": ahead(activity, small),
            "next_agency": ahead(agency, small),
            "next_time_us": ahead(time, large),
        }
    )


if __name__ == "__main__":
    folder, customers, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    files: dict[str, StoredFile] = {}
    events, starts = 0, []

    def put(name: str, table: pa.Table) -> None:
        """Write one file and note what it holds."""
        pq.write_table(table, folder / name, **PARQUET)
        files[name] = StoredFile(rows=len(table), sha256=checksum_of(folder / name))

    for number in range(FILES):
        some = part(rng, customers // FILES, number * (customers // FILES), events)
        put(f"events-{number:02}.parquet", some)
        starts.append(some["event"].filter(pc.equal(some["seq"], 1)))
        events += len(some)
    first = pa.concat_tables([pa.table({"first_event": each}) for each in starts])
    who = pa.array(range(len(first)), pa.int32())
    people = {"customer": who, "customer_id": who.cast(pa.string())}
    put("customers.parquet", pa.table({**people, "first_event": first["first_event"]}))
    none = pa.array([], pa.int64())
    put("partners.parquet", pa.table({"event": none, "partner": none.cast(pa.int32())}))
    text = none.cast(pa.string())
    put("items.parquet", pa.table({"event": none, "item": text, "value": text}))
    log = Log(
        engine=start_engine(),
        table="log",
        n_events=events,
        n_customers=len(first),
        unmapped=(),
        names={
            "agency": tuple(AGENCIES),
            "activity": tuple(ACTIVITIES),
            "need": (),
            "channel": (),
            "outcome": (),
        },
    )
    (folder / MANIFEST).write_text(manifest_of(log, files), encoding="utf-8")
    print(json.dumps({"events": events}))
