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

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pydantic import Field, model_validator

from journeys.duplication.rule import (
    Class,
    Days,
    Exempt,
    Judged,
    Label,
    Rule,
    RuleFile,
    RuleOptions,
    Switch,
    judged_sql,
    kinds_sql,
    microseconds,
)
from journeys.log import class_codes

if TYPE_CHECKING:
    from typing import Self

    from journeys.log import Log

__all__ = [
    "RULE",
    "ExemptPair",
    "RepeatAssessment",
    "keep_repeats",
    "naive_repeats_sql",
    "repeats_sql",
]

BEFORE: Final = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


class ExemptPair(RuleFile):
    """An earlier and a later activity that may follow each other, and why."""

    earlier: Label
    later: Label
    reason: Label


class RepeatAssessment(RuleOptions):
    """Parameters of D1; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    window_days: Days
    reset_classes: tuple[Class, ...]
    new_episode_resets: Switch
    joint_working_exempts: Switch
    need_may_be_missing: Switch
    validity_days: Mapping[str, Days] = Field(default_factory=dict)
    exempt: tuple[Exempt, ...] = ()
    exempt_pairs: tuple[ExemptPair, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = sorted(set(self.classes) & set(self.reset_classes))
        if both:
            msg = (
                f"{both} stand in classes and in reset_classes; an event cannot both "
                "repeat and reset, so take it out of one"
            )
            raise ValueError(msg)
        return self


def keep_repeats(log: Log, rule: RepeatAssessment) -> str:
    """Find redundant events and keep them as a table, whose name is returned."""
    name = f"{log.table}_repeats"
    limits = {
        code: microseconds(rule.validity_days[need])
        for need, code in zip(log.names["need"], range(10**9), strict=False)
        if need in rule.validity_days
    }
    log.engine.register(
        f"{name}_validity",
        pa.table(
            {
                "need": pa.array(limits, pa.int32()),
                "validity_us": pa.array(limits.values(), pa.int64()),
            }
        ),
    )
    exempt = log.codes("activity", [each.activity for each in rule.exempt])
    log.engine.register(
        f"{name}_exempt", pa.table({"activity": pa.array(exempt, pa.int32())})
    )
    pairs = [
        log.codes("activity", (pair.earlier, pair.later)) for pair in rule.exempt_pairs
    ]
    both = [pair for pair in pairs if len(pair) == 2]  # noqa: PLR2004 - both are in the log
    log.engine.register(
        f"{name}_exempt_pairs",
        pa.table(
            {
                "earlier": pa.array([earlier for earlier, _ in both], pa.int32()),
                "later": pa.array([later for _, later in both], pa.int32()),
            }
        ),
    )
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
        The parameters of D1.
    """
    classes, resets = class_codes(rule.classes), class_codes(rule.reset_classes)
    named = "" if rule.need_may_be_missing else "AND l.need IS NOT NULL"
    episode = ""
    if rule.new_episode_resets:
        episode = "AND coalesce(j.episode = i.episode, TRUE)"
    joined, apart = "", ""
    if rule.joint_working_exempts:
        # Neither event names the agency of the other as a partner.
        joined = f"""
LEFT JOIN {log}_partners AS w ON w.event = i.event AND w.partner = j.agency
LEFT JOIN {log}_partners AS u ON u.event = j.event AND u.partner = i.agency"""
        apart = "AND w.partner IS NULL AND u.partner IS NULL"
    before = f"ORDER BY event {BEFORE}"
    window_us = microseconds(rule.window_days)
    return f"""WITH judged AS (
  SELECT l.customer, coalesce(l.need, -1) AS need_key, l.need, l.event, l.time_us,
    l.agency, l.activity, l.activity_class, l.episode, l.cost_pence,
    coalesce(l.activity_class IN {resets}, FALSE) AS resets
  FROM {log} AS l LEFT JOIN {parameters}_exempt AS x ON x.activity = l.activity
  WHERE (l.activity_class IN {classes} {named} AND x.activity IS NULL)
    OR l.activity_class IN {resets}),
dated AS (
  SELECT *, greatest(
    max(CASE WHEN resets AND need IS NULL THEN event END)
      OVER (PARTITION BY customer {before}),
    max(CASE WHEN resets THEN event END)
      OVER (PARTITION BY customer, need_key {before})) AS reset_event
  FROM judged),
events AS (SELECT * FROM dated WHERE NOT resets),
later AS (
  SELECT e.*, e.time_us - least({window_us},
      coalesce(v.validity_us, {window_us})) AS since_us
  FROM events AS e LEFT JOIN {parameters}_validity AS v ON v.need = e.need)
SELECT j.event, CAST(max(i.event) AS STRING) AS evidence,
  max_by(i.agency, i.event) AS first_agency,
  {kinds_sql("j.activity_class", rule.classes)} AS kind,
  j.time_us - max(i.time_us) AS gap_us, j.cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM later AS j JOIN events AS i
  ON i.customer = j.customer AND i.need_key = j.need_key
  AND i.activity_class = j.activity_class AND i.agency <> j.agency
  AND i.event < j.event AND i.time_us >= j.since_us
  AND i.event > coalesce(j.reset_event, -1) {episode}{joined}
LEFT JOIN {parameters}_exempt_pairs AS p
  ON p.earlier = i.activity AND p.later = j.activity
WHERE p.earlier IS NULL {apart}
GROUP BY j.event, j.cost_pence, j.activity_class, j.time_us"""


def naive_repeats_sql(log: str, rule: RepeatAssessment) -> str:
    """Return the query that counts events of a class seen before at another agency.

    The count without need, window, reset, exemption and joint working: what one
    gets without definitions, for comparison.
    """
    seen = f"OVER (PARTITION BY customer, activity_class ORDER BY event {BEFORE})"
    return f"""SELECT count(*) AS events FROM (
  SELECT agency, min(agency) {seen} AS least_agency, max(agency) {seen} AS most_agency
  FROM {log} WHERE activity_class IN {class_codes(rule.classes)}) AS seen
WHERE least_agency <> agency OR most_agency <> agency"""


def _naive(log: Log, rule: RepeatAssessment) -> int:
    counted: int = log.engine.arrow(naive_repeats_sql(log.table, rule))["events"][
        0
    ].as_py()
    return counted


def _judged(log: Log, rule: RepeatAssessment) -> Judged:
    sql = judged_sql(
        log.table, rule.classes, need_may_be_missing=rule.need_may_be_missing
    )
    return Judged(**log.engine.arrow(sql).to_pylist()[0])


RULE: Final = Rule(
    name="D1",
    title="repeat assessment",
    section="repeat_assessment",
    keep=keep_repeats,
    naive=_naive,
    judged=_judged,
)
