"""Sums of uncertain amounts, when they move alone and when they move together.

Each amount follows the PERT distribution of its least, likeliest and most. Between
amounts nothing is known, so both ends are shown: independent, where errors cancel
(drawn by Monte Carlo), and fully dependent, where all are high or low at once. The
quantile of a fully dependent sum is the sum of the quantiles, so it needs no draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import beta

from journeys.cost.money import PEAK, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from journeys.cost.money import Range

    Floats = NDArray[np.float64]

__all__ = ["ASSUMED", "ENDS", "draws_of", "ends_of", "quantiles_of"]

ENDS: Final = (0.025, 0.975)
"""Shares of draws below the ends of a 95 % interval."""
ASSUMED: Final = (
    "Each amount is drawn between its low and high (PERT distribution). "
    '"Independent": errors cancel. "Together": all are low or all high at once. The '
    "truth lies between, and nearer the second where claims rest on one method."
)


def draws_of(ranges: Sequence[Range], draws: int, random_state: int) -> Floats:
    """Return independent draws, one row a draw and one column a range.

    Examples
    --------
    >>> from journeys.cost.money import Range
    >>> draws_of([Range(1, 1, 1), Range(0, 5, 9)], 4, 1).shape
    (4, 2)
    """
    rng = np.random.default_rng(random_state)
    return np.array([drawn(each, rng, draws) for each in ranges]).reshape(-1, draws).T


def quantiles_of(ranges: Sequence[Range], at: Floats) -> Floats:
    """Return quantiles of each range: one row a share `at`, one column a range.

    Examples
    --------
    >>> from journeys.cost.money import Range
    >>> quantiles_of([Range(0, 5, 10), Range(2, 2, 2)], np.array([0.0, 0.5])).round(2)
    array([[0., 2.],
           [5., 2.]])
    """
    found = np.empty((len(at), len(ranges)))
    for place, (low, central, high) in enumerate(ranges):
        wide = high - low
        if wide <= 0:
            found[:, place] = central
            continue
        up, down = (1 + PEAK * each / wide for each in (central - low, high - central))
        found[:, place] = low + wide * beta.ppf(at, up, down)
    return found


def ends_of(values: Floats) -> tuple[float, float]:
    """Return the ends of the 95 % interval of draws.

    Examples
    --------
    >>> ends_of(np.arange(1001.0))
    (25.0, 975.0)
    """
    low, high = np.quantile(values, ENDS)
    return float(low), float(high)
