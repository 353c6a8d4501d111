"""Hubs as they are handed back: groups, what they rest on, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

    from journeys.hubs.sharing import Unit

__all__ = ["FEWEST", "Hubs"]

FEWEST: Final = 4  # nodes: with three, chance explains every table
ALPHA: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Hubs:
    """Groups of nodes (agencies, or services) that share customers beyond chance.

    Attributes
    ----------
    hubs
        One row a hub, most customers first: `hub` (from 1), `members` (separated by
        ";"), `size`, `customers` who met two or more of them, and `found_again`: how
        like it the likest group of a resample is (Jaccard index, mean; 0 to 1).
    nodes
        One row a node, by name: `name`, its `code`, `hub` (missing: in none),
        `customers`, and `with_hub`: how often it falls together with its hub's other
        members, from 0 to 1.
    pairs
        One row a pair of nodes, by name: `one`, `other`, `customers` shared, `expected`
        by chance, `lift` (customers over expected) with its 95 % interval `low` to
        `high`, `jaccard`, `phi`, `handovers` straight between the two, `handed`
        customers, and `together`: in how many resamples they share a group (0 to 1).
    modularity, by_chance, p
        Share of what is shared that lies within groups beyond chance; the same where
        nothing but chance is at work (mean); and how often chance does as well.
    unit, resolution, seed, resamples
        As asked.
    n_customers, n_shared
        Customers, and those who met two or more nodes.
    left_out
        Nodes not looked at, having too few customers.
    """

    hubs: pd.DataFrame
    nodes: pd.DataFrame
    pairs: pd.DataFrame
    modularity: float
    by_chance: float
    p: float
    unit: Unit
    resolution: float
    seed: int
    resamples: int
    n_customers: int
    n_shared: int
    left_out: int

    @property
    def stand_out(self) -> bool:
        """Whether there are hubs that chance does not explain, at 5 %."""
        return bool(len(self.hubs)) and self.p <= ALPHA

    def __str__(self) -> str:
        """Say whether hubs stand out, and which is the most customers'."""
        what = "agencies" if self.unit == "agency" else "services"
        base = (
            f"{self.n_shared:,} of {self.n_customers:,} customers met two or more "
            f"{what}"
        )
        if len(self.nodes) < FEWEST:
            return f"{base}; with fewer than {FEWEST} {what} no hub can be told."
        tested = (
            f"modularity {self.modularity:.3f}, {self.by_chance:.3f} by chance, "
            f"p = {self.p:.3f}, {self.resamples} resamples of customers"
        )
        if not self.stand_out:
            return f"{base}. No hubs stand out from chance ({tested})."
        first = self.hubs.iloc[0]
        return (
            f"{base}. {len(self.hubs)} hubs of {what} stand out ({tested}). The one of "
            f"most customers ({first['customers']:,}) is "
            f"{first['members'].replace(';', ', ')}; it is found again with a likeness "
            f"of {first['found_again']:.2f}."
        )
