"""A chapter: one section of the report, its headlines and what the terminal says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.report import Figure, Section

__all__ = ["Chapter"]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one room found.

    Parameters
    ----------
    section
        For the page.
    sentences
        The same in a few lines, for the terminal; made of released figures only.
    headlines
        Key figures for the top of the page.
    """

    section: Section
    sentences: Sequence[str]
    headlines: Sequence[Figure] = ()
