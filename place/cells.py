"""Read one cell of a file as its kind: the SQL expression that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from place.config import Source
    from place.tables import Column

__all__ = ["literal", "parsed", "quoted"]


def quoted(name: str) -> str:
    """Quote a column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Write a value as an SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def parsed(
    column: Column,
    kind: pa.DataType,
    source: Source,
    zone: str | None,
    *,
    cell: str | None = None,
) -> str:
    """Return SQL that reads a cell, or gives NULL where it cannot be read.

    Parameters
    ----------
    column
        What the cell should be.
    kind
        What the file holds: text, or a typed column of Parquet.
    source
        Its `time_format` applies.
    zone
        Time zone of times that carry none; with `None` they cannot be read.
    cell
        The cell as SQL; with `None`, the column of that name.
    """
    cell = cell or quoted(column.name)
    text = f"nullif(trim(CAST({cell} AS VARCHAR)), '')"
    plain = rf"regexp_replace({text}, '[£,\s]', '', 'g')"
    match column.kind:
        case "text":
            return text
        case "time":
            return f"epoch_us({_instant(cell, text, kind, source, zone)})"
        case "number":
            number = f"TRY_CAST({plain} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        case "integer":
            number = f"TRY_CAST({plain} AS DOUBLE)"
            whole = f"isfinite({number}) AND {number} = floor({number})"
            return f"CASE WHEN {whole} THEN CAST({number} AS BIGINT) END"
        case "pounds":
            # Accountants write -1,200 as (1,200); a penny is the nearest one.
            signed = rf"regexp_replace({plain}, '^\((.*)\)$', '-\1')"
            pounds = f"TRY_CAST({signed} AS DECIMAL(24, 6))"
            return f"CAST(round({pounds} * 100) AS BIGINT)"


def _instant(
    cell: str, text: str, kind: pa.DataType, source: Source, zone: str | None
) -> str:
    """Read a cell as an instant; a time of no known zone is not one."""
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        zoned = pa.types.is_timestamp(kind) and kind.tz is not None
        return f"CAST({cell} AS TIMESTAMPTZ)" if zoned or zone else "NULL"
    if source.time_format is not None:
        moment = f"try_strptime({text}, {literal(source.time_format)})"
        return f"CAST({moment} AS TIMESTAMPTZ)" if zone else "NULL"
    instant = f"TRY_CAST({text} AS TIMESTAMPTZ)"
    if zone:
        return instant
    carries_zone = rf"regexp_matches({text}, '(Z|[+-]\d\d(:?\d\d)?)$')"
    has_clock = f"{text} LIKE '%:%'"
    return f"CASE WHEN {carries_zone} AND {has_clock} THEN {instant} END"
