"""The contents of a report: which chapters a place's tables and settings allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insight.chapters import (
    change_chapter,
    drivers_chapter,
    evidence_chapter,
    need_chapter,
    persons_chapter,
    residents_of,
    segments_chapter,
    sharing_chapter,
    standing_chapter,
    targets_chapter,
    where_chapter,
    with_customers,
    with_services,
)
from insight.journey_contents import journey_chapters
from insight.spend_contents import spend_chapters
from segmentation import customer_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd

    from insight.chapters import Chapter
    from insight.release import Door
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["chapters_of"]


def chapters_of(
    opened: OpenPlace, door: Door, progress: Callable[[str], None]
) -> tuple[list[Chapter], Mapping[str, str]]:
    """Let each room do what the place's tables and settings allow.

    Parameters
    ----------
    opened
        The place.
    door
        Every figure about people goes through it.
    progress
        Told each step as it begins.

    Returns
    -------
    chapters, names
        In reading order; the names of the segments that journeys are followed by.
    """
    done: list[Chapter] = []
    names: dict[str, str] = {}
    found, in_segments = None, False
    if opened.areas is not None and opened.place.segments.asked:
        progress("Finding segments")
        chapter, found, names = segments_chapter(opened, opened.areas, door)
        if opened.has("people") or opened.has("service_use"):
            counts = customer_segments(opened.engine, found.segments)
            in_segments = counts.with_segment > 0
            chapter = with_customers(chapter, counts, door)
        if in_segments and opened.has("service_use"):
            residents = residents_of(found.segments, opened.areas)
            chapter = with_services(chapter, opened, residents, names, door)
        done.append(chapter)
        further = _of_segments(opened, opened.areas, found, names, door, progress)
        done += [replace(each, headlines=each.headlines[:1]) for each in further]
    if opened.place.people_segments is not None and opened.has("service_use"):
        progress("Finding segments of persons")
        done.append(replace(persons_chapter(opened, door), headlines=()))
    known = names if in_segments else {}
    done += journey_chapters(opened, door, progress, names=known)
    done += spend_chapters(opened, door, found, progress, names=names)
    if opened.has("maturity", "flags"):
        progress("Testing maturity against flags")
        done.append(evidence_chapter(opened, door))
    return done, names


def _of_segments(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: dict[str, str],
    door: Door,
    progress: Callable[[str], None],
) -> Iterator[Chapter]:
    """Yield what else is asked about the segments of areas."""
    place = opened.place
    given = (opened, areas, found, names, door)
    by_code = (opened, areas, found.segments, names, door)
    if found.stability is not None:
        progress("Testing how far the segments hold")
        yield standing_chapter(*given)
    if place.outcomes:
        progress("Asking whether the segments separate need")
        yield need_chapter(*given)
    if place.hotspots or place.contact or place.access:
        progress("Finding where need gathers")
        yield where_chapter(*given)
    if place.drivers is not None:
        progress("Asking what goes with an outcome")
        yield drivers_chapter(*by_code)
    if place.targets is not None:
        progress("Listing areas for a campaign")
        yield targets_chapter(*by_code)
    if place.segments.previous is not None:
        progress("Comparing with last year's segments")
        lowest, called = found.tree.iloc[:, -1], found.node_names | names
        yield change_chapter(opened, areas, lowest, called, door)
    yield sharing_chapter(opened, found, names, door)
