"""Drivers: which factors go with an outcome, within segments and between them.

People of one segment who differ in a factor are a better comparison than people of
different segments, who differ in much else. So every factor is split in two: how far
a row is from its segment, and where the segment is. Going with is not causing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
from statsmodels.stats.multitest import multipletests

from segmentation.action.binomial import effects_of, fit_binomial, refuse_if_too_few
from segmentation.action.driver_effects import (
    FEWEST_SEGMENTS,
    between_segments,
    by_segment,
    difference,
    within_segments,
)
from segmentation.action.driver_rows import driver_rows, inflation
from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

__all__ = ["Drivers", "drivers"]

LEVEL: Final = 0.05
ENTANGLED: Final = 5  # variance inflation from which a factor's share is unsure
FEW_CLUSTERS: Final = 42  # clusters below which robust errors run small


@dataclass(frozen=True, kw_only=True)
class Drivers:
    """Which factors go with an outcome, and on what evidence.

    Parameters
    ----------
    outcome
        What was looked at.
    effects
        One row a factor and level ("within" segments, or "between" them):
        `odds_ratio` of one standard deviation more of the factor with `low` and
        `high`; the same as percentage `points` with `points_low` and `points_high`;
        `p_value`, and `adjusted_p` after Holm over all rows of this table; `sd` of
        the factor, and `n`: rows within, segments between. Intervals are of 95 %.
    by_segment
        One row a segment and factor: `odds_ratio`, `low`, `high`, `n`, `base`,
        `events` and `why_none`, which says why a segment has no odds ratio.
    differ
        One row a factor: does its odds ratio differ between segments? `f`, `df`,
        `p_value` and `adjusted_p` after Holm over the factors.
    n, base, events
        Rows, people and people with the outcome that the effects rest on.
    clusters
        Groups of rows that are alike; the rows themselves, if none was named.
    explained_by_segments, explained
        Share of the deviance that segments explain alone, and with the factors.
    dispersion
        Pearson's chi-squared by its degrees of freedom: 1 where people of a row are
        independent.
    left_out
        Why rows were left out -> how many.
    cautions
        What to bear in mind, as sentences.
    """

    outcome: str
    effects: pd.DataFrame
    by_segment: pd.DataFrame
    differ: pd.DataFrame
    n: int
    base: float
    events: float
    clusters: int
    explained_by_segments: float
    explained: float
    dispersion: float
    left_out: pd.Series[int]
    cautions: tuple[str, ...]

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        found = self.effects[self.effects["adjusted_p"] < LEVEL]
        said = [_said(row, self.outcome) for row in found.to_dict("records")]
        none = f"No factor was shown to go with {self.outcome}."
        return (
            f"{' '.join(said) or none} {len(self.effects)} effects were tested "
            f"together (Holm, 5 %), on {self.n:,} rows with a base of "
            f"{self.base:,.0f} in {self.clusters:,} clusters; segments alone explain "
            f"{100 * self.explained_by_segments:.1f} % of the deviance, with the "
            f"factors {100 * self.explained:.1f} %. Rows left out: "
            f"{int(self.left_out.sum()):,}. What goes with an outcome need not "
            "cause it."
        )


def _said(row: Mapping[Hashable, object], outcome: str) -> str:
    where = "Within segments" if row["level"] == "within" else "Between segments"
    return (
        f"{where}, one standard deviation more of {row['factor']} goes with "
        f"{row['points']:+.1f} percentage points of {outcome} (95 % interval "
        f"{row['points_low']:+.1f} to {row['points_high']:+.1f}; odds ratio "
        f"{row['odds_ratio']:.2f})."
    )


def drivers(
    table: pd.DataFrame,
    outcome: str | tuple[str, str],
    factors: Sequence[str],
    *,
    segments: str,
    cluster: str | None = None,
) -> Drivers:
    """Ask which factors go with an outcome, within segments and between them.

    Parameters
    ----------
    table
        One row a person or an area. Left as it is.
    outcome
        Column of 0 and 1 (a person is satisfied, or not), or two columns, the count
        and its base (of an area).
    factors
        Columns of numbers.
    segments
        Column of each row's segment.
    cluster
        Column of what makes rows alike, such as the area of a person; without it,
        rows are taken to be independent of one another, people of a row are not.

    Returns
    -------
    drivers
        The same for any order of rows. Factors are split as Mundlak does [2]_.
        Within: a binomial model of the outcome on
        all factors, each less its segment's mean, and on the segments, with errors
        that allow for clusters [1]_ and Student's t of the clusters less one.
        Between: the outcome of the segments on the segments' mean of one factor at
        a time (there are too few segments for all), with the spread of the segments
        themselves and Student's t of the segments less two. Effects are of one
        standard deviation of the factor over all rows; percentage points are the
        average over the rows' people. A segment where nobody or everybody has the
        outcome tells nothing within segments, and is named among the cautions.

    Raises
    ------
    SegmentError
        If a column is absent or not of its kind, a factor does not vary within
        segments or is made up of others, there are fewer than 10 events (or
        non-events) a parameter [3]_, fewer than 10 clusters or no more clusters than
        parameters, or a factor tells the outcome without fail.

    References
    ----------
    .. [1] Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to
       cluster-robust inference. Journal of Human Resources 50 (2), 317-372.
       https://doi.org/10.3368/jhr.50.2.317
    .. [2] Mundlak, Y. (1978). On the pooling of time series and cross section data.
       Econometrica 46 (1), 69-85. https://doi.org/10.2307/1913646
    .. [3] Peduzzi, P., Concato, J., Kemper, E., Holford, T. R. and Feinstein, A. R.
       (1996). A simulation study of the number of events per variable in logistic
       regression analysis. Journal of Clinical Epidemiology 49 (12), 1373-1379.
       https://doi.org/10.1016/S0895-4356(96)00236-3

    Examples
    --------
    >>> areas = pd.DataFrame({"waited": [1, 2, 3, 4] * 10, "seen": 100})
    >>> areas["satisfied"] = 80 - 5 * areas["waited"] + areas.index % 3
    >>> areas["segment"] = ["1"] * 20 + ["2"] * 20
    >>> found = drivers(areas, ("satisfied", "seen"), ["waited"], segments="segment")
    >>> found.effects[["factor", "level", "points"]].round(1).to_dict("records")
    [{'factor': 'waited', 'level': 'within', 'points': -5.6}]
    """
    rows, left_out = driver_rows(table, outcome, factors, segments, cluster)
    name = outcome if isinstance(outcome, str) else outcome[0]
    spread = rows[list(factors)].std()
    rows[list(factors)] = rows[list(factors)] / spread
    used, silent = _telling(rows)
    whole = within_segments(used, factors)
    refuse_if_too_few(whole)
    fitted = fit_binomial(whole)
    bare = fit_binomial(whole.with_only(whole.columns[len(factors) :]))
    within = effects_of(fitted, list(factors))
    effects = pd.concat(
        [within.assign(level="within", n=len(used)), between_segments(rows, factors)],
        ignore_index=True,
    )
    effects["sd"] = effects["factor"].map(spread)
    effects["adjusted_p"] = _holm(effects["p_value"])
    differ = pd.DataFrame([difference(used, factors, each) for each in factors])
    differ["adjusted_p"] = _holm(differ["p_value"])
    entangled = inflation(whole.frame(factors))
    return Drivers(
        outcome=name,
        effects=effects,
        by_segment=by_segment(rows, factors),
        differ=differ,
        n=len(used),
        base=float(used["base"].sum()),
        events=float(used["count"].sum()),
        clusters=int(used["cluster"].nunique()),
        explained_by_segments=bare.explained,
        explained=fitted.explained,
        dispersion=fitted.dispersion,
        left_out=left_out,
        cautions=_cautions(used, silent, entangled),
    )


def _telling(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Part segments where some but not all have the outcome from the others."""
    sums = rows.groupby("segment")[["count", "base"]].sum()
    silent = sums.index[(sums["count"] == 0) | (sums["count"] == sums["base"])]
    used = rows[~rows["segment"].isin(silent)]
    if used.empty:
        msg = (
            f"in each of {len(sums)} segments nobody or everybody has the outcome. "
            "Choose an outcome that some have and others have not."
        )
        raise SegmentError(msg)
    return used, silent.tolist()


def _holm(p_values: pd.Series[float]) -> pd.Series[float]:
    adjusted = p_values.copy()
    known = p_values.notna()
    if known.any():
        adjusted[known] = multipletests(p_values[known], method="holm")[1]
    return adjusted


def _cautions(
    rows: pd.DataFrame, silent: list[str], entangled: pd.Series[float]
) -> tuple[str, ...]:
    clusters = rows["cluster"].nunique()
    said = [
        f"{name} is entangled with other factors (variance inflation {value:.1f}): "
        "how much goes with it alone is unsure."
        for name, value in entangled.items()
        if value > ENTANGLED
    ]
    if clusters < FEW_CLUSTERS:
        said.append(f"There are only {clusters} clusters: intervals may be too narrow.")
    if silent:
        said.append(
            f"In segments {', '.join(silent)} nobody or everybody has the outcome: "
            "they tell nothing within segments."
        )
    if rows["segment"].nunique() + len(silent) < FEWEST_SEGMENTS:
        said.append(
            f"Fewer than {FEWEST_SEGMENTS} segments: they are not held against one "
            "another."
        )
    return tuple(said)
