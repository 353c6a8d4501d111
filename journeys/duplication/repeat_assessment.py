"""D1: an assessment (or intake) that another agency had just made.

An event is redundant if there is an earlier event of the same customer, the same
need and the same class, at another agency, not longer ago than the window and the
shelf life of that need and class, and if neither a reset nor a new episode came
between, the two did not work together, neither is exempt and, where a rule asks for
it, the two hold the same content. Counted are events, never pairs: a chain of four
assessments has three redundant ones. The evidence is the nearest earlier event that
meets all of this.

What is *earlier* and what is *between* is told by the order of the log: by time and,
at one instant, by event identifier. So 0 <= t_j - t_i <= window. The design of the
rule had 0 < t_j - t_i; this departs from it because many logs know only the date.
There, two agencies that assess on one day would never be compared, and a reset on
the day of an assessment would never count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ConfigDict, Field, model_validator

from journeys.duplication.nearest import naive_count_sql, nearest_other_sql
from journeys.duplication.repeat_parameters import register_parameters
from journeys.duplication.rule import (
    Class,
    Days,
    Exempt,
    Judged,
    Label,
    Rule,
    RuleFile,
    RuleOptions,
    Share,
    Switch,
    events_counted,
    events_judged,
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
    "Validity",
    "farther_sql",
    "fitting_sql",
    "keep_fitting",
    "keep_repeats",
    "naive_repeats_sql",
    "near_sql",
    "repeatable_sql",
    "repeats_sql",
]


class ExemptPair(RuleFile):
    """An earlier and a later activity that may follow each other, and why."""

    earlier: Label
    later: Label
    reason: Label


class Validity(RuleFile):
    """How long an event is good for, of one need, one class, or one of both."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    need: Label | None = None
    of_class: Class | None = Field(default=None, alias="class")
    days: Days

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.need is None and self.of_class is None:
            msg = "name a need, a class, or both; window_days is for all"
            raise ValueError(msg)
        return self


class RepeatAssessment(RuleOptions):
    """Parameters of D1; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    window_days: Days
    reset_classes: tuple[Class, ...]
    new_episode_resets: Switch
    joint_working_exempts: Switch
    need_may_be_missing: Switch
    same_instrument: Switch = False
    content_overlap: Share = 0.0
    validity: tuple[Validity, ...] = ()
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
    engine, name = log.engine, f"{log.table}_repeats"
    register_parameters(log, rule, name)
    engine.keep(f"{name}_events", repeatable_sql(log.table, name, rule))
    engine.keep(f"{name}_near", near_sql(log.table, name, rule))
    keep_fitting(log, rule, name)
    engine.keep(name, repeats_sql(name, rule))
    return name


def keep_fitting(log: Log, rule: RepeatAssessment, name: str) -> None:
    """Keep the pairs that no exemption parts: the nearest, and where they are, others.

    Tables `_near` and `_events` stand already.
    """
    engine = log.engine
    engine.keep(f"{name}_fit", fitting_sql(f"{name}_near", log.table, name, rule))
    engine.keep(f"{name}_far", farther_sql(name, rule))
    engine.keep(f"{name}_fit_far", fitting_sql(f"{name}_far", log.table, name, rule))


def repeatable_sql(log: str, parameters: str, rule: RepeatAssessment) -> str:
    """Return the query for events that can repeat or be repeated, one row each.

    Each has the nearest earlier event at another agency (`other_event`,
    `other_time_us`) and the time since when an event is good (`since_us`).

    Parameters
    ----------
    log
        Table of an encoded log.
    parameters
        Prefix of the tables `_validity`, `_exempt` and `_exempt_pairs`.
    rule
        The parameters of D1.
    """
    classes = class_codes(rule.classes)
    named = "" if rule.need_may_be_missing else "AND l.need IS NOT NULL"
    keys = "customer, need_key, activity_class"
    keys += ", activity" if rule.same_instrument else ""
    window_us = microseconds(rule.window_days)
    return f"""WITH events AS (
  SELECT l.customer, coalesce(l.need, -1) AS need_key, l.event, l.time_us, l.agency,
    l.activity, l.activity_class, l.episode, l.cost_pence
  FROM {log} AS l LEFT JOIN {parameters}_exempt AS x ON x.activity = l.activity
  WHERE l.activity_class IN {classes} {named} AND x.activity IS NULL),
near AS ({nearest_other_sql("events", keys)})
SELECT e.*,
  e.time_us - least({window_us}, coalesce(v.validity_us, {window_us})) AS since_us
FROM near AS e LEFT JOIN {parameters}_validity AS v
  ON v.need_key = e.need_key AND v.activity_class = e.activity_class"""


def near_sql(log: str, parameters: str, rule: RepeatAssessment) -> str:
    """Return the query for events in reach of their nearest other event.

    A reset between the two parts them, and parts older events from the later one as
    well: the last reset before it is `reset_event`.
    """
    resets = class_codes(rule.reset_classes)
    return f"""SELECT e.event AS later, e.other_event AS earlier,
  coalesce(max(r.event), -1) AS reset_event
FROM {parameters}_events AS e LEFT JOIN {log} AS r
  ON r.customer = e.customer AND r.activity_class IN {resets}
  AND r.event < e.event AND coalesce(r.need = e.need_key, r.need IS NULL)
WHERE e.other_time_us >= e.since_us
GROUP BY e.event, e.other_event
HAVING coalesce(max(r.event), -1) < e.other_event"""


def farther_sql(parameters: str, rule: RepeatAssessment) -> str:
    """Return the query for pairs with older events, where the nearest did not fit."""
    same = "AND i.activity = j.activity" if rule.same_instrument else ""
    return f"""SELECT j.event AS later, i.event AS earlier
FROM {parameters}_near AS n
LEFT JOIN {parameters}_fit AS f ON f.later = n.later
JOIN {parameters}_events AS j ON j.event = n.later
JOIN {parameters}_events AS i
  ON i.customer = j.customer AND i.need_key = j.need_key
  AND i.activity_class = j.activity_class AND i.agency <> j.agency
  AND i.event < n.earlier AND i.time_us >= j.since_us
  AND i.event > n.reset_event {same}
WHERE f.later IS NULL"""


def fitting_sql(pairs: str, log: str, parameters: str, rule: RepeatAssessment) -> str:
    """Return the query for the pairs (`later`, `earlier`) that no exemption parts."""
    joined, apart = [], []
    if rule.new_episode_resets:
        apart.append("coalesce(j.episode = i.episode, TRUE)")
    if rule.joint_working_exempts:  # neither names the other's agency as a partner
        for one, other in ("ij", "ji"):
            joined.append(
                f"LEFT JOIN {log}_partners AS {one}_with ON {one}_with.event = "
                f"{one}.event AND {one}_with.partner = {other}.agency"
            )
            apart.append(f"{one}_with.partner IS NULL")
    if rule.content_overlap:
        held = f"SELECT event, count(*) AS items FROM {log}_items GROUP BY event"
        joined.append(f"""LEFT JOIN ({held}) AS a ON a.event = i.event
LEFT JOIN ({held}) AS b ON b.event = j.event
LEFT JOIN (SELECT p.later, p.earlier, count(*) AS items FROM {pairs} AS p
  JOIN {log}_items AS x ON x.event = p.earlier
  JOIN {log}_items AS y ON y.event = p.later AND y.item = x.item
  GROUP BY p.later, p.earlier) AS c
  ON c.later = p.later AND c.earlier = p.earlier""")
        shared = "coalesce(c.items, 0)"  # the Jaccard index, without a division
        least = f"{rule.content_overlap!r} * (a.items + b.items - {shared})"
        apart.append(f"coalesce({shared} >= {least}, TRUE)")
    joins, tests = "\n".join(joined), "".join(f" AND {test}" for test in apart)
    return f"""SELECT p.later, p.earlier FROM {pairs} AS p
JOIN {parameters}_events AS j ON j.event = p.later
JOIN {parameters}_events AS i ON i.event = p.earlier
LEFT JOIN {parameters}_exempt_pairs AS e
  ON e.earlier = i.activity AND e.later = j.activity
{joins} WHERE e.earlier IS NULL{tests}"""


def repeats_sql(parameters: str, rule: RepeatAssessment) -> str:
    """Return the query that lists redundant events, each with its nearest evidence."""
    return f"""WITH fit AS (
  SELECT later, max(earlier) AS earlier FROM (
    SELECT * FROM {parameters}_fit UNION ALL SELECT * FROM {parameters}_fit_far) AS p
  GROUP BY later)
SELECT j.event, CAST(i.event AS STRING) AS evidence, i.agency AS first_agency,
  {kinds_sql("j.activity_class", rule.classes)} AS kind,
  j.time_us - i.time_us AS gap_us, j.cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM fit AS f JOIN {parameters}_events AS j ON j.event = f.later
JOIN {parameters}_events AS i ON i.event = f.earlier"""


def naive_repeats_sql(log: str, rule: RepeatAssessment) -> str:
    """Return the query that counts events of a class seen before at another agency."""
    classes = class_codes(rule.classes)
    events = f"(SELECT * FROM {log} WHERE activity_class IN {classes}) AS e"
    return naive_count_sql(events, "customer, activity_class")


def _naive(log: Log, rule: RepeatAssessment) -> int:
    return events_counted(log, naive_repeats_sql(log.table, rule))


def _judged(log: Log, rule: RepeatAssessment) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.classes, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D1",
    title="repeat assessment",
    section="repeat_assessment",
    keep=keep_repeats,
    naive=_naive,
    judged=_judged,
)
