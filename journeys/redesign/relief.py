"""What a redesign takes off the cost of contacts, and who bears what is left.

*Relief* has one row an event and rule: `event_id`, `customer`, `agency` (that spends
it now), `bearer` (that spends what is left of it after), `rule` (whose preventable
share applies; "" for none, "moved" where all of it is still spent) and `pence`: the
whole, so that shares can be drawn later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.cost.cells import rules_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "MOVED",
    "cells_sql",
    "claims_sql",
    "fallen_sql",
    "parts_sql",
    "vanished_sql",
]

MOVED: Final = "moved"


def claims_sql(log: str, findings: str, redundant: Iterable[str]) -> str:
    """Return the query for what redundant contacts cost, by event and rule.

    A rule that prices by its own rate may claim more than a contact cost; the claims
    here are never more than that, and missing where the contact has no cost.
    """
    before = "ORDER BY f.rule ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    taken = f"coalesce(sum(f.cost_pence) OVER (PARTITION BY f.event {before}), 0)"
    return f"""SELECT f.event, f.event_id, f.rule, CASE WHEN l.cost_pence IS NOT NULL
  THEN CAST(greatest(0, least(f.cost_pence, l.cost_pence - {taken})) AS BIGINT)
  END AS pence
FROM {findings} AS f JOIN {log} AS l ON l.event = f.event
WHERE f.rule IN {rules_sql(redundant)}"""


def parts_sql(claims: str) -> str:
    """Return the query for how much of each event's cost is redundant: the union."""
    return f"""SELECT event, CAST(sum(pence) AS BIGINT) AS part_pence
FROM {claims} GROUP BY event"""


def fallen_sql(log: str, plan: str, claims: str) -> str:
    """Return the relief of contacts that fall, cost less or move to another agency.

    What rules claim of a contact goes to those rules; what none claims to "".
    """
    return f"""WITH less AS (
  SELECT l.event, l.event_id, l.customer, l.agency, coalesce(p.bearer, l.agency)
    AS bearer, CASE WHEN p.falls = 1 THEN l.cost_pence ELSE p.less_pence END AS pence
  FROM {log} AS l JOIN {plan} AS p ON p.event = l.event
  WHERE p.falls = 1 OR p.less_pence > 0),
claimed AS (
  SELECT s.event, s.event_id, s.customer, s.agency, s.bearer, c.rule,
    c.pence FROM less AS s JOIN {claims} AS c ON c.event = s.event
  WHERE c.pence IS NOT NULL),
rest AS (
  SELECT s.event_id, s.customer, s.agency, s.bearer, '' AS rule,
    s.pence - coalesce(c.pence, 0) AS pence
  FROM less AS s LEFT JOIN (
    SELECT event, CAST(sum(pence) AS BIGINT) AS pence FROM claimed GROUP BY event) AS c
  ON c.event = s.event)
SELECT event_id, customer, agency, bearer, rule, pence FROM claimed
UNION ALL
SELECT event_id, customer, agency, bearer, rule, pence FROM rest
WHERE pence IS NULL OR pence > 0
UNION ALL
SELECT l.event_id, l.customer, l.agency, p.agency AS bearer, '{MOVED}' AS rule,
  l.cost_pence AS pence
FROM {log} AS l JOIN {plan} AS p ON p.event = l.event
WHERE p.falls = 0 AND p.agency <> l.agency"""


def vanished_sql(new: str, before: str, after: str) -> str:
    """Return the relief of contacts that stay and repeat nothing any more.

    What was redundant less what still is; it goes to the first of the rules that
    find the contact no longer.

    Parameters
    ----------
    new
        Table of the new log.
    before, after
        Tables of claims (see :func:`claims_sql`) in the old and in the new log.
    """
    whole = "CAST(sum(pence) AS BIGINT) AS pence"
    return f"""WITH gone AS (
  SELECT b.event_id, min(b.rule) AS rule
  FROM {before} AS b LEFT JOIN {after} AS a
    ON a.event_id = b.event_id AND a.rule = b.rule
  WHERE a.event_id IS NULL GROUP BY b.event_id),
was AS (SELECT event_id, {whole} FROM {before} GROUP BY event_id),
still AS (SELECT event_id, {whole} FROM {after} GROUP BY event_id)
SELECT g.event_id, n.customer, n.agency, n.agency AS bearer, g.rule,
  w.pence - coalesce(s.pence, 0) AS pence
FROM gone AS g JOIN was AS w ON w.event_id = g.event_id
JOIN {new} AS n ON n.event_id = g.event_id
LEFT JOIN still AS s ON s.event_id = g.event_id
WHERE w.pence IS NULL OR w.pence > coalesce(s.pence, 0)"""


def cells_sql(relief: str, segments: str | None) -> str:
    """Return the query that adds relief up by customer, segment, agencies and rule."""
    column, join = "CAST(NULL AS STRING)", ""
    if segments:
        column = "CAST(s.segment AS STRING)"
        join = f"LEFT JOIN {segments} AS s ON s.customer = r.customer"
    return f"""SELECT r.customer, {column} AS segment, r.agency, r.bearer, r.rule,
  CAST(sum(r.pence) AS BIGINT) AS pence
FROM {relief} AS r {join} WHERE r.pence IS NOT NULL
GROUP BY r.customer, {column}, r.agency, r.bearer, r.rule
ORDER BY r.customer, segment, r.agency, r.bearer, r.rule"""
