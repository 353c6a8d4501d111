"""What follows what in a log, all at once, whoever counted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Flows", "no_value"]


@dataclass(frozen=True, kw_only=True)
class Flows:
    """What follows what in a log, and who passes customers to whom.

    Attributes
    ----------
    moves
        As :func:`journeys.graph.directly_follows` gives them; `customers` if asked.
    handovers
        `source`, `target` and `count`; `customers` if asked.
    starts, ends
        As of :func:`journeys.graph.start_activities` and `end_activities`.
    variants
        As of :func:`journeys.paths.variants`.
    n_events, n_customers, n_variants
        How many there are in all.
    """

    moves: pd.DataFrame
    handovers: pd.DataFrame
    starts: pd.DataFrame
    ends: pd.DataFrame
    variants: pd.DataFrame
    n_events: int
    n_customers: int
    n_variants: int

    def __str__(self) -> str:
        """Say the size of it as a sentence for a report."""
        return (
            f"{self.n_events:,} events of {self.n_customers:,} customers make "
            f"{self.moves['count'].sum():,} moves between activities, "
            f"{self.handovers['count'].sum():,} of them between agencies, on "
            f"{self.n_variants:,} different paths."
        )


def no_value(columns: list[str]) -> str:
    """Return what is wrong with a file of events that lack values in some columns."""
    return (
        f"Events lack a value in {columns}. Check the file as a place's table, or drop "
        "such events."
    )
