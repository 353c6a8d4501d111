"""Goodman and Kruskal's gamma, with its asymptotic standard error.

Of two observations that differ in both variables, how much likelier is it that they
stand in the same order in both than in opposite orders? Pairs tied in either variable
are left out of the count altogether, so with many ties gamma is larger in size than
tau-b and rests on fewer pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from insight.evidence.crosstables import agreeing, counted, disagreeing
from insight.evidence.interval import fisher_interval
from insight.evidence.ranks import pair

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Gamma", "goodman_kruskal_gamma"]


@dataclass(frozen=True, kw_only=True)
class Gamma:
    """Gamma and how exact it is.

    Parameters
    ----------
    value
        From -1 to 1.
    error
        Asymptotic standard error.
    interval
        95 % interval on Fisher's scale, or `None` where gamma is 1 or -1 and its
        standard error therefore 0.
    concordant, discordant
        Pairs in the same order, and in opposite orders.
    n
        Observations.
    """

    value: float
    error: float
    interval: tuple[float, float] | None
    concordant: int
    discordant: int
    n: int

    def __str__(self) -> str:
        """Say the result as a sentence."""
        spread = (
            "no interval: all pairs that differ go one way"
            if self.interval is None
            else f"95 % interval {self.interval[0]:+.2f} to {self.interval[1]:+.2f}"
        )
        return (
            f"Goodman and Kruskal's gamma is {self.value:+.2f} ({spread}): of "
            f"{self.concordant + self.discordant} pairs that differ in both, "
            f"{self.concordant} are in the same order and {self.discordant} in "
            f"opposite orders, among {self.n} observations."
        )


def goodman_kruskal_gamma(
    x: Sequence[float], y: Sequence[float], *, level: float = 0.95
) -> Gamma:
    """Return Goodman and Kruskal's gamma.

    Concordant less discordant pairs, over their sum. Pairs tied in either variable
    count in neither.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.
    level
        Confidence of the interval.

    Returns
    -------
    gamma
        Its standard error is that for an association of any size (not the one under
        independence), 4 / (C + D)² times the root of the sum, over observations, of
        (D c - C d)², where c and d are an observation's concordant and discordant
        partners and C and D are all such pairs counted from both ends. The interval
        is formed on Fisher's scale, with standard error divided by 1 - gamma².

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, or a variable does not vary.

    References
    ----------
    Goodman, L. A. and Kruskal, W. H. (1954). Measures of association for cross
    classifications. Journal of the American Statistical Association 49 (268),
    732-764. https://doi.org/10.1080/01621459.1954.10501231. (1963): III. Approximate
    sampling theory, 58 (302), 310-364.
    https://doi.org/10.1080/01621459.1963.10500850

    Examples
    --------
    >>> found = goodman_kruskal_gamma([1, 1, 2, 2, 3], [1, 2, 1, 3, 3])
    >>> round(found.value, 3), round(found.error, 3)
    (0.667, 0.36)
    """
    first, second = pair(x, y)
    table = counted(first.level, second.level, (len(first.counts), len(second.counts)))
    same, opposite = agreeing(table), disagreeing(table)
    above, below = int((table * same).sum()), int((table * opposite).sum())
    # a pair that differs in both always exists where both variables vary
    spread = (table * (float(below) * same - float(above) * opposite) ** 2).sum()
    value = (above - below) / (above + below)
    error = 4 * sqrt(spread) / (above + below) ** 2
    on_z = error / (1 - value**2) if error else None
    return Gamma(
        value=value,
        error=error,
        interval=fisher_interval(value, on_z, level=level),
        concordant=above // 2,
        discordant=below // 2,
        n=len(x),
    )
