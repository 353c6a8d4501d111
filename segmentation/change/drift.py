"""Drift: whether last year's segments still fit this year's areas.

Three things can go: the variables may hold other values than the segments were made
for, segments may swell or empty, and areas may move from one to another. Each is
measured, and a plain verdict says whether to keep the segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import inv_boxcox

from segmentation.change.drift_measures import (
    Before,
    feature_drift,
    reasons_of,
    segment_drift,
)
from segmentation.errors import SegmentError, few
from segmentation.share.assigning import assign
from segmentation.share.feature_specs import feature_values, known_variables
from segmentation.trust.compare import Agreement, agreement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmentation.share.feature_specs import Feature
    from segmentation.share.model import FeatureSummary, SharedModel

__all__ = ["Drift", "drift", "drift_of_model"]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How far this year's areas are from those that segments were made from.

    Parameters
    ----------
    verdict
        "still fits", "look again" or "refit", with `reasons` as sentences.
    features
        One row a variable: `n_before`, `n`, `psi` (population stability index),
        `by_chance` (what any would exceed one time in twenty without drift), `shift`
        of the mean in standard deviations with `low` and `high`, `outside` (share of
        rows outside the range of then, where known) and `drift`: "none", "some" or
        "great".
    segments
        One row a segment: `rows_before`, `rows`, `share_before`, `share`, its `change`
        with `low` and `high` (all shares of 1), and where known the mean distance to
        its centre, `distance_before` and `distance`. Empty where the shares of then
        are not known.
    outside
        Share of rows outside the range of then in one variable or more; missing
        where no range is known.
    moves
        Areas known both times, by segment then (down) and now (across).
    same
        How far both agree; `None`, as `moves`, where the segments of then are not
        given.
    n_before, n
        Rows.
    left_out
        Rows without a segment now.
    """

    verdict: str
    reasons: tuple[str, ...]
    features: pd.DataFrame
    segments: pd.DataFrame
    outside: float
    moves: pd.DataFrame | None
    same: Agreement | None
    n_before: int
    n: int
    left_out: int

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        flagged = self.features[self.features["drift"] != "none"]
        kept = ""
        if self.moves is not None:
            stayed = sum(
                int(self.moves.loc[code, code])
                for code in self.moves.index.intersection(self.moves.columns)
            )
            total = int(self.moves.to_numpy().sum())
            kept = f" {stayed:,} of {total:,} areas known both times kept theirs."
        known = not np.isnan(self.outside)
        outside = f"{100 * self.outside:.1f} %" if known else "an unknown number"
        why = f" {' '.join(self.reasons)}" if self.reasons else ""
        return (
            f"The segments {VERDICTS[self.verdict]}: {len(flagged)} of "
            f"{len(self.features)} variables moved; {outside} of {self.n:,} areas lie "
            f"outside the range of the {self.n_before:,} that the segments were made "
            f"from.{why}{kept} Areas without a segment now: {self.left_out:,}."
        )


VERDICTS: Final = {
    "still fits": "still fit",
    "look again": "need another look",
    "refit": "should be made again",
}


def drift(
    before: Before,
    features: pd.DataFrame,
    segments: pd.Series[str],
    *,
    distances: pd.Series[float] | None = None,
    earlier: pd.Series[str] | None = None,
) -> Drift:
    """Hold this year's areas against those that segments were made from.

    Parameters
    ----------
    before
        What the areas of then were like; see
        :class:`segmentation.change.drift_measures.Before`.
    features
        One row an area and one column a variable, in the units of `before`. Missing
        values are left out of the variable that lacks them.
    segments
        The segment that each of these areas is given now, on the same index; missing
        where it has none.
    distances
        Distance of each area to the centre of its segment.
    earlier
        Segment of each area then, by area code.

    Returns
    -------
    drift
        A variable drifts where its population stability index reaches 0.1 ("some") or
        0.25 ("great") [1]_ and is more than chance would give [2]_. To look again,
        one variable drifts, 5 % of areas more than chance would give (of n, one
        is the least and one the most) are outside, a segment's share changed by more
        than a quarter of itself and more than chance, or areas lie 25 % farther from
        their centres. To refit, a quarter of the variables drift
        greatly, or a segment is empty that was not. The last two sets of bounds are
        ours.

    Raises
    ------
    SegmentError
        If a variable is absent or unknown in every area, a value is infinite, no area
        has a segment, or the indices differ.

    References
    ----------
    .. [1] Siddiqi, N. (2006). Credit Risk Scorecards. Wiley.
    .. [2] Yurdakul, B. (2018). Statistical properties of population stability index.
       Western Michigan University. https://scholarworks.wmich.edu/dissertations/3208

    Examples
    --------
    >>> from segmentation.change.drift_measures import before_of
    >>> then = pd.DataFrame({"flats": [float(n % 100) for n in range(1000)]})
    >>> groups = (then["flats"] > 49).map({True: "1", False: "2"})
    >>> before = before_of(then, groups)
    >>> drift(before, then, groups).verdict
    'still fits'
    >>> drift(before, then + 60, groups).reasons[0]
    'Flats moved greatly (population stability index 4.33).'
    """
    _check(before, features, segments)
    known = segments.dropna().astype(str)
    measured, outside = feature_drift(before, features)
    parts = segment_drift(before, known, distances)
    found = reasons_of(measured, parts, outside)
    moves = same = None
    if earlier is not None:
        same = agreement(known, earlier)
        moves = same.table.T.rename_axis(index="then", columns="now")
    verdict = "look again" if found else "still fits"
    return Drift(
        verdict="refit" if any(found.values()) else verdict,
        reasons=tuple(found),
        features=measured,
        segments=parts,
        outside=outside,
        moves=moves,
        same=same,
        n_before=before.n,
        n=len(features),
        left_out=int(segments.isna().sum()),
    )


def drift_of_model(
    model: SharedModel, areas: pd.DataFrame, *, earlier: pd.Series[str] | None = None
) -> Drift:
    """Apply a shared segmentation to this year's areas, and see if it still fits.

    Parameters
    ----------
    model
        Last year's, read from its `segments.json`.
    areas
        This year's counts; see :func:`segmentation.share.assigning.assign`.
    earlier
        Segment of each area then, by area code.

    Raises
    ------
    SegmentError
        As :func:`drift`; and if the model holds no summary of its areas.

    Examples
    --------
    >>> from segmentation import SegmentRecipe, segment_areas
    >>> from segmentation.share.sharing import shared_model
    >>> areas = pd.DataFrame({"area_code": [f"E{n:02}" for n in range(40)]})
    >>> areas["flats"], areas["homes"] = range(40), 40
    >>> variables = {"flats": "flats / homes"}
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> found = segment_areas(areas, variables, recipe=recipe)
    >>> drift_of_model(shared_model(found, variables), areas).verdict
    'still fits'
    """
    if model.summary is None:
        msg = (
            "the model holds no summary of the areas it was made from, so nothing can "
            "be held against them. Make it again with this version of totalplace."
        )
        raise SegmentError(msg)
    summary, features = model.summary, model.features
    before = Before(
        features=pd.DataFrame(
            {each.name: _known(each, summary.features[each.name]) for each in features}
        ).T,
        n=model.made.rows or max(one.n for one in summary.features.values()),
        shares=None if summary.shares is None else pd.Series(summary.shares),
    )
    given = assign(model, areas)
    values = feature_values(model.features, model.variables, areas)
    places = pd.Series(range(len(model.codes)), list(model.codes))
    at = given.segments.map(places).fillna(0).astype(int).to_numpy()
    centres = model.grid.grid.values(model.centres)
    away = np.sqrt(((values - centres[at]) ** 2).sum(axis=1))
    known = known_variables(model.features, model.variables, areas)
    return drift(
        before,
        pd.DataFrame(known, index=areas.index),
        given.segments,
        distances=pd.Series(away, areas.index),
        earlier=earlier,
    )


def _known(feature: Feature, summary: FeatureSummary) -> dict[str, float]:
    """Return what is known of a variable then, its range if it was scaled by that."""
    deciles = np.array(summary.deciles)
    found = {"n": summary.n, "mean": summary.mean, "sd": summary.sd}
    found |= {str(at): each for at, each in enumerate(summary.deciles, start=1)}
    ends = np.array([feature.centre, feature.centre + feature.spread])
    bent = feature.bent(deciles)
    if ends[0] <= bent[0] < bent[-1] <= ends[1]:
        found["least"], found["most"] = _unbent(feature, ends)
    return found


def _unbent(feature: Feature, bent: NDArray[np.float64]) -> NDArray[np.float64]:
    match feature.transform:
        case "asinh":
            found = np.sinh(bent)
        case "log":
            found = np.expm1(bent)
        case "boxcox":
            found = inv_boxcox(bent, feature.power) - feature.shift
        case _:
            found = bent
    return np.asarray(found, dtype=np.float64)


def _check(before: Before, features: pd.DataFrame, segments: pd.Series[str]) -> None:
    absent = [name for name in before.features.index if name not in features]
    there = [name for name in before.features.index if name in features]
    empty = [name for name in there if features[name].isna().all()]
    endless = [name for name in there if np.isinf(features[name].astype(float)).any()]
    if absent or empty or endless:
        msg = (
            f"this year's areas lack {few(absent) or 'no variable'}; missing in every "
            f"area: {few(empty) or 'none'}; infinite somewhere: "
            f"{few(endless) or 'none'}. Supply each variable that the segments were "
            "made from, or make the segments again without it."
        )
        raise SegmentError(msg)
    if not segments.index.equals(features.index) or not segments.notna().any():
        msg = (
            f"segments of {int(segments.notna().sum())} areas were given with "
            f"variables of {len(features)}. Give both on one index, with a segment "
            "somewhere."
        )
        raise SegmentError(msg)
