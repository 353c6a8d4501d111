"""D6: the same course again, though the one before did not achieve its aim.

A course is redundant if the last one of its kind, for the same customer and need,
ended not longer ago than the window without achieving its aim (*not achieved
before*), or was broken off (*restarted*). Which agency gave it does not matter. A
course after success is a relapse and right; so is the next part of a planned
series. An ending that no list of the rule names is not understood, and nothing is
said of the course after it. Only the last course counts: a failure before a success
is past.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final

import pyarrow as pa
from pydantic import AfterValidator, Field, model_validator

from journeys.duplication.rule import (
    Class,
    Days,
    Exempt,
    Judged,
    Label,
    Rule,
    RuleOptions,
    Switch,
    events_counted,
    events_judged,
    microseconds,
)
from journeys.duplication.words import words_sql
from journeys.log import class_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from journeys.log import Log

__all__ = [
    "RULE",
    "RepeatedCourse",
    "course_codes",
    "course_names",
    "courses_sql",
    "keep_courses",
]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as broken:
        msg = f"is no regular expression: {broken}"
        raise ValueError(msg) from None
    return text


Pattern = Annotated[Label, AfterValidator(_pattern)]


class RepeatedCourse(RuleOptions):
    """Parameters of D6; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    window_days: Days
    achieved: tuple[Label, ...]
    not_achieved: tuple[Label, ...]
    incomplete: tuple[Label, ...]
    need_may_be_missing: Switch
    part_pattern: Pattern | None = None
    equivalents: tuple[tuple[Label, ...], ...] = ()
    exempt: tuple[Exempt, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        _check_once("outcomes", [*self.achieved, *self.not_achieved, *self.incomplete])
        _check_once("equivalents", [n for names in self.equivalents for n in names])
        return self


def _check_once(where: str, names: Iterable[str]) -> None:
    counts = Counter(name.strip().casefold() for name in names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        msg = f"{twice} stand twice in the lists of {where}; leave each in one"
        raise ValueError(msg)


def course_names(
    activities: Iterable[str], rule: RepeatedCourse
) -> Iterator[tuple[str, str]]:
    """Yield what course each activity is, and which part of it.

    Parameters
    ----------
    activities
        Names as the log writes them.
    rule
        Which names are equivalent, and how parts are named.

    Examples
    --------
    >>> from journeys.duplication.rules import read_rules
    >>> rule = read_rules().repeated_course
    >>> list(course_names(["Parenting, part 2 of 3", "Yoga"], rule))
    [('parenting', 'part 2 of 3'), ('yoga', '')]
    """
    same = {
        name.strip().casefold(): names[0].strip().casefold()
        for names in rule.equivalents
        for name in names
    }
    pattern = re.compile(rule.part_pattern or r"(?!)", re.IGNORECASE)  # or nothing
    for activity in activities:
        course, part = activity.strip().casefold(), ""
        if found := pattern.search(course):
            part = found.group()
            course = course.replace(part, "").strip(" ,;:.()-")
        yield same.get(course, course), part


def course_codes(log: Log, rule: RepeatedCourse) -> dict[int, int]:
    """Return the code of each activity -> a number for its course and part.

    Activities that are exempt are left out.
    """
    exempt = {each.activity for each in rule.exempt}
    activities = log.names["activity"]
    numbers: dict[tuple[str, str], int] = {}
    return {
        code: numbers.setdefault(course, len(numbers))
        for code, course in enumerate(course_names(activities, rule))
        if activities[code] not in exempt
    }


def keep_courses(log: Log, rule: RepeatedCourse) -> str:
    """Find courses given again and keep them as a table, whose name is returned."""
    engine, name = log.engine, f"{log.table}_courses"
    courses = course_codes(log, rule)
    columns = {
        "activity": pa.array(courses, pa.int32()),
        "course": pa.array(courses.values(), pa.int32()),
    }
    engine.register(f"{name}_kinds", pa.table(columns))
    ended = [
        words_sql(log, "outcome", words)
        for words in (rule.not_achieved, rule.incomplete)
    ]
    engine.keep(name, courses_sql(log.table, f"{name}_kinds", rule, ended))
    return name


def courses_sql(
    log: str, kinds: str, rule: RepeatedCourse, ended: Iterable[str]
) -> str:
    """Return the query that finds courses given again, one row each.

    Parameters
    ----------
    log
        Table of an encoded log.
    kinds
        Table of `activity` and `course`: equal numbers are the same course and part.
    rule
        The parameters of D6.
    ended
        Codes of the outcomes that say "not achieved", and of those that say "not
        finished", as lists for IN.
    """
    failed, broken_off = ended
    named = "" if rule.need_may_be_missing else "AND l.need IS NOT NULL"
    return f"""WITH courses AS (
  SELECT l.event, l.customer, coalesce(l.need, -1) AS need_key, k.course, l.agency,
    l.time_us, coalesce(l.end_time_us, l.time_us) AS ended_us, l.outcome, l.cost_pence
  FROM {log} AS l JOIN {kinds} AS k ON k.activity = l.activity
  WHERE l.activity_class IN {class_codes(rule.classes)} {named}),
last_one AS (
  SELECT event, time_us, cost_pence, lag(event) OVER given AS event_before,
    lag(agency) OVER given AS agency_before, lag(time_us) OVER given AS time_before_us,
    lag(ended_us) OVER given AS ended_before_us, lag(outcome) OVER given AS outcome
  FROM courses
  WINDOW given AS (PARTITION BY customer, need_key, course ORDER BY event))
SELECT event, CAST(event_before AS STRING) AS evidence, agency_before AS first_agency,
  CASE WHEN outcome IN {failed} THEN 'not achieved before' ELSE 'restarted' END AS kind,
  time_us - time_before_us AS gap_us, cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM last_one
WHERE (outcome IN {failed} OR outcome IN {broken_off})
  AND time_us - ended_before_us <= {microseconds(rule.window_days)}"""


def _naive(log: Log, rule: RepeatedCourse) -> int:
    """Count courses of customers who had one before, of whatever kind or ending."""
    sql = f"""SELECT count(*) - count(DISTINCT customer) AS events FROM {log.table}
WHERE activity_class IN {class_codes(rule.classes)}"""
    return events_counted(log, sql)


def _judged(log: Log, rule: RepeatedCourse) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.classes, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D6",
    title="the same course again",
    section="repeated_course",
    keep=keep_courses,
    naive=_naive,
    judged=_judged,
)
