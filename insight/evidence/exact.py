"""How often chance alone would pair two rankings as closely as they are paired.

If flags had nothing to do with maturity, every way of dealing the same flag counts
to the same places would be as likely as any other. The two-sided p is the share of
ways whose statistic is at least as far from zero as the one observed, in either
direction. (Doubling the smaller tail is another rule and gives other figures.)

With ties, many ways give the same contingency table of one variable against the
other. Here every table with the observed margins counts with the number of ways
that lead to it, see :mod:`insight.evidence.sweep`, so that 13 places take
milliseconds where listing 13! orders would take hours.

Tau-b and Spearman's rho are a score over a scale that all orders share, so their p
is that of the score. Goodman and Kruskal's gamma has no such scale: how many pairs
are tied in neither variable changes with the order. Its p is that of gamma itself,
from concordant and discordant pairs kept apart, and so may differ from that of
tau-b. (Some programs give gamma the p of concordant less discordant pairs; that is
the p of tau-b.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError
from insight.evidence.crosstables import counted, pairs_of
from insight.evidence.ranks import Statistic, Tied, pair, score_of
from insight.evidence.sweep import (
    MOST_WORK,
    Gain,
    both_pairs,
    concordance,
    laid_out,
    length,
    number_kind,
    products,
    swept,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Null",
    "PermutationP",
    "can_be_exact",
    "exact_permutation_p",
    "linear_null",
    "rank_null",
]


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


@dataclass(frozen=True, kw_only=True)
class Null:
    """How many ways lead to each score when nothing but chance pairs two variables.

    Parameters
    ----------
    ways
        Of each score; the first is minus the largest, and zero is in the middle.
    tables
        Contingency tables with the observed margins.
    """

    ways: NDArray[np.int64]
    tables: int

    def p_of(self, score: int) -> PermutationP:
        """Return the share of ways at least as far from zero as `score`."""
        centre, observed = len(self.ways) // 2, abs(score)
        near = self.ways[centre - observed + 1 : centre + observed]
        total = sum(self.ways.tolist())
        return PermutationP(p=(total - sum(near.tolist())) / total, tables=self.tables)


def exact_permutation_p(
    x: Sequence[float], y: Sequence[float], *, statistic: Statistic = "tau-b"
) -> PermutationP:
    """Return the exact two-sided p of a rank correlation, ties and all.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.
    statistic
        "tau-b", "spearman" or "gamma".

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
    first, second = laid_out(*pair(x, y))
    statistic = _ordered_by(first, second, statistic)
    effort = work(first, second, length(first, second, statistic))
    if effort > MOST_WORK:
        msg = (
            f"the exact method needs too long for {len(x)} observations in "
            f"{len(first.counts)} and {len(second.counts)} levels (effort "
            f"{effort:.0e}, most {MOST_WORK:.0e}). Use sampled_permutation_p, or "
            "fewer levels."
        )
        raise InsightError(msg)
    if statistic == "gamma":
        return _gamma_p(first, second)
    null = _rank_null(first, second, statistic)
    return null.p_of(score_of(first, second, statistic))


def rank_null(x: Tied, y: Tied) -> Null | None:
    """Return every value of Kendall's score when one variable is dealt at random.

    Examples
    --------
    >>> from insight.evidence.ranks import scored
    >>> rank_null(scored([0, 1, 2]), scored([0, 1, 2])).ways.tolist()
    [1, 0, 2, 0, 2, 0, 1]
    """
    first, second = laid_out(x, y)
    if work(first, second, length(first, second, "tau-b")) > MOST_WORK:
        return None
    return _rank_null(first, second, "tau-b")


def _rank_null(rows: Tied, columns: Tied, statistic: Statistic) -> Null:
    n = sum(rows.counts)
    if statistic == "tau-b":
        return _signed(rows, columns, concordance, n * (n - 1) // 2)
    return _signed(rows, columns, products(columns), n * (n * n - 1) // 3)


def can_be_exact(
    x: Sequence[float], y: Sequence[float], *, statistic: Statistic = "tau-b"
) -> bool:
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
    first, second = laid_out(*pair(x, y))
    statistic = _ordered_by(first, second, statistic)
    return work(first, second, length(first, second, statistic)) <= MOST_WORK


def _ordered_by(first: Tied, second: Tied, statistic: Statistic) -> Statistic:
    """Return tau-b for gamma where a variable has no ties.

    All orders then leave the same pairs untied, and gamma is the score over a scale
    that they share.
    """
    untied = max(first.counts) == 1 or max(second.counts) == 1
    return "tau-b" if statistic == "gamma" and untied else statistic


def linear_null(x: Tied, y: Tied) -> Null | None:
    """Return every value of a sum of products when one variable is dealt at random.

    Parameters
    ----------
    x, y
        Levels with what they are worth, see :class:`insight.evidence.ranks.Scored`.
        One of them must sum to zero over the observations, so that the sum of
        products is zero on average.

    Returns
    -------
    null
        `None` if counting the ways would take too long.

    Examples
    --------
    >>> from insight.evidence.ranks import scored
    >>> linear_null(scored([0, 1, 2]), scored([-1, 0, 1])).p_of(2)
    PermutationP(p=0.3333333333333333, tables=6, draws=0)
    """
    first, second = laid_out(x, y)
    sizes = [np.sort(np.abs(of.centred[of.level])) for of in (first, second)]
    largest = int(sizes[0] @ sizes[1])
    if work(first, second, 2 * largest) > MOST_WORK:
        return None
    return _signed(first, second, products(second), largest)


def _signed(rows: Tied, columns: Tied, gain: Gain, largest: int) -> Null:
    """Return the ways to each score from minus the largest to the largest."""
    start: NDArray[np.int64] = np.zeros(2 * largest + 1, dtype=number_kind(rows))
    start[largest] = 1
    ways, tables = swept(rows, columns, gain, start)
    return Null(ways=ways, tables=tables)


def _gamma_p(rows: Tied, columns: Tied) -> PermutationP:
    """Return p of gamma, from the ways to each pair of its two counts."""
    most = 1 + min(rows.untied_pairs, columns.untied_pairs)
    start: NDArray[np.int64] = np.zeros((most, most), dtype=number_kind(rows))
    start[0, 0] = 1
    ways, tables = swept(rows, columns, both_pairs, start)
    table = counted(rows.level, columns.level, (len(rows.counts), len(columns.counts)))
    concordant, discordant = (int(pairs[0]) for pairs in pairs_of(table))
    with_it, against = np.indices(ways.shape)
    # |C - D| / (C + D) at least as large, in whole numbers
    far: NDArray[np.bool_] = np.greater_equal(
        abs(with_it - against) * (concordant + discordant),
        abs(concordant - discordant) * (with_it + against),
    )
    total = sum(ways.ravel().tolist())
    return PermutationP(p=sum(ways[far].tolist()) / total, tables=tables)
