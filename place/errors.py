"""The one exception of the ground floor."""

from __future__ import annotations

__all__ = ["PlaceError"]


class PlaceError(ValueError):
    """What is wrong with a place: every fault found, not only the first.

    Parameters
    ----------
    *faults
        Sentences, each saying what is wrong, what was seen and what to do.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
