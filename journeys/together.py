"""Which agencies work together: on one contact, or with a customer on one day.

Joint working is what events record (`joint_with`). Two agencies that meet a customer
on the same day may know nothing of each other: it says where they could.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from journeys.log import Log

__all__ = ["joint_sql", "same_day_sql", "working_together"]

DAY_US = 86_400_000_000


def joint_sql(log: str) -> str:
    """Return the query that counts the events that two agencies share.

    Examples
    --------
    >>> "log_partners" in joint_sql("log")
    True
    """
    return f"""WITH present AS (
  SELECT p.event, l.agency FROM {log}_partners AS p JOIN {log} AS l ON l.event = p.event
  UNION SELECT event, partner FROM {log}_partners)
SELECT 'joint' AS how, a.agency AS agency, b.agency AS other, count(*) AS count,
  count(DISTINCT l.customer) AS customers
FROM present AS a
JOIN present AS b ON b.event = a.event AND b.agency > a.agency
JOIN {log} AS l ON l.event = a.event
GROUP BY a.agency, b.agency ORDER BY agency, other"""


def same_day_sql(log: str) -> str:
    """Return the query that counts the days on which two agencies meet a customer.

    Examples
    --------
    >>> "b.day = a.day" in same_day_sql("log")
    True
    """
    return f"""WITH days AS (
  SELECT DISTINCT customer, CAST(floor(time_us / {DAY_US}) AS BIGINT) AS day, agency
  FROM {log})
SELECT 'same day' AS how, a.agency AS agency, b.agency AS other, count(*) AS count,
  count(DISTINCT a.customer) AS customers
FROM days AS a
JOIN days AS b
  ON b.customer = a.customer AND b.day = a.day AND b.agency > a.agency
GROUP BY a.agency, b.agency ORDER BY agency, other"""


def working_together(log: Log) -> pd.DataFrame:
    """Return how often each two agencies work together.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.

    Returns
    -------
    pairs
        One row a pair and way: `how` ("joint": both are on the record of an event,
        as the agency or in `joint_with`; "same day": both meet a customer on one day
        of universal time), `agency` and `other` in the order of their names, `count`
        (events, or days of a customer) and `customers`.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> visit = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> working_together(encode_log(pd.DataFrame([visit | {"joint_with": "Police"}])))
         how agency   other  count  customers
    0  joint     GP  Police      1          1
    """
    coded = {"agency": "agency", "other": "agency"}
    queries = (joint_sql(log.table), same_day_sql(log.table))
    found = [log.decoded(log.engine.arrow(sql), coded) for sql in queries]
    return pd.concat(found, ignore_index=True)
