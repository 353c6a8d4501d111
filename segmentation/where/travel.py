"""Travel: times or distances from areas to sites, from a table or straight lines.

All people of an area are as far from a site as one point inside it is: in a wide area
that is rough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import shapely

from segmentation.errors import SegmentError, few
from segmentation.where.neighbours import located

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Reach", "straight_lines", "travel_matrix"]

STATUSES: Final = ("open", "possible")
Unit: TypeAlias = Literal["minutes", "metres"]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far is near enough: at most `within` minutes or metres, the end included."""

    within: float
    unit: Unit = "metres"

    def __post_init__(self) -> None:
        """Refuse a reach that is none."""
        if not 0 < self.within < float("inf") or self.unit not in {"minutes", "metres"}:
            msg = (
                f"a reach of {self.within} {self.unit} is none. Give a number above 0, "
                "of minutes or metres."
            )
            raise SegmentError(msg)

    def __str__(self) -> str:
        """Say it as in a sentence."""
        return f"{self.within:,g} {self.unit}"


def straight_lines(areas: gpd.GeoDataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Return the straight-line distance from each area to each site.

    Parameters
    ----------
    areas
        One row an area with boundaries in a projected coordinate system.
    sites
        One row a site: `site_id` and the `area_code` it lies in. A site is taken to
        stand at a point inside that area, as the people of an area are.

    Returns
    -------
    travel
        `area_code`, `site_id`, `metres`; one row a pair.

    Raises
    ------
    SegmentError
        If areas cannot be measured, or a site lies in none of them.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["A", "B"]},
    ...     geometry=[box(0, 0, 2, 2), box(3, 4, 5, 6)],
    ...     crs="EPSG:27700",
    ... )
    >>> sites = pd.DataFrame({"site_id": ["hub"], "area_code": ["A"]})
    >>> straight_lines(areas, sites)["metres"].tolist()
    [0.0, 5.0]
    """
    drawn = located(areas)
    stray = sites.loc[~sites["area_code"].isin(drawn.index), "site_id"].tolist()
    if stray:
        msg = (
            f"{len(stray)} of {len(sites)} sites lie in no known area: {few(stray)}. "
            "Give each the area_code of the area it lies in."
        )
        raise SegmentError(msg)
    inside = drawn.geometry.representative_point()
    metre = float(drawn.crs.axis_info[0].unit_conversion_factor)
    there = inside.reindex(sites["area_code"]).to_numpy()
    away = shapely.distance(inside.to_numpy()[:, np.newaxis], there[np.newaxis])
    return pd.DataFrame(
        {
            "area_code": np.repeat(drawn.index.to_numpy(), len(sites)),
            "site_id": np.tile(sites["site_id"].to_numpy(), len(drawn)),
            "metres": away.ravel() * metre,
        }
    )


def travel_matrix(
    residents: pd.Series[float], travel: pd.DataFrame, sites: pd.DataFrame, reach: Reach
) -> pd.DataFrame:
    """Return travel as a matrix: areas down, sites across, missing where not known.

    Parameters
    ----------
    residents
        Residents, or another need, of each area, indexed by area code.
    travel
        `area_code`, `site_id` and the unit of `reach` as a column. Rows of other
        areas or sites are passed over.
    sites
        `site_id` and `status`, "open" or "possible".
    reach
        Names the unit.

    Raises
    ------
    SegmentError
        If a column is missing, an area, site or pair is given twice, a status is
        neither, a figure is negative or endless, or no travel is of these areas and
        sites.

    Examples
    --------
    >>> travel = pd.DataFrame({"area_code": ["A"], "site_id": ["hub"], "minutes": [9]})
    >>> sites = pd.DataFrame({"site_id": ["hub"], "status": ["open"]})
    >>> reach = Reach(within=10, unit="minutes")
    >>> residents = pd.Series({"A": 100, "B": 50})
    >>> travel_matrix(residents, travel, sites, reach)["hub"].tolist()
    [9.0, nan]
    """
    _check_columns(travel, sites, reach)
    _check_once("areas", residents.index)
    _check_once("sites", pd.Index(sites["site_id"]))
    _check_once(
        "pairs of travel", pd.MultiIndex.from_frame(travel[["area_code", "site_id"]])
    )
    strange = sorted(set(sites["status"].astype("str")) - set(STATUSES))
    people = residents.dropna().astype("float64")
    away = travel[reach.unit].astype("float64")
    odd = [
        figures.index[(figures < 0) | np.isinf(figures)] for figures in (people, away)
    ]
    if strange or len(odd[0]) or len(odd[1]):
        msg = (
            f"status should be 'open' or 'possible', and is also "
            f"{few(strange) or 'nothing else'}; residents are negative or endless in "
            f"{few(odd[0].tolist()) or 'no area'}, travel on {len(odd[1])} rows. Mend "
            "those rows."
        )
        raise SegmentError(msg)
    matrix = travel.assign(**{reach.unit: away}).pivot_table(
        index="area_code", columns="site_id", values=reach.unit
    )
    matrix = matrix.reindex(
        index=people.sort_index().index, columns=sorted(sites["site_id"])
    )
    if matrix.notna().to_numpy().sum() == 0:
        msg = (
            f"no row of travel gives {reach.unit} from one of {len(people)} areas to "
            f"one of {len(sites)} sites. Check that the codes are the same."
        )
        raise SegmentError(msg)
    return matrix.rename_axis(index="area_code", columns="site_id")


def _check_columns(travel: pd.DataFrame, sites: pd.DataFrame, reach: Reach) -> None:
    for name, frame, wanted in (
        ("travel", travel, ["area_code", "site_id", reach.unit]),
        ("sites", sites, ["site_id", "status"]),
    ):
        missing = [column for column in wanted if column not in frame.columns]
        if missing:
            msg = (
                f"{name} lacks {few(missing)}; the columns are "
                f"{few(list(frame.columns))}. Supply it, or reckon in another unit."
            )
            raise SegmentError(msg)


def _check_once(what: str, index: pd.Index) -> None:
    twice = index[index.duplicated()].unique().tolist()
    if twice:
        msg = f"{len(twice)} {what} stand on two rows: {few(twice)}. Keep one."
        raise SegmentError(msg)
