"""The page that a command on single files writes: sections behind one door."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from insight.report import Report, render_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Door
    from insight.report import Figure, Section

__all__ = ["page_of"]


def page_of(
    door: Door,
    sections: Sequence[Section],
    *,
    headlines: Sequence[Figure] = (),
    sources: Sequence[str] = (),
    period: str = "",
) -> str:
    """Return the page of what went through a door, made now.

    Parameters
    ----------
    door
        Says whose figures they are, whether invented, and by which rule they are kept.
    sections, headlines
        In reading order.
    sources
        Where the figures come from, a line each.
    period
        Of when; may be "".
    """
    return render_page(
        Report(
            place=door.place,
            period=period,
            synthetic=door.synthetic,
            made=datetime.now(UTC),
            version=version("totalplace"),
            rule=door.rule,
            sections=sections,
            headlines=headlines,
            sources=sources,
        )
    )
