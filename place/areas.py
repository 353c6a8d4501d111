"""Open the areas of a place: boundaries, census counts and codes, one row an area.

The first file names the areas; each further file adds columns to them by
`area_code`. Boundaries come from GeoPackage, GeoJSON, Shapefile or GeoParquet
through geopandas, and are put into a projection in metres. A place without
boundaries is still a place: it has no map.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from place.checking import Checked, headings
from place.errors import PlaceError
from place.reading import Opened, open_rows
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from place.config import Source

__all__ = ["read_areas"]

_DRAWN: Final = {".gpkg", ".geojson", ".json", ".shp", ".fgb"}
_COUNTS: Final = ("population", "households")


def read_areas(sources: Sequence[Source]) -> tuple[gpd.GeoDataFrame, list[Checked]]:
    """Read and check the areas of a place.

    Parameters
    ----------
    sources
        The files: the first names the areas, the others add columns.

    Returns
    -------
    areas
        Indexed by `area_code`; `population`, `households`, whatever else the files
        hold, and `geometry` (missing where there is none) in metres.
    checked
        One a file: rows in, out, and rejected with the reason.

    Raises
    ------
    PlaceError
        If a file cannot be read, lacks `area_code`, has no coordinate system, or
        two files disagree about a column.
    """
    areas, first = _read_file(sources[0])
    checked = [first]
    for source in sources[1:]:
        more, result = _read_file(source)
        unknown = more.index.difference(areas.index)
        areas = _joined(areas, more.drop(index=unknown), source.file.name)
        stray = f"area_code is not an area of {sources[0].file.name}: "
        broken = [(int(more.loc[code, "_row"]), stray + code) for code in unknown]
        checked.append(replace(result, broken=tuple(sorted([*result.broken, *broken]))))
    for name in _COUNTS:
        if name not in areas:
            areas[name] = float("nan")
    if "geometry" not in areas:
        areas["geometry"] = None
    areas = areas.drop(columns="_row")
    return gpd.GeoDataFrame(areas, geometry="geometry"), checked


def _read_file(source: Source) -> tuple[pd.DataFrame, Checked]:
    frame = _frame(source)
    opened = Opened(tuple(frame.columns), pa.schema([]), rows=lambda: iter(()))
    for name, value in source.constants.items():
        frame[name] = value
    matched = headings(CONTRACTS["areas"], source, opened)
    frame = frame.rename(columns={heading: name for name, heading in matched.items()})
    codes = frame["area_code"].astype("string").str.strip()
    codes = codes.mask(codes == "")
    reasons = pd.Series("", index=frame.index)
    reasons[codes.isna()] = "area_code is missing"
    twice = codes.duplicated() & codes.notna()
    reasons[twice] = "area_code already stands above: " + codes[twice]
    for name in (name for name in _COUNTS if name in frame):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        wrong = (numbers.isna() & frame[name].notna()) | (numbers < 0)
        reasons[wrong & (reasons == "")] = f"{name} is not a count"
        frame[name] = numbers
    if isinstance(frame, gpd.GeoDataFrame):
        drawn = frame.geometry
        bad = (drawn.isna() | drawn.is_empty | ~drawn.is_valid) & (reasons == "")
        why = drawn[bad].is_valid_reason().fillna("boundary is missing")
        reasons[bad] = "boundary cannot be drawn: " + why
    kept = reasons == ""
    broken = zip(frame.loc[~kept, "_row"], reasons[~kept], strict=True)
    result = Checked(file=source.file.name, rows_in=len(frame), broken=tuple(broken))
    good = frame[kept].assign(area_code=codes[kept].astype(str))
    return good.set_index("area_code"), result


def _frame(source: Source) -> pd.DataFrame:
    """Read a file whole: areas are few enough to look at."""
    file = source.file
    if file.suffix.lower() in _DRAWN:
        try:
            drawn = gpd.read_file(file, layer=source.sheet)
        except Exception as unreadable:
            msg = (
                f"{file.name}: cannot be read as boundaries ({unreadable}). Export it."
            )
            raise PlaceError(msg) from unreadable
        return _numbered(_in_metres(drawn, source))
    if _is_geoparquet(source):
        return _numbered(_in_metres(gpd.read_parquet(file), source))
    opened = open_rows(source)
    table = pa.Table.from_batches(opened.rows()) if opened.columns else pa.table({})
    frame = cast("pd.DataFrame", table.to_pandas())
    for name in frame.columns.difference(["_row"]):
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object:
            numbers = pd.to_numeric(frame[name], errors="coerce")
            if (numbers.notna() | frame[name].isna()).all() and numbers.notna().any():
                frame[name] = numbers
    return frame


def _is_geoparquet(source: Source) -> bool:
    if source.file.suffix.lower() not in {".parquet", ".geoparquet"}:
        return False
    try:
        return b"geo" in (pq.read_schema(source.file).metadata or {})
    except (pa.ArrowInvalid, OSError):
        return False


def _numbered(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return cast("pd.DataFrame", frame.assign(_row=range(2, len(frame) + 2)))


def _in_metres(drawn: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    if drawn.crs is None:
        if source.crs is None:
            msg = (
                f"{source.file.name}: says no coordinate system. Set crs, such as "
                "crs = 'EPSG:27700' for the British National Grid."
            )
            raise PlaceError(msg)
        drawn = drawn.set_crs(source.crs)
    if not drawn.crs.is_projected and not drawn.geometry.dropna().empty:
        drawn = drawn.to_crs(drawn.estimate_utm_crs())
    name = drawn.geometry.name
    return drawn if name == "geometry" else drawn.rename_geometry("geometry")


def _joined(areas: pd.DataFrame, more: pd.DataFrame, file: str) -> pd.DataFrame:
    both = [name for name in more.columns if name in areas and name != "_row"]
    same = more.index
    for name in both:
        old, new = areas.loc[same, name], more[name]
        if not ((old == new) | (old.isna() & new.isna())).all():
            msg = (
                f"{file}: column {name!r} stands in an earlier file of areas with "
                "other values. Rename it, or leave one out."
            )
            raise PlaceError(msg)
    return areas.join(more.drop(columns=[*both, "_row"]))
