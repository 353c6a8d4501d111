"""What came in, what was rejected, and what could not be done without more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release
from insight.report import LeftOut, Table
from place import CONTRACTS

if TYPE_CHECKING:
    from insight.release import Door
    from place import OpenPlace

__all__ = ["intake", "left_out"]

FURTHER: Final = {
    "outcomes": "Whether the segments separate need",
    "hotspots": "Where an outcome gathers, now and next",
    "contact": "Where fewer people make contact than expected",
    "access": "Who is far from an access point",
    "drivers": "What goes with an outcome",
    "targets": "Areas to go to first",
    "people_segments": "Segments of persons",
}  # block of settings: what it would unlock where there are segments
OF_EVENTS: Final = {
    "redesigns": ("What other ways to serve would change and save", "[[redesigns]]"),
    "compare": ("Whose journeys differ by more than chance", "[compare]"),
}  # the same where there are events, with the name of the block
AFTER_EVENTS: Final = ("vocabulary", "unit_costs", "audit")  # of no use without them


def intake(opened: OpenPlace, door: Door) -> Table:
    """Return rows in, kept and rejected of every file, as a table for the page."""
    released = release(
        door,
        opened.counts(),
        Sheet(
            name="rows",
            title="Rows in, kept and rejected",
            public=["rows_in", "rows_out", "rejected"],
            labels=["table", "file", "unused"],
            note="Rows of files, not people. rejected/TABLE.csv gives row and reason.",
        ),
    )
    return Table(
        released=released,
        columns={
            "table": "Table",
            "file": "File",
            "rows_in": "Rows in",
            "rows_out": "Kept",
            "rejected": "Rejected",
            "unused": "Columns not used",
        },
    )


def left_out(opened: OpenPlace) -> list[LeftOut]:
    """Return what the place's tables and settings did not allow."""
    found = [
        LeftOut(contract.unlocks[0].upper() + contract.unlocks[1:], f"the table {name}")
        for name, contract in CONTRACTS.items()
        if contract.unlocks
        and not opened.has(name)
        and (opened.has("events") or name not in AFTER_EVENTS)
    ]
    found += [
        LeftOut(f"The table {name}: checked, and nothing made of it", "a later version")
        for name, contract in CONTRACTS.items()
        if not contract.unlocks and opened.has(name)
    ]
    if opened.has("events"):
        found += [
            LeftOut(what, f"{block} in place.toml")
            for name, (what, block) in OF_EVENTS.items()
            if not getattr(opened.place, name)
        ]
    asked = opened.place.segments.asked
    if opened.has("areas") and not asked:
        found.append(LeftOut("Segments", "[segments.variables] in place.toml"))
    if opened.has("spend") and not asked:
        found.append(
            LeftOut("Spend per segment", "segments: areas with [segments.variables]")
        )
    if opened.has("areas") and asked:
        found += [
            LeftOut(what, f"[{block}] in place.toml")
            for block, what in FURTHER.items()
            if not getattr(opened.place, block)
        ]
    return found
