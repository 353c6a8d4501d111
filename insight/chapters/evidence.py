"""Does insight pay? Maturity of insight against flags, with every caveat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.chapters.chapter import Chapter
from insight.errors import InsightError
from insight.evidence import DESIGN_PROBLEMS, associate
from insight.release import Sheet, release
from insight.report import Section, Table, Text

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from place import OpenPlace

__all__ = ["evidence_chapter"]

TITLE = "Does insight pay?"


def evidence_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Test whether maturity of insight goes with flags.

    Parameters
    ----------
    opened
        A place with `maturity` and `flags`.
    door
        The table of places goes through it, though it holds no person.

    Returns
    -------
    chapter
        Where the data do not allow the test, it says why.
    """
    maturity = opened.engine.arrow("SELECT * FROM maturity").to_pandas()
    flags = opened.engine.arrow("SELECT * FROM flags").to_pandas()
    colour = opened.place.evidence.colour
    try:
        found = associate(maturity, flags, colour=colour)
    except InsightError as refused:
        said = f"No test of maturity against {colour} flags: {refused}"
        section = Section("evidence", TITLE, said)
        return Chapter(section=section, sentences=[said])
    released = release(
        door,
        found.places.reset_index(),
        Sheet(
            name="maturity_and_flags",
            title=f"Maturity and {colour} flags of each place",
            public=["score", "areas", "flags", "flags_per_area"],
        ),
    )
    table = Table(
        released=released,
        columns={
            "place": "Place",
            "score": "Maturity (1 to 4)",
            "areas": "Areas",
            "flags": f"{colour.capitalize()} flags",
            "flags_per_area": f"{colour.capitalize()} flags an area",
        },
    )
    blocks: list[Block] = [
        Text([], found.caveats, tone="caution"),
        Text(["Four problems of design that no statistic mends:"], DESIGN_PROBLEMS),
        table,
    ]
    return Chapter(
        section=Section("evidence", TITLE, found.finding, blocks),
        sentences=[str(found)],
    )
