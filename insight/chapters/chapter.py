"""A chapter: one section of the report, its headlines and what the terminal says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insight.report import Figure, Section

__all__ = ["Chapter", "file_names", "number_of"]

LONGEST: Final = 40  # letters of a label that go into the name of its file


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


def file_names(prefix: str, labels: Iterable[str]) -> dict[str, str]:
    """Return a name for the file of each label, no two alike.

    Examples
    --------
    >>> file_names("need", ["Bad health", "Bad-health!", "100 %"])
    {'Bad health': 'need_bad_health', 'Bad-health!': 'need_bad_health_2', \
'100 %': 'need_100'}
    """
    names: dict[str, str] = {}
    for label in labels:
        short = re.sub(r"[^a-z0-9]+", "_", label.lower())[:LONGEST].strip("_")
        name = f"{prefix}_{short}".strip("_")
        taken, number = set(names.values()), 1
        while (one := name if number == 1 else f"{name}_{number}") in taken:
            number += 1
        names[label] = one
    return names


def number_of(n: int, one: str, many: str = "") -> str:
    """Say a number of things.

    Examples
    --------
    >>> number_of(1, "area"), number_of(1200, "area"), number_of(2, "is", "are")
    ('1 area', '1,200 areas', '2 are')
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
