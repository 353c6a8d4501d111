"""Give each row of a table the segment that a shared model gives it, in Python.

The same operations in the same order as the SQL of `model_sql`, on whole steps, so
that both give the same answer; and the maker's own rows get the maker's segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.kmeans.grid import BLOCK
from segmentation.share.feature_specs import feature_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmentation.share.model import SharedModel

__all__ = ["Assigned", "assign"]

NONE: Final = -1


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """The segment of each row, and which other it is nearest to.

    Parameters
    ----------
    segments
        Code of the lowest level; missing where a row lacks something.
    second
        The next nearest segment beside it, in the same segment above; missing where
        there is no other.
    margin
        0 where a row lies between the two, 1 where it lies on its own centre: 1 less
        the nearer distance over the other.
    left_out
        Row -> the features that it lacks, of the rows without a segment.
    """

    segments: pd.Series[str]
    second: pd.Series[str]
    margin: pd.Series[float]
    left_out: pd.Series[str]

    def __str__(self) -> str:
        """Say the result as a sentence."""
        n = len(self.segments)
        return (
            f"{n - len(self.left_out):,} of {n:,} rows have a segment; "
            f"{len(self.left_out):,} were left out, since a variable is missing or "
            "cannot be."
        )


def assign(model: SharedModel, table: pd.DataFrame) -> Assigned:
    """Give each row of a table of counts its segment.

    Parameters
    ----------
    model
        What :func:`segmentation.share.model.read_model` read.
    table
        One row an area or a person, with the columns that the model's variables
        name; other columns do not matter. Left as it is.

    Returns
    -------
    assigned
        On the index of `table`. On a tie the segment that stands first in the model.
        A row has no segment where a count is missing or above 2**53, a share has no
        base or more than all of it, or a value lies so far out (2**53 steps) that
        steps cannot say where.

    Raises
    ------
    SegmentError
        If a column is missing, naming the nearest, or is no column of numbers.

    Examples
    --------
    >>> from segmentation import SegmentRecipe, segment_areas
    >>> from segmentation.share.sharing import shared_model
    >>> areas = pd.DataFrame({"area_code": list("abcd"), "flats": [1, 2, 8, 9]})
    >>> areas["homes"] = 10
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> variables = {"flats": "flats / homes"}
    >>> found = segment_areas(areas, variables, recipe=recipe)
    >>> other = pd.DataFrame({"flats": [3, 90, None], "homes": [30, 100, 100]})
    >>> given = assign(shared_model(found, variables), other)
    >>> given.segments.fillna("none").tolist(), given.left_out.to_dict()
    (['1', '2', 'none'], {2: 'flats'})
    """
    values = feature_values(model.features, model.variables, table)
    steps = model.grid.steps(values)
    usable = ~np.isnan(steps)
    complete = usable.all(axis=1)
    chosen = np.full((len(table), 2), NONE)
    margin = np.full(len(table), np.nan)
    rows = np.flatnonzero(complete)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        chosen[block], margin[block] = _descend(model, steps[block])
    codes = np.array([*model.codes, None], dtype=object)
    names = np.array([each.name for each in model.features], dtype=object)
    left = table.index[np.flatnonzero(~complete)]
    lacks = [", ".join(names[~row]) for row in usable[~complete]]
    segments, second = (
        pd.Series(codes[chosen[:, at]], table.index, dtype="str", name=name)
        for at, name in enumerate(("segment", "second"))
    )
    return Assigned(
        segments=segments,
        second=second,
        margin=pd.Series(margin, table.index, name="margin"),
        left_out=pd.Series(lacks, left, dtype="str", name="lacks"),
    )


def _descend(
    model: SharedModel, steps: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nearest segment and the next, level by level, and the margin."""
    chosen = np.full((len(steps), 2), NONE)
    margin = np.full(len(steps), np.nan)
    waiting: list[tuple[str | None, NDArray[np.int64]]] = [
        (None, np.arange(len(steps)))
    ]
    while waiting:
        parent, rows = waiting.pop()
        places = np.array(model.children(parent), dtype=np.int64)
        if not len(places) or not len(rows):
            continue
        squares = _squares(steps[rows], model.centres[places])
        order = np.argsort(squares, axis=1, kind="stable")[:, :2]
        chosen[rows] = NONE
        chosen[rows, : order.shape[1]] = places[order]
        margin[rows] = _margin(np.take_along_axis(squares, order, axis=1))
        waiting += [
            (model.codes[place], rows[chosen[rows, 0] == place]) for place in places
        ]
    return chosen, margin


def _squares(
    steps: NDArray[np.float64], centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return squared distances, added up from the first feature to the last."""
    total = np.zeros((len(steps), len(centres)))
    for at in range(steps.shape[1]):
        away = steps[:, at, np.newaxis] - centres[:, at]
        total += away * away
    return total


def _margin(squares: NDArray[np.float64]) -> NDArray[np.float64]:
    if squares.shape[1] == 1:
        return np.full(len(squares), np.nan)
    first, second = squares.T
    apart = np.sqrt(np.divide(first, second, out=np.ones_like(first), where=second > 0))
    found: NDArray[np.float64] = 1 - apart
    return found
