"""Campaign effects: treated areas against those held out, once outcomes are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd
from scipy.stats import t
from statsmodels.regression.linear_model import WLS

from segmentation.action.campaigns import LEAST
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area

__all__ = ["CampaignEffect", "evaluate_campaign"]

NOISE: Final = 1e-9  # percentage points that arithmetic alone leaves


@dataclass(frozen=True, kw_only=True)
class CampaignEffect:
    """What a campaign changed: treated areas against those held out.

    Parameters
    ----------
    difference, low, high
        Treated less held out, in percentage points, with a 95 % interval.
    p_value
        Of no difference, two-sided.
    table
        One row a side: `areas`, `count`, `base`, `rate`.
    left_out
        Areas of the design without a known outcome, sorted.
    """

    difference: float
    low: float
    high: float
    p_value: float
    table: pd.DataFrame
    left_out: tuple[str, ...]

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        treated, held = self.table.loc["treated"], self.table.loc["held out"]
        shown = "" if self.low > 0 or self.high < 0 else " No difference was shown."
        return (
            f"The outcome befell {treated['rate']:.1f} per cent of "
            f"{treated['base']:,.0f} in {treated['areas']:.0f} treated areas and "
            f"{held['rate']:.1f} per cent of {held['base']:,.0f} in "
            f"{held['areas']:.0f} held out; within strata the difference is "
            f"{self.difference:+.1f} percentage points (95 % interval {self.low:+.1f} "
            f"to {self.high:+.1f}, p = {self.p_value:.3f}).{shown} Areas without a "
            f"known outcome: {len(self.left_out):,}."
        )


def evaluate_campaign(design: pd.DataFrame, results: pd.DataFrame) -> CampaignEffect:
    """Compare treated areas with those held out, within the strata of the lot.

    Parameters
    ----------
    design
        One row an area on `area_code`, with its `stratum` and `side`: the table of
        what :func:`hold_out_areas` returned before the campaign.
    results
        One row an area, with `area_code` as a column or as the index, and `count`
        (whom the outcome befell) of `base`. Areas that the design did not list do
        not count.

    Returns
    -------
    effect
        The areas' rates regressed on the side and the strata, weighted by base, with
        an interval that lets areas differ (HC3 [1]_, which few areas need) and
        Student's t of the areas less the strata less one. A stratum whose known areas
        are all of one side has nothing to compare, and counts in `table` alone.

    Raises
    ------
    SegmentError
        If a count is out of range, or fewer than 4 areas of a side have an outcome
        and an area of the other side in their stratum.

    References
    ----------
    .. [1] MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent
       covariance matrix estimators with improved finite sample properties. Journal
       of Econometrics 29 (3), 305-325.
       https://doi.org/10.1016/0304-4076(85)90158-7

    Examples
    --------
    >>> from segmentation.action.campaigns import hold_out_areas
    >>> from segmentation.action.targets import target_list
    >>> codes = pd.Index([f"E{n:02}" for n in range(20)], name="area_code")
    >>> areas = pd.DataFrame({"no_alarm": range(10, 30), "homes": 100}, index=codes)
    >>> found = target_list(areas, "no_alarm / homes", pd.Series("1", codes))
    >>> design = hold_out_areas(found, share=0.25)
    >>> fitted = 20 + 10 * (design.table["side"] == "treated")
    >>> after = pd.DataFrame({"count": fitted, "base": 100})
    >>> round(evaluate_campaign(design.table, after).difference, 1)
    10.0
    """
    after = indexed_by_area(results)
    absent = [name for name in ("count", "base") if name not in after]
    if absent:
        msg = (
            f"results lack {few(absent)}; they have {few(list(after.columns))}. Give "
            "the count whom the outcome befell, and its base."
        )
        raise SegmentError(msg)
    joined = design[["stratum", "side"]].join(after[["count", "base"]])
    joined = joined.sort_index(key=lambda codes: codes.astype(str))
    known = joined[joined[["count", "base"]].notna().all(axis=1)]
    bad = ~((known["count"] >= 0) & (known["count"] <= known["base"]))
    known = known[known["base"] > 0]
    compared = known[known.groupby("stratum")["side"].transform("nunique") > 1]
    sides = (
        compared["side"].value_counts().reindex(["treated", "held out"], fill_value=0)
    )
    if bad.any() or sides.min() < LEAST:
        msg = (
            f"{int(bad.sum())} areas have a count that is not from 0 up to their base, "
            f"such as {few(bad.index[bad].tolist()) or 'none'}; {sides['treated']} "
            f"treated areas and {sides['held out']} held out have an outcome and one "
            f"to compare in their stratum, and {LEAST} of each are needed. Mend the "
            "counts, or supply more results."
        )
        raise SegmentError(msg)
    strata = pd.get_dummies(compared["stratum"], dtype=float)
    treated = (compared["side"] == "treated").astype(float)
    rate = 100 * compared["count"] / compared["base"]
    model = WLS(rate, strata.assign(treated=treated), weights=compared["base"])
    fitted = model.fit(cov_type="HC3")
    gap, error = float(fitted.params["treated"]), float(fitted.bse["treated"])
    freedom = float(fitted.df_resid)
    half = float(t.ppf(0.975, freedom)) * error
    sums = known.groupby("side")[["count", "base"]].sum()
    areas = known["side"].value_counts()
    table = sums.assign(areas=areas, rate=100 * sums["count"] / sums["base"])
    return CampaignEffect(
        difference=gap,
        low=gap - half,
        high=gap + half,
        p_value=_p_value(gap, error, freedom),
        table=table,
        left_out=tuple(sorted(map(str, joined.index.difference(known.index)))),
    )


def _p_value(gap: float, error: float, freedom: float) -> float:
    if error > NOISE:
        return float(2 * t.sf(abs(gap) / error, freedom))
    return float(abs(gap) <= NOISE)
