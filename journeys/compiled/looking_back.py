"""Look back from each event to one before, in one pass over an ordered log.

Events are told by their places in the order of the log, and each has a group, a small
whole number, or -1 for none. The last event of a group stands in a table by group. As
places only rise, one that lies before the customer's first event is another
customer's, so the table is never cleared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from journeys.compiled.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["last_marked", "last_other"]


@compiled
def last_marked(
    customers: NDArray[np.int32],
    groups: NDArray[np.int32],
    marked: NDArray[np.bool_],
    many: int,
) -> NDArray[np.int32]:
    """Return the place of the last marked event before each, in its group; or -1.

    Parameters
    ----------
    customers, groups, marked
        Of each event.
    many
        More than the greatest group.
    """
    last = np.full(many, -1, np.int32)
    before = np.full(len(groups), -1, np.int32)
    start = 0
    for at in range(len(groups)):
        if at and customers[at] != customers[at - 1]:
            start = at
        group = groups[at]
        if group >= 0:
            if last[group] >= start:
                before[at] = last[group]
            if marked[at]:
                last[group] = at
    return before


@compiled
def last_other(
    customers: NDArray[np.int32],
    groups: NDArray[np.int32],
    agencies: NDArray[np.int32],
    many: int,
) -> NDArray[np.int32]:
    """Return the place of the last event before each by another agency; or -1.

    Parameters are as above. Events of a group stand in runs of one agency; the last
    one before a run began is the one looked for.
    """
    last = np.full(many, -1, np.int32)
    other = np.full(many, -1, np.int32)
    before = np.full(len(groups), -1, np.int32)
    start = 0
    for at in range(len(groups)):
        if at and customers[at] != customers[at - 1]:
            start = at
        group = groups[at]
        if group >= 0:
            if last[group] < start:
                other[group] = -1
            elif agencies[last[group]] != agencies[at]:
                other[group] = last[group]
            before[at] = other[group]
            last[group] = at
    return before
