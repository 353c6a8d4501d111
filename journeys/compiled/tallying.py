"""Go through parts of a log and gather all that is counted of its moves.

A part holds whole customers in order. Each is gone through once: moves are counted, and
waits are kept, pair by pair, for their quantiles. Where all waits would take too much
memory, the parts are gone through first to learn how many each pair has; then pairs
take turns, and the parts are gone through again for each turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from journeys.compiled.counting import (
    count_moves,
    count_pairs,
    grouped_waits,
    no_moves,
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
    events: int,
    waits_at_once: int = WAITS_AT_ONCE,
) -> Tallied:
    """Count all that is asked of a log.

    Parameters
    ----------
    parts
        Called each time that they are gone through.
    activities, agencies
        How many codes there are.
    events
        How many there are in all parts.
    waits_at_once
        How many waits may stand in memory; the most of one pair is what it takes.
    """
    turns = [np.ones((activities, activities), np.bool_)]
    if events > waits_at_once:
        turns = _turns(_moves(parts, activities), waits_at_once)
    moves, handovers = no_moves(activities), no_moves(agencies)
    ends, paths = np.zeros((2, activities), np.int64), Paths()
    quantiles = np.full((activities**2, len(QUANTILES)), np.nan)
    customers = 0
    for turn, mine in enumerate(turns):
        waits = []
        for part in parts(times=True):
            path = part.path
            waits.append(grouped_waits(part.starts, part.times, path, mine))
            if turn == 0:
                count_moves(*part, customers, moves, handovers, ends)
                paths.add(path, part.starts)
                customers += len(part.starts) - 1
        _fill_quantiles(waits, quantiles)
    return Tallied(
        moves=moves,
        handovers=handovers,
        quantiles=quantiles,
        ends=ends,
        paths=paths,
        events=events,
        customers=customers,
    )


def _fill_quantiles(
    waits: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    quantiles: NDArray[np.float64],
) -> None:
    """Write the quantiles of the pairs that have waits, of the parts taken together."""
    if not waits:
        return
    bounds = np.stack([ends for _, ends in waits], axis=1)
    shares = np.array(list(QUANTILES.values()))
    for pair in np.flatnonzero((bounds[1:] > bounds[:-1]).any(axis=1)).tolist():
        begins, ends = bounds[pair].tolist(), bounds[pair + 1].tolist()
        together = np.concatenate(
            [
                values[begin:end]
                for (values, _), begin, end in zip(waits, begins, ends, strict=True)
            ]
        )
        quantiles[pair] = quantiles_of(together, np.array([0, len(together)]), shares)


def _moves(parts: Parts, activities: int) -> NDArray[np.int64]:
    """Count the moves of each pair of activities."""
    pairs = np.zeros((activities, activities), np.int64)
    for part in parts(times=False):
        count_pairs(part.starts, part.path, pairs)
    return pairs


def _turns(counts: NDArray[np.int64], most: int) -> list[NDArray[np.bool_]]:
    """Return which pairs take each turn, so that none has more than `most` waits.

    A pair that has more by itself takes a turn alone.
    """
    turn, held = np.zeros(counts.shape, np.int64), 0
    for pair in np.flatnonzero(counts).tolist():
        if held and held + counts.flat[pair] > most:
            turn.flat[pair:] += 1
            held = 0
        held += int(counts.flat[pair])
    return [turn == one for one in range(int(turn.max(initial=0)) + 1)]
