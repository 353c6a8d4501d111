"""Access: how far people are from an access point, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError, few
from segmentation.where.travel import travel_matrix

if TYPE_CHECKING:
    from segmentation.where.travel import Reach

__all__ = ["Coverage", "coverage"]

NONE: Final = "no segment"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Who is near an open site, and who is left out.

    Parameters
    ----------
    table
        One row an area, sorted by `area_code`: `residents`, `site_id` (the nearest
        open site, the lower id on a tie), `travel` to it, `segment`, and `class`:
        "within reach", "beyond reach" or "no known route".
    by_segment
        One row a segment: `areas`, `residents`, `beyond`, `no_route` (residents) and
        `left_out`, the per cent of residents not within reach. These are counts of
        all residents, not of a sample: there is no interval.
    left_out
        Area code -> why it does not count.
    reach
        How far is near enough.
    sites
        How many sites are open.
    """

    table: pd.DataFrame
    by_segment: pd.DataFrame
    left_out: pd.Series[str]
    reach: Reach
    sites: int

    @property
    def share(self) -> float:
        """Per cent of residents that are within reach."""
        near = self.table["class"] == "within reach"
        people = self.table["residents"]
        return float(100 * people[near].sum() / people.sum())

    @property
    def without_route(self) -> tuple[str, ...]:
        """Areas from which no way to an open site is known."""
        lost = self.table["class"] == "no known route"
        return tuple(map(str, self.table.index[lost]))

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        said = (
            f"{self.share:.1f} % of {self.table['residents'].sum():,.0f} residents of "
            f"{len(self.table):,} areas are within {self.reach} of one of "
            f"{self.sites:,} open sites."
        )
        if self.without_route:
            said += (
                f" From {len(self.without_route):,} areas no route is known: "
                f"{few(self.without_route)}."
            )
        if len(self.left_out):
            said += f" {len(self.left_out):,} areas do not count: residents not known."
        return said


def coverage(
    residents: pd.Series[float],
    travel: pd.DataFrame,
    sites: pd.DataFrame,
    reach: Reach,
    segments: pd.Series[str] | None = None,
) -> Coverage:
    """Say who is within reach of an open site, and who of each segment is left out.

    Parameters
    ----------
    residents
        Residents of each area, indexed by area code; missing where not known.
    travel, sites
        See :func:`segmentation.where.travel.travel_matrix`; only open sites count.
    reach
        How far is near enough.
    segments
        Segment of each area. Areas that it lacks are of "no segment".

    Returns
    -------
    coverage
        The same for any order of the rows.

    Raises
    ------
    SegmentError
        As :func:`segmentation.where.travel.travel_matrix`, and if no site is open or
        nobody lives in the areas.

    Examples
    --------
    >>> from segmentation.where.travel import Reach
    >>> residents = pd.Series({"A": 100, "B": 50, "C": 50})
    >>> travel = pd.DataFrame(
    ...     {"area_code": ["A", "B"], "site_id": "hub", "minutes": [9, 30]}
    ... )
    >>> sites = pd.DataFrame({"site_id": ["hub"], "status": ["open"]})
    >>> print(coverage(residents, travel, sites, Reach(within=15, unit="minutes")))
    50.0 % of 200 residents of 3 areas are within 15 minutes of one of 1 open sites. \
From 1 areas no route is known: 'C'.
    """
    matrix = travel_matrix(residents, travel, sites, reach)
    open_now = sites.loc[sites["status"] == "open", "site_id"]
    people = residents.reindex(matrix.index).astype("float64")
    if open_now.empty or people.sum() <= 0:
        msg = (
            f"{len(open_now)} of {len(sites)} sites are open, for {people.sum():,.0f} "
            "residents. Coverage takes one open site and some residents."
        )
        raise SegmentError(msg)
    away = matrix[sorted(open_now)]
    known = away.notna().any(axis=1)
    nearest = pd.Series(pd.NA, away.index, dtype="str")
    nearest[known] = away[known].idxmin(axis=1).astype("str")
    travelled = away.min(axis=1)
    table = pd.DataFrame(
        {
            "residents": people,
            "site_id": nearest,
            "travel": travelled,
            "segment": NONE,
            "class": np.select(
                [~known, travelled <= reach.within],
                ["no known route", "within reach"],
                "beyond reach",
            ),
        }
    )
    if segments is not None:
        table["segment"] = segments.reindex(table.index).astype("str").fillna(NONE)
    unknown = residents.index[residents.isna()].sort_values()
    return Coverage(
        table=table,
        by_segment=_by_segment(table),
        left_out=pd.Series("residents are not known", unknown, dtype="str"),
        reach=reach,
        sites=len(open_now),
    )


def _by_segment(table: pd.DataFrame) -> pd.DataFrame:
    people = table["residents"]
    parts = pd.DataFrame(
        {
            "areas": 1,
            "residents": people,
            "beyond": people.where(table["class"] == "beyond reach", 0.0),
            "no_route": people.where(table["class"] == "no known route", 0.0),
        }
    )
    found = parts.groupby(table["segment"]).sum()
    base = found["residents"].where(found["residents"] > 0)
    return found.assign(left_out=100 * (found["beyond"] + found["no_route"]) / base)
