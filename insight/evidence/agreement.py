"""Whether coders who read the same evidence gave it the same level.

Krippendorff alpha: 1 less observed disagreement over the disagreement to be expected
if the same levels were dealt out at random. How far apart two levels are depends on
the metric. For ordered levels it is the squared number of ratings that lie from one to
the other, each end counted half, so only the order of levels matters. Cells may be
blank; a unit rated once says nothing of agreement and is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from insight.errors import InsightError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "Metric",
    "alpha_interval",
    "exact_agreement",
    "krippendorff_alpha",
    "ordinal_alpha",
]

Metric: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: Final = ("nominal", "ordinal", "interval", "ratio")
FEWEST: Final = 5
"""Units below which drawing them anew says nothing of how alpha might vary."""


def _pairable(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return units (rows) rated at least twice."""
    return ratings[ratings.notna().sum(axis=1) > 1].astype("float64")


def exact_agreement(ratings: pd.DataFrame) -> float:
    """Return the share of units rated at least twice whose ratings are all equal.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank where a coder gave no level.

    Returns
    -------
    share
        From 0 to 1; not a number if no unit was rated twice.

    Examples
    --------
    >>> import pandas as pd
    >>> exact_agreement(pd.DataFrame({"Ann": [1, 2, 3], "Bob": [1, 3, None]}))
    0.5
    """
    units = _pairable(ratings)
    if units.empty:
        return float("nan")
    return float((units.max(axis=1) == units.min(axis=1)).mean())


def krippendorff_alpha(ratings: pd.DataFrame, *, metric: Metric = "ordinal") -> float:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank where a coder gave no level.
    metric
        What counts as far apart: "nominal" (any two levels alike), "ordinal" (by the
        ratings between them), "interval" (squared difference) or "ratio" (squared
        difference over sum; levels of 0 or more).

    Returns
    -------
    alpha
        1 is full agreement, 0 what chance gives, below 0 less than that. Not a
        number if no unit was rated twice or all ratings are one level, since then
        nothing can be expected of chance.

    Raises
    ------
    InsightError
        If there are fewer than two columns, or the metric is another word.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University
    of Pennsylvania, https://repository.upenn.edu/asc_papers/43. Hayes, A. F. and
    Krippendorff, K. (2007). Answering the call for a standard reliability measure
    for coding data. Communication Methods and Measures 1 (1), 77-89.
    https://doi.org/10.1080/19312450709336664

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4], "Bob": [1, 2, 4, 4]})
    >>> round(krippendorff_alpha(ratings, metric="nominal"), 3)
    0.696
    """
    pairs, levels = _pairs(ratings, metric)
    return float(_alpha(pairs.sum(axis=0), levels, metric))


def ordinal_alpha(ratings: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for ordered levels; see `krippendorff_alpha`.

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4], "Bob": [1, 2, 4, 4]})
    >>> round(ordinal_alpha(ratings), 3)
    0.91
    """
    return krippendorff_alpha(ratings, metric="ordinal")


def alpha_interval(
    ratings: pd.DataFrame,
    *,
    metric: Metric = "ordinal",
    draws: int = 2_000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Return a 95 % bootstrap interval of Krippendorff's alpha.

    Parameters
    ----------
    ratings, metric
        As in `krippendorff_alpha`.
    draws
        How often as many units as were rated twice are drawn from them, with
        replacement: places are what another study would have others of, coders are
        taken as they are.
    seed
        The same seed gives the same interval, whatever the order of units.

    Returns
    -------
    interval
        The 2.5 % and 97.5 % points of alpha over the draws; draws in which only one
        level comes up have no alpha and are passed over. `None` with fewer than five
        units rated twice, or where more than half of the draws have no alpha. With a
        dozen units it is rough, and tends to be too short.

    References
    ----------
    Zapf, A., Castell, S., Morawietz, L. and Karch, A. (2016). Measuring inter-rater
    reliability for nominal data - which coefficients and confidence intervals are
    appropriate? BMC Medical Research Methodology 16, 93.
    https://doi.org/10.1186/s12874-016-0200-9

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4, 4], "Bob": [1, 2, 4, 4, 3]})
    >>> low, high = alpha_interval(ratings)
    >>> low < ordinal_alpha(ratings) <= high
    True
    """
    pairs, levels = _pairs(ratings, metric)
    if len(pairs) < FEWEST:
        return None
    flat = pairs.reshape(len(pairs), -1)
    flat = flat[np.lexsort(flat.T[::-1])]  # any order of units, the same draws
    drawn = np.random.default_rng(seed).multinomial(
        len(flat), np.full(len(flat), 1 / len(flat)), size=draws
    )
    sums = (drawn @ flat).reshape(draws, *pairs.shape[1:])
    alphas = _alpha(sums, levels, metric)
    known = alphas[~np.isnan(alphas)]
    if 2 * len(known) < draws:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _pairs(
    ratings: pd.DataFrame, metric: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each unit how often each two levels meet in it, and the levels."""
    if ratings.shape[1] < 2:  # noqa: PLR2004 - agreement takes two
        msg = (
            f"agreement needs two coders; seen {ratings.shape[1]}. Have a second coder "
            "read the evidence without seeing the first one's levels or the flags."
        )
        raise InsightError(msg)
    if metric not in METRICS:
        msg = f"metric is {metric!r}; alpha has {list(METRICS)}. Choose one."
        raise InsightError(msg)
    units = _pairable(ratings)
    levels = np.unique(units.to_numpy()[units.notna().to_numpy()])
    counts = np.empty((len(units), len(levels)))
    for at, level in enumerate(levels):
        counts[:, at] = (units == level).sum(axis=1)
    given = counts.sum(axis=1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= counts[:, :, None] * np.eye(len(levels))
    return pairs / (given - 1), levels


def _alpha(
    pairs: NDArray[np.float64], levels: NDArray[np.float64], metric: str
) -> NDArray[np.float64]:
    """Return alpha of one table of pairs, or of each in a stack of them."""
    totals = pairs.sum(axis=-1)
    n = totals.sum(axis=-1)
    apart = _apart(totals, levels, metric)
    observed = (pairs * apart).sum(axis=(-2, -1)) * (n - 1)
    expected = (totals[..., :, None] * totals[..., None, :] * apart).sum(axis=(-2, -1))
    alpha = np.full(np.shape(expected), np.nan)
    np.divide(observed, expected, out=alpha, where=expected > 0)
    return np.asarray(1 - alpha)


def _apart(
    totals: NDArray[np.float64], levels: NDArray[np.float64], metric: str
) -> NDArray[np.float64]:
    """Return how far apart each two levels are."""
    if metric == "ordinal":
        below = np.cumsum(totals, axis=-1) - totals / 2
        ranks = below[..., :, None] - below[..., None, :]
        return np.asarray(ranks * ranks, dtype=np.float64)
    gap: Any = np.subtract.outer(levels, levels)
    if metric == "nominal":
        return np.asarray(gap != 0, dtype=np.float64)
    if metric == "ratio":
        total = np.add.outer(levels, levels)
        gap = np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)
    return np.asarray(gap * gap, dtype=np.float64)
