"""The one exception of the release door."""

from __future__ import annotations

from insight.errors import InsightError

__all__ = ["ReleaseError"]


class ReleaseError(InsightError):
    """What may not leave, what was seen instead, and what to do about it."""
