"""Effects of factors: within segments, between them, and from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.binomial import (
    Binomial,
    effects_of,
    fit_binomial,
    joint_test,
    refuse_if_too_few,
)
from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FEWEST_SEGMENTS",
    "between_segments",
    "by_segment",
    "difference",
    "within_segments",
]

FEWEST_SEGMENTS: Final = 4  # to hold segments against one another
EQUAL: Final = 1e-9


def within_segments(rows: pd.DataFrame, factors: Sequence[str]) -> Binomial:
    """Return the model of the factors within segments, one level a segment."""
    names = list(factors)
    total = rows["base"].groupby(rows["segment"]).sum()
    weighted = rows[names].mul(rows["base"], axis=0).groupby(rows["segment"]).sum()
    means = weighted.div(total, axis=0).loc[rows["segment"]].set_axis(rows.index)
    levels = pd.get_dummies(rows["segment"], dtype=float, prefix="segment")
    return Binomial.of(rows, (rows[names] - means).join(levels), len(names))


def between_segments(rows: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    """Hold segments against one another, by one factor at a time."""
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
    return pd.concat(found).assign(level="between", n=len(sums))


def difference(
    rows: pd.DataFrame, factors: Sequence[str], name: str
) -> dict[str, object]:
    """Test whether the effect of one factor is the same in every segment."""
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
    """Fit each segment alone, where it has people enough."""
    names = list(factors)
    found = []
    for code, own in rows.groupby("segment"):
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
