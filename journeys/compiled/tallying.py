"""Go through parts of a log and gather all that is counted of its moves.

A part holds whole customers in order. Parts are gone through twice: first to learn how
many waits each pair of activities has, then to count, and to lay the waits of a pair
together for its quantiles. Where all waits would take too much memory, pairs take
turns, and the parts are gone through again for each turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from journeys.compiled.counting import (
    count_moves,
    count_pairs,
    no_moves,
    spread_waits,
)
from journeys.compiled.quantiles import quantiles_of
from journeys.compiled.variants import Paths
from journeys.waits import QUANTILES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Part", "Parts", "Tallied", "tally"]

WAITS_AT_ONCE: Final = 120_000_000  # of 8 bytes each
AGENCY_BITS: Final = np.uint32(16)


class Parts(Protocol):
    """Gives the parts of a log, from the first, with the times of events or without."""

    def __call__(self, *, times: bool) -> Iterable[Part]:
        """Go through the parts."""


class Part(NamedTuple):
    """Some customers: where the events of each begin, their times and their codes.

    A code is the activity's * 2**16 + the agency's.
    """

    starts: NDArray[np.int64]
    times: NDArray[np.int64]
    codes: NDArray[np.uint32]

    @property
    def path(self) -> NDArray[np.uint16]:
        """The activity of each event."""
        return (self.codes >> AGENCY_BITS).astype(np.uint16)


@dataclass(frozen=True, kw_only=True)
class Tallied:
    """What was counted, by the codes of the parts.

    Attributes
    ----------
    moves, handovers
        Tables of :mod:`journeys.compiled.counting`.
    quantiles
        A row a pair of activities, a column a quantile of `QUANTILES`.
    ends
        Two rows: customers that begin, and end, with each activity.
    paths
        Variants.
    events, customers
        How many there are.
    """

    moves: NDArray[np.int64]
    handovers: NDArray[np.int64]
    quantiles: NDArray[np.float64]
    ends: NDArray[np.int64]
    paths: Paths
    events: int
    customers: int


def tally(
    parts: Parts,
    activities: int,
    agencies: int,
    *,
    waits_at_once: int = WAITS_AT_ONCE,
) -> Tallied:
    """Count all that is asked of a log.

    Parameters
    ----------
    parts
        Called each time that they are gone through.
    activities, agencies
        How many codes there are.
    waits_at_once
        How many waits may stand in memory; the most of one pair is what it takes.
    """
    pairs = np.zeros((activities, activities), np.int64)
    for part in parts(times=False):
        count_pairs(part.starts, part.path, pairs)
    moves, handovers = no_moves(activities), no_moves(agencies)
    ends, paths = np.zeros((2, activities), np.int64), Paths()
    quantiles = np.full((activities**2, len(QUANTILES)), np.nan)
    events = customers = 0
    for turn, mine in enumerate(_turns(pairs.ravel(), waits_at_once)):
        counts = np.where(mine, pairs.ravel(), 0)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        places = np.where(mine, bounds[:-1], -1).reshape(pairs.shape)
        waits = np.empty(bounds[-1], np.int64)
        for part in parts(times=True):
            path = part.path
            spread_waits(part.starts, part.times, path, places, waits)
            if turn == 0:
                count_moves(*part, customers, moves, handovers, ends)
                paths.add(path, part.starts)
                customers += len(part.starts) - 1
                events += len(path)
        found = quantiles_of(waits, bounds, np.array(list(QUANTILES.values())))
        quantiles[mine] = found[mine]
    return Tallied(
        moves=moves,
        handovers=handovers,
        quantiles=quantiles,
        ends=ends,
        paths=paths,
        events=events,
        customers=customers,
    )


def _turns(counts: NDArray[np.int64], most: int) -> list[NDArray[np.bool_]]:
    """Return which pairs take each turn, so that none has more than `most` waits.

    A pair that has more by itself takes a turn alone.
    """
    turn, held = np.zeros(len(counts), np.int64), 0
    for pair in np.flatnonzero(counts).tolist():
        if held and held + counts[pair] > most:
            turn[pair:] += 1
            held = 0
        held += int(counts[pair])
    return [turn == one for one in range(int(turn.max(initial=0)) + 1)]
