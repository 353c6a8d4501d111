"""Agencies that an event names beside its own: referred to, or working jointly.

A rule can follow a name only if it is written as an agency of the log writes its
own. Names in `joint_with` are split at ";" and trimmed; otherwise they are compared
letter by letter, capitals and all. A name that no event has as its agency switches
a rule off (no return to it, no exemption through it): a slip of spelling, or a body
outside the log. Which one cannot be told here, so such events are counted and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journeys.log import class_codes

if TYPE_CHECKING:
    from journeys.log import Log

__all__ = ["Unmatched", "count_unmatched", "unmatched_sql"]


class Unmatched(NamedTuple):
    """Referrals, and joint contacts, that name an agency the log does not have."""

    referrals: int
    joint_contacts: int


def unmatched_sql(log: str) -> str:
    """Return the query that counts events naming an agency that the log lacks."""
    return f"""WITH agencies AS (SELECT DISTINCT agency FROM {log}),
named AS (
  SELECT event, referred_to AS agency, 'referral' AS how FROM {log}
  WHERE activity_class IN {class_codes(["refer"])} AND referred_to IS NOT NULL
  UNION ALL
  SELECT event, partner AS agency, 'joint' AS how FROM {log}_partners)
SELECT count(DISTINCT CASE WHEN n.how = 'referral' THEN n.event END) AS referrals,
  count(DISTINCT CASE WHEN n.how = 'joint' THEN n.event END) AS joint_contacts
FROM named AS n LEFT JOIN agencies AS a ON a.agency = n.agency
WHERE a.agency IS NULL"""


def count_unmatched(log: Log) -> Unmatched:
    """Count events of a log that name an agency that the log does not have.

    A joint contact counts if any agency that it names is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "NHS", "activity": "ask"}
    >>> log = encode_log(pd.DataFrame([contact | {"joint_with": "NHS; Polcie"}]))
    >>> count_unmatched(log)
    Unmatched(referrals=0, joint_contacts=1)
    """
    return Unmatched(**log.engine.arrow(unmatched_sql(log.table)).to_pylist()[0])
