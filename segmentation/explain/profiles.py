"""Profiles: what sets a segment apart from the place that it is part of.

An index of 100 is the place's average; 200 is twice as common in the segment. A
segment's rate is pooled, all its people counted once, and never the mean of its
areas' rates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, t

from segmentation.codes import natural
from segmentation.errors import SegmentError, few
from segmentation.explain.intervals import design_effect, wilson
from segmentation.features.variables import (
    Variable,
    counts,
    indexed_by_area,
    rates,
    read_variables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AVERAGE", "FALSE_DISCOVERIES", "index_scores"]

AVERAGE: Final = 100
FALSE_DISCOVERIES: Final = (
    0.05  # share of the differences called clear that chance may have made
)
Figures: TypeAlias = "pd.Series[float]"


def index_scores(
    areas: pd.DataFrame, variables: Mapping[str, str], segments: pd.Series[str]
) -> pd.DataFrame:
    """Return what every segment has of every variable, against the whole place.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index. All of them
        together are the place, segmented or not.
    variables
        Label -> notation; see :func:`segmentation.read_variables`.
    segments
        Segment of each area, indexed by area code. Areas that it lacks, or where
        it is missing, count towards the place only.

    Returns
    -------
    profile
        One row a segment and variable, in the order of the segments' codes and of
        `variables`, with the columns

        - `segment`, `variable`, `measure` ("share" or "mean");
        - `count`, the sum of numerators (missing for a mean);
        - `base`, the sum of denominators (for a mean: areas);
        - `rate`, per cent (for a mean: the mean of the areas, each counted once);
        - `place_rate`, the same of the place;
        - `index`, 100 * `rate` / `place_rate`, missing where the place has none;
        - `low`, `high`, 95 % interval of the index: Wilson's of the share, or
          Student's of the mean, taking the place's rate as known. It shows how far
          chance moves a group of this size; it does not allow for neighbours being
          alike, so read it as the least doubt there is;
        - `effect`, (`rate` - `place_rate`) over the standard deviation of the
          areas' rates;
        - `areas`, how many areas of the segment the figures come from;
        - `design_effect`, by how much areas that are alike inside widen the
          variance of the share (missing for a mean, which is over areas already);
        - `clustered_low`, `clustered_high`, the interval that allows for it:
          Wilson's of the base over the design effect [1]_, with Student's quantile
          of the areas. Missing for a segment of one area;
        - `p_adjusted`, of the rate being the place's, by the test that this
          interval inverts, adjusted for all rows of the table [2]_;
        - `verdict`, "different" where that is at most 0.05: of the rows called so
          at most one in twenty is expected to be chance's; else "not clear".

        An area counts for a variable where both of its counts are known. Of variables
        that the segments were made from, p and verdict say how sharply segments
        differ and no more: k-means parts even noise into segments that are
        "different" in it [3]_. Whether there are segments at all is for
        :func:`segmentation.trust.structure.structure_test`.

    Raises
    ------
    SegmentError
        If areas or variables cannot be read, or `segments` names an area twice or
        one that `areas` lacks.

    References
    ----------
    .. [1] Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019).
       Comparative study of confidence intervals for proportions in complex sample
       surveys. Journal of Survey Statistics and Methodology 7 (3), 334-364.
       https://doi.org/10.1093/jssam/smy019
    .. [2] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery
       rate. Journal of the Royal Statistical Society B 57 (1), 289-300.
       https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
    .. [3] Chen, Y. T. and Witten, D. M. (2023). Selective inference for k-means
       clustering. Journal of Machine Learning Research 24 (152), 1-41.
       https://jmlr.org/papers/v24/22-0371.html

    Examples
    --------
    >>> areas = pd.DataFrame({"flats": [30, 10], "homes": 100}, index=["E1", "E2"])
    >>> areas.index.name = "area_code"
    >>> segments = pd.Series({"E1": "1", "E2": "2"})
    >>> profile = index_scores(areas, {"flats": "flats / homes"}, segments)
    >>> profile[["segment", "rate", "place_rate", "index"]]
      segment  rate  place_rate  index
    0       1  30.0        20.0  150.0
    1       2  10.0        20.0   50.0
    """
    place = indexed_by_area(areas).sort_index()  # so that no sum hangs on row order
    segment_of = _matched(segments, place.index)
    codes = sorted(segment_of.dropna().unique(), key=natural)
    spread = rates(place, variables).std(ddof=0)
    tables = []
    for each in read_variables(variables, list(place.columns)):
        measure = _share if each.is_share else _mean
        found = measure(place, each, segment_of).reindex(codes)
        whole = measure(place, each, pd.Series("place", place.index))
        tables.append(_against(found, whole, spread[each.label], each))
    profile = _judged(pd.concat(tables, ignore_index=True))
    profile["segment"] = pd.Categorical(profile["segment"], categories=codes)
    profile = profile.sort_values("segment", kind="stable", ignore_index=True)
    return profile.astype({"segment": "str"})


def _matched(segments: pd.Series[str], known: pd.Index[str]) -> pd.Series[str]:
    twice = segments.index[segments.index.duplicated()].unique().tolist()
    if twice:
        msg = (
            f"segments give {len(twice)} areas more than one segment: {few(twice)}. "
            "Keep one row an area."
        )
        raise SegmentError(msg)
    strange = segments.index.difference(known).tolist()
    if strange:
        msg = (
            f"segments name {len(strange)} of {len(segments)} areas that are not in "
            f"the table of areas: {few(strange)}. Index the segments by the area_code "
            "of that table."
        )
        raise SegmentError(msg)
    return segments.dropna().astype(str).reindex(known)


def _share(
    place: pd.DataFrame, variable: Variable, segment_of: pd.Series[str]
) -> pd.DataFrame:
    above = counts(place, variable.numerator)
    below = counts(place, variable.denominator)
    known = above.notna() & below.notna()
    above, below, group = above[known], below[known], segment_of[known]
    sums = {"count": above, "base": below, "areas": (below > 0).astype("float64")}
    found = pd.DataFrame(sums).groupby(group).sum()
    base = found["base"].where(found["base"] > 0)
    share = found["count"] / base
    found["effect"] = design_effect(above, below, group)
    found["rate"] = 100 * share
    quantile = pd.Series(t.ppf(0.975, found["areas"] - 1), found.index)
    for kind, ends in (
        ("", wilson(share, base)),
        ("clustered_", wilson(share, base / found["effect"], quantile)),
    ):
        found[f"{kind}least"], found[f"{kind}most"] = 100 * ends[0], 100 * ends[1]
    return found


def _mean(
    place: pd.DataFrame, variable: Variable, segment_of: pd.Series[str]
) -> pd.DataFrame:
    of_segment = counts(place, variable.numerator).groupby(segment_of)
    found = pd.DataFrame(
        {"base": of_segment.count(), "rate": of_segment.mean(), "sd": of_segment.std()}
    )
    half: Figures = (
        t.ppf(0.975, found["base"] - 1) * found["sd"] / np.sqrt(found["base"])
    )
    found["count"] = found["effect"] = np.nan
    found["areas"] = found["base"]
    for kind in ("", "clustered_"):
        found[f"{kind}least"] = found["rate"] - half
        found[f"{kind}most"] = found["rate"] + half
    return found


def _against(
    found: pd.DataFrame, whole: pd.DataFrame, spread: float, variable: Variable
) -> pd.DataFrame:
    place_rate = float(whole["rate"].iloc[0])
    average = place_rate if place_rate > 0 else np.nan
    away = found["rate"] - place_rate
    return pd.DataFrame(
        {
            "segment": found.index,
            "variable": variable.label,
            "measure": "share" if variable.is_share else "mean",
            "count": found["count"],
            "base": found["base"].fillna(0),
            "rate": found["rate"],
            "place_rate": place_rate,
            "index": AVERAGE * found["rate"] / average,
            "low": AVERAGE * found["least"] / average,
            "high": AVERAGE * found["most"] / average,
            "effect": away / (spread if spread > 0 else np.nan),
            "areas": found["areas"].fillna(0),
            "design_effect": found["effect"],
            "clustered_low": AVERAGE * found["clustered_least"] / average,
            "clustered_high": AVERAGE * found["clustered_most"] / average,
            "p_adjusted": _chance(found, place_rate, variable),
        }
    )


def _chance(found: pd.DataFrame, place_rate: float, variable: Variable) -> Figures:
    """Return how often chance moves a segment this far, areas being drawn."""
    variance = found["sd"] ** 2 if "sd" in found else found["effect"]
    if variable.is_share:
        variance = variance * place_rate * (100 - place_rate)
    away: Figures = (found["rate"] - place_rate) / np.sqrt(variance / found["base"])
    chance = 2 * t.sf(away.abs(), found["areas"] - 1)
    return pd.Series(chance, found.index)


def _judged(profile: pd.DataFrame) -> pd.DataFrame:
    known = profile["p_adjusted"].dropna()
    adjusted = pd.Series(false_discovery_control(known), known.index)
    clear = adjusted.reindex(profile.index) <= FALSE_DISCOVERIES
    return profile.assign(
        p_adjusted=adjusted.reindex(profile.index),
        verdict=np.where(clear, "different", "not clear"),
    )
