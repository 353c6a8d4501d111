"""Effects of factors: within segments, between them, and from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

from segmentation.action.binomial import (
    Binomial,
    effects_of,
    fit_binomial,
    refuse_if_too_few,
)
from segmentation.codes import natural
from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentation.action.binomial import Fitted

__all__ = [
    "FEWEST_SEGMENTS",
    "between_segments",
    "by_segment",
    "difference",
    "joint_test",
    "within_segments",
]

FEWEST_SEGMENTS: Final = 4  # to hold segments against one another
EQUAL: Final = 1e-9


def within_segments(rows: pd.DataFrame, factors: Sequence[str]) -> Binomial:
    """Return the model of the factors within segments, one level a segment.

    Parameters
    ----------
    rows, factors
        See :func:`segmentation.action.driver_rows.driver_rows`.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 3.0, 5.0], "count": 1, "base": 2})
    >>> rows["segment"], rows["cluster"] = ["1", "1", "2"], range(3)
    >>> within_segments(rows, ["x"]).frame(["x"])["x"].tolist()
    [-1.0, 1.0, 0.0]
    """
    names = list(factors)
    total = rows["base"].groupby(rows["segment"]).sum()
    weighted = rows[names].mul(rows["base"], axis=0).groupby(rows["segment"]).sum()
    means = weighted.div(total, axis=0).loc[rows["segment"]].set_axis(rows.index)
    levels = pd.get_dummies(rows["segment"], dtype=float, prefix="segment")
    return Binomial.of(rows, (rows[names] - means).join(levels), len(names))


def between_segments(rows: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    """Hold segments against one another, by one factor at a time.

    Parameters
    ----------
    rows, factors
        See :func:`segmentation.action.driver_rows.driver_rows`.

    Returns
    -------
    effects
        Empty where there are fewer than four segments, or they do not differ.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 3.0], "count": 1, "base": 2, "segment": "1"})
    >>> between_segments(rows, ["x"]).empty
    True
    """
    sums = rows.groupby("segment")[["count", "base"]].sum()
    if len(sums) < FEWEST_SEGMENTS:
        return pd.DataFrame()
    found = []
    for name in factors:
        weighted = (rows[name] * rows["base"]).groupby(rows["segment"]).sum()
        mean = weighted / sums["base"]
        if np.ptp(mean) > EQUAL:
            design = pd.DataFrame({name: mean - mean.mean(), "level": 1.0})
            model = Binomial.of(sums.assign(cluster=sums.index), design, 1)
            found.append(effects_of(fit_binomial(model, by_spread=True), [name]))
    if not found:
        return pd.DataFrame()
    return pd.concat(found).assign(level="between", n=len(sums))


def difference(
    rows: pd.DataFrame, factors: Sequence[str], name: str
) -> dict[str, object]:
    """Test whether the effect of one factor is the same in every segment.

    Parameters
    ----------
    rows, factors, name
        See :func:`segmentation.action.driver_rows.driver_rows`; one of the factors.

    Returns
    -------
    difference
        `factor`, `f`, `df` and `p_value`; the test is missing where there is one
        segment, or too few clusters for so many slopes.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 3.0], "count": 1, "base": 2, "segment": "1"})
    >>> difference(rows.assign(cluster=[1, 2]), ["x"], "x")["df"]
    0
    """
    model = within_segments(rows, factors)
    frame = model.frame(model.columns)
    others = list(model.columns[len(factors) + 1 :])
    more = frame[others].mul(frame[name], axis=0).add_suffix(f" x {name}")
    wider = model.with_more(more)
    none = {"factor": name, "f": np.nan, "df": more.shape[1], "p_value": np.nan}
    if not more.shape[1] or len(wider.columns) >= rows["cluster"].nunique():
        return none
    try:
        f, p_value = joint_test(fit_binomial(wider), list(more.columns))
    except SegmentError:
        return none
    return none | {"f": f, "p_value": p_value}


def by_segment(rows: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    """Fit each segment alone, where it has people enough.

    Parameters
    ----------
    rows, factors
        See :func:`segmentation.action.driver_rows.driver_rows`.

    Returns
    -------
    effects
        See :class:`segmentation.action.drivers.Drivers`.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 3.0], "count": 1, "base": 2, "segment": "1"})
    >>> by_segment(rows.assign(cluster=[1, 2]), ["x"])["why_none"].item()
    'fewer than 20 people have the outcome, or have it not: too few for 2 parameters'
    """
    names = list(factors)
    found = []
    for code in sorted(rows["segment"].unique(), key=natural):
        own = rows[rows["segment"] == code]
        sizes = {"n": len(own), "base": own["base"].sum(), "events": own["count"].sum()}
        table = pd.DataFrame({"factor": names})
        model = within_segments(own, factors)
        try:
            refuse_if_too_few(model)
            table = effects_of(fit_binomial(model), names).assign(why_none="")
        except SegmentError as why:
            table["why_none"] = str(why).split(". ", maxsplit=1)[0]
        found.append(table.assign(segment=code, **sizes))
    columns = ["segment", "factor", "odds_ratio", "low", "high"]
    columns += ["n", "base", "events", "why_none"]
    return pd.concat(found, ignore_index=True).reindex(columns=columns)


def joint_test(fitted: Fitted, names: Sequence[str]) -> tuple[float, float]:
    """Return Wald's F of several parameters being nought, and its p-value.

    Parameters
    ----------
    fitted
        What :func:`fit_binomial` returned.
    names
        Parameters among its columns.

    Examples
    --------
    >>> rows = pd.DataFrame({"count": [2, 3, 5] * 9, "base": 8, "cluster": range(27)})
    >>> rows["count"] += [0, 0, 0, 1, 1, 1, 0, 0, 0] * 3
    >>> design = pd.DataFrame({"x": [0.0, 1.0, 1.0] * 9, "level": 1.0})
    >>> f, p_value = joint_test(fit_binomial(Binomial.of(rows, design, 1)), ["x"])
    >>> f > 1, p_value < 0.001
    (True, True)
    """
    at = [fitted.model.columns.index(name) for name in names]
    b = fitted.log_odds[at]
    inner = fitted.covariance[np.ix_(at, at)]
    f = float(b @ np.linalg.solve(inner, b)) / len(at)
    return f, float(f_distribution.sf(f, len(at), fitted.freedom))
