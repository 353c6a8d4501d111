"""Who the customers are: segments of areas, on a map, with what sets them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.finding import areas_with_use, find_segments
from insight.chapters.grouping import how_blocks, not_counted, tree_blocks
from insight.chapters.profiles import nation_of, profile_blocks
from insight.release import Rate, Sheet, release
from insight.release.rules import protect
from insight.report import (
    Column,
    Figure,
    Picture,
    Section,
    Table,
    Text,
    segment_map,
)
from segmentation import agreement

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from segmentation import CustomerCounts, Segmentation

__all__ = ["residents_of", "segments_chapter", "with_customers"]

CAREFUL: Final = (
    "Segments describe areas. They say where to look and whom to ask, and decide "
    "nothing about any one household: many who live in an area are unlike its average."
)
SAME: Final = "1 is the same groups and 0 what chance would give"


def segments_chapter(
    opened: OpenPlace, areas: gpd.GeoDataFrame, door: Door
) -> tuple[Chapter, Segmentation, dict[str, str]]:
    """Segment the areas of a place and say what sets the segments apart.

    Parameters
    ----------
    opened
        A place whose `[segments]` say what makes areas alike.
    areas
        Its areas.
    door
        Every figure goes through it.

    Returns
    -------
    chapter, segmentation, names
        Names are those that the place gave, and suggestions for the rest.

    Raises
    ------
    SegmentError
        If the areas cannot be segmented as asked.
    """
    areas, variables, use = areas_with_use(opened, areas)
    found = find_segments(opened, areas, variables)
    names = dict(found.names)
    sizes = _sizes(found, names, areas, door)
    blocks: list[Block] = [*_map(areas, found, names, door), _table_of_sizes(sizes)]
    blocks += tree_blocks(found, areas, door)
    blocks += profile_blocks(found, names, door, sizes=sizes, nation=nation_of(opened))
    blocks += [Text([CAREFUL], tone="caution"), *_comparison(opened, areas, found)]
    blocks += [*not_counted(use, door), *how_blocks(found, use)]
    largest = sizes.frame.iloc[0]
    lead = (
        f"{opened.place.place.name} falls into {len(names)} segments of areas whose "
        f"residents are alike. The largest is segment {largest['segment']} "
        f"({largest['name']}), with {largest['areas']:,} of "
        f"{len(found.segments):,} areas."
    )
    return (
        Chapter(
            section=Section("who", "Who the customers are", lead, blocks),
            sentences=[lead, *_said(opened, areas, found)[:1]],
            headlines=[
                Figure(
                    f"{len(names)}",
                    "segments of areas",
                    f"from {found.rates.shape[1]} variables of "
                    f"{len(found.segments):,} areas",
                )
            ],
        ),
        found,
        names,
    )


def with_customers(chapter: Chapter, counts: CustomerCounts, door: Door) -> Chapter:
    """Add to a chapter how many customers have a segment, and how many have none.

    Parameters
    ----------
    chapter
        What :func:`segments_chapter` returned.
    counts
        What `segmentation.customer_segments` counted.
    door
        The counts go through it.
    """
    parts = ["with_segment", "without_area", "area_not_segmented"]
    frame = pd.DataFrame({name: [getattr(counts, name)] for name in parts})
    released = release(
        door,
        frame.assign(what="customers"),
        Sheet(name="customers", title="Customers with a segment", counts=parts),
    )
    if not frame[parts[1:]].to_numpy().any():
        known = released.frame["with_segment"].iloc[0]
        all_of = "Every customer" if pd.isna(known) else f"Each of {known:,} customers"
        return _with_block(
            chapter, Text([f"{all_of} has the segment of the home area."])
        )
    table = Table(
        released=released,
        columns={
            "with_segment": "With a segment",
            "without_area": "Of no known area",
            "area_not_segmented": "Of an area not segmented",
        },
        note="A customer has the segment of the area of home.",
    )
    return _with_block(chapter, table)


def _with_block(chapter: Chapter, block: Block) -> Chapter:
    section = replace(chapter.section, blocks=[*chapter.section.blocks, block])
    return replace(chapter, section=section)


def residents_of(segments: pd.Series[str], areas: pd.DataFrame) -> pd.Series[float]:
    """Return the residents of each segment, missing where none are known."""
    members = areas.loc[segments.index].groupby(segments)
    residents: pd.Series[float] = members["population"].sum(min_count=1)
    return residents


def _sizes(
    found: Segmentation, names: dict[str, str], areas: pd.DataFrame, door: Door
) -> Released:
    members = areas.loc[found.segments.index].groupby(found.segments)
    frame = pd.DataFrame(
        {
            "segment": list(names),
            "name": list(names.values()),
            "areas": members.size().reindex(list(names), fill_value=0).to_numpy(),
            "residents": residents_of(found.segments, areas)
            .reindex(list(names))
            .to_numpy(),
        }
    )
    frame["residents"] = frame["residents"].round().astype("Int64")
    shown, _ = protect(frame["residents"], door.rule)  # or the total tells the rest
    frame["of_all"] = shown.sum() if shown.notna().all() else pd.NA
    frame["of_all"] = frame["of_all"].astype("Int64")
    return release(
        door,
        frame,
        Sheet(
            name="segments",
            title="Segments of areas",
            counts=["residents"],
            public=["areas", "of_all"],
            labels=["segment", "name"],
            rates={"residents_share": Rate("residents", "of_all")},
            note="Residents as the place's table of areas counts them.",
        ),
    )


def _table_of_sizes(sizes: Released) -> Table:
    return Table(
        released=sizes,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            "areas": "Areas",
            "residents": "Residents",
            "residents_share": "Share of residents",
        },
        segment="segment",
    )


def _map(
    areas: gpd.GeoDataFrame, found: Segmentation, names: dict[str, str], door: Door
) -> list[Block]:
    listed = found.segments.rename("segment").rename_axis("area_code").reset_index()
    listed["name"] = listed["segment"].map(names)
    below = found.tree.columns[1:]
    listed[below] = found.tree[below].to_numpy()
    twin = Table(
        released=release(
            door,
            listed,
            Sheet(
                name="segment_of_area",
                title="The segment of each area",
                labels=[str(name) for name in listed],
            ),
        ),
        columns={
            "area_code": "Area",
            "segment": Column("Segment", "text"),
            "name": "Name",
            **{level: level.capitalize() for level in below},
        },
        segment="segment",
        limit=25,
    )
    if areas.geometry.isna().all():
        said = "No map: the table of areas has no boundaries. Add a file that has."
        return [Text([said], tone="caution"), twin]
    counted = listed["segment"].value_counts()
    alt = "Map of the place. " + " ".join(
        f"Segment {code}, {name}: {counted.get(code, 0):,} areas."
        for code, name in names.items()
    )
    return [
        Picture(
            drawing=segment_map(areas, found.segments, names),
            title="Segments by area",
            alt=alt,
            twin=twin,
        )
    ]


def _said(opened: OpenPlace, areas: gpd.GeoDataFrame, found: Segmentation) -> list[str]:
    compare = opened.place.segments.compare
    if compare is None or compare not in areas:
        return []
    official = areas[compare].astype("string")
    same = agreement(found.segments, official)
    said = (
        f"{100 * same.matched:.0f} % of areas lie in groups that pair up with those of "
        f"{compare}. ARI {same.rand:.2f} (adjusted Rand index: {SAME})."
    )
    return [said, f"Against {compare}: {same}"]


def _comparison(
    opened: OpenPlace, areas: gpd.GeoDataFrame, found: Segmentation
) -> list[Block]:
    compare = opened.place.segments.compare
    said = _said(opened, areas, found)
    if compare is None:
        hint = "Set `compare` to a column of areas to hold these segments against it."
        return [Text([f"Not compared with an existing classification. {hint}"])]
    if not said:
        missing = f"areas have no column {compare!r}, so nothing was compared."
        return [Text([missing], tone="caution")]
    return [Text(said[:1], tone="finding"), Text(said[1:], tone="method")]
