"""OCEL 2.0 as a SQLite database.

The database is copied into memory and read there. The file is never opened by SQLite,
so that it cannot be changed or locked; views, triggers and virtual tables in it are
not run.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING, Final

from journeys.errors import JourneyError
from journeys.readers.ocel import ObjectEvent, ObjectLog, flattened, read_whole
from place.sqltext import quoted

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["read_ocel_sqlite"]

MAGIC: Final = b"SQLite format 3\0"
NEEDED: Final = {
    "event": ("ocel_id", "ocel_type"),
    "object": ("ocel_id", "ocel_type"),
    "event_map_type": ("ocel_type", "ocel_type_map"),
    "event_object": ("ocel_event_id", "ocel_object_id", "ocel_qualifier"),
}
LINKS: Final = ("ocel_source_id", "ocel_target_id")
TIMES: Final = ("ocel_id", "ocel_time")


def read_ocel_sqlite(path: Path, customer: str | None = None) -> pa.Table:
    """Return the events of an OCEL 2.0 database.

    Parameters
    ----------
    path
        The file.
    customer
        See :func:`journeys.readers.ocel.flattened`, also for what is returned.

    Returns
    -------
    rows
        Times in such files mostly carry no zone: declare it under `time_zone`.

    Raises
    ------
    JourneyError
        If the file cannot be opened, is not a SQLite database or a damaged one, is
        being written by another program, or lacks a table or column of OCEL 2.0.

    References
    ----------
    https://www.ocel-standard.org/specification/formats/sqlite/

    https://www.sqlite.org/security.html
    """
    content = read_whole(path)
    if not content.startswith(MAGIC):
        msg = f"{path.name} is not a SQLite database. Export the log again."
        raise JourneyError(msg)
    if any(_pending(path, kind) for kind in ("-wal", "-journal")):
        msg = (
            f"{path.name} is open in another program, or was not closed: changes wait "
            "in a file beside it. Close it there, and run again."
        )
        raise JourneyError(msg)
    with closing(sqlite3.connect(database=":memory:")) as connection:
        try:
            # Bytes 18 and 19 say how changes are kept; one in memory knows only "1".
            connection.deserialize(content[:18] + b"\1\1" + content[20:])
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            log = _Database(connection, path).log()
        except sqlite3.Error as wrong:
            msg = (
                f"{path.name} is damaged or no OCEL 2.0 database "
                f"({type(wrong).__name__}). Export the log again."
            )
            raise JourneyError(msg) from None
    return flattened(log, path, customer)


def _pending(path: Path, kind: str) -> bool:
    """Say whether changes wait beside a database; a journal of noughts is done."""
    beside = path.with_name(path.name + kind)
    return beside.is_file() and any(read_whole(beside)[:8])


class _Database:
    """The tables of a database, by name; all else in it is left alone."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection, self.path = connection, path
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
        self.tables = {name for (name,) in connection.execute(tables)}

    def log(self) -> ObjectLog:
        lacking = sorted(NEEDED.keys() - self.tables)
        if lacking:
            msg = (
                f"{self.path.name} is a SQLite database without the tables {lacking} "
                "of OCEL 2.0. Export the log as OCEL 2.0, or give it as CSV or Parquet."
            )
            raise JourneyError(msg)
        events, objects, types, relations = (self.rows(*one) for one in NEEDED.items())
        related: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for event, name, qualifier in relations:
            related[event].append((name, qualifier or ""))
        known = {event for event, _ in events}
        values = self.values({kind for _, kind in types}, known)
        self.all_known(related.keys() - known)
        linked = "object_object" in self.tables
        return ObjectLog(
            events=[
                ObjectEvent(
                    id=event,
                    type=kind,
                    time=(own := dict(values.get(event, {}))).pop("ocel_time", None),
                    values=own,
                    related=related[event],
                )
                for event, kind in events
            ],
            objects=[(name, kind) for name, kind in objects],
            links=[(a, b) for a, b in self.rows("object_object", LINKS)]
            if linked
            else [],
        )

    def values(self, types: set[str], known: set[str]) -> dict[str, dict[str, str]]:
        """Return what the table of each type says of its events."""
        found: dict[str, dict[str, str]] = {}
        for kind in sorted(types):
            columns = self.columns(f"event_{kind}")
            for cells in self.rows(f"event_{kind}", (*TIMES, *columns)):
                named = zip((*TIMES, *columns), cells, strict=True)
                filled = {name: cell for name, cell in named if cell is not None}
                found[filled.pop("ocel_id", "")] = filled
        self.all_known(found.keys() - known)
        return found

    def all_known(self, unknown: set[str]) -> None:
        if unknown:
            msg = (
                f"{self.path.name}: {len(unknown):,} events stand in other tables and "
                "not in the table 'event'. Export the log again."
            )
            raise JourneyError(msg)

    def columns(self, table: str) -> list[str]:
        """Return the columns of a type's table that hold attributes."""
        told = self.connection.execute(f"PRAGMA table_info({quoted(table)})")
        return [name for _, name, *_ in told if name not in TIMES]

    def rows(self, table: str, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return a table as text, in an order of its own values."""
        told = self.connection.execute(f"PRAGMA table_info({quoted(table)})")
        there = {name for _, name, *_ in told}
        lacking = [name for name in columns if name not in there]
        if table not in self.tables or lacking:
            what = f"lacks {lacking}" if there else "is not there"
            msg = (
                f"{self.path.name}: the table {table!r} of OCEL 2.0 {what}. Export the "
                "log as OCEL 2.0."
            )
            raise JourneyError(msg)
        cells = ", ".join(f"CAST({quoted(name)} AS TEXT)" for name in columns)
        order = ", ".join(map(str, range(1, len(columns) + 1)))
        query = f"SELECT {cells} FROM {quoted(table)} ORDER BY {order}"
        return self.connection.execute(query).fetchall()
