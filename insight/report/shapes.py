"""Put small areas on the grid of a map, and draw them in groups.

The shapes are simplified together, so that neighbours keep meeting, to about half a
thousandth of the map's width, and rounded to a grid 4,000 wide. Areas of one group
stand together: the page colours, fades and filters by the group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from insight.report.blocks import Drawing, Key
from insight.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

__all__ = ["WIDE", "Group", "Plan", "area_map", "codes_of", "plan_of"]

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

FINE: Final = 3000
"""Areas from which their edges would cover them, were they not drawn thin."""

AREA: Final = 3
"""Points that a ring needs to enclose anything."""


class Group(NamedTuple):
    """Areas drawn alike: their class in the page's styles, and their key.

    The page fades what is `by_segment`, and the code stands on what is `written`.
    """

    style: str
    key: Key
    by_segment: bool = False
    written: bool = True

    @property
    def data(self) -> str:
        """Return the attribute by which the page fades other segments."""
        code = escape(self.key.code, quote=True)
        return f' data-segment="{code}"' if self.by_segment else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Areas on the grid.

    `drawn` says which have a shape, `shapes` holds those, `height` is in steps,
    `metres` is the length of one step (0 where it is not known), and `place` puts
    points in the areas' coordinates on the grid.
    """

    drawn: NDArray[np.bool_]
    shapes: NDArray[np.object_]
    height: int
    metres: float
    place: Callable[[Points], Points]


def plan_of(areas: gpd.GeoDataFrame) -> Plan:
    """Return the areas that have a geometry, on the grid.

    Parameters
    ----------
    areas
        Geometry on an index of `area_code`.

    Raises
    ------
    ReportError
        If no area can be drawn.
    """
    shapes = areas.geometry.to_numpy()
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not drawn.any():
        msg = (
            f"None of the {len(areas)} areas has a geometry, so there is no map to "
            "draw. Give the areas as a GeoPackage, GeoParquet or GeoJSON file."
        )
        raise ReportError(msg)
    west, south, east, north = shapely.total_bounds(shapes[drawn])
    is_geographic = areas.crs is not None and areas.crs.is_geographic
    squeeze = math.cos(math.radians((south + north) / 2)) if is_geographic else 1.0
    across = max((east - west) * squeeze, 1e-9)
    up = max(north - south, 1e-9)
    step = max(across / (WIDE - 2 * MARGIN), up / (TALLEST - 2 * MARGIN))
    inset = (WIDE - across / step) / 2

    def place(points: Points) -> Points:
        x = (points[:, 0] - west) * squeeze / step + inset
        y = (north - points[:, 1]) / step + MARGIN
        return np.column_stack([x, y]).round()

    simple = _simplified(shapes[drawn], KEPT * max(east - west, up))
    return Plan(
        drawn=drawn,
        shapes=shapely.transform(simple, place),
        height=math.ceil(up / step) + 2 * MARGIN,
        metres=step * _metre(areas),
        place=place,
    )


def codes_of(
    areas: gpd.GeoDataFrame, codes: pd.Series, names: Collection[str], what: str
) -> pd.Series:
    """Return the code of each area as text, "" for none, on the areas' index.

    Parameters
    ----------
    areas, codes
        Each on an index of `area_code`.
    names
        The codes that have a name.
    what
        What codes stand for, such as "segments".

    Raises
    ------
    ReportError
        If an area occurs twice, or a code has no name.
    """
    for kind, index in (("areas", areas.index), (what, codes.index)):
        if not index.is_unique:
            twice = sorted(map(str, index[index.duplicated()].unique()[:3]))
            msg = (
                f"Some area codes occur more than once in the {kind}, such as {twice}. "
                "Keep one row for each area."
            )
            raise ReportError(msg)
    found = codes.dropna().astype("str").reindex(areas.index).fillna("")
    unnamed = sorted(set(found) - set(names) - {""})
    if unnamed:
        msg = (
            f"{what.capitalize()} {unnamed} have no name; there are names for "
            f"{list(names)}. Name every one of the {what}, as text."
        )
        raise ReportError(msg)
    return found


def area_map(
    plan: Plan, codes: pd.Series, groups: Sequence[Group], over: str = ""
) -> Drawing:
    """Return a map of areas in groups, with its scale and its key.

    Parameters
    ----------
    plan
        Where the areas are.
    codes
        Code of each area, drawn or not, in the plan's order.
    groups
        Each code once, in the order of the keys; the last is drawn on top.
    over
        What is drawn on top.
    """
    shown = codes[plan.drawn]
    present = set(shown)
    parts = "".join(_group(plan.shapes, shown, group) for group in groups)
    marks = "".join(
        _marks(plan.shapes[(shown == group.key.code).to_numpy()], group)
        for group in groups
        if group.written
    )
    kind = "map fine" if len(shown) > FINE else "map"
    absent = int((~plan.drawn).sum())
    return Drawing(
        svg=(
            f'<svg viewBox="0 0 {WIDE} {plan.height + FOOT}" class="{kind}" '
            f'aria-hidden="true">{parts}{marks}{over}'
            f"{_scale_bar(plan.metres, plan.height)}</svg>"
        ),
        kind="map",
        keys=tuple(group.key for group in groups if group.key.code in present),
        note=f"{absent:,} areas have no boundary and are not drawn." if absent else "",
    )


def _metre(areas: gpd.GeoDataFrame) -> float:
    """Return how many metres one unit of a projected coordinate system is, or 0."""
    if areas.crs is None or not areas.crs.is_projected or not areas.crs.axis_info:
        return 0.0
    return float(areas.crs.axis_info[0].unit_conversion_factor)


def _simplified(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Return shapes with less detail, simplified together where they allow it."""
    try:
        simple = shapely.coverage_simplify(shapes, tolerance)
    except (shapely.errors.ShapelyError, TypeError):  # no coverage, or not of polygons
        simple = shapely.simplify(shapes, tolerance, preserve_topology=True)
    gone = shapely.is_empty(simple) | shapely.is_missing(simple)
    result: NDArray[np.object_] = np.where(gone, shapes, simple)
    return result


def _group(shapes: NDArray[np.object_], codes: pd.Series, group: Group) -> str:
    """Return the areas of one group, each with a name to hover over."""
    key = group.key
    mine = (codes == key.code).to_numpy()
    if not mine.any():
        return ""
    name = f"{key.code} {key.name}".strip()
    paths = [
        f'<path d="{_path(shape)}"><title>{escape(f"{area}: {name}")}</title></path>'
        for area, shape in zip(codes.index[mine], shapes[mine], strict=True)
    ]
    return f'<g class="{group.style}"{group.data}>{"".join(paths)}</g>'


def _marks(shapes: NDArray[np.object_], group: Group) -> str:
    """Return the code of a group, written on the largest of its areas."""
    sizes = shapely.area(shapes)
    largest = np.argsort(-sizes, kind="stable")[:MARKED]
    points = shapely.point_on_surface(shapes[largest[sizes[largest] > ROOMY]])
    spots = shapely.get_coordinates(points).round().astype(int).tolist()
    words = escape(group.key.code)
    text = "".join(
        f'<text class="code" x="{x}" y="{y}">{words}</text>' for x, y in spots
    )
    return f"<g{group.data}>{text}</g>" if text else ""


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
