"""What changes in a log: a *plan*, one row an event that does not stay as it was.

A plan has the columns `event` (of the log as it is), `falls` (1 if it no longer takes
place), `anchor` (the event that it joins, if it falls by joining one), `time_us`,
`agency` and `referred_to` (where they are others), `bearer` (the agency that bears
what is still spent of an event that falls, if another) and `less_pence` (what an event
that stays costs less). No plan adds an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.cost.cells import rules_sql
from journeys.log import class_codes, codes_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journeys.redesign.changes import FrontDoor

__all__ = [
    "assess_first_sql",
    "front_door_sql",
    "merge_agencies_sql",
    "merge_steps_sql",
    "offer_sql",
    "offered_sql",
]

COLUMNS: Final = {
    "falls": "INT",
    "anchor": "BIGINT",
    "time_us": "BIGINT",
    "agency": "INT",
    "referred_to": "INT",
    "bearer": "INT",
    "less_pence": "BIGINT",
}


def _columns(falls: str = "0", *, also: dict[str, str] | None = None) -> str:
    """Return the columns of a plan for a SELECT list, missing unless told."""
    told = {"falls": falls, **(also or {})}
    return ", ".join(
        f"CAST({told.get(name, 'NULL')} AS {kind}) AS {name}"
        for name, kind in COLUMNS.items()
    )


def merge_steps_sql(
    log: str, first: int, then: Iterable[int], *, within_us: int, same_agency: bool
) -> str:
    """Return the plan that lets later steps join a visit.

    Parameters
    ----------
    log
        Table of an encoded log.
    first, then
        Codes of activities.
    within_us
        How long after the visit a step may have come, in microseconds.
    same_agency
        Whether only steps at the agency of the visit join it.
    """
    joining = codes_sql(then)
    agency = ", agency" if same_agency else ""
    before = "ORDER BY event ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    plan = _columns("1", also={"anchor": "anchor", "bearer": "visited"})
    return f"""WITH told AS (
  SELECT event, activity, time_us,
    max(CASE WHEN activity = {first} THEN event END) OVER (
      PARTITION BY customer, coalesce(need, -1){agency} {before}) AS anchor
  FROM {log} WHERE activity = {first} OR activity IN {joining}),
near AS (
  SELECT t.event, t.anchor, v.agency AS visited,
    row_number() OVER (PARTITION BY t.anchor, t.activity ORDER BY t.event) AS turn
  FROM told AS t JOIN {log} AS v ON v.event = t.anchor
  WHERE t.activity IN {joining} AND t.time_us - v.time_us <= {within_us})
SELECT event, {plan} FROM near WHERE turn = 1"""


def merge_agencies_sql(log: str, merged: Iterable[int], into: int) -> str:
    """Return the plan that writes several agencies as one."""
    codes = codes_sql(merged)
    also = {
        "agency": f"CASE WHEN agency IN {codes} THEN {into} END",
        "referred_to": f"CASE WHEN referred_to IN {codes} THEN {into} END",
    }
    return f"""SELECT event, {_columns(also=also)}
FROM {log} WHERE agency IN {codes} OR referred_to IN {codes}"""


def assess_first_sql(
    log: str, findings: str, *, activities: Iterable[int], valid: str, by_first: bool
) -> str:
    """Return the plan that moves assessments to first contact.

    Parameters
    ----------
    log
        Table of an encoded log.
    findings
        Query or table with the `event`s found redundant that may fall away.
    activities
        Codes of the assessments.
    valid
        SQL for how long an assessment for the need `l.need` is good, in microseconds.
    by_first
        Whether the agency of first contact makes it.
    """
    also = {"time_us": "opened_us + 1"}
    if by_first:
        also |= {"agency": "opened_by"}
    return f"""WITH opened AS (
  SELECT customer, need, min(event) AS opening FROM {log}
  WHERE need IS NOT NULL GROUP BY customer, need),
assessed AS (
  SELECT l.customer, l.need, l.activity_class, min(l.event) AS event
  FROM {log} AS l WHERE l.activity IN {codes_sql(activities)} AND l.need IS NOT NULL
  GROUP BY l.customer, l.need, l.activity_class),
moved AS (
  SELECT a.*, f.time_us AS opened_us, f.agency AS opened_by, o.opening
  FROM assessed AS a
  JOIN opened AS o ON o.customer = a.customer AND o.need = a.need
  JOIN {log} AS f ON f.event = o.opening)
SELECT event, {_columns(also=also)} FROM moved WHERE event <> opening
UNION ALL
SELECT l.event, {_columns("1")}
FROM {log} AS l JOIN (SELECT DISTINCT event FROM {findings}) AS d ON d.event = l.event
JOIN moved AS m ON m.customer = l.customer AND m.need = l.need
  AND m.activity_class = l.activity_class
WHERE l.event <> m.event AND l.time_us - m.opened_us <= {valid}"""


def front_door_sql(log: str, door: int, change: FrontDoor) -> str:
    """Return the plan that leads first contacts through one agency."""
    also = {
        "time_us": "CASE WHEN event > opening AND last_wrong > opening THEN greatest("
        "opened_us + (event - opening), time_us - (last_wrong_us - opened_us)) END",
        "agency": f"CASE WHEN event IN (opening, passing) THEN {door} END",
        "referred_to": f"CASE WHEN worker <> {door} AND event = coalesce(passing, "
        "opening) THEN worker END",
    }
    falls = f"""CASE WHEN event > opening AND event <= last_wrong
    AND activity_class IN {class_codes(change.falls)}
    AND event <> coalesce(passing, -1) THEN 1 ELSE 0 END"""
    return f"""WITH worked AS (
  SELECT customer, need, min(event) AS opening,
    min(CASE WHEN activity_class IN {class_codes(change.work)} THEN event END) AS work
  FROM {log} WHERE need IS NOT NULL GROUP BY customer, need),
opened AS (
  SELECT w.customer, w.need, w.opening, w.work, f.time_us AS opened_us,
    d.agency AS worker
  FROM worked AS w JOIN {log} AS f ON f.event = w.opening
  JOIN {log} AS d ON d.event = w.work
  WHERE f.activity_class IN {class_codes(change.contacts)}),
wrong AS (
  SELECT l.customer, l.need, max(l.event) AS last_wrong,
    max(l.time_us) AS last_wrong_us, max(CASE
      WHEN o.worker <> {door} AND l.event > o.opening
        AND l.activity_class IN {class_codes(("refer",))} THEN l.event END) AS passing
  FROM {log} AS l JOIN opened AS o ON o.customer = l.customer AND o.need = l.need
  WHERE l.event < o.work AND l.agency <> o.worker GROUP BY l.customer, l.need),
told AS (
  SELECT l.event, l.time_us, l.activity_class, o.opening, o.opened_us, o.worker,
    x.last_wrong, x.last_wrong_us, x.passing
  FROM {log} AS l JOIN opened AS o ON o.customer = l.customer AND o.need = l.need
  LEFT JOIN wrong AS x ON x.customer = l.customer AND x.need = l.need)
SELECT event, {_columns(falls, also=also)} FROM told"""


def offered_sql(
    log: str, findings: str, redundant: Iterable[str], least: int, segments: str = ""
) -> str:
    """Return the query for the customers who are offered something.

    Parameters
    ----------
    log
        Table of an encoded log.
    findings
        Table of findings.
    redundant
        Names of the rules that find redundant contacts.
    least
        Fewest contacts found redundant.
    segments
        Query for the customers of the chosen segments; "" for all.
    """
    among = f"AND l.customer IN ({segments})" if segments else ""
    return f"""SELECT l.customer FROM {findings} AS f
JOIN {log} AS l ON l.event = f.event
WHERE f.rule IN {rules_sql(redundant)} {among}
GROUP BY l.customer HAVING count(DISTINCT f.event) >= {least}"""


def offer_sql(log: str, parts: str, offered: str) -> str:
    """Return the plan in which redundant contacts of those offered fall away.

    Parameters
    ----------
    log
        Table of an encoded log.
    parts
        Table of `event` and `part_pence`: how much of its cost is redundant.
    offered
        What :func:`offered_sql` gave, as a table.
    """
    whole = "d.part_pence IS NULL OR d.part_pence >= l.cost_pence"
    also = {"less_pence": f"CASE WHEN {whole} THEN NULL ELSE d.part_pence END"}
    falls = f"CASE WHEN {whole} THEN 1 ELSE 0 END"
    return f"""SELECT l.event, {_columns(falls, also=also)}
FROM {log} AS l JOIN {parts} AS d ON d.event = l.event
JOIN {offered} AS o ON o.customer = l.customer"""
