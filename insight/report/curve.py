"""Draw an emotion curve: stages across, how it felt from -2 to +2 up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.report.lines import Lines, lines

if TYPE_CHECKING:
    from insight.release import Released
    from insight.report.blocks import Drawing

__all__ = ["emotion_curve"]


def emotion_curve(released: Released) -> Drawing:
    """Return an emotion curve of released stages.

    Parameters
    ----------
    released
        One row a stage (and map), in the order of the stages, with the columns `stage`
        and `emotion` (-2 to +2); where there are such, `map` (one line each), `low`
        and `high` (the range that a median lies in) and `pain` (words, or missing).
    """
    series = "map" if "map" in released.kinds else None
    is_ranged = {"low", "high"} <= set(released.kinds)
    columns = Lines(
        x="stage",
        y="emotion",
        series=series,
        low="low" if is_ranged else None,
        high="high" if is_ranged else None,
        x_title="Stage",
        y_title="How it felt",
    )
    return lines(released, columns)
