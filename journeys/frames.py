"""Check a frame of events from a notebook and bring it into the contract.

A place's files are checked by `place` before a room sees them. A frame that an
analyst hands over has not been checked, so this module does for it what matters:
required columns, times with a zone, money in pence, no missing value where one is
needed, no event twice.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from journeys.errors import JourneyError
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection

    from place.engine import Frame

__all__ = ["OPTIONAL", "REQUIRED", "check_classes", "check_columns", "check_frame"]

REQUIRED: Final = ("event_id", "customer_id", "time_us", "agency", "activity")
OPTIONAL: Final = {
    "need": "STRING",
    "episode_id": "STRING",
    "activity_class": "STRING",
    "channel": "STRING",
    "outcome": "STRING",
    "referred_to": "STRING",
    "cost_pence": "BIGINT",
    "end_time_us": "BIGINT",
    "data_items": "STRING",
    "joint_with": "STRING",
}
NUMBERS: Final = frozenset({"time_us", "cost_pence", "end_time_us"})
FIRST_US: Final = -2_177_452_800_000_000  # 1901: programs write 1900 for no date
LAST_US: Final = 4_102_444_800_000_000  # 2100: and 9999 for a date that never comes


def check_columns(columns: Collection[str]) -> None:
    """Say which required columns of an event are not among `columns`.

    Raises
    ------
    JourneyError
        If one is missing; the message lists what is there.

    Examples
    --------
    >>> check_columns(["event_id", "customer_id", "time_us", "agency", "activity"])
    """
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        msg = (
            f"The events lack {missing}; they have {list(columns)}. Rename columns; "
            "a time may come as 'time' (a timestamp with a zone) or as 'time_us'."
        )
        raise JourneyError(msg)


def check_classes(classes: Collection[str]) -> None:
    """Say which of `classes` are not classes of activity.

    Raises
    ------
    JourneyError
        If one is unknown; the message names the nearest known one.

    Examples
    --------
    >>> check_classes({"assess", "refer"})
    """
    faults = []
    for name in sorted(set(classes) - set(ACTIVITY_CLASSES)):
        near = get_close_matches(name, ACTIVITY_CLASSES, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        faults.append(
            f"{name!r} is not a class of activity. {hint}The classes are: "
            f"{', '.join(ACTIVITY_CLASSES)}."
        )
    if faults:
        raise JourneyError(*faults)


def check_frame(frame: Frame) -> pa.Table:
    """Return the events of a frame under the names and types of the contract.

    Parameters
    ----------
    frame
        One row an event. `time` (and `end_time`) may stand for `time_us`; without
        `event_id`, events are numbered in the order of the frame. `cost_pounds`
        becomes `cost_pence`, to the nearest penny (half a penny goes away from
        zero). Text is trimmed and empty text is missing. Columns that are neither
        in `REQUIRED` nor in `OPTIONAL` are left out without a word.

    Returns
    -------
    events
        The required columns and those optional ones that the frame has.

    Raises
    ------
    JourneyError
        If a required column is absent or has a missing value, a time is text, has no
        zone or is not of the years 1901 to 2099, a number is not whole, a cost in
        pounds is text or not finite or stands beside one in pence, a class is unknown,
        or an event identifier stands twice.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": 7, "time": day, "agency": "GP", "activity": "visit"}
    >>> check_frame(pd.DataFrame([contact])).to_pylist()[0]["time_us"]
    1238544000000000
    """
    events = _with_pence(_with_times(_as_table(frame)))
    if "event_id" not in events.column_names:
        width = len(str(events.num_rows))
        ids = [str(row).zfill(width) for row in range(1, events.num_rows + 1)]
        events = events.append_column("event_id", pa.array(ids, pa.string()))
    check_columns(events.column_names)
    wanted = [name for name in (*REQUIRED, *OPTIONAL) if name in events.column_names]
    events = pa.table({name: _typed(events[name], name) for name in wanted})
    _check_values(events)
    return events


def _as_table(frame: Frame) -> pa.Table:
    if isinstance(frame, pa.Table):
        return frame
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as broken:
        msg = (
            f"A column of the events mixes types: {broken.args[-1]}. Give each column "
            "one type, for example with frame['need'].astype('str')."
        )
        raise JourneyError(msg) from None  # the cause quotes a cell


def _with_times(events: pa.Table) -> pa.Table:
    for name in ("time", "end_time"):
        if f"{name}_us" in events.column_names or name not in events.column_names:
            continue
        kind = events.schema.field(name).type
        if pa.types.is_null(kind):
            moments = events[name].cast(pa.int64())
        elif pa.types.is_timestamp(kind) and kind.tz:
            exact = events[name].cast(pa.timestamp("us", "UTC"), safe=False)
            moments = exact.cast(pa.int64())
        else:
            msg = (
                f"Column {name!r} must be a timestamp with a zone; it is {kind}. Use "
                f"pandas.to_datetime(...).dt.tz_localize('Europe/London') on {name!r}, "
                "with the zone in which the agencies wrote the times."
            )
            raise JourneyError(msg)
        events = events.append_column(f"{name}_us", moments)
    return events


def _with_pence(events: pa.Table) -> pa.Table:
    if "cost_pounds" not in events.column_names:
        return events
    if "cost_pence" in events.column_names:
        msg = (
            "The events have 'cost_pounds' and 'cost_pence', and only one can be what "
            "an event cost. Drop one of them."
        )
        raise JourneyError(msg)
    return events.append_column("cost_pence", _pence(events["cost_pounds"]))


def _pence(pounds: pa.ChunkedArray) -> pa.ChunkedArray:
    kinds = pa.types
    kind = pounds.type
    known = (kinds.is_integer, kinds.is_floating, kinds.is_decimal, kinds.is_null)
    if any(is_one(kind) for is_one in known):
        with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
            # By way of decimals, 1.005 is rounded as it is written, as in `place`.
            if not kinds.is_decimal(kind):
                pounds = pounds.cast(pa.decimal128(30, 9))
            exact = pc.round(pounds, ndigits=2, round_mode="half_towards_infinity")
            exact = exact.cast(pa.decimal128(30, 2))
            return pc.multiply(exact, pa.scalar(Decimal(100))).cast(pa.int64())
    msg = (
        "Column 'cost_pounds' must hold finite amounts in pounds; it is "
        f"{kind} and holds something else. Take off signs and commas, turn it into "
        "numbers with pandas.to_numeric, and leave unknown costs missing."
    )
    raise JourneyError(msg)


def _typed(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    wanted = pa.int64() if name in NUMBERS else pa.string()
    try:
        typed = column.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        need = "whole numbers" if name in NUMBERS else "text"
        msg = (
            f"Column {name!r} must hold {need}; it is {column.type} and cannot be "
            "turned into them. Convert it first; cost_pence is pence, *_us are "
            "microseconds."
        )
        raise JourneyError(msg) from None  # the cause quotes a cell
    if name in NUMBERS:
        return typed
    trimmed = pc.utf8_trim_whitespace(typed)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _check_values(events: pa.Table) -> None:
    faults = []
    for name in REQUIRED:
        empty = events[name].null_count
        if empty:
            faults.append(
                f"{empty} of {events.num_rows} events have no value in {name!r}. Drop "
                "them, or fill it from the agency's case record."
            )
    repeated = (
        events.num_rows - pc.count_distinct(events["event_id"], mode="all").as_py()
    )
    if repeated:
        faults.append(
            f"{repeated} of {events.num_rows} events repeat an 'event_id' that stands "
            "before. Drop copies, or leave the column out to number events in order."
        )
    late = pc.greater_equal(events["time_us"], LAST_US)
    strange = pc.sum(pc.or_(pc.less(events["time_us"], FIRST_US), late)).as_py()
    if strange:
        faults.append(
            f"{strange} of {events.num_rows} events are dated before 1901 or after "
            "2099, as programs do where they know no date. Correct or drop them."
        )
    if faults:
        raise JourneyError(*faults)
    if "activity_class" in events.column_names:
        classes = pc.unique(events["activity_class"]).drop_null().to_pylist()
        check_classes(classes)
