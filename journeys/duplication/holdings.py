"""Holdings of D2: which stand side by side, by SQL; where they are many, by a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from journeys.duplication.nearest import nearest_first_sql
from journeys.duplication.rule import microseconds
from journeys.duplication.sweep import swept
from journeys.following import to_compile
from journeys.log import class_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from journeys.duplication.parallel_holding import ParallelHolding
    from journeys.log import Log
    from place.engine import Backend

__all__ = [
    "holdings_sql",
    "keep_long",
    "long_sql",
    "pairs_of",
    "pairs_sql",
    "parallels_sql",
]

WORTH_COMPILING: Final = 10_000
MANY: Final = 256  # holdings of one customer and need that are swept, not joined


def holdings_sql(log: str, rule: ParallelHolding, exempt: str) -> str:
    """Return the query for the cases that agencies hold.

    Parameters
    ----------
    log
        Table of an encoded log.
    rule
        The parameters of D2.
    exempt
        Codes of activities that are supporting roles, as a list for IN.
    """
    named = "" if rule.need_may_be_missing else "AND need IS NOT NULL"
    last, end = "", "end_time_us"
    if rule.open_ends_last:
        last = f"CROSS JOIN (SELECT max(time_us) AS last_us FROM {log}) AS z"
        end = "coalesce(end_time_us, last_us)"
    return f"""SELECT event, customer, coalesce(need, -1) AS need_key, agency, time_us,
  {end} AS end_us, cost_pence
FROM {log} {last}
WHERE activity_class IN {class_codes(rule.classes)} {named}
  AND NOT coalesce(activity IN {exempt}, FALSE) AND {end} > time_us"""


def long_sql(holdings: str) -> str:
    """Return the query for the customers and needs with many holdings."""
    return f"""SELECT customer, need_key FROM {holdings}
GROUP BY customer, need_key HAVING count(*) > {MANY}"""


def keep_long(log: Log, holdings: str, rule: ParallelHolding) -> tuple[str, str]:
    """Sweep the long groups, and keep what they are and their pairs as two tables."""
    engine = log.engine
    long, name = f"{holdings}_long", f"{holdings}_swept"
    engine.keep(long, long_sql(holdings))
    several = f"""FROM {holdings} AS h JOIN {long} AS x
  ON x.customer = h.customer AND x.need_key = h.need_key"""
    rows = engine.arrow(f"SELECT h.* {several} ORDER BY h.event")
    named = engine.arrow(f"""SELECT p.event, p.partner FROM {log.table}_partners AS p
JOIN (SELECT h.event {several}) AS h ON h.event = p.event ORDER BY p.event""")
    cases = {
        what: rows[what].to_numpy()
        for what in ("event", "customer", "need_key", "agency", "time_us", "end_us")
    }
    partners = named["event"].to_numpy(), named["partner"].to_numpy()
    sweep = swept
    if len(rows) >= WORTH_COMPILING and to_compile(None):
        from journeys.compiled.sweeping import sweep  # noqa: PLC0415 - an extra
    pairs = pairs_of(sweep, cases, partners, rule)
    at = pairs.pop("at")
    columns = pairs | {"cost_pence": rows["cost_pence"].take(pa.array(at))}
    engine.register(name, pa.table(columns))
    return long, name


def pairs_of(
    sweep: Callable[..., NDArray[np.int64]],
    cases: Mapping[str, NDArray[Any]],
    partners: tuple[NDArray[Any], NDArray[Any]],
    rule: ParallelHolding,
) -> dict[str, Any]:
    """Return what :func:`pairs_sql` lists, by a sweep; `at` is the place of the case.

    Parameters
    ----------
    sweep
        :func:`journeys.duplication.sweep.swept`, as it is or in machine code.
    cases
        Columns of holdings in the order of the log.
    partners
        Events of holdings that name a partner, in order, and the partners.
    rule
        The parameters of D2.
    """
    event, time, agency = (cases[what] for what in ("event", "time_us", "agency"))
    events, named = partners if rule.joint_working_exempts else (event[:0], agency[:0])
    starts = np.append(np.searchsorted(events, event), len(events))
    rows = sweep(
        cases["customer"],
        cases["need_key"] + 1,
        agency,
        time,
        cases["end_us"],
        starts,
        named,
        microseconds(rule.least_overlap_days),
    )
    at, other, latest, until, nearest = rows.T
    own, apart = other == agency[at], nearest < 0
    return {
        "at": at,
        "event": event[at],
        "time_us": time[at],
        "end_us": cases["end_us"][at],
        "agency": other.astype(np.int32),
        "own_us": pa.array(latest, mask=~own),
        "held_us": pa.array(until, mask=apart),
        "nearest": pa.array(event[nearest], mask=apart),
        "nearest_us": pa.array(time[nearest], mask=apart),
    }


def pairs_sql(
    log: str, holdings: str, long: str, swept: str, rule: ParallelHolding
) -> str:
    """Return the query for cases that open late, and each agency that held then.

    `own_us` is the latest end of a case of the same agency; `held_us`, `nearest` and
    `nearest_us` tell of the longest overlap and the nearest case of another.
    """
    joined, apart = "", ""
    if rule.joint_working_exempts:
        joined = f"""
  LEFT JOIN {log}_partners AS w ON w.event = i.event AND w.partner = j.agency
  LEFT JOIN {log}_partners AS u ON u.event = j.event AND u.partner = i.agency"""
        apart = "AND w.partner IS NULL AND u.partner IS NULL"
    least_us = microseconds(rule.least_overlap_days)
    overlap = "least(i.end_us, j.end_us) - j.time_us"
    beside = f"i.agency <> j.agency AND {overlap} >= {least_us} {apart}"
    told = "event, time_us, end_us, cost_pence, agency, own_us, held_us, nearest"
    return f"""WITH opened AS (
  SELECT h.*, max(h.end_us) OVER (PARTITION BY h.customer, h.need_key ORDER BY h.event
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - h.time_us AS held_us
  FROM {holdings} AS h LEFT JOIN {long} AS x
    ON x.customer = h.customer AND x.need_key = h.need_key
  WHERE x.customer IS NULL),
later AS (
  SELECT * FROM opened WHERE held_us >= {least_us} AND end_us - time_us >= {least_us}),
pairs AS (
  SELECT j.event, j.time_us, j.end_us, j.cost_pence, i.agency,
    max(CASE WHEN i.agency = j.agency THEN i.end_us END) AS own_us,
    max(CASE WHEN {beside} THEN least(i.end_us, j.end_us) END) AS held_us,
    max(CASE WHEN {beside} THEN i.event END) AS nearest,
    max(CASE WHEN {beside} THEN i.time_us END) AS nearest_us
  FROM later AS j JOIN {holdings} AS i
    ON i.customer = j.customer AND i.need_key = j.need_key
    AND i.event < j.event AND i.end_us > j.time_us {joined}
  GROUP BY j.event, j.time_us, j.end_us, j.cost_pence, i.agency)
SELECT {told}, nearest_us FROM pairs
UNION ALL
SELECT {told}, nearest_us FROM {swept}"""


def parallels_sql(pairs: str, dialect: Backend) -> str:
    """Return the query that finds events opening a case beside another agency's."""
    share = "CAST(cost_pence AS DECIMAL(18, 0)) * CAST(excess_us AS DECIMAL(19, 0))"
    return f"""WITH found AS (
  SELECT event, {nearest_first_sql("nearest", dialect)} AS evidence,
    max_by(CASE WHEN nearest IS NOT NULL THEN agency END, nearest) AS first_agency,
    1 + count(nearest) AS at_once, time_us - max(nearest_us) AS gap_us,
    end_us - time_us AS length_us, cost_pence,
    max(held_us) - greatest(time_us, coalesce(max(own_us), time_us)) AS excess_us
  FROM {pairs} GROUP BY event, time_us, end_us, cost_pence),
costed AS (
  SELECT *, {share} AS product FROM found WHERE excess_us > 0)
SELECT event, evidence, first_agency,
  CASE WHEN at_once = 2 THEN 'two at once' ELSE 'three or more at once' END AS kind,
  gap_us, CAST(round(CAST(product - product % length_us AS DOUBLE) / length_us)
    AS BIGINT) AS part_pence,
  excess_us AS measure, at_once
FROM costed"""
