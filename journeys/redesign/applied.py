"""A log as a plan would have it: the same columns, so that all that reads logs runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from journeys.log import counts_sql, encode_log_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journeys.log import Log

__all__ = [
    "changed_sql",
    "keep_redesigned",
    "planned_sql",
    "redesigned_sql",
    "relieved_sql",
]


def changed_sql(log: str, plan: str) -> str:
    """Return the query for the rows of a plan that do change their event."""
    differs = " OR ".join(
        f"p.{name} <> coalesce(l.{name}, -1)"
        for name in ("time_us", "agency", "referred_to")
    )
    return f"""SELECT p.* FROM ({plan}) AS p JOIN {log} AS l ON l.event = p.event
WHERE p.falls = 1 OR p.less_pence > 0 OR {differs}"""


def redesigned_sql(log: str, plan: str) -> str:
    """Return the query for the events of a log that a plan leaves, as it leaves them.

    Examples
    --------
    >>> "coalesce(p.agency, l.agency) AS agency" in redesigned_sql("log", "plan")
    True
    """
    return f"""SELECT l.customer, coalesce(p.time_us, l.time_us) AS time_us,
  l.end_time_us + coalesce(p.time_us - l.time_us, 0) AS end_time_us, l.event_id,
  coalesce(p.agency, l.agency) AS agency, l.activity, l.activity_class, l.need,
  l.episode, l.channel, l.outcome,
  coalesce(p.referred_to, l.referred_to) AS referred_to,
  l.cost_pence - coalesce(p.less_pence, 0) AS cost_pence
FROM {log} AS l LEFT JOIN {plan} AS p ON p.event = l.event
WHERE coalesce(p.falls, 0) = 0"""


def planned_sql(log: str, plan: str, new: str) -> str:
    """Return the query that says which event of the new log each old one is in.

    An event that joins another is in that one; one that falls away is in none.
    """
    return f"""SELECT l.event AS was, n.event
FROM {log} AS l LEFT JOIN {plan} AS p ON p.event = l.event
JOIN {log} AS k ON k.event = coalesce(p.anchor, l.event)
JOIN {new} AS n ON n.event_id = k.event_id
WHERE coalesce(p.falls, 0) = 0 OR p.anchor IS NOT NULL"""


def relieved_sql(log: str, relief: str) -> str:
    """Return the query for a log whose events cost less by what `relief` says."""
    columns = """event, customer, seq, time_us, end_time_us, event_id, agency,
  activity, activity_class, need, episode, channel, outcome, referred_to"""
    return f"""SELECT {columns}, l.cost_pence - coalesce(r.pence, 0) AS cost_pence,
  next_activity, next_agency, next_time_us
FROM {log} AS l LEFT JOIN (
  SELECT event_id AS relieved, CAST(sum(pence) AS BIGINT) AS pence
  FROM {relief} GROUP BY event_id) AS r ON r.relieved = l.event_id"""


def keep_redesigned(
    log: Log, plan: str, table: str, *, agencies: Mapping[int, int], named: str = ""
) -> Log:
    """Keep the log that a plan leaves, with the tables beside it.

    Parameters
    ----------
    log
        The log as it is.
    plan
        Table of what :func:`changed_sql` gave.
    table
        What to call the new log.
    agencies
        Codes of agencies that are merged -> the code that they become.
    named
        What the merged agency is called.
    """
    engine = log.engine
    engine.keep(f"{table}_coded", redesigned_sql(log.table, plan))
    engine.keep(table, encode_log_sql(f"{table}_coded"))
    engine.keep(f"{table}_coded", f"SELECT event_id FROM {table}_coded LIMIT 0")
    engine.keep(f"{table}_customers", f"SELECT * FROM {log.table}_customers")
    engine.keep(f"{table}_places", planned_sql(log.table, plan, table))
    cases = " ".join(f"WHEN {old} THEN {new}" for old, new in agencies.items())
    partner = f"CASE s.partner {cases} ELSE s.partner END" if cases else "s.partner"
    for beside, columns, group in (
        ("partners", f"{partner} AS partner", partner),
        ("items", "s.item, max(s.value) AS value", "s.item"),
    ):
        engine.keep(
            f"{table}_{beside}",
            f"SELECT m.event, {columns} FROM {log.table}_{beside} AS s "
            f"JOIN {table}_places AS m ON m.was = s.event GROUP BY m.event, {group}",
        )
    names = dict(log.names)
    if agencies:
        into = next(iter(agencies.values()))
        listed = list(names["agency"])
        listed[into] = named
        names["agency"] = tuple(listed)
    counts = engine.arrow(counts_sql(table)).to_pylist()[0]
    return replace(
        log,
        table=table,
        n_events=counts["events"],
        n_customers=counts["customers"],
        names=names,
    )
