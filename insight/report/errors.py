"""The one exception of the report page."""

from __future__ import annotations

from insight.errors import InsightError

__all__ = ["ReportError"]


class ReportError(InsightError):
    """What cannot stand on the page, what was seen instead, and what to do."""
