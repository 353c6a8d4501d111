"""D8: hand-offs between agencies that take longer than they do inside one agency.

A *transition* is a step of a customer from an event to the next event for the same
need, named by its two activities. Its *baseline* is how long it takes where both
events are of one agency: a quantile (the median, unless a partnership says
otherwise) over all needs. A transition to another agency is a finding where it took
longer than its baseline by so many days and so many times over; not, though, where
another event of the same episode stands between, under another need: then a need was
miscoded, and there was no such step. What is lost is time and not money, so nothing
is costed; `measure` is the wait above the baseline.

A transition that hardly ever happens inside one agency has no baseline, so its
hand-offs cannot be judged; :func:`handoffs_judged` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from journeys.duplication.rule import (
    DAY_US,
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
    from journeys.log import Log

__all__ = [
    "RULE",
    "HandoffDelay",
    "HandoffsJudged",
    "baselines_sql",
    "delays_sql",
    "handoffs_judged",
    "keep_delays",
    "slow_sql",
    "transitions_sql",
]


class HandoffDelay(RuleOptions):
    """Parameters of D8; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    baseline_quantile: Annotated[float, Field(strict=True, gt=0, lt=1)]
    least_baseline: Annotated[int, Field(strict=True, ge=1)]
    excess_days: Days
    excess_ratio: Annotated[float, Field(strict=True, ge=1)]
    within_days: Days
    need_may_be_missing: Switch


@dataclass(frozen=True, kw_only=True)
class HandoffsJudged:
    """Hand-offs between agencies, those with a baseline, and the slow ones.

    Attributes
    ----------
    handoffs, judged, slow
        Transitions to another agency; those that have a baseline to be held
        against; and those found slow.
    excess_days
        Days that the slow ones took beyond their baselines.
    """

    handoffs: int
    judged: int
    slow: int
    excess_days: float

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if not self.judged:
            return (
                f"None of {self.handoffs:,} hand-offs between agencies has a like step "
                "inside one agency to be held against."
            )
        return (
            f"{self.slow:,} of {self.judged:,} hand-offs between agencies took longer "
            f"than the same step inside one agency, by {self.excess_days:,.0f} days in "
            f"all; {self.handoffs - self.judged:,} more have no like step to be held "
            "against."
        )


def keep_delays(log: Log, rule: HandoffDelay) -> str:
    """Find slow hand-offs and keep them as a table, whose name is returned."""
    moves, name = f"{log.table}_transitions", f"{log.table}_delays"
    baselines, slow = f"{log.table}_baselines", f"{log.table}_slow"
    indirect = f"{log.table}_indirect"
    log.engine.keep(moves, transitions_sql(log.table, rule))
    log.engine.keep(baselines, baselines_sql(moves, rule))
    log.engine.keep(slow, slow_sql(moves, baselines, rule))
    log.engine.keep(indirect, indirect_sql(log.table, slow))
    log.engine.keep(name, delays_sql(slow, indirect))
    return name


def transitions_sql(log: str, rule: HandoffDelay) -> str:
    """Return the query that lists steps to an event of the classes waited for."""
    named, need = "WHERE need IS NOT NULL", "need"
    if rule.need_may_be_missing:
        named, need = "", "coalesce(need, -1)"
    return f"""SELECT * FROM (
  SELECT event, activity, agency, activity_class,
    lag(event) OVER told AS event_before, lag(agency) OVER told AS agency_before,
    lag(activity) OVER told AS activity_before,
    time_us - lag(time_us) OVER told AS wait_us
  FROM {log} {named}
  WINDOW told AS (PARTITION BY customer, {need} ORDER BY event)) AS steps
WHERE event_before IS NOT NULL AND activity_class IN {class_codes(rule.classes)}"""


def baselines_sql(transitions: str, rule: HandoffDelay) -> str:
    """Return the query for how long each transition takes inside one agency."""
    wait = f"percentile_cont({rule.baseline_quantile}) WITHIN GROUP (ORDER BY wait_us)"
    return f"""SELECT activity_before, activity, count(*) AS times,
  CAST(floor({wait}) AS BIGINT) AS baseline_us
FROM {transitions} WHERE agency = agency_before
GROUP BY activity_before, activity HAVING count(*) >= {rule.least_baseline}"""


def delays_sql(slow: str, indirect: str) -> str:
    """Return the query that finds transitions to another agency above the baseline.

    Parameters
    ----------
    slow
        What :func:`slow_sql` gave.
    indirect
        Table of events before which another one of the same episode stands between.
    """
    return f"""SELECT s.event, CAST(s.event_before AS STRING) AS evidence,
  s.agency_before AS first_agency, 'slow' AS kind, s.wait_us AS gap_us,
  CAST(NULL AS BIGINT) AS part_pence, s.wait_us - s.baseline_us AS measure
FROM {slow} AS s
LEFT JOIN {indirect} AS i ON i.event = s.event WHERE i.event IS NULL"""


def slow_sql(transitions: str, baselines: str, rule: HandoffDelay) -> str:
    """Return the query for transitions that took too long, however they came about."""
    return f"""SELECT t.event, t.event_before, t.agency_before, t.wait_us, b.baseline_us
FROM {transitions} AS t JOIN {baselines} AS b
  ON b.activity_before = t.activity_before AND b.activity = t.activity
WHERE t.agency <> t.agency_before AND t.wait_us <= {microseconds(rule.within_days)}
  AND t.wait_us - b.baseline_us >= {microseconds(rule.excess_days)}
  AND t.wait_us >= {rule.excess_ratio} * b.baseline_us"""


def indirect_sql(log: str, slow: str) -> str:
    """Return the query for transitions with an event of the same episode between."""
    return f"""SELECT DISTINCT s.event
FROM {slow} AS s JOIN {log} AS e ON e.event = s.event
JOIN {log} AS l ON l.customer = e.customer AND l.episode = e.episode
  AND l.event > s.event_before AND l.event < s.event"""


def handoffs_sql(transitions: str, baselines: str, delays: str) -> str:
    """Return the query that counts hand-offs, judged ones and slow ones."""
    return f"""SELECT count(*) AS handoffs, count(b.times) AS judged,
  count(d.event) AS slow, CAST(coalesce(sum(d.measure), 0) AS BIGINT) AS excess_us
FROM {transitions} AS t LEFT JOIN {baselines} AS b
  ON b.activity_before = t.activity_before AND b.activity = t.activity
LEFT JOIN {delays} AS d ON d.event = t.event
WHERE t.agency <> t.agency_before"""


def handoffs_judged(log: Log) -> HandoffsJudged:
    """Count the hand-offs that D8 looked at, could judge, and found slow.

    Parameters
    ----------
    log
        A log that :func:`journeys.find_duplication` has searched by D8.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> steps = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> steps["agency"] = ["council", "health"]
    >>> steps["activity"] = ["plan", "visit"]
    >>> log = encode_log(steps.assign(activity_class=["review", "service"]))
    >>> found = find_duplication(log)
    >>> print(handoffs_judged(log))  # doctest: +NORMALIZE_WHITESPACE
    None of 1 hand-offs between agencies has a like step inside one agency to be held
    against.
    """
    tables = [f"{log.table}_{one}" for one in ("transitions", "baselines", "delays")]
    told = log.engine.arrow(handoffs_sql(*tables)).to_pylist()[0]
    return HandoffsJudged(
        handoffs=told["handoffs"],
        judged=told["judged"],
        slow=told["slow"],
        excess_days=told["excess_us"] / DAY_US,
    )


def naive_delays_sql(log: str) -> str:
    """Return the query that counts every step of a customer to another agency."""
    return f"""SELECT count(*) AS events FROM {log}
WHERE next_agency IS NOT NULL AND next_agency <> agency"""


def _naive(log: Log, _: HandoffDelay) -> int:
    return events_counted(log, naive_delays_sql(log.table))


def _judged(log: Log, rule: HandoffDelay) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.classes, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D8",
    title="repeated hand-off delay",
    section="handoff_delay",
    keep=keep_delays,
    naive=_naive,
    judged=_judged,
    redundant=False,
)
