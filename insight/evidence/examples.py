"""Worked examples of customer insight, to be found by their words.

Pilots asked for an evidence base of examples above all else (report 5.5). The index of
what the report says of each pilot is one, and a place can add its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError
from insight.evidence.facts import evidence_index

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Examples", "find_examples"]

SHOWN: Final = ["place", "component", "phase", "lines", "says"]
SEARCHED: Final = ("says", "place", "component")
JOINTS: Final = re.compile(r"[\s\u2010-\u2015-]+")


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What was found.

    Parameters
    ----------
    found
        `place`, `component`, `phase`, `lines` and `says`, the best first.
    text
        What was looked for.
    searched
        How many examples there are.
    """

    found: pd.DataFrame
    text: str
    searched: int

    def __str__(self) -> str:
        """Say the result, an example a paragraph."""
        if self.found.empty:
            return (
                f"None of {self.searched} examples has all of {self.text!r}. Try fewer "
                "words, or the beginning of one."
            )
        heading = f"{len(self.found)} of {self.searched} examples have {self.text!r}."
        told = [
            f"{row.place}: {row.component}, {row.phase} the flags, lines {row.lines}\n"
            f"  {row.says}"
            for row in self.found.itertuples(index=False)
        ]
        return "\n".join([heading, *told])


def find_examples(text: str, index: pd.DataFrame | None = None) -> Examples:
    """Find worked examples that have all the words of a text.

    Parameters
    ----------
    text
        Words, in any case. Each must begin a word of the example, its place or its
        component: "segment" finds "segments". Words joined by a hyphen must stand
        together, with or without it. Nothing finds every example.
    index
        `place`, `component`, `phase`, `lines` and `says`; the report's own if left
        out.

    Returns
    -------
    examples
        Those with most hits in what is said first, then in the order of the index.

    Raises
    ------
    InsightError
        If the index lacks a column.

    Examples
    --------
    >>> find_examples("take-up").found["place"].unique().tolist()
    ['Manchester city region and Warrington']
    """
    known = evidence_index() if index is None else index
    lacks = [column for column in SHOWN if column not in known]
    if lacks:
        msg = f"the examples lack {lacks}; they have {list(known.columns)}. Name them."
        raise InsightError(msg)
    words = [_plain(word) for word in text.split() if _plain(word)]
    kept = known[SHOWN].fillna("").astype(str)
    said = kept["says"].map(_plain)
    every = kept[list(SEARCHED)].agg(" ".join, axis=1).map(_plain)
    hits = said.map(lambda each: sum(_count(word, each) for word in words))
    match = every.map(lambda each: all(_count(word, each) for word in words))
    order = hits[match].sort_values(ascending=False, kind="stable").index
    found = kept.loc[order].reset_index(drop=True)
    return Examples(found=found, text=" ".join(text.split()), searched=len(known))


def _plain(text: str) -> str:
    return JOINTS.sub(" ", text.casefold()).strip()


def _count(word: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(word)}", text))
