"""Draw small areas as a map in SVG, coloured by segment.

The shapes are simplified together, so that neighbours keep meeting, to about half a
thousandth of the map's width, and rounded to a grid 4,000 wide. Areas of one segment
stand in one group: the page filters by the group.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from insight.report.blocks import Drawing, Key
from insight.report.errors import ReportError
from insight.report.palette import styles_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["segment_map"]

WIDE: Final = 4000
TALLEST: Final = 6000
MARGIN: Final = 20
FOOT: Final = 220
"""Room below the map for its scale bar."""

KEPT: Final = 0.0005
"""Detail kept, as a share of the larger extent."""

MARKED: Final = 5
"""Areas of one segment on which its code is written, where there is room."""

ROOMY: Final = 200**2
"""Grid squares that an area needs for its code to fit."""

AREA: Final = 3
"""Points that a ring needs to enclose anything."""


def segment_map(
    areas: gpd.GeoDataFrame, segments: pd.Series, names: Mapping[str, str]
) -> Drawing:
    """Return a map of `areas` coloured by segment, with its legend.

    Parameters
    ----------
    areas
        Geometry on an index of `area_code`. Where the coordinate system is projected
        in metres, a scale bar is drawn.
    segments
        Code of the segment of each area, on an index of `area_code`; areas without
        one are drawn in grey.
    names
        Code -> name, in the order in which colours are given.

    Returns
    -------
    drawing
        About 200 bytes an area. Areas without a geometry are counted in its note.

    Raises
    ------
    ReportError
        If no area can be drawn, a code occurs twice, or a segment has no name.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> square = shapely.box(0, 0, 1000, 1000)
    >>> areas = gpd.GeoDataFrame(geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> drawing = segment_map(areas, pd.Series({"E1": "A"}), {"A": "Older owners"})
    >>> drawing.keys
    (Key(style=1, code='A', name='Older owners'),)
    >>> "<title>E1: A Older owners</title>" in drawing.svg
    True
    """
    codes = _codes(areas, segments, names)
    shapes = areas.geometry.to_numpy()
    drawable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not drawable.any():
        msg = (
            f"None of the {len(areas)} areas has a geometry, so there is no map to "
            "draw. Give the areas as a GeoPackage, GeoParquet or GeoJSON file."
        )
        raise ReportError(msg)
    grid, height, unit = _on_grid(shapes[drawable], geographic=_in_degrees(areas))
    shown = codes[drawable]
    styles = styles_of(list(names))
    groups = [
        _group(grid, shown, code, style, f"{code} {names[code]}")
        for code, style in styles.items()
    ]
    groups.append(_group(grid, shown, "", 0, "in no segment"))
    marks = "".join(_marks(grid[(shown == code).to_numpy()], code) for code in names)
    metres = unit if areas.crs is not None and areas.crs.is_projected else 0.0
    svg = (
        f'<svg viewBox="0 0 {WIDE} {height + FOOT}" class="map" aria-hidden="true">'
        f"{''.join(groups)}{marks}{_scale_bar(metres * _metre(areas), height)}</svg>"
    )
    present = set(shown)
    keys = [Key(styles[code], code, names[code]) for code in names if code in present]
    if "" in present:
        keys.append(Key(0, "", "In no segment, or left out"))
    absent = int((~drawable).sum())
    note = f"{absent:,} areas have no boundary and are not drawn." if absent else ""
    return Drawing(svg=svg, kind="map", keys=tuple(keys), note=note)


def _codes(
    areas: gpd.GeoDataFrame, segments: pd.Series, names: Mapping[str, str]
) -> pd.Series:
    """Return the segment of each area as text, "" for none, on the areas' index."""
    for what, index in (("areas", areas.index), ("segments", segments.index)):
        if not index.is_unique:
            twice = sorted(map(str, index[index.duplicated()].unique()[:3]))
            msg = (
                f"Some area codes occur more than once in the {what}, such as {twice}. "
                "Keep one row for each area."
            )
            raise ReportError(msg)
    codes = segments.dropna().astype("str").reindex(areas.index).fillna("")
    unnamed = sorted(set(codes) - set(names) - {""})
    if unnamed:
        msg = (
            f"Segments {unnamed} have no name; there are names for {list(names)}. "
            "Name every segment, as text."
        )
        raise ReportError(msg)
    return codes


def _in_degrees(areas: gpd.GeoDataFrame) -> bool:
    """Say whether coordinates are longitude and latitude."""
    return areas.crs is not None and areas.crs.is_geographic


def _metre(areas: gpd.GeoDataFrame) -> float:
    """Return how many metres one unit of a projected coordinate system is, or 0."""
    if areas.crs is None or not areas.crs.axis_info:
        return 0.0
    return float(areas.crs.axis_info[0].unit_conversion_factor)


def _on_grid(
    shapes: NDArray[np.object_], *, geographic: bool
) -> tuple[NDArray[np.object_], int, float]:
    """Return simplified shapes on the grid, its height, and the units in one step."""
    west, south, east, north = shapely.total_bounds(shapes)
    squeeze = math.cos(math.radians((south + north) / 2)) if geographic else 1.0
    across = max((east - west) * squeeze, 1e-9)
    up = max(north - south, 1e-9)
    simple = _simplified(shapes, KEPT * max(east - west, up))
    step = max(across / (WIDE - 2 * MARGIN), up / (TALLEST - 2 * MARGIN))
    inset = (WIDE - across / step) / 2

    def to_grid(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x = (points[:, 0] - west) * squeeze / step + inset
        y = (north - points[:, 1]) / step + MARGIN
        return np.column_stack([x, y]).round()

    height = math.ceil(up / step) + 2 * MARGIN
    return shapely.transform(simple, to_grid), height, step


def _simplified(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Return shapes with less detail, simplified together where they allow it."""
    try:
        simple = shapely.coverage_simplify(shapes, tolerance)
    except (shapely.errors.ShapelyError, TypeError):  # no coverage, or not of polygons
        simple = shapely.simplify(shapes, tolerance, preserve_topology=True)
    gone = shapely.is_empty(simple) | shapely.is_missing(simple)
    result: NDArray[np.object_] = np.where(gone, shapes, simple)
    return result


def _group(
    grid: NDArray[np.object_], codes: pd.Series, code: str, style: int, name: str
) -> str:
    """Return the areas of one segment as a group, each with a name to hover over."""
    mine = (codes == code).to_numpy()
    if not mine.any():
        return ""
    paths = [
        f'<path d="{_path(shape)}"><title>{escape(f"{area}: {name}")}</title></path>'
        for area, shape in zip(codes.index[mine], grid[mine], strict=True)
    ]
    data = escape(code, quote=True)
    return f'<g class="s{style}" data-segment="{data}">{"".join(paths)}</g>'


def _marks(shapes: NDArray[np.object_], code: str) -> str:
    """Return the code of a segment, written on the largest of its areas."""
    sizes = shapely.area(shapes)
    largest = np.argsort(-sizes, kind="stable")[:MARKED]
    points = shapely.point_on_surface(shapes[largest[sizes[largest] > ROOMY]])
    spots = shapely.get_coordinates(points).round().astype(int).tolist()
    words = escape(code)
    text = "".join(
        f'<text class="code" x="{x}" y="{y}">{words}</text>' for x, y in spots
    )
    data = escape(code, quote=True)
    return f'<g data-segment="{data}">{text}</g>' if text else ""


def _path(shape: shapely.Geometry) -> str:
    """Return a shape as path data in relative whole steps."""
    polygons = shapely.get_parts(shape)
    rings = [ring for polygon in polygons for ring in shapely.get_rings(polygon)]
    drawn = "".join(filter(None, (_ring(shapely.get_coordinates(r)) for r in rings)))
    if drawn:
        return drawn
    x, y = shapely.get_coordinates(shape)[0].astype(int)  # too small for the grid
    return f"M{x} {y}h4v4h-4z"


def _ring(points: NDArray[np.float64]) -> str:
    """Return one ring, without points that fall on the one before; "" if it is gone."""
    whole = points.astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if len(steps) < AREA:
        return ""
    moves = " ".join(f"{x} {y}" for x, y in steps[:-1].tolist())
    return f"M{whole[0, 0]} {whole[0, 1]}l{moves}z".replace(" -", "-")


def _scale_bar(metres: float, height: int) -> str:
    """Return a bar of a round length, about a fifth of the map; "" if unknown."""
    if metres <= 0:
        return ""
    room = metres * WIDE / 4
    tens = 10 ** math.floor(math.log10(room))
    length = next(each * tens for each in (5, 2, 1) if each * tens <= room)
    wide = round(length / metres)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004 - metres in one km
    y = height + FOOT // 2
    bar = f"M{MARGIN} {y - 24}v48h{wide}v-48"
    return (
        f'<path class="scale" d="{bar}"/>'
        f'<text class="scale-text" x="{MARGIN + wide + 40}" y="{y + 30}">{words}</text>'
    )
