"""What a search for duplication returns: counts, money and the rows behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from journeys.duplication.partners import Unmatched
    from journeys.duplication.rules import Rules
    from journeys.log import Log

__all__ = ["Duplication", "RuleCount", "rows_of"]


@dataclass(frozen=True, kw_only=True)
class RuleCount:
    """What one rule found, and what it could not judge.

    Attributes
    ----------
    rule, title
        "D1" and "repeat assessment", for example.
    findings, customers
        Events found, and how many customers had one.
    events, unjudged
        Events of the classes that the rule looks at, and those of them that name
        no need and so could not be judged.
    naive
        What one would count without definitions: for D1, events of a class that
        another agency had done before; for D3, returns to an agency met before.
    cost_pence, not_costed
        This rule's share of the gross cost, `None` where no event has a cost, and
        how many findings have none.
    kinds
        Findings of each kind: of each class for D1, "bounce" and "loop" for D3.
    """

    rule: str
    title: str
    findings: int
    customers: int
    events: int
    unjudged: int
    naive: int
    cost_pence: int | None
    not_costed: int
    kinds: dict[str, int]

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        said = (
            f"{self.rule} {self.title}: {self.findings:,} of {self.events:,} events, "
            f"for {self.customers:,} customers (a naive count gives {self.naive:,})"
        )
        if self.unjudged:
            said += f"; {self.unjudged:,} name no need and could not be judged"
        return f"{said}."


@dataclass(frozen=True, kw_only=True)
class Duplication:
    """All findings in one log; the rows stand as a table in its engine.

    Attributes
    ----------
    log, rules
        What was searched, by which rules.
    table
        Table of findings in `log.engine`; :meth:`findings` fetches it.
    by_rule
        One count a rule, in the order of their names.
    events, customers
        Distinct events found by any rule, and their customers.
    cost_pence
        Gross cost of those events, each once; `None` where none has a cost.
    not_costed
        How many of those events have no cost.
    cycles
        Circles that ping-pong closed, each counted once.
    unmatched
        Referrals, and joint contacts, that name an agency which no event of the
        log has: no rule can follow those names.
    """

    log: Log
    rules: Rules
    table: str
    by_rule: tuple[RuleCount, ...]
    events: int
    customers: int
    cost_pence: int | None
    not_costed: int
    cycles: int
    unmatched: Unmatched

    def findings(self) -> pd.DataFrame:
        """Return one row a finding, in the order of `finding_id`.

        Columns: `finding_id`, `rule`, `version`, `event_id`, `evidence_ids` (split
        by ";"), `customer_id`, `agency` (of the event), `first_agency` (that had
        done it before, or that the customer is sent back to), `need`, `gap_us`
        (microseconds since the evidence), `cost_pence` (this rule's share) and
        `kind`.
        """
        sql = (
            f"SELECT * FROM {self.table} ORDER BY rule, length(finding_id), finding_id"
        )
        return rows_of(self.log.engine.arrow(sql))

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if not self.events:
            said = f"No duplication found in {self.log.n_events:,} events"
            return f"{said}{self._unmatched()}."
        cost = "none of them has a cost"
        if self.cost_pence is not None:
            pounds = f"{self.cost_pence / 100:,.2f}"
            cost = f"they cost £{pounds} gross, unaudited"
            if self.not_costed:
                cost += f", and {self.not_costed:,} more have no cost"
        return (
            f"{self.events:,} of {self.log.n_events:,} events duplicate another, for "
            f"{self.customers:,} of {self.log.n_customers:,} customers; {cost} "
            f"(rules {self.rules.version}){self._unmatched()}."
        )

    def _unmatched(self) -> str:
        """Say, if there are any, how many events name an agency out of the log."""
        counts = (
            (self.unmatched.referrals, "referrals"),
            (self.unmatched.joint_contacts, "joint contacts"),
        )
        said = " and ".join(f"{count:,} {what}" for count, what in counts if count)
        return f"; {said} name an agency that the log does not have" if said else ""


def rows_of(rows: pa.Table) -> pd.DataFrame:
    """Return rows as a frame in which missing money leaves whole pence whole."""
    frame: pd.DataFrame = rows.to_pandas()
    pence = rows["cost_pence"].to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return frame.assign(cost_pence=pence)
