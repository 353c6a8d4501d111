"""Intervals of a share, and how much wider they are where areas are alike inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from scipy.stats import norm

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Z", "design_effect", "wilson"]

Z: Final = float(norm.ppf(0.975))  # of a 95 % interval
Figures: TypeAlias = "pd.Series[float]"


def wilson(
    share: Figures, base: Figures, z: float | Figures = Z
) -> tuple[Figures, Figures]:
    """Return the ends of Wilson's interval [1]_ of a share.

    Parameters
    ----------
    share
        From 0 to 1.
    base
        How many it is a share of; a design effect may have made it smaller.
        Missing where the share is.
    z
        How many standard errors away an end lies: 1.96 for a 95 % interval.

    Returns
    -------
    low, high
        From 0 to 1.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and
       statistical inference. Journal of the American Statistical Association 22,
       209-212. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> import pandas as pd
    >>> low, high = wilson(pd.Series([0.2]), pd.Series([400.0]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1637], [0.242])
    """
    squeeze = 1 + z**2 / base
    middle = (share + z**2 / (2 * base)) / squeeze
    half: Figures = (
        z / squeeze * np.sqrt(share * (1 - share) / base + z**2 / (4 * base**2))
    )
    return (middle - half).clip(lower=0), (middle + half).clip(upper=1)


def design_effect(above: Figures, below: Figures, group: pd.Series[str]) -> Figures:
    """Return by how much areas that are alike inside widen the variance of a share.

    People who live close are alike, so a hundred of one street tell less than a
    hundred of a hundred streets. The variance of a ratio over areas [1]_ over that
    of a share of as many people drawn one by one [2]_; never below 1.

    Parameters
    ----------
    above, below
        Numerator and denominator of each area.
    group
        Group of each area, on the same index.

    Returns
    -------
    effect
        One figure a group, missing where fewer than two areas have a denominator.

    References
    ----------
    .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd edition, chapters 6 and
       9A. Wiley.
    .. [2] Kish, L. (1965). Survey Sampling, chapter 5. Wiley.

    Examples
    --------
    >>> import pandas as pd
    >>> flats, homes = pd.Series([9.0, 1.0]), pd.Series([10.0, 10.0])
    >>> design_effect(flats, homes, pd.Series(["1", "1"]))
    1    12.8
    dtype: float64
    """
    areas = (below > 0).groupby(group).sum().astype("float64")
    base = below.groupby(group).sum()
    base = base.where(base > 0)
    share = above.groupby(group).sum() / base
    left = (above - group.map(share) * below) ** 2
    over_areas = left.groupby(group).sum() / base**2 * areas / (areas - 1)
    one_by_one = share * (1 - share) / base
    effect = over_areas / one_by_one.where(one_by_one > 0)
    certain = one_by_one.le(0)  # all or none have it, in every area
    found: Figures = effect.mask(certain, 1.0).clip(lower=1).where(areas > 1)
    return found
