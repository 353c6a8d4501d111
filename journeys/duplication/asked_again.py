"""D5: a fact asked of a customer again, though another agency holds it.

The idea is known as *once only*: what was told to one public body is not asked for
by the next. An event asks for a fact again if another agency collected it earlier,
not longer ago than the fact is good for, and it had not changed since: the keyed
hashes of its values are equal or, where the rule says so, one of them is not known.
Facts that have to be confirmed in person are exempt. The unit is the *item-ask*:
an event that asks for three such facts is one finding with three asks.

References
----------
Regulation (EU) 2018/1724 establishing a single digital gateway, article 14 (the
once-only principle). https://eur-lex.europa.eu/eli/reg/2018/1724/oj
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

import pyarrow as pa
from pydantic import Field

from journeys.duplication.nearest import (
    naive_count_sql,
    nearest_first_sql,
    nearest_other_sql,
)
from journeys.duplication.rule import (
    Days,
    Judged,
    Label,
    Rule,
    RuleFile,
    RuleOptions,
    Switch,
    events_counted,
    microseconds,
)

if TYPE_CHECKING:
    from journeys.log import Log
    from place.engine import Backend

__all__ = [
    "RULE",
    "AskedAgain",
    "ExemptItem",
    "asks_sql",
    "items_sql",
    "keep_asks",
    "pence_an_ask",
    "repeated_asks_sql",
]

Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class ExemptItem(RuleFile):
    """A fact that has to be asked for again, and why."""

    item: Label
    reason: Label


class AskedAgain(RuleOptions):
    """Parameters of D5; `rules.toml` says what each means."""

    window_days: Days
    unknown_values_count: Switch
    minutes_per_item: Amount
    staff_pounds_per_hour: Amount
    customer_minutes_per_item: Amount
    validity_days: Mapping[str, Days] = Field(default_factory=dict)
    exempt: tuple[ExemptItem, ...] = ()


def pence_an_ask(rule: AskedAgain) -> int:
    """Return what staff's time to ask for one fact costs, in whole pence.

    Examples
    --------
    >>> from journeys.duplication.rules import read_rules
    >>> pence_an_ask(read_rules().asked_again)  # 4 minutes at 24 pounds an hour
    160
    """
    return round(rule.minutes_per_item * rule.staff_pounds_per_hour * 100 / 60)


def keep_asks(log: Log, rule: AskedAgain) -> str:
    """Find facts asked for again and keep them as a table, whose name is returned."""
    engine, name = log.engine, f"{log.table}_asked_again"
    validity = {item: microseconds(days) for item, days in rule.validity_days.items()}
    columns = {
        "item": pa.array(validity, pa.string()),
        "validity_us": pa.array(validity.values(), pa.int64()),
    }
    engine.register(f"{name}_validity", pa.table(columns))
    exempt = sorted({each.item for each in rule.exempt})
    columns = {"item": pa.array(exempt, pa.string())}
    engine.register(f"{name}_exempt", pa.table(columns))
    engine.keep(f"{name}_items", items_sql(log.table, name, rule))
    engine.keep(f"{name}_pairs", repeated_asks_sql(name, rule))
    told = f"SELECT DISTINCT event, agency, time_us, cost_pence FROM {name}_items"
    engine.keep(name, asks_sql(f"{name}_pairs", f"({told})", rule, engine.dialect))
    return name


def items_sql(log: str, parameters: str, rule: AskedAgain) -> str:
    """Return the query for every fact that an event collects, if it is not exempt.

    Each has the nearest earlier event at another agency that collected it
    (`other_event`, `other_time_us`) and the time since when it is good (`since_us`).

    Parameters
    ----------
    log
        Table of an encoded log.
    parameters
        Prefix of the tables `_validity` and `_exempt`.
    rule
        The parameters of D5.
    """
    window_us = microseconds(rule.window_days)
    known = "" if rule.unknown_values_count else "AND x.value IS NOT NULL"
    return f"""WITH told AS (
  SELECT x.event, x.item, x.value, l.customer, l.agency, l.time_us, l.cost_pence,
    l.time_us - least({window_us}, coalesce(v.validity_us, {window_us})) AS since_us
  FROM {log}_items AS x JOIN {log} AS l ON l.event = x.event
  LEFT JOIN {parameters}_exempt AS e ON e.item = x.item
  LEFT JOIN {parameters}_validity AS v ON v.item = x.item
  WHERE e.item IS NULL {known})
{nearest_other_sql("told", "customer, item")}"""


def repeated_asks_sql(parameters: str, rule: AskedAgain) -> str:
    """Return the query for facts asked again, each with its nearest evidence.

    Facts are `event` and `item`; `same` says whether the values are known to be equal.
    Where the nearest event holds another value, earlier ones are looked through.
    """
    unchanged = "j.value = i.value"
    if rule.unknown_values_count:
        unchanged = "coalesce(j.value = i.value, TRUE)"
    return f"""WITH near AS (
  SELECT j.event, j.item, j.other_event, i.value = j.value AS same,
    coalesce({unchanged}, FALSE) AS fits
  FROM {parameters}_items AS j
  JOIN {parameters}_items AS i ON i.event = j.other_event AND i.item = j.item
  WHERE j.other_time_us >= j.since_us),
farther AS (
  SELECT j.event, j.item, max(i.event) AS other_event
  FROM near AS n
  JOIN {parameters}_items AS j ON j.event = n.event AND j.item = n.item
  JOIN {parameters}_items AS i ON i.customer = j.customer AND i.item = j.item
    AND i.agency <> j.agency AND i.event < n.other_event
    AND i.time_us >= j.since_us
  WHERE NOT n.fits AND {unchanged}
  GROUP BY j.event, j.item)
SELECT event, item, other_event, coalesce(same, FALSE) AS same FROM near WHERE fits
UNION ALL
SELECT f.event, f.item, f.other_event, coalesce(j.value = i.value, FALSE) AS same
FROM farther AS f
JOIN {parameters}_items AS j ON j.event = f.event AND j.item = f.item
JOIN {parameters}_items AS i ON i.event = f.other_event AND i.item = f.item"""


def asks_sql(pairs: str, told: str, rule: AskedAgain, dialect: Backend) -> str:
    """Return the query for events that ask again, one row each.

    The evidence is, for each fact, the nearest event that holds it. The part is
    staff's time, and never more than the event's cost.

    Parameters
    ----------
    pairs
        What :func:`repeated_asks_sql` gave.
    told
        Table of `event`, `agency`, `time_us` and `cost_pence`, once for each event.
    rule
        The parameters of D5.
    dialect
        Engine that will run it.
    """
    evidence = nearest_first_sql("p.other_event", dialect)
    return f"""WITH asked AS (
  SELECT p.event, {evidence} AS evidence, max(p.other_event) AS nearest,
    CASE WHEN max(CASE WHEN p.same THEN 1 ELSE 0 END) = 1
      THEN 'same value' ELSE 'value not known' END AS kind,
    count(*) AS asks
  FROM {pairs} AS p GROUP BY p.event)
SELECT a.event, a.evidence, i.agency AS first_agency, a.kind,
  j.time_us - i.time_us AS gap_us,
  least(a.asks * {pence_an_ask(rule)}, coalesce(j.cost_pence,
    a.asks * {pence_an_ask(rule)})) AS part_pence,
  a.asks AS measure
FROM asked AS a JOIN {told} AS j ON j.event = a.event
JOIN {told} AS i ON i.event = a.nearest"""


def _naive(log: Log, _: AskedAgain) -> int:
    told = f"""(SELECT x.event, x.item, l.customer, l.agency, l.time_us
  FROM {log.table}_items AS x JOIN {log.table} AS l ON l.event = x.event) AS t"""
    return events_counted(log, naive_count_sql(told, "customer, item"))


def _judged(log: Log, _: AskedAgain) -> Judged:
    sql = f"SELECT count(DISTINCT event) AS events FROM {log.table}_items"
    return Judged(events=events_counted(log, sql), unjudged=0)


RULE: Final = Rule(
    name="D5",
    title="data asked for again",
    section="asked_again",
    keep=keep_asks,
    naive=_naive,
    judged=_judged,
)
