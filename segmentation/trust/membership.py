"""Membership: which segment is second best, and who sits between two segments.

A segment is a hard cut through a continuum. An area about as near to a second centre
as to its own could as well be called by the other name; it should be treated as
between the two, and not be quoted as an example of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.codes import natural
from segmentation.errors import SegmentError, few
from segmentation.kmeans.grid import grid_for, nearest
from segmentation.trust.resampling import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmentation.kmeans.grid import Grid

__all__ = ["between_segments", "membership"]

CLOSE: Final = 0.1


def membership(
    features: pd.DataFrame,
    centres: pd.DataFrame,
    *,
    close: float = CLOSE,
    grid: Grid | None = None,
) -> pd.DataFrame:
    """Return the nearest and the second nearest segment of each row, and the margin.

    Parameters
    ----------
    features
        One row an area or person, on the scale of the centres.
    centres
        One row a segment, indexed by its code (of any level, but of one), with the
        columns of `features` in any order. Two or more.
    close
        Margin below which a row is between two segments, 0 to 1.
    grid
        The grid of the model that made the centres, if it has one; else one is
        made that holds features and centres.

    Returns
    -------
    membership
        On the index of `features`, with the columns

        - `nearest`, `second`: codes; of two centres that are equally near, the one
          that stands first in `centres`;
        - `distance`, `second_distance`: Euclidean, on the scale of the features;
        - `margin`: (`second_distance` - `distance`) / `second_distance`, from 0 (as
          near to one as to the other, also where both are 0 away) to 1 (on the
          nearest centre itself);
        - `between`: whether the margin is below `close`.

    Raises
    ------
    SegmentError
        If there are fewer than two centres, a code is given twice, the columns
        differ, `close` is out of range, or a value is missing or infinite.

    Notes
    -----
    The nearest centre is the segment of a k-means model. In a tree the segment is
    found from the top down, and a row at the edge may be nearer to a segment of
    another branch.

    Examples
    --------
    >>> centres = pd.DataFrame({"x": [0.0, 10.0, 30.0]}, index=["1", "2", "3"])
    >>> found = membership(pd.DataFrame({"x": [1.0, 5.2]}), centres)
    >>> found[["nearest", "second", "margin", "between"]].round(3)
      nearest second  margin  between
    0       1      2   0.889    False
    1       2      1   0.077     True
    """
    _check(features, centres, close)
    points = centres[features.columns].to_numpy(dtype=np.float64)
    rows = features.to_numpy(dtype=np.float64)
    if grid is None:
        low = np.minimum(rows.min(axis=0), points.min(axis=0))
        high = np.maximum(rows.max(axis=0), points.max(axis=0))
        grid = grid_for(low.tolist(), high.tolist())
    first, second, squares = _two_nearest(grid.steps(rows), grid.steps(points))
    away, further = (np.sqrt(each) * grid.step for each in squares)
    margin = np.divide(
        further - away, further, out=np.zeros_like(away), where=away < further
    )
    codes = centres.index.astype(str)
    return pd.DataFrame(
        {
            "nearest": codes[first],
            "second": codes[second],
            "distance": away,
            "second_distance": further,
            "margin": margin,
            "between": margin < close,
        },
        index=features.index,
    )


def between_segments(members: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows sit between each two segments.

    Parameters
    ----------
    members
        What :func:`membership` returned.

    Returns
    -------
    pairs
        One row a pair that some row sits between, the commonest first: `segment` and
        `other` in the order of their codes, and `areas`, whichever of both is the
        nearer.

    Examples
    --------
    >>> centres = pd.DataFrame({"x": [0.0, 10.0]}, index=["1", "2"])
    >>> members = membership(pd.DataFrame({"x": [1.0, 4.9, 5.2]}), centres)
    >>> between_segments(members)
      segment other  areas
    0       1     2      2
    """
    shy = members.loc[members["between"], ["nearest", "second"]]
    pairs = pd.DataFrame(
        [sorted(pair, key=natural) for pair in shy.to_numpy()],
        columns=["segment", "other"],
        dtype="str",
    )
    counted = pairs.value_counts(sort=False).rename("areas").reset_index()
    return counted.sort_values("areas", ascending=False, kind="stable").reset_index(
        drop=True
    )


def _check(features: pd.DataFrame, centres: pd.DataFrame, close: float) -> None:
    twice = centres.index[centres.index.duplicated()].unique().tolist()
    if len(centres) < 2 or twice or not 0 <= close <= 1:  # noqa: PLR2004 - nearest and second
        msg = (
            f"{len(centres)} centres (given twice: {few(twice) or 'none'}) and a "
            f"closeness of {close} were given. Give two centres or more, each code "
            "once, and a closeness from 0 to 1."
        )
        raise SegmentError(msg)
    unmatched = features.columns.symmetric_difference(centres.columns).tolist()
    if unmatched:
        msg = (
            f"{len(unmatched)} columns stand in only one of features and centres: "
            f"{few(unmatched)}. Give both the same variables, scaled alike."
        )
        raise SegmentError(msg)
    in_order(features)  # refuses what is missing or infinite
    in_order(centres)


def _two_nearest(
    rows: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return nearest and second centre of each row, and squares of both distances."""
    first, square = nearest(rows, points)
    second, next_square = np.empty_like(first), np.empty_like(square)
    for number in np.unique(first):
        own = first == number
        others = np.delete(np.arange(len(points)), number)
        chosen, next_square[own] = nearest(rows[own], points[others])
        second[own] = others[chosen]
    return first, second, np.array([square, next_square])
