"""How far figures drawn from national ones were from the pilots' own counts.

The thirteen pilots of 2010 counted their spend locally (column B of Table 1) beside
what was drawn from national figures (column A). How far log(B/A) scatters over them
is the error to expect in a place that has not counted yet. It holds differences of
scope and year too, so it is an upper bound of the error of allocation alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from insight.errors import InsightError
from insight.spend.report_tables import table_1

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Coverage", "Residual", "leave_one_out", "report_residual", "residual_of"]

FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class Residual:
    """Scatter of log(local count / centre-out figure) over `n` places.

    `sd` is the standard deviation (n - 1) and `mean` the mean of the logarithms. The
    mean is told and not corrected for: it is as likely to be one of scope.
    """

    sd: float
    mean: float
    n: int

    def factors(self, level: float = 0.8) -> tuple[float, float]:
        """Return what to multiply a figure by for the interval of a new place.

        Parameters
        ----------
        level
            Share of new places whose own count should lie within.

        References
        ----------
        Geisser, S. (1993). Predictive Inference. Chapman and Hall, ch. 2: t with
        n - 1 degrees, widened by sqrt(1 + 1/n).

        Examples
        --------
        >>> residual = Residual(sd=0.137, mean=0.0, n=13)
        >>> [round(factor, 2) for factor in residual.factors()]
        [0.82, 1.21]
        """
        far = float(stats.t.ppf((1 + level) / 2, self.n - 1)) * self._wide
        return math.exp(-far), math.exp(far)

    @property
    def _wide(self) -> float:
        return self.sd * math.sqrt(1 + 1 / self.n)

    def draws(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Return random factors for one new place."""
        drawn: np.ndarray = np.exp(self._wide * rng.standard_t(self.n - 1, size))
        return drawn

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        low, high = self.factors()
        return (
            f"Over {self.n} places that counted for themselves, the logarithm of their "
            f"own count over the centre-out figure has a standard deviation of "
            f"{self.sd:.3f} (mean {self.mean:+.3f}): for a new place an 80 % interval "
            f"is {low:.2f} to {high:.2f} times the centre-out figure."
        )


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many of `n` places lie within an interval made from the others alone."""

    level: float
    within: int
    n: int

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        return (
            f"Left out in turn, {self.within} of {self.n} places lie within the "
            f"{100 * self.level:.0f} % interval made from the others "
            f"({self.level * self.n:.1f} expected)."
        )


def _logs(local: Sequence[float], centre: Sequence[float]) -> list[float]:
    pairs = list(zip(local, centre, strict=True))
    good = [b > 0 and a > 0 and math.isfinite(a) and math.isfinite(b) for b, a in pairs]
    if len(pairs) < FEWEST or not all(good):
        msg = (
            f"{len(pairs)} places have both counts, {len(pairs) - sum(good)} of them "
            f"not above zero. Give {FEWEST} or more pairs of amounts above zero."
        )
        raise InsightError(msg)
    return sorted(math.log(b / a) for b, a in pairs)


def _of_logs(logs: Sequence[float]) -> Residual:
    n = len(logs)
    mean = math.fsum(logs) / n
    sd = math.sqrt(math.fsum((each - mean) ** 2 for each in logs) / (n - 1))
    return Residual(sd=sd, mean=mean, n=n)


def residual_of(local: Sequence[float], centre: Sequence[float]) -> Residual:
    """Return the scatter between two counts of the same places.

    Parameters
    ----------
    local, centre
        Amounts of the same places in the same order and unit, above zero.

    Raises
    ------
    InsightError
        If there are fewer than three places or an amount is not above zero.

    Examples
    --------
    >>> found = residual_of([1.0, 2.0, 4.0], [2.0, 2.0, 2.0])
    >>> round(found.sd, 3), round(found.mean, 3), found.n
    (0.693, 0.0, 3)
    """
    return _of_logs(_logs(local, centre))


def report_residual() -> Residual:
    """Return the scatter over the thirteen pilots of Table 1.

    Examples
    --------
    >>> round(report_residual().sd, 3)
    0.137
    """
    pilots = table_1().drop(index="total")
    return residual_of(
        [float(b) for b in pilots["b_bn"]], [float(a) for a in pilots["a_bn"]]
    )


def leave_one_out(
    local: Sequence[float], centre: Sequence[float], *, level: float = 0.8
) -> Coverage:
    """Return how often an interval made without a place holds its own count.

    Parameters
    ----------
    local, centre
        As for :func:`residual_of`; four places or more.
    level
        Of the interval, which is centred on the centre-out figure.

    Returns
    -------
    coverage
        A count that lies on the end of its interval is within.

    Raises
    ------
    InsightError
        As for :func:`residual_of`.

    Examples
    --------
    >>> coverage = leave_one_out([9.0, 10.0, 11.0, 30.0], [10.0] * 4)
    >>> coverage.within, coverage.n
    (3, 4)
    """
    logs = _logs(local, centre)
    if len(logs) <= FEWEST:
        msg = f"{len(logs)} places are too few to leave one out. Give four or more."
        raise InsightError(msg)
    within = 0
    for at, own in enumerate(logs):
        low, high = _of_logs(logs[:at] + logs[at + 1 :]).factors(level)
        within += math.log(low) <= own <= math.log(high)
    return Coverage(level=level, within=within, n=len(logs))
