"""Findings: each redundant event once a rule, with its evidence and its cost.

Cost is a union, not a sum: an event that two rules find is paid for once, and its
pence are split between them, the odd penny going to the first rule by name. So
the parts add up to the whole. An event without a cost stays without one. All
money here is *gross*: what the events cost, not what could be saved, and
*unaudited*, since no sample has been checked against case files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from journeys.duplication.partners import count_unmatched
from journeys.duplication.ping_pong import (
    count_cycles,
    keep_bounces,
    unjudged_bounces_sql,
)
from journeys.duplication.repeat_assessment import (
    keep_repeats,
    naive_repeats_sql,
    unjudged_repeats_sql,
)
from journeys.duplication.results import Duplication, RuleCount
from journeys.duplication.rules import read_rules
from journeys.graph import revisits

if TYPE_CHECKING:
    from journeys.duplication.rules import Rules
    from journeys.log import Log

__all__ = ["find_duplication", "findings_sql", "totals_sql"]

TITLES: Final = {"D1": "repeat assessment", "D3": "referral ping-pong"}


def findings_sql(tables: dict[str, str]) -> str:
    """Return the query that numbers findings and splits the cost of events.

    Parameters
    ----------
    tables
        For each rule, the table of what it found; with `version`, a table with
        the version of the rules.
    """
    columns = (
        "customer_id, seq, event_id, agency, need, cost_pence, kind, evidence_ids, "
        "first_agency, gap_us"
    )
    found = "\n  UNION ALL ".join(
        f"SELECT '{rule}' AS rule, {columns} FROM {table}"
        for rule, table in tables.items()
        if rule in TITLES
    )
    odd = "(cost_pence % rules)"
    width = "CAST(greatest(6, length(number)) AS INT)"
    return f"""WITH found AS (
  {found}),
numbered AS (
  SELECT *, count(*) OVER (PARTITION BY event_id) AS rules,
    row_number() OVER (PARTITION BY event_id ORDER BY rule) AS rank,
    CAST(row_number() OVER (PARTITION BY rule ORDER BY customer_id, seq) AS STRING)
      AS number
  FROM found)
SELECT concat(rule, '-', lpad(number, {width}, '0')) AS finding_id,
  rule, v.version AS version, event_id, evidence_ids, customer_id, agency, first_agency,
  need, gap_us,
  CAST((cost_pence - {odd}) / rules AS BIGINT)
    + CASE WHEN rank > abs({odd}) THEN 0 WHEN {odd} < 0 THEN -1 ELSE 1 END
    AS cost_pence,
  kind
FROM numbered CROSS JOIN {tables["version"]} AS v"""


def totals_sql(findings: str) -> str:
    """Return the query that counts findings for each rule and kind, and in all.

    Rows without a kind are for the rule; the row without a rule is for all rules.
    """
    counts = """count(*) AS findings, count(DISTINCT event_id) AS events,
  count(DISTINCT customer_id) AS customers,
  CAST(sum(cost_pence) AS BIGINT) AS cost_pence,
  count(DISTINCT CASE WHEN cost_pence IS NULL THEN event_id END) AS not_costed"""
    return f"""SELECT rule, kind, {counts}
FROM {findings} GROUP BY GROUPING SETS ((rule, kind), (rule), ())"""


def find_duplication(log: Log, rules: Rules | None = None) -> Duplication:
    """Find events that duplicate the work of another agency.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    rules
        What :func:`journeys.duplication.read_rules` returned; with `None`, the
        shipped rules.

    Returns
    -------
    duplication
        Counts, with the findings kept as a table of the engine.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> events["cost_pence"] = [8000, 9500]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> print(find_duplication(log))  # doctest: +NORMALIZE_WHITESPACE
    1 of 2 events duplicate another, for 1 of 1 customers; they cost £95.00 gross,
    unaudited (rules 2026-11).
    """
    rules = read_rules() if rules is None else rules
    engine, table = log.engine, f"{log.table}_findings"
    engine.register(f"{table}_version", pa.table({"version": [rules.version]}))
    found = {
        "D1": keep_repeats(log, rules.repeat_assessment),
        "D3": keep_bounces(log, rules.ping_pong),
        "version": f"{table}_version",
    }
    engine.keep(table, findings_sql(found))
    totals = {
        (row["rule"], row["kind"]): row
        for row in engine.arrow(totals_sql(table)).to_pylist()
    }
    whole = totals[None, None]
    return Duplication(
        log=log,
        rules=rules,
        table=table,
        by_rule=tuple(_rule_count(rule, log, rules, totals) for rule in TITLES),
        events=whole["events"],
        customers=whole["customers"],
        cost_pence=whole["cost_pence"],
        not_costed=whole["not_costed"],
        cycles=count_cycles(log),
        unmatched=count_unmatched(log),
    )


def _rule_count(
    rule: str,
    log: Log,
    rules: Rules,
    totals: dict[tuple[str | None, str | None], dict[str, int]],
) -> RuleCount:
    arrow = log.engine.arrow
    if rule == "D1":
        d1 = rules.repeat_assessment
        naive = arrow(naive_repeats_sql(log.table, d1)).to_pylist()[0]["events"]
        base = arrow(unjudged_repeats_sql(log.table, d1)).to_pylist()[0]
    else:
        naive = revisits(log).count
        base = arrow(unjudged_bounces_sql(log.table, rules.ping_pong)).to_pylist()[0]
    found = totals.get((rule, None), {})
    return RuleCount(
        rule=rule,
        title=TITLES[rule],
        findings=found.get("findings", 0),
        customers=found.get("customers", 0),
        events=base["events"],
        unjudged=base["unjudged"],
        naive=naive,
        cost_pence=found.get("cost_pence"),
        not_costed=found.get("not_costed", 0),
        kinds={
            kind: row["findings"]
            for (of, kind), row in sorted(totals.items(), key=str)
            if of == rule and kind is not None
        },
    )
