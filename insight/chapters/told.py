"""What people tell: drawn maps, beside the records and on their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.chapters.told_pictures import told_pictures
from insight.chapters.told_tables import (
    episode_blocks,
    overlay_blocks,
    overlay_said,
    rules_blocks,
)
from insight.release import Sheet, release
from insight.report import Section, Text, figure_of
from journeys.duplication.rules import read_rules
from journeys.maps import find_on_maps, maps_of, overlay_maps

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Log
    from journeys.duplication.rules import Rules
    from journeys.maps import DrawnMaps
    from place import OpenPlace

__all__ = ["maps_chapter", "told_chapter"]

FAULTS: Final = 5  # told at most on the page
DRAWN: Final = 3  # maps drawn on the page of a place
CARE: Final = (
    "A map is one journey as people told it. Maps are counted here, not people: a "
    "handful of maps shows what can happen, and no share or rate follows from it. "
    "Someone who knows a family may know its map again: agree with them what is shown "
    "before this page goes further."
)


def told_chapter(opened: OpenPlace, door: Door, log: Log | None) -> Chapter:
    """Show the drawn maps of a place, and lay them over its log where it has one.

    Parameters
    ----------
    opened
        A place with `journey_maps`.
    door
        Every figure goes through it. Quotes go nowhere.
    log
        Its events, encoded; or `None`.

    Raises
    ------
    JourneyError
        If no step is left, or the rules cannot be read.
    """
    maps = maps_of(opened.engine.arrow("SELECT * FROM journey_maps"))
    rules = read_rules(opened.place.journeys.rules)
    return maps_chapter(maps, door, log, rules=rules, most=DRAWN)


def maps_chapter(
    maps: DrawnMaps,
    door: Door,
    log: Log | None = None,
    *,
    rules: Rules | None = None,
    most: int = 12,
) -> Chapter:
    """Turn drawn maps into a chapter.

    Parameters
    ----------
    maps
        What :func:`journeys.maps.maps_of` or `read_maps` returned.
    door
        Every figure goes through it. Quotes go nowhere.
    log
        To lay the maps over; or `None`.
    rules
        To run on the maps; with `None`, those that come with the toolkit.
    most
        Maps to draw, each with a lane for each agency; the steps of all are files.
    """
    overlay = None if log is None else overlay_maps(maps, log)
    found = find_on_maps(maps, rules)
    totals = _totals(maps, found.n_repeating, door)
    beside = "" if overlay is None else overlay_said(overlay)
    steps, repeated = (
        figure_of(totals, name, label="").value for name in ("steps", "repeats")
    )
    lead = (
        f"People told {number_of(maps.n_maps, 'journey')} in {steps} steps; {repeated} "
        f"of the steps repeat what was done before or send people back.{beside}"
    )
    blocks: list[Block] = [
        Text([CARE], tone="caution"),
        *_faults(maps),
        *told_pictures(maps, door, most),
        *episode_blocks(maps, door),
        *([] if overlay is None else overlay_blocks(overlay, door)),
        *rules_blocks(found, door),
    ]
    return Chapter(
        section=Section("told", "What people tell us", lead, blocks),
        sentences=[lead],
        headlines=[],
    )


def _totals(maps: DrawnMaps, repeats: int, door: Door) -> Released:
    steps = maps.steps
    frame = pd.DataFrame(
        {
            "what": ["drawn maps"],
            "maps": [maps.n_maps],
            "steps": [len(steps)],
            "agencies": [steps["agency"].nunique()],
            "repeats": [repeats],
            "quotes": [int(steps["quote"].notna().sum())],
        }
    )
    sheet = Sheet(
        name="told",
        title="What was told",
        public=["maps", "steps", "agencies", "repeats", "quotes"],
        note="Maps and their steps, not people. Quotes stay in the maps' own files.",
    )
    return release(door, frame, sheet)


def _faults(maps: DrawnMaps) -> list[Block]:
    """Say what was wrong with the maps; no words of a family are in a fault."""
    if not maps.faults:
        return []
    said = number_of(len(maps.faults), "fault was", "faults were")
    more = len(maps.faults) - FAULTS
    points = [*maps.faults[:FAULTS], *([f"... and {more} more."] if more > 0 else [])]
    return [Text([f"{said} found in the maps."], points, tone="caution")]
