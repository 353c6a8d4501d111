"""Read a time as an instant: microseconds since 1970 in UTC.

A time of no known zone is not an instant: it needs a zone that is declared. Of an
hour that comes twice, when clocks go back, the second is meant; a time in the hour
that clocks skip is read as if they had not been put forward yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from place.sqltext import literal

if TYPE_CHECKING:
    from place.settings import Source

__all__ = ["check_time_format", "check_time_zone", "instant"]

_DAY: Final = r"\d{4}([-/]\d{1,2}){2}"
_HOUR: Final = r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d*)?)?"
_ZONE: Final = r"( ?Z| ?[+-]([01]\d|2[0-3])(:?[0-5]\d)?| UTC| GMT)"
_YEAR_1000: Final = -30_610_224_000_000_000  # before it, a year was cut to two digits
_MOMENT: Final = "2009-03-31 14:05:00"


def check_time_zone(name: str) -> str:
    """Return the name of a time zone, or say that there is none of that name.

    Letters that mean several zones (BST is British, and Bangladeshi) are none.

    Examples
    --------
    >>> check_time_zone("Europe/London")
    'Europe/London'
    """
    try:
        ZoneInfo(name)
        with duckdb.connect() as connection:
            connection.execute(f"SET TimeZone = {literal(name)}")
    except (KeyError, ValueError, OSError, duckdb.Error):
        msg = f"no time zone is called {name!r}; write one such as 'Europe/London'"
        raise ValueError(msg) from None
    return name


def check_time_format(written: str) -> str:
    """Return a format of times, or say what it lacks.

    It is one if a known day, written in it and read back, is the same day.

    Examples
    --------
    >>> check_time_format("%d/%m/%Y %H:%M")
    '%d/%m/%Y %H:%M'
    """
    back = f"TRY_CAST(try_strptime(strftime(moment, {literal(written)}), "
    query = f"SELECT {back}{literal(written)}) AS DATE) = moment::DATE FROM "
    try:
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            moments = f"(SELECT TIMESTAMPTZ '{_MOMENT}+00' AS moment)"
            same = connection.execute(query + moments).fetchall()[0][0]
    except duckdb.Error:
        same = False
    if not same or "%Z" in written:
        msg = (
            "cannot say a day, month and year; write one such as '%d/%m/%Y %H:%M', "
            "and %z, not %Z, for an offset"
        )
        raise ValueError(msg)
    return written


def instant(
    cell: str, text: str, kind: pa.DataType, source: Source, zone: str | None
) -> str:
    """Return SQL that reads a time as microseconds, or gives NULL.

    Parameters
    ----------
    cell, text
        The cell as SQL, as it is and as trimmed text.
    kind
        What the file holds: text, or a typed column of Parquet.
    source
        Its `time_format` applies to text; ISO 8601 is understood beside it.
    zone
        Zone of the session, for times that carry none; with `None` they are NULL.
    """
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        zoned = pa.types.is_timestamp(kind) and kind.tz is not None
        if not (zoned or zone):
            return "CAST(NULL AS BIGINT)"
        moment = f"CAST({cell} AS TIMESTAMPTZ)"
    else:
        moment = _of_text(text, source.time_format, zone)
    too_early = _YEAR_1000 - 1
    return f"nullif(greatest(epoch_us({moment}), {too_early}), {too_early})"


def _of_text(text: str, written: str | None, zone: str | None) -> str:
    tidy = rf"replace(regexp_replace({text}, ' ([Z+-])', '\1'), ',', '.')"
    shape = f"{_DAY}({_HOUR}{_ZONE}?)?" if zone else f"{_DAY}{_HOUR}{_ZONE}"
    is_iso = f"regexp_full_match({text}, {literal(shape)})"
    iso = f"CASE WHEN {is_iso} THEN TRY_CAST({tidy} AS TIMESTAMPTZ) END"
    if written is None:
        return iso
    # A day such as 'infinity' is one to the engine; to us it has a digit.
    digits = f"CASE WHEN regexp_matches({text}, '[0-9]') THEN {text} END"
    moment = f"try_strptime({digits}, {literal(written)})"
    if "%z" not in written and zone is None:
        moment = "NULL"
    placed = f"CAST({moment} AS TIMESTAMPTZ)"
    return placed if "%Y-%d" in written else f"coalesce({placed}, {iso})"
