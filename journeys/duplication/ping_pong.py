"""D3: referral ping-pong, a customer sent back to an agency already on the path.

The *path* of a customer for one need is, event by event, the agency met and, at a
referral, the agency referred to; equal neighbours count as one stop. A referral
that does not say where to is read from the agency of the next event. Work done
(an assessment, a service) breaks the path, since handing back after work is right.
A referral to an agency that stands earlier on the path is a finding: a *bounce*
if it goes straight back (A, B, A), a *loop* if it takes longer. Counting findings
counts a long quarrel many times over; *cycles* counts each closed circle once, by
erasing it from the path when it closes (a loop-erased walk).

A *dead end* is a referral to an agency that then did nothing for the customer, for
whatever need, within some days. Nobody can say so of a referral whose days are not
over when the log ends, nor of an agency whose events are not in the log. Its evidence
is an absence, so it names no earlier event. A referral that is a dead end and sends
back as well is a bounce or a loop.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from journeys.duplication.rule import (
    Class,
    Days,
    Judged,
    Rule,
    RuleOptions,
    Switch,
    events_counted,
    events_judged,
    microseconds,
)
from journeys.log import class_codes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from journeys.log import Log

__all__ = [
    "RULE",
    "PingPong",
    "bounces_sql",
    "count_cycles",
    "cycles_of",
    "dead_ends_sql",
    "keep_bounces",
    "naive_returns_sql",
    "stops_sql",
]


class PingPong(RuleOptions):
    """Parameters of D3; `rules.toml` says what each means."""

    broken_by: tuple[Class, ...]
    dead_end_days: Days | None = None
    need_may_be_missing: Switch


def keep_bounces(log: Log, rule: PingPong) -> str:
    """Find referrals back and dead ends, kept as a table, whose name is returned."""
    stops, name = f"{log.table}_stops", f"{log.table}_ping_pong"
    bounces = f"{log.table}_bounces"
    log.engine.keep(stops, stops_sql(log.table, rule))
    log.engine.keep(bounces, bounces_sql(stops))
    if rule.dead_end_days is None:
        return bounces
    log.engine.keep(name, dead_ends_sql(log.table, bounces, rule, rule.dead_end_days))
    return name


def stops_sql(log: str, rule: PingPong) -> str:
    """Return the query that lays out the paths of customers who were referred.

    Each row is one stop: `place`, the event that led there, whether a referral
    did (`referred`), the `position` on the path, counted from 1, and the last event
    of the stop there before, if there was one (`event_before`, `time_before_us`).
    """
    named = "" if rule.need_may_be_missing else "AND need IS NOT NULL"
    broken, refer = class_codes(rule.broken_by), class_codes(["refer"])
    again = "PARTITION BY customer, need_key, run, place ORDER BY step"
    path = "PARTITION BY customer, need_key, run ORDER BY step"
    kept = "customer, need, need_key, run, event, time_us, agency, cost_pence"
    return f"""WITH judged AS (
  SELECT customer, need, coalesce(need, -1) AS need_key, event, time_us,
    agency, cost_pence, activity_class IN {broken} AS breaks,
    CASE WHEN activity_class IN {refer}
      THEN coalesce(referred_to, lead(agency) OVER told) END AS sent_to,
    CAST(sum(CASE WHEN activity_class IN {broken} THEN 1 ELSE 0 END)
      OVER told AS BIGINT) AS run
  FROM {log} JOIN (
    SELECT DISTINCT customer AS sent, coalesce(need, -1) AS sent_for FROM {log}
    WHERE activity_class IN {refer} {named}) AS referred
    ON sent = customer AND sent_for = coalesce(need, -1)
  WINDOW told AS (PARTITION BY customer, coalesce(need, -1) ORDER BY event)),
visits AS (
  SELECT {kept}, 2 * event AS step, agency AS place, 0 AS referred
  FROM judged WHERE NOT coalesce(breaks, FALSE)
  UNION ALL
  SELECT {kept}, 2 * event + 1 AS step, sent_to AS place, 1 AS referred
  FROM judged WHERE NOT coalesce(breaks, FALSE) AND sent_to IS NOT NULL),
moves AS (
  SELECT *, lag(place) OVER ({path}) AS place_before,
    lag(event) OVER ({again}) AS event_before,
    lag(time_us) OVER ({again}) AS time_before_us
  FROM visits)
SELECT {kept}, step, place, referred, event_before, time_before_us,
  row_number() OVER ({path}) AS position
FROM moves WHERE place_before IS NULL OR place_before <> place"""


def bounces_sql(stops: str) -> str:
    """Return the query that finds referrals to a place already on the path.

    The evidence is the last event of the stop there before: as a rule the referral
    that passed the customer on.
    """
    return f"""WITH seen AS (
  SELECT *, lag(position) OVER (
    PARTITION BY customer, need_key, run, place ORDER BY step) AS position_before
  FROM {stops})
SELECT event, CAST(event_before AS STRING) AS evidence, place AS first_agency,
  CASE WHEN position - position_before = 2 THEN 'bounce' ELSE 'loop' END AS kind,
  time_us - time_before_us AS gap_us, cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure, customer, need_key, run, step
FROM seen WHERE referred = 1 AND position_before IS NOT NULL"""


def dead_ends_sql(log: str, bounces: str, rule: PingPong, days: float) -> str:
    """Return the query that adds referrals nothing came of to those sent back.

    Parameters
    ----------
    log
        Table of an encoded log.
    bounces
        What :func:`bounces_sql` gave.
    rule
        The parameters of D3.
    days
        How long the other agency has, ends included.
    """
    named = "" if rule.need_may_be_missing else "AND r.need IS NOT NULL"
    limit_us = microseconds(days)
    return f"""WITH sent AS (
  SELECT r.event, r.customer, r.referred_to, r.time_us, r.cost_pence
  FROM {log} AS r
  JOIN (SELECT DISTINCT agency FROM {log}) AS a ON a.agency = r.referred_to
  LEFT JOIN {bounces} AS b ON b.event = r.event
  CROSS JOIN (SELECT max(time_us) AS time_us FROM {log}) AS last_one
  WHERE r.activity_class IN {class_codes(["refer"])} {named}
    AND r.referred_to <> r.agency AND b.event IS NULL
    AND r.time_us + {limit_us} <= last_one.time_us),
seen AS (
  SELECT DISTINCT s.event FROM sent AS s JOIN {log} AS l
    ON l.customer = s.customer AND l.agency = s.referred_to
    AND l.time_us >= s.time_us AND l.time_us <= s.time_us + {limit_us})
SELECT event, evidence, first_agency, kind, gap_us, part_pence, measure
FROM {bounces}
UNION ALL
SELECT s.event, '' AS evidence, s.referred_to AS first_agency, 'dead end' AS kind,
  CAST(NULL AS BIGINT) AS gap_us, s.cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM sent AS s LEFT JOIN seen AS d ON d.event = s.event WHERE d.event IS NULL"""


def cycles_sql(stops: str, bounces: str) -> str:
    """Return the query that lists the paths that hold a finding, stop by stop."""
    return f"""SELECT s.customer, s.need_key, s.run, s.place,
  b.step IS NOT NULL AS found
FROM {stops} AS s
JOIN (SELECT DISTINCT customer, need_key, run FROM {bounces}) AS p
  ON p.customer = s.customer AND p.need_key = s.need_key AND p.run = s.run
LEFT JOIN {bounces} AS b ON b.customer = s.customer
  AND b.need_key = s.need_key AND b.run = s.run AND b.step = s.step
ORDER BY s.customer, s.need_key, s.run, s.step"""


def count_cycles(log: Log) -> int:
    """Count the circles that findings of :func:`keep_bounces` closed, each once."""
    rows = log.engine.arrow(cycles_sql(f"{log.table}_stops", f"{log.table}_bounces"))
    columns = (column.to_pylist() for column in rows.columns)
    walks = groupby(zip(*columns, strict=True), key=itemgetter(0, 1, 2))
    return sum(cycles_of(stop[3:] for stop in walk) for _, walk in walks)


def cycles_of(walk: Iterable[tuple[Hashable, bool]]) -> int:
    """Count the circles that a walk closes, erasing each as it closes.

    Parameters
    ----------
    walk
        Stops in order: the place, and whether closing a circle there counts.

    Returns
    -------
    cycles
        A place that was erased with a circle may be met again without closing one.

    References
    ----------
    Lawler, G. F. (1980). A self-avoiding random walk. Duke Mathematical Journal
    47 (3), 655-693. https://doi.org/10.1215/S0012-7094-80-04741-9

    Examples
    --------
    >>> cycles_of((place, True) for place in "ABAB")
    1
    >>> cycles_of((place, True) for place in "ABCABA")
    2
    """
    path: list[Hashable] = []
    cycles = 0
    for place, counts in walk:
        if place in path:
            del path[path.index(place) + 1 :]
            cycles += counts
        else:
            path.append(place)
    return cycles


def naive_returns_sql(log: str) -> str:
    """Return the query that counts returns to an agency met before, sent or not.

    Stops of a customer, less the agencies that they met.
    """
    return f"""SELECT coalesce(CAST(sum(stops) AS BIGINT), 0) - count(*) AS events
FROM (
  SELECT sum(CASE WHEN next_agency = agency THEN 0 ELSE 1 END) AS stops
  FROM {log} GROUP BY customer, agency) AS met"""


def _naive(log: Log, _: PingPong) -> int:
    return events_counted(log, naive_returns_sql(log.table))


def _judged(log: Log, rule: PingPong) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, ["refer"], need_may_be_missing=missing)


RULE: Final = Rule(
    name="D3",
    title="referral ping-pong",
    section="ping_pong",
    keep=keep_bounces,
    naive=_naive,
    judged=_judged,
)
