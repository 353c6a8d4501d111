"""Bring events into the order of their customers, then of time, bucket by bucket.

Rows are dealt to buckets by a hash of the customer as they are read, so that all that
is known of a bucket's customers stays in the processor's cache. In a bucket, customers
are numbered, and a counting sort by customer keeps the order of the rows. A customer's
events are then sorted only where they do not stand in the order of time already, so a
log that comes in that order, as feeds do, is ordered in one pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from journeys.compiled.compiling import compiled
from journeys.compiled.interning import Interner, copy_bytes, hash_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["BUCKETS", "Dealt", "dealt", "in_order", "numbered"]

BUCKETS: Final = 64
TOP: Final = np.uint64(58)  # the six highest bits: the table of names uses the lowest
AT_ONCE: Final = 1 << 13
FEW: Final = 32


class Dealt(NamedTuple):
    """Some rows, those of one bucket after another.

    `bounds` says where each bucket begins; `offsets` where each customer's name does
    in `names`, and where the last ends.
    """

    bounds: NDArray[np.int64]
    names: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    times: NDArray[np.int64]
    codes: NDArray[np.uint32]


@compiled
def _deal(  # noqa: PLR0913, PLR0917 - arrays that machine code reads and fills
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    times: NDArray[np.int64],
    codes: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    names: NDArray[np.uint8],
    places: NDArray[np.int32],
    dealt_times: NDArray[np.int64],
    dealt_codes: NDArray[np.uint32],
) -> None:
    rows = len(times)
    bucket, bytes_in = np.empty(rows, np.uint8), np.zeros(BUCKETS + 1, np.int64)
    for row in range(rows):
        bucket[row] = hash_of(data, offsets[row], offsets[row + 1]) >> TOP
        bounds[bucket[row] + 1] += 1
        bytes_in[bucket[row] + 1] += offsets[row + 1] - offsets[row]
    for one in range(BUCKETS):
        bounds[one + 1] += bounds[one]
        bytes_in[one + 1] += bytes_in[one]
    places[rows] = bytes_in[-1]
    filled = bounds.copy()
    for row in range(rows):
        place, begin = filled[bucket[row]], bytes_in[bucket[row]]
        start, end = offsets[row], offsets[row + 1]
        copy_bytes(data, start, end - start, names, begin)
        places[place] = begin
        dealt_times[place], dealt_codes[place] = times[row], codes[row]
        filled[bucket[row]] = place + 1
        bytes_in[bucket[row]] = begin + end - start


def dealt(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    times: NDArray[np.int64],
    codes: NDArray[np.uint32],
    room: tuple[NDArray[np.int64], NDArray[np.uint32]],
) -> Dealt:
    """Return rows dealt to buckets by customer; within one, in the order they came.

    Parameters
    ----------
    data, offsets
        The names of customers, as of :func:`journeys.compiled.interning.bytes_of`.
    times, codes
        Of each event.
    room
        Where dealt times and codes go.
    """
    made = Dealt(
        np.zeros(BUCKETS + 1, np.int64),
        np.empty(offsets[-1] - offsets[0], np.uint8),
        np.empty(len(offsets), np.int32),
        *room,
    )
    _deal(data, offsets, times, codes, *made)
    return made


def numbered(deals: Sequence[Dealt], bucket: int) -> tuple[NDArray[np.int32], int]:
    """Return the number of each row's customer in a bucket, and how many there are.

    Parameters
    ----------
    deals
        All rows; those of earlier ones come first where times are equal.
    bucket
        From 0 to `BUCKETS` - 1.
    """
    people = Interner()
    customers = [np.empty(0, np.int32)]
    for each in deals:
        begin, end = each.bounds[bucket : bucket + 2].tolist()
        for first in range(begin, end, AT_ONCE):
            last = min(first + AT_ONCE, end)
            some = each.offsets[first : last + 1].astype(np.int64)
            customers.append(people.codes(each.names, some))
    return np.concatenate(customers), people.size


def in_order(
    deals: Sequence[Dealt], bucket: int, customers: NDArray[np.int32], many: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
    """Return where each customer of a bucket begins, and times and codes in order.

    Parameters
    ----------
    deals, bucket
        As above.
    customers, many
        What :func:`numbered` returned.
    """
    here = [slice(*each.bounds[bucket : bucket + 2].tolist()) for each in deals]
    times = [each.times[rows] for each, rows in zip(deals, here, strict=True)]
    codes = [each.codes[rows] for each, rows in zip(deals, here, strict=True)]
    return _ordered(
        customers,
        np.concatenate([np.empty(0, np.int64), *times]),
        np.concatenate([np.empty(0, np.uint32), *codes]),
        many,
    )


@compiled
def _ordered(
    customers: NDArray[np.int32],
    times: NDArray[np.int64],
    codes: NDArray[np.uint32],
    many: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
    starts = np.zeros(many + 1, np.int64)
    for customer in customers:
        starts[customer + 1] += 1
    for customer in range(many):
        starts[customer + 1] += starts[customer]
    filled = starts[:-1].copy()
    sorted_times, sorted_codes = np.empty_like(times), np.empty_like(codes)
    for row in range(len(times)):
        place = filled[customers[row]]
        filled[customers[row]] = place + 1
        sorted_times[place], sorted_codes[place] = times[row], codes[row]
    for customer in range(many):
        start, end = starts[customer], starts[customer + 1]
        for at in range(start + 1, end):
            if sorted_times[at] < sorted_times[at - 1]:
                _sort(sorted_times[start:end], sorted_codes[start:end])
                break
    return starts, sorted_times, sorted_codes


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
