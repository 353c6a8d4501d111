"""Which chapters on journeys a place's tables and settings allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.chapters.differences import differences_chapter
from insight.chapters.duplication import duplication_chapter
from insight.chapters.duplication_cost import duplication_cost_chapter
from insight.chapters.followed import Followed
from insight.chapters.hubs import hubs_chapter
from insight.chapters.redesign import redesign_chapter
from insight.chapters.told import told_chapter
from insight.chapters.what_happens import journeys_chapter
from insight.journey_log import has_events, log_of
from journeys import find_duplication, read_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from insight.chapters import Chapter
    from insight.release import Door
    from place import OpenPlace

__all__ = ["journey_chapters"]


def journey_chapters(
    opened: OpenPlace,
    door: Door,
    progress: Callable[[str], None],
    *,
    names: Mapping[str, str],
) -> Iterator[Chapter]:
    """Yield what is told of journeys, in reading order.

    Parameters
    ----------
    opened
        A place with `events`, `journey_maps` or both.
    door
        Every figure about people goes through it.
    progress
        Told each step as it begins.
    names
        Segment code to name of the segments that customers stand in, in table
        `customer_segment`; empty where there are none.
    """
    log = None
    if has_events(opened):
        progress("Following journeys")
        log = log_of(opened)
        progress("Looking for what is done twice")
        followed = Followed(
            opened=opened,
            door=door,
            log=log,
            found=find_duplication(log, read_rules(opened.place.journeys.rules)),
            segments="customer_segment" if names else None,
            names=names,
        )
        yield journeys_chapter(followed)
        yield duplication_chapter(followed)
        progress("Costing what is done twice")
        yield duplication_cost_chapter(followed)
        if opened.place.redesigns:
            progress("Trying other ways to serve")
            yield redesign_chapter(followed)
        if opened.place.compare is not None:
            progress("Comparing journeys")
            yield differences_chapter(followed)
        progress("Finding agencies that share customers")
        yield hubs_chapter(followed)
    if opened.has("journey_maps"):
        progress("Reading journey maps")
        yield told_chapter(opened, door, log)
