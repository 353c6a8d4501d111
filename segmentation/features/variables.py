"""A variable: counts over the number that could have been counted, in per cent.

Written as text, `"u092 / households"` is 100 times one column over another,
`"aged_0_4 + aged_5_9 / population"` adds columns first, and a column's name alone
takes that column as it is (a density, a ratio). Spaces around `/` and `+` are
part of the notation, so that a column's own name may hold either sign.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError, few
from segmentation.features.columns import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Variable",
    "counts",
    "indexed_by_area",
    "rates",
    "read_variables",
]

FLOAT_NOISE = 1e-9
Figures: TypeAlias = "pd.Series[float]"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One thing known of an area: a share of something, or a figure as it is."""

    label: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()

    @property
    def is_share(self) -> bool:
        """Say whether the variable is a count over a base, in per cent."""
        return bool(self.denominator)


def indexed_by_area(areas: pd.DataFrame) -> pd.DataFrame:
    """Return `areas` indexed by a unique, complete `area_code`.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index.

    Raises
    ------
    SegmentError
        If there is no `area_code`, or one is missing or given twice.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1"], "homes": [120]})
    >>> indexed_by_area(areas).to_dict("index")
    {'E1': {'homes': 120}}
    """
    if "area_code" in areas.columns:
        areas = areas.set_index("area_code")
    elif areas.index.name != "area_code":
        msg = (
            f"areas have no 'area_code': the columns are {few(list(areas.columns))} "
            f"and the index is called {areas.index.name!r}. Rename the column or the "
            "index that holds the code."
        )
        raise SegmentError(msg)
    unnamed = int(np.count_nonzero(areas.index.isna()))
    if unnamed:
        msg = (
            f"{unnamed} of {len(areas)} areas have no area_code. Give each its code, "
            "or leave the row out and say so."
        )
        raise SegmentError(msg)
    twice = areas.index[areas.index.duplicated()].unique().tolist()
    if twice:
        msg = (
            f"{len(twice)} area codes stand on more than one row: {few(twice)}. Keep "
            "one row an area; add up the counts if the rows are parts of it."
        )
        raise SegmentError(msg)
    return areas


def read_variables(
    variables: Mapping[str, str], columns: Sequence[str]
) -> tuple[Variable, ...]:
    """Read the notation of each variable against the columns there are.

    Parameters
    ----------
    variables
        Label -> `"numerator / denominator"`, sums with `" + "`, or one column.
        A text that is itself a column's name is that column as it is.
    columns
        The names that may be used.

    Returns
    -------
    variables
        In the order given.

    Raises
    ------
    SegmentError
        If there is no variable, the notation cannot be read or a column is
        unknown; every fault is listed, with the nearest column name.

    Examples
    --------
    >>> read_variables({"flats": "flats / homes"}, ["flats", "homes"])
    (Variable(label='flats', numerator=('flats',), denominator=('homes',)),)
    """
    if not variables:
        msg = (
            "no variables were given. Name at least one, such as "
            '{"children": "aged_0_15 / population"}.'
        )
        raise SegmentError(msg)
    read, faults = [], []
    for label, text in variables.items():
        parts = [text] if text in columns else text.split(" / ")
        sums = [_terms(part, columns) for part in parts]
        unknown = [name for terms in sums for name in terms if name not in columns]
        if len(parts) > 2:  # noqa: PLR2004 - a numerator and a denominator
            faults.append(
                f"{label!r} has {len(parts) - 1} ' / ' in {text!r}: write one"
            )
        faults += [f"{label!r}: {_unknown(name, columns)}" for name in unknown]
        read.append(
            Variable(
                label=label, numerator=sums[0], denominator=sums[1] if sums[1:] else ()
            )
        )
    if faults:
        msg = (
            f"{len(faults)} faults in the variables: {'; '.join(faults)}. Write "
            "'numerator / denominator' with column names of areas and a space on each "
            "side of '/' and '+', or one column name alone."
        )
        raise SegmentError(msg)
    return tuple(read)


def _terms(part: str, columns: Sequence[str]) -> tuple[str, ...]:
    part = part.strip()
    return (part,) if part in columns else tuple(t.strip() for t in part.split(" + "))


def _unknown(name: str, columns: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, [str(column) for column in columns], n=1)
    hint = f", the nearest is {near[0]!r}" if near else ""
    return f"no column is called {name!r}{hint}"


def counts(areas: pd.DataFrame, names: Sequence[str]) -> Figures:
    """Return the sum of some columns of `areas`, missing where one is missing.

    Parameters
    ----------
    areas
        One row an area.
    names
        Columns to add, each of them finite numbers or missing.

    Raises
    ------
    SegmentError
        If a column is not of numbers, naming a cell that is none, or holds an
        infinite value.

    Examples
    --------
    >>> areas = pd.DataFrame({"boys": [1, 2], "girls": [3, None]}, index=["E1", "E2"])
    >>> counts(areas, ["boys", "girls"])
    E1    4.0
    E2    NaN
    dtype: float64
    """
    total = pd.Series(0.0, index=areas.index)
    for name in names:
        values = numbers(areas, name).astype("float64")
        endless = values.index[np.isinf(values)].tolist()
        if endless:
            msg = (
                f"column {name!r} is infinite in {len(endless)} of {len(areas)} areas: "
                f"{few(endless)}. Make the value missing, or mend it at its source."
            )
            raise SegmentError(msg)
        total = total + values
    return total


def rates(areas: pd.DataFrame, variables: Mapping[str, str]) -> pd.DataFrame:
    """Return one column a variable and one row an area.

    Parameters
    ----------
    areas
        One row an area; any index. Left as it is.
    variables
        Label -> `"numerator / denominator"`, or one column name; see
        :func:`read_variables`.

    Returns
    -------
    rates
        On the index of `areas`. Shares are in per cent, 0 to 100; a share is
        missing where a count is missing or the denominator is 0. A single column
        is taken as it is.

    Raises
    ------
    SegmentError
        If a column is unknown, not numeric or infinite, a count is negative, or
        a numerator is greater than its denominator.

    Examples
    --------
    >>> areas = pd.DataFrame({"flats": [3, 0], "homes": [12, 0]}, index=["E1", "E2"])
    >>> rates(areas, {"flats": "flats / homes"})
        flats
    E1   25.0
    E2    NaN
    """
    read = read_variables(variables, list(areas.columns))
    return pd.DataFrame({each.label: _rate(areas, each) for each in read}, areas.index)


def _rate(areas: pd.DataFrame, variable: Variable) -> Figures:
    above = counts(areas, variable.numerator)
    if not variable.is_share:
        return above
    below = counts(areas, variable.denominator)
    _refuse(above < 0, variable, "has a negative numerator")
    _refuse(below < 0, variable, "has a negative denominator")
    too_many = above > below * (1 + FLOAT_NOISE)
    _refuse(too_many, variable, "has a numerator greater than its denominator")
    return 100 * above / below.where(below > 0)


def _refuse(bad: pd.Series[bool], variable: Variable, fault: str) -> None:
    if bad.any():
        text = f"{' + '.join(variable.numerator)} / {' + '.join(variable.denominator)}"
        msg = (
            f"variable {variable.label!r} ({text}) {fault} in {int(bad.sum())} of "
            f"{len(bad)} areas, such as {bad.index[bad][0]!r}. Check that both columns "
            "count the same kind of thing (people, households, homes)."
        )
        raise SegmentError(msg)
