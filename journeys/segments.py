"""Look at a log segment by segment: one query with a further column to group by.

Which segment a customer belongs to is decided elsewhere and comes as a table of
`customer_id` and `segment`. Customers who are not in it keep a missing segment,
so that no part of the log is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journeys.errors import JourneyError
from place.engine import table_of

if TYPE_CHECKING:
    from journeys.log import Log
    from place.engine import Frame

__all__ = ["BySegment", "by_segment_sql", "segments_of"]


class BySegment(NamedTuple):
    """Parts of a query that groups by segment; all empty where there is none."""

    column: str
    join: str
    group: str
    order: str


def by_segment_sql(rows: str, segments: str | None) -> BySegment:
    """Return what a query needs to group `rows` by segment.

    Parameters
    ----------
    rows
        Alias in the query of the rows, which have a `customer`.
    segments
        What :func:`segments_of` returned: table of `customer` and `segment`, or
        `None`.

    Returns
    -------
    parts
        Text for the SELECT list, the FROM clause, GROUP BY and ORDER BY; the first
        and the last two end in a comma. Customers without a segment come last.

    Examples
    --------
    >>> by_segment_sql("l", None).column
    ''
    >>> by_segment_sql("l", "groups").join
    'LEFT JOIN groups AS s ON s.customer = l.customer'
    """
    if segments is None:
        return BySegment("", "", "", "")
    return BySegment(
        column="s.segment AS segment, ",
        join=f"LEFT JOIN {segments} AS s ON s.customer = {rows}.customer",
        group="segment, ",
        order="segment NULLS LAST, ",
    )


def twice_sql(segments: str) -> str:
    """Return the query that counts rows beyond the first of each customer."""
    return f"""SELECT count(*) - count(DISTINCT CAST(customer_id AS STRING)) AS more
FROM {segments}"""


def coded_segments_sql(segments: str, log: str) -> str:
    """Return the query that writes segments by the customers' codes in a log."""
    return f"""SELECT c.customer, s.segment FROM {segments} AS s
JOIN {log}_customers AS c ON c.customer_id = CAST(s.customer_id AS STRING)"""


def segments_of(log: Log, segments: str | Frame | None) -> str | None:
    """Check segments, write them by the log's codes, and return the table's name.

    Parameters
    ----------
    log
        The log that will be looked at.
    segments
        Table or frame with one row a customer: `customer_id` and `segment`.

    Raises
    ------
    JourneyError
        If a column is missing, or a customer is missing or stands twice, since
        events would then be counted twice.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> log = encode_log(pd.DataFrame([contact]))
    >>> segments_of(log, pd.DataFrame({"customer_id": ["a"], "segment": ["young"]}))
    'log_segment'
    """
    if segments is None:
        return None
    table, engine = table_of(segments, log.engine, f"{log.table}_given_segments")
    columns = engine.columns(table)
    missing = [name for name in ("customer_id", "segment") if name not in columns]
    if missing:
        msg = (
            f"The table of segments lacks {missing}; it has {list(columns)}. Give one "
            "row a customer, with 'customer_id' and 'segment'."
        )
        raise JourneyError(msg)
    more = engine.arrow(twice_sql(table)).to_pylist()[0]["more"]
    if more:
        msg = (
            f"The table of segments has {more} rows whose customer is missing or is "
            "there before. Give one row a customer."
        )
        raise JourneyError(msg)
    coded = f"{log.table}_segment"
    engine.keep(coded, coded_segments_sql(table, log.table))
    return coded
