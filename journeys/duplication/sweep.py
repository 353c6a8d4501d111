"""Cases that are open side by side, in one sweep over time.

A comparison of every pair takes a hundred times as long for ten times as many cases
of one customer. The sweep keeps a stack for each agency. A case is taken off as the
time of its end passes, and as one of its agency that ends no sooner opens after it: of
the two, the later is the nearer evidence and overlaps no less. So the top is the
nearest case of an agency, and each case is put on and taken off once. Cases that name
partners are no evidence against those, so they stand on a stack of their own, which
is looked through.

This is plain code over arrays, so that it can be turned into machine code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["swept"]

NEVER: Final = -(2**63)


def swept(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop
    customers: NDArray[np.int32],
    groups: NDArray[np.int32],
    agencies: NDArray[np.int32],
    times: NDArray[np.int64],
    ends: NDArray[np.int64],
    partner_starts: NDArray[np.int64],
    partners: NDArray[np.int32],
    least_us: int,
) -> NDArray[np.int64]:
    """Return each case that opens late, and every agency that held then.

    Parameters
    ----------
    customers, groups, agencies, times, ends
        Of each case, in the order of a log; `groups` are codes of needs, say.
    partner_starts, partners
        Where the agencies that each case names begin, and where the last end.
    least_us
        How long two cases must overlap.

    Returns
    -------
    rows
        Case; agency; the latest end of an earlier case of that agency; and, if it is
        another than the case's own, the end of the longest overlap and the place of
        the nearest case, or else -1.
    """
    rows, filled = np.empty((1024, 5), np.int64), 0
    if not len(groups):
        return rows[:0]
    many = agencies.max() + 1
    n_groups = groups.max() + 1
    owner = np.full(n_groups, -1, np.int32)
    held_until, n_met = np.full(n_groups, NEVER), np.zeros(n_groups, np.int32)
    met = np.empty((n_groups, many), np.int32)
    alone = np.full((n_groups, many), -1, np.int32)
    joint = np.full((n_groups, many), -1, np.int32)
    latest = np.full((n_groups, many), NEVER)
    latest_alone = np.full((n_groups, many), NEVER)
    below = np.full(len(groups), -1, np.int32)
    for at in range(len(groups)):
        group, time, end, own = groups[at], times[at], ends[at], agencies[at]
        if owner[group] != customers[at]:
            for place in range(n_met[group]):
                one = met[group, place]
                alone[group, one], joint[group, one] = -1, -1
                latest[group, one], latest_alone[group, one] = NEVER, NEVER
            owner[group], held_until[group], n_met[group] = customers[at], NEVER, 0
        limit = time + least_us
        looked = n_met[group] if held_until[group] >= limit and end >= limit else 0
        for place in range(looked):
            one = met[group, place]
            if latest[group, one] < (time + 1 if one == own else limit):
                continue
            nearest, until = -1, time
            if one != own:
                named = partners[partner_starts[at] : partner_starts[at + 1]]
                if len(named) and (named == one).any():
                    continue
                here = alone[group, one]
                while here >= 0 and ends[here] < limit:
                    here = below[here]
                alone[group, one] = here
                if here >= 0:
                    nearest, until = here, min(latest_alone[group, one], end)
                above, here = -1, joint[group, one]
                while here >= 0:
                    if ends[here] >= limit:
                        above = here
                        named = partners[
                            partner_starts[here] : partner_starts[here + 1]
                        ]
                        if not (named == own).any():
                            nearest = max(nearest, here)
                            until = max(until, min(ends[here], end))
                    elif above < 0:
                        joint[group, one] = below[here]
                    else:
                        below[above] = below[here]
                    here = below[here]
                if nearest < 0:
                    continue
            if filled == len(rows):
                longer = np.empty((2 * filled, 5), np.int64)
                longer[:filled] = rows
                rows = longer
            rows[filled, 0], rows[filled, 1] = at, one
            rows[filled, 2], rows[filled, 3] = latest[group, one], until
            rows[filled, 4] = nearest
            filled += 1
        if latest[group, own] == NEVER:
            met[group, n_met[group]] = own
            n_met[group] += 1
        if partner_starts[at] < partner_starts[at + 1]:
            below[at], joint[group, own] = joint[group, own], at
        else:
            while alone[group, own] >= 0 and ends[alone[group, own]] <= end:
                alone[group, own] = below[alone[group, own]]
            while joint[group, own] >= 0 and ends[joint[group, own]] <= end:
                joint[group, own] = below[joint[group, own]]
            below[at], alone[group, own] = alone[group, own], at
            latest_alone[group, own] = max(latest_alone[group, own], end)
        latest[group, own] = max(latest[group, own], end)
        held_until[group] = max(held_until[group], end)
    return rows[:filled]
