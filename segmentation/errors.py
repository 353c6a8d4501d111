"""The one exception of segmentation, and how its messages list names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SegmentError", "few"]


class SegmentError(ValueError):
    """Input that cannot be segmented, profiled or compared as it stands."""


def few(names: Sequence[object], *, shown: int = 5) -> str:
    """Return the first few names, and how many there are in all.

    Parameters
    ----------
    names
        What to list, in the order given.
    shown
        How many to show.

    Examples
    --------
    >>> few(["a", "b", "c"], shown=2)
    "'a', 'b' (first 2 of 3)"
    """
    text = ", ".join(repr(name) for name in names[:shown])
    return text if len(names) <= shown else f"{text} (first {shown} of {len(names)})"
