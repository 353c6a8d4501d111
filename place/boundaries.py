"""Open a file of boundaries, and lay them out in metres.

A boundary that cannot be drawn (none, empty, crossing itself, not an area) is a
fault of its row, not of the file.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj.exceptions import CRSError

from place.errors import PlaceError

if TYPE_CHECKING:
    from pathlib import Path

    from place.settings import Source

__all__ = ["holds_boundaries", "open_boundaries", "undrawable"]

_DRAWN: Final = {".gpkg", ".geojson", ".json", ".shp", ".fgb"}
_WEB_MERCATOR: Final = 3857  # its metres are not metres on the ground


def holds_boundaries(file: Path) -> bool:
    """Say whether a file holds boundaries, by its name or its Parquet metadata."""
    suffix = file.suffix.lower()
    if suffix in {".parquet", ".geoparquet"}:
        try:
            return b"geo" in (pq.read_schema(file).metadata or {})
        except (pa.ArrowException, OSError):
            return False
    return suffix in _DRAWN


def open_boundaries(source: Source) -> gpd.GeoDataFrame:
    """Read boundaries from GeoPackage, GeoJSON, Shapefile or GeoParquet.

    Parameters
    ----------
    source
        `sheet` is the layer, else the first; `crs` is believed over the file.

    Returns
    -------
    drawn
        One row an area, in the order of the file, `geometry` in metres.

    Raises
    ------
    PlaceError
        If the file cannot be read, has no boundaries, or its coordinate system is
        not said, unknown, or cannot be that of its coordinates.
    """
    file = source.file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of GDAL; a boundary that matters is tested
        try:
            if file.suffix.lower() in _DRAWN:
                drawn = gpd.read_file(file, layer=source.sheet)
            else:
                drawn = gpd.read_parquet(file)
        except Exception as unreadable:  # noqa: BLE001 - GDAL raises whatever it meets
            layer = f" with a layer {source.sheet!r}" if source.sheet else ""
            msg = (
                f"{file.name}: cannot be read as boundaries{layer} "
                f"({type(unreadable).__name__}). Export it again, as GeoPackage."
            )
            raise PlaceError(msg) from None
        if not isinstance(drawn, gpd.GeoDataFrame):
            msg = (
                f"{file.name}: holds no boundaries, only a table. Export them with "
                "it, or save the table as CSV."
            )
            raise PlaceError(msg)
        drawn = _in_metres(drawn, source)
    name = drawn.geometry.name
    return drawn if name == "geometry" else drawn.rename_geometry("geometry")


def _in_metres(drawn: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    file, said = source.file.name, source.crs or drawn.crs
    if said is None:
        msg = (
            f"{file}: says no coordinate system. Set crs, such as "
            "crs = 'EPSG:27700' for the British National Grid."
        )
        raise PlaceError(msg)
    try:
        drawn = drawn.set_crs(said, allow_override=True)
    except CRSError:
        msg = (
            f"{file}: no coordinate system is called {said!r}. Set crs to a code such "
            "as 'EPSG:27700'."
        )
        raise PlaceError(msg) from None
    some = drawn[drawn.geometry.notna() & ~drawn.geometry.is_empty]
    if some.empty:
        return drawn
    if drawn.crs.is_geographic:
        reach = float(abs(some.total_bounds).max())
        if not reach <= 360:  # noqa: PLR2004 - degrees of a circle
            msg = (
                f"{file}: is said to be in degrees, and its coordinates reach "
                f"{reach:,.0f}. Set crs to what they are, such as 'EPSG:27700'."
            )
            raise PlaceError(msg)
    elif 0 < some.area.median() < 1:
        msg = (
            f"{file}: is said to be in {drawn.crs.name}, where half of its areas are "
            "smaller than one square metre: its coordinates may be degrees. Set crs to "
            "what they are, such as 'EPSG:4326'."
        )
        raise PlaceError(msg)
    units = {axis.unit_name for axis in drawn.crs.axis_info}
    if units <= {"metre"} and drawn.crs.to_epsg() != _WEB_MERCATOR:
        return drawn
    return drawn.to_crs(some.estimate_utm_crs())


def undrawable(drawn: gpd.GeoDataFrame) -> dict[int, str]:
    """Say why boundaries cannot be drawn: position from 0, and reason.

    Examples
    --------
    >>> from shapely import Point, box
    >>> undrawable(gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), Point(0, 0), None]))
    {1: 'boundary is a Point, not an area', 2: 'boundary is missing'}
    """
    shapes = drawn.geometry.reset_index(drop=True)
    reasons = {}
    for at in shapes.index[shapes.isna() | shapes.is_empty]:
        reasons[int(at)] = "boundary is missing"
    some = shapes.drop(list(reasons))
    flat = some.geom_type.isin(["Polygon", "MultiPolygon"])
    for at, kind in some[~flat].geom_type.items():
        reasons[int(at)] = f"boundary is a {kind}, not an area"
    bad = some[flat & ~some.is_valid]
    with np.errstate(all="ignore"):  # GEOS meets figures that no map holds
        whys = bad.is_valid_reason()
    for at, why in whys.items():
        reasons[int(at)] = f"boundary cannot be drawn: {why}"
    return dict(sorted(reasons.items()))
