"""What a study of so many units, exposures and counts could have found.

Studies are simulated with the scores and exposures at hand: the total observed is
dealt to units in proportion to exposure times a rate that changes by the same ratio a
point of score. Each is tested by permutation as the real one is. With `scatter`, unit
rates vary besides by a gamma factor of that variance, as in a negative binomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, exp, log, sqrt
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student

from insight.errors import InsightError
from insight.evidence.shared import shared_p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insight.evidence.points import Points

__all__ = [
    "Detectable",
    "detectable_ratio",
    "least_detectable_r",
    "permutation_rejects",
]

Tested: TypeAlias = Literal["tau-b", "spearman", "score"]
STRONGEST: Final = 20.0
"""Ratios a point of score beyond this, or its inverse, are not looked for."""
COARSE: Final = 25
"""Strengths tried, evenly on the scale of the logarithm, before the search is finer."""


@dataclass(frozen=True, kw_only=True)
class Detectable:
    """The weakest effect that a study like this one would mostly find.

    Parameters
    ----------
    ratio
        Rate ratio a point of score, or `None` if even 20 (or 1/20) is not found often
        enough.
    power
        Share of simulated studies that find it, at 5 %; without a ratio, the most
        that any ratio reached.
    runs
        Simulated studies.
    scatter
        Variance of unit rates beyond the Poisson law.
    """

    ratio: float | None
    power: float
    runs: int
    scatter: float

    @property
    def error(self) -> float:
        """Standard error of `power` from simulating."""
        return sqrt(self.power * (1 - self.power) / self.runs)

    def __str__(self) -> str:
        """Say the result as a sentence."""
        shown = f"{self.power:.0%}, standard error {self.error:.1%}"
        if self.ratio is None:
            return (
                "No rate ratio a point of score, up to twenty or down to a twentieth, "
                f"is found often enough: at best in {shown}, of {self.runs:,} "
                "simulated studies."
            )
        return (
            f"A rate ratio of {self.ratio:.2f} a point of score would be found in "
            f"{shown}, of {self.runs:,} simulated studies; weaker ones more seldom."
        )


def permutation_rejects(
    score: NDArray[np.float64],
    counts: NDArray[np.float64],
    exposure: NDArray[np.float64],
    *,
    test: Tested = "score",
    draws: int = 999,
    random_state: int = 0,
) -> NDArray[np.bool_]:
    """Say which of many studies a permutation test rejects at 5 %.

    Parameters
    ----------
    score
        Of each unit, the same in every study.
    exposure
        Of each unit, or one row a study.
    counts
        One row a study, one column a unit.
    test
        "tau-b" or "spearman" of rates, or "score".
    draws
        Random orders of the scores, the same for all studies.
    random_state
        Seed of the orders.

    Examples
    --------
    >>> x, ones = np.arange(8.0), np.ones(8)
    >>> permutation_rejects(x, np.stack([8 - x, ones + (x == 3)]), ones).tolist()
    [True, False]
    """
    many = counts / exposure
    if test == "score":
        overall = counts.sum(axis=1, keepdims=True)
        many = counts - exposure * (overall / exposure.sum(axis=-1, keepdims=True))
    p = shared_p(
        score,
        many,
        form="linear" if test == "score" else test,
        draws=draws,
        random_state=random_state,
    )
    rejects: NDArray[np.bool_] = p <= 0.05  # noqa: PLR2004 - the size of the test
    return rejects


def detectable_ratio(  # noqa: PLR0913 - all but the units have a default
    points: Points,
    *,
    fewer: bool = True,
    test: Tested = "score",
    power: float = 0.8,
    scatter: float = 0.0,
    runs: int = 400,
    random_state: int = 0,
) -> Detectable:
    """Return the rate ratio a point of score that studies like this one find.

    Parameters
    ----------
    points
        Scores, exposures and the total of counts of the study at hand.
    fewer
        Look for ratios below 1 (higher scores, lower rates), else for those above.
    test
        The permutation test used; see :func:`permutation_rejects`.
    power
        Share of studies that should find it.
    scatter
        Variance of a unit's rate beyond the Poisson law, as a share of its square.
    runs
        Simulated studies for each ratio tried.
    random_state
        Seed; the same studies are tilted for every ratio, so the search is smooth.

    Returns
    -------
    detectable
        The weakest ratio, within 2 %, that at least `power` of the studies find.

    Raises
    ------
    InsightError
        If nothing was counted, scores do not vary, or `power` is not between 0.05
        and 1.

    References
    ----------
    Arnold, B. F. et al. (2011). Simulation methods to estimate design power. BMC
    Medical Research Methodology 11, 94. https://doi.org/10.1186/1471-2288-11-94

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> points = points_of([1, 2, 3, 4] * 6, [3, 2, 1, 1] * 6, [1] * 24)
    >>> 0.4 < detectable_ratio(points, runs=100).ratio < 0.8
    True
    """
    if not points.total or np.ptp(points.score) == 0 or not 0.05 < power < 1:  # noqa: PLR2004 - the test's own size
        msg = (
            f"{points.total} counted over {points.n} units and power {power!r}: power "
            "needs a count, scores that differ, and lies between 0.05 and 1."
        )
        raise InsightError(msg)
    way = -1.0 if fewer else 1.0
    order = np.lexsort((points.count, points.exposure, points.score))
    score, exposure = points.score[order], points.exposure[order]

    def found(strength: float) -> float:
        rng = np.random.default_rng(random_state)
        shares = exposure * np.exp(way * strength * (score - score.mean()))
        each = np.tile(shares, (runs, 1))
        if scatter:
            each *= rng.gamma(1 / scatter, scatter, size=each.shape)
        counts = rng.multinomial(points.total, each / each.sum(axis=1, keepdims=True))
        rejects = permutation_rejects(
            score, counts.astype(float), exposure, test=test, random_state=random_state
        )
        return float(rejects.mean())

    # power need not grow for ever: where all is counted in two units, few ways are left
    strengths = np.linspace(0, log(STRONGEST), COARSE)
    powers = [0.0]
    for strength in strengths[1:]:
        powers.append(found(float(strength)))
        if powers[-1] >= power:
            break
    else:
        return Detectable(ratio=None, power=max(powers), runs=runs, scatter=scatter)
    weak, strong = (float(end) for end in strengths[len(powers) - 2 : len(powers)])
    reached = powers[-1]
    while strong - weak > 0.02:  # noqa: PLR2004 - 2 %
        middle = (weak + strong) / 2
        share = found(middle)
        if share < power:
            weak = middle
        else:
            strong, reached = middle, share
    return Detectable(
        ratio=exp(way * strong), power=reached, runs=runs, scatter=scatter
    )


def least_detectable_r(
    n: int, *, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return the smallest Pearson correlation that `n` observations mostly detect.

    The figure that published power tables give, for comparison: normal data, no ties.

    Parameters
    ----------
    n
        Observations.
    level
        Confidence of a two-sided test.
    power
        Share of studies in which it should be detected.

    Returns
    -------
    r
        Size of the true correlation; `None` with fewer than four observations.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, second
    edition, chapter 3; with the bias term r / (2 (n - 1)), as R's pwr.r.test.

    Examples
    --------
    >>> round(least_detectable_r(13), 3), least_detectable_r(3)
    (0.696, None)
    """
    if n < 4:  # noqa: PLR2004 - Fisher's z has variance 1 / (n - 3)
        return None
    cut = float(student.ppf((1 + level) / 2, n - 2))
    limit = atanh(cut / sqrt(cut**2 + n - 2))

    def short(r: float) -> float:
        z = atanh(r) + r / (2 * (n - 1))
        reach = [norm.cdf((way * z - limit) * sqrt(n - 3)) for way in (1, -1)]
        return float(sum(reach)) - power

    return float(brentq(short, 0, 1 - 1e-12))
