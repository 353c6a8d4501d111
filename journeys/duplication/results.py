"""What a search for duplication returns: counts, money and the rows behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from journeys.duplication.chains import chains_of
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from journeys.duplication.partners import Unmatched
    from journeys.duplication.rules import Rules
    from journeys.log import Log

__all__ = ["Duplication", "RuleCount", "listed_sql", "whole_pence"]


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
    redundant
        Whether the rule finds redundant contacts, which cost money, or lost time.
    measure
        Sum of the rule's own unit; `None` where it has none.
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
    redundant: bool = True
    measure: int | None = None

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
        (microseconds since the evidence), `cost_pence` (this rule's share of the
        union), `part_pence` (how much of the event this rule finds redundant),
        `measure` (in the rule's own unit) and `kind`. A dead end, whose evidence is
        an absence, has no `evidence_ids`: the text is empty.
        """
        rows = self.log.engine.arrow(listed_sql(self.table, self.log.table))
        codes = {"agency": "agency", "first_agency": "agency", "need": "need"}
        found = whole_pence(rows, self.log.decoded(rows, codes))
        ids = self.log.engine.arrow(
            f"SELECT finding_id, event_id FROM {self.table}_evidence "
            "ORDER BY finding_id, place"
        ).to_pandas()
        told = ids.groupby("finding_id")["event_id"].agg(";".join).to_dict()
        evidence = [told.get(finding, "") for finding in found["finding_id"]]
        after = list(found.columns).index("event_id") + 1
        found.insert(after, "evidence_ids", pd.Series(evidence, dtype="str"))
        return found

    def matrix(self, rule: str) -> pd.DataFrame:
        """Return the findings of a rule, agency by agency.

        Parameters
        ----------
        rule
            Its name, such as "D1".

        Returns
        -------
        matrix
            Counts of findings: a row for the agency that had done it before, a column
            for the one that did it again. A pair without a finding has 0.

        Raises
        ------
        JourneyError
            If the rule was not run.
        """
        run = [each.rule for each in self.by_rule]
        if rule not in run:
            msg = f"rule {rule!r} was not run; these were: {', '.join(run)}."
            raise JourneyError(msg)
        sql = f"""SELECT first_agency, agency FROM {self.table}
WHERE rule = '{rule}' AND first_agency IS NOT NULL"""
        named = {"first_agency": "agency", "agency": "agency"}
        pairs = self.log.decoded(self.log.engine.arrow(sql), named)
        return pd.crosstab(pairs["first_agency"], pairs["agency"])

    def chains(self) -> pd.DataFrame:
        """Return how many chains of repeats each rule has, by their length.

        See :func:`journeys.duplication.chains.chains_of`.
        """
        return chains_of(self)

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


def listed_sql(findings: str, log: str) -> str:
    """Return the query that lists findings with the customers' own identifiers."""
    return f"""SELECT f.finding_id, f.rule, f.version, f.event_id, c.customer_id,
  f.agency, f.first_agency, f.need, f.gap_us, f.cost_pence, f.part_pence, f.measure,
  f.kind
FROM {findings} AS f JOIN {log}_customers AS c ON c.customer = f.customer
ORDER BY f.rule, length(f.finding_id), f.finding_id"""


def whole_pence(rows: pa.Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which missing money leaves whole pence whole."""
    whole = {
        name: rows[name].to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        for name in ("cost_pence", "part_pence", "measure", "gap_us")
        if name in rows.column_names
    }
    return frame.assign(**whole)
