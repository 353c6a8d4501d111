"""A log: events of all agencies, in the order in which each customer met them.

An *event* is one contact of a customer with an agency. Within a customer, events
are ordered by time and, where times are equal, by event identifier; `seq` counts
them from 1. The order of the rows that come in never matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from journeys.frames import (
    OPTIONAL,
    REQUIRED,
    check_classes,
    check_columns,
    check_frame,
)
from place.engine import table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from place.engine import Engine, Frame

__all__ = ["Log", "encode_log", "encode_log_sql"]


@dataclass(frozen=True, kw_only=True)
class Log:
    """An ordered log that stands as a table in an engine.

    Attributes
    ----------
    engine
        Where the table is.
    table
        Its name. Columns: those of an event, then `seq`, and `next_activity`,
        `next_agency`, `next_time_us` of the same customer's next event.
    n_events, n_customers
        How many rows and how many customers it has.
    unmapped
        Activities without a class, in order; rules cannot see their events.
    """

    engine: Engine
    table: str
    n_events: int
    n_customers: int
    unmapped: tuple[str, ...]

    def __str__(self) -> str:
        """Say the size of the log as a sentence for a report."""
        said = f"{self.n_events:,} events of {self.n_customers:,} customers"
        if not self.unmapped:
            return f"{said}; every activity has a class."
        return f"{said}; {len(self.unmapped):,} activities have no class."


def encode_log_sql(
    events: str, columns: Collection[str], *, classes: str | None = None
) -> str:
    """Return the query that orders events and looks one event ahead.

    Parameters
    ----------
    events
        Table of events.
    columns
        Its columns; optional ones that are absent become missing.
    classes
        Table with `activity` and `activity_class`, used where an event has no
        class of its own.

    Examples
    --------
    >>> "CAST(NULL AS STRING) AS need" in encode_log_sql("events", ["event_id"])
    True
    """
    absent = {name: f"CAST(NULL AS {kind})" for name, kind in OPTIONAL.items()}
    values = {name: f"e.{name}" for name in REQUIRED}
    values |= {n: f"e.{n}" if n in columns else null for n, null in absent.items()}
    joined = f"{events} AS e"
    if classes is not None:
        own = values["activity_class"]
        values["activity_class"] = f"coalesce({own}, c.activity_class)"
        joined += f" LEFT JOIN {classes} AS c ON c.activity = e.activity"
    listed = ",\n  ".join(f"{value} AS {name}" for name, value in values.items())
    return f"""SELECT
  {listed},
  row_number() OVER journey AS seq,
  lead(e.activity) OVER journey AS next_activity,
  lead(e.agency) OVER journey AS next_agency,
  lead(e.time_us) OVER journey AS next_time_us
FROM {joined}
WINDOW journey AS (PARTITION BY e.customer_id ORDER BY e.time_us, e.event_id)"""


def counts_sql(log: str) -> str:
    """Return the query that counts the events and customers of a log."""
    return f"""SELECT count(*) AS events,
  count(CASE WHEN seq = 1 THEN 1 END) AS customers
FROM {log}"""


def unmapped_sql(log: str) -> str:
    """Return the query that lists activities with an event that has no class."""
    return f"""SELECT DISTINCT activity FROM {log}
WHERE activity_class IS NULL ORDER BY activity"""


def encode_log(
    events: str | Frame = "events",
    *,
    engine: Engine | None = None,
    classes: Mapping[str, str] | None = None,
) -> Log:
    """Order the events of each customer and keep them as table `log`.

    Parameters
    ----------
    events
        Name of a table that `place` has checked, or a frame, which is checked
        here (see :func:`journeys.frames.check_frame`).
    engine
        Holds the table; with `None`, a DuckDB of its own.
    classes
        Class of each activity, used where an event has none. Activities that the
        log does not hold are allowed.

    Returns
    -------
    log
        Ties in time are broken by `event_id`.

    Raises
    ------
    JourneyError
        If the events break the contract or a class is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2009-04-02", "2009-04-01"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "c1", "time": days, "agency": "GP"})
    >>> events["activity"] = ["treat", "ask"]
    >>> print(encode_log(events, classes={"ask": "request"}))
    2 events of 1 customers; 1 activities have no class.
    """
    if not isinstance(events, str):
        events = check_frame(events)
    table, engine = table_of(events, engine, "log_events")
    columns = engine.columns(table)
    check_columns(columns)
    known = None
    if classes:
        check_classes(classes.values())
        known = "log_classes"
        pairs = {"activity": list(classes), "activity_class": list(classes.values())}
        engine.register(known, pa.table(pairs))
    engine.keep("log", encode_log_sql(table, columns, classes=known))
    counts = engine.arrow(counts_sql("log")).to_pylist()[0]
    unmapped = engine.arrow(unmapped_sql("log"))["activity"].to_pylist()
    return Log(
        engine=engine,
        table="log",
        n_events=counts["events"],
        n_customers=counts["customers"],
        unmapped=tuple(unmapped),
    )
