"""A log: events of all agencies, in the order in which each customer met them.

An *event* is one contact of a customer with an agency. Within a customer, events
are ordered by time and, where times are equal, by event identifier; `seq` counts
them from 1. The order of the rows that come in never matters. Names are told once
and written as codes from then on (`names`), in the order of the names, so that rules
and graphs work on whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from journeys.encoding import (
    coded_sql,
    coded_values,
    identifier_sql,
    keep_items,
    keep_names,
    keep_partners,
    numbered_sql,
)
from journeys.frames import check_classes, check_columns, check_frame
from place.engine import table_of
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from place.engine import Engine, Frame

__all__ = ["Log", "class_codes", "codes_sql", "encode_log", "encode_log_sql"]

OPTIONAL_CODES: Final = {
    "end_time_us": "BIGINT",
    "activity_class": "INT",
    "need": "INT",
    "episode": "INT",
    "channel": "INT",
    "outcome": "INT",
    "referred_to": "INT",
    "cost_pence": "BIGINT",
}


@dataclass(frozen=True, kw_only=True)
class Log:
    """An ordered log that stands as a table in an engine.

    Attributes
    ----------
    engine
        Where the table is.
    table
        Its name. One row an event, in whole numbers: `event` (its place in the order
        of customer, time and event identifier, from 0), `customer`, `seq`, `time_us`,
        `end_time_us`, the codes `agency`, `activity`, `activity_class`, `need`,
        `episode`, `channel`, `outcome` and `referred_to`, `cost_pence`, and
        `next_activity`, `next_agency`, `next_time_us` of the same customer's next
        event; `event_id` alone is text. Beside it stand `TABLE_customers` (`customer`,
        `customer_id`, `first_event`), `TABLE_partners` (`event`, `partner`: agencies
        that worked jointly) and `TABLE_items` (`event`, `item`, `value`).
    n_events, n_customers
        How many rows and how many customers it has.
    unmapped
        Activities without a class, in order; rules cannot see their events.
    names
        What was coded -> its names, by code. A code of an agency is also given to
        agencies that events only name.
    files
        Where its rows stand, in order, if it was opened from a store.
    """

    engine: Engine
    table: str
    n_events: int
    n_customers: int
    unmapped: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]] = field(repr=False)
    files: tuple[Path, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """Say the size of the log as a sentence for a report."""
        said = f"{self.n_events:,} events of {self.n_customers:,} customers"
        if not self.unmapped:
            return f"{said}; every activity has a class."
        return f"{said}; {len(self.unmapped):,} activities have no class."

    def codes(self, what: str, names: Iterable[str]) -> tuple[int, ...]:
        """Return the codes of names; a name that the log lacks has none.

        Parameters
        ----------
        what
            "agency", "activity", "need", "channel" or "outcome".
        names
            As the log writes them.
        """
        known = {name: code for code, name in enumerate(self.names[what])}
        return tuple(known[name] for name in names if name in known)

    def decoded(self, rows: pa.Table, columns: Mapping[str, str]) -> pd.DataFrame:
        """Return rows as a frame in which codes are names.

        Parameters
        ----------
        rows
            What a query returned.
        columns
            Column of `rows` -> what its codes are ("agency", "activity" ...;
            "activity_class" as well).
        """
        known = {**self.names, "activity_class": ACTIVITY_CLASSES}
        for column, what in columns.items():
            at = rows.schema.get_field_index(column)
            names = pa.array(known[what], pa.string())
            codes = rows[column].combine_chunks().cast(pa.int32())
            rows = rows.set_column(at, column, names.take(codes))
        frame: pd.DataFrame = rows.to_pandas()
        return frame


def codes_sql(codes: Iterable[int]) -> str:
    """Return codes as a list for IN; an empty list matches nothing.

    Examples
    --------
    >>> codes_sql([3, 4])
    '(3, 4)'
    """
    return "(" + (", ".join(str(code) for code in codes) or "NULL") + ")"


def class_codes(classes: Iterable[str]) -> str:
    """Return the codes of classes of activity as a list for IN.

    Examples
    --------
    >>> class_codes(("intake", "assess"))
    '(3, 4)'
    """
    return codes_sql(ACTIVITY_CLASSES.index(name) for name in classes)


def encode_log_sql(
    coded: str, columns: Collection[str] | None = None, *, identifier: str = "event_id"
) -> str:
    """Return the query that orders coded events and looks one event ahead.

    Parameters
    ----------
    coded
        Table of events in codes, or a query in brackets.
    columns
        Its columns; with `None`, all of a log. Optional ones that it lacks become
        missing. `first_event`, the place of each customer's first event, spares
        sorting the whole log; `row_number` breaks ties in place of `event_id`.
    identifier
        SQL for the identifier of an event.

    Examples
    --------
    >>> "lead(agency) OVER journey" in encode_log_sql("coded")
    True
    """
    given = OPTIONAL_CODES if columns is None else columns
    order = "row_number" if "row_number" in given else "event_id"
    place = f"row_number() OVER (ORDER BY customer, time_us, {order}) - 1"
    if "first_event" in given:
        place = "first_event + row_number() OVER journey - 1"
    optional = ",\n  ".join(
        name if name in given else f"CAST(NULL AS {kind}) AS {name}"
        for name, kind in OPTIONAL_CODES.items()
    )
    return f"""SELECT {place} AS event,
  customer, CAST(row_number() OVER journey AS INT) AS seq, time_us,
  {identifier} AS event_id, agency, activity,
  {optional},
  lead(activity) OVER journey AS next_activity,
  lead(agency) OVER journey AS next_agency,
  lead(time_us) OVER journey AS next_time_us
FROM {coded} AS coded
WINDOW journey AS (PARTITION BY customer ORDER BY time_us, {order})"""


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
    table: str = "log",
) -> Log:
    """Code and order the events of each customer and keep them as a table.

    Parameters
    ----------
    events
        Name of a table that `place` has checked, or a frame, which is checked
        here (see :func:`journeys.frames.check_frame`). Events of a table without
        `event_id` are numbered in the order of its rows (on DuckDB; Spark knows no
        order of rows).
    engine
        Holds the table; with `None`, a DuckDB of its own.
    classes
        Class of each activity, used where an event has none. Activities that the
        log does not hold are allowed.
    table
        What to call the log in the engine.

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
    given, engine = table_of(events, engine, f"{table}_events")
    columns, identifier = engine.columns(given), "event_id"
    if "event_id" not in columns and engine.dialect == "duckdb":
        counted = engine.arrow(f"SELECT count(*) AS events FROM {given}")
        many = counted["events"][0].as_py()
        given, identifier = f"({numbered_sql(given, many)})", identifier_sql(many)
        columns = (*columns, "event_id", "row_number")
    check_columns(columns)
    names = keep_names(engine, given, columns, table)
    values = coded_values(columns, _classes(classes, names))
    coded = coded_sql(given, columns, table, values)
    engine.keep(table, encode_log_sql(f"({coded})", values, identifier=identifier))
    keep_partners(engine, given, columns, table)
    keep_items(engine, given, columns, table)
    counts = engine.arrow(counts_sql(table)).to_pylist()[0]
    unmapped = engine.arrow(unmapped_sql(table))["activity"].to_pylist()
    return Log(
        engine=engine,
        table=table,
        n_events=counts["events"],
        n_customers=counts["customers"],
        unmapped=tuple(names["activity"][code] for code in unmapped),
        names=names,
    )


def _classes(
    classes: Mapping[str, str] | None, names: Mapping[str, Collection[str]]
) -> dict[int, int]:
    """Return the class code of each activity code that the log holds."""
    if not classes:
        return {}
    check_classes(classes.values())
    return {
        code: ACTIVITY_CLASSES.index(classes[name])
        for code, name in enumerate(names["activity"])
        if name in classes
    }
