"""Findings: each redundant event once a rule, with its evidence and its cost.

Cost is a union, not a sum. Each rule says how much of an event's cost is redundant
(its *part*); what two rules find is paid for once, so an event costs the largest of
its parts. That is shared between its rules by the Shapley value of the maximum: what
all of them claim in equal shares, what only the larger ones claim among those. Odd
pence go to the first rule by name, so the shares add up to the whole. An event
without a cost stays without one. All money here is *gross*: what the events cost,
not what could be saved, and *unaudited*, since no sample has been checked against
case files.

References
----------
Littlechild, S. C. and Owen, G. (1973). A simple expression for the Shapley value in
a special case. Management Science 20 (3), 370-372.
https://doi.org/10.1287/mnsc.20.3.370
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import pyarrow as pa

from journeys.duplication.all_rules import ALL_RULES
from journeys.duplication.evidence import keep_evidence
from journeys.duplication.partners import count_unmatched
from journeys.duplication.ping_pong import count_cycles
from journeys.duplication.results import Duplication, RuleCount
from journeys.duplication.rule import Searched
from journeys.duplication.rules import read_rules
from journeys.following import to_compile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journeys.duplication.rule import Rule
    from journeys.duplication.rules import Rules
    from journeys.log import Log

WORTH_COMPILING: Final = 1_000_000
__all__ = ["find_duplication", "findings_sql", "shares_sql", "totals_sql", "union_sql"]


def union_sql(tables: Mapping[str, str]) -> str:
    """Return the query that puts what the rules found in one table.

    Parameters
    ----------
    tables
        Name of each rule -> table of what it found; at least one.
    """
    columns = "event, evidence, first_agency, kind, gap_us, part_pence, measure"
    return "\nUNION ALL ".join(
        f"SELECT '{rule}' AS rule, {columns} FROM {table}"
        for rule, table in tables.items()
    )


def shares_sql(found: str) -> str:
    """Return the query for each rule's share of the cost of each event.

    Sorted by part, each step up from the part before is shared by the rules that
    claim at least so much.
    """
    return f"""WITH ranked AS (
  SELECT rule, event, part_pence,
    row_number() OVER (PARTITION BY event ORDER BY part_pence, rule) AS place,
    count(*) OVER (PARTITION BY event) AS rules,
    part_pence - lag(part_pence, 1, CAST(0 AS BIGINT))
      OVER (PARTITION BY event ORDER BY part_pence, rule) AS step
  FROM {found} WHERE part_pence IS NOT NULL),
claims AS (
  SELECT r.event, r.rule, s.step, s.rules - s.place + 1 AS sharers,
    row_number() OVER (PARTITION BY r.event, s.place ORDER BY r.rule) AS turn
  FROM ranked AS r JOIN ranked AS s ON s.event = r.event AND s.place <= r.place)
SELECT event, rule, CAST(sum((step - step % sharers) / sharers
  + CASE WHEN turn <= step % sharers THEN 1 ELSE 0 END) AS BIGINT) AS cost_pence
FROM claims GROUP BY event, rule"""


def several_sql(found: str) -> str:
    """Return the query for what was found, if others claim a part of the event too."""
    return f"""SELECT f.rule, f.event, f.part_pence FROM {found} AS f JOIN (
  SELECT event FROM {found} WHERE part_pence IS NOT NULL
  GROUP BY event HAVING count(*) > 1) AS several ON several.event = f.event"""


def findings_sql(found: str, shares: str, log: str, version: str) -> str:
    """Return the query that numbers findings and sets their events beside them.

    An event that no share is told of is claimed by one rule alone.
    """
    width = "CAST(greatest(6, length(number)) AS INT)"
    return f"""WITH numbered AS (
  SELECT *, CAST(row_number() OVER (PARTITION BY rule ORDER BY event) AS STRING)
    AS number
  FROM {found})
SELECT concat(f.rule, '-', lpad(f.number, {width}, '0')) AS finding_id,
  f.rule, v.version AS version, f.event, l.event_id, f.evidence, l.customer, l.agency,
  f.first_agency, l.need, f.gap_us, coalesce(s.cost_pence, f.part_pence) AS cost_pence,
  f.part_pence, f.measure, f.kind
FROM numbered AS f JOIN {log} AS l ON l.event = f.event
CROSS JOIN {version} AS v
LEFT JOIN {shares} AS s ON s.event = f.event AND s.rule = f.rule"""


def totals_sql(findings: str, rules: Mapping[str, bool]) -> str:
    """Return the query that counts findings for each rule and kind, and in all.

    Rows without a kind are for the rule. The row without a rule is for all rules
    that find redundant contacts; those that find lost time are left out of it.

    Parameters
    ----------
    findings
        What :func:`findings_sql` gave.
    rules
        Name of each rule -> whether it finds redundant contacts.
    """
    named = ", ".join(f"'{rule}'" for rule, redundant in rules.items() if redundant)
    none, no_text = "CAST(NULL AS BIGINT)", "CAST(NULL AS STRING)"
    pence = "CAST(sum(cost_pence) AS BIGINT) AS cost_pence"
    return f"""SELECT rule, kind, count(*) AS findings, {none} AS events,
  {none} AS customers, {none} AS cost_pence, {none} AS not_costed, {none} AS measure
FROM {findings} GROUP BY rule, kind
UNION ALL
SELECT rule, {no_text} AS kind, count(*) AS findings, count(*) AS events,
  count(DISTINCT customer) AS customers, {pence},
  count(*) - count(cost_pence) AS not_costed, CAST(sum(measure) AS BIGINT) AS measure
FROM {findings} GROUP BY rule
UNION ALL
SELECT {no_text} AS rule, {no_text} AS kind,
  CAST(sum(findings) AS BIGINT) AS findings, count(*) AS events,
  count(DISTINCT customer) AS customers, {pence},
  count(CASE WHEN costed < findings THEN 1 END) AS not_costed, {none} AS measure
FROM (
  SELECT event, customer, count(*) AS findings, count(cost_pence) AS costed,
    sum(cost_pence) AS cost_pence
  FROM {findings} WHERE rule IN ({named or "NULL"})
  GROUP BY event, customer) AS found"""


def find_duplication(
    log: Log, rules: Rules | None = None, *, compiled: bool | None = None
) -> Duplication:
    """Find events that duplicate the work of another agency.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    rules
        What :func:`journeys.duplication.read_rules` returned; with `None`, the
        shipped rules.
    compiled
        Use machine code or not; both find the same. With `None`, it is used on a log
        of a million events or more where Numba is installed and DuckDB holds the log.

    Returns
    -------
    duplication
        Counts, with the findings kept as a table of the engine. A search by other
        rules has a table of its own.

    Raises
    ------
    JourneyError
        If `compiled` is asked for and Numba is not installed.

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
    engine, table = log.engine, _named_by(log, rules)
    run = [rule for rule in ALL_RULES if rules.of(rule.section) is not None]
    searched = _searched(log, rules, run, compiled)
    found = {rule: each.table for rule, each in searched.items()}
    engine.register(f"{table}_version", pa.table({"version": [rules.version]}))
    engine.keep(f"{table}_all", union_sql(found))
    engine.keep(f"{table}_several", several_sql(f"{table}_all"))
    engine.keep(f"{table}_shares", shares_sql(f"{table}_several"))
    engine.keep(
        table,
        findings_sql(f"{table}_all", f"{table}_shares", log.table, f"{table}_version"),
    )
    keep_evidence(log, table)
    redundant = {rule.name: rule.redundant for rule in run}
    totals = {
        (row["rule"], row["kind"]): row
        for row in engine.arrow(totals_sql(table, redundant)).to_pylist()
    }
    whole = totals[None, None]
    return Duplication(
        log=log,
        rules=rules,
        table=table,
        by_rule=tuple(
            _rule_count(rule, log, rules, totals, searched[rule.name].naive)
            for rule in run
        ),
        events=whole["events"],
        customers=whole["customers"],
        cost_pence=whole["cost_pence"],
        not_costed=whole["not_costed"],
        cycles=sum(each.cycles for each in searched.values()),
        unmatched=count_unmatched(log),
    )


def _named_by(log: Log, rules: Rules) -> str:
    """Name the findings by their rules, so that another search leaves them alone."""
    return f"{log.table}_findings_{crc32(rules.model_dump_json().encode()):08x}"


def _searched(
    log: Log,
    rules: Rules,
    run: Iterable[Rule],
    compiled: bool | None,  # noqa: FBT001 - None is a third answer
) -> Mapping[str, Searched]:
    """Search by each rule, in machine code or by SQL."""
    if compiled is None:
        compiled = log.n_events >= WORTH_COMPILING and log.engine.dialect == "duckdb"
        compiled = to_compile(None) and compiled
    if to_compile(compiled):
        from journeys.compiled.searching import search_compiled  # noqa: PLC0415

        return search_compiled(log, rules, run)
    searched = {}
    for rule in run:
        options = rules.of(rule.section)
        table, naive = rule.keep(log, options), rule.naive(log, options)
        cycles = count_cycles(log) if rule.name == "D3" else 0
        searched[rule.name] = Searched(table, naive, cycles)
    return searched


def _rule_count(
    rule: Rule,
    log: Log,
    rules: Rules,
    totals: Mapping[tuple[str | None, str | None], Mapping[str, int]],
    naive: int,
) -> RuleCount:
    options = rules.of(rule.section)
    events, unjudged = rule.judged(log, options)
    found = totals.get((rule.name, None), {})
    return RuleCount(
        rule=rule.name,
        title=rule.title,
        redundant=rule.redundant,
        findings=found.get("findings", 0),
        customers=found.get("customers", 0),
        events=events,
        unjudged=unjudged,
        naive=naive,
        cost_pence=found.get("cost_pence"),
        not_costed=found.get("not_costed", 0) if rule.redundant else 0,
        measure=found.get("measure"),
        kinds={
            kind: row["findings"]
            for (of, kind), row in sorted(totals.items(), key=str)
            if of == rule.name and kind is not None
        },
    )
