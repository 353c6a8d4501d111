"""What a comparison of journeys returns: which differences are real, and how large."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from journeys.compare.asked import Asked

__all__ = ["Compared"]

SAID = {
    "max-t": "the chance of naming any difference that is none is at most {0:.0%}",
    "bh": "of the differences named, about {0:.0%} at most are none",
}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Differences between groups of customers.

    Attributes
    ----------
    asked
        How it was asked.
    differences
        One row a group and measure, the surest first: `group`, `measure`, `what`
        (the move or the rule, or ""), `unit`, `value` (of the group), `others` (of
        all other groups together), `difference`, `low` and `high` (its interval, by
        resampling customers), `customers` (of the group), `others_customers`, `base`
        (those of the group that the figure rests on), `having` and `others_having`
        (those not at nought), `p`, `p_adjusted` and `real` (`p_adjusted` up to the
        level). Of two groups only the first is held against the second.
    groups
        Group -> its customers.
    refused
        Why groups were left out, a sentence each.
    outside
        Customers of no group, or not observed long enough.
    drawn
        How many customers were drawn by lot from all; `None` where all were taken.
    """

    asked: Asked
    differences: pd.DataFrame = field(repr=False)
    groups: Mapping[str, int]
    refused: tuple[str, ...]
    outside: int
    drawn: int | None

    def real(self) -> pd.DataFrame:
        """Return the differences that are real, the surest first."""
        return self.differences[self.differences["real"]].reset_index(drop=True)

    def __str__(self) -> str:
        """Say the result as sentences for a report."""
        tests, named = len(self.differences), int(self.differences["real"].sum())
        sure = SAID[self.asked.multiplicity].format(self.asked.level)
        said = (
            f"{named:,} of {tests:,} differences between {len(self.groups)} groups of "
            f"{sum(self.groups.values()):,} customers are real: {sure} "
            f"({self.asked.permutations:,} permutations by customer)."
        )
        if self.drawn is not None:
            said += f" {self.drawn:,} customers were drawn by lot."
        if self.outside:
            said += f" {self.outside:,} customers are in no group compared."
        return " ".join([said, *self.refused])
