"""Groups by period: customers whose first contact falls between two dates."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pandas as pd

from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.log import Log

__all__ = ["Period", "first_contacts_sql", "moment_us", "periods_of"]

DAY: Final = dt.timedelta(days=1)
Period = tuple[dt.date, dt.date]


def moment_us(day: dt.date, zone: str = "UTC") -> int:
    """Return the start of a day in a time zone, in microseconds of UTC.

    Examples
    --------
    >>> moment_us(dt.date(2009, 4, 1))
    1238544000000000
    """
    start = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    return int(start.timestamp()) * 1_000_000


def first_contacts_sql(log: str) -> str:
    """Return the query for the first contact of each customer, and the log's end."""
    return f"""SELECT l.customer, c.customer_id, min(l.time_us) AS first_us
FROM {log} AS l JOIN {log}_customers AS c ON c.customer = l.customer
GROUP BY l.customer, c.customer_id ORDER BY l.customer"""


def periods_of(
    log: Log, dates: Sequence[dt.date], *, zone: str = "UTC"
) -> pd.DataFrame:
    """Return the period of each customer, by first contact.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    dates
        Where periods begin, and last where the last one ends (that day is out of
        it); ascending, at least three for two periods.
    zone
        Time zone of the dates.

    Returns
    -------
    groups
        `customer_id` and `segment`, such as "2008-04-01 to 2008-09-30"; customers
        whose first contact is in none have no row.

    Raises
    ------
    JourneyError
        If there are fewer than two dates, or they do not ascend.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> log = encode_log(pd.DataFrame([contact]))
    >>> periods_of(log, [dt.date(2009, 1, 1), dt.date(2010, 1, 1)])
      customer_id                   segment
    0           a  2009-01-01 to 2009-12-31
    """
    if len(dates) < 2 or any(one >= two for one, two in pairwise(dates)):  # noqa: PLR2004
        msg = (
            f"Periods need two dates or more, one after another; they are "
            f"{[str(each) for each in dates]}. Give where each begins, and last where "
            "the last one ends."
        )
        raise JourneyError(msg)
    firsts = log.engine.arrow(first_contacts_sql(log.table)).to_pandas()
    edges = [moment_us(day, zone) for day in dates]
    names = [f"{one} to {two - DAY}" for one, two in pairwise(dates)]
    segment = pd.cut(firsts["first_us"], edges, right=False, labels=names)
    known = segment.notna()
    return pd.DataFrame(
        {
            "customer_id": firsts.loc[known, "customer_id"],
            "segment": segment[known].astype("str"),
        }
    ).reset_index(drop=True)
