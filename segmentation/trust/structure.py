"""Structure: whether there are groups at all, or k-means cuts up a continuum.

k-means returns as many segments as it is asked for, of noise too. So the share of
the differences that they explain is held against what the same search explains of
data that have no groups, but are as varied, as correlated and as skewed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import norm, pearson3, rankdata, skew
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import (  # type: ignore[import-untyped]  # ships no types
    threadpool_limits,
)

from segmentation.errors import SegmentError
from segmentation.trust.resampling import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmentation.trust.resampling import Rows

    Draw = Callable[[np.random.Generator], Rows]

__all__ = ["Structure", "structure_test"]

MOST_ROWS: Final = 1_000
STARTS: Final = 3
LEVEL: Final = 0.01
FEWEST: Final = 99
"""Simulations without which p cannot be as low as the level."""

ENOUGH: Final = 10
"""Simulations that explain as much, after which p is known well enough."""


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Whether segments explain more than chance would, and on what evidence.

    Parameters
    ----------
    found
        Whether they explain more than every simulated data set without groups, or
        all but a share of `LEVEL` = 0.01 of them, whatever the reference.
    k
        How many segments were asked for.
    explained
        Share of the total sum of squares that they explain, 0 to 1.
    references
        One row a kind of data without groups that was tried: `reference`, how many
        `simulations` were made, the `mean` and the `highest` share that they
        explain, and `p`.
    p
        The greatest p of the references.
    n_rows, n_used
        Areas given, and areas that the test was made on: all, or a sample.
    """

    found: bool
    k: int
    explained: float
    references: pd.DataFrame
    p: float
    n_rows: int
    n_used: int

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        nearest = self.references.sort_values("mean", kind="stable").iloc[-1]
        sample = "" if self.n_used == self.n_rows else f", a sample of {self.n_rows:,}"
        evidence = (
            f"{self.k} segments explain {100 * self.explained:.1f} % of what sets the "
            f"areas apart; data as varied, but without groups, would give "
            f"{100 * nearest['mean']:.1f} % ({nearest['reference']}; p = {self.p:.2f} "
            f"by {self.references['simulations'].sum():,} simulations; "
            f"n = {self.n_used:,} areas{sample})"
        )
        if self.found:
            return (
                f"Structure: {evidence}. There are groups here, and not only a slope "
                "that was cut up; their edges may still be soft."
            )
        return (
            f"No structure: {evidence}. The segments cut up a continuum, as contour "
            "lines cut up a slope: of use to sort areas, but not kinds that stand "
            "apart, and another cut would serve as well."
        )


def structure_test(
    features: pd.DataFrame,
    k: int,
    *,
    simulations: int = 99,
    seed: int = 0,
) -> Structure:
    """Hold what segments explain against data that have no groups.

    Parameters
    ----------
    features
        One row an area, scaled. Of more than 1,000 rows a sample is taken, and the
        result says so. Columns that do not vary are left out.
    k
        How many segments, 2 or more.
    simulations
        Most data sets to simulate for each reference, 99 or more.
    seed
        Of the sample, the starts and the simulations. Row order does not matter.

    Returns
    -------
    structure
        p is (1 + simulations that explain as much) / (1 + simulations); once 10
        explain as much, it is their share and no more are made [1]_. The verdict
        needs 0.01 or less against each reference, and no more are tried once one
        gives more. They have one group by design:

        - "variables of one peak": each as skewed and as spread as it is, but with one
          peak (Pearson's type III), tied by a normal copula of the same rank
          correlations [2]_;
        - "an even box" along the principal components, of the same covariance: the
          second reference of the gap statistic [3]_, made as wide as the spread so
          that no outlier stretches it;
        - "one normal cloud" of the same covariance, as SigClust takes it [4]_.

        The same search, best of 3 starts, is made of data and references. The test
        asks about groups at this `k`: with a `k` far below the number of groups it
        may miss them.

    Raises
    ------
    SegmentError
        If `k` is below 2 or not below the number of different rows, there are too
        few simulations, a value is missing or infinite, or nothing varies.

    References
    ----------
    .. [1] Besag, J. and Clifford, P. (1991). Sequential Monte Carlo p-values.
       Biometrika 78 (2), 301-304. https://doi.org/10.1093/biomet/78.2.301
    .. [2] Nelsen, R. B. (2006). An introduction to copulas, 2nd edition. Springer.
       https://doi.org/10.1007/0-387-28678-0
    .. [3] Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number
       of clusters in a data set via the gap statistic. Journal of the Royal
       Statistical Society B 63 (2), 411-423.
       https://doi.org/10.1111/1467-9868.00293
    .. [4] Liu, Y., Hayes, D. N., Nobel, A. and Marron, J. S. (2008). Statistical
       significance of clustering for high-dimension, low-sample size data. Journal
       of the American Statistical Association 103, 1281-1293.
       https://doi.org/10.1198/016214508000000454

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(size=(60, 2))
    >>> apart = noise + np.repeat([[0, 0], [9, 0], [0, 9]], 20, axis=0)
    >>> [structure_test(pd.DataFrame(x), 3).found for x in (noise, apart)]
    [False, True]
    """
    if k < 2 or simulations < FEWEST:  # noqa: PLR2004 - one segment explains nothing
        msg = (
            f"{k} segments and {simulations} simulations were asked for. Give 2 "
            f"segments or more, and {FEWEST} simulations or more."
        )
        raise SegmentError(msg)
    order = in_order(features, most=MOST_ROWS, seed=seed)
    rows = features.to_numpy(dtype=np.float64)[order]
    rows = rows[:, np.ptp(rows, axis=0) > 0]
    different = len(np.unique(rows, axis=0))
    if k >= different:
        msg = (
            f"{k} segments were asked of {len(rows)} rows, of which {different} "
            "differ, so there is nothing to test. Ask for fewer segments."
        )
        raise SegmentError(msg)
    tried: list[dict[str, str | float]] = []
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # simulated rows may repeat so often that fewer than k differ: all is explained
        warnings.simplefilter("ignore", ConvergenceWarning)
        explained = _explained(rows, k, seed)
        for name, draw in _references(rows).items():
            held = _held_against(draw, explained, k, simulations, seed)
            tried.append({"reference": name, **held})
            if held["p"] > LEVEL:
                break
    references = pd.DataFrame(tried)
    p = float(references["p"].max())
    return Structure(
        found=p <= LEVEL,
        k=k,
        explained=explained,
        references=references,
        p=p,
        n_rows=len(features),
        n_used=len(rows),
    )


def _explained(rows: Rows, k: int, seed: int) -> float:
    total = float(((rows - rows.mean(axis=0)) ** 2).sum())
    found = KMeans(k, n_init=STARTS, random_state=seed).fit(rows)
    return 1 - float(found.inertia_) / total


def _held_against(
    draw: Draw, explained: float, k: int, most: int, seed: int
) -> dict[str, float]:
    """Return what simulations of one reference explain, and p."""
    random = np.random.default_rng(seed)
    seen: list[float] = []
    as_much = 0
    while len(seen) < most and as_much < ENOUGH:
        seen.append(_explained(draw(random), k, seed))
        as_much += seen[-1] >= explained
    whole = as_much < ENOUGH
    return {
        "simulations": len(seen),
        "mean": float(np.mean(seen)),
        "highest": max(seen),
        "p": (as_much + whole) / (len(seen) + whole),
    }


def _references(rows: Rows) -> dict[str, Draw]:
    """Return how to draw data without groups that are as varied as `rows`."""
    middle = rows - rows.mean(axis=0)
    turned, sizes, _ = np.linalg.svd(middle, full_matrices=False)
    spread = sizes / np.sqrt(len(rows))  # k-means does not mind which way axes point
    skewed = _of_one_peak(rows)
    scores = norm.ppf((rankdata(rows, axis=0) - 0.5) / len(rows))
    strengths, axes = np.linalg.eigh(np.atleast_2d(np.corrcoef(scores, rowvar=False)))
    tied = axes * np.sqrt(strengths.clip(min=0))

    def one_peak(random: np.random.Generator) -> Rows:
        ranks = (random.standard_normal(rows.shape) @ tied.T).argsort(axis=0)
        return np.take_along_axis(skewed, ranks.argsort(axis=0), axis=0)

    return {
        "variables of one peak": one_peak,
        "an even box": lambda random: (
            random.uniform(-np.sqrt(3), np.sqrt(3), turned.shape) * spread
        ),
        "one normal cloud": lambda random: (
            random.standard_normal(turned.shape) * spread
        ),
    }


def _of_one_peak(rows: Rows) -> Rows:
    """Return sorted values as skewed and as spread as each variable, of one peak."""
    at = (np.arange(len(rows)) + 0.5) / len(rows)
    values = np.column_stack(
        [pearson3.ppf(at, each) for each in skew(rows, axis=0, bias=False)]
    )
    times = rows.std(axis=0) / values.std(axis=0)
    spread: Rows = (values - values.mean(axis=0)) * times
    return spread
