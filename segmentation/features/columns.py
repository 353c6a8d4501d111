"""A column of a table as numbers or as words, whatever kind of cells it came with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WHOLE", "as_words", "numbers"]

WHOLE: Final = r"^(-?[0-9]+)[.]0$"  # a whole number, as a fraction's kind writes it


def numbers(table: pd.DataFrame, name: str) -> pd.Series[float]:
    """Return a column of numbers; one that is missing throughout is one too.

    Parameters
    ----------
    table
        A row that is wrong is named only if rows are areas: others may be people.
    name
        A column of it.

    Raises
    ------
    SegmentError
        If the column stands there twice, or holds anything that is no number.

    Examples
    --------
    >>> numbers(pd.DataFrame({"homes": [None, None]}), "homes").tolist()
    [nan, nan]
    """
    column = table[name]
    if isinstance(column, pd.DataFrame):
        msg = f"column {name!r} should be one column of numbers, but is given twice."
        raise SegmentError(msg)
    if pd.api.types.is_numeric_dtype(column):
        return column
    if column.isna().all():
        return pd.Series(np.nan, column.index, name=name)
    read = pd.to_numeric(column.astype("string"), errors="coerce")
    bad = column.notna() & ~np.isfinite(read.astype("float64"))
    such = (
        f", such as {bad.index[bad][0]!r}"
        if bad.any() and table.index.name == "area_code"
        else ""
    )
    msg = (
        f"column {name!r} should be one column of numbers, but is {column.dtype}: "
        f"{int(bad.sum()):,} of {len(bad):,} rows hold no plain number{such}. Correct "
        "them or leave them empty; a number has no unit and no zero in front."
    )
    raise SegmentError(msg)


def as_words(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return columns as words: a whole number as it is counted, 2 and not 2.0.

    A code that a CSV file writes as 2 is a fraction's kind of number in memory as
    soon as one area lacks it; it is the same code everywhere.

    Examples
    --------
    >>> as_words(pd.DataFrame({"kind": [2.0, None], "of": ["a", "b"]}), ["kind", "of"])
      kind of
    0    2  a
    1  NaN  b
    """
    words = table[list(names)].astype("str")
    return words.replace(WHOLE, r"\1", regex=True)
