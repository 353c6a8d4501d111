"""Draw small areas as a map in SVG, coloured by what stands out: hot, cold, marked.

Too much and too little differ in colour, in pattern and by a code, so that the map
reads in grey. Sites, such as access points, stand on it as symbols.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import shapely

from insight.report.blocks import Drawing, Key
from insight.report.errors import ReportError
from insight.report.palette import TONES
from insight.report.shapes import WIDE, Group, Plan, area_map, codes_of, plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

__all__ = ["MapClass", "class_map"]

Tone: TypeAlias = Literal["hot", "warm", "cool", "cold", "plain", "mark"]

SYMBOLS: Final = {
    "chosen": "M0 -94L25 -31 92 -28 40 14 57 78 0 42 -57 78 -40 14 -92 -28 -25 -31z",
    "open": "M-62 0a62 62 0 1 0 124 0a62 62 0 1 0 -124 0z",
    "possible": "M0 -76L76 0 0 76 -76 0z",
}
"""A star, a full circle, a hollow diamond; the first are named first."""

FEW: Final = 20
"""Sites up to which their names are written, where there is room."""

LETTER, LINE, AWAY = 80, 160, 110
"""Size of a name's letters in steps, on the narrowest page, and where it starts."""


class MapClass(NamedTuple):
    """One class of a map: its code, what it is, and how it stands out."""

    code: str
    name: str
    tone: Tone


def class_map(
    areas: gpd.GeoDataFrame,
    classes: pd.Series,
    legend: Sequence[MapClass],
    *,
    sites: gpd.GeoDataFrame | None = None,
) -> Drawing:
    """Return a map of `areas` coloured by class, with its legend.

    Parameters
    ----------
    areas
        Geometry on an index of `area_code`. Where the coordinate system is projected
        in metres, a scale bar is drawn.
    classes
        Code of the class of each area, on an index of `area_code`; areas without one
        are drawn in grey.
    legend
        The classes in the order of the key, each with a tone of its own: "hot",
        "warm", "cool" and "cold" for more or less than expected, "plain" for nothing
        special, "mark" for what is to be found on the map. The first is drawn on top.
    sites
        Points with a `name` and a `status` ("open", "possible" or "chosen"), in any
        coordinate system; one that is not known is taken for that of the areas.

    Returns
    -------
    drawing
        About 200 bytes an area. Areas without a geometry, and sites without one or
        beyond the areas, are counted in its note.

    Raises
    ------
    ReportError
        If no area can be drawn, an area occurs twice, a class is not in the legend,
        two classes have one code or tone, or `sites` are not what they should be.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> square = shapely.box(0, 0, 1000, 1000)
    >>> areas = gpd.GeoDataFrame(geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> legend = [MapClass("HH", "More than its neighbours expect", "hot")]
    >>> drawing = class_map(areas, pd.Series({"E1": "HH"}), legend)
    >>> '<g class="hot"><path d=' in drawing.svg
    True
    """
    _check(legend)
    codes = codes_of(areas, classes, [each.code for each in legend], "classes")
    groups = [
        Group("s0", Key(0, "", "In no class, or left out"), written=False),
        *(_group(each) for each in reversed(legend)),
    ]
    plan = plan_of(areas)
    drawn = [] if sites is None else _on_plan(sites, areas, plan)
    drawing = area_map(plan, codes, groups, _sites_svg(drawn))
    beyond = 0 if sites is None else len(sites) - len(drawn)
    note = f"{beyond:,} sites lie beyond the map or have no place." if beyond else ""
    met = {site.status for site in drawn}
    return replace(
        drawing,
        keys=(
            *reversed(drawing.keys),
            *(_site_key(each) for each in SYMBOLS if each in met),
        ),
        note=f"{drawing.note} {note}".strip(),
    )


class _Site(NamedTuple):
    """A site on the grid."""

    x: int
    y: int
    name: str
    status: str


def _check(legend: Sequence[MapClass]) -> None:
    """Refuse a legend in which two classes could be taken for each other."""
    codes: list[str] = [each.code for each in legend]
    tones: list[str] = [each.tone for each in legend]
    for what, met in (("code", codes), ("tone", tones)):
        twice = sorted({each for each in met if met.count(each) > 1})
        if twice:
            msg = (
                f"Several classes of the legend have the {what} {twice}. Give each "
                f"class a {what} of its own."
            )
            raise ReportError(msg)
    unknown = sorted(set(tones) - set(TONES))
    if unknown or "" in codes:
        msg = (
            f"The legend has the tones {unknown} or a class without a code; a tone is "
            f"one of {list(TONES)}, a code is a letter or more."
        )
        raise ReportError(msg)


def _group(each: MapClass) -> Group:
    """Return the areas of one class as a group that no choice of segment fades."""
    swatch = f'<rect class="{each.tone}" width="112" height="80"/>'
    key = Key(0, each.code, each.name, swatch)
    return Group(each.tone, key, written=each.tone != "plain")


def _site_key(status: str) -> Key:
    """Return the entry of the key for sites of one status."""
    shape = (
        f'<g class="site is-{status}" transform="translate(56 40) scale(0.42)">'
        f'<path d="{SYMBOLS[status]}"/></g>'
    )
    return Key(0, "", f"Site: {status}", shape)


def _on_plan(
    sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, plan: Plan
) -> list[_Site]:
    """Return the sites that lie on the map, those to be named first in front."""
    absent = [name for name in ("name", "status") if name not in sites.columns]
    if absent:
        msg = (
            f"The sites have no columns {absent}; they have {list(sites.columns)}. "
            "Give each site a name and a status."
        )
        raise ReportError(msg)
    strange = sorted(set(sites["status"].astype("str")) - set(SYMBOLS))
    if strange:
        msg = f"Sites have the status {strange}; it is one of {sorted(SYMBOLS)}."
        raise ReportError(msg)
    if None not in (sites.crs, areas.crs) and sites.crs != areas.crs:
        sites = sites.to_crs(areas.crs)
    shapes = sites.geometry.to_numpy()
    has_place = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if (shapely.get_type_id(shapes[has_place]) != shapely.GeometryType.POINT).any():
        msg = "Sites are points, but some are lines or areas. Give one point a site."
        raise ReportError(msg)
    grid = plan.place(shapely.get_coordinates(shapes[has_place])).astype(int)
    known = sites[has_place]
    found = [
        _Site(int(x), int(y), str(name), str(status))
        for (x, y), name, status in zip(
            grid, known["name"].fillna(""), known["status"], strict=True
        )
        if 0 <= x <= WIDE and 0 <= y <= plan.height
    ]
    return sorted(found, key=lambda site: list(SYMBOLS).index(site.status))


def _sites_svg(sites: Sequence[_Site]) -> str:
    """Return the sites as symbols, the first on top, and names where there is room."""
    symbols = "".join(
        f'<g class="site is-{site.status}" transform="translate({site.x} {site.y})">'
        f"<title>{escape(site.name)}: {site.status}</title>"
        f'<path d="{SYMBOLS[site.status]}"/></g>'
        for site in reversed(sites)
    )
    return symbols + (_names(sites) if len(sites) <= FEW else "")


def _names(sites: Sequence[_Site]) -> str:
    """Return names beside their sites, less those that would stand on another."""
    taken = [
        shapely.box(site.x - 60, site.y - 60, site.x + 60, site.y + 60)
        for site in sites
    ]
    text = ""
    for site in sites:
        wide = LETTER * len(site.name)
        for side, x, y, start in (
            ("", site.x + AWAY, site.y, site.x + AWAY),
            ("left", site.x - AWAY, site.y, site.x - AWAY - wide),
            ("over", site.x, site.y - LINE, site.x - wide // 2),
            ("over", site.x, site.y + LINE, site.x - wide // 2),
        ):
            box = shapely.box(start, y - LINE / 2, start + wide, y + LINE / 2)
            is_inside = start >= 0 and start + wide <= WIDE
            if is_inside and not shapely.intersects(box, taken).any():
                taken.append(box)
                words = escape(site.name)
                text += f'<text class="place {side}" x="{x}" y="{y}">{words}</text>'
                break
    return text
