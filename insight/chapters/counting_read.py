"""One place's spend count as its chapter reads it: lines, codes and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insight.chapters.chapter import number_of
from insight.chapters.spend_lines import of_other_basis
from insight.spend.headings import map_headings
from insight.spend.moderation import moderate, read_count
from insight.spend.names import alike
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from insight.spend.headings import Mapped
    from insight.spend.moderation import Count, Remark
    from place import Source

__all__ = ["Counted", "count_spend"]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One place's count: as read, as counted, and what to ask of it.

    Parameters
    ----------
    place
        Whose.
    count
        What stands in the files.
    mapped
        The lines counted (of the basis that the place chose), with COFOG codes for
        own headings.
    passed_over
        Lines of another basis.
    remarks
        What to ask, of all lines.
    """

    place: str
    count: Count
    mapped: Mapped
    passed_over: pd.DataFrame
    remarks: tuple[Remark, ...]

    @property
    def total_pence(self) -> int:
        """What the lines counted add up to."""
        return int(self.mapped.lines["amount_pence"].sum())

    def __str__(self) -> str:
        """Say the count in two sentences."""
        lines = self.mapped.lines
        said = (
            f"{number_of(lines['line'].nunique(), 'line')} of "
            f"{number_of(alike(lines['body']).nunique(), 'body', 'bodies')} and "
            f"{number_of(alike(lines['source']).nunique(), 'source')} add up to "
            f"{pounds(self.total_pence)}, unaudited."
        )
        if len(self.passed_over):
            passed = int(self.passed_over["amount_pence"].sum())
            said += (
                f" Kept apart: {number_of(len(self.passed_over), 'line')} of another "
                f"basis ({pounds(passed)})."
            )
        if not self.remarks:
            return f"{said} Nothing needs asking before it is used."
        things = number_of(len(self.remarks), "thing")
        return f"{said} {things} should be asked before it is used."


def count_spend(
    place: str,
    sources: Sequence[Source],
    *,
    basis: str | None = None,
    expected: pd.DataFrame | None = None,
    headings: pd.DataFrame | None = None,
) -> Counted:
    """Read, map and moderate one place's spend count.

    Parameters
    ----------
    place, sources
        Its name and its files.
    basis
        "budget" or "actual": what is counted, where lines state it; with `None`, all.
    expected, headings
        As for `moderate` and `map_headings`.

    Raises
    ------
    InsightError, PlaceError
        If the files or the mapping cannot be used.
    """
    count = read_count(sources)
    other = of_other_basis(count.lines, basis)
    return Counted(
        place=place,
        count=count,
        mapped=map_headings(count.lines[~other], headings),
        passed_over=count.lines[other],
        remarks=(
            *count.unread(),
            *moderate(
                count.lines, expected=expected, headings=headings, stated=count.stated
            ),
        ),
    )
