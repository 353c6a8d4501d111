"""D4: contacts that need not have been made, in the sense of NI14.

National Indicator 14 asked English councils to count contacts of "low or no value to
the customer": chasing, clarifying, repeating, or reaching the wrong place. A log
shows some of them. An inbound contact is preventable, as a signal and no more, if for
the same customer and need

- its outcome says so (the kind is what the rule calls that outcome, "wrong place"
  say), and it is not the first contact for the need;
- "failed online": it comes in another channel within hours of a digital attempt that
  failed;
- "chased": a request is open, not longer than the window, on which nothing was done;
- "came back": the last thing done, not longer ago than the window, was to close.

In the last three, nothing may have been done in between: a reply to a letter is not
preventable. Of several kinds, the first in this list is told. A first contact for a
need never counts, and so a new need never does.

References
----------
Communities and Local Government (2008). National Indicator 14: reducing avoidable
contact. A guide to NI14. Seddon, J. (2008). Systems Thinking in the Public Sector,
calls such contacts failure demand, and preventable rather than avoidable.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Final

from pydantic import Field

from journeys.duplication.rule import (
    Class,
    Days,
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
from place.sqltext import literal

if TYPE_CHECKING:
    from journeys.log import Log

__all__ = ["RULE", "PreventableContact", "contacts_sql", "keep_contacts"]

HOURS: Final = 24
BEFORE: Final = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


class PreventableContact(RuleOptions):
    """Parameters of D4; `rules.toml` says what each means."""

    inbound: tuple[Class, ...] = Field(min_length=1)
    opened_by: tuple[Class, ...]
    progress: tuple[Class, ...]
    chased_within_days: Days
    closed: tuple[Label, ...]
    back_within_days: Days
    digital_channels: tuple[Label, ...]
    failed: tuple[Label, ...]
    failed_within_hours: Days
    reasons: Mapping[Label, Label] = Field(default_factory=dict)
    need_may_be_missing: Switch


def keep_contacts(log: Log, rule: PreventableContact) -> str:
    """Find preventable contacts and keep them as a table, whose name is returned."""
    name = f"{log.table}_preventable"
    log.engine.keep(name, contacts_sql(log, rule))
    return name


def contacts_sql(log: Log, rule: PreventableContact) -> str:
    """Return the query that finds preventable contacts, one row each.

    Groups of a customer and need in which nothing is opened, closed, failed or named
    as preventable are left out before events are put in order.
    """
    closed = words_sql(log, "outcome", rule.closed)
    failed = words_sql(log, "outcome", rule.failed)
    digital = words_sql(log, "channel", rule.digital_channels)
    reasons = words_sql(log, "outcome", rule.reasons)
    named = "" if rule.need_may_be_missing else "AND need IS NOT NULL"
    inbound = f"activity_class IN {class_codes(rule.inbound)}"
    closes = f"coalesce(outcome IN {closed}, FALSE)"
    opens = f"activity_class IN {class_codes(rule.opened_by)} AND NOT {closes}"
    fails = f"outcome IN {failed} AND channel IN {digital}"
    reason = f"{inbound} AND outcome IN {reasons}"
    moves_on = f"(activity_class IN {class_codes(rule.progress)} OR {closes})"
    kinds = " ".join(
        f"WHEN j.outcome IN {words_sql(log, 'outcome', [word])} THEN {literal(kind)}"
        for word, kind in rule.reasons.items()
    )
    recorded = f"CASE {kinds} END" if kinds else "CAST(NULL AS STRING)"
    window = f"""(PARTITION BY customer, need_key ORDER BY event {BEFORE})"""
    hours = rule.failed_within_hours / HOURS
    return f"""WITH groups AS (
  SELECT customer, coalesce(need, -1) AS need_key, min(event) AS first_event
  FROM {log.table}
  WHERE (({opens}) OR {closes} OR ({fails}) OR ({reason})) {named}
  GROUP BY customer, need_key),
told AS (
  SELECT l.event, l.customer, g.need_key, l.time_us, l.channel, l.outcome,
    l.cost_pence, coalesce(l.{inbound}, FALSE) AS inbound,
    CASE WHEN {moves_on} THEN l.event END AS progress,
    CASE WHEN {opens} THEN l.event END AS opened,
    CASE WHEN {fails} THEN l.event END AS failed
  FROM {log.table} AS l JOIN groups AS g ON g.customer = l.customer
    AND g.need_key = coalesce(l.need, -1)),
marked AS (
  SELECT *, max(event) OVER {window} AS event_before,
    coalesce(max(progress) OVER {window}, -1) AS progress_event,
    max(opened) OVER {window} AS opened_event,
    max(failed) OVER {window} AS failed_event
  FROM told),
contacts AS (
  SELECT * FROM marked WHERE inbound AND event_before IS NOT NULL),
kinds AS (
  SELECT j.event, j.time_us, j.cost_pence, {recorded} AS reason, j.event_before,
    CASE WHEN f.channel <> j.channel
      AND j.time_us - f.time_us <= {microseconds(hours)} THEN f.event END AS failed,
    CASE WHEN j.time_us - o.time_us <= {microseconds(rule.chased_within_days)}
      THEN o.event END AS chased,
    CASE WHEN p.outcome IN {closed}
      AND j.time_us - p.time_us <= {microseconds(rule.back_within_days)}
      THEN p.event END AS back
  FROM contacts AS j
  LEFT JOIN {log.table} AS f
    ON f.event = j.failed_event AND j.failed_event > j.progress_event
  LEFT JOIN {log.table} AS o
    ON o.event = j.opened_event AND j.opened_event > j.progress_event
  LEFT JOIN {log.table} AS p ON p.event = j.progress_event),
found AS (
  SELECT event, time_us, cost_pence, CASE WHEN reason IS NOT NULL THEN reason
      WHEN failed IS NOT NULL THEN 'failed online'
      WHEN chased IS NOT NULL THEN 'chased' ELSE 'came back' END AS kind,
    CASE WHEN reason IS NOT NULL THEN event_before
      ELSE coalesce(failed, chased, back) END AS evidence
  FROM kinds
  WHERE coalesce(failed, chased, back) IS NOT NULL OR reason IS NOT NULL)
SELECT j.event, CAST(j.evidence AS STRING) AS evidence, i.agency AS first_agency,
  j.kind, j.time_us - i.time_us AS gap_us, j.cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM found AS j JOIN {log.table} AS i ON i.event = j.evidence"""


def naive_contacts_sql(log: str, rule: PreventableContact) -> str:
    """Return the query that counts inbound contacts after a customer's first event."""
    return f"""SELECT count(*) AS events FROM {log}
WHERE activity_class IN {class_codes(rule.inbound)} AND seq > 1"""


def _naive(log: Log, rule: PreventableContact) -> int:
    return events_counted(log, naive_contacts_sql(log.table, rule))


def _judged(log: Log, rule: PreventableContact) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.inbound, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D4",
    title="preventable contact (signal)",
    section="preventable_contact",
    keep=keep_contacts,
    naive=_naive,
    judged=_judged,
)
