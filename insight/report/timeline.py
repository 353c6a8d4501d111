"""Draw one customer's journey by day: a lane an agency, a mark a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.report.lines import Lines, lines

if TYPE_CHECKING:
    from insight.release import Released
    from insight.report.blocks import Drawing

__all__ = ["timeline"]


def timeline(released: Released) -> Drawing:
    """Return a timeline of one customer.

    Parameters
    ----------
    released
        One row a contact, with the columns `day` (since the first contact, from 0),
        `agency` and `activity`; where there are such, `end_day` (of a spell) and
        `duplicate` (which rule found it, such as "D1"; missing for none).
    """
    columns = Lines(
        x="day", y="day", series="agency", x_title="Day", y_title="Day", form="number"
    )
    return lines(released, columns)
