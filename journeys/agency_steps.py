"""Moves and ends of journeys with the agency at each, and what a move costs.

The same activity of two agencies is two steps here, as on swim-lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

    from journeys.log import Log

__all__ = ["costs_of_moves", "ends_by_agency", "steps_by_agency"]

ENDS: Final = {
    "source_agency": "agency",
    "source": "activity",
    "target_agency": "agency",
    "target": "activity",
}


def steps_sql(log: str) -> str:
    """Return the query that counts moves from an agency's activity to the next.

    Examples
    --------
    >>> "next_agency AS target_agency" in steps_sql("log")
    True
    """
    return f"""SELECT agency AS source_agency, activity AS source,
  next_agency AS target_agency, next_activity AS target,
  count(*) AS count, count(DISTINCT customer) AS customers
FROM {log} WHERE next_time_us IS NOT NULL
GROUP BY agency, activity, next_agency, next_activity
ORDER BY source_agency, source, target_agency, target"""


def costs_sql(log: str) -> str:
    """Return the query that adds up what the events cost to which moves lead.

    Examples
    --------
    >>> "n.event = l.event + 1" in costs_sql("log")
    True
    """
    return f"""SELECT l.activity AS source, n.activity AS target,
  CAST(sum(n.cost_pence) AS BIGINT) AS cost_pence, count(n.cost_pence) AS costed
FROM {log} AS l
JOIN {log} AS n ON n.event = l.event + 1 AND n.customer = l.customer
GROUP BY l.activity, n.activity ORDER BY source, target"""


def ends_by_agency_sql(log: str) -> str:
    """Return the query that counts where journeys begin and end.

    Examples
    --------
    >>> "seq = 1" in ends_by_agency_sql("log")
    True
    """
    return f"""SELECT agency, activity,
  count(CASE WHEN seq = 1 THEN 1 END) AS starts,
  count(CASE WHEN next_time_us IS NULL THEN 1 END) AS ends
FROM {log} WHERE seq = 1 OR next_time_us IS NULL
GROUP BY agency, activity ORDER BY agency, activity"""


def steps_by_agency(log: Log) -> pd.DataFrame:
    """Return the moves from each agency's activities to the next.

    Returns
    -------
    steps
        `source_agency`, `source`, `target_agency`, `target`, `count` (moves) and
        `customers`; ordered by name.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "activity": "ask"})
    >>> log = encode_log(events.assign(agency=["GP", "council"]))
    >>> steps_by_agency(log).to_numpy().tolist()
    [['GP', 'ask', 'council', 'ask', 1, 1]]
    """
    return log.decoded(log.engine.arrow(steps_sql(log.table)), ENDS)


def costs_of_moves(log: Log) -> pd.DataFrame:
    """Return what the events cost to which moves between activities lead.

    Returns
    -------
    costs
        `source`, `target`, `cost_pence` (missing where no event of the move has a
        recorded cost) and `costed`: how many have one. Ordered by name.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> events = events.assign(activity=["ask", "treat"], cost_pence=[100, 900])
    >>> costs_of_moves(encode_log(events)).to_numpy().tolist()
    [['ask', 'treat', 900, 1]]
    """
    rows = log.engine.arrow(costs_sql(log.table))
    pence = rows["cost_pence"].to_pandas(integer_object_nulls=True)
    frame = log.decoded(rows, {"source": "activity", "target": "activity"})
    return frame.assign(cost_pence=pence.astype("Int64"))


def ends_by_agency(log: Log) -> pd.DataFrame:
    """Return with which activities of which agencies journeys begin and end, so far.

    Returns
    -------
    ends
        `agency`, `activity`, and how many customers begin (`starts`) and end
        (`ends`) there; ordered by name.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> ends_by_agency(encode_log(pd.DataFrame([contact]))).to_numpy().tolist()
    [['GP', 'visit', 1, 1]]
    """
    rows = log.engine.arrow(ends_by_agency_sql(log.table))
    return log.decoded(rows, {"agency": "agency", "activity": "activity"})
