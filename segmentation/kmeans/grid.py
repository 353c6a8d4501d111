"""Features as whole numbers, so that every sum is exact and nothing hangs on order.

Sums of fractions differ in their last bits with the order of the rows, the number
of threads and how the rows lie with several agencies. So features are put on a grid
of whole steps, as float64 that hold whole numbers. Below 2**53 such sums, products
and matrix products are exact in any order, and k-means on them is one answer: for
any order of rows, any number of threads, pooled or federated, in NumPy or in SQL.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Grid", "centres_of", "grid_for", "nearest", "settle", "sums"]

EXACT: Final = 2**53
HEADROOM: Final = 4  # how many times its agreed range a value may lie away
FINEST: Final = 2.0**-1074  # the least number above zero
BLOCK: Final = 16_384
MOST_ROUNDS: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where step 0 of each feature lies, and how wide a step is.

    Parameters
    ----------
    offset
        Value of step 0 of each feature.
    step
        Width of a step, the same for all features: a power of two, so that to
        divide by it is exact.
    """

    offset: tuple[float, ...]
    step: float

    @property
    def reach(self) -> float:
        """How many steps away from 0 sums of squares are exact."""
        return math.sqrt(EXACT / (4 * max(len(self.offset), 1)))

    def steps(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return values, of shape (n_rows, n_features), as whole steps; a half up."""
        away = np.asarray(values, dtype=np.float64) - np.asarray(self.offset)
        whole: NDArray[np.float64] = np.floor(away / self.step + 0.5)
        return whole

    def exact_steps(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return values as whole steps of which all sums are exact.

        Raises
        ------
        SegmentError
            If a value is missing, or lies farther out than the grid reaches.
        """
        with np.errstate(over="ignore"):  # what overflows is refused below
            steps = self.steps(values)
        within = (np.abs(steps) <= self.reach).all(axis=0)  # not so for a missing one
        if not within.all():
            outside = np.flatnonzero(~within).tolist()
            msg = (
                f"features number {few(outside)} (from 0) hold values that are missing "
                f"or more than {self.reach * self.step:.6g} away from where the grid "
                "begins. Leave those rows out, or agree on wider ranges."
            )
            raise SegmentError(msg)
        return steps

    def values(self, steps: ArrayLike) -> NDArray[np.float64]:
        """Return steps as values of the features."""
        found: NDArray[np.float64] = np.asarray(self.offset) + (
            np.asarray(steps, dtype=np.float64) * self.step
        )
        return found


def grid_for(low: Sequence[float], high: Sequence[float]) -> Grid:
    """Return the finest grid on which features of a range sum exactly.

    Parameters
    ----------
    low, high
        Least and greatest value of each feature: public or agreed, where several
        agencies share a grid. Values up to four times the widest range away from
        `low` are still exact.

    Raises
    ------
    SegmentError
        If a range is endless, or runs backwards.

    Examples
    --------
    >>> grid = grid_for([0.0, 10.0], [1.0, 10.5])
    >>> grid.steps([[0.5, 10.25]]) * grid.step
    array([[0.5 , 0.25]])
    """
    least, most = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # refused below
        widths = most - least
    if not (np.isfinite(widths) & (least <= most)).all():
        msg = (
            "a range of features is endless or runs backwards. Give a least and a "
            "greatest finite value of each feature, the least first."
        )
        raise SegmentError(msg)
    widest = float(widths.max(initial=0.0))
    room = math.sqrt(EXACT / (4 * max(len(least), 1))) / HEADROOM
    finest = max(widest / room, FINEST)
    step = 2.0 ** math.ceil(math.log2(finest)) if widest > 0 else 1.0
    return Grid(offset=tuple(least.tolist()), step=step)


def nearest(
    rows: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nearest centre of each row, and the square of the distance to it.

    Parameters
    ----------
    rows, centres
        Whole steps, of shapes (n_rows, n_features) and (n_centres, n_features),
        within the reach of their grid.

    Returns
    -------
    labels
        The lower number where two centres are equally near.
    squares
        In steps squared; whole numbers.

    Examples
    --------
    >>> rows, centres = np.array([[1.0], [5.0]]), np.array([[0.0], [2.0]])
    >>> [found.tolist() for found in nearest(rows, centres)]
    [[0, 1], [1.0, 9.0]]
    """
    labels = np.empty(len(rows), dtype=np.int64)
    squares = np.empty(len(rows))
    own = (centres * centres).sum(axis=1)[:, np.newaxis]
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        away = own - 2.0 * (centres @ block.T)
        labels[start : start + BLOCK] = away.argmin(axis=0)
        least = away.min(axis=0)
        squares[start : start + BLOCK] = (block * block).sum(axis=1) + least
    return labels, squares


def sums(
    rows: NDArray[np.float64], labels: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sum of the rows of each segment, and how many they are.

    Returns
    -------
    totals, counts
        Whole numbers of shapes (k, n_features) and (k,).

    Examples
    --------
    >>> rows, labels = np.array([[1.0], [5.0], [3.0]]), np.array([0, 1, 0])
    >>> [found.tolist() for found in sums(rows, labels, 2)]
    [[[4], [5]], [2, 1]]
    """
    totals = np.zeros((k, rows.shape[1]), dtype=np.int64)
    numbers = np.arange(k)
    for start in range(0, len(rows), BLOCK):
        chosen = labels[start : start + BLOCK]
        belongs = (chosen == numbers[:, np.newaxis]).astype(np.float64)
        totals += (belongs @ rows[start : start + BLOCK]).astype(np.int64)
    return totals, np.bincount(labels, minlength=k).astype(np.int64)


def centres_of(
    totals: NDArray[np.int64],
    counts: NDArray[np.int64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the mean of each segment in whole steps, a half up.

    A segment without rows keeps the centre it had `before`.

    Examples
    --------
    >>> before = np.array([[9.0], [9.0]])
    >>> centres_of(np.array([[5], [0]]), np.array([2, 0]), before).tolist()
    [[3.0], [9.0]]
    """
    some = counts > 0
    found = before.copy()
    n = counts[some, np.newaxis]
    found[some] = (2 * totals[some] + n) // (2 * n)
    return found


def settle(
    rows: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
    """Run Lloyd's rounds [1]_ from given centres until they stand still.

    Parameters
    ----------
    rows, centres
        Whole steps.

    Returns
    -------
    centres, labels, rounds
        Rounds end when the centres are ones that were met before. A segment that
        no row is nearest to keeps its centre.

    References
    ----------
    .. [1] Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE
       Transactions on Information Theory 28 (2), 129-137.
       https://doi.org/10.1109/TIT.1982.1056489

    Examples
    --------
    >>> rows = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> centres, labels, rounds = settle(rows, np.array([[0.0], [2.0]]))
    >>> centres.tolist(), labels.tolist()
    ([[1.0], [11.0]], [0, 0, 1, 1])
    """
    seen: set[Any] = set()
    for number in range(MOST_ROUNDS):
        labels, _ = nearest(rows, centres)
        if centres.tobytes() in seen:
            return centres, labels, number
        seen.add(centres.tobytes())
        centres = centres_of(*sums(rows, labels, len(centres)), before=centres)
    msg = f"centres still moved after {MOST_ROUNDS:,} rounds. Ask for fewer segments."
    raise SegmentError(msg)
