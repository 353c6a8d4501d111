"""Rank correlation between two variables that may be full of ties.

Both statistics are a whole-number score divided by a scale that depends only on
the ties, so comparing scores of rearranged data compares the statistics exactly,
with no rounding. Kendall's score is concordant less discordant pairs; Spearman's is
the sum of products of doubled mid-ranks about their centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Scored",
    "Statistic",
    "Tied",
    "kendall_tau_b",
    "pair",
    "score_of",
    "scored",
    "spearman_rho",
    "tied",
]

Statistic: TypeAlias = Literal["tau-b", "spearman", "gamma"]


@dataclass(frozen=True)
class Tied:
    """A variable as levels: the level of each observation, and how many share it."""

    level: NDArray[np.int64]
    counts: tuple[int, ...]

    @property
    def centred(self) -> NDArray[np.int64]:
        """Doubled mid-rank of each level, about the centre of all ranks."""
        counts = np.array(self.counts, dtype=np.int64)
        centred: NDArray[np.int64] = 2 * np.cumsum(counts) - counts - counts.sum()
        return centred

    @property
    def untied_pairs(self) -> int:
        """How many pairs differ."""
        n = sum(self.counts)
        return (n * (n - 1) - sum(c * (c - 1) for c in self.counts)) // 2


@dataclass(frozen=True)
class Scored(Tied):
    """A variable whose levels carry whole numbers of their own in place of ranks.

    With these, the score of "spearman" is any sum of products: of what a count is
    above its expectation and a predictor, for one.
    """

    worth: tuple[int, ...]

    @property
    def centred(self) -> NDArray[np.int64]:
        """What each level is worth."""
        return np.array(self.worth, dtype=np.int64)


def scored(worth: Sequence[int]) -> Scored:
    """Return whole numbers as levels that keep them.

    Examples
    --------
    >>> scored([5, -2, 5]).worth
    (-2, 5)
    """
    levels, level, counts = np.unique(worth, return_inverse=True, return_counts=True)
    return Scored(
        level.astype(np.int64), tuple(counts.tolist()), tuple(levels.tolist())
    )


def tied(values: Sequence[float], name: str) -> Tied:
    """Return a variable as levels in increasing order, checked.

    Raises
    ------
    InsightError
        If a value is missing or all are equal.

    Examples
    --------
    >>> tied([2.5, 1, 2.5], "maturity").counts
    (1, 2)
    """
    numbers = np.asarray(values, dtype=np.float64)
    missing = int(np.isnan(numbers).sum())
    if missing:
        msg = (
            f"{missing} of {len(numbers)} values of {name} are missing. Leave those "
            "places out of both variables, and say which; do not put zero."
        )
        raise InsightError(msg)
    levels, level, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    if len(levels) < 2:  # noqa: PLR2004 - a correlation needs a difference
        msg = (
            f"all {len(numbers)} values of {name} are equal, so nothing can go with "
            "it. Add places that differ."
        )
        raise InsightError(msg)
    return Tied(level.astype(np.int64), tuple(int(count) for count in counts))


def pair(x: Sequence[float], y: Sequence[float]) -> tuple[Tied, Tied]:
    """Return two variables over the same observations as levels."""
    if len(x) != len(y):
        msg = (
            f"the variables have {len(x)} and {len(y)} values. Match them by place "
            "first, so that each has one value a place."
        )
        raise InsightError(msg)
    return tied(x, "the first variable"), tied(y, "the second variable")


def score_of(x: Tied, y: Tied, statistic: Statistic) -> int:
    """Return the whole-number score whose size orders tau-b or Spearman's rho."""
    if statistic == "spearman":
        return int((x.centred[x.level] * y.centred[y.level]).sum())
    first = np.sign(x.level[:, None] - x.level[None, :])
    second = np.sign(y.level[:, None] - y.level[None, :])
    return int((first * second).sum()) // 2


def kendall_tau_b(x: Sequence[float], y: Sequence[float]) -> float:
    """Return Kendall's tau-b.

    Concordant less discordant pairs, over the geometric mean of the pairs that
    differ in `x` and those that differ in `y`. Pairs tied in either count for
    neither.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.

    Returns
    -------
    tau
        From -1 to 1.

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, or a variable does not vary.

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika
    33 (3), 239-251. https://doi.org/10.1093/biomet/33.3.239

    Examples
    --------
    >>> kendall_tau_b([1, 2, 3, 4], [2, 1, 3, 4]), kendall_tau_b([1, 1, 2], [5, 5, 3])
    (0.6666666666666666, -1.0)
    """
    first, second = pair(x, y)
    scale = sqrt(first.untied_pairs * second.untied_pairs)
    return score_of(first, second, "tau-b") / scale


def spearman_rho(x: Sequence[float], y: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties given their mid-rank.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.

    Returns
    -------
    rho
        From -1 to 1.

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, or a variable does not vary.

    References
    ----------
    Spearman, C. (1904). The proof and measurement of association between two
    things. American Journal of Psychology 15 (1), 72-101.
    https://doi.org/10.2307/1412159

    Examples
    --------
    >>> spearman_rho([1, 2, 3], [2, 1, 3])
    0.5
    """
    first, second = pair(x, y)
    squares = [
        sum(
            count * int(rank) ** 2
            for count, rank in zip(of.counts, of.centred, strict=True)
        )
        for of in (first, second)
    ]
    return score_of(first, second, "spearman") / sqrt(squares[0] * squares[1])
