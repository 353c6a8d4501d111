"""What costing duplication returns: three numbers, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from journeys.cost.audited import Audit
    from journeys.cost.money import Amount

__all__ = ["DuplicationCost"]


@dataclass(frozen=True, kw_only=True)
class DuplicationCost:
    """The cost of duplication.

    Attributes
    ----------
    gross, preventable, cashable
        The three numbers; `None` where nothing is costed, or where no rule says
        which share could be avoided, or leave a budget.
    confidence
        Of the intervals.
    resampled
        Whether they are for such customers as these, or for these alone.
    by
        "rule", "agency", "need" or "segment" -> one row a value, missing ones last:
        for each measure `gross_pence`, `gross_low_pence`, `gross_high_pence` and so
        on. Central figures of a measure add up to its number; ends do not. `agency`
        is the one that spent the money.
    tornado
        `input`, `measure`, `low_pence` and `high_pence`: each uncertain input at its
        low and high value with the others central, the widest first.
    rungs
        `basis` of the cost of the events found, and `cost_pence` of each.
    events, customers, not_costed
        Events found, their customers, and events without a cost, which no amount
        here holds.
    audit
        What auditors said, or `None`.
    unaudited
        Rules without a verdict on a finding: taken to be right.
    unsearched
        Rules without a verdict on a contact not found: taken to have missed none.
    without
        For "preventable" and "cashable", the rules that give no such share and so
        stand in the gross amount alone.
    """

    gross: Amount | None
    preventable: Amount | None
    cashable: Amount | None
    confidence: float
    resampled: bool
    by: Mapping[str, pd.DataFrame]
    tornado: pd.DataFrame
    rungs: pd.DataFrame
    events: int
    customers: int
    not_costed: int
    audit: Audit | None
    unaudited: tuple[str, ...]
    unsearched: tuple[str, ...]
    without: Mapping[str, tuple[str, ...]]

    @property
    def label(self) -> str:
        """Return what stands behind the amounts, in a few words."""
        if self.audit is None or not self.audit.findings:
            doubt = "sampling and price" if self.resampled else "price"
            return f"unaudited: {doubt} uncertainty only"
        said = f"audited: {self.audit.findings:,} findings checked"
        if self.unaudited:
            said += f", none of {', '.join(self.unaudited)}"
        return said

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        base = f"{self.events:,} events of {self.customers:,} customers"
        if self.gross is None:
            return f"None of {base} that duplicate another has a cost."
        interval = f"({self.confidence:.0%} interval "
        said = [f"{self.gross} gross".replace("(", interval, 1)]
        if self.preventable is not None:
            said.append(f"of which {self.preventable} preventable")
        if self.cashable is not None:
            said.append(f"{self.cashable} cashable")
        left = (
            f", {self.not_costed:,} of them without a cost" if self.not_costed else ""
        )
        return f"{', '.join(said)}, for {base}{left}; {self.label}."
