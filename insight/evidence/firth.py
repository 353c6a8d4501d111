"""Firth's penalised models for few counts: Poisson with exposure, and logistic.

With few flags, or all of them on one side, the likelihood has its maximum far out or
nowhere. Firth takes the first-order bias out of the score equations, which is the same
as adding half the log determinant of the information to the log likelihood; the
estimates are then always finite. Interval and p are from that penalised likelihood,
not from standard errors, which mislead where the likelihood is lopsided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import chi2

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Firth", "Law", "firth"]

Law: TypeAlias = Literal["poisson", "logistic"]
STEPS: Final = 200
NEAR: Final = 1e-10
LONGEST: Final = 5.0
"""Longest Newton step of any coefficient."""


@dataclass(frozen=True, kw_only=True)
class Firth:
    """A penalised fit.

    Parameters
    ----------
    law
        "poisson" or "logistic".
    coefficients
        One for each column of the design, on the scale of the logarithm.
    errors
        Their standard errors, from the information at the estimates.
    interval
        95 % profile interval of the last coefficient.
    p
        Of the last coefficient, by the penalised likelihood ratio. A Poisson p trusts
        that counts scatter as the Poisson law says.
    n
        Observations.
    total
        Sum of outcomes.
    """

    law: Law
    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    interval: tuple[float, float]
    p: float
    n: int
    total: int

    def __str__(self) -> str:
        """Say the result as a sentence."""
        ratio, low, high = np.exp([self.coefficients[-1], *self.interval])
        what = "rate" if self.law == "poisson" else "odds"
        return (
            f"A Firth {self.law} model of {self.n} units with {self.total} counted "
            f"multiplies the {what} by {ratio:.2f} a point (95 % interval {low:.2f} to "
            f"{high:.2f}), p {self.p:.4f} by the penalised likelihood ratio."
        )


@dataclass(frozen=True, kw_only=True)
class _Model:
    design: NDArray[np.float64]
    outcome: NDArray[np.float64]
    offset: NDArray[np.float64]
    law: Law

    def at(
        self, beta: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Return the penalised log likelihood, its slope and the information."""
        linear = self.design @ beta + self.offset
        if self.law == "poisson":
            mean = weight = np.exp(np.minimum(linear, 500))
            plain = (self.outcome * linear - mean).sum()
            push: NDArray[np.float64] | float = 0.5
        else:
            mean = expit(linear)
            weight = mean * (1 - mean)
            plain = (self.outcome * linear - np.logaddexp(0, linear)).sum()
            push = 0.5 - mean
        information = self.design.T @ (weight[:, None] * self.design)
        sign, size = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros_like(beta), information
        solved = np.linalg.solve(information, self.design.T)
        leverage = weight * np.einsum("ij,ji->i", self.design, solved)
        slope = self.design.T @ (self.outcome - mean + leverage * push)
        return float(plain + size / 2), slope, information

    def fitted(
        self, held: float | None = None, start: NDArray[np.float64] | None = None
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the largest penalised log likelihood and where, last one held."""
        beta = np.zeros(self.design.shape[1]) if start is None else start.copy()
        free = len(beta) if held is None else len(beta) - 1
        if held is not None:
            beta[-1] = held
        best, slope, information = self.at(beta)
        for turn in range(STEPS):
            solved = np.linalg.solve(information[:free, :free], slope[:free])
            # the information leaves out the penalty, so full steps can swing for ever
            step = solved.astype(np.float64) * 0.6 ** (turn // 20)
            step *= min(1.0, LONGEST / max(NEAR, abs(step).max(initial=0.0)))
            best, beta, slope, information = self._climb(best, beta, step)
            if abs(slope[:free]).max(initial=0.0) < NEAR or abs(step).max() < NEAR:
                return best, beta
        msg = (
            f"the Firth {self.law} model did not settle in {STEPS} steps. Check for "
            "scores of very different sizes."
        )
        raise InsightError(msg)

    def _climb(
        self, best: float, beta: NDArray[np.float64], step: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Take the step, halved until the likelihood does not fall."""
        for _ in range(30):
            tried = beta.copy()
            tried[: len(step)] += step
            height, slope, information = self.at(tried)
            if height >= best - NEAR:
                break
            step /= 2
        return height, tried, slope, information


def firth(
    design: NDArray[np.float64],
    outcome: NDArray[np.float64],
    *,
    law: Law,
    exposure: NDArray[np.float64] | None = None,
) -> Firth:
    """Fit a Poisson or logistic model by Firth's penalised likelihood.

    Parameters
    ----------
    design
        One row an observation, one column a coefficient, with a column of 1 first.
        The last column is the one that interval and p are of.
    outcome
        Counts, or for "logistic" 0 and 1.
    law
        "poisson" (log link) or "logistic".
    exposure
        What each count is out of; its logarithm is the offset. For "poisson" only.

    Raises
    ------
    InsightError
        If columns depend on each other, or the fit does not settle.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika
    80 (1), 27-38. https://doi.org/10.1093/biomet/80.1.27. Heinze, G. and Schemper, M.
    (2002). A solution to the problem of separation in logistic regression.
    Statistics in Medicine 21 (16), 2409-2419. https://doi.org/10.1002/sim.1047

    Examples
    --------
    >>> ones, score = np.ones(6), np.array([1.0, 1, 2, 2, 3, 3])
    >>> found = firth(np.stack([ones, score], 1), score > 1.5, law="logistic")
    >>> round(found.coefficients[1], 2)
    2.54
    """
    design = np.asarray(design, dtype=np.float64)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        msg = (
            f"the {design.shape[1]} columns of the model depend on each other in "
            f"{len(design)} units. Use scores that differ."
        )
        raise InsightError(msg)
    outcome = np.asarray(outcome, dtype=np.float64)
    offset = np.zeros(len(outcome)) if exposure is None else np.log(exposure)
    model = _Model(design=design, outcome=outcome, offset=offset, law=law)
    top, beta = model.fitted()
    errors = np.sqrt(np.diag(np.linalg.inv(model.at(beta)[2])))
    limit = chi2.ppf(0.95, 1)

    def short(held: float) -> float:
        return float(2 * (top - model.fitted(held, beta)[0]) - limit)

    ends = [_end(short, beta[-1], way * errors[-1]) for way in (-1, 1)]
    return Firth(
        law=law,
        coefficients=tuple(beta.tolist()),
        errors=tuple(errors.tolist()),
        interval=(ends[0], ends[1]),
        p=float(chi2.sf(short(0.0) + limit, 1)),
        n=len(outcome),
        total=int(outcome.sum()),
    )


def _end(short: Callable[[float], float], from_: float, stride: float) -> float:
    """Return where the likelihood has fallen to the limit, in one direction."""
    reach = 1.0
    while short(from_ + reach * stride) < 0:
        reach *= 2
    return float(brentq(short, from_, from_ + reach * stride, xtol=1e-9))
