"""Faults of `[segments]` `choose` and `regions`: what the areas do not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.chapters.where_part import drawn_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place import OpenPlace

__all__ = ["standing_faults"]

LEAST = 2


def standing_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what is wrong with the settings of the chapter on trust.

    Parameters
    ----------
    opened
        The place, open; a place without areas is not looked at.
    """
    if opened.areas is None:
        return
    options, n = opened.place.segments, len(opened.areas)
    if options.choose is not None:
        low, high = options.choose
        if not LEAST <= low < high < n:
            yield (
                f"[segments] choose = [{low}, {high}]: numbers of segments to try "
                f"start at {LEAST}, rise, and stay below the {n:,} areas. Write one "
                "such as [2, 12]."
            )
    drawn = len(drawn_only(opened.areas))
    if options.regions is not None and 0 < drawn < options.regions:
        yield (
            f"[segments] regions = {options.regions}: only {drawn:,} areas have a "
            "boundary. Ask for fewer regions."
        )
