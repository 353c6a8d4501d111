"""Draw small areas as a map in SVG, coloured by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.report.blocks import Drawing, Key
from insight.report.palette import styles_of
from insight.report.shapes import Group, area_map, codes_of, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

__all__ = ["segment_map"]


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
    >>> import shapely
    >>> square = shapely.box(0, 0, 1000, 1000)
    >>> areas = gpd.GeoDataFrame(geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> drawing = segment_map(areas, pd.Series({"E1": "A"}), {"A": "Older owners"})
    >>> drawing.keys
    (Key(style=1, code='A', name='Older owners'),)
    >>> "<title>E1: A Older owners</title>" in drawing.svg
    True
    """
    codes = codes_of(areas, segments, names, "segments")
    groups = [
        Group(f"s{style}", Key(style, code, names[code]), by_segment=True)
        for code, style in styles_of(list(names)).items()
    ]
    gone = Key(0, "", "In no segment, or left out")
    nowhere = Group("s0", gone, by_segment=True, written=False)
    return area_map(plan_of(areas), codes, [*groups, nowhere])
