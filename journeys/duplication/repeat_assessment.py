"""D1: an assessment (or intake) that another agency had just made.

An event is redundant if there is an earlier event of the same customer, the same
need and the same class, at another agency, not longer ago than the window and the
shelf life of that need, and if neither a reset nor a new episode came between, the
two did not work together, and neither is exempt. Counted are events, never pairs:
a chain of four assessments has three redundant ones. The evidence is the nearest
earlier event that meets all of this; comparing with the last event alone would
miss the third of A, B, B.

What is *earlier* and what is *between* is told by `seq`, the order of the log: by
time and, at one instant, by event identifier. So 0 <= t_j - t_i <= window. The
design of the rule had 0 < t_j - t_i; this departs from it because many logs know
only the date. There, two agencies that assess on one day would never be compared,
and a reset on the day of an assessment would never count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from journeys.duplication.partners import keep_partners, partners_table

if TYPE_CHECKING:
    from journeys.duplication.rules import RepeatAssessment
    from journeys.log import Log

__all__ = ["keep_repeats", "naive_repeats_sql", "repeats_sql", "unjudged_repeats_sql"]

DAY_US: Final = 86_400_000_000
BEFORE: Final = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


def quoted(classes: tuple[str, ...]) -> str:
    """Return class names as a list for IN; an empty list matches nothing.

    Examples
    --------
    >>> quoted(("intake", "assess"))
    "('intake', 'assess')"
    """
    return "(" + (", ".join(f"'{name}'" for name in classes) or "NULL") + ")"


def keep_repeats(log: Log, rule: RepeatAssessment) -> str:
    """Find redundant events and keep them as a table, whose name is returned."""
    name = f"{log.table}_repeats"
    limits = rule.validity_days
    log.engine.register(
        f"{name}_validity",
        pa.table(
            {
                "need": pa.array(limits, pa.string()),
                "validity_us": pa.array([_us(d) for d in limits.values()], pa.int64()),
            }
        ),
    )
    log.engine.register(
        f"{name}_exempt",
        pa.table(
            {"activity": pa.array([e.activity for e in rule.exempt], pa.string())}
        ),
    )
    log.engine.register(
        f"{name}_exempt_pairs",
        pa.table(
            {
                "earlier": pa.array(
                    [p.earlier for p in rule.exempt_pairs], pa.string()
                ),
                "later": pa.array([p.later for p in rule.exempt_pairs], pa.string()),
            }
        ),
    )
    keep_partners(log)
    log.engine.keep(name, repeats_sql(log.table, name, rule))
    return name


def repeats_sql(log: str, parameters: str, rule: RepeatAssessment) -> str:
    """Return the query that finds redundant events, one row each.

    Parameters
    ----------
    log
        Table of an encoded log.
    parameters
        Prefix of the tables `_validity`, `_exempt` and `_exempt_pairs`.
    rule
        The parameters of D1. For joint working, the partners of the log must have
        been kept (:func:`journeys.duplication.partners.keep_partners`).
    """
    classes, resets = quoted(rule.classes), quoted(rule.reset_classes)
    named = "" if rule.need_may_be_missing else "AND l.need IS NOT NULL"
    episode = ""
    if rule.new_episode_resets:
        episode = "AND coalesce(j.episode_id = i.episode_id, TRUE)"
    joined, apart = "", ""
    if rule.joint_working_exempts:
        # Neither event names the agency of the other as a partner.
        joined = f"""
LEFT JOIN {partners_table(log)} AS w
  ON w.event_id = i.event_id AND w.partner = j.agency
LEFT JOIN {partners_table(log)} AS u
  ON u.event_id = j.event_id AND u.partner = i.agency"""
        apart = "AND w.partner IS NULL AND u.partner IS NULL"
    before = f"ORDER BY seq {BEFORE}"
    return f"""WITH judged AS (
  SELECT l.customer_id, coalesce(l.need, '') AS need_key, l.need, l.seq, l.event_id,
    l.time_us, l.agency, l.activity, l.activity_class, l.episode_id, l.cost_pence,
    l.activity_class IN {resets} AS resets
  FROM {log} AS l LEFT JOIN {parameters}_exempt AS x ON x.activity = l.activity
  WHERE (l.activity_class IN {classes} {named} AND x.activity IS NULL)
    OR l.activity_class IN {resets}),
dated AS (
  SELECT *, greatest(
    max(CASE WHEN resets AND need IS NULL THEN seq END)
      OVER (PARTITION BY customer_id {before}),
    max(CASE WHEN resets THEN seq END)
      OVER (PARTITION BY customer_id, need_key {before})) AS reset_seq
  FROM judged),
events AS (SELECT * FROM dated WHERE NOT coalesce(resets, FALSE)),
later AS (
  SELECT e.*, e.time_us - least({_us(rule.window_days)},
      coalesce(v.validity_us, {_us(rule.window_days)})) AS since_us
  FROM events AS e LEFT JOIN {parameters}_validity AS v ON v.need = e.need)
SELECT j.customer_id, j.seq, j.event_id, j.agency, j.need, j.cost_pence,
  j.activity_class AS kind, max_by(i.event_id, i.seq) AS evidence_ids,
  max_by(i.agency, i.seq) AS first_agency, j.time_us - max(i.time_us) AS gap_us
FROM later AS j JOIN events AS i
  ON i.customer_id = j.customer_id AND i.need_key = j.need_key
  AND i.activity_class = j.activity_class AND i.agency <> j.agency
  AND i.seq < j.seq AND i.time_us >= j.since_us
  AND i.seq > coalesce(j.reset_seq, 0) {episode}{joined}
LEFT JOIN {parameters}_exempt_pairs AS p
  ON p.earlier = i.activity AND p.later = j.activity
WHERE p.earlier IS NULL {apart}
GROUP BY j.customer_id, j.seq, j.event_id, j.agency, j.need, j.cost_pence,
  j.activity_class, j.time_us"""


def naive_repeats_sql(log: str, rule: RepeatAssessment) -> str:
    """Return the query that counts events of a class seen before at another agency.

    The count without need, window, reset, exemption and joint working: what one
    gets without definitions, for comparison.
    """
    seen = f"OVER (PARTITION BY customer_id, activity_class ORDER BY seq {BEFORE})"
    return f"""SELECT count(*) AS events FROM (
  SELECT agency, min(agency) {seen} AS least_agency, max(agency) {seen} AS most_agency
  FROM {log} WHERE activity_class IN {quoted(rule.classes)}) AS seen
WHERE least_agency <> agency OR most_agency <> agency"""


def unjudged_repeats_sql(log: str, rule: RepeatAssessment) -> str:
    """Return the query that counts events of the rule's classes, and those left out.

    Left out are events without a need, unless the rule lets needs be missing.
    """
    out = "FALSE" if rule.need_may_be_missing else "need IS NULL"
    return f"""SELECT count(*) AS events, count(CASE WHEN {out} THEN 1 END) AS unjudged
FROM {log} WHERE activity_class IN {quoted(rule.classes)}"""


def _us(days: float) -> int:
    return round(days * DAY_US)
