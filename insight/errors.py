"""The one exception of the room where findings are made."""

from __future__ import annotations

__all__ = ["InsightError"]


class InsightError(ValueError):
    """A question about money or evidence that the data given cannot answer.

    Its message says what is wrong, what was seen and what to do, and never names
    a person.
    """
