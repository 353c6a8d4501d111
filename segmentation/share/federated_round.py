"""One round of one agency: sums and counts of its rows, and never a row.

A sum over a few people says too much of each, so an agency refuses to give one. It
protects a round, and not against a coordinator who compares two rounds between which
a single row changed its segment: contributions go to a coordinator whom all agencies
trust not to do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from segmentation.errors import SegmentError
from segmentation.kmeans.grid import BLOCK, Grid, centres_of, nearest, sums
from segmentation.share.packed import Steps  # noqa: TC001 - pydantic reads it
from segmentation.share.sealed import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Contribution", "TooFewError", "agency_round", "check_reach", "combine"]

LEAST: Final = 10


class TooFewError(SegmentError):
    """A sum over so few rows that an agency must not give it."""


class Contribution(Written):
    """What one agency says of its rows in one round, from one set of centres.

    Parameters
    ----------
    totals, counts
        Sum of the rows nearest to each centre in whole steps, of shape (k,
        n_features), and how many they are, of shape (k,).
    squares
        Sum of the squared distances of those rows to their centres.
    withheld
        Of how many segments sum and count were withheld for small numbers: they
        stand as 0.
    """

    totals: Steps
    counts: tuple[int, ...]
    squares: int
    withheld: int = 0


def agency_round(
    rows: NDArray[np.float64],
    centres: NDArray[np.float64],
    *,
    minimum: int = LEAST,
    withhold: bool = False,
) -> Contribution:
    """Return what an agency says of its own rows in a round.

    Parameters
    ----------
    rows, centres
        Whole steps, of shapes (n_rows, n_features) and (k, n_features), within the
        reach of the grid.
    minimum
        Sums over fewer rows than this are not given; 1 gives all.
    withhold
        Whether to withhold such sums and go on; else they are an error. The fit is
        then no longer that of all rows.

    Raises
    ------
    TooFewError
        If a segment has from 1 to `minimum` - 1 rows, unless that is withheld.
    SegmentError
        If there is no row at all.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [8.0]])
    >>> said = agency_round(rows, np.array([[0.0], [9.0]]), minimum=1)
    >>> said.totals.tolist(), said.counts, said.squares
    ([[1], [8]], (2, 1), 2)
    """
    if not len(rows):
        msg = (
            "there is no complete row to contribute. Check that the table holds the "
            "columns that the plan names, with values in them."
        )
        raise SegmentError(msg)
    labels, squares = nearest(rows, centres)
    totals, counts = sums(rows, labels, len(centres))
    few = (counts > 0) & (counts < minimum)
    if few.any() and not withhold:
        msg = (
            f"{int(few.sum())} of {len(centres)} segments hold from 1 to {minimum - 1} "
            "of this agency's rows, and sums over so few are not given. Contribute "
            "together with another agency, agree on fewer segments, or withhold these "
            "sums (the result is then no longer exact)."
        )
        raise TooFewError(msg)
    given = ~few
    return Contribution(
        totals=totals * given[:, np.newaxis],
        counts=tuple((counts * given).tolist()),
        squares=_exact_sum(squares[given[labels]]),
        withheld=int(few.sum()),
    )


def _exact_sum(squares: NDArray[np.float64]) -> int:
    """Add whole numbers of any size up exactly."""
    whole = squares.astype(np.int64)
    blocks = range(0, len(whole), BLOCK)
    high = sum(int((whole[at : at + BLOCK] >> 32).sum()) for at in blocks)
    low = sum(int((whole[at : at + BLOCK] & (2**32 - 1)).sum()) for at in blocks)
    return (high << 32) + low


def combine(
    contributions: Sequence[Contribution], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the centres that contributions of one round lead to.

    Parameters
    ----------
    contributions
        One an agency, in any order.
    before
        The centres of the round; a segment that nobody has rows of keeps its own.

    Raises
    ------
    SegmentError
        If there is none, one is of another shape or a count is negative.

    Examples
    --------
    >>> before = np.array([[0.0], [9.0]])
    >>> parts = [np.array([[0.0], [1.0]]), np.array([[2.0], [8.0]])]
    >>> said = [agency_round(rows, before, minimum=1) for rows in parts]
    >>> combine(said, before).tolist()
    [[1.0], [8.0]]
    """
    if not contributions:
        msg = "no agency has contributed. Combine once all have."
        raise SegmentError(msg)
    for each in contributions:
        if each.totals.shape != before.shape or len(each.counts) != len(before):
            msg = (
                f"a contribution is of {each.totals.shape[0]} segments and "
                f"{each.totals.shape[-1]} features, and the round of {len(before)} and "
                f"{before.shape[1]}. Contribute from the plan of this round."
            )
            raise SegmentError(msg)
        counts = np.array(each.counts)
        if (counts < 0).any() or each.squares < 0:
            msg = "a contribution counts fewer than no rows. Have it made again."
            raise SegmentError(msg)
        if each.totals[counts == 0].any():
            msg = "a contribution sums rows that it does not count. Have it made again."
            raise SegmentError(msg)
    totals = np.sum([each.totals for each in contributions], axis=0)
    counts = np.sum([each.counts for each in contributions], axis=0)
    return centres_of(totals, counts, before)


def check_reach(rows: NDArray[np.float64], grid: Grid) -> None:
    """Refuse rows so far from the agreed ranges that sums would not be exact.

    Raises
    ------
    SegmentError
        If a value lies beyond the reach of the grid.
    """
    far = int((~(np.abs(rows) <= grid.reach)).any(axis=1).sum())
    if far:
        msg = (
            f"{far:,} of {len(rows):,} rows hold a value more than four times the "
            "widest agreed range away from it, so that sums would not be exact. Agree "
            "on wider ranges, or leave those rows out and say so."
        )
        raise SegmentError(msg)
