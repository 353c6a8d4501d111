"""A binomial model of counts over bases, with errors that allow for clusters."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.linalg import qr
from scipy.stats import t
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import (
    ConvergenceWarning,
    PerfectSeparationWarning,
)

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Binomial",
    "Fitted",
    "effects_of",
    "fit_binomial",
    "refuse_if_too_few",
]

EVENTS: Final = 10  # a parameter, and as many without the outcome
CLUSTERS: Final = 10
CERTAIN: Final = 15.0  # log odds at which an outcome is as good as certain
DEPENDENT: Final = 1e-9  # of a column's length, left when others are taken from it


@dataclass(frozen=True, kw_only=True)
class Binomial:
    """What a binomial model is fitted to: a row a person or an area.

    Parameters
    ----------
    events, base
        How many of how many.
    design
        One column a parameter, factors first.
    columns
        Their names.
    factors
        How many of them are factors; the others are levels.
    clusters
        Number of each row's cluster.
    """

    events: NDArray[np.float64]
    base: NDArray[np.float64]
    design: NDArray[np.float64]
    columns: tuple[str, ...]
    factors: int
    clusters: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pd.DataFrame, design: pd.DataFrame, factors: int) -> Binomial:
        """Return the model of `rows`, in their order.

        Parameters
        ----------
        rows
            `count`, `base` and `cluster`.
        design
            One column a parameter, on the index of `rows` and in its order.
        factors
            How many of its columns are factors.

        Examples
        --------
        >>> rows = pd.DataFrame({"count": [3, 1], "base": [9, 9], "cluster": [2, 1]})
        >>> model = Binomial.of(rows, pd.DataFrame({"x": [1.0, 0.0]}), 1)
        >>> model.events.tolist(), model.clusters.tolist()
        ([3.0, 1.0], [1, 0])
        """
        clusters = np.unique(rows["cluster"].astype(str), return_inverse=True)[1]
        values = design.to_numpy(dtype=float)
        figures = rows[["count", "base"]].to_numpy(dtype=float)
        return cls(
            events=figures[:, 0],
            base=figures[:, 1],
            design=values,
            columns=tuple(map(str, design.columns)),
            factors=factors,
            clusters=clusters,
        )

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the design by name."""
        at = [self.columns.index(name) for name in columns]
        return pd.DataFrame(self.design[:, at], columns=list(columns))

    def with_only(self, columns: Sequence[str]) -> Binomial:
        """Return the model with some of its columns."""
        return replace(
            self, design=self.frame(columns).to_numpy(), columns=tuple(columns)
        )

    def with_more(self, more: pd.DataFrame) -> Binomial:
        """Return the model with further columns of the same rows."""
        return replace(
            self,
            design=np.column_stack([self.design, more.to_numpy(dtype=float)]),
            columns=(*self.columns, *map(str, more.columns)),
        )


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A binomial model, fitted: log odds, their covariance and how well it fits."""

    model: Binomial
    log_odds: NDArray[np.float64]
    covariance: NDArray[np.float64]
    shares: NDArray[np.float64]
    freedom: float
    explained: float
    dispersion: float


def refuse_if_too_few(model: Binomial) -> None:
    """Raise `SegmentError` where a model asks more than its rows can tell.

    Parameters
    ----------
    model
        Ten events and ten non-events a parameter, ten clusters and more clusters
        than parameters are the least.

    Examples
    --------
    >>> rows = pd.DataFrame({"count": [3, 1], "base": [9, 9], "cluster": ["b", "a"]})
    >>> refuse_if_too_few(Binomial.of(rows, pd.DataFrame({"x": [1.0, 0.0]}), 1))
    Traceback (most recent call last):
    segmentation.errors.SegmentError: fewer than 10 people have the outcome, or have \
it not: too few for 1 parameters. Ask for fewer factors or of fewer segments, or \
supply more people.
    """
    events = min(model.events.sum(), (model.base - model.events).sum())
    parameters, clusters = len(model.columns), len(np.unique(model.clusters))
    if events < EVENTS * parameters:
        msg = (
            f"fewer than {EVENTS * parameters} people have the outcome, or have it "
            f"not: too few for {parameters} parameters. Ask for fewer factors or of "
            "fewer segments, or supply more people."
        )
        raise SegmentError(msg)
    if clusters < max(CLUSTERS, parameters + 1):
        msg = (
            f"{clusters} clusters are too few for {parameters} parameters; "
            f"{max(CLUSTERS, parameters + 1)} are needed. Ask for fewer factors, or "
            "name smaller clusters."
        )
        raise SegmentError(msg)


def fit_binomial(model: Binomial, *, by_spread: bool = False) -> Fitted:
    """Fit a binomial model with a logit link.

    Parameters
    ----------
    model
        What to fit.
    by_spread
        Take the errors from how far rows spread about the model (quasi-binomial, no
        less than binomial), and not from the clusters.

    Raises
    ------
    SegmentError
        If a column is made up of others or does not vary, or the outcome of some
        rows is told without fail.

    Examples
    --------
    >>> rows = pd.DataFrame({"count": [2, 4] * 10, "base": 8, "cluster": range(20)})
    >>> design = pd.DataFrame({"x": [0.0, 1.0] * 10, "level": 1.0})
    >>> fitted = fit_binomial(Binomial.of(rows, design, 1))
    >>> np.exp(fitted.log_odds).round(3).tolist(), fitted.freedom
    ([3.0, 0.333], 19.0)
    """
    _refuse_dependent(model)
    pairs = np.column_stack([model.events, model.base - model.events])
    glm = GLM(pairs, model.design, family=families.Binomial())
    with warnings.catch_warnings():
        # Separation is looked for below, where its remedy can be told.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = (
            glm.fit()
            if by_spread
            else glm.fit(cov_type="cluster", cov_kwds={"groups": model.clusters})
        )
    reach = np.abs(model.design @ result.params)
    if not reach.max() < CERTAIN:
        most = model.columns[int(np.argmax(np.abs(result.params[: model.factors])))]
        msg = (
            f"{int((reach >= CERTAIN).sum())} of {len(reach)} rows have their outcome "
            f"told without fail, by {most!r} above all, so that no odds ratio can be "
            "given. Leave that factor out, or put its rare values together."
        )
        raise SegmentError(msg)
    freedom = result.df_resid
    dispersion = float(result.pearson_chi2 / freedom) if freedom else float("nan")
    # statsmodels 0.15 forgets the bases in scale="X2" where counts are given in pairs.
    widen = max(dispersion, 1.0) if by_spread else 1.0
    return Fitted(
        model=model,
        log_odds=result.params,
        covariance=result.cov_params() * widen,
        shares=result.fittedvalues,
        freedom=float(freedom if by_spread else len(np.unique(model.clusters)) - 1),
        explained=float(1 - result.deviance / result.null_deviance),
        dispersion=dispersion,
    )


def _refuse_dependent(model: Binomial) -> None:
    length = np.linalg.norm(model.design, axis=0)
    at = np.flatnonzero(length <= DEPENDENT)
    kept = length
    if not len(at):
        kept = np.abs(np.diagonal(qr(model.design, mode="r")[0]))
        at = np.flatnonzero(kept <= DEPENDENT * length[: len(kept)])
    if len(at) or len(kept) < len(length):
        names = [model.columns[position] for position in at] or list(model.columns)
        msg = (
            f"factors {few(names)} do not vary within segments, or are made up of "
            "other factors. Leave one of them out."
        )
        raise SegmentError(msg)


def effects_of(fitted: Fitted, names: Sequence[str]) -> pd.DataFrame:
    """Return the effect of one more of each factor, with 95 % intervals.

    Parameters
    ----------
    fitted
        What :func:`fit_binomial` returned.
    names
        Factors among its columns.

    Returns
    -------
    effects
        One row a factor: `odds_ratio`, `low`, `high`; `points`, `points_low` and
        `points_high`, the average over people of the change in percentage points
        (its error by the delta method); `p_value`.

    Examples
    --------
    >>> rows = pd.DataFrame({"count": [2, 4] * 10, "base": 8, "cluster": range(20)})
    >>> design = pd.DataFrame({"x": [0.0, 1.0] * 10, "level": 1.0})
    >>> fitted = fit_binomial(Binomial.of(rows, design, 1))
    >>> effects_of(fitted, ["x"])[["odds_ratio", "points"]].round(2).to_dict("records")
    [{'odds_ratio': 3.0, 'points': 24.03}]
    """
    model, shares = fitted.model, fitted.shares
    at = [model.columns.index(name) for name in names]
    b = fitted.log_odds[at]
    errors = np.sqrt(fitted.covariance.diagonal()[at])
    times = float(t.ppf(0.975, fitted.freedom))
    weights = model.base / model.base.sum()
    slope = float(weights @ (shares * (1 - shares)))
    bend = (weights * shares * (1 - shares) * (1 - 2 * shares)) @ model.design
    turn = slope * np.eye(len(model.columns))[at] + np.outer(b, bend)
    spread = np.sqrt(np.einsum("ij,jk,ik->i", turn, fitted.covariance, turn))
    return pd.DataFrame(
        {
            "factor": list(names),
            "odds_ratio": np.exp(b),
            "low": np.exp(b - times * errors),
            "high": np.exp(b + times * errors),
            "points": 100 * slope * b,
            "points_low": 100 * (slope * b - times * spread),
            "points_high": 100 * (slope * b + times * spread),
            "p_value": 2 * t.sf(np.abs(b) / errors, fitted.freedom),
        }
    )
