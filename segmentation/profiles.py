"""Profiles: what sets a segment apart from the place that it is part of.

An index of 100 is the place's average; 200 is twice as common in the segment. A
segment's rate is pooled, all its people counted once, and never the mean of its
areas' rates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from segmentation.errors import SegmentError, few
from segmentation.variables import (
    Variable,
    counts,
    indexed_by_area,
    rates,
    read_variables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["index_scores", "penetration"]

AVERAGE = 100
Z = float(norm.ppf(0.975))  # of a 95 % interval
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
        - `low`, `high`, 95 % interval of the index: Wilson's of the share [1]_, or
          Student's of the mean, taking the place's rate as known. It shows how far
          chance moves a group of this size; it does not allow for neighbours being
          alike, so read it as the least doubt there is;
        - `effect`, (`rate` - `place_rate`) over the standard deviation of the
          areas' rates.

        An area counts for a variable where both of its counts are known.

    Raises
    ------
    SegmentError
        If areas or variables cannot be read, or `segments` names an area twice or
        one that `areas` lacks.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and
       statistical inference. Journal of the American Statistical Association 22,
       209-212. https://doi.org/10.1080/01621459.1927.10502953

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
    place = indexed_by_area(areas)
    segment_of = _matched(segments, place.index)
    codes = sorted(segment_of.dropna().unique(), key=_natural)
    spread = rates(place, variables).std(ddof=0)
    tables = []
    for each in read_variables(variables, list(place.columns)):
        measure = _share if each.is_share else _mean
        found = measure(place, each, segment_of).reindex(codes)
        whole = measure(place, each, pd.Series("place", place.index))
        tables.append(_against(found, whole, spread[each.label], each))
    profile = pd.concat(tables, ignore_index=True)
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


def _natural(code: str) -> list[str | int]:
    parts = re.split(r"(\d+)", code)  # text and number by turns: 3b2 before 3b10
    return [int(part) if part.isdigit() else part for part in parts]


def _share(
    place: pd.DataFrame, variable: Variable, segment_of: pd.Series[str]
) -> pd.DataFrame:
    above = counts(place, variable.numerator)
    below = counts(place, variable.denominator)
    known = above.notna() & below.notna()
    sums = pd.DataFrame({"count": above[known], "base": below[known]})
    found = sums.groupby(segment_of[known]).sum()
    return found.assign(**_wilson(found["count"], found["base"]))


def _wilson(count: Figures, base: Figures) -> dict[str, Figures]:
    n = base.where(base > 0)
    share, squeeze = count / n, 1 + Z**2 / n
    middle = (share + Z**2 / (2 * n)) / squeeze
    half: Figures = Z / squeeze * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return {
        "rate": 100 * share,
        "least": 100 * (middle - half).clip(lower=0),
        "most": 100 * (middle + half).clip(upper=1),
    }


def _mean(
    place: pd.DataFrame, variable: Variable, segment_of: pd.Series[str]
) -> pd.DataFrame:
    of_segment = counts(place, variable.numerator).groupby(segment_of)
    found = pd.DataFrame(
        {"base": of_segment.count(), "rate": of_segment.mean(), "sd": of_segment.std()}
    )
    times: NDArray[np.float64] = t.ppf(0.975, found["base"] - 1)
    half: Figures = times * found["sd"] / np.sqrt(found["base"])
    found["count"] = np.nan
    found["least"], found["most"] = found["rate"] - half, found["rate"] + half
    return found


def _against(
    found: pd.DataFrame, whole: pd.DataFrame, spread: float, variable: Variable
) -> pd.DataFrame:
    place_rate = float(whole["rate"].iloc[0])
    average = place_rate if place_rate > 0 else np.nan
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
            "effect": (found["rate"] - place_rate) / (spread if spread > 0 else np.nan),
        }
    )


def penetration(count: Figures, comparison: Figures) -> pd.DataFrame:
    """Return the standard profile of a group against what it is compared with.

    Parameters
    ----------
    count
        How many of the group each segment holds, such as the tenants of a ward,
        indexed by segment.
    comparison
        How many of the comparison each segment holds, such as all tenants of the
        city; the same segments in any order.

    Returns
    -------
    table
        One row a segment in the order of `count`, then "Total", with the columns
        `count`, `percent` (of the group), `comparison_count`, `comparison_percent`,
        `penetration` (count per 100 of the comparison), `index` (100 * `percent` /
        `comparison_percent`), `low` and `high` (its 95 % interval: Wilson's of
        `percent`, taking the comparison as known). Nothing is rounded. A share of
        nothing is missing.

    Raises
    ------
    SegmentError
        If the segments differ or are given twice, a figure is missing or below 0,
        or a segment is called "Total".

    Examples
    --------
    >>> byker = pd.Series({"social tenants": 4227, "others": 1769})
    >>> newcastle = pd.Series({"social tenants": 29603, "others": 89445})
    >>> table = penetration(byker, newcastle)[["percent", "penetration", "index"]]
    >>> table.round(2).loc["social tenants"].to_dict()
    {'percent': 70.5, 'penetration': 14.28, 'index': 283.5}
    """
    for name, figures in (("count", count), ("comparison", comparison)):
        _check_figures(name, figures)
    unmatched = count.index.symmetric_difference(comparison.index).tolist()
    if unmatched:
        msg = (
            f"{len(unmatched)} segments stand in only one of count and comparison: "
            f"{few(unmatched)}. Give both the same segments, 0 where there is none."
        )
        raise SegmentError(msg)
    ours, theirs = _with_total(count), _with_total(comparison.reindex(count.index))
    found = _wilson(ours, pd.Series(ours["Total"], ours.index))
    expected = _per_cent(theirs, pd.Series(theirs["Total"], theirs.index))
    index = _per_cent(found["rate"], expected)
    is_total = ours.index == "Total"  # all of a group is 100 % of it, without doubt
    return pd.DataFrame(
        {
            "count": ours,
            "percent": found["rate"],
            "comparison_count": theirs,
            "comparison_percent": expected,
            "penetration": _per_cent(ours, theirs),
            "index": index,
            "low": _per_cent(found["least"], expected).mask(is_total, index),
            "high": _per_cent(found["most"], expected).mask(is_total, index),
        }
    )


def _with_total(figures: Figures) -> Figures:
    total = pd.Series({"Total": figures.sum()})
    return pd.concat([figures, total]).astype("float64")


def _per_cent(above: Figures, below: Figures) -> Figures:
    return 100 * above / below.where(below > 0)


def _check_figures(name: str, figures: Figures) -> None:
    twice = figures.index[figures.index.duplicated()].unique().tolist()
    bad = figures.index[~(figures >= 0) | np.isinf(figures.astype("float64"))].tolist()
    if twice or "Total" in figures.index or bad:
        msg = (
            f"{name} should hold one number of 0 or more a segment, none called "
            f"'Total'; given twice: {few(twice) or 'none'}; missing, endless or below "
            f"0: {few(bad) or 'none'}. Mend those rows."
        )
        raise SegmentError(msg)
