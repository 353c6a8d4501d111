"""What makes a cost of duplication uncertain, drawn once a replicate.

Every input has a central value, a draw for each replicate and a low and a high value.
All of a rule, or of a line of unit costs, is drawn at once and not event by event:
if a unit cost is too high, it is too high for everyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np

from journeys.cost.money import Range, drawn, ends_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.cost.options import CostOptions
    from journeys.cost.rates import Rate
    from journeys.duplication.rule import Shares

    Floats = NDArray[np.float64]

__all__ = ["Input", "Inputs"]

FEWEST_MADE: Final = 0.01  # share of links made, below which nothing can be said


@dataclass(frozen=True, kw_only=True)
class Input:
    """One uncertain factor: its central value first, then a draw a replicate."""

    name: str
    factors: Floats
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Return whether it cannot be anything else."""
        return self.low == self.high


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Makes inputs that depend on their names and the seed, not on one another."""

    options: CostOptions

    def ranged(self, name: str, between: Range) -> Input:
        """Return an input that is known as a range."""
        draws = drawn(between, self._rng(name), self.options.replicates)
        return Input(
            name=name,
            factors=np.concatenate([[between.central], draws]),
            low=between.low,
            high=between.high,
        )

    def share(self, name: str, share: Shares | None, *, absent: float = 1.0) -> Input:
        """Return an input that the rules or the options give as a share."""
        if share is None:
            return self.ranged(name, Range(absent, absent, absent))
        return self.ranged(name, Range(share.low, share.central, share.high))

    def audited(self, name: str, rate: Rate | None, *, absent: float) -> Input:
        """Return an input that an audit estimates; its ends are those of its draws."""
        if rate is None:
            return self.ranged(name, Range(absent, absent, absent))
        draws = rate.drawn(self._rng(name), self.options.replicates)
        low, high = ends_of(draws, self.options.confidence)
        return Input(
            name=name,
            factors=np.concatenate([[rate.share], draws]),
            low=float(low),
            high=float(high),
        )

    def linked(self) -> Input:
        """Return the factor for links that were missed, or made between two persons."""
        missed = self.share("missed", self.options.missed_links, absent=0.0)
        false = self.share("false", self.options.false_links, absent=0.0)
        return Input(
            name="errors of linkage",
            factors=(1 - false.factors) / np.maximum(1 - missed.factors, FEWEST_MADE),
            low=(1 - false.high) / max(1 - missed.low, FEWEST_MADE),
            high=(1 - false.low) / max(1 - missed.high, FEWEST_MADE),
        )

    def _rng(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.options.seed, crc32(name.encode())])
