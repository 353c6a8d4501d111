"""Write the names of a log as codes: whole numbers in the order of the names.

A name is told once, in a small table of its own; each event then carries its code.
Agencies that events only refer to, or only name as working jointly, get codes too, so
that one code means one agency wherever it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from journeys.frames import OPTIONAL
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from place.engine import Engine

__all__ = [
    "coded_sql",
    "keep_items",
    "keep_names",
    "keep_partners",
    "names_sql",
    "split_sql",
]

CODED: Final = {  # what is coded -> columns of the events that hold its names
    "agency": ("agency", "referred_to"),
    "activity": ("activity",),
    "need": ("need",),
    "channel": ("channel",),
    "outcome": ("outcome",),
}
UNNAMED: Final = {"customer": "customer_id", "episode": "episode_id"}
PARTS: Final = "length({0}) - length(replace({0}, ';', '')) + 1"


def names_sql(sources: Collection[str], code: str, name: str) -> str:
    """Return the query that numbers distinct names from 0, in their order.

    Parameters
    ----------
    sources
        Queries with a column `name`; missing names get no code.
    code, name
        What to call the two columns.

    Examples
    --------
    >>> "ORDER BY name" in names_sql(["SELECT need AS name FROM events"], "need", "n")
    True
    """
    together = " UNION ".join(sources)
    return f"""SELECT CAST(row_number() OVER (ORDER BY name) - 1 AS INT) AS {code},
  name AS {name}
FROM (SELECT DISTINCT name FROM ({together}) AS told WHERE name IS NOT NULL) AS each_one
"""


def keep_names(
    engine: Engine, events: str, columns: Collection[str], log: str
) -> dict[str, tuple[str, ...]]:
    """Keep a table of names for everything coded, and return the names by code.

    Customers and episodes, which are many and whose names nobody reads, stand in
    the engine alone.
    """
    given = set(columns)
    names: dict[str, tuple[str, ...]] = {}
    for what, held in CODED.items():
        sources = [
            f"SELECT {column} AS name FROM {events}"
            for column in held
            if column in given
        ]
        if what == "agency" and "joint_with" in given:
            slots = _slots(engine, events, "joint_with", log)
            split = split_sql(f"(SELECT DISTINCT joint_with FROM {events})", slots)
            sources.append(f"SELECT part AS name FROM ({split}) AS split")
        table = f"{log}_{what}_names"
        if not sources:
            names[what] = ()
            continue
        engine.keep(table, names_sql(sources, "code", "name"))
        told = engine.arrow(f"SELECT name FROM {table} ORDER BY code")
        names[what] = tuple(told["name"].to_pylist())
    for what, column in UNNAMED.items():
        if column in given:
            sources = [f"SELECT {column} AS name FROM {events}"]
            engine.keep(f"{log}_{what}s", names_sql(sources, what, column))
    return names


def coded_sql(
    events: str, columns: Collection[str], log: str, classes: Mapping[int, int]
) -> str:
    """Return the query that writes each event with codes for names.

    Parameters
    ----------
    events
        Table of events.
    columns
        Its columns; optional ones that are absent become missing.
    log
        Prefix of the tables that :func:`keep_names` kept.
    classes
        Code of an activity -> code of its class, where an event has no class.
    """
    given = set(columns)
    values = {"time_us": "e.time_us", "event_id": "e.event_id"}
    joins = []
    for column, name, code in (
        ("customer", "customer_id", "customer"),
        ("episode", "episode_id", "episode"),
    ):
        values[column] = _or_null(f"{column}s.{code}", name in given, "INT")
        if name in given:
            table = f"{log}_{column}s"
            joins.append(f"LEFT JOIN {table} AS {column}s ON {column}s.{name}=e.{name}")
    for what, held in CODED.items():
        for column in held:
            known = column in given
            values[column] = _or_null(f"n_{column}.code", known, "INT")
            if known:
                table = f"{log}_{what}_names"
                joins.append(
                    f"LEFT JOIN {table} AS n_{column} ON n_{column}.name = e.{column}"
                )
    values["activity_class"] = _class_sql(
        classes, own="activity_class" in given, activity=values["activity"]
    )
    for column in ("end_time_us", "cost_pence", "joint_with", "data_items"):
        values[column] = _or_null(f"e.{column}", column in given, OPTIONAL[column])
    listed = ",\n  ".join(f"{value} AS {name}" for name, value in values.items())
    return f"SELECT {listed}\nFROM {events} AS e\n" + "\n".join(joins)


def _or_null(value: str, known: bool, kind: str) -> str:  # noqa: FBT001 - reads as such
    return value if known else f"CAST(NULL AS {kind})"


def _class_sql(classes: Mapping[int, int], *, own: bool, activity: str) -> str:
    """Return SQL for the code of an event's class: its own, or its activity's."""
    told = [
        f"WHEN e.activity_class = '{name}' THEN {at}" if own else ""
        for at, name in enumerate(ACTIVITY_CLASSES)
    ]
    mapped = [f"WHEN {activity} = {code} THEN {at}" for code, at in classes.items()]
    cases = " ".join(filter(None, [*told, *mapped]))
    return f"CAST(CASE {cases} END AS INT)" if cases else "CAST(NULL AS INT)"


def split_sql(source: str, slots: str, column: str = "joint_with") -> str:
    """Return the query that splits a column at ";": all its columns, and `part`.

    Parameters
    ----------
    source
        Table or query with the column.
    slots
        Table of `slot`: 1 to the most parts of one row.
    column
        What to split; parts are trimmed, and empty ones left out.
    """
    part = f"trim(split_part({column}, ';', CAST(slot AS INT)))"
    return f"""SELECT * FROM (
  SELECT o.*, {part} AS part FROM {source} AS o
  JOIN {slots} ON slot <= {PARTS.format(column)}) AS parts
WHERE part <> ''"""


def _slots(engine: Engine, table: str, column: str, log: str) -> str:
    """Register a table of numbers up to the most parts that one event lists."""
    most = f"SELECT coalesce(max({PARTS.format(column)}), 0) AS most FROM {table}"
    up_to = engine.arrow(most)["most"][0].as_py()
    name = f"{log}_{column}_slots"
    numbers = pa.array(range(1, up_to + 1), pa.int64())
    engine.register(name, pa.table({"slot": numbers}))
    return name


def keep_partners(engine: Engine, coded: str, log: str) -> None:
    """Keep `LOG_partners`: which other agencies took part in which event, once each."""
    slots = _slots(engine, coded, "joint_with", log)
    split = split_sql(_told(coded, log, "joint_with"), slots)
    engine.keep(
        f"{log}_partners",
        f"SELECT DISTINCT s.event, n.code AS partner FROM ({split}) AS s "
        f"JOIN {log}_agency_names AS n ON n.name = s.part",
    )


def keep_items(engine: Engine, coded: str, log: str) -> None:
    """Keep `LOG_items`: the facts that each event collected, once each.

    A fact is written as its name, or as "name=hash", with a keyed hash of its value.
    """
    slots = _slots(engine, coded, "data_items", log)
    split = split_sql(_told(coded, log, "data_items"), slots, "data_items")
    item = "trim(split_part(part, '=', 1))"
    value = "nullif(trim(split_part(part, '=', 2)), '')"
    engine.keep(
        f"{log}_items",
        f"SELECT event, {item} AS item, max({value}) AS value FROM ({split}) AS s "
        f"GROUP BY event, {item}",
    )


def _told(coded: str, log: str, column: str) -> str:
    """Return a query for the events that fill a column, under their numbers."""
    return (
        f"(SELECT l.event, c.{column} FROM {coded} AS c JOIN {log} AS l "
        f"ON l.event_id = c.event_id WHERE c.{column} IS NOT NULL)"
    )
