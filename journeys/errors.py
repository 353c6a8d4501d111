"""The one exception of the journeys room."""

from __future__ import annotations

__all__ = ["JourneyError"]


class JourneyError(ValueError):
    """What is wrong with a log, a file of events or a rules file.

    Parameters
    ----------
    *faults
        Sentences, each saying what is wrong, what was seen and what to do.

    Examples
    --------
    >>> JourneyError("The log is empty.", "It has no agency.").faults
    ('The log is empty.', 'It has no agency.')
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
