"""Write the names of a log as codes: whole numbers in the order of the names.

A name is told once, in a small table of its own; each event then carries its code.
Agencies that events only refer to, or only name as working jointly, get codes too, so
that one code means one agency wherever it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from place.engine import Engine

__all__ = [
    "PARTS",
    "coded_sql",
    "coded_values",
    "customers_sql",
    "identifier_sql",
    "keep_items",
    "keep_names",
    "keep_partners",
    "keep_slots",
    "names_sql",
    "numbered_sql",
    "split_sql",
]

CODED: Final = {  # what is coded -> columns of the events that hold its names
    "agency": ("agency", "referred_to"),
    "activity": ("activity",),
    "need": ("need",),
    "channel": ("channel",),
    "outcome": ("outcome",),
}
PARTS: Final = "length({0}) - length(replace({0}, ';', '')) + 1"


def identifier_sql(many: int) -> str:
    """Return SQL for the identifier of a numbered event; all are equally long.

    Examples
    --------
    >>> identifier_sql(99)
    'substr(CAST(row_number + 100 AS STRING), 2)'
    """
    return f"substr(CAST(row_number + {10 ** len(str(many))} AS STRING), 2)"


def numbered_sql(events: str, many: int) -> str:
    """Return the query that numbers events by row and gives them identifiers."""
    return f"""SELECT *, {identifier_sql(many)} AS event_id
FROM (SELECT *, row_number() OVER () AS row_number FROM {events}) AS e"""


def customers_sql(events: str) -> str:
    """Return the query that numbers customers by name and says where each begins.

    `first_event` is the place of a customer's first event in the order of the log.
    """
    return f"""SELECT CAST(row_number() OVER names - 1 AS INT) AS customer, customer_id,
  CAST(sum(events) OVER names AS BIGINT) - events AS first_event
FROM (SELECT customer_id, count(*) AS events FROM {events} GROUP BY customer_id) AS c
WINDOW names AS (ORDER BY customer_id ROWS UNBOUNDED PRECEDING)"""


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
            slots = keep_slots(engine, events, "joint_with", log)
            split = split_sql(f"(SELECT DISTINCT joint_with FROM {events})", slots)
            sources.append(f"SELECT part AS name FROM ({split}) AS split")
        table = f"{log}_{what}_names"
        if not sources:
            names[what] = ()
            continue
        engine.keep(table, names_sql(sources, "code", "name"))
        told = engine.arrow(f"SELECT name FROM {table} ORDER BY code")
        names[what] = tuple(told["name"].to_pylist())
    engine.keep(f"{log}_customers", customers_sql(events))
    if "episode_id" in given:
        sources = [f"SELECT episode_id AS name FROM {events}"]
        engine.keep(f"{log}_episodes", names_sql(sources, "episode", "episode_id"))
    return names


def coded_values(
    columns: Collection[str], classes: Mapping[int, int]
) -> dict[str, str]:
    """Return SQL for what can be told of an event: column of the log -> its value.

    Parameters
    ----------
    columns
        Those of the events. Where they are numbered by `row_number`, that stands for
        the identifier.
    classes
        Code of an activity -> code of its class, where an event has no class.
    """
    given, numbered = set(columns), "row_number" in columns
    values = {
        "customer": "c.customer",
        "first_event": "c.first_event",
        "time_us": "e.time_us",
        "row_number" if numbered else "event_id": (
            "e.row_number" if numbered else "e.event_id"
        ),
    }
    if "episode_id" in given:
        values["episode"] = "s.episode"
    for held in CODED.values():
        values |= {column: f"n_{column}.code" for column in held if column in given}
    told = [
        f"WHEN e.activity_class = '{name}' THEN {at}"
        for at, name in enumerate(ACTIVITY_CLASSES)
        if "activity_class" in given
    ]
    told += [f"WHEN n_activity.code = {code} THEN {at}" for code, at in classes.items()]
    if told:
        values["activity_class"] = f"CAST(CASE {' '.join(told)} END AS INT)"
    for column in ("end_time_us", "cost_pence"):
        if column in given:
            values[column] = f"e.{column}"
    return values


def coded_sql(
    events: str, columns: Collection[str], log: str, values: Mapping[str, str]
) -> str:
    """Return the query that writes each event with codes for names.

    Parameters
    ----------
    events
        Table of events, or a query in brackets.
    columns
        Its columns.
    log
        Prefix of the tables that :func:`keep_names` kept.
    values
        What :func:`coded_values` returned.
    """
    joins = [f"LEFT JOIN {log}_customers AS c ON c.customer_id = e.customer_id"]
    if "episode_id" in columns:
        joins.append(f"LEFT JOIN {log}_episodes AS s ON s.episode_id = e.episode_id")
    joins += [
        f"LEFT JOIN {log}_{what}_names AS n_{column} ON n_{column}.name = e.{column}"
        for what, held in CODED.items()
        for column in held
        if column in columns
    ]
    listed = ",\n  ".join(f"{value} AS {name}" for name, value in values.items())
    return f"SELECT {listed}\nFROM {events} AS e\n" + "\n".join(joins)


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


def keep_slots(engine: Engine, table: str, column: str, log: str) -> str:
    """Register a table of numbers up to the most parts that one row lists."""
    most = f"SELECT coalesce(max({PARTS.format(column)}), 0) AS most FROM {table}"
    up_to = engine.arrow(most)["most"][0].as_py()
    name = f"{log}_{column}_slots"
    numbers = pa.array(range(1, up_to + 1), pa.int64())
    engine.register(name, pa.table({"slot": numbers}))
    return name


def keep_partners(
    engine: Engine, events: str, columns: Collection[str], log: str
) -> None:
    """Keep `LOG_partners`: which other agencies took part in which event, once each."""
    sql = f"SELECT event, agency AS partner FROM {log} LIMIT 0"
    if "joint_with" in columns:
        split = split_sql(_told(events, log, "joint_with"), f"{log}_joint_with_slots")
        sql = (
            f"SELECT DISTINCT s.event, n.code AS partner FROM ({split}) AS s "
            f"JOIN {log}_agency_names AS n ON n.name = s.part"
        )
    engine.keep(f"{log}_partners", sql)


def keep_items(engine: Engine, events: str, columns: Collection[str], log: str) -> None:
    """Keep `LOG_items`: the facts that each event collected, once each.

    A fact is written as its name, or as "name=hash", with a keyed hash of its value.
    """
    sql = f"SELECT event, event_id AS item, event_id AS value FROM {log} LIMIT 0"
    if "data_items" in columns:
        slots = keep_slots(engine, events, "data_items", log)
        split = split_sql(_told(events, log, "data_items"), slots, "data_items")
        item = "trim(split_part(part, '=', 1))"
        value = "nullif(trim(split_part(part, '=', 2)), '')"
        sql = (
            f"SELECT event, {item} AS item, max({value}) AS value "
            f"FROM ({split}) AS s GROUP BY event, {item}"
        )
    engine.keep(f"{log}_items", sql)


def _told(events: str, log: str, column: str) -> str:
    """Return a query for the events that fill a column, under their numbers."""
    return (
        f"(SELECT l.event, e.{column} FROM {events} AS e JOIN {log} AS l "
        f"ON l.event_id = e.event_id WHERE e.{column} IS NOT NULL)"
    )
