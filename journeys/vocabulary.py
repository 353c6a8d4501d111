"""What agencies call what they do, mapped to classes that rules understand.

A vocabulary is a table that a partnership fills: an activity, perhaps the agency whose
word it is, its class, and perhaps a common name. The most specific word wins: what an
event itself says, then the row for its agency, then the row for all agencies. Two rows
that say otherwise of the same are a fault, and an activity that nothing maps is listed
with the nearest name that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from journeys.errors import JourneyError
from journeys.frames import check_classes, check_columns, check_frame
from journeys.suggestions import nearest_of
from place.engine import table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from journeys.log import Log
    from place.engine import Engine, Frame

__all__ = [
    "Mapped",
    "mapped_events",
    "unmapped_activities",
    "unused_rows",
    "used_activities",
]

KEYS: Final = ["activity", "agency"]
COLUMNS: Final = [*KEYS, "activity_class", "standard_activity"]


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """Events under common names and classes.

    Attributes
    ----------
    table
        Name of the table in the engine; its columns are those of an event.
    known
        The activities that the vocabulary maps.
    unused
        Rows of the vocabulary that no event needs: `activity` and `agency`.
    """

    table: str
    known: tuple[str, ...]
    unused: pd.DataFrame

    def __str__(self) -> str:
        """Say as a sentence what the vocabulary did not meet."""
        said = f"The vocabulary maps {len(self.known):,} activities"
        if self.unused.empty:
            return f"{said}; each of its rows is used."
        return (
            f"{said}; {len(self.unused):,} of its rows name an activity or an agency "
            "that no event has. Look at their spelling."
        )


def mapped_sql(events: str, columns: Collection[str], vocabulary: str) -> str:
    """Return the query that gives events their class and common name.

    Parameters
    ----------
    events
        Table of events.
    columns
        Its columns.
    vocabulary
        Table with `activity`, `agency` (missing for all agencies), `activity_class`
        and `standard_activity`, one row for each pair of the first two.

    Examples
    --------
    >>> "v.agency = e.agency" in mapped_sql("events", ["activity"], "words")
    True
    """
    told = ["v.activity_class", "g.activity_class"]
    if "activity_class" in columns:
        told.insert(0, "e.activity_class")
    values = {name: f"e.{name}" for name in columns}
    values["activity_class"] = f"coalesce({', '.join(told)})"
    standard = "v.standard_activity, g.standard_activity"
    values["activity"] = f"coalesce({standard}, e.activity)"
    listed = ", ".join(f"{value} AS {name}" for name, value in values.items())
    return f"""SELECT {listed}
FROM {events} AS e
LEFT JOIN {vocabulary} AS v ON v.activity = e.activity AND v.agency = e.agency
LEFT JOIN {vocabulary} AS g ON g.activity = e.activity AND g.agency IS NULL"""


def unused_sql(events: str, vocabulary: str) -> str:
    """Return the query that lists rows of a vocabulary that no event needs."""
    return f"""SELECT v.activity, v.agency FROM {vocabulary} AS v
LEFT JOIN (SELECT DISTINCT activity, agency FROM {events}) AS e
  ON e.activity = v.activity AND (v.agency IS NULL OR v.agency = e.agency)
WHERE e.activity IS NULL ORDER BY v.activity, v.agency"""


def unused_rows(engine: Engine, events: str, vocabulary: str) -> pd.DataFrame:
    """Return the rows of a vocabulary that no event needs: `activity`, `agency`."""
    found: pd.DataFrame = engine.arrow(unused_sql(events, vocabulary)).to_pandas()
    return found


def mapped_events(
    events: str | Frame,
    vocabulary: str | Frame,
    *,
    engine: Engine | None = None,
    classes: Mapping[str, str] | None = None,
) -> Mapped:
    """Give events the class and the common name that a vocabulary says.

    Parameters
    ----------
    events
        Name of a table that `place` has checked, or a frame, which is checked here.
    vocabulary
        Name or frame of a table: `activity` and `activity_class`; `agency`, where a
        row is of one agency's words alone; `standard_activity`, a common name that
        takes the place of `activity` and so merges spellings.
    engine
        Holds the tables; with `None`, a DuckDB of its own.
    classes
        Class of each activity, as `[journeys.classes]` says: rows for all agencies.

    Returns
    -------
    mapped
        Its `table` is what to encode. Events that nothing maps stay as they are.

    Raises
    ------
    JourneyError
        If the events break the contract, a class is unknown, or two rows (or a row
        and `classes`) say otherwise of the same activity and agency.

    Examples
    --------
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> events = pd.DataFrame({"customer_id": ["a"], "time": day, "agency": "GP"})
    >>> words = pd.DataFrame({"activity": ["1st appt"], "activity_class": ["intake"]})
    >>> print(mapped_events(events.assign(activity="1st appt"), words))
    The vocabulary maps 1 activities; each of its rows is used.
    """
    if not isinstance(events, str):
        events = check_frame(events)
    table, engine = table_of(events, engine, "events_given")
    columns = engine.columns(table)
    check_columns(columns)
    given, _ = table_of(vocabulary, engine, "vocabulary_given")
    words = _words(engine.arrow(f"SELECT * FROM {given}").to_pandas(), classes or {})
    texts = {name: pa.array(words[name], pa.string()) for name in COLUMNS}
    engine.register("vocabulary_rows", pa.table(texts))
    engine.keep("events_mapped", mapped_sql(table, columns, "vocabulary_rows"))
    unused = unused_rows(engine, table, "vocabulary_rows")
    common = [*words["activity"], *words["standard_activity"].dropna()]
    return Mapped(
        table="events_mapped", known=tuple(sorted(set(common))), unused=unused
    )


def _words(rows: pd.DataFrame, classes: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of a vocabulary and of `classes`, one for each word."""
    missing = [n for n in ("activity", "activity_class") if n not in rows.columns]
    if missing:
        msg = (
            f"The vocabulary lacks {missing}; it has {list(rows.columns)}. Give one "
            "row an activity, with its 'activity_class'."
        )
        raise JourneyError(msg)
    rows = rows.reindex(columns=COLUMNS).astype("str").replace(["", "None"], pd.NA)
    rows = rows.dropna(subset=["activity", "activity_class"])
    general = rows[rows["agency"].isna()].set_index("activity")["activity_class"]
    more = {name: one for name, one in classes.items() if name not in general.index}
    settings = pd.DataFrame(
        {"activity": list(more), "activity_class": list(more.values())}, dtype="str"
    )
    all_rows = pd.concat([rows, settings.reindex(columns=COLUMNS)], ignore_index=True)
    check_classes(all_rows["activity_class"])
    apart = [
        *rows[rows.duplicated(KEYS)]["activity"],
        *(n for n, one in classes.items() if general.get(n, one) != one),
    ]
    if apart:
        named = ", ".join(repr(name) for name in sorted(set(apart))[:5])
        msg = (
            f"Of {len(set(apart))} activities more than one thing is said for the same "
            f"agency, in the vocabulary or in [journeys.classes]: {named}. Keep one."
        )
        raise JourneyError(msg)
    return all_rows


def used_activities(log: Log) -> pd.DataFrame:
    """Return what each agency calls what it does, and how often.

    Returns
    -------
    activities
        One row an agency and activity: `activity`, `agency`, `activity_class`
        (missing where none or several are said), `events` and `customers`; by name.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> log = encode_log(pd.DataFrame([contact]), classes={"visit": "service"})
    >>> used_activities(log).to_numpy().tolist()
    [['visit', 'GP', 'service', 1, 1]]
    """
    rows = log.engine.arrow(used_sql(log.table))
    return log.decoded(rows, {each: each for each in (*KEYS, "activity_class")})


def used_sql(log: str) -> str:
    """Return the query that counts activities by agency."""
    same = (
        "min(activity_class) = max(activity_class) AND count(activity_class)=count(*)"
    )
    return f"""SELECT activity, agency,
  CASE WHEN {same} THEN min(activity_class) END AS activity_class,
  count(*) AS events, count(DISTINCT customer) AS customers
FROM {log} GROUP BY activity, agency ORDER BY activity, agency"""


def unmapped_sql(log: str) -> str:
    """Return the query that counts events without a class by activity."""
    return f"""SELECT activity, count(*) AS events,
  count(DISTINCT customer) AS customers
FROM {log} WHERE activity_class IS NULL
GROUP BY activity ORDER BY events DESC, activity"""


def unmapped_activities(log: Log, *, known: Iterable[str] = ()) -> pd.DataFrame:
    """List the activities with an event that has no class.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    known
        Activities that a vocabulary maps, besides those of the log that have a class.

    Returns
    -------
    unmapped
        `activity`, `events` and `customers` (those without a class), and `nearest`:
        the mapped name most like it, missing where none is near. Most events first.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> unmapped_activities(encode_log(pd.DataFrame([contact])), known=["visits"])
      activity  events  customers nearest
    0    visit       1          1  visits
    """
    rows = log.decoded(
        log.engine.arrow(unmapped_sql(log.table)), {"activity": "activity"}
    )
    mapped = sorted({*known, *log.names["activity"]} - set(log.unmapped))
    near = [nearest_of(name, mapped) for name in rows["activity"]]
    return rows.assign(nearest=pd.array(near, dtype="str"))
