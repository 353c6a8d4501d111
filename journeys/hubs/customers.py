"""Count the customers of hubs: who met two or more of a hub's members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.segments import BySegment, by_segment_sql, segments_of

if TYPE_CHECKING:
    import pandas as pd

    from journeys.hubs.result import Hubs
    from journeys.log import Log
    from place.engine import Frame

__all__ = [
    "count_customers",
    "customers_of_hubs",
    "customers_of_hubs_sql",
    "sharers_sql",
]


def customers_of_hubs(
    log: Log, hubs: Hubs, *, segments: str | Frame | None = None
) -> pd.DataFrame:
    """Count the customers who met two or more members of a hub, by segment.

    Parameters
    ----------
    log, hubs
        A log, and what :func:`find_hubs` last found in it.
    segments
        Table or frame of `customer_id` and `segment`; with `None`, there is one count
        a hub.

    Returns
    -------
    counts
        `segment` (with `segments`; missing for customers without one), `hub` and
        `customers`; no row where there are none.

    Raises
    ------
    JourneyError
        If the table of segments is not one row a customer.
    """
    kept = hubs.nodes.dropna(subset="hub")[["code", "hub"]].astype("int64")
    members = f"{log.table}_{hubs.unit}_members"
    return count_customers(log, members, kept, segments=segments_of(log, segments))


def count_customers(
    log: Log, members: str, hubs: pd.DataFrame, *, segments: str | None = None
) -> pd.DataFrame:
    """Count the customers of two or more members of each hub.

    Parameters
    ----------
    log, members
        A log, and the table of `customer` and `node` in its engine.
    hubs
        `code` of a node and its `hub`.
    segments
        What :func:`journeys.segments.segments_of` returned.
    """
    table = f"{members}_hubs"
    log.engine.register(table, hubs)
    sql = customers_of_hubs_sql(members, table, by_segment_sql("m", segments))
    frame: pd.DataFrame = log.engine.arrow(sql).to_pandas()
    return frame


def sharers_sql(members: str) -> str:
    """Return the query that counts the customers of two or more nodes."""
    return f"""SELECT count(*) AS n FROM (
  SELECT customer FROM {members} GROUP BY customer HAVING count(*) > 1) AS more"""


def customers_of_hubs_sql(members: str, hubs: str, by: BySegment) -> str:
    """Return the query that counts the customers of two or more members of a hub.

    Examples
    --------
    >>> "HAVING count(*) > 1" in customers_of_hubs_sql(
    ...     "members", "hubs", by_segment_sql("m", None)
    ... )
    True
    """
    return f"""SELECT {by.column}m.hub AS hub, count(*) AS customers
FROM (SELECT e.customer, h.hub FROM {members} AS e JOIN {hubs} AS h ON h.code = e.node
  GROUP BY e.customer, h.hub HAVING count(*) > 1) AS m {by.join}
GROUP BY {by.group}m.hub ORDER BY {by.order}hub"""
