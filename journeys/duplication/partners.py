"""Agencies that an event names beside its own: referred to, or working jointly.

A rule can follow a name only if it is written as an agency of the log writes its
own. Names in `joint_with` are split at ";" and trimmed; otherwise they are compared
letter by letter, capitals and all. A name that no event has as its agency switches
a rule off (no return to it, no exemption through it): a slip of spelling, or a body
outside the log. Which one cannot be told here, so such events are counted and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

if TYPE_CHECKING:
    from journeys.log import Log

__all__ = [
    "Unmatched",
    "count_unmatched",
    "keep_partners",
    "most_partners_sql",
    "partners_sql",
    "partners_table",
    "unmatched_sql",
]

NAMES = "length(joint_with) - length(replace(joint_with, ';', '')) + 1"


class Unmatched(NamedTuple):
    """Referrals, and joint contacts, that name an agency the log does not have."""

    referrals: int
    joint_contacts: int


def partners_table(log: str) -> str:
    """Return the name of the table of partners of the log in table `log`.

    Examples
    --------
    >>> partners_table("log")
    'log_partners'
    """
    return f"{log}_partners"


def keep_partners(log: Log) -> str:
    """Keep who took part in which event as a table, whose name is returned."""
    name = partners_table(log.table)
    most = log.engine.arrow(most_partners_sql(log.table)).to_pylist()[0]["most"]
    slots = pa.table({"slot": pa.array(range(1, most + 1), pa.int64())})
    log.engine.register(f"{name}_slots", slots)
    log.engine.keep(name, partners_sql(log.table, f"{name}_slots"))
    return name


def most_partners_sql(log: str) -> str:
    """Return the query for the most names that one event lists in `joint_with`."""
    return f"SELECT coalesce(max({NAMES}), 0) AS most FROM {log}"


def partners_sql(log: str, slots: str) -> str:
    """Return the query that splits `joint_with`: `event_id` and `partner`, each once.

    Parameters
    ----------
    log
        Table of an encoded log.
    slots
        Table of `slot`: 1 to the most names of one event.
    """
    return f"""SELECT DISTINCT event_id, partner FROM (
  SELECT event_id, trim(split_part(joint_with, ';', CAST(slot AS INT))) AS partner
  FROM {log} JOIN {slots} ON slot <= {NAMES}) AS split
WHERE partner <> ''"""


def unmatched_sql(log: str, partners: str) -> str:
    """Return the query that counts events naming an agency that the log lacks."""
    return f"""WITH agencies AS (SELECT DISTINCT agency FROM {log}),
named AS (
  SELECT event_id, referred_to AS agency, 'referral' AS how FROM {log}
  WHERE activity_class = 'refer' AND referred_to IS NOT NULL
  UNION ALL
  SELECT event_id, partner AS agency, 'joint' AS how FROM {partners})
SELECT count(DISTINCT CASE WHEN n.how = 'referral' THEN n.event_id END) AS referrals,
  count(DISTINCT CASE WHEN n.how = 'joint' THEN n.event_id END) AS joint_contacts
FROM named AS n LEFT JOIN agencies AS a ON a.agency = n.agency
WHERE a.agency IS NULL"""


def count_unmatched(log: Log) -> Unmatched:
    """Count events of a log that name an agency that the log does not have.

    A joint contact counts if any agency that it names is missing. The partners
    must have been kept (:func:`keep_partners`).

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "NHS", "activity": "ask"}
    >>> log = encode_log(pd.DataFrame([contact | {"joint_with": "NHS; Polcie"}]))
    >>> _ = keep_partners(log)
    >>> count_unmatched(log)
    Unmatched(referrals=0, joint_contacts=1)
    """
    sql = unmatched_sql(log.table, partners_table(log.table))
    return Unmatched(**log.engine.arrow(sql).to_pylist()[0])
