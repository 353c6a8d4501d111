"""Lloyd's rounds, fast: the answer of `grid.settle`, bit for bit.

Most rows stay where they are in most rounds. By the triangle inequality a row keeps
its segment as long as its lead, by which its own centre is nearer than the next
one, is more than what its own and the farthest-moved other centre have moved since
the lead was measured [1]_. Only the other rows are measured again, and the sums of
the segments change only by the rows that change segment.

References
----------
.. [1] Hamerly, G. (2010). Making k-means even faster. Proceedings of the 2010 SIAM
   International Conference on Data Mining, 130-140.
   https://doi.org/10.1137/1.9781611972801.12
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from segmentation.errors import SegmentError
from segmentation.kmeans.grid import MOST_ROUNDS, centres_of, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Settled", "settle_fast", "squares_of"]

BLOCK: Final = 8_192  # rows measured at once: what they need fits the cache
MOST: Final = 0.7  # share of rows in doubt, beyond which all are measured
HALF: Final = 2**27
SURE: Final = 1.0  # one step: far more than the rounding of square roots adds up to


class Settled(NamedTuple):
    """Where Lloyd's rounds came to a standstill.

    `rounds` counts as :func:`settle` counts; `inertias` are the
    sums of squared distances of each segment's rows to its centre, in steps squared.
    """

    centres: NDArray[np.float64]
    labels: NDArray[np.int64]
    rounds: int
    counts: NDArray[np.int64]
    inertias: tuple[int, ...]

    @property
    def inertia(self) -> int:
        """Sum of squared distances of all rows to their centres, in steps squared."""
        return sum(self.inertias)


def squares_of(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the square of the length of each row, in steps squared.

    Examples
    --------
    >>> squares_of(np.array([[3.0, 4.0], [0.0, 2.0]])).tolist()
    [25.0, 4.0]
    """
    squares: NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows)
    return squares


def settle_fast(
    rows: NDArray[np.float64],
    centres: NDArray[np.float64],
    squares: NDArray[np.float64] | None = None,
) -> Settled:
    """Run Lloyd's rounds from given centres until they stand still.

    Parameters
    ----------
    rows, centres
        Whole steps within the reach of their grid, of shapes (n_rows, n_features)
        and (k, n_features).
    squares
        What :func:`squares_of` says of the rows, where it is known already.

    Returns
    -------
    settled
        Centres, labels and rounds are those of :func:`segmentation.kmeans.grid.settle`:
        the lower number on a tie, and a segment without rows keeps its centre.

    Raises
    ------
    SegmentError
        If centres still move after 10,000 rounds.

    Examples
    --------
    >>> rows = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> found = settle_fast(rows, np.array([[0.0], [2.0]]))
    >>> found.centres.tolist(), found.labels.tolist(), found.inertia
    ([[1.0], [11.0]], [0, 0, 1, 1], 4)
    """
    squares = squares_of(rows) if squares is None else squares
    labels = np.zeros(len(rows), dtype=np.int64)
    totals, counts = sums(rows, labels, len(centres))
    lead = np.full(len(rows), -np.inf)
    seen: set[bytes] = set()
    for number in range(MOST_ROUNDS):
        _measure(rows, squares, centres, (labels, lead, totals, counts))
        if centres.tobytes() in seen:
            inertias = _inertias(squares, labels, centres, totals, counts)
            return Settled(centres, labels, number, counts, inertias)
        seen.add(centres.tobytes())
        before, centres = centres, centres_of(totals, counts, before=centres)
        if len(centres) > 1:
            lead -= _lost(np.sqrt(squares_of(centres - before)))[labels]
    msg = f"centres still moved after {MOST_ROUNDS:,} rounds. Ask for fewer segments."
    raise SegmentError(msg)


def _measure(
    rows: NDArray[np.float64],
    squares: NDArray[np.float64],
    centres: NDArray[np.float64],
    state: tuple[
        NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]
    ],
) -> None:
    """Bring labels, leads, totals and counts up to date, for rows in doubt."""
    labels, lead, totals, counts = state
    numbers = np.arange(len(centres))[:, np.newaxis]
    doubtful = np.flatnonzero(lead < SURE)
    if len(doubtful) > MOST * len(rows):
        doubtful = np.arange(len(rows))
    for start in range(0, len(doubtful), BLOCK):
        at = doubtful[start : start + BLOCK]
        some = rows.take(at, axis=0)
        before, (now, lead[at]) = labels[at], _closest(some, squares[at], centres)
        moved = np.flatnonzero(now != before)
        if len(moved):
            in_out = (now[moved] == numbers).astype(np.float64)
            in_out -= before[moved] == numbers
            totals += (in_out @ some.take(moved, axis=0)).astype(np.int64)
            counts += in_out.sum(axis=1).astype(np.int64)
            labels[at] = now


def _closest(
    rows: NDArray[np.float64],
    squares: NDArray[np.float64],
    centres: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nearest centre of each row, and its lead over the next one."""
    away = centres @ rows.T
    away *= -2
    away += squares_of(centres)[:, np.newaxis]
    labels = away.argmin(axis=0)
    every = np.arange(len(rows))
    first = np.sqrt(away[labels, every] + squares)
    away[labels, every] = np.inf
    return labels, np.sqrt(away.min(axis=0) + squares) - first


def _lost(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much the leads of the rows of each segment may have shrunk."""
    *_, second, farthest = moves.argsort()
    lost: NDArray[np.float64] = moves + moves[farthest]
    lost[farthest] = moves[farthest] + moves[second]
    return lost


def _inertias(
    squares: NDArray[np.float64],
    labels: NDArray[np.int64],
    centres: NDArray[np.float64],
    totals: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> tuple[int, ...]:
    """Sum exactly: in two halves, as the sums may be more than 53 bits hold."""
    high = np.floor(squares / HALF)
    halves = [
        np.bincount(labels, weights=half, minlength=len(centres)).tolist()
        for half in (high, squares - high * HALF)
    ]
    whole, n = centres.astype(np.int64), counts[:, np.newaxis].astype(object)
    across = (whole * (n * whole - 2 * totals)).sum(axis=1).tolist()
    return tuple(
        int(upper) * HALF + int(lower) + rest
        for upper, lower, rest in zip(*halves, across, strict=True)
    )
