"""Intervals of a rank statistic from places drawn with replacement.

The plain percentile interval tends to be too narrow with few places (coverage about
0.93 at 13); the bias-corrected and accelerated one (BCa) mends most of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.stats import norm

from insight.errors import InsightError
from insight.evidence.crosstables import counted, statistic_of
from insight.evidence.ranks import Statistic, pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Bootstrap", "Interval", "bootstrap_interval"]

Interval: TypeAlias = Literal["bca", "percentile"]
FEWEST_KEPT = 100


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """An interval by resampling.

    Parameters
    ----------
    interval
        Low and high, or `None` where it has no value: nearly all resamples lack the
        statistic, or (BCa) leaving any place out changes nothing.
    kind
        "bca" or "percentile".
    resamples
        How many were drawn.
    undefined
        Resamples without the statistic, since one variable did not vary; left out.
    """

    interval: tuple[float, float] | None
    kind: Interval
    resamples: int
    undefined: int

    def __str__(self) -> str:
        """Say the interval and how it was found."""
        spread = "no bootstrap interval"
        if self.interval is not None:
            low, high = self.interval
            spread = f"bootstrap interval {low:+.2f} to {high:+.2f}"
        name = "BCa" if self.kind == "bca" else self.kind
        lost = f", {self.undefined:,} without a value" if self.undefined else ""
        return f"{spread} ({name}, {self.resamples:,} resamples{lost})"


def bootstrap_interval(
    x: Sequence[float],
    y: Sequence[float],
    *,
    statistic: Statistic = "tau-b",
    kind: Interval = "bca",
    resamples: int = 4000,
    random_state: int = 0,
) -> Bootstrap:
    """Return a 95 % interval of a rank statistic by resampling observations.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.
    statistic
        "tau-b", "spearman" or "gamma".
    kind
        "bca", bias-corrected and accelerated, or "percentile".
    resamples
        How many to draw, with replacement, pairs kept together.
    random_state
        Seed of the draws.

    Returns
    -------
    interval
        The same for observations in another order, since they are put in order
        before they are drawn.

    Raises
    ------
    InsightError
        If lengths differ, a value is missing, a variable does not vary, or fewer
        than 100 resamples are asked for.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American
    Statistical Association 82 (397), 171-185.
    https://doi.org/10.1080/01621459.1987.10478410

    Examples
    --------
    >>> found = bootstrap_interval([1, 2, 2, 3, 3, 4], [5, 3, 4, 4, 2, 1])
    >>> found.kind, found.interval[0] < -0.5 < found.interval[1]
    ('bca', True)
    """
    if resamples < FEWEST_KEPT:
        msg = f"resamples is {resamples}; at least {FEWEST_KEPT} must be drawn."
        raise InsightError(msg)
    first, second = pair(x, y)
    order = np.lexsort((second.level, first.level))
    levels = np.stack([first.level[order], second.level[order]])
    shape = (len(first.counts), len(second.counts))

    def found(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        return statistic_of(
            counted(levels[0][chosen], levels[1][chosen], shape), statistic
        )

    n = len(order)
    rng = np.random.default_rng(random_state)
    drawn = np.concatenate(
        [
            found(rng.integers(n, size=(min(1000, resamples - done), n)))
            for done in range(0, resamples, 1000)
        ]
    )
    kept = drawn[~np.isnan(drawn)]
    ends: NDArray[np.float64] | None = np.array([0.025, 0.975])
    if kind == "bca":
        without = np.array([np.delete(np.arange(n), left) for left in range(n)])
        observed = found(np.arange(n)[None])[0]
        ends = _corrected(kept, observed, found(without))
    interval = None
    if ends is not None and len(kept) >= FEWEST_KEPT:
        low, high = np.quantile(kept, ends)
        interval = (float(low), float(high))
    return Bootstrap(
        interval=interval,
        kind=kind,
        resamples=resamples,
        undefined=len(drawn) - len(kept),
    )


def _corrected(
    kept: NDArray[np.float64], observed: float, without: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return the shares that stand for 2.5 and 97.5 %, corrected for bias and skew."""
    without = without[~np.isnan(without)]
    apart = without.mean() - without if len(without) else without
    spread = (apart**2).sum()
    below = (
        ((kept < observed).mean() + (kept <= observed).mean()) / 2 if len(kept) else 0
    )
    if not spread or not 0 < below < 1:
        return None
    skew = (apart**3).sum() / (6 * spread**1.5)
    bias = norm.ppf(below)
    z = bias + norm.ppf([0.025, 0.975])
    ends: NDArray[np.float64] = norm.cdf(bias + z / (1 - skew * z))
    return ends
