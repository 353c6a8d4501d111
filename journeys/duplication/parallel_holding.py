"""D2: a case that one agency opens while another holds one for the same need.

A *holding* runs from the time of an event to its end, [open, close). Of the agencies
that hold a customer for one need at a time, the first to open is right; each further
one is an excess. A finding is an event that opens while another agency holds; its
`measure` is how long its own interval adds an agency: from its opening, or from the
end of earlier holdings of its own agency, to the end of the last holding of another
that was open when it opened. So, where nothing is exempt and no least overlap is
asked for, the measures add up to the integral of max(0, m - 1), where m(t) is how
many agencies hold at t. Of its cost, the share of its own interval that is excess is
redundant, rounded down to whole pence.

The evidence is, for each other agency, its last opening that overlaps, the nearest
first. Two that work jointly do not overlap, nor do supporting roles, which a
partnership lists as exempt.

References
----------
Shamos, M. I. and Hoey, D. (1976). Geometric intersection problems. 17th Annual
Symposium on Foundations of Computer Science, 208-215 (the sweep line).
https://doi.org/10.1109/SFCS.1976.16
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import Field

from journeys.duplication.nearest import nearest_first_sql
from journeys.duplication.rule import (
    DAY_US,
    Class,
    Days,
    Exempt,
    Judged,
    Rule,
    RuleOptions,
    Switch,
    judged_sql,
    microseconds,
)
from journeys.duplication.words import words_sql
from journeys.log import class_codes

if TYPE_CHECKING:
    import pandas as pd

    from journeys.log import Log
    from place.engine import Backend

__all__ = [
    "RULE",
    "ExcessHolding",
    "ParallelHolding",
    "depths_of",
    "excess_holding",
    "keep_parallels",
    "naive_parallels_sql",
    "parallels_sql",
]


class ParallelHolding(RuleOptions):
    """Parameters of D2; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    least_overlap_days: Days
    open_ends_last: Switch
    joint_working_exempts: Switch
    need_may_be_missing: Switch
    exempt: tuple[Exempt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExcessHolding:
    """How long customers were held by more agencies than one.

    Attributes
    ----------
    findings
        Events that opened while another agency held.
    agency_days
        Days that agencies beyond the first held, added up over agencies.
    most_at_once
        Most agencies that held one customer for one need; 0 without a finding.
    """

    findings: int
    agency_days: float
    most_at_once: int

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if not self.findings:
            return "No agency opened a case while another held one for the same need."
        return (
            f"{self.findings:,} cases were opened while another agency held one for "
            f"the same need: {self.agency_days:,.0f} agency-days beyond the first "
            f"agency, and up to {self.most_at_once:,} agencies at once."
        )


def keep_parallels(log: Log, rule: ParallelHolding) -> str:
    """Find parallel cases and keep them as a table, whose name is returned.

    Beside what every rule keeps, `at_once` says how many agencies held.
    """
    name = f"{log.table}_parallels"
    exempt = words_sql(log, "activity", (one.activity for one in rule.exempt))
    dialect = log.engine.dialect
    log.engine.keep(name, parallels_sql(log.table, rule, exempt, dialect=dialect))
    return name


def parallels_sql(
    log: str, rule: ParallelHolding, exempt: str, *, dialect: Backend
) -> str:
    """Return the query that finds events opening a case beside another agency's.

    Parameters
    ----------
    log
        Table of an encoded log.
    rule
        The parameters of D2.
    exempt
        Codes of activities that are supporting roles, as a list for IN.
    dialect
        Engine that will run it.
    """
    named = "" if rule.need_may_be_missing else "AND need IS NOT NULL"
    last, end = "", "end_time_us"
    if rule.open_ends_last:
        last = f"CROSS JOIN (SELECT max(time_us) AS last_us FROM {log}) AS z"
        end = "coalesce(end_time_us, last_us)"
    joined, apart = "", ""
    if rule.joint_working_exempts:
        joined = f"""
  LEFT JOIN {log}_partners AS w ON w.event = i.event AND w.partner = j.agency
  LEFT JOIN {log}_partners AS u ON u.event = j.event AND u.partner = i.agency"""
        apart = "AND w.partner IS NULL AND u.partner IS NULL"
    least_us = microseconds(rule.least_overlap_days)
    overlap = "least(i.end_us, j.end_us) - j.time_us"
    beside = f"i.agency <> j.agency AND {overlap} >= {least_us} {apart}"
    share = "CAST(cost_pence AS DECIMAL(18, 0)) * CAST(excess_us AS DECIMAL(19, 0))"
    return f"""WITH holdings AS (
  SELECT event, customer, coalesce(need, -1) AS need_key, agency, time_us,
    {end} AS end_us, cost_pence
  FROM {log} {last}
  WHERE activity_class IN {class_codes(rule.classes)} {named}
    AND NOT coalesce(activity IN {exempt}, FALSE) AND {end} > time_us),
swept AS (
  SELECT event, max(end_us) OVER (PARTITION BY customer, need_key ORDER BY event
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - time_us AS held_us
  FROM holdings),
later AS (
  SELECT h.* FROM holdings AS h JOIN swept AS s ON s.event = h.event
  WHERE s.held_us >= {least_us} AND h.end_us - h.time_us >= {least_us}),
pairs AS (
  SELECT j.event, j.time_us, j.end_us, j.cost_pence, i.agency,
    max(CASE WHEN i.agency = j.agency THEN i.end_us END) AS own_us,
    max(CASE WHEN {beside} THEN least(i.end_us, j.end_us) END) AS held_us,
    max(CASE WHEN {beside} THEN i.event END) AS nearest,
    max(CASE WHEN {beside} THEN i.time_us END) AS nearest_us
  FROM later AS j JOIN holdings AS i
    ON i.customer = j.customer AND i.need_key = j.need_key
    AND i.event < j.event AND i.end_us > j.time_us {joined}
  GROUP BY j.event, j.time_us, j.end_us, j.cost_pence, i.agency),
found AS (
  SELECT event, {nearest_first_sql("nearest", dialect)} AS evidence,
    max_by(CASE WHEN nearest IS NOT NULL THEN agency END, nearest) AS first_agency,
    1 + count(nearest) AS at_once, time_us - max(nearest_us) AS gap_us,
    end_us - time_us AS length_us, cost_pence,
    max(held_us) - greatest(time_us, coalesce(max(own_us), time_us)) AS excess_us
  FROM pairs GROUP BY event, time_us, end_us, cost_pence),
costed AS (
  SELECT *, {share} AS product FROM found WHERE excess_us > 0)
SELECT event, evidence, first_agency,
  CASE WHEN at_once = 2 THEN 'two at once' ELSE 'three or more at once' END AS kind,
  gap_us, CAST(round(CAST(product - product % length_us AS DOUBLE) / length_us)
    AS BIGINT) AS part_pence,
  excess_us AS measure, at_once
FROM costed"""


def excess_sql(found: str) -> str:
    """Return the query that adds up what :func:`keep_parallels` kept."""
    return f"""SELECT count(*) AS findings, coalesce(max(at_once), 0) AS most_at_once,
  CAST(coalesce(sum(measure), 0) AS BIGINT) AS excess_us
FROM {found}"""


def excess_holding(log: Log) -> ExcessHolding:
    """Add up the holdings that :func:`journeys.find_duplication` found side by side.

    Parameters
    ----------
    log
        A log that has been searched by D2.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> cases = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> cases["end_time"] = pd.Timestamp("2009-04-21", tz="UTC")
    >>> cases["agency"] = ["council", "health"]
    >>> log = encode_log(cases.assign(activity="casework", activity_class="service"))
    >>> found = find_duplication(log)
    >>> print(excess_holding(log))  # doctest: +NORMALIZE_WHITESPACE
    1 cases were opened while another agency held one for the same need: 10 agency-days
    beyond the first agency, and up to 2 agencies at once.
    """
    told = log.engine.arrow(excess_sql(f"{log.table}_parallels")).to_pylist()[0]
    return ExcessHolding(
        findings=told["findings"],
        agency_days=told["excess_us"] / DAY_US,
        most_at_once=told["most_at_once"],
    )


def depths_sql(log: str, found: str) -> str:
    """Return the query that counts what was kept by how many agencies held."""
    return f"""SELECT f.at_once, count(*) AS findings,
  count(DISTINCT l.customer) AS customers
FROM {found} AS f JOIN {log} AS l ON l.event = f.event
GROUP BY f.at_once ORDER BY f.at_once"""


def depths_of(log: Log) -> pd.DataFrame:
    """Count the cases of :func:`excess_holding` by how many agencies held at once.

    Returns
    -------
    depths
        `at_once` (2 or more), `findings` and `customers` (distinct), in order.
    """
    sql = depths_sql(log.table, f"{log.table}_parallels")
    frame: pd.DataFrame = log.engine.arrow(sql).to_pandas()
    return frame


def naive_parallels_sql(log: str, rule: ParallelHolding) -> str:
    """Return the query that counts cases opened after another agency had one.

    The count without need, time, joint working and supporting roles.
    """
    return f"""WITH cases AS (
  SELECT customer, agency, event FROM {log}
  WHERE activity_class IN {class_codes(rule.classes)}),
firsts AS (
  SELECT customer, min_by(agency, event) AS agency FROM cases GROUP BY customer),
seconds AS (
  SELECT c.customer, min(c.event) AS event FROM cases AS c
  JOIN firsts AS f ON f.customer = c.customer AND f.agency <> c.agency
  GROUP BY c.customer)
SELECT count(*) AS events FROM cases AS c
JOIN seconds AS s ON s.customer = c.customer AND c.event >= s.event"""


def _naive(log: Log, rule: ParallelHolding) -> int:
    rows = log.engine.arrow(naive_parallels_sql(log.table, rule))
    counted: int = rows["events"][0].as_py()
    return counted


def _judged(log: Log, rule: ParallelHolding) -> Judged:
    missing = rule.need_may_be_missing
    sql = judged_sql(log.table, rule.classes, need_may_be_missing=missing)
    return Judged(**log.engine.arrow(sql).to_pylist()[0])


RULE: Final = Rule(
    name="D2",
    title="parallel case-holding",
    section="parallel_holding",
    keep=keep_parallels,
    naive=_naive,
    judged=_judged,
)
