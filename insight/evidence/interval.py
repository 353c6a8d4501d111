"""How far a rank correlation from few places can be from the truth.

Fisher's z of Kendall's tau, atanh(tau), is near normal with variance
0.437 / (n - 4), so an interval for tau is tanh(z ± 1.96 sqrt(0.437 / (n - 4))). For
Spearman's rho the variance is (1 + rho² / 2) / (n - 3). These were found for data
without ties; with ties they are an approximation, and with 13 places the interval is
about one unit wide.
"""

from __future__ import annotations

from math import atanh, sqrt, tanh
from typing import Final

from scipy.stats import norm

from insight.errors import InsightError

__all__ = ["fisher_interval", "least_detectable_tau", "rho_interval", "tau_interval"]

FIELLER: Final = 0.437
"""Variance of Fisher's z of tau, times n - 4."""
FEWEST: Final = 5


def _share(value: float, name: str) -> float:
    if not 0 < value < 1:
        msg = f"{name} is {value!r}; it must lie between 0 and 1, such as 0.95."
        raise InsightError(msg)
    return value


def tau_interval(
    tau: float, n: int, *, level: float = 0.95
) -> tuple[float, float] | None:
    """Return an interval for Kendall's tau.

    Parameters
    ----------
    tau
        The estimate, from -1 to 1.
    n
        How many places it rests on.
    level
        Confidence.

    Returns
    -------
    interval
        Low and high, or `None` with fewer than five places or a perfect correlation,
        where the formula has no value.

    Raises
    ------
    InsightError
        If `tau` or `level` is out of range.

    References
    ----------
    Fieller, E. C., Hartley, H. O. and Pearson, E. S. (1957). Tests for rank
    correlation coefficients. I. Biometrika 44 (3-4), 470-481.
    https://doi.org/10.1093/biomet/44.3-4.470. Bonett, D. G. and Wright, T. A.
    (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. Psychometrika 65 (1), 23-28. https://doi.org/10.1007/BF02294183

    Examples
    --------
    >>> low, high = tau_interval(-0.656, 13)
    >>> round(low, 3), round(high, 3)
    (-0.839, -0.34)
    """
    _refuse_outside(tau, "tau")
    error = sqrt(FIELLER / (n - 4)) if n >= FEWEST else None
    return fisher_interval(tau, error, level=level)


def rho_interval(
    rho: float, n: int, *, level: float = 0.95
) -> tuple[float, float] | None:
    """Return an interval for Spearman's rho.

    Parameters
    ----------
    rho
        The estimate, from -1 to 1.
    n
        How many places it rests on.
    level
        Confidence.

    Returns
    -------
    interval
        Low and high, or `None` with fewer than five places or a perfect correlation,
        where the formula has no value.

    Raises
    ------
    InsightError
        If `rho` or `level` is out of range.

    References
    ----------
    Bonett and Wright (2000), as for :func:`tau_interval`.

    Examples
    --------
    >>> low, high = rho_interval(-0.727, 13)
    >>> round(low, 3), round(high, 3)
    (-0.925, -0.222)
    """
    _refuse_outside(rho, "rho")
    error = sqrt((1 + rho**2 / 2) / (n - 3)) if n >= FEWEST else None
    return fisher_interval(rho, error, level=level)


def fisher_interval(
    value: float, error: float | None, *, level: float = 0.95
) -> tuple[float, float] | None:
    """Return an interval from the standard error of Fisher's z, `None` without one.

    Examples
    --------
    >>> fisher_interval(1.0, 0.1), fisher_interval(0.5, None)
    (None, None)
    """
    reach = float(norm.ppf((1 + _share(level, "level")) / 2))
    if error is None or abs(value) == 1:
        return None
    z = atanh(value)
    return tanh(z - reach * error), tanh(z + reach * error)


def _refuse_outside(value: float, name: str) -> None:
    if not -1 <= value <= 1:
        msg = f"{name} is {value!r}; a correlation lies from -1 to 1."
        raise InsightError(msg)


def least_detectable_tau(
    n: int, *, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return the smallest tau that a study of `n` places would mostly detect.

    Parameters
    ----------
    n
        How many places.
    level
        Confidence of a two-sided test.
    power
        Share of studies in which it should be detected.

    Returns
    -------
    tau
        Size of the true tau, by the same normal approximation as
        :func:`tau_interval`; `None` with fewer than five places.

    Raises
    ------
    InsightError
        If `level` or `power` is out of range.

    Examples
    --------
    >>> round(least_detectable_tau(13), 2), round(least_detectable_tau(152), 2)
    (0.55, 0.15)
    """
    reach = norm.ppf((1 + _share(level, "level")) / 2) + norm.ppf(
        _share(power, "power")
    )
    return tanh(float(reach) * sqrt(FIELLER / (n - 4))) if n >= FEWEST else None
