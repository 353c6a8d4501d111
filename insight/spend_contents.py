"""Which chapters on spend a place's tables and settings allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.chapters import cost_chapter
from insight.chapters.centre_out import centre_out_chapter
from insight.chapters.concentration import concentration_chapter
from insight.chapters.control import control_chapter
from insight.chapters.cost_inputs import SpendChoices
from insight.chapters.counting import counting_chapter
from insight.chapters.per_head import per_head_chapter
from insight.chapters.priorities import priorities_chapter
from insight.chapters.routes import routes_chapter
from insight.chapters.savings import savings_chapter
from insight.savings.streams import Assumptions
from insight.spend.headings import with_headings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from insight.chapters import Chapter
    from insight.release import Door
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["spend_chapters"]


def spend_chapters(
    opened: OpenPlace,
    door: Door,
    found: Segmentation | None,
    progress: Callable[[str], None],
    *,
    names: Mapping[str, str],
) -> Iterator[Chapter]:
    """Yield what is told of spend, in reading order.

    Parameters
    ----------
    opened
        The place.
    door
        Every figure about people goes through it.
    found
        Segments of areas, or `None` where there are none.
    progress
        Told each step as it begins.
    names
        Segment code to name.
    """
    options = opened.place.spend
    if opened.has("spend"):
        with_headings(opened.engine)
        progress("Counting spend")
        yield counting_chapter(opened, door)
        progress("Counting who spends")
        yield concentration_chapter(opened, door)
        if opened.has("transfers"):
            progress("Tracing money")
            yield routes_chapter(opened, door)
        yield control_chapter(opened, door)
    if opened.has("regional_spend", "place_keys"):
        progress("Bringing national figures down to the place")
        yield centre_out_chapter(
            opened, door, bodies=options.bodies, prices=options.prices
        )
    counted = opened.has("spend") or opened.has("place_totals")
    if opened.has("place_keys") and counted:
        progress("Saying spend a head")
        yield per_head_chapter(opened, door)
    if opened.has("spend") and found is not None:
        progress("Sharing spend out by segment")
        choices = SpendChoices(
            keys=options.keys,
            universal=options.universal,
            overheads=options.overheads,
            collective_as=options.collective_as,
        )
        yield cost_chapter(opened, door, found, names=names, choices=choices)
    if opened.has("savings") or opened.has("prevention"):
        progress("Weighing savings and prevention")
        assumed = Assumptions(**opened.place.prevention.model_dump())
        yield savings_chapter(opened, door, assumed=assumed)
    answered = opened.has("priority_grids") or opened.has("priority_choices")
    if opened.has("priority_levels") and answered:
        progress("Weighing residents' priorities")
        of_areas = None if found is None else found.segments
        yield priorities_chapter(opened, door, names, segments=of_areas)
