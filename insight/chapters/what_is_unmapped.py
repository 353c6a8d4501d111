"""What rules cannot see: activities without a class, names spelt in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import number_of
from insight.chapters.moves import common_rows
from insight.release import Sheet, release
from insight.report import Table, Text
from journeys.suggestions import alike_names
from journeys.vocabulary import unmapped_activities, unused_rows

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.report import Block

__all__ = ["unmapped_blocks"]

LONGEST: Final = 12  # most rows of a table on the page


def unmapped_blocks(followed: Followed) -> list[Block]:
    """Return cautions on what could not be mapped; none where all could.

    Parameters
    ----------
    followed
        The journeys. Names that few customers have stay inside.
    """
    return [*_activities(followed), *_vocabulary(followed), *_agencies(followed)]


def _activities(followed: Followed) -> list[Block]:
    log, door = followed.log, followed.door
    if not log.unmapped:
        return []
    said = (
        f"{number_of(len(log.unmapped), 'activity has', 'activities have')} no class, "
        "so no rule of duplication can see them. `totalplace activities` writes a "
        "sheet to fill, for [tables.vocabulary]; or give classes under "
        "[journeys.classes]."
    )
    told: list[Block] = [Text([said], tone="caution")]
    known = _known(followed)
    common = common_rows(unmapped_activities(log, known=known), door)
    if common.empty:
        return told
    public = common["nearest"].isin([*known, *common["activity"]])
    frame = common.assign(nearest=common["nearest"].where(public))
    sheet = Sheet(
        name="unmapped",
        title="Activities without a class",
        counts=["events", "customers"],
        of_people={"events": "customers"},
        labels=["activity", "nearest"],
        note="Activities that few customers have are not listed.",
    )
    columns = {
        "activity": "Activity",
        "events": "Contacts",
        "customers": "Customers",
        "nearest": "Nearest that has a class",
    }
    table = Table(released=release(door, frame, sheet), columns=columns, limit=LONGEST)
    return [*told, table]


def _known(followed: Followed) -> list[str]:
    """Return the activities that the place's own tables and settings name."""
    named = set(followed.opened.place.journeys.classes)
    if followed.opened.has("vocabulary"):
        words = followed.opened.engine.arrow("SELECT activity FROM vocabulary")
        named |= set(words["activity"].to_pylist())
    return sorted(named)


def _vocabulary(followed: Followed) -> list[Block]:
    if not followed.opened.has("vocabulary"):
        return []
    unused = unused_rows(followed.opened.engine, "events", "vocabulary")
    if unused.empty:
        return []
    said = (
        f"{number_of(len(unused), 'row')} of the vocabulary name an activity or an "
        "agency that no event has: "
        f"{', '.join(map(repr, unused['activity'][:LONGEST]))}. Look at their spelling."
    )
    return [Text([said], tone="caution")]


def _agencies(followed: Followed) -> list[Block]:
    log, door = followed.log, followed.door
    groups = alike_names(log.names["agency"])
    if not groups:
        return []
    common = log.decoded(
        log.engine.arrow(
            f"SELECT agency FROM {log.table} GROUP BY agency "
            f"HAVING count(DISTINCT customer) > {door.rule.hides_to}"
        ),
        {"agency": "agency"},
    )["agency"]
    known = set(common)
    listed = ["; ".join(same) for same in groups if known.issuperset(same)][:LONGEST]
    said = (
        f"{number_of(len(groups), 'agency is', 'agencies are')} spelt in more than one "
        "way, and counted as different ones"
        f"{': ' + ', '.join(listed) if listed else ''}. Give one spelling in the files."
    )
    return [Text([said], tone="caution")]
