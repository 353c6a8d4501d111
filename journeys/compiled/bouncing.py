"""Walk the paths of referrals, and find those that lead back: D3 in machine code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from journeys.compiled.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bounced"]


@compiled
def bounced(  # noqa: C901 - one loop
    customers: NDArray[np.int32],
    groups: NDArray[np.int32],
    agencies: NDArray[np.int32],
    sent_to: NDArray[np.int32],
    breaks: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the referrals that send a customer back; see `duplication.ping_pong`.

    Parameters
    ----------
    customers, groups, agencies, sent_to, breaks
        Of each event; its need stands for a group, -1 is none, and so is -1 where it
        refers to nobody; `breaks` marks those that break the path.

    Returns
    -------
    rows
        Place of the referral; of the last event of the stop there before; how many
        stops ago that was; and whether it closes a circle of a loop-erased walk.
    """
    rows, filled = np.empty((np.count_nonzero(sent_to >= 0), 4), np.int64), 0
    if not len(groups):
        return rows
    many = max(agencies.max(), sent_to.max()) + 1
    n_groups = groups.max() + 1
    broken, last_stop = np.full(n_groups, -1), np.full(n_groups, -1)
    stop, stops = np.zeros(n_groups, np.int32), np.zeros(n_groups, np.int32)
    last, number = np.full((n_groups, many), -1), np.zeros((n_groups, many), np.int32)
    walk, walked = np.zeros((n_groups, many), np.int32), np.zeros(n_groups, np.int32)
    step = np.zeros((n_groups, many), np.int32)
    start = 0
    for at in range(len(groups)):
        if at and customers[at] != customers[at - 1]:
            start = at
        group = groups[at]
        if group < 0:
            continue
        if breaks[at]:
            broken[group] = at
            continue
        since = max(start, broken[group] + 1)
        if last_stop[group] < since:
            stop[group], stops[group], walked[group] = -1, 0, 0
        for place, referred in ((agencies[at], False), (sent_to[at], True)):
            if place < 0:
                continue
            if place != stop[group]:
                stop[group] = place
                stops[group] += 1
                back = referred and last[group, place] >= since
                at_step = step[group, place]
                closes = at_step < walked[group] and walk[group, at_step] == place
                if closes:
                    walked[group] = at_step + 1
                else:
                    step[group, place] = walked[group]
                    walk[group, walked[group]] = place
                    walked[group] += 1
                if back:
                    rows[filled, 0], rows[filled, 1] = at, last[group, place]
                    rows[filled, 2] = stops[group] - number[group, place]
                    rows[filled, 3] = closes
                    filled += 1
                number[group, place] = stops[group]
            last[group, place] = last_stop[group] = at
    return rows[:filled]
