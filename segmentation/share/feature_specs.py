"""A feature written down: what bends and scales one variable, as plain figures.

A fitted pipeline lives in the memory of one machine. Written down, the same feature
can be worked out in another agency, in Python or in SQL, with the same operations
in the same order, and so to the same step of the grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field
from scipy.special import boxcox

from segmentation.features.columns import as_words, numbers
from segmentation.features.variables import (
    FLOAT_NOISE,
    Variable,
    read_variables,
)
from segmentation.kmeans.grid import EXACT
from segmentation.share.sealed import Written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "Feature",
    "categories",
    "feature_values",
    "known_variables",
    "needed_columns",
    "read_features",
]


class Feature(Written):
    """One feature: `weight * (bent - centre) / spread`, of a variable or a category.

    Parameters
    ----------
    name
        What it is called.
    of
        Label of its variable; or, with `equals`, a column of categories.
    equals
        The category that the feature is 1 for, and 0 for any other known one.
    fill
        Stands in for a missing value, and for a category that no feature knows; with
        `None` a row that lacks it is left out.
    transform
        "asinh", "log" (of 1 + x), "boxcox" (of x + `shift`, to `power`) or "none".
    centre, spread
        On the scale of the bent values.
    weight
        Of the feature beside the others.

    Examples
    --------
    >>> flats = Feature(name="f", of="f", transform="none", centre=10, spread=20)
    >>> flats.bent_and_scaled(np.array([10.0, 20.0, 30.0])).tolist()
    [0.0, 0.5, 1.0]
    """

    name: str = Field(min_length=1)
    of: str
    equals: str | None = None
    fill: float | None = None
    transform: Literal["asinh", "log", "boxcox", "none"]
    shift: float = 0.0
    power: float = 1.0
    centre: float
    spread: float = Field(gt=0)
    weight: float = Field(default=1.0, gt=0)

    def bent(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values bent; NaN where the transform is not defined."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            match self.transform:
                case "asinh":
                    found = np.arcsinh(values)
                case "log":
                    found = np.log1p(np.where(values > -1, values, np.nan))
                case "boxcox":
                    above = values + self.shift
                    found = boxcox(np.where(above > 0, above, np.nan), self.power)
                case _:
                    found = values
        return np.asarray(found, dtype=np.float64)

    def bent_and_scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the feature of each value of the variable; NaN where not known."""
        if self.fill is not None:
            values = np.where(np.isnan(values), self.fill, values)
        scaled = (self.bent(values) - self.centre) / self.spread * self.weight
        return np.asarray(scaled, dtype=np.float64)


def feature_values(
    features: Sequence[Feature], variables: Mapping[str, str], table: pd.DataFrame
) -> NDArray[np.float64]:
    """Return the features of each row of a table of counts.

    Parameters
    ----------
    features
        As written down.
    variables
        Label -> notation; see :func:`segmentation.read_variables`.
    table
        Its columns are found by name.

    Returns
    -------
    values
        Of shape (n_rows, n_features). NaN where a count is missing or above 2**53, a
        share has a base of 0, a negative count or more than its base, or the
        transform is not defined; unless the feature says what stands in for it.

    Raises
    ------
    SegmentError
        If a column is missing, or is no column of numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> flats = Feature(name="f", of="f", transform="none", centre=0, spread=100)
    >>> table = pd.DataFrame({"flats": [1, 3], "homes": [4, 0]})
    >>> feature_values([flats], {"f": "flats / homes"}, table).tolist()
    [[0.25], [nan]]
    """
    known = known_variables(features, variables, table)
    return np.column_stack(
        [each.bent_and_scaled(known[each.name]) for each in features]
    ).reshape(len(table), len(features))


def known_variables(
    features: Sequence[Feature], variables: Mapping[str, str], table: pd.DataFrame
) -> dict[str, NDArray[np.float64]]:
    """Return what each feature is made of, before it is filled, bent and scaled.

    Unlike :func:`segmentation.rates`, a row that cannot be read is missing and not
    an error: one bad row of another agency must not stop all others.
    """
    read = read_features(features, variables, [str(name) for name in table.columns])
    found = {
        each.name: _indicator(table, each, categories(features, each.of))
        if each.equals is not None
        else _rate(table, read[each.of])
        for each in features
    }
    return {
        name: np.where(np.abs(values) <= EXACT, values, np.nan)
        for name, values in found.items()
    }


def read_features(
    features: Sequence[Feature],
    variables: Mapping[str, str],
    columns: Sequence[str] | None = None,
) -> dict[str, Variable]:
    """Read the notation of the variables that features are made of.

    Parameters
    ----------
    features, variables
        As written down.
    columns
        The columns of a table that must hold all that is needed; with `None` the
        notation is taken at its word.

    Raises
    ------
    SegmentError
        If a column is not there, naming the nearest.
    """
    wanted = {each.of: variables[each.of] for each in features if each.equals is None}
    words = {each.name: each.of for each in features if each.equals is not None}
    if columns is None:
        parts = [part for text in wanted.values() for part in text.split(" / ")]
        columns = [term.strip() for part in parts for term in part.split(" + ")]
    else:
        read_variables(wanted | words, columns)  # all that is missing at once
    return {
        each.label: each for each in (read_variables(wanted, columns) if wanted else ())
    }


def needed_columns(
    features: Sequence[Feature],
    variables: Mapping[str, str],
    columns: Sequence[str] | None = None,
) -> tuple[list[str], list[str]]:
    """Return the columns of numbers, and those of categories, that features need."""
    read = read_features(features, variables, columns)
    numbers = [
        name for each in read.values() for name in each.numerator + each.denominator
    ]
    words = [each.of for each in features if each.equals is not None]
    return list(dict.fromkeys(numbers)), list(dict.fromkeys(words))


def categories(features: Sequence[Feature], column: str) -> list[str]:
    """Return the categories of a column that features know."""
    return [
        each.equals
        for each in features
        if each.of == column and each.equals is not None
    ]


def _rate(table: pd.DataFrame, variable: Variable) -> NDArray[np.float64]:
    above = _total(table, variable.numerator)
    if not variable.is_share:
        return above
    below = _total(table, variable.denominator)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        fits = (above >= 0) & (below > 0) & (above <= below * (1 + FLOAT_NOISE))
        fits &= below <= EXACT
        return np.where(fits, 100 * above / below, np.nan)


def _total(table: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    total = np.zeros(len(table))
    for name in names:
        with np.errstate(over="ignore", invalid="ignore"):
            column = numbers(table, name)
            total = total + column.to_numpy(dtype=np.float64, na_value=np.nan)
    return total


def _indicator(
    table: pd.DataFrame, feature: Feature, known: Sequence[str]
) -> NDArray[np.float64]:
    column = as_words(table, [feature.of])[feature.of].astype("string")
    same = (column == feature.equals).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(column.isin(known), same, np.nan)
