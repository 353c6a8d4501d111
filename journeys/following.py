"""All that one asks first of a log, at once: moves, hand-overs, ends and variants.

With the extra `totalplace[fast]` this is a compiled pass, several times quicker than
SQL; without it the same is asked of the engine. Both give the same results bit for bit
(but for the last bits of `q90_seconds`, which engines interpolate each in its way), so
that no figure depends on what is installed.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from journeys.errors import JourneyError
from journeys.flows import Flows, no_value
from journeys.frames import check_columns
from journeys.graph import directly_follows, end_activities, handovers, start_activities
from journeys.log import encode_log
from journeys.paths import check_most, kept_variants
from place.engine import start_engine

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.log import Log
    from journeys.moves import Measure
    from place.engine import Engine

__all__ = ["follow", "follow_file", "to_compile"]

HINT: Final = (
    "The compiled pass needs Numba, which is not installed. Run pip install "
    "'totalplace[fast]', or leave out compiled=True: SQL gives the same results."
)


def follow(
    log: Log, *, most: int = 100, customers: bool = False, compiled: bool | None = None
) -> Flows:
    """Return moves, hand-overs, ends and variants of a log.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` or :func:`journeys.store.open_store`
        returned; a store is read file by file.
    most
        How many variants to list, at least 1.
    customers
        Count distinct customers of each move too; SQL takes half as long again then.
    compiled
        Use the compiled pass or not; with `None`, where Numba is installed.

    Raises
    ------
    JourneyError
        If `most` is below 1, or `compiled` is asked for and Numba is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> found = follow(encode_log(events.assign(activity=["ask", "treat"])))
    >>> found.n_variants, len(found.handovers)
    (1, 0)
    """
    check_most(most)
    if to_compile(compiled):
        from journeys.compiled.flows import flows_of_log  # noqa: PLC0415 - an extra

        return flows_of_log(log, most, customers=customers)
    measures: tuple[Measure, ...] = ("customers",) if customers else ()
    listed, different = kept_variants(log, most)
    return Flows(
        moves=directly_follows(log, measures=(*measures, "waits")),
        handovers=handovers(log, measures=measures),
        starts=start_activities(log),
        ends=end_activities(log),
        variants=listed,
        n_events=log.n_events,
        n_customers=log.n_customers,
        n_variants=different,
    )


def follow_file(
    file: Path,
    *,
    engine: Engine | None = None,
    most: int = 100,
    customers: bool = False,
    compiled: bool | None = None,
) -> Flows:
    """Return the same of a file of events, without encoding a log first.

    Parameters
    ----------
    file
        Parquet of the contract: `customer_id`, `time_us`, `agency` and `activity`, and
        `event_id` if events have one; otherwise the order of rows breaks ties in time.
    engine
        For SQL; with `None`, a DuckDB of its own.
    most, customers, compiled
        As in :func:`follow`.

    Raises
    ------
    JourneyError
        As in :func:`follow`, or if a column is absent or lacks a value, or `time_us`
        does not hold whole numbers.
    """
    check_most(most)
    schema = pq.read_schema(file)
    columns = schema.names
    check_columns({*columns, "event_id"})
    _check_times(schema)
    if to_compile(compiled) and _has_texts(schema):
        from journeys.compiled.flows import flows_of_file  # noqa: PLC0415 - an extra

        told = "event_id" in columns
        found = flows_of_file(file, most, customers=customers, by_identifier=told)
        if found is not None:
            return found
    engine = start_engine() if engine is None else engine
    engine.open("events_to_follow", [file])
    _check_filled(engine, "events_to_follow")
    log = encode_log("events_to_follow", engine=engine, table="followed")
    return follow(log, most=most, customers=customers, compiled=False)


def _check_times(schema: pa.Schema) -> None:
    kind = schema.field("time_us").type
    if not pa.types.is_integer(kind):
        msg = (
            f"Column 'time_us' must hold whole microseconds; it is {kind}. Convert it "
            "first, or give the file to a place, which reads times as they are written."
        )
        raise JourneyError(msg)


def _has_texts(schema: pa.Schema) -> bool:
    """Say whether names are plain text, which alone the compiled pass reads."""
    kinds = {schema.field(name).type for name in ("customer_id", "agency", "activity")}
    return kinds <= {pa.string(), pa.large_string()}


def _check_filled(engine: Engine, events: str) -> None:
    needed = ("customer_id", "time_us", "agency", "activity")
    counts = ", ".join(f"count(*) - count({name}) AS {name}" for name in needed)
    missing = engine.arrow(f"SELECT {counts} FROM {events}").to_pylist()[0]
    empty = [name for name, rows in missing.items() if rows]
    if empty:
        raise JourneyError(no_value(empty))


def to_compile(compiled: bool | None) -> bool:  # noqa: FBT001 - None is a third answer
    """Say whether to use machine code: as asked, or where Numba is installed.

    Raises
    ------
    JourneyError
        If it is asked for and Numba is not installed.
    """
    there = find_spec("numba") is not None
    if compiled and not there:
        raise JourneyError(HINT)
    return there if compiled is None else compiled
