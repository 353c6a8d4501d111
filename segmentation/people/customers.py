"""Customers: the segment of each person, by the area where they live.

A person's area is the one that most of their records give: the agencies' own
records first, and where those give none, their use of services.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from place.engine import table_of
from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    import pandas as pd

    from place.engine import Engine, Frame

__all__ = ["CustomerCounts", "customer_segments", "customer_segments_sql"]

TABLE = "customer_segment"
LOOKUP = "area_segment"


@dataclass(frozen=True, kw_only=True)
class CustomerCounts:
    """How many customers have a segment, and why the others have none.

    These are counts of people: they leave only through the release door.
    """

    customers: int
    with_segment: int
    without_area: int
    area_not_segmented: int

    def __str__(self) -> str:
        """Say the result as a sentence."""
        return (
            f"{self.with_segment:,} of {self.customers:,} customers have a segment; "
            f"{self.without_area:,} have no known area, and "
            f"{self.area_not_segmented:,} live in an area that was not segmented."
        )


def customer_segments_sql(sources: list[str], lookup: str = LOOKUP) -> str:
    """Return the query that gives each customer an area and a segment.

    Parameters
    ----------
    sources
        Tables with `customer_id` and `area_code`, the most trusted first.
    lookup
        Table with one row an area: `area_code`, `segment`.

    Returns
    -------
    sql
        One row a customer: `customer_id`, `area_code`, `segment`, as text. The area
        is the most frequent of the first source that knows one, the lowest code on
        a tie. The last two columns are NULL where not known.

    Raises
    ------
    SegmentError
        If there is no source.

    Examples
    --------
    >>> print(customer_segments_sql(["people"]).splitlines()[1])
      SELECT customer_id, area_code, 1 AS source FROM people
    """
    if not sources:
        msg = "no table says where customers live. Supply people or service_use."
        raise SegmentError(msg)
    seen = "\n  UNION ALL\n".join(
        f"  SELECT customer_id, area_code, {number} AS source FROM {table}"
        for number, table in enumerate(sources, start=1)
    )
    return f"""WITH seen AS (
{seen}
), counted AS (
  SELECT CAST(customer_id AS STRING) AS customer_id,
         CAST(area_code AS STRING) AS area_code, source, count(*) AS times
  FROM seen
  WHERE customer_id IS NOT NULL
  GROUP BY CAST(customer_id AS STRING), CAST(area_code AS STRING), source
), ranked AS (
  SELECT customer_id, area_code, row_number() OVER (
    PARTITION BY customer_id
    ORDER BY CASE WHEN area_code IS NULL THEN 1 ELSE 0 END,
             source, times DESC, area_code
  ) AS choice
  FROM counted
)
SELECT ranked.customer_id, ranked.area_code, {lookup}.segment
FROM ranked LEFT JOIN {lookup} ON ranked.area_code = {lookup}.area_code
WHERE ranked.choice = 1"""


def customer_segments(
    engine: Engine,
    segments: pd.Series[str],
    *,
    people: str | Frame = "people",
    service_use: str | Frame = "service_use",
) -> CustomerCounts:
    """Keep the table `customer_segment` in the engine, and count who has none.

    Parameters
    ----------
    engine
        Where the tables are, and where two results are kept: `customer_segment`
        (`customer_id`, `area_code`, `segment`, one row a customer, NULL where not
        known) and `area_segment` (`area_code`, `segment`).
    segments
        Segment of each area, indexed by area code.
    people, service_use
        A table's name or a frame, with `customer_id` and `area_code`. A name that
        the engine does not know is passed over. People are believed first.

    Returns
    -------
    counts
        Every customer is in one of the three parts. Where no row names a customer,
        all counts are 0 and the table is empty.

    Raises
    ------
    SegmentError
        If there is neither table, one lacks a column, or `segments` gives an area
        twice.

    Examples
    --------
    >>> import pandas as pd
    >>> from place.engine import start_engine
    >>> engine = start_engine()
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "area_code": ["E1", None]})
    >>> print(customer_segments(engine, pd.Series({"E1": "1"}), people=people))
    1 of 2 customers have a segment; 1 have no known area, and 0 live in an area that \
was not segmented.
    >>> engine.arrow("SELECT * FROM customer_segment ORDER BY customer_id").to_pylist()
    [{'customer_id': 'a', 'area_code': 'E1', 'segment': '1'}, \
{'customer_id': 'b', 'area_code': None, 'segment': None}]
    >>> engine.close()
    """
    twice = segments.index[segments.index.duplicated()].unique().tolist()
    if twice:
        msg = (
            f"segments give {len(twice)} areas more than one segment: {few(twice)}. "
            "Keep one row an area."
        )
        raise SegmentError(msg)
    sources = []
    for given, name in ((people, "people"), (service_use, "service_use")):
        if not isinstance(given, str) or engine.has(given):
            table, _ = table_of(given, engine, f"given_{name}")
            _check_columns(engine, table, name)
            sources.append(table)
    sql = customer_segments_sql(sources)
    known = segments.dropna()
    lookup = {"area_code": known.index.astype(str), "segment": known.astype(str)}
    arrays = {name: pa.array(list(each), pa.string()) for name, each in lookup.items()}
    engine.register(LOOKUP, pa.table(arrays))
    engine.keep(TABLE, sql)
    return _counted(engine)


def _check_columns(engine: Engine, table: str, name: str) -> None:
    columns = engine.columns(table)
    missing = [each for each in ("customer_id", "area_code") if each not in columns]
    if missing:
        msg = (
            f"table {name} lacks {few(missing)}; it has {few(columns)}. Map the "
            "columns in place.toml, or rename them."
        )
        raise SegmentError(msg)


def _counted(engine: Engine) -> CustomerCounts:
    parts = engine.arrow(f"""
SELECT CAST(count(*) AS BIGINT) AS customers,
       CAST(count(segment) AS BIGINT) AS with_segment,
       CAST(count(*) - count(area_code) AS BIGINT) AS without_area,
       CAST(count(area_code) - count(segment) AS BIGINT) AS area_not_segmented
FROM {TABLE}""").to_pylist()[0]
    return CustomerCounts(**parts)
