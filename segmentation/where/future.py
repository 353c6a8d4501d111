"""Future hotspots: areas that look like today's hotspots, but are not ones yet.

A model learns from the drivers (what is known of an area and of its surroundings)
which areas are hot today. Each area's likeness is judged by a model that has seen
neither the area nor its part of the place, or it would only remember. An area that
is not hot, yet at least as like as half of today's hotspots, is named. Likeness is
not a forecast: where two periods are known, `backtest` says how many of
the areas named in the first became hot in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.sparse import eye_array
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from segmentation.errors import SegmentError, few
from segmentation.where.parts import parts_of
from segmentation.where.skill import Skill, skill_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmentation.where.neighbours import Neighbours

__all__ = ["FutureHotspots", "future_hotspots"]

LEAST: Final = 20  # areas, hot or not, from which anything can be learnt
HELD_OUT: Final = 3  # halvings: each of 8 parts of the place is held out once
DRAWN: Final = 6  # halvings: up to 64 parts are drawn again for the intervals
SHRINK: Final = 0.1  # inverse strength of the ridge penalty, on standardised drivers
NEITHER: Final = "neither"


@dataclass(frozen=True, kw_only=True)
class FutureHotspots:
    """Areas that look like today's hotspots, and how far to believe it.

    Parameters
    ----------
    table
        One row an area that could be judged, sorted by `area_code`: `hot` (today),
        `probability` (out of fold, that it is hot today by its drivers) and `class`:
        "hot now", "looks hot" or "neither".
    skill
        How well the probabilities tell hot areas from others.
    threshold
        The median probability of the areas that are hot today, or their share of all
        areas if that is more.
    left_out
        Area code -> why it was not judged.
    drivers
        What the model was told.
    parts
        How many parts of the place were held out by turns.
    kind
        "hot", or whatever else was learnt, such as "high".
    """

    table: pd.DataFrame
    skill: Skill
    threshold: float
    left_out: pd.Series[str]
    drivers: tuple[str, ...]
    parts: int
    kind: str = "hot"

    @property
    def named(self) -> pd.Index[str]:
        """The areas that look hot, and are not today."""
        return self.table.index[self.table["class"] == f"looks {self.kind}"]

    def _so_today(self) -> float:
        """Return the per cent of areas at or above the threshold that are hot today."""
        alike = self.table["probability"] >= self.threshold
        return float(100 * self.table.loc[alike, "hot"].mean())

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        hot = int(self.table["hot"].sum())
        rest = len(self.table) - hot
        if self.skill.beats_base_rate:
            said = (
                f"{len(self.named):,} of {rest:,} areas that are not {self.kind} today "
                f"look {self.kind} by {len(self.drivers)} drivers: at least as much as "
                f"half of today's {hot:,} {self.kind} areas. Of all that look so, "
                f"{self._so_today():.0f} % are {self.kind} today. Looking alike is not "
                "a forecast."
            )
        else:
            said = (
                f"No area is named: {len(self.drivers)} drivers do not tell today's "
                f"{hot:,} {self.kind} areas from the other {rest:,} better than their "
                "share of all areas does."
            )
        said += f" Judged by {self.parts} parts of the place held out by turns: "
        left_out = f" {len(self.left_out):,} areas could not be judged."
        return f"{said}{self.skill}{left_out if len(self.left_out) else ''}"


def future_hotspots(
    drivers: pd.DataFrame,
    hot: pd.Series[bool],
    near: Neighbours,
    *,
    kind: str = "hot",
    resamples: int = 999,
    seed: int = 0,
) -> FutureHotspots:
    """Find areas that look like today's hotspots by their drivers.

    Parameters
    ----------
    drivers
        One row an area and one column a driver, indexed by area code, such as
        :func:`segmentation.rates` returns. Leave out what the hotspots are made of.
    hot
        Whether each area is hot today, such as `Hotspots.hot`; missing where not
        known. Where few are, or all lie together, nothing can be learnt of one part
        from the others: then `Hotspots.high` says more.
    near
        The neighbours: a driver counts twice, as it is in the area and as the mean
        of the area and its neighbours.
    kind
        What `hot` says of an area, for the sentences: "hot" or "high".
    resamples, seed
        For the intervals of the skill.

    Returns
    -------
    future
        From a logistic regression with a ridge penalty. The place is cut into eight
        compact parts by halving; each is judged by a model of the others, without
        the areas that border on the part [1]_. Where the model does not beat the
        base rate, no area is named. The same for any order of the rows.

    Raises
    ------
    SegmentError
        If fewer than 20 areas can be judged, none or all of them are hot, a driver
        is not finite numbers, or areas are given twice or unknown to the neighbours.

    References
    ----------
    .. [1] Roberts, D. R. et al. (2017). Cross-validation strategies for data with
       temporal, spatial, hierarchical, or phylogenetic structure. Ecography 40 (8),
       913-929. https://doi.org/10.1111/ecog.02881

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from segmentation.where.neighbours import neighbours
    >>> squares = [box(x, y, x + 1, y + 1) for y in range(12) for x in range(12)]
    >>> codes = pd.Index([f"E{n:03}" for n in range(144)], name="area_code")
    >>> areas = gpd.GeoDataFrame(geometry=squares, index=codes, crs="EPSG:27700")
    >>> poor = [n % 4 < 2 for n in range(144)]
    >>> drivers = pd.DataFrame({"poverty": [30 * each for each in poor]}, codes)
    >>> hot = pd.Series(poor, codes)
    >>> hot["E064"] = False
    >>> found = future_hotspots(drivers, hot, neighbours(areas, gap=0), resamples=99)
    >>> found.named.tolist()
    ['E064']
    """
    known, is_hot, left_out = _known(drivers, hot, near)
    features = _features(known, near)
    points = near.points.loc[known.index].to_numpy()
    parts = parts_of(points, HELD_OUT)
    pairs = near.among(known.index)
    probability, share = np.empty(len(known)), np.empty(len(known))
    for part in np.unique(parts):
        held = parts == part
        learnt = ~held & (pairs @ held.astype(float) == 0)
        learnt &= pairs.T @ held.astype(float) == 0
        probability[held] = _judged(features, is_hot, learnt, held)
        share[held] = is_hot[learnt].mean() if learnt.any() else is_hot[~held].mean()
    probability = probability.round(9)  # beyond which arithmetic may differ
    skill = skill_of(
        is_hot, probability, share, parts_of(points, DRAWN), resamples=resamples,
        seed=seed,
    )  # fmt: skip
    threshold = max(float(np.median(probability[is_hot])), float(is_hot.mean()))
    alike = skill.beats_base_rate & (probability >= threshold)
    return FutureHotspots(
        table=pd.DataFrame(
            {
                "hot": is_hot,
                "probability": probability,
                "class": np.select(
                    [is_hot, alike], [f"{kind} now", f"looks {kind}"], NEITHER
                ),
            },
            known.index.rename("area_code"),
        ),
        skill=skill,
        threshold=threshold,
        left_out=left_out,
        drivers=tuple(map(str, drivers.columns)),
        parts=len(np.unique(parts)),
        kind=kind,
    )


def _known(
    drivers: pd.DataFrame, hot: pd.Series[bool], near: Neighbours
) -> tuple[pd.DataFrame, NDArray[np.bool_], pd.Series[str]]:
    """Return the areas that can be judged, sorted, and why the others cannot."""
    for what, index in (("drivers", drivers.index), ("hot", hot.index)):
        twice = index[index.duplicated()].unique().tolist()
        strange = index.difference(near.points.index).tolist()
        if twice or strange:
            msg = (
                f"{what}: areas given twice: {few(twice) or 'none'}; unknown to the "
                f"neighbours: {few(strange) or 'none'}. Give each area of the "
                "neighbours one row."
            )
            raise SegmentError(msg)
    values = drivers.reindex(near.points.index)
    if values.empty or np.isinf(values.to_numpy(dtype=np.float64)).any():
        msg = (
            f"drivers are {few(list(drivers.columns)) or 'none'}, and should be finite "
            "numbers or missing. Name at least one; make endless values missing."
        )
        raise SegmentError(msg)
    status = hot.reindex(values.index)
    reasons = pd.Series("", values.index, dtype="str")
    reasons[values.isna().any(axis=1)] = "a driver is missing"
    reasons[status.isna()] = "not known whether it is hot"
    kept = values[reasons == ""].astype("float64")
    is_hot = status[kept.index].to_numpy(dtype=bool)
    if len(kept) < LEAST or is_hot.all() or not is_hot.any():
        msg = (
            f"{len(kept)} areas have every driver, of which {is_hot.sum()} are hot. "
            f"Learning what a hotspot looks like takes {LEAST} areas, some hot and "
            "some not."
        )
        raise SegmentError(msg)
    return kept, is_hot, reasons[reasons != ""]


def _features(known: pd.DataFrame, near: Neighbours) -> NDArray[np.float64]:
    """Return each driver in the area, and its mean over the area and its neighbours."""
    own = known.to_numpy()
    around = near.among(known.index) + eye_array(len(known))
    mean = (around @ own) / np.asarray(around.sum(axis=1)).reshape(-1, 1)
    return np.hstack([own, mean])


def _judged(
    features: NDArray[np.float64],
    is_hot: NDArray[np.bool_],
    learnt: NDArray[np.bool_],
    held: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the probability of the areas held out, from those learnt."""
    if not learnt.any() or is_hot[learnt].all() or not is_hot[learnt].any():
        share = is_hot[learnt if learnt.any() else ~held].mean()
        return np.full(held.sum(), share)  # nothing to tell apart: the base rate
    scale = StandardScaler().fit(features[learnt])
    model = LogisticRegression(C=SHRINK, max_iter=1_000)
    model.fit(scale.transform(features[learnt]), is_hot[learnt])
    found: NDArray[np.float64] = model.predict_proba(scale.transform(features[held]))
    return found[:, 1]
