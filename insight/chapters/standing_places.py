"""Where segments are unsure of themselves, and regions that hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import number_of
from insight.chapters.where_part import drawn_only, map_of
from insight.release import Sheet, release
from insight.report import Column, Key, MapClass, Picture, Table, Text
from insight.report.palette import styles_of
from insight.report.shapes import Group, area_map, codes_of, plan_of
from segmentation.trust.membership import between_segments
from segmentation.trust.regions import contiguous_regions

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door
    from insight.report import Block, Drawing
    from segmentation import Segmentation
    from segmentation.trust.regions import Regions

__all__ = ["between_blocks", "region_blocks"]

SURE: Final = (
    MapClass("B", "between two segments", "mark"),
    MapClass("N", "clearly in one", "plain"),
)
ABOUT_MARGIN: Final = (
    "The margin says how much nearer an area is to its nearest segment than to the "
    "second, from 0 (as near to either) to 1; below 0.1 it sits between the two."
)
MOST_COLOURS: Final = 24


def between_blocks(
    areas: gpd.GeoDataFrame, members: pd.DataFrame, names: dict[str, str], door: Door
) -> list[Block]:
    """Say which areas sit between two segments, and which segments those are.

    Parameters
    ----------
    areas
        The place's areas.
    members
        What `segmentation.trust.membership` says of them.
    names
        Code -> name of each segment.
    door
        Every table goes through it.
    """
    frame = members.rename_axis("area_code").reset_index()
    classes = frame["between"].map({True: SURE[0].name, False: SURE[1].name})
    frame = frame.assign(**{"class": classes}).sort_values("margin", kind="stable")
    columns = ["area_code", "class", "nearest", "second", "margin"]
    twin = release(
        door,
        frame[columns].round({"margin": 2}),
        Sheet(
            name="second_best_segment",
            title="Areas that sit between two segments",
            labels=["area_code", "class", "nearest", "second"],
            public=["margin"],
            note=ABOUT_MARGIN,
        ),
    )
    shown: dict[str, str | Column] = {
        "area_code": "Area",
        "nearest": Column("Nearest segment", "text"),
        "second": Column("Second-best segment", "text"),
        "margin": "Margin",
    }
    return [map_of(areas, twin, SURE, shown), *_pairs(members, names, door)]


def _pairs(members: pd.DataFrame, names: dict[str, str], door: Door) -> list[Block]:
    pairs = between_segments(members)
    if pairs.empty:
        return [Text(["No area sits between two segments."])]
    for name in ("segment", "other"):
        pairs[name] = pairs[name] + " " + pairs[name].map(names)
    released = release(
        door,
        pairs,
        Sheet(
            name="between_segments",
            title="Which segments shade into one another",
            public=["areas"],
            labels=["segment", "other"],
        ),
    )
    columns = {"segment": "Segment", "other": "And segment", "areas": "Areas between"}
    return [Table(released=released, columns=columns, limit=15)]


def region_blocks(
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    n_regions: int | None,
    names: dict[str, str],
    door: Door,
) -> list[Block]:
    """Join areas into regions in one piece, where the place asks for it.

    Parameters
    ----------
    areas
        The place's areas; those without a boundary are in no region.
    found, names
        Its segments, and what each is called.
    n_regions
        How many regions, or nothing.
    door
        Every table goes through it.
    """
    if n_regions is None:
        return []
    drawn = drawn_only(areas)
    features = found.features[found.features.index.isin(drawn.index)]
    if features.empty:
        said = "No regions: the table of areas has no boundaries. Add a file that has."
        return [Text([said], tone="caution")]
    made = contiguous_regions(drawn, features, n_regions, seed=found.recipe.seed)
    cost = made.explained_free - made.explained
    said = (
        "For teams that must cover ground that hangs together, areas were also joined "
        f"into {number_of(n_regions, 'region')}, each in one piece. That costs "
        f"{100 * cost:.0f} points of what sets areas apart, against segments that may "
        "lie anywhere."
    )
    table = _sizes(made, found, names, door)
    how = Text([str(made)], tone="method")
    return [Text([said]), *_map(areas, made, door), table, how]


def _sizes(
    made: Regions, found: Segmentation, names: dict[str, str], door: Door
) -> Table:
    """Return the regions with the segment that is commonest in each."""
    own = pd.crosstab(made.regions, found.segments.reindex(made.regions.index))
    own = own.reindex(made.sizes["region"])
    commonest = own.idxmax(axis=1)
    frame = pd.DataFrame(
        {
            "region": [f"R{code}" for code in made.sizes["region"]],
            "areas": made.sizes["areas"].to_numpy(),
            "mostly": [f"{code} {names[code]}" for code in commonest.astype(str)],
            "mostly_share": (own.max(axis=1) / own.sum(axis=1)).round(3).to_numpy(),
            "within": made.sizes["within"].round(2).to_numpy(),
        }
    )
    released = release(
        door,
        frame,
        Sheet(
            name="regions",
            title="Regions in one piece",
            labels=["region", "mostly"],
            public=["areas", "mostly_share", "within"],
        ),
    )
    return Table(
        released=released,
        columns={
            "region": "Region",
            "areas": "Areas",
            "mostly": "Commonest segment",
            "mostly_share": "Its share of the region's areas",
            "within": "Differences inside (sum of squares)",
        },
    )


def _map(areas: gpd.GeoDataFrame, made: Regions, door: Door) -> list[Block]:
    if len(made.sizes) > MOST_COLOURS:
        said = f"No map: more than {MOST_COLOURS} regions cannot be told apart on one."
        return [Text([said])]
    title = "The region of each area"
    regions = "R" + made.regions
    listed = regions.rename_axis("area_code").reset_index()
    twin = release(
        door,
        listed,
        Sheet(name="region_of_area", title=title, labels=["area_code", "region"]),
    )
    sizes = {
        f"R{code}": number_of(n, "area")
        for code, n in zip(made.sizes["region"], made.sizes["areas"], strict=True)
    }
    return [
        Picture(
            drawing=_drawn(areas, regions, sizes),
            title=title,
            alt="Map of the place in regions. "
            + " ".join(f"{code}: {said}." for code, said in sizes.items()),
            twin=Table(
                released=twin,
                columns={"area_code": "Area", "region": "Region"},
                limit=25,
            ),
        )
    ]


def _drawn(
    areas: gpd.GeoDataFrame, regions: pd.Series[str], sizes: dict[str, str]
) -> Drawing:
    """Return the map; regions are no segments, so no choice of segment fades them."""
    groups = [
        Group(f"s{style}", Key(style, code, sizes[code]))
        for code, style in styles_of(list(sizes)).items()
    ]
    groups.append(Group("s0", Key(0, "", "In no region"), written=False))
    codes = codes_of(areas, regions, list(sizes), "regions")
    return area_map(plan_of(areas), codes, groups)
