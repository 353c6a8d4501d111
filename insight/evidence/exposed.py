"""Whether counts fall on high or low scores, each count held against its exposure.

If every unit had the same rate, a unit's expected count would be its exposure times
the overall rate. The score statistic adds up, over units, what the count is above
that, times the score: the slope of the Poisson likelihood where the score has no
effect. Its p does not trust the Poisson law: scores are dealt to units at random,
each unit's count and exposure kept together, so counts may scatter as they like. It
does suppose that under no association exposure has nothing to do with the score: where
the one unit with most exposure stands at an end of the score, and counts scatter, the
test can reject more often than it says. Leave that unit out and see.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError
from insight.evidence.exact import PermutationP, linear_null
from insight.evidence.permutation import dealt_out
from insight.evidence.points import Points, whole_steps
from insight.evidence.ranks import score_of, scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ScoreTest", "score_test"]


@dataclass(frozen=True, kw_only=True)
class ScoreTest:
    """Where counts fall, against where exposure lies.

    Parameters
    ----------
    shift
        Mean score of the counts less mean score of the exposure; below 0, counts
        fall on lower scores than their exposure gives them.
    z
        The statistic over its standard deviation when scores are dealt at random.
    p
        Two-sided permutation p.
    n
        Units.
    total
        Sum of counts.
    exposure
        Sum of exposures.
    """

    shift: float
    z: float
    p: PermutationP
    n: int
    total: int
    exposure: float

    def __str__(self) -> str:
        """Say the result as a sentence."""
        return (
            f"The {self.total} counted stand on average {self.shift:+.2f} points from "
            f"the mean score of the exposure ({self.n} units, exposure "
            f"{self.exposure:g}; z {self.z:+.2f}), {self.p}: the share of all ways to "
            "deal the scores to the units with |shift| at least as large."
        )


def score_test(
    points: Points, *, draws: int = 9999, random_state: int = 0
) -> ScoreTest:
    """Test counts against scores, with exposure, by permutation.

    Parameters
    ----------
    points
        Units with score, count and exposure. Scores may be tied; equal pairs of
        count and exposure too.
    draws, random_state
        How many orders to draw, and their seed, where the exact p is out of reach.

    Returns
    -------
    test
        Its p is exact where scores and exposures are fractions with small
        denominators and the ways can be counted (13 pilots in a few levels);
        otherwise from draws, with their error. Two-sided: |statistic| at least as
        large.

    Raises
    ------
    InsightError
        If nothing was counted, all rates are equal, or all scores are.

    References
    ----------
    Cox, D. R. and Hinkley, D. V. (1974). Theoretical Statistics, section 9.3.
    Chapman and Hall. Good, P. (2005). Permutation, Parametric and Bootstrap Tests of
    Hypotheses, third edition. Springer. https://doi.org/10.1007/b138696

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> units = points_of([1, 1, 2, 3, 4], [3, 2, 2, 1, 0], [1, 1, 2, 3, 1])
    >>> found = score_test(units)
    >>> round(found.shift, 3), round(found.p.p, 3)
    (-0.875, 0.133)
    """
    score, count, exposure = (
        np.asarray(figures) for figures in (points.score, points.count, points.exposure)
    )
    above = count - exposure * (count.sum() / exposure.sum())
    spread = ((score - score.mean()) ** 2).sum() * (above**2).sum()
    if not spread or np.allclose(above, 0) or np.ptp(score) == 0:
        msg = (
            f"{points.total} counted over {points.n} units: all rates or all scores "
            "are equal, so nothing can go with anything. Add units that differ."
        )
        raise InsightError(msg)
    statistic = float(above @ score)
    return ScoreTest(
        shift=statistic / float(count.sum()),
        z=statistic / sqrt(spread / (points.n - 1)),
        p=_exact(points) or _drawn(score, above, draws, random_state),
        n=points.n,
        total=points.total,
        exposure=float(exposure.sum()),
    )


def _exact(points: Points) -> PermutationP | None:
    """Return p from whole numbers, if there are such and few enough ways."""
    scores = whole_steps(points.score - points.score.min())
    exposures = whole_steps(points.exposure)
    if scores is None or exposures is None:
        return None
    every, total = sum(exposures), points.total
    above = [
        int(count) * every - exposure * total
        for count, exposure in zip(points.count, exposures, strict=True)
    ]
    first, second = scored(scores), scored(whole_steps(above) or above)
    null = linear_null(first, second)
    return null.p_of(score_of(first, second, "spearman")) if null else None


def _drawn(
    score: NDArray[np.float64],
    above: NDArray[np.float64],
    draws: int,
    random_state: int,
) -> PermutationP:
    rng = np.random.default_rng(random_state)
    order = np.lexsort((above, score))
    score, above = score[order] - score.mean(), above[order]
    # as far but for rounding counts as far, so that no tie is lost
    least = abs(float(score @ above)) * (1 - 1e-9)
    far = sum(
        int((abs(score[dealt] @ above) >= least).sum())
        for dealt in dealt_out(np.arange(len(score)), draws, rng)
    )
    return PermutationP(p=(far + 1) / (draws + 1), draws=draws)
