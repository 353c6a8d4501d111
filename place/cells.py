r"""Read one cell of a file as its kind: the SQL expression that does it.

Text is trimmed of blanks. A number may be written with commas or blanks between
thousands, money with £ too, and `(300)` is an accountant's -300. Anything else (1,5
or 1.200,50 or tbc) is not guessed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from place.clocks import instant
from place.sqltext import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from place.contract import Column
    from place.settings import Source

__all__ = ["literal", "parsed", "quoted", "tidied", "written"]

_BLANKS: Final = " \t\r\n\v\f\u00a0\u2007\u2009\u200b\u202f\ufeff"
_ODD: Final = "\u2212\u00a0\u2007\u2009\u202f"  # a minus and blanks
_PLAIN: Final = "-    "  # what stands for them
_WHOLE: Final = r"(\d+|\d{1,3}([, ]\d{3})+)"
_SIZE: Final = r"(\d+|\d{1,3}([, ]\d{3})+)?(\.\d*)?([eE][-+]?\d{1,3})?"
_USUAL_POUNDS: Final = r"£?-?\d{1,12}(\.\d{1,4})?"  # read by a shorter way


def tidied(column: pa.Array, missing: Sequence[str]) -> pa.Array:
    """Return text without blanks at its ends, NULL where nothing is known.

    Parameters
    ----------
    column
        A column of a file; if it is not text it comes back as it is.
    missing
        Words that mean that nothing is known.

    Examples
    --------
    >>> tidied(pa.array([" a ", "NULL", " "]), ["NULL"]).to_pylist()
    ['a', None, None]
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    trimmed = pc.utf8_trim(column, _BLANKS)
    nothing = pc.is_in(trimmed, pa.array(["", *missing], column.type))
    return pc.if_else(nothing, None, trimmed)


def written(cell: str, kind: pa.DataType) -> str:
    """Return SQL for a tidied cell as text.

    Parameters
    ----------
    cell
        The cell as SQL.
    kind
        What the file holds. Of a number without pence, or a day without hours,
        the zeros are left out: an id is 12 and not 12.0.
    """
    text = f"CAST({cell} AS VARCHAR)"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return rf"regexp_replace({text}, '\.0+$', '')"
    if pa.types.is_timestamp(kind):
        return f"regexp_replace({text}, ' 00:00:00$', '')"
    return text


def parsed(
    column: Column,
    kind: pa.DataType,
    source: Source,
    zone: str | None,
    *,
    cell: str | None = None,
) -> str:
    """Return SQL that reads a tidied cell, or gives NULL where it cannot be read.

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
    text = written(cell, kind)
    match column.kind:
        case "text":
            return f"lower({text})" if column.one_of else text
        case "time":
            return instant(cell, text, kind, source, zone)
        case "number":
            number = f"TRY_CAST({_digits(text, f'[-+]? *{_SIZE}')} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        case "integer":
            digits = _digits(text, rf"[-+]? *{_WHOLE}(\.0*)?")
            return f"TRY_CAST(TRY_CAST({digits} AS DECIMAL(38, 0)) AS BIGINT)"
        case "pounds":
            return _pence(text)


def _pence(text: str) -> str:
    """Return SQL for whole pence; half a penny goes away from zero."""
    bare = f"ltrim({text}, '£')"
    usual = f"regexp_full_match({text}, {literal(_USUAL_POUNDS)})"
    short = f"CAST(round(CAST({bare} AS DECIMAL(16, 4)) * 100) AS BIGINT)"
    digits = _digits(text, rf"[-+]? *£? *[-+]? *{_SIZE}|£? *\( *£? *{_SIZE} *\)")
    # Digits after the 17th cannot matter, and pence that need 65 bits are no amount.
    cut = rf"regexp_replace({digits}, '(\.\d{{17}})\d+', '\1')"
    whole = f"round(TRY_CAST({cut} AS DECIMAL(36, 18)) * 100)"
    return f"CASE WHEN {usual} THEN {short} ELSE TRY_CAST({whole} AS BIGINT) END"


def _digits(text: str, shape: str) -> str:
    """Return SQL for a number without its signs of layout, or NULL."""
    plain = f"trim(translate({text}, {literal(_ODD)}, {literal(_PLAIN)}))"
    bare = rf"regexp_replace({plain}, '[£, ()]', '', 'g')"
    minus = f"CASE WHEN contains({plain}, '(') THEN '-' ELSE '' END"
    fits = f"regexp_full_match({plain}, {literal(shape)})"
    return f"CASE WHEN {fits} THEN {minus} || {bare} END"
