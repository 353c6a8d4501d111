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

from journeys.duplication.holdings import (
    holdings_sql,
    keep_long,
    pairs_sql,
    parallels_sql,
)
from journeys.duplication.rule import (
    DAY_US,
    Class,
    Days,
    Exempt,
    Judged,
    Rule,
    RuleOptions,
    Switch,
    events_counted,
    events_judged,
)
from journeys.duplication.words import words_sql
from journeys.log import class_codes

if TYPE_CHECKING:
    import pandas as pd

    from journeys.log import Log

__all__ = [
    "RULE",
    "ExcessHolding",
    "ParallelHolding",
    "depths_of",
    "excess_holding",
    "keep_parallels",
    "naive_parallels_sql",
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
    engine, name = log.engine, f"{log.table}_parallels"
    exempt = words_sql(log, "activity", (one.activity for one in rule.exempt))
    holdings, pairs = f"{name}_holdings", f"{name}_pairs"
    engine.keep(holdings, holdings_sql(log.table, rule, exempt))
    long, swept = keep_long(log, holdings, rule)
    engine.keep(pairs, pairs_sql(log.table, holdings, long, swept, rule))
    engine.keep(name, parallels_sql(pairs, engine.dialect))
    return name


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
    return events_counted(log, naive_parallels_sql(log.table, rule))


def _judged(log: Log, rule: ParallelHolding) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.classes, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D2",
    title="parallel case-holding",
    section="parallel_holding",
    keep=keep_parallels,
    naive=_naive,
    judged=_judged,
)
