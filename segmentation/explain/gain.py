"""Gain: how well segments sort an area's people by an outcome that they should tell.

Take the segments from the highest rate of the outcome to the lowest. The gain curve
says what share of the outcome is found in the first so many of the people; Gini is
how far it lies above the diagonal, where segments tell nothing: 0 for nothing, 1 for
all of the outcome in next to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from segmentation.codes import natural
from segmentation.errors import SegmentError, few
from segmentation.explain.lorenz import (
    MEASURES,
    added,
    adder,
    draws,
    gini,
    halvings,
    held_out,
    measures,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from segmentation.explain.outcomes import Outcome

__all__ = ["Gain", "gain", "gain_curve", "gains"]

Numbers: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True, kw_only=True)
class Gain:
    """How well a set of segments sorts people by an outcome, and on what evidence.

    Parameters
    ----------
    outcome
        Its name.
    measures
        Rows "gini", "found_10", "found_20" and "found_30" (share of the outcome in
        the 10, 20 and 30 % of the base with the highest rates) and "eta_squared"
        (share of the variance between areas, weighted by base, that lies between
        segments); columns `value`, `low`, `high`: 95 % bootstrap interval.
    held_out
        Gini where the order is learnt on half of the areas and measured on the
        other, mean of 20 halvings and both ways: free of the flattery of ordering
        segments by the figures they are measured on.
    ceiling
        Gini with each area a segment of its own: more than any segments can have,
        chance included.
    curve
        One row a segment from the highest rate to the lowest; see
        :func:`gain_curve`.
    n, count, base
        Areas, and the sums of the two figures over them.
    left_out
        Area code -> what it lacks, of areas that could not be used.
    """

    outcome: str
    measures: pd.DataFrame
    held_out: float
    ceiling: float
    curve: pd.DataFrame
    n: int
    count: float
    base: float
    left_out: pd.Series[str]

    @property
    def gini(self) -> float:
        """Gini of the segments."""
        return float(self.measures["value"]["gini"])

    @property
    def of_ceiling(self) -> float:
        """Share of the ceiling that the segments reach."""
        return self.gini / self.ceiling if self.ceiling > 0 else float("nan")

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        value, low, high = self.measures.loc["gini"]
        found = 100 * self.measures["value"]["found_20"]
        left_out = f" Areas left out: {len(self.left_out):,}."
        return (
            f"{self.outcome}: {len(self.curve)} segments reach a Gini of {value:.3f} "
            f"(95 % interval {low:.3f} to {high:.3f}), {self.held_out:.3f} where the "
            "order is learnt on half of the areas and measured on the other; each area "
            f"a segment of its own reaches {self.ceiling:.3f}. The 20 % in segments "
            f"with the highest rates hold {found:.1f} % of the outcome "
            f"({self.count:,.0f} over a base of {self.base:,.0f}, n = {self.n:,} "
            f"areas).{left_out if len(self.left_out) else ''}"
        )


def gain(
    outcome: Outcome, segments: pd.Series[str], *, resamples: int = 999, seed: int = 0
) -> Gain:
    """Measure how well segments sort people by an outcome.

    Parameters
    ----------
    outcome
        What :func:`outcome_of` returned, or counts of your own.
    segments
        Segment of each area, indexed by area code, in any order.
    resamples
        How many times to draw the areas again, with replacement, for the intervals.
    seed
        Seed of the resamples and the halvings.

    Returns
    -------
    gain
        Gini is twice the area between the curve and the diagonal [1]_. Quantiles
        are taken about the mean of the resamples, since ordering flatters each of
        them too. Areas of one neighbourhood are alike, so the interval is the least
        doubt there is.

    Raises
    ------
    SegmentError
        If an area is given twice, a figure is negative or endless, fewer than two
        areas can be used, none has the outcome, or there are fewer than 2 resamples.

    References
    ----------
    .. [1] Gastwirth, J. L. (1972). The estimation of the Lorenz curve and Gini
       index. Review of Economics and Statistics 54 (3), 306-316.
       https://doi.org/10.2307/1937992

    Examples
    --------
    >>> from segmentation.explain.outcomes import Outcome
    >>> areas = ["E1", "E2", "E3", "E4"]
    >>> ill = Outcome(
    ...     name="Ill health",
    ...     count=pd.Series([30.0, 30.0, 10.0, 10.0], areas),
    ...     base=pd.Series(100.0, areas),
    ... )
    >>> found = gain(ill, pd.Series(["1", "1", "2", "2"], areas))
    >>> found.gini, found.ceiling, found.measures["value"].round(2)["found_20"]
    (0.25, 0.25, np.float64(0.3))
    """
    (found,), _ = gains(outcome, {"": segments}, resamples=resamples, seed=seed)
    return found


def gain_curve(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the points of the gain curve of segments.

    Parameters
    ----------
    sums
        One row a segment, indexed by its code, with its `count` and `base`.

    Returns
    -------
    curve
        From the highest rate to the lowest, in the order of the codes on a tie
        (which moves no point that matters): `segment`, `count`, `base`, and the
        shares of all of the base (`reached`) and of the outcome (`found`) in the
        segments so far, 0 to 1. A segment without a base is left out.

    Examples
    --------
    >>> sums = pd.DataFrame({"count": [10, 30], "base": [100, 100]}, index=["1", "2"])
    >>> gain_curve(sums)[["segment", "reached", "found"]]
      segment  reached  found
    0       2      0.5   0.75
    1       1      1.0   1.00
    """
    known = sums[sums["base"] > 0]
    known = known.loc[sorted(known.index, key=natural)]
    rate = (known["count"] / known["base"]).sort_values(ascending=False, kind="stable")
    ordered = known.loc[rate.index, ["count", "base"]]
    shares = ordered.cumsum() / ordered.sum()
    return (
        ordered.assign(reached=shares["base"], found=shares["count"])
        .rename_axis("segment")
        .reset_index()
    )


def gains(
    outcome: Outcome,
    groupings: Mapping[str, pd.Series[str]],
    *,
    resamples: int,
    seed: int,
) -> tuple[list[Gain], Numbers]:
    """Measure several groupings on the same areas and the same resamples.

    Returns
    -------
    gains, drawn
        A result a grouping, and Gini of each (row) in each resample (column).
    """
    if resamples < 2:  # noqa: PLR2004 - an interval needs two
        msg = f"{resamples} resamples give no interval. Ask for 2 or more, such as 999."
        raise SegmentError(msg)
    groups = {
        f"segment of {name}" if name else "segment": each
        for name, each in groupings.items()
    }
    rows, left_out = _usable(outcome, groups)
    adders = {name: adder(rows, name) for name in groups}
    of_draws = added(adders, draws(len(rows), resamples, seed))
    of_halves = added(adders, halvings(len(rows), seed))
    count, base = rows["count"].to_numpy(), rows["base"].to_numpy()
    ceiling = gini(count, base)
    found, drawn = [], []
    for name in groups:
        whole = adders[name] @ np.ones((len(rows), 1))
        again = measures(of_draws[name])
        drawn.append(again[0])
        found.append(
            Gain(
                outcome=outcome.name,
                measures=_with_intervals(measures(whole)[:, 0], again),
                held_out=held_out(of_halves[name], whole),
                ceiling=ceiling,
                curve=gain_curve(rows[["count", "base"]].groupby(rows[name]).sum()),
                n=len(rows),
                count=float(count.sum()),
                base=float(base.sum()),
                left_out=left_out,
            )
        )
    return found, np.array(drawn)


def _with_intervals(value: Numbers, again: Numbers) -> pd.DataFrame:
    away = again - again.mean(axis=1, keepdims=True)
    low, high = value + np.quantile(away, [0.025, 0.975], axis=1)
    ends = {"value": value, "low": low.clip(0), "high": high.clip(None, 1)}
    return pd.DataFrame(ends, MEASURES)


def _usable(
    outcome: Outcome, groupings: Mapping[str, pd.Series[str]]
) -> tuple[pd.DataFrame, pd.Series[str]]:
    """Return the areas, in the order of their codes, of which everything is known."""
    given: dict[str, pd.Series] = {"count": outcome.count, "base": outcome.base}
    given |= groupings
    twice = [name for name, each in given.items() if each.index.has_duplicates]
    if twice:
        msg = f"{few(twice)} give an area twice. Keep one row an area."
        raise SegmentError(msg)
    rows = pd.concat(given, axis="columns").sort_index()
    figures = rows[["count", "base"]].astype("float64")
    bad = rows.index[((figures < 0) | np.isinf(figures)).any(axis=1)]
    if len(bad):
        msg = (
            f"{outcome.name}: a count or base is negative or endless in {len(bad)} of "
            f"{len(rows)} areas: {few(bad.tolist())}. Mend it at its source."
        )
        raise SegmentError(msg)
    rows[["count", "base"]] = figures.mask(figures["base"] == 0)
    lacks = rows.isna()
    usable = rows[~lacks.any(axis=1)].astype(dict.fromkeys(groupings, "str"))
    if len(usable) < 2 or not usable["count"].sum() > 0:  # noqa: PLR2004 - to compare
        msg = (
            f"{outcome.name}: {len(usable)} of {len(rows)} areas have a count, a base "
            f"above 0 and a segment; their counts sum to {usable['count'].sum():g}. "
            "Index all by the same area codes, and choose an outcome that occurs."
        )
        raise SegmentError(msg)
    missing = lacks[lacks.any(axis=1)]
    said = [", ".join(missing.columns[row]) for row in missing.to_numpy()]
    return usable, pd.Series(said, missing.index, name="missing", dtype="str")
