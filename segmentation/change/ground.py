"""Ground: which areas of two sets of boundaries overlap, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from segmentation.change.lookups import ENDS
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["SLIVER", "overlaps"]

SLIVER: Final = 0.01  # share of an area below which an overlap is a drawing fault


def overlaps(from_areas: gpd.GeoDataFrame, to_areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a look-up of areas that share ground.

    Parameters
    ----------
    from_areas, to_areas
        Polygons on `area_code` (column or index), in one projected coordinate system.

    Returns
    -------
    lookup
        One row a pair, by code: `from_code`, `to_code` and `weight`, the ground they
        share in square units of the coordinate system. A pair that shares less than
        1 % of either area is taken for a drawing fault and left out.

    Raises
    ------
    SegmentError
        If a shape is absent, invalid or no polygon, the coordinate systems are
        absent, differ or are degrees, or nothing overlaps.

    Examples
    --------
    >>> import geopandas as gpd
    >>> def boxes(**ends):
    ...     shapes = [shapely.box(*each, 1) for each in ends.values()]
    ...     codes = pd.Index(list(ends), name="area_code")
    ...     return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=27700)
    >>> old, new = boxes(A=(0, 0, 4), B=(4, 0, 8)), boxes(X=(0, 0, 5), Y=(5, 0, 8))
    >>> overlaps(old, new).values.tolist()
    [['A', 'X', 4.0], ['B', 'X', 1.0], ['B', 'Y', 3.0]]
    """
    old, new = _ground(from_areas, "from_areas"), _ground(to_areas, "to_areas")
    if old.crs != new.crs:
        msg = (
            f"from_areas are in {old.crs.name!r} and to_areas in {new.crs.name!r}. "
            "Bring both to one coordinate system with to_crs."
        )
        raise SegmentError(msg)
    left, right = new.sindex.query(old.geometry, predicate="intersects")
    one, other = old.geometry.to_numpy()[left], new.geometry.to_numpy()[right]
    shared = shapely.area(shapely.intersection(one, other))
    least = SLIVER * np.minimum(shapely.area(one), shapely.area(other))
    pairs = pd.DataFrame(
        {
            "from_code": old.index[left].astype(str),
            "to_code": new.index[right].astype(str),
            "weight": shared,
        }
    )
    found = pairs[shared > least]
    if found.empty:
        msg = (
            f"none of {len(old)} areas overlaps any of {len(new)}: they span "
            f"{_span(old)} and {_span(new)}. Check the coordinate system that each "
            "file says it is in."
        )
        raise SegmentError(msg)
    ordered: pd.DataFrame = found.sort_values(ENDS, ignore_index=True)
    return ordered


def _ground(areas: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    found = indexed_by_area(areas)
    if found.crs is None or not found.crs.is_projected:
        system = "no coordinate system" if found.crs is None else found.crs.name
        msg = (
            f"{name} are in {system!r}, where ground cannot be measured. Bring them to "
            "a projected system, such as British National Grid, with to_crs(27700)."
        )
        raise SegmentError(msg)
    shapes = found.geometry
    bad = (
        shapes.isna()
        | shapes.is_empty
        | ~shapes.is_valid
        | ~shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    )
    if bad.any():
        msg = (
            f"{int(bad.sum())} of {len(found)} {name} have no shape, or one that is "
            f"invalid or no polygon: {few(found.index[bad].tolist())}. Mend them with "
            "make_valid, or supply their boundaries."
        )
        raise SegmentError(msg)
    return found


def _span(areas: gpd.GeoDataFrame) -> str:
    west, south, east, north = areas.total_bounds
    return f"{west:,.0f} to {east:,.0f} east and {south:,.0f} to {north:,.0f} north"
