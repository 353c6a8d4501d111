"""Whether a unit has any count at all, against its score: exact logistic regression.

Given how many units have any, all sets of so many units are alike if the score does
not matter. Every set has a sum of scores; where the observed sum stands among them
gives p, and tilting the sums by exp(slope x sum) gives estimate and interval, with no
approximation and even if the two groups do not overlap. How much each unit was exposed
is not in this model: with more areas, any flag at all is likelier.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, inf
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import brentq

from insight.errors import InsightError
from insight.evidence.exact import linear_null
from insight.evidence.points import whole_steps
from insight.evidence.ranks import score_of, scored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["ExactLogistic", "exact_logistic", "separated"]


@dataclass(frozen=True, kw_only=True)
class ExactLogistic:
    """An exact logistic regression on one score.

    Parameters
    ----------
    slope
        Conditional maximum-likelihood estimate, log odds a point; where the observed
        sum is the largest or smallest of all, the median unbiased one.
    interval
        Exact 95 % interval of the slope, 2.5 % at most in either tail; an end is
        infinite where the data do not bound it.
    p
        Two-sided: the share of sets whose sum of scores is at least as far from its
        mean.
    sets
        How many sets there are.
    n, total
        Units, and how many have any.
    separated
        "complete", "quasi" or `None`, see :func:`separated`.
    """

    slope: float
    interval: tuple[float, float]
    p: float
    sets: int
    n: int
    total: int
    separated: Literal["complete", "quasi"] | None

    def __str__(self) -> str:
        """Say the result as a sentence."""
        low, high = (exp(end) if end < 700 else inf for end in self.interval)  # noqa: PLR2004 - exp overflows
        apart = (
            f" The groups do not overlap ({self.separated} separation), so ordinary "
            "logistic regression has no finite estimate."
            if self.separated
            else ""
        )
        return (
            f"Exact logistic regression multiplies the odds of any by "
            f"{exp(self.slope):.2f} a point (exact 95 % interval {low:.2f} to "
            f"{high:.2f}), exact p {self.p:.4f} over {self.sets:,} sets; {self.total} "
            f"of {self.n} units have any.{apart}"
        )


def separated(
    score: Sequence[float] | NDArray[np.float64],
    any_: Sequence[bool] | NDArray[np.bool_],
) -> Literal["complete", "quasi"] | None:
    """Say whether a score separates units with any from units without.

    Parameters
    ----------
    score, any_
        Of each unit.

    Returns
    -------
    kind
        "complete" if all units of one group score above all of the other, "quasi" if
        they meet in one score only, else `None`. In the first two cases ordinary
        logistic regression has no finite estimate; a program may return a huge slope
        without a warning.

    References
    ----------
    Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood
    estimates in logistic regression models. Biometrika 71 (1), 1-10.
    https://doi.org/10.1093/biomet/71.1.1

    Examples
    --------
    >>> separated([1, 2, 3], [True, True, False]), separated([1, 2, 1], [1, 0, 0])
    ('complete', 'quasi')
    """
    scores, chosen = np.asarray(score), np.asarray(any_, dtype=bool)
    ones, zeros = scores[chosen], scores[~chosen]
    if not len(ones) or not len(zeros):
        return "complete"
    gap = max(ones.min() - zeros.max(), zeros.min() - ones.max())
    if gap > 0:
        return "complete"
    return "quasi" if gap == 0 and np.ptp(scores) > 0 else None


def exact_logistic(
    score: Sequence[float] | NDArray[np.float64],
    any_: Sequence[bool] | NDArray[np.bool_],
) -> ExactLogistic:
    """Regress whether a unit has any on its score, exactly.

    Parameters
    ----------
    score
        Fractions with small denominators, such as means of levels.
    any_
        Whether each unit has any.

    Raises
    ------
    InsightError
        If all or none have any, all scores are equal, scores are not such fractions,
        or there are too many sets to count.

    References
    ----------
    Cox, D. R. (1970). Analysis of Binary Data. Methuen. Mehta, C. R. and Patel, N. R.
    (1995). Exact logistic regression: theory and examples. Statistics in Medicine
    14 (19), 2143-2160. https://doi.org/10.1002/sim.4780141908

    Examples
    --------
    >>> found = exact_logistic(range(13), [True] * 7 + [False] * 6)
    >>> found.sets, round(found.p, 5)
    (1716, 0.00117)
    """
    scores, chosen = np.asarray(score, dtype=np.float64), np.asarray(any_, dtype=bool)
    n, total = len(scores), int(chosen.sum())
    steps = whole_steps(scores - scores.min())
    if not 0 < total < n or np.ptp(scores) == 0 or steps is None:
        msg = (
            f"{total} of {n} units have any, and scores run from {scores.min():g} to "
            f"{scores.max():g}; both must vary, and scores be fractions with small "
            "denominators."
        )
        raise InsightError(msg)
    x, y = scored(steps), scored([n * int(one) - total for one in chosen])
    null = linear_null(x, y)
    if null is None:
        msg = (
            f"{comb(n, total):,} sets of {total} of {n} units are too many to count. "
            "Use the Firth logistic model."
        )
        raise InsightError(msg)
    observed = score_of(x, y, "spearman")
    centre = len(null.ways) // 2
    # sums of scores in points, about their mean, and the share of sets with each
    places = np.flatnonzero(null.ways)
    point = float(np.ptp(scores)) / max(steps)
    sums = (places - centre) * point / n
    shares = null.ways[places].astype(float)
    return ExactLogistic(
        slope=_slope(sums, shares, observed * point / n),
        interval=_interval(sums, shares, observed * point / n),
        p=null.p_of(observed).p,
        sets=comb(n, total),
        n=n,
        total=total,
        separated=separated(scores, chosen),
    )


def _tilted(
    sums: NDArray[np.float64], shares: NDArray[np.float64], slope: float
) -> NDArray[np.float64]:
    logs = np.log(shares) + slope * sums
    tilted: NDArray[np.float64] = np.exp(logs - logs.max())
    tilted /= tilted.sum()
    return tilted


def _solved(above: Callable[[float], float]) -> float:
    """Return where a rising function passes zero."""
    reach = 1.0
    while above(-reach) > 0 or above(reach) < 0:
        reach *= 2
    return float(brentq(above, -reach, reach, xtol=1e-10))


def _slope(
    sums: NDArray[np.float64], shares: NDArray[np.float64], seen: float
) -> float:
    close = 1e-9 * np.ptp(sums)
    if seen >= sums[-1] - close or seen <= sums[0] + close:
        end = 0 if seen <= sums[0] + close else -1
        way = 1 if end else -1
        return _solved(
            lambda slope: way * float(_tilted(sums, shares, slope)[end] - 0.5)
        )
    return _solved(lambda slope: float(_tilted(sums, shares, slope) @ sums - seen))


def _interval(
    sums: NDArray[np.float64], shares: NDArray[np.float64], seen: float
) -> tuple[float, float]:
    close = 1e-9 * np.ptp(sums)
    over, under = sums >= seen - close, sums <= seen + close
    low, high = -inf, inf
    if not over.all():
        low = _solved(
            lambda slope: float(_tilted(sums, shares, slope)[over].sum() - 0.025)
        )
    if not under.all():
        high = _solved(
            lambda slope: float(0.025 - _tilted(sums, shares, slope)[under].sum())
        )
    return low, high
