"""Make the customers of one chunk: who lives with whom, where, under what pressure.

Pressure is what Lewisham called the spectrum from thriving to chaotic families: a
number around 1, shared within a household, with a long tail. It drives both how
much service a customer uses and how many stories they live through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from example_draws import Floats, Ints, pick, stream

if TYPE_CHECKING:
    from example_areas import Areas

__all__ = ["CHUNK", "Chunk", "make_chunk"]

CHUNK = 50_000  # customers made at once: what bounds the memory
HOUSEHOLDS = (0.36, 0.32, 0.18, 0.14)  # of one, two, three and four customers
PRESSURE = np.array([0.5, 0.8, 0.7, 1.1, 2.0])  # by type of area


@dataclass(frozen=True)
class Chunk:
    """Customers that are made together; arrays have one entry for each."""

    seed: int
    at: int  # position of the chunk, from 0
    number: Ints  # of the customer in the whole place, from 1
    household: Ints  # position of the household in the chunk
    member: Ints  # position in the household: 0 and 1 are adults
    area: Ints
    type_of: Ints
    pressure: Floats

    @property
    def size(self) -> int:
        """How many customers."""
        return len(self.number)


def make_chunk(areas: Areas, at: int, customers: int, seed: int) -> Chunk:
    """Return chunk `at` of a place of `customers`."""
    first = at * CHUNK
    size = min(CHUNK, customers - first)
    rng = stream(seed, at, 0)
    sizes = pick(rng, size, HOUSEHOLDS) + 1
    household = np.repeat(np.arange(size), sizes)[:size]
    member = np.arange(size) - np.searchsorted(household, household)
    home = pick(rng, size, list(areas.contact))
    strain = np.exp(0.6 * rng.standard_normal(size))
    area = home[household]
    type_of = areas.type_of[area]
    own = np.exp(0.5 * rng.standard_normal(size))
    pressure = PRESSURE[type_of] * strain[household] * own
    number = np.arange(first + 1, first + size + 1)
    return Chunk(seed, at, number, household, member, area, type_of, pressure)
