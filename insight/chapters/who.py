"""Who the customers are: segments of areas, on a map, with what sets them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.release import Rate, Sheet, release
from insight.report import (
    Bars,
    Column,
    Figure,
    Picture,
    Section,
    Table,
    Text,
    bars,
    segment_map,
)
from segmentation import (
    SegmentRecipe,
    agreement,
    pen_portrait,
    segment_areas,
    suggested_names,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["segments_chapter"]

MEASURED: Final = {
    "rate": 1,
    "place_rate": 1,
    "index": 0,
    "low": 0,
    "high": 0,
    "effect": 2,
}  # figure of a profile: decimals
APART: Final = 3  # variables shown on each side of the average
OF_EACH: Final = "One row an area; the file holds all of them."


def segments_chapter(
    opened: OpenPlace, areas: gpd.GeoDataFrame, door: Door
) -> tuple[Chapter, Segmentation, dict[str, str]]:
    """Segment the areas of a place and say what sets the segments apart.

    Parameters
    ----------
    opened
        A place with `[segments.variables]`.
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
    options = opened.place.segments
    recipe = SegmentRecipe(
        k=options.k,
        seed=options.seed,
        restarts=options.restarts,
        transform=options.transform,
        scale=options.scale,
    )
    found = segment_areas(areas, options.variables, recipe=recipe)
    names = suggested_names(found.profile, avoid=options.avoid) | options.names
    sizes = _sizes(found, names, areas, door)
    blocks: list[Block] = [*_map(areas, found, names, door), _table_of_sizes(sizes)]
    blocks += [Text([str(found)]), *_comparison(opened, areas, found)]
    blocks += _profiles(found, names, door)
    largest = sizes.frame.iloc[0]
    lead = (
        f"{opened.place.place.name} falls into {len(names)} segments of areas whose "
        f"residents are alike. The largest is segment {largest['segment']}, "
        f"{largest['name']}, with {largest['areas']:,} of "
        f"{len(found.segments):,} areas."
    )
    return (
        Chapter(
            section=Section("who", "Who the customers are", lead, blocks),
            sentences=[lead, *_said(opened, areas, found)],
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


def _sizes(
    found: Segmentation, names: dict[str, str], areas: pd.DataFrame, door: Door
) -> Released:
    members = areas.loc[found.segments.index].groupby(found.segments)
    frame = pd.DataFrame(
        {
            "segment": list(names),
            "name": list(names.values()),
            "areas": members.size().reindex(list(names)).to_numpy(),
            "residents": members["population"]
            .sum(min_count=1)
            .reindex(list(names))
            .to_numpy(),
        }
    )
    frame["residents"] = frame["residents"].round().astype("Int64")
    frame["of_all"] = frame["residents"].sum(min_count=1)
    return release(
        door,
        frame,
        Sheet(
            name="segments",
            title="Segments of areas",
            counts=["residents", "of_all"],
            public=["areas"],
            labels=["segment"],
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
    if areas.geometry.isna().all():
        said = "No map: the table of areas has no boundaries. Add a file that has."
        return [Text([said], tone="caution")]
    listed = found.segments.rename("segment").rename_axis("area_code").reset_index()
    listed["name"] = listed["segment"].map(names)
    title = "The segment of each area"
    twin = release(
        door, listed, Sheet(name="segment_of_area", title=title, labels=["segment"])
    )
    counted = listed["segment"].value_counts()
    alt = "Map of the place. " + " ".join(
        f"Segment {code}, {name}: {counted[code]:,} areas."
        for code, name in names.items()
    )
    return [
        Picture(
            drawing=segment_map(areas, found.segments, names),
            title="Segments by area",
            alt=alt,
            twin=Table(
                released=twin,
                columns={
                    "area_code": "Area",
                    "segment": Column("Segment", "text"),
                    "name": "Name",
                },
                segment="segment",
                note=OF_EACH,
                limit=25,
            ),
        )
    ]


def _profiles(found: Segmentation, names: dict[str, str], door: Door) -> list[Block]:
    """Say what sets each segment apart: a sentence, a chart and its table."""
    frame = _rounded(found.profile)
    sheet = Sheet(
        name="profile",
        title="Every variable of every segment",
        counts=["base", "count"],
        measures=dict.fromkeys(MEASURED, "count"),
        labels=["segment"],
        note="Index 100 is the average of the place.",
    )
    whole = release(door, frame, sheet)
    blocks: list[Block] = []
    for code, name in names.items():
        ranked = frame[frame["segment"] == code].sort_values("effect", kind="stable")
        ends = pd.concat([ranked.tail(APART)[::-1], ranked.head(APART)[::-1]])
        title = f"What sets segment {code} apart: {name}"
        own = replace(sheet, name=f"profile-segment-{code}", title=title)
        apart = release(door, ends.drop_duplicates().reset_index(drop=True), own)
        blocks += [
            _index_chart(apart, title),
            Text([pen_portrait(whole.frame, code)]),
        ]
    return blocks


def _rounded(profile: pd.DataFrame) -> pd.DataFrame:
    """Give figures no more digits than the field does, resting on their numerators.

    A mean has no numerator: it rests on its base.
    """
    frame = profile[["segment", "variable", "measure", "base", "count", *MEASURED]]
    counts = {
        "base": frame["base"].round().astype("Int64"),
        "count": frame["count"].fillna(frame["base"]).round().astype("Int64"),
    }
    return frame.assign(**counts).round(MEASURED)


def _index_chart(apart: Released, title: str) -> Picture:
    chart = bars(
        apart,
        Bars(
            label="variable",
            value="index",
            low="low",
            high="high",
            segment="segment",
            middle=100.0,
        ),
    )
    twin = Table(
        released=apart,
        columns={
            "variable": "Variable",
            "rate": "In the segment (per cent, or as measured)",
            "place_rate": "In the place",
            "index": "Index (100 = place)",
            "low": "Low (95 %)",
            "high": "High (95 %)",
            "base": "Base",
        },
        segment="segment",
    )
    shown = apart.frame.dropna(subset="index")
    said = ", ".join(
        f"{name} {index:.0f}"
        for name, index in zip(shown["variable"], shown["index"], strict=True)
    )
    alt = f"Bars of index scores, 100 being the place's average: {said}."
    return Picture(drawing=chart, title=title, alt=alt, twin=twin)


def _said(opened: OpenPlace, areas: gpd.GeoDataFrame, found: Segmentation) -> list[str]:
    compare = opened.place.segments.compare
    if compare is None or compare not in areas:
        return []
    official = areas[compare].astype("string")
    return [f"Against {compare!r}: {agreement(found.segments, official)}"]


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
    return [Text(said, tone="finding")]
