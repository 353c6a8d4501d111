"""Persons in segments: what they use themselves, and the area that they live in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.person_profiles import person_profile_blocks, shown_names
from insight.errors import InsightError
from insight.release import Rate, Sheet, release
from insight.release.rules import protect
from insight.report import Column, Figure, Section, Table, Text
from segmentation.people.persons import PersonRecipe, segment_persons

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from place.settings import PeopleOptions
    from segmentation.people.persons import PersonSegmentation

__all__ = ["persons_chapter"]

TITLE: Final = "Customers, by what they use and where they live"
CAREFUL: Final = (
    "What is said of the home area is the average of those who live there, not of the "
    "customers themselves. A segment says what its customers have in common, and "
    "decides nothing about any one of them."
)


def persons_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Segment the persons of a place, and say what sets the segments apart.

    Parameters
    ----------
    opened
        A place with `[people_segments]` and a table of service use. Without `use` in
        the settings every service counts; without `variables` (or without areas) own
        use alone does. Its engine then holds `person_segment`.
    door
        Every figure goes through it, and words are written from what comes out.

    Raises
    ------
    InsightError
        If the place has no `[people_segments]`.
    SegmentError
        If persons cannot be segmented as asked.
    """
    options = opened.place.people_segments
    if options is None:
        msg = "the place has no [people_segments], so persons are not segmented."
        raise InsightError(msg)
    found = _found(opened, options)
    names = shown_names(found, opened.place.segments.avoid, door.rule)
    sizes = _sizes(found, names, door)
    lead = _lead(sizes)
    blocks: list[Block] = [
        _table_of_sizes(sizes),
        *_without(found, door),
        *person_profile_blocks(found.profile, names, door),
        Text([CAREFUL], tone="caution"),
        Text([found.quality, _how(found, options)], tone="method"),
    ]
    return Chapter(
        section=Section("persons", TITLE, lead, blocks),
        sentences=[lead],
        headlines=[
            Figure(
                f"{len(found.sizes)}",
                "segments of customers",
                f"from {len(found.measures)} services and "
                f"{len(found.model.variables) - len(found.measures)} variables of home",
            )
        ],
    )


def _found(opened: OpenPlace, options: PeopleOptions) -> PersonSegmentation:
    use = options.use or {
        row["service"]: row["service"]
        for row in opened.engine.arrow(
            "SELECT DISTINCT service FROM service_use "
            "WHERE customer_id IS NOT NULL ORDER BY service"
        ).to_pylist()
    }
    recipe = PersonRecipe(
        k=options.k,
        seed=options.seed,
        restarts=options.restarts,
        sample=options.sample,
        area_weight=options.area_weight,
    )
    return segment_persons(
        opened.engine, use, opened.areas, options.variables, recipe=recipe
    )


def _sizes(found: PersonSegmentation, names: dict[str, str], door: Door) -> Released:
    frame = pd.DataFrame(
        {
            "segment": list(names),
            "name": list(names.values()),
            "customers": found.sizes.to_numpy(),
        }
    )
    shown, _ = protect(frame["customers"], door.rule)  # or the total tells the rest
    frame["of_all"] = shown.sum() if shown.notna().all() else pd.NA
    frame["of_all"] = frame["of_all"].astype("Int64")
    return release(
        door,
        frame,
        Sheet(
            name="person_segments",
            title="Segments of customers",
            counts=["customers"],
            public=["of_all"],
            labels=["segment", "name"],
            rates={"share": Rate("customers", "of_all")},
        ),
    )


def _lead(sizes: Released) -> str:
    known = sizes.frame.dropna(subset="customers")
    said = (
        f"Customers fall into {len(sizes.frame)} segments, by what they use and where "
        "they live."
    )
    if known.empty:
        return said
    largest = known.sort_values("customers", kind="stable").iloc[-1]
    return (
        f"{said} The largest is segment {largest['segment']} ({largest['name']}), with "
        f"{largest['customers']:,} customers."
    )


def _table_of_sizes(sizes: Released) -> Table:
    return Table(
        released=sizes,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            "customers": "Customers",
            "share": Column("Share of customers with a segment", "share"),
        },
    )


def _without(found: PersonSegmentation, door: Door) -> list[Block]:
    parts = ["without_area", "area_incomplete"]
    frame = pd.DataFrame({name: [getattr(found, name)] for name in parts})
    released = release(
        door,
        frame.assign(what="customers"),
        Sheet(
            name="person_segments_without",
            title="Customers without such a segment",
            counts=parts,
        ),
    )
    if not frame.to_numpy().any():
        return [Text(["Every customer has such a segment."])]
    columns = {
        "without_area": "Of no known area",
        "area_incomplete": "Of an area whose variables are not all known",
    }
    return [Table(released=released, columns=columns)]


def _how(found: PersonSegmentation, options: PeopleOptions) -> str:
    by_rows = [name for name, how in found.measures.items() if how == "uses"]
    counted = (
        f" Use of {', '.join(by_rows)} is the number of records, as not each says how "
        "much; of the other services it is their units."
        if by_rows
        else " Use is in the units that records give."
    )
    weight = (
        f"Own use counts 1 and the rates of the home area {options.area_weight:g}, "
        "together and however many they are."
        if len(found.model.variables) > len(found.measures)
        else "Own use alone counts."
    )
    return weight + counted
