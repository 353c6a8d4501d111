"""Every table with given margins, row after row, keeping only totals and scores.

Its rows are placed one after another. Of all that came before, only the column totals
so far and the score so far matter to what comes after, so ways that share both are
added up instead of listed.
"""

from __future__ import annotations

from collections import defaultdict
from math import comb, factorial, prod
from operator import add, mul, sub
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from insight.evidence.ranks import Statistic, Tied

__all__ = [
    "MOST_WORK",
    "both_pairs",
    "concordance",
    "laid_out",
    "length",
    "number_kind",
    "products",
    "swept",
    "work",
]

MOST_WORK: Final = 6_000_000_000
"""Effort, some nanoseconds each, beyond which the exact method is refused: 16 places
without ties are within it, and so are 25 places in four equal levels."""
FITS: Final = 2**62
"""Numbers of ways below this are kept as machine integers."""
Gain: TypeAlias = "Callable[[int, tuple[int, ...], tuple[int, ...]], tuple[int, ...]]"
"""What a row's rank, the totals so far and its own cells add to the score."""


def laid_out(first: Tied, second: Tied) -> tuple[Tied, Tied]:
    """Return rows and columns, the columns being what has fewer sets of totals."""
    if _states(second) > _states(first):
        return second, first
    return first, second


def _states(columns: Tied) -> int:
    return prod(count + 1 for count in columns.counts)


def number_kind(rows: Tied) -> type:
    """Return machine integers if they can hold the numbers of ways."""
    ways = factorial(sum(rows.counts)) // prod(map(factorial, rows.counts))
    return np.int64 if ways < FITS else object


def length(rows: Tied, columns: Tied, statistic: Statistic) -> int:
    """Return about how many scores must be kept apart."""
    if statistic == "gamma":
        return (1 + min(rows.untied_pairs, columns.untied_pairs)) ** 2
    return sum(rows.counts) ** 2


def work(rows: Tied, columns: Tied, length: int) -> int:
    """Return a bound on the effort: steps from one set of totals to the next."""
    spreads = max(comb(r + len(columns.counts) - 1, r) for r in rows.counts)
    return (
        _states(columns)
        * spreads
        * (length + 5000)
        * (30 if number_kind(rows) is object else 1)
    )


def _takings(size: int, room: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield each way to spread `size` over columns that have `room`."""
    if size == 1:
        # the commonest by far where nothing is tied, and much quicker
        for column, left in enumerate(room):
            if left:
                yield (*(0,) * column, 1, *(0,) * (len(room) - column - 1))
        return
    if len(room) == 1:
        yield (size,)
        return
    rest = sum(room[1:])
    for taken in range(max(0, size - rest), min(size, room[0]) + 1):
        for others in _takings(size - taken, room[1:]):
            yield taken, *others


def both_pairs(
    _rank: int, placed: tuple[int, ...], taken: tuple[int, ...]
) -> tuple[int, int]:
    """Return concordant and discordant pairs of a new row with those before."""
    total, below, with_it, against = sum(placed), 0, 0, 0
    for before, new in zip(placed, taken, strict=True):
        with_it += new * below
        against += new * (total - below - before)
        below += before
    return with_it, against


def concordance(
    rank: int, placed: tuple[int, ...], taken: tuple[int, ...]
) -> tuple[int]:
    """Return concordant less discordant pairs of a new row with those before."""
    with_it, against = both_pairs(rank, placed, taken)
    return (with_it - against,)


def products(columns: Tied) -> Gain:
    """Return what a new row adds to the sum of products."""
    worth = columns.centred.tolist()

    def gain(rank: int, _placed: tuple[int, ...], taken: tuple[int, ...]) -> tuple[int]:
        return (rank * sum(map(mul, worth, taken)),)

    return gain


def swept(
    rows: Tied, columns: Tied, gain: Gain, start: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Place row after row; return the ways to each score and the number of tables."""
    empty = (0,) * len(columns.counts)
    layer, tables = {empty: start}, {empty: 1}
    for size, rank in zip(rows.counts, rows.centred.tolist(), strict=True):
        grown: dict[tuple[int, ...], NDArray[np.int64]] = {}
        more: dict[tuple[int, ...], int] = defaultdict(int)
        for placed, ways in layer.items():
            room = tuple(map(sub, columns.counts, placed))
            for taken in _takings(size, room):
                now = tuple(map(add, placed, taken))
                into = grown.setdefault(now, np.zeros_like(start))
                times = prod(map(comb, room, taken))
                _add(into, ways, times, gain(rank, placed, taken))
                more[now] += tables[placed]
        layer, tables = grown, more
    return layer[columns.counts], tables[columns.counts]


def _add(
    into: NDArray[np.int64],
    ways: NDArray[np.int64],
    times: int,
    gains: tuple[int, ...],
) -> None:
    """Add `times` the ways to `into`, their scores raised by `gains`."""
    to = tuple(slice(max(gain, 0), min(gain, 0) or None) for gain in gains)
    of = tuple(slice(max(-gain, 0), min(-gain, 0) or None) for gain in gains)
    into[to] += times * ways[of]
