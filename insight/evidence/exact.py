"""How often chance alone would pair two rankings as closely as they are paired.

If flags had nothing to do with maturity, every way of dealing the same flag counts
to the same places would be as likely as any other. The two-sided p is the share of
ways whose statistic is at least as far from zero as the one observed, in either
direction. (Doubling the smaller tail is another rule and gives other figures.)

With ties, many ways give the same contingency table of one variable against the
other. Here every table with the observed margins counts with the number of ways
that lead to it. Its rows are placed one after another, and only the column totals
so far and the score so far are kept, so that 13 places take milliseconds where
listing 13! orders would take hours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import comb, factorial, prod, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from insight.errors import InsightError
from insight.evidence.ranks import Statistic, Tied, pair, score_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["PermutationP", "can_be_exact", "exact_permutation_p"]

MOST_WORK: Final = 6_000_000_000
"""Effort, some nanoseconds each, beyond which the exact method is refused: 16 places
without ties are within it, and so are 25 places in four equal levels."""
FITS: Final = 2**62
"""Numbers of ways below this are kept as machine integers."""


@dataclass(frozen=True, kw_only=True)
class PermutationP:
    """A two-sided permutation p.

    Parameters
    ----------
    p
        In (0, 1].
    tables
        Contingency tables with the observed margins; 0 if they were not listed.
    draws
        How many orders were drawn; 0 if all were counted, and p is exact.
    """

    p: float
    tables: int = 0
    draws: int = 0

    @property
    def error(self) -> float:
        """Standard error of `p` from drawing; 0 if it is exact."""
        return sqrt(self.p * (1 - self.p) / self.draws) if self.draws else 0.0

    def __str__(self) -> str:
        """Say the p and how it was found."""
        if self.draws:
            return (
                f"permutation p {self.p:.4f} (two-sided, {self.draws:,} orders drawn, "
                f"standard error {self.error:.4f})"
            )
        return f"exact permutation p {self.p:.4f} (two-sided, {self.tables:,} tables)"


def exact_permutation_p(
    x: Sequence[float], y: Sequence[float], *, statistic: Statistic = "tau-b"
) -> PermutationP:
    """Return the exact two-sided p of a rank correlation, ties and all.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.
    statistic
        "tau-b" or "spearman". The p of either depends on the score only.

    Returns
    -------
    p
        The share of orders of `y` against `x` with a statistic at least as far from
        zero as that observed. Orders that give the same table have the same
        statistic; comparison is of whole numbers, so ties with the observed value
        are never lost to rounding.

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, a variable does not vary, or there are
        too many column totals to keep.

    References
    ----------
    Agresti, A. (1992). A survey of exact inference for contingency tables.
    Statistical Science 7 (1), 131-153. https://doi.org/10.1214/ss/1177011454

    Examples
    --------
    >>> print(exact_permutation_p([1, 2, 3, 4], [1, 2, 3, 4]))
    exact permutation p 0.0833 (two-sided, 24 tables)
    """
    first, second = _laid_out(x, y)
    observed = abs(score_of(first, second, statistic))
    work = _work(first, second)
    if work > MOST_WORK:
        msg = (
            f"the exact method needs too long for {len(x)} observations in "
            f"{len(first.counts)} and {len(second.counts)} levels (effort {work:.0e}, "
            f"most {MOST_WORK:.0e}). Use sampled_permutation_p, or fewer levels."
        )
        raise InsightError(msg)
    ways, tables = _null(first, second, statistic)
    centre = len(ways) // 2
    near = ways[centre - observed + 1 : centre + observed]
    total = sum(ways.tolist())
    return PermutationP(p=(total - sum(near.tolist())) / total, tables=tables)


def can_be_exact(x: Sequence[float], y: Sequence[float]) -> bool:
    """Say whether the exact p of two variables is within reach, in seconds.

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, or a variable does not vary.

    Examples
    --------
    >>> can_be_exact(range(13), range(13)), can_be_exact(range(152), range(152))
    (True, False)
    """
    return _work(*_laid_out(x, y)) <= MOST_WORK


def _laid_out(x: Sequence[float], y: Sequence[float]) -> tuple[Tied, Tied]:
    """Return rows and columns, the columns being what has fewer sets of totals."""
    first, second = pair(x, y)
    if _states(second) > _states(first):
        return second, first
    return first, second


def _states(columns: Tied) -> int:
    return prod(count + 1 for count in columns.counts)


def _machine(rows: Tied) -> bool:
    """Say whether the numbers of ways fit machine integers."""
    ways = factorial(sum(rows.counts)) // prod(map(factorial, rows.counts))
    return ways < FITS


def _work(rows: Tied, columns: Tied) -> int:
    """Return a bound on the effort: steps from one set of totals to the next."""
    spreads = max(comb(r + len(columns.counts) - 1, r) for r in rows.counts)
    length = sum(rows.counts) ** 2
    return _states(columns) * spreads * (length + 5000) * (1 if _machine(rows) else 30)


def _takings(size: int, room: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield each way to spread `size` over columns that have `room`."""
    if len(room) == 1:
        yield (size,)
        return
    rest = sum(room[1:])
    for taken in range(max(0, size - rest), min(size, room[0]) + 1):
        for others in _takings(size - taken, room[1:]):
            yield taken, *others


def _gain(placed: tuple[int, ...], taken: tuple[int, ...]) -> int:
    """Return concordant less discordant pairs of a new row with those before."""
    total, below, gain = sum(placed), 0, 0
    for before, new in zip(placed, taken, strict=True):
        gain += new * (below - (total - below - before))
        below += before
    return gain


def _null(
    rows: Tied, columns: Tied, statistic: Statistic
) -> tuple[NDArray[np.int64], int]:
    """Return the number of ways to each score, and the number of tables.

    The first score stands at minus the largest, zero in the middle.
    """
    n = sum(rows.counts)
    largest = n * (n - 1) // 2 if statistic == "tau-b" else n * (n * n - 1) // 3
    kind = np.int64 if _machine(rows) else object
    empty = (0,) * len(columns.counts)
    start = np.zeros(2 * largest + 1, dtype=kind)
    start[largest] = 1
    layer, tables = {empty: start}, {empty: 1}
    for size, rank in zip(rows.counts, rows.centred.tolist(), strict=True):
        grown: dict[tuple[int, ...], NDArray[np.int64]] = {}
        more: dict[tuple[int, ...], int] = defaultdict(int)
        for placed, ways in layer.items():
            room = tuple(np.subtract(columns.counts, placed).tolist())
            for taken in _takings(size, room):
                if statistic == "tau-b":
                    gain = _gain(placed, taken)
                else:
                    gain = rank * int(np.dot(columns.centred, taken))
                now = tuple(a + b for a, b in zip(placed, taken, strict=True))
                into = grown.setdefault(now, np.zeros_like(start))
                times = prod(map(comb, room, taken))
                _add(into, ways, times, gain)
                more[now] += tables[placed]
        layer, tables = grown, more
    return layer[columns.counts], tables[columns.counts]


def _add(
    into: NDArray[np.int64], ways: NDArray[np.int64], times: int, gain: int
) -> None:
    """Add `times` the ways to `into`, their scores raised by `gain`."""
    if gain >= 0:
        into[gain:] += times * ways[: len(ways) - gain]
    else:
        into[:gain] += times * ways[-gain:]
