"""Count and time every move of an ordered log in one pass.

What is counted of a pair of codes stands side by side in one row of a table, `CELLS`
whole numbers. Sums are kept in 128 bits, so they are exact in any order: of waits in
two halves, of their squares in two words with a carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from journeys.compiled.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["count_moves", "count_pairs", "exact_sums", "grouped_waits", "no_moves"]

COUNT, CUSTOMERS, LAST, LEAST, MOST, LOW, HIGH, SQUARES, SQUARES_HIGH = range(9)
CELLS: Final = 9
BITS: Final = 32
HALF: Final = 0xFFFFFFFF
WORD_BITS: Final = np.uint64(32)
WORD_HALF: Final = np.uint64(HALF)
ONE_MORE: Final = np.uint64(33)
ABOVE: Final = np.uint64(31)
AGENCY_BITS: Final = np.uint32(16)
AGENCY: Final = np.uint32(0xFFFF)


def no_moves(many: int) -> NDArray[np.int64]:
    """Return a table for the pairs of `many` codes, at `source * many + target`."""
    table = np.zeros((many * many, CELLS), np.int64)
    table[:, LEAST] = np.iinfo(np.int64).max
    table[:, [LAST, MOST]] = -1
    return table


def exact_sums(row: NDArray[np.int64]) -> tuple[int, int]:
    """Return the sum of waits of a pair, and the sum of their squares.

    Examples
    --------
    >>> table = no_moves(1)
    >>> _add(table, 0, 3_000_000_000, 0)
    >>> exact_sums(table[0]) == (3_000_000_000, 3_000_000_000**2)
    True
    """
    waits = int(row[LOW]) + (int(row[HIGH]) << BITS)
    low = int(row[SQUARES]) % (1 << 64)
    return waits, low + (int(row[SQUARES_HIGH]) << 64)


@compiled
def _add(
    table: NDArray[np.int64], pair: int | np.int64, wait: int, customer: int
) -> None:
    row = table[pair]
    row[COUNT] += 1
    if row[LAST] != customer:
        row[LAST] = customer
        row[CUSTOMERS] += 1
    row[LEAST] = min(row[LEAST], wait)
    row[MOST] = max(row[MOST], wait)
    row[LOW] += wait & HALF
    row[HIGH] += wait >> BITS
    word = np.uint64(wait)
    high, low = word >> WORD_BITS, word & WORD_HALF
    twice = high * low
    below = low * low
    total = np.uint64(row[SQUARES]) + below
    carried = np.uint64(total < below)
    below = twice << ONE_MORE
    total += below
    carried += np.uint64(total < below)
    row[SQUARES] = np.int64(total)
    row[SQUARES_HIGH] += np.int64(high * high + (twice >> ABOVE) + carried)


@compiled
def count_moves(  # noqa: PLR0913, PLR0917 - arrays that machine code reads and fills
    starts: NDArray[np.int64],
    times: NDArray[np.int64],
    codes: NDArray[np.uint32],
    first_customer: int,
    moves: NDArray[np.int64],
    handovers: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> None:
    """Add the events of some customers to what is counted.

    Parameters
    ----------
    starts
        Where the events of each customer begin, and where the last end.
    times, codes
        Of each event: microseconds, and the activity's code * 2**16 + the agency's.
    first_customer
        What number the first of these customers has.
    moves, handovers
        What :func:`no_moves` returned, for activities and for agencies.
    ends
        Two rows: how many customers begin, and end, with each activity.
    """
    activities, agencies = ends.shape[1], int(np.sqrt(len(handovers)))
    for customer in range(len(starts) - 1):
        start, end = starts[customer], starts[customer + 1]
        if start == end:
            continue
        number = first_customer + customer
        activity = np.int64(codes[start] >> AGENCY_BITS)
        agency = np.int64(codes[start] & AGENCY)
        ends[0, activity] += 1
        for at in range(start + 1, end):
            next_activity = np.int64(codes[at] >> AGENCY_BITS)
            next_agency = np.int64(codes[at] & AGENCY)
            wait = times[at] - times[at - 1]
            _add(moves, activity * activities + next_activity, wait, number)
            if agency != next_agency:
                _add(handovers, agency * agencies + next_agency, wait, number)
            activity, agency = next_activity, next_agency
        ends[1, activity] += 1


@compiled
def count_pairs(
    starts: NDArray[np.int64], path: NDArray[np.uint16], pairs: NDArray[np.int64]
) -> None:
    """Add the moves of some customers to a square table of pairs of activities."""
    for customer in range(len(starts) - 1):
        for at in range(starts[customer] + 1, starts[customer + 1]):
            pairs[path[at - 1], path[at]] += 1


@compiled
def grouped_waits(
    starts: NDArray[np.int64],
    times: NDArray[np.int64],
    path: NDArray[np.uint16],
    wanted: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the waits of the moves of some customers, pair after pair.

    Parameters
    ----------
    starts, times, path
        As above; `path` holds the activity of each event.
    wanted
        A square table of activities: of which pairs.

    Returns
    -------
    waits, bounds
        `bounds` says where the waits of each pair begin, and where the last end.
    """
    activities = len(wanted)
    counts = np.zeros((activities, activities), np.int64)
    count_pairs(starts, path, counts)
    bounds = np.zeros(activities * activities + 1, np.int64)
    places = np.full((activities, activities), -1)
    for source in range(activities):
        for target in range(activities):
            pair = source * activities + target
            bounds[pair + 1] = bounds[pair]
            if wanted[source, target]:
                places[source, target] = bounds[pair]
                bounds[pair + 1] += counts[source, target]
    waits = np.empty(bounds[-1], np.int64)
    for customer in range(len(starts) - 1):
        for at in range(starts[customer] + 1, starts[customer + 1]):
            place = places[path[at - 1], path[at]]
            if place >= 0:
                waits[place] = times[at] - times[at - 1]
                places[path[at - 1], path[at]] = place + 1
    return waits, bounds
