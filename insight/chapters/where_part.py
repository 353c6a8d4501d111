"""One part of the chapter on where: a lead, its blocks and maybe a key figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insight.chapters.chapter import number_of
from insight.report import Column, Picture, Table, Text, class_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from insight.release import Released
    from insight.report import Block, Figure, MapClass

__all__ = ["Part", "drawn_only", "map_of"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of a chapter says."""

    lead: str
    blocks: Sequence[Block]
    headline: Figure | None = None


def drawn_only(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas that have a boundary."""
    return areas[areas.geometry.notna() & ~areas.geometry.is_empty]


def map_of(
    areas: gpd.GeoDataFrame,
    twin: Released,
    legend: Sequence[MapClass],
    columns: dict[str, str | Column],
    *,
    sites: gpd.GeoDataFrame | None = None,
) -> Block:
    """Return a map of classes, or a word on why there is none.

    Parameters
    ----------
    areas
        All areas of the place.
    twin
        One row an area: `area_code`, `class` (the name of one of the legend) and
        the figures of it. Its title is the map's.
    legend
        The classes.
    columns
        What the table beside the map shows.
    sites
        Points to stand on it.
    """
    table = Table(released=twin, columns=columns, limit=25)
    if drawn_only(areas).empty:
        said = "No map: the table of areas has no boundaries. Add a file that has."
        return Text([said], tone="caution")
    codes = {each.name: each.code for each in legend}
    rows: pd.DataFrame = twin.frame.set_index("area_code")
    classes = rows["class"].map(codes).dropna()
    counted = rows["class"].value_counts()
    alt = f"Map of the place. {twin.title}. " + " ".join(
        f"{each.name}: {number_of(int(counted.get(each.name, 0)), 'area')}."
        for each in legend
    )
    return Picture(
        drawing=class_map(areas, classes, legend, sites=sites),
        title=twin.title,
        alt=alt,
        twin=table,
    )
