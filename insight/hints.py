"""What a fault suggests: the nearest of the names that are known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest"]

SHOWN: Final = 8  # names listed at most, where none is near


def nearest(seen: str, known: Iterable[str]) -> str:
    """Return a sentence that names the known name most like one that is not known.

    Parameters
    ----------
    seen
        What was written.
    known
        What could have been; where none is near, the first few are listed.

    Examples
    --------
    >>> nearest("Bad helth", ["Bad health", "House fires"])
    "Did you mean 'Bad health'?"
    >>> nearest("x", ["flats"]), nearest("x", [])
    ('Known: flats.', 'None is known.')
    """
    listed = list(known)
    near = get_close_matches(seen, listed, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]!r}?"
    more = " and more" if listed[SHOWN:] else ""
    return f"Known: {', '.join(listed[:SHOWN])}{more}." if listed else "None is known."
