"""Protect one table cell by cell, as its sheet and a rule of small numbers say.

Counts first; then everything that rests on them, so that nothing shown can be turned
back into a count that is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.release.errors import ReleaseError
from insight.release.rules import Rule, protect
from insight.release.sheet import Kind, Rate, Sheet, check_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cells", "protect_table"]

SAME: Final = 1e-6
"""Values within this share of a constant times their count are that constant's."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A protected table: what may be shown, what is hidden, what to tell a reader."""

    shown: pd.DataFrame
    hidden: pd.DataFrame
    kinds: Mapping[str, Kind]
    rounded: int
    notes: tuple[str, ...]


def protect_table(frame: pd.DataFrame, sheet: Sheet, rule: Rule) -> Cells:
    """Return `frame` with every figure about people protected.

    Parameters
    ----------
    frame
        Columns by name; the index is not looked at.
    sheet
        What the columns are.
    rule
        The rule of small numbers.

    Raises
    ------
    ReleaseError
        If a column is not declared, or is not what it is declared to be.

    Examples
    --------
    >>> from insight.release.rules import RULES
    >>> frame = pd.DataFrame({"ward": ["N", "S"], "n": [3, 52], "median": [9.0, 8.0]})
    >>> sheet = Sheet(name="t", title="T", counts=["n"], measures={"median": "n"})
    >>> cells = protect_table(frame, sheet, RULES["nhs_1_7_round5"])
    >>> cells.shown
      ward     n  median
    0    N  <NA>    <NA>
    1    S    50     8.0
    """
    kinds = check_sheet(frame, sheet)
    shown, hidden, again = _columns(frame, sheet, rule, kinds)
    for name, rate in sheet.rates.items():
        shown[name], hidden[name] = _rate(rate, shown, hidden)
    rounded = sum(_changed(frame[name], shown[name]) for name in sheet.counts)
    table = pd.DataFrame({name: shown[name] for name in kinds})
    marks = pd.DataFrame(
        {name: hidden.get(name, False) for name in kinds}, index=table.index
    ).astype(bool)
    notes = [f"{name} is worked out from the rounded count." for name in again]
    if sheet.total:
        table, marks = _with_total(table, marks, kinds, sheet.total)
        if marks[list(sheet.counts)].to_numpy().any():
            notes.append(f"{sheet.total} adds up the figures that are shown.")
    return Cells(
        shown=table, hidden=marks, kinds=kinds, rounded=rounded, notes=tuple(notes)
    )


def _columns(
    frame: pd.DataFrame, sheet: Sheet, rule: Rule, kinds: Mapping[str, Kind]
) -> tuple[dict[str, pd.Series], dict[str, pd.Series], list[str]]:
    """Return what may be shown, what is hidden, and what was worked out again."""
    shown: dict[str, pd.Series] = {}
    hidden: dict[str, pd.Series] = {}
    again: list[str] = []
    for name in sheet.counts:
        shown[name], hidden[name] = protect(frame[name], rule)
    for name, people in sheet.of_people.items():
        hidden[name] = hidden[name] | hidden[people]
        shown[name] = shown[name].mask(hidden[name])
    for name, count in sheet.measures.items():
        value = _numbers(frame[name], sheet)
        price = _price(value, frame[count])
        if price and rule.rounds_to > 1:
            again.append(name)
            value = _at_price(value, shown[count], price)
        hidden[name] = shown[count].isna()
        shown[name] = value.mask(hidden[name])
    for name, kind in kinds.items():
        if kind == "public":
            shown[name] = _numbers(frame[name], sheet)
        elif kind == "label":
            shown[name] = _words(frame[name])
    return shown, hidden, again


def _numbers(column: pd.Series, sheet: Sheet) -> pd.Series:
    """Return a column as nullable numbers; what is not finite is not known."""
    try:
        numbers = pd.to_numeric(column)
    except (TypeError, ValueError):
        numbers = column
    if not pd.api.types.is_numeric_dtype(numbers.dtype) or numbers.dtype.kind == "c":
        msg = (
            f"{sheet.name}: column {column.name!r} is declared as a figure, but is "
            f"of type {column.dtype}. Give numbers, such as days or pence."
        )
        raise ReleaseError(msg)
    if pd.api.types.is_integer_dtype(numbers.dtype):
        return numbers.astype("Int64")
    known = numbers.astype("Float64")
    return known.mask(known.isin([np.inf, -np.inf]).fillna(value=False))


def _words(column: pd.Series) -> pd.Series:
    """Return a column of labels as words; a missing label stays missing."""
    if pd.api.types.is_float_dtype(column.dtype):
        whole = column.dropna()
        if (whole % 1 == 0).all():
            column = column.astype("Int64")
    words = column.astype("object").map(str, na_action="ignore")
    return words.astype("string")


def _price(value: pd.Series, count: pd.Series) -> float:
    """Return the constant that a value is times its count; 0 where there is none."""
    raw = count.astype("Float64")
    looked_at = ((raw > 0) & value.notna()).fillna(value=False)
    known = raw[looked_at].astype(float)
    if known.empty or known.min() == known.max():
        return 0.0
    ratios = value[looked_at].astype(float) / known
    price = float(ratios.iloc[0])
    return price if np.isclose(ratios, price, rtol=SAME, atol=0).all() else 0.0


def _at_price(value: pd.Series, protected: pd.Series, price: float) -> pd.Series:
    """Return `value` worked out again from a protected count."""
    again = (protected.astype("Float64") * price).mask(value.isna())
    is_whole = pd.api.types.is_integer_dtype(value.dtype)
    return again.round().astype("Int64") if is_whole else again


def _rate(
    rate: Rate, shown: Mapping[str, pd.Series], hidden: Mapping[str, pd.Series]
) -> tuple[pd.Series, pd.Series]:
    """Return a rate from protected numbers; over nought it is not known."""
    base = shown[rate.base].astype("Float64")
    per_base = shown[rate.count].astype("Float64") * rate.per / base.mask(base == 0)
    mark = hidden[rate.count].copy()
    if rate.base in hidden:
        mark |= hidden[rate.base]
    return per_base.mask(mark), mark


def _with_total(
    table: pd.DataFrame, marks: pd.DataFrame, kinds: Mapping[str, Kind], label: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add a row that sums the counts shown; what cannot be summed is left missing."""
    first = next((name for name, kind in kinds.items() if kind == "label"), None)
    if first is None:
        msg = (
            f"A total row {label!r} needs a column of words to stand in; the table has "
            f"{list(kinds)}. Add one."
        )
        raise ReleaseError(msg)
    row = {name: table[name].iloc[:0].reindex([len(table)]) for name in kinds}
    mark = dict.fromkeys(kinds, False)
    row[first] = pd.Series([label], index=[len(table)], dtype="string")
    for name in (name for name, kind in kinds.items() if kind == "count"):
        known = table[name].dropna()
        if known.empty:
            mark[name] = bool(marks[name].any())
        else:
            row[name] = pd.Series([int(known.sum())], index=[len(table)], dtype="Int64")
    last = pd.DataFrame(row)
    return (
        pd.concat([table, last]),
        pd.concat([marks, pd.DataFrame(mark, index=last.index)]),
    )


def _changed(raw: pd.Series, shown: pd.Series) -> int:
    """Count the cells that rounding moved."""
    return int(
        (raw.astype("Float64") != shown.astype("Float64")).fillna(value=False).sum()
    )
