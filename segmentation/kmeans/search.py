"""The search for the best k-means: many starts, few of them followed to the end.

Each start runs to a standstill on a sample, which costs little. Starts that came to
the same place there are one candidate; the best candidates go on from where they
stand on samples four times as large, and at last on all rows. The number of starts
that led to the best says how far to trust that no better one exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from segmentation.errors import SegmentError
from segmentation.kmeans.lloyd import Settled, settle_fast, squares_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["Effort", "Found", "search", "whole_number"]

SAMPLE: Final = 6_000  # fewer rows lead too many starts to one and the same place
GROWTH: Final = 4
FINALISTS: Final = 8
BATCH: Final = 8  # starts between two looks at whether to stop
NEAR: Final = 1e-3  # of the inertia, between candidates on a sample that are one
SAME: Final = 1e-6  # of the inertia, between fits to all rows that are one
STARTS_A_SEGMENT: Final = 4


@dataclass(frozen=True, kw_only=True)
class Effort:
    """When to stop trying new starts.

    Parameters
    ----------
    most
        How many starts to try at most.
    stop_after
        Stop once this many starts led to the best so far, and four a segment
        were tried; with `None`, try them all.
    """

    most: int = 200
    stop_after: int | None = None

    def spent(self, k: int, starts: int, hits: int) -> bool:
        """Say whether to stop, after so many starts and hits on the best."""
        if starts >= self.most:
            return True
        enough = self.stop_after is not None and hits >= self.stop_after
        return enough and starts >= STARTS_A_SEGMENT * k


class Found(NamedTuple):
    """The best fit, how many starts were tried, and how many led to it."""

    settled: Settled
    starts: int
    hits: int


class _Candidate(NamedTuple):
    settled: Settled
    hits: int


def whole_number(name: str, value: object) -> None:
    """Refuse a parameter that is not a whole number of 1 or more.

    Raises
    ------
    SegmentError
        With the name of the parameter, and what was given.

    Examples
    --------
    >>> whole_number("n_init", 0)
    Traceback (most recent call last):
    segmentation.errors.SegmentError: n_init is 0. Give a whole number of 1 or more.
    """
    if not hasattr(value, "__index__") or isinstance(value, bool) or value < 1:  # type: ignore[operator]  # whole numbers compare
        msg = f"{name} is {value!r}. Give a whole number of 1 or more."
        raise SegmentError(msg)


def search(
    rows: NDArray[np.float64],
    k: int,
    *,
    effort: Effort,
    seed: Sequence[int] = (0,),
    run: Callable[..., Iterable[Any]] = map,
) -> Found:
    """Find the k-means fit of least inertia.

    Parameters
    ----------
    rows
        Whole steps in the order of :func:`segmentation.kmeans.row_order.row_order`, of
        which at least `k` differ.
    k
        How many segments.
    effort
        When to stop trying.
    seed
        Whole numbers that decide the starts.
    run
        Applies a function to each of several things: `map`, or that of a pool of
        threads. It does not change the answer.

    Returns
    -------
    found
        The fit is a standstill of Lloyd's rounds on all rows. `hits` counts the
        starts that led to its inertia, to one part in a million. Up to 12,000 rows
        each start runs on all rows. On more rows, starts whose centres on a sample
        differ by less than a thousandth of the inertia count as one candidate, of
        which the best eight go on; a start left behind is no hit.

    Notes
    -----
    The starts are spread out by k-means++ [1]_.

    References
    ----------
    .. [1] Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of
       careful seeding. SODA 2007, 1027-1035.

    Examples
    --------
    >>> rows = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> found = search(rows, 2, effort=Effort(most=5))
    >>> sorted(found.settled.centres.ravel().tolist()), found.starts, found.hits
    ([1.0, 11.0], 5, 5)
    """
    squares = squares_of(rows)
    sample, *larger = _sizes(len(rows))
    merged = _near_ones_merged if larger else _equal_ones_merged

    def start(number: int) -> _Candidate:
        random = np.random.default_rng([*seed, number])
        centres = _spread_out(rows, squares, k, sample, random)
        return _Candidate(settle_fast(rows[:sample], centres, squares[:sample]), 1)

    tried: list[_Candidate] = []
    best: list[_Candidate] = []
    while not best or not effort.spent(k, len(tried), best[0].hits):
        until = min(len(tried) + BATCH, effort.most)
        tried += run(start, range(len(tried), until))
        best = merged(tried)
    for at, size in enumerate(larger):
        sized = (rows[:size], squares[:size])
        finalists = best[: max(FINALISTS >> at, 2)]
        settled = run(lambda each, on=sized: _gone_on(each, *on), finalists)
        merged = _equal_ones_merged if size == len(rows) else _near_ones_merged
        best = merged(list(settled))
    return Found(_none_empty(rows, squares, best[0].settled), len(tried), best[0].hits)


def _sizes(n: int) -> list[int]:
    sizes, size = [], SAMPLE
    while 2 * size < n:
        sizes.append(size)
        size *= GROWTH
    return [*sizes, n]


def _spread_out(
    rows: NDArray[np.float64],
    squares: NDArray[np.float64],
    k: int,
    sample: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    chosen = [int(random.integers(sample))]
    away = np.full(sample, np.inf)
    for draw in random.random(k - 1):
        last = rows[chosen[-1]]
        to_last = squares[:sample] - 2 * (rows[:sample] @ last) + last @ last
        away = np.minimum(away, to_last)
        total = np.cumsum(away)
        if not total[-1]:  # fewer than k rows of the sample differ
            return _spread_out(rows, squares, k, min(2 * sample, len(rows)), random)
        chosen.append(int(total.searchsorted((1 - draw) * total[-1])))
    return rows[chosen]


def _gone_on(
    candidate: _Candidate, rows: NDArray[np.float64], squares: NDArray[np.float64]
) -> _Candidate:
    settled = settle_fast(rows, candidate.settled.centres, squares)
    return _Candidate(settled, candidate.hits)


def _equal_ones_merged(found: list[_Candidate]) -> list[_Candidate]:
    best = min(found, key=lambda each: each.settled.inertia)
    limit = best.settled.inertia * (1 + SAME)
    hits = sum(each.hits for each in found if each.settled.inertia <= limit)
    return [_Candidate(best.settled, hits)]


def _near_ones_merged(found: list[_Candidate]) -> list[_Candidate]:
    kinds: list[_Candidate] = []
    for each in sorted(found, key=lambda each: each.settled.inertia):
        for at, kind in enumerate(kinds):
            if _near(kind.settled, each.settled):
                kinds[at] = _Candidate(kind.settled, kind.hits + each.hits)
                break
        else:
            kinds.append(each)
    return kinds


def _near(one: Settled, other: Settled) -> bool:
    apart = one.centres[:, np.newaxis] - other.centres
    squares = (apart * apart).sum(axis=2)
    partner = squares.argmin(axis=1)
    pairs = len(np.unique(partner)) == len(partner)
    return pairs and bool(squares.min(axis=1) @ one.counts <= NEAR * one.inertia)


def _none_empty(
    rows: NDArray[np.float64], squares: NDArray[np.float64], settled: Settled
) -> Settled:
    """Give a segment that no row is nearest to the row farthest from its centre."""
    for _ in range(len(settled.counts)):
        empty = np.flatnonzero(settled.counts == 0)
        if not len(empty):
            break
        away = squares_of(rows - settled.centres[settled.labels])
        centres = settled.centres.copy()
        centres[empty[0]] = rows[away.argmax()]
        settled = settle_fast(rows, centres, squares)
    return settled
