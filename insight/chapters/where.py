"""Where need gathers, who makes little contact, and who is far from an access point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter
from insight.chapters.where_access import access_part
from insight.chapters.where_contact import contact_part
from insight.chapters.where_hotspots import hotspot_parts
from insight.report import Section, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from insight.chapters.where_part import Part
    from insight.release import Door
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["where_chapter"]

LEAD: Final = (
    "Areas that stand out from the rest of the place, by more than chance: where to "
    "look first, and whom services do not reach."
)
CAREFUL: Final = (
    "These maps say where to look, not why it is so. An area that does not stand out "
    "may still have need, and not everyone in one that does has it. Ask people who "
    "live and work there before acting."
)


def where_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: Mapping[str, str],
    door: Door,
) -> Chapter:
    """Say where need gathers and who is far, as far as the settings ask.

    Parameters
    ----------
    opened
        A place with one or more of `[hotspots]`, `[contact]` and `[access]`; the
        first counts the labels of `[outcomes]`, the second customers with a segment
        (`segmentation.customer_segments` has run), the third the table `sites`.
    areas
        Its areas.
    found, names
        Its segments, and what they are called.
    door
        Every figure about people goes through it.

    Returns
    -------
    chapter
        Section "where".

    Raises
    ------
    SegmentError
        If a part cannot be done as asked.
    """
    parts = list(_parts(opened, areas, found, names, door))
    return Chapter(
        section=Section(
            "where",
            "Where need gathers, and who is far",
            LEAD,
            [
                block
                for part in parts
                for block in (Text([part.lead], tone="finding"), *part.blocks)
            ]
            + [Text([CAREFUL], tone="caution")],
        ),
        sentences=[part.lead for part in parts],
        headlines=[part.headline for part in parts if part.headline is not None],
    )


def _parts(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: Mapping[str, str],
    door: Door,
) -> Iterator[Part]:
    place = opened.place
    if place.hotspots is not None:
        yield from hotspot_parts(opened, areas, found, door)
    if place.contact is not None:
        yield contact_part(opened, areas, found, names, door)
    if place.access is not None:
        yield access_part(opened, areas, found, names, door)
