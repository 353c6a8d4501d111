"""Shrinkage: rates of small areas, drawn towards what areas like them show.

A rate of few people swings by chance. Lent the experience of its group, the more so
the fewer its people, an area is judged by what it is and not by its size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import beta

from segmentation.errors import SegmentError, few
from segmentation.explain.intervals import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["shrunken_rates"]

FEWEST: Final = 3  # areas of a group, to see how areas of it differ


def shrunken_rates(
    count: pd.Series[float], base: pd.Series[float], groups: pd.Series[str]
) -> pd.DataFrame:
    """Draw each area's rate towards that of its group, by empirical Bayes.

    Parameters
    ----------
    count, base
        How many of how many, of each area: `0 <= count <= base`, `base > 0`.
    groups
        Group, such as a segment, of each area; all on one index.

    Returns
    -------
    rates
        On the same index: `expected_rate`, `low`, `high` and `sd` in per cent,
        `shared_sd` (what the error of the group's own rate adds, the same way in all
        its areas; where that rate is all they have, this is `sd`), `prior` (how many
        people of the group's rate each area is given beside its own; infinite where
        areas of the group differ by no more than chance) and
        `towards` ("group", or "place" where a group of fewer than three areas
        cannot show how far its areas differ).

    Notes
    -----
    The true rates of a group's areas are taken to follow a beta distribution whose
    mean and variance are estimated by moments, weighted by base [1]_ [2]_; an area's
    interval is the middle 95 % of its posterior. It takes the group's mean and
    variance as known. Where areas differ by no more than chance, all get the group's
    rate, and the interval is that of the pooled rate (Jeffreys).

    References
    ----------
    .. [1] Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of
       age-standardized relative risks for use in disease mapping. Biometrics 43
       (3), 671-681. https://doi.org/10.2307/2532003
    .. [2] Marshall, R. J. (1991). Mapping disease and mortality rates using
       empirical Bayes estimators. Applied Statistics 40 (2), 283-294.
       https://doi.org/10.2307/2347593

    Raises
    ------
    SegmentError
        If a figure is missing or out of range, or an area has no group.

    Examples
    --------
    >>> count, base = pd.Series([5, 50, 10]), pd.Series([5, 100, 100])
    >>> found = shrunken_rates(count, base, pd.Series("1", count.index))
    >>> found["expected_rate"].round(1).tolist()
    [71.6, 49.4, 10.7]
    """
    bad = ~((count >= 0) & (count <= base) & (base > 0) & groups.notna())
    if bad.any():
        msg = (
            f"{int(bad.sum())} of {len(count)} areas lack a group, or a count from 0 "
            f"up to a base above 0: {few(count.index[bad].tolist())}. Leave them out, "
            "and list them."
        )
        raise SegmentError(msg)
    y, n = count.to_numpy(dtype=float), base.to_numpy(dtype=float)
    towards = groups.where(groups.map(groups.value_counts()) >= FEWEST)
    mean, prior = np.empty(len(y)), np.empty(len(y))
    low, high, error = np.empty((3, len(y)))
    for group in [*towards.dropna().unique(), None]:
        rows = (towards == group if group is not None else towards.isna()).to_numpy()
        among = rows if group is not None else np.ones(len(y), dtype=bool)
        found = _moments(y[among], n[among])
        mean[rows], prior[rows] = found
        error[rows] = _error(n[among], *found)
        low[rows], high[rows] = beta.ppf(
            [[0.025], [0.975]],
            y[among].sum() + 0.5,
            n[among].sum() - y[among].sum() + 0.5,
        )
    some = np.isfinite(prior)
    own, other = y + mean * np.where(some, prior, 0), n - y
    other = other + (1 - mean) * np.where(some, prior, 0)
    middle = np.where(some, own / (own + other), mean)
    low[some], high[some] = beta.ppf([[0.025], [0.975]], own[some], other[some])
    spread = np.sqrt(middle * (1 - middle) / (own + other + 1))
    rates = {"expected_rate": middle, "low": low, "high": high}
    rates["sd"] = np.where(some, spread, (high - low) / (2 * Z))
    lent = np.divide(prior, n + prior, out=np.ones(len(n)), where=some)
    rates["shared_sd"] = np.where(some, lent * error, rates["sd"])
    table = pd.DataFrame(rates, count.index) * 100
    where = np.where(towards.isna(), "place", "group")
    return table.assign(prior=prior, towards=where)


def _moments(y: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean of a group's rates, and how many people its prior is worth."""
    people = math.fsum(n)  # exact, so that no order of rows gives another answer
    mean = math.fsum(y) / people
    seen = math.fsum(n * (y / n - mean) ** 2) / people
    chance = mean * (1 - mean) * len(n) / people
    between = seen - chance
    if between <= 0 or mean in {0.0, 1.0}:
        return mean, np.inf
    return mean, max(mean * (1 - mean) / between - 1, 1e-9)


def _error(n: NDArray[np.float64], mean: float, prior: float) -> float:
    """Return the standard error of the pooled rate of areas that differ."""
    alike = 1 / (prior + 1)
    chance = math.fsum(n * (1 + (n - 1) * alike)) / math.fsum(n) ** 2
    return math.sqrt(mean * (1 - mean) * chance)
