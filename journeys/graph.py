"""The directly-follows graph: which event comes next, how often, after what wait.

A *move* is one step of a customer from an event to the next. Moves between
activities make the process map; moves between agencies are *hand-overs*. A *wait*
runs from the time of the one event to the time of the next. A *return* is a
hand-over to an agency that the customer has met before; a *direct* return goes
back at once (A, B, A).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from journeys.moves import MEASURES, in_seconds, moves_sql
from journeys.segments import by_segment_sql, segments_of

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from journeys.log import Log
    from journeys.moves import Code, Measure
    from place.engine import Frame

__all__ = [
    "Returns",
    "direct_returns",
    "directly_follows",
    "end_activities",
    "handovers",
    "revisits",
    "start_activities",
]


@dataclass(frozen=True, kw_only=True)
class Returns:
    """How many hand-overs go back to an agency that the customer has met.

    Attributes
    ----------
    kind
        "direct return" (A, B, A) or "revisit" (A, ..., A).
    count, customers
        Hand-overs of that kind, and how many customers made one.
    handovers
        All hand-overs: what `count` is a share of.
    """

    kind: Literal["direct return", "revisit"]
    count: int
    customers: int
    handovers: int

    @property
    def share(self) -> float | None:
        """The share of hand-overs, from 0 to 1; `None` where there are none."""
        return self.count / self.handovers if self.handovers else None

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if self.share is None:
            return "No customer passed from one agency to another."
        where = "straight back (A, B, A)"
        if self.kind == "revisit":
            where = "to an agency that the customer had met before"
        return (
            f"{self.count:,} of {self.handovers:,} hand-overs ({self.share:.1%}) went "
            f"{where}, for {self.customers:,} customers."
        )


def ends_sql(
    log: str, end: Literal["first", "last"], *, segments: str | None = None
) -> str:
    """Return the query that counts the first or the last activity of journeys.

    Examples
    --------
    >>> "seq = 1" in ends_sql("log", "first")
    True
    """
    by = by_segment_sql("l", segments)
    at = "l.seq = 1" if end == "first" else "l.next_time_us IS NULL"
    return f"""SELECT {by.column}l.activity AS activity, count(*) AS customers
FROM {log} AS l {by.join}
WHERE {at}
GROUP BY {by.group}activity
ORDER BY {by.order}activity"""


def returns_sql(log: str) -> str:
    """Return the query that counts hand-overs, direct returns and revisits.

    Runs of events with one agency are first collapsed to their last event.
    """
    return f"""WITH stops AS (
  SELECT customer, agency,
    row_number() OVER (PARTITION BY customer ORDER BY seq) AS stop,
    lag(agency, 2) OVER (PARTITION BY customer ORDER BY seq) AS two_before,
    row_number() OVER (PARTITION BY customer, agency ORDER BY seq) AS visit
  FROM {log}
  WHERE next_agency IS NULL OR next_agency <> agency)
SELECT count(CASE WHEN stop > 1 THEN 1 END) AS handovers,
  count(CASE WHEN agency = two_before THEN 1 END) AS direct,
  count(DISTINCT CASE WHEN agency = two_before THEN customer END)
    AS direct_customers,
  count(CASE WHEN visit > 1 THEN 1 END) AS again,
  count(DISTINCT CASE WHEN visit > 1 THEN customer END) AS again_customers
FROM stops"""


def directly_follows(
    log: Log,
    *,
    segments: str | Frame | None = None,
    measures: Collection[Measure] = MEASURES,
) -> pd.DataFrame:
    """Return the moves from each activity to the next.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    segments
        Table or frame of `customer_id` and `segment`, to have the graph of every
        segment in one frame.
    measures
        What to tell beside the count: "customers", "waits", or both. Each takes about
        as long as all the rest.

    Returns
    -------
    edges
        One row a pair: `source`, `target`, `count` (moves), `customers` (distinct),
        and the wait in seconds: `mean_seconds`, `median_seconds` and `q90_seconds`
        (exact; interpolated between neighbours), `min_seconds`, `max_seconds`,
        `sum_seconds` and `sd_seconds` (of a sample; missing for a single move). Ordered
        by name. With `segments`, `segment` comes first, and is missing for customers
        without one.

    Raises
    ------
    JourneyError
        If the table of segments is not one row a customer.

    References
    ----------
    van der Aalst, W. (2016). Process Mining: Data Science in Action.
    https://doi.org/10.1007/978-3-662-49851-4

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> edges = directly_follows(encode_log(events.assign(activity=["ask", "treat"])))
    >>> edges[["source", "target", "count", "median_seconds"]]
      source target  count  median_seconds
    0    ask  treat      1         86400.0
    """
    return _moves(log, "activity", segments_of(log, segments), measures)


def handovers(
    log: Log,
    *,
    segments: str | Frame | None = None,
    measures: Collection[Measure] = MEASURES,
) -> pd.DataFrame:
    """Return the moves from one agency to another, like :func:`directly_follows`.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "activity": "ask"})
    >>> pairs = handovers(encode_log(events.assign(agency=["GP", "council"])))
    >>> pairs[["source", "target", "count", "customers"]]
      source   target  count  customers
    0     GP  council      1          1
    """
    return _moves(log, "agency", segments_of(log, segments), measures)


def start_activities(log: Log, *, segments: str | Frame | None = None) -> pd.DataFrame:
    """Return how many customers begin with each `activity`.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> start_activities(encode_log(pd.DataFrame([contact])))
      activity  customers
    0    visit          1
    """
    return _ends(log, "first", segments)


def end_activities(log: Log, *, segments: str | Frame | None = None) -> pd.DataFrame:
    """Return how many customers end with each `activity`, so far.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> end_activities(encode_log(pd.DataFrame([contact])))
      activity  customers
    0    visit          1
    """
    return _ends(log, "last", segments)


def direct_returns(log: Log) -> Returns:
    """Count hand-overs that undo the one before: A, B, A.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02", "2009-04-03"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "activity": "ask"})
    >>> print(direct_returns(encode_log(events.assign(agency=["GP", "council", "GP"]))))
    1 of 2 hand-overs (50.0%) went straight back (A, B, A), for 1 customers.
    """
    found = log.engine.arrow(returns_sql(log.table)).to_pylist()[0]
    return Returns(
        kind="direct return",
        count=found["direct"],
        customers=found["direct_customers"],
        handovers=found["handovers"],
    )


def revisits(log: Log) -> Returns:
    """Count hand-overs to an agency that the customer has met before.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02", "2009-04-03"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "activity": "ask"})
    >>> revisits(encode_log(events.assign(agency=["GP", "council", "GP"]))).share
    0.5
    """
    found = log.engine.arrow(returns_sql(log.table)).to_pylist()[0]
    return Returns(
        kind="revisit",
        count=found["again"],
        customers=found["again_customers"],
        handovers=found["handovers"],
    )


def _ends(
    log: Log, end: Literal["first", "last"], segments: str | Frame | None
) -> pd.DataFrame:
    table = segments_of(log, segments)
    sql = ends_sql(log.table, end, segments=table)
    return log.decoded(log.engine.arrow(sql), {"activity": "activity"})


def _moves(
    log: Log, column: Code, segments: str | None, measures: Collection[Measure]
) -> pd.DataFrame:
    sql = moves_sql(log.table, column, segments=segments, measures=measures)
    rows = log.engine.arrow(sql)
    frame = log.decoded(rows, {"source": column, "target": column})
    return in_seconds(frame) if "waits" in measures else frame
