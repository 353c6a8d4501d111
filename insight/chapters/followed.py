"""The journeys of a place, followed once and looked at by several chapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door
    from journeys import Duplication, Log
    from place import OpenPlace

__all__ = ["Followed"]


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What each chapter on journeys starts from.

    Attributes
    ----------
    opened
        The place.
    door
        Every figure about people goes through it.
    log
        Its events, encoded.
    found
        What was found twice in them.
    segments
        Table of `customer_id` and `segment` in the place's engine, or `None` where
        there are no segments.
    names
        Segment code to name; empty where there are no segments.
    """

    opened: OpenPlace
    door: Door
    log: Log
    found: Duplication
    segments: str | None
    names: Mapping[str, str]
