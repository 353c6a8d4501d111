"""Draw swim-lanes: one lane an agency, steps from left to right, arrows between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.report.formats import check_column
from insight.report.process import process_map

if TYPE_CHECKING:
    from insight.release import Released
    from insight.report.blocks import Drawing

__all__ = ["swim_lanes"]


def swim_lanes(released: Released, *, limit: int = 40) -> Drawing:
    """Return swim-lanes of released steps.

    Parameters
    ----------
    released
        One row a pair of steps, with the columns `source_agency`, `source`,
        `target_agency`, `target` and `count`.
    limit
        Most arrows to draw; the most used are kept.
    """
    for name in ("source_agency", "source", "target_agency", "target", "count"):
        check_column(released, name)
    return process_map(released, limit=limit)
