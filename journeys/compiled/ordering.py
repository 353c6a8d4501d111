"""Bring events into the order of their customers, then of time.

A counting sort by customer keeps the order of the rows. A customer's events are then
sorted only where they do not stand in the order of time already, so a log that comes
in that order, as feeds do, is ordered in one pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from journeys.compiled.compiling import compiled, fetch_ahead

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ordered", "starts_of"]

AHEAD: Final = 16
FEW: Final = 32


@compiled
def starts_of(customers: NDArray[np.int32], many: int) -> NDArray[np.int64]:
    """Return where the events of each customer begin, and where the last end."""
    starts = np.zeros(many + 1, np.int64)
    for customer in customers:
        starts[customer + 1] += 1
    for customer in range(many):
        starts[customer + 1] += starts[customer]
    return starts


@compiled
def ordered(
    customers: NDArray[np.int32],
    times: NDArray[np.int64],
    codes: NDArray[np.uint32],
    starts: NDArray[np.int64],
    sorted_times: NDArray[np.int64],
    sorted_codes: NDArray[np.uint32],
) -> None:
    """Fill the last two arrays with times and codes in the order of a log.

    Parameters
    ----------
    customers, times, codes
        Of each event, in the order that breaks ties.
    starts
        What :func:`starts_of` returned.
    sorted_times, sorted_codes
        As long as `times`.
    """
    filled = starts[:-1].copy()
    for row in range(len(times)):
        if row + 2 * AHEAD < len(times):
            fetch_ahead(filled, np.int64(customers[row + 2 * AHEAD]))
            soon = filled[customers[row + AHEAD]]
            fetch_ahead(sorted_times, soon)
            fetch_ahead(sorted_codes, soon)
        place = filled[customers[row]]
        filled[customers[row]] = place + 1
        sorted_times[place] = times[row]
        sorted_codes[place] = codes[row]
    for customer in range(len(starts) - 1):
        start, end = starts[customer], starts[customer + 1]
        for at in range(start + 1, end):
            if sorted_times[at] < sorted_times[at - 1]:
                _sort(sorted_times[start:end], sorted_codes[start:end])
                break


@compiled
def _sort(times: NDArray[np.int64], codes: NDArray[np.uint32]) -> None:
    """Sort one customer's events by time; what stands first at one time stays so."""
    if len(times) > FEW:
        order = np.argsort(times, kind="mergesort")
        times[:] = times[order]
        codes[:] = codes[order]
        return
    for at in range(1, len(times)):
        time, code = times[at], codes[at]
        before = at - 1
        while before >= 0 and times[before] > time:
            times[before + 1], codes[before + 1] = times[before], codes[before]
            before -= 1
        times[before + 1], codes[before + 1] = time, code
