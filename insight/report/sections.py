"""What a whole report is: numbered sections of blocks, and what was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from insight.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from insight.release import Rule
    from insight.report.blocks import Block, Figure, Table

__all__ = ["LeftOut", "Report", "Section"]

IDENTITY: Final = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Section:
    """A numbered section: `id` is its anchor, `lead` the sentence to remember."""

    id: str
    title: str
    lead: str = ""
    blocks: Sequence[Block] = ()

    def __post_init__(self) -> None:
        """Refuse an anchor that cannot stand in a link."""
        if not IDENTITY.fullmatch(self.id):
            msg = (
                f"{self.id!r} cannot be the anchor of a section. Use small letters, "
                'digits and "-", a letter first.'
            )
            raise ReportError(msg)


@dataclass(frozen=True)
class LeftOut:
    """Something the place's tables did not allow, and what would unlock it."""

    what: str
    unlocked_by: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report, from its headlines to what was left out.

    Parameters
    ----------
    place, period
        Of whom, and of when; the period may be "".
    synthetic
        Whether people and places are invented; every section then says so.
    made
        When the report was made, with a time zone.
    version
        Of totalplace.
    rule
        The rule of small numbers that the door applied.
    sections
        In reading order.
    segments
        Code -> name of each segment the page can be filtered by.
    headlines
        Key figures at the top.
    left_out
        What could not be done.
    rejected
        Rows in, out and rejected by table, shown with what was left out.
    sources
        Where the figures come from, a line each.
    inside
        Whether the page tells of single persons, and so stays inside the partnership.
    """

    place: str
    period: str
    synthetic: bool
    made: datetime
    version: str
    rule: Rule
    sections: Sequence[Section] = ()
    segments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    headlines: Sequence[Figure] = ()
    left_out: Sequence[LeftOut] = ()
    rejected: Table | None = None
    sources: Sequence[str] = ()
    inside: bool = False
