"""How long customers wait: inside an agency, and between one agency and the next.

A wait runs from the time of an event to the time of the same customer's next event.
Two events at one time wait nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from journeys.segments import by_segment_sql, segments_of

if TYPE_CHECKING:
    import pandas as pd

    from journeys.log import Log
    from place.engine import Frame

__all__ = ["waits", "waits_sql"]

Of = Literal["agency", "activity", "all"]


def waits_sql(log: str, of: Of, *, segments: str | None = None) -> str:
    """Return the query that sums up waits inside and between agencies.

    Parameters
    ----------
    log
        Table of an encoded log.
    of
        What a transition is from and to, or "all" for all transitions together.
    segments
        Table of segments, or `None`.

    Examples
    --------
    >>> "l.next_agency AS target" in waits_sql("log", "agency")
    True
    """
    by = by_segment_sql("l", segments)
    ends = "" if of == "all" else f"l.{of} AS source, l.next_{of} AS target, "
    names = "" if of == "all" else ", source, target"
    wait = "l.next_time_us - l.time_us"
    total = f"CAST(sum(CAST({wait} AS DECIMAL(20, 0))) AS DOUBLE) / 1e6"
    quantiles = ",\n  ".join(
        f"percentile_cont({q}) WITHIN GROUP (ORDER BY {wait}) / 1e6 AS {name}_seconds"
        for q, name in ((0.25, "q25"), (0.5, "median"), (0.75, "q75"), (0.9, "q90"))
    )
    return f"""SELECT {by.column}
  CASE WHEN l.agency = l.next_agency THEN 'inside' ELSE 'between' END AS place,
  {ends}count(*) AS count, count(DISTINCT l.customer) AS customers,
  {total} AS total_seconds, {total} / count(*) AS mean_seconds,
  {quantiles}
FROM {log} AS l {by.join}
WHERE l.next_time_us IS NOT NULL
GROUP BY {by.group}place{names}
ORDER BY {by.order}place{names}"""


def waits(
    log: Log, *, of: Of = "agency", segments: str | Frame | None = None
) -> pd.DataFrame:
    """Return how long customers wait, apart for inside and between agencies.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    of
        What a transition is from and to: "agency" or "activity"; "all" puts all
        transitions of a place together.
    segments
        Table or frame of `customer_id` and `segment`, to have every segment apart.

    Returns
    -------
    waits
        One row a transition: `place` ("inside" where the agency stays the same,
        "between" where it changes: a hand-over), `source` and `target`, `count`
        (waits), `customers`, `total_seconds`, `mean_seconds`, `q25_seconds`,
        `median_seconds`, `q75_seconds`, `q90_seconds` (exact; interpolated between
        neighbours) and `share`: of the time of all journeys (of the segment), from 0
        to 1, missing where that time is nought. Ordered by name.

    Raises
    ------
    JourneyError
        If the table of segments is not one row a customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02", "2009-04-05"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "activity": "ask"})
    >>> log = encode_log(events.assign(agency=["GP", "GP", "council"]))
    >>> waits(log)[["place", "source", "target", "median_seconds", "share"]]
         place source   target  median_seconds  share
    0  between     GP  council        259200.0   0.75
    1   inside     GP       GP         86400.0   0.25
    """
    table = segments_of(log, segments)
    rows = log.engine.arrow(waits_sql(log.table, of, segments=table))
    named = {} if of == "all" else {"source": of, "target": of}
    frame = log.decoded(rows, named)
    time = frame["total_seconds"]
    group = frame["segment"] if table else time * 0
    whole = time.groupby(group, dropna=False).transform("sum")
    return frame.assign(share=(time / whole).where(whole > 0))
