"""k-means of several agencies that exchange sums and counts, and never a row.

Features lie on an agreed grid as whole steps, so that sums are exact: the centres
are those that k-means would find on all rows in one place, to the last bit, however
the rows lie with the agencies. Starts are agreed points and never an agency's rows.

See `federated_round` for what an agency says in a round, and what it must not say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from segmentation.errors import SegmentError
from segmentation.kmeans.grid import MOST_ROUNDS, Grid
from segmentation.share.federated_round import (
    LEAST,
    Contribution,
    TooFewError,
    agency_round,
    check_reach,
    combine,
)
from segmentation.share.packed import Steps, packed
from segmentation.share.sealed import Written, digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "FederatedFit",
    "Search",
    "advanced",
    "best_of",
    "federated_fit",
]


class Search(Written):
    """Where the search from one start stands.

    Parameters
    ----------
    centres
        In whole steps.
    seen
        Checksums of the centres that were met.
    last
        Whether the centres are final: they were met before.
    settled
        Whether the counts of the final centres are known too, or it was refused.
    refused
        Whether an agency refused a sum over few rows: the start is given up.
    rounds
        How many rounds were combined.
    counts, squares, withheld
        Of the last round combined, over all agencies; `squares` is to the centres
        that the round began with, which are `centres` once it has settled.
    """

    centres: Steps = Field(repr=False)
    seen: tuple[str, ...] = ()
    last: bool = False
    settled: bool = False
    refused: bool = False
    rounds: int = 0
    counts: tuple[int, ...] = ()
    squares: int = 0
    withheld: int = 0


@dataclass(frozen=True, kw_only=True)
class FederatedFit:
    """The segments that agencies found together.

    Parameters
    ----------
    centres
        In whole steps, from the largest segment to the smallest.
    counts
        Rows of each, over all agencies.
    squares
        Sum of squared distances to the centres, in steps squared: exact.
    rounds
        How many rounds the best start took.
    withheld
        Of how many sums of an agency the last round was without.
    hits
        How many of the starts reached this sum of squares.
    starts, refused
        How many starts there were, and how many were given up because an agency
        refused a sum over few rows.
    """

    centres: NDArray[np.float64] = field(repr=False)
    counts: tuple[int, ...]
    squares: int
    rounds: int
    withheld: int
    hits: int
    starts: int
    refused: int = 0

    def __str__(self) -> str:
        """Say the result in sentences."""
        exact = (
            f"{self.withheld} sums over few people were withheld, so that it differs "
            "from a fit to all rows in one place."
            if self.withheld
            else "It is what a fit to all rows in one place would find from the same "
            "start, bit for bit."
        )
        given_up = (
            f" {self.refused:,} starts were given up, since they led to sums over "
            "few people."
            if self.refused
            else ""
        )
        return (
            f"{len(self.counts)} segments of {sum(self.counts):,} rows after "
            f"{self.rounds:,} rounds; {self.hits:,} of {self.starts:,} agreed starts "
            f"reached this best fit. {exact}{given_up}"
        )


def advanced(search: Search, contributions: Sequence[Contribution | None]) -> Search:
    """Return where a search stands after one more round.

    It ends as :func:`settle` does: when the centres are ones that
    were met before. It is given up when an agency refuses, which is `None`.
    """
    given = [each for each in contributions if each is not None]
    if len(given) < len(contributions):
        return search.model_copy(
            update={"settled": True, "refused": True, "rounds": search.rounds + 1}
        )
    centres = combine(given, search.centres)
    here = _named(search.centres)
    seen = search.seen if here in search.seen else (*search.seen, here)
    stays = bool((centres == search.centres).all())
    return Search(
        centres=search.centres if search.last else centres,
        seen=seen,
        last=_named(centres) in seen,
        settled=search.last or stays,
        rounds=search.rounds + 1,
        counts=tuple(int(n) for n in np.sum([each.counts for each in given], axis=0)),
        squares=sum(each.squares for each in given),
        withheld=sum(each.withheld for each in given),
    )


def _named(centres: NDArray[np.int64] | NDArray[np.float64]) -> str:
    return digest(packed(centres).encode())


def best_of(searches: Sequence[Search]) -> FederatedFit:
    """Return the best of searches that have settled, its largest segment first.

    Parameters
    ----------
    searches
        The first of those with the least sum of squares is taken, of those that
        withheld nothing where there are such. Segments of the same size are ordered
        by the values of their centres; empty ones are left out.

    Raises
    ------
    TooFewError
        If every start was refused, or every sum was withheld.
    """
    there = [each for each in searches if not each.refused and any(each.counts)]
    if not there:
        msg = (
            f"each of the {len(searches)} agreed starts leads to sums over so few rows "
            "that an agency must not give them. Agree on fewer segments or on further "
            "starts, or join small agencies."
        )
        raise TooFewError(msg)
    kept = [each for each in there if not each.withheld] or there
    best = min(kept, key=lambda each: each.squares)
    counts = np.array(best.counts)
    some = np.flatnonzero(counts)
    centres = best.centres[some].astype(np.float64)
    order = np.lexsort((*centres.T[::-1], -counts[some]))
    return FederatedFit(
        centres=centres[order],
        counts=tuple(int(n) for n in counts[some][order]),
        squares=best.squares,
        rounds=best.rounds,
        withheld=best.withheld,
        hits=sum(each.squares == best.squares for each in kept),
        starts=len(searches),
        refused=sum(each.refused for each in searches),
    )


def federated_fit(
    parts: Sequence[NDArray[np.float64]],
    starts: NDArray[np.float64],
    grid: Grid,
    *,
    minimum: int = LEAST,
    withhold: bool = False,
) -> FederatedFit:
    """Fit segments to the rows of several agencies, in one process.

    The file exchange of :mod:`segmentation.share.exchange` does the same, with the rows
    where they are; this is what it is held against, and a rehearsal.

    Parameters
    ----------
    parts
        The rows of each agency as whole steps.
    starts
        Agreed centres, of shape (starts, k, n_features); see
        :func:`segmentation.share.federated_plan.agreed_starts`.
    grid
        Agreed too.
    minimum, withhold
        See :func:`agency_round`.

    Returns
    -------
    fit
        The same for any split of the rows and any order, unless sums are withheld.

    Raises
    ------
    TooFewError
        If each start leads to a sum over few rows.
    SegmentError
        If an agency has no rows, or rows beyond the reach of the grid.

    Examples
    --------
    >>> from segmentation.kmeans.grid import grid_for
    >>> parts = [np.array([[0.0], [2.0]]), np.array([[90.0], [92.0], [94.0]])]
    >>> starts = np.array([[[0.0], [99.0]]])
    >>> fit = federated_fit(parts, starts, grid_for([0], [100]), minimum=1)
    >>> fit.centres.tolist(), fit.counts
    ([[92.0], [1.0]], (3, 2))
    """
    for rows in parts:
        check_reach(rows, grid)
    searches = []
    for start in starts:
        search = Search(centres=np.asarray(start))
        while not search.settled:
            if search.rounds == MOST_ROUNDS:
                msg = (
                    f"centres still moved after {MOST_ROUNDS:,} rounds. Ask for fewer."
                )
                raise SegmentError(msg)
            said = [_said(rows, search, minimum, withhold=withhold) for rows in parts]
            search = advanced(search, said)
        searches.append(search)
    return best_of(searches)


def _said(
    rows: NDArray[np.float64], search: Search, minimum: int, *, withhold: bool
) -> Contribution | None:
    try:
        return agency_round(rows, search.centres, minimum=minimum, withhold=withhold)
    except TooFewError:
        return None
