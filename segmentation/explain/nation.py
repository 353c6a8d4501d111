"""The nation beside the place: the same rates, and an index with 100 for the nation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["against_nation"]

NEEDED: Final = ["variable", "count", "base"]


def against_nation(profile: pd.DataFrame, nation: pd.DataFrame) -> pd.DataFrame:
    """Return a profile that also holds each segment against the nation.

    Parameters
    ----------
    profile
        What :func:`segmentation.index_scores` returned.
    nation
        `variable`, as in the profile, with its national `count` and `base` (for a
        mean: the sum of the areas' figures, and how many areas). A variable that it
        lacks, or gives no count or a base of 0, has no national rate.

    Returns
    -------
    profile
        With four more columns: `nation_rate`, in the unit of `rate`;
        `nation_index`, 100 * `rate` / `nation_rate`; and `nation_low` and
        `nation_high`, the interval that allows for areas being alike inside
        (`clustered_low` and `clustered_high`), taking the nation's rate as known.
        Missing where the nation has no rate, or none of it.

    Raises
    ------
    SegmentError
        If a column is lacking, a variable is given twice or is none of the
        profile's, or a count is negative, endless or, of a share, above its base.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import index_scores
    >>> areas = pd.DataFrame({"flats": [30, 10], "homes": 100}, index=["E1", "E2"])
    >>> areas.index.name = "area_code"
    >>> segments = pd.Series({"E1": "1", "E2": "2"})
    >>> profile = index_scores(areas, {"flats": "flats / homes"}, segments)
    >>> nation = pd.DataFrame({"variable": ["flats"], "count": [25], "base": [100]})
    >>> found = against_nation(profile, nation)
    >>> found[["segment", "rate", "nation_rate", "nation_index"]]
      segment  rate  nation_rate  nation_index
    0       1  30.0         25.0         120.0
    1       2  10.0         25.0          40.0
    """
    _check(nation, profile["variable"].unique().tolist())
    given = nation.set_index("variable").astype({"count": "float64", "base": "float64"})
    share = profile["measure"] == "share"
    rate = given["count"] / given["base"].where(given["base"] > 0)
    nations = profile["variable"].map(rate) * np.where(share, 100, 1)
    _refuse_too_many(given, profile.loc[share, "variable"].unique().tolist())
    times = profile["place_rate"] / nations.where(nations > 0)
    return profile.assign(
        nation_rate=nations,
        nation_index=100 * profile["rate"] / nations.where(nations > 0),
        nation_low=profile["clustered_low"] * times,
        nation_high=profile["clustered_high"] * times,
    )


def _check(nation: pd.DataFrame, variables: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in nation]
    if missing:
        msg = (
            f"the table nation lacks {few(missing)}; it has "
            f"{few(list(nation.columns))}. Give one row a variable."
        )
        raise SegmentError(msg)
    named = nation["variable"]
    twice = named[named.duplicated()].unique().tolist()
    unknown = sorted(set(named) - set(variables))
    if twice or unknown:
        msg = (
            f"the table nation should name each variable once, as it stands in "
            f"[segments.variables]; given twice: {few(twice) or 'none'}; not known: "
            f"{few(unknown) or 'none'}. The variables are {few(variables, shown=60)}."
        )
        raise SegmentError(msg)
    figures = nation[["count", "base"]].astype("float64").to_numpy()
    bad = named[((figures < 0) | np.isinf(figures)).any(axis=1)].tolist()
    if bad:
        msg = (
            f"the table nation has a negative or endless figure for {few(bad)}. Mend "
            "it at its source."
        )
        raise SegmentError(msg)


def _refuse_too_many(given: pd.DataFrame, shares: Sequence[str]) -> None:
    rows = given[given.index.isin(shares)]
    above = rows.index[rows["count"] > rows["base"]].tolist()
    if above:
        msg = (
            f"the table nation counts more than its base of {few(above)}. Check that "
            "both columns count the same kind of thing."
        )
        raise SegmentError(msg)
