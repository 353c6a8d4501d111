"""Who uses which service: recorded use, by segment and by customer.

A row of `service_use` belongs to the segment of its customer; where the customer
has none, or the row names only an area, to the segment of its area, if all of
that area's customers share one. Otherwise its segment is missing, and it is kept.
A measure of a cell is missing unless every row of the cell records it: a partial
sum would make those who record less look cheaper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from place.engine import Engine, Frame, table_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["customer_use", "customer_use_sql", "use_by_segment", "use_by_segment_sql"]

_MEASURES = """
    CASE WHEN count(units) = count(*) THEN sum(units) END AS units,
    CASE WHEN count(cost_pence) = count(*)
         THEN CAST(sum(cost_pence) AS BIGINT) END AS cost_pence,"""


def _one_segment(table: str, key: str) -> str:
    return f"""
    SELECT {key},
        CASE WHEN count(DISTINCT segment) = 1
             THEN CAST(min(segment) AS STRING) END AS segment
    FROM {table} WHERE {key} IS NOT NULL GROUP BY {key}"""


def _placed_sql(service_use: str, customer_segment: str, area_segment: str) -> str:
    return f"""
WITH of_customer AS ({_one_segment(customer_segment, "customer_id")}
), of_area AS ({_one_segment(area_segment, "area_code")}
), placed AS (
    SELECT u.customer_id, u.service, u.units, u.cost_pence,
        coalesce(c.segment, a.segment) AS segment
    FROM {service_use} u
    LEFT JOIN of_customer c ON u.customer_id = c.customer_id
    LEFT JOIN of_area a ON u.area_code = a.area_code
)"""


def use_by_segment_sql(
    *,
    service_use: str = "service_use",
    customer_segment: str = "customer_segment",
    area_segment: str = "customer_segment",
) -> str:
    """Return the query behind :func:`use_by_segment`.

    Examples
    --------
    >>> "GROUP BY service, segment" in use_by_segment_sql()
    True
    """
    return f"""{_placed_sql(service_use, customer_segment, area_segment)}
SELECT service, segment,{_MEASURES}
    CASE WHEN count(customer_id) = count(*)
         THEN count(DISTINCT customer_id) END AS customers,
    count(*) AS uses
FROM placed
GROUP BY service, segment
ORDER BY service, segment NULLS LAST"""


def customer_use_sql(
    *,
    service_use: str = "service_use",
    customer_segment: str = "customer_segment",
    area_segment: str = "customer_segment",
) -> str:
    """Return the query behind :func:`customer_use`.

    Examples
    --------
    >>> "GROUP BY customer_id, service, segment" in customer_use_sql()
    True
    """
    return f"""{_placed_sql(service_use, customer_segment, area_segment)}
SELECT customer_id, service, segment,{_MEASURES}
    count(*) AS uses
FROM placed
WHERE customer_id IS NOT NULL
GROUP BY customer_id, service, segment
ORDER BY customer_id, service, segment NULLS LAST"""


def use_by_segment(
    service_use: str | Frame,
    customer_segment: str | Frame,
    *,
    area_segment: str | Frame | None = None,
    engine: Engine | None = None,
) -> pd.DataFrame:
    """Return recorded use of each service by each segment.

    Parameters
    ----------
    service_use
        A table of that contract: `customer_id`, `area_code`, `service`, `units`,
        `cost_pence`.
    customer_segment
        `customer_id`, `area_code` and `segment`; one segment a customer.
    area_segment
        `area_code` and `segment`, for use that names an area and no customer whose
        segment is known; with `None`, areas get the segment of their customers.
    engine
        Where the tables are, if they are named.

    Returns
    -------
    use
        One row a service and segment: `units`, `cost_pence`, `customers` (distinct),
        each missing unless all its rows record it, and `uses` (rows). A missing
        `segment` is a row of its own.

    Examples
    --------
    >>> import pandas as pd
    >>> use = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b"],
    ...         "area_code": ["N", "N", "S"],
    ...         "service": "home care",
    ...         "units": [2.0, 1.0, 4.0],
    ...         "cost_pence": [500, 250, None],
    ...     }
    ... )
    >>> segments = pd.DataFrame(
    ...     {"customer_id": ["a", "b"], "area_code": ["N", "S"], "segment": ["1", "2"]}
    ... )
    >>> use_by_segment(use, segments)[["segment", "units", "cost_pence", "customers"]]
      segment  units  cost_pence  customers
    0       1    3.0       750.0          1
    1       2    4.0         NaN          1
    """
    used, segments, areas, runs = _tables(
        service_use, customer_segment, area_segment, engine
    )
    sql = use_by_segment_sql(
        service_use=used, customer_segment=segments, area_segment=areas
    )
    frame: pd.DataFrame = runs.arrow(sql).to_pandas()
    return frame


def customer_use(
    service_use: str | Frame,
    customer_segment: str | Frame,
    *,
    area_segment: str | Frame | None = None,
    engine: Engine | None = None,
) -> pd.DataFrame:
    """Return recorded use by each customer of each service, for intervals.

    Parameters
    ----------
    service_use, customer_segment, area_segment, engine
        As for :func:`use_by_segment`.

    Returns
    -------
    use
        One row a customer, service and segment: `units`, `cost_pence`, `uses`. Rows
        of `service_use` that name no customer are not in it.

    Examples
    --------
    >>> import pandas as pd
    >>> use = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a"],
    ...         "area_code": ["N", "N"],
    ...         "service": "home care",
    ...         "units": [2.0, 1.0],
    ...         "cost_pence": [500, 250],
    ...     }
    ... )
    >>> segments = pd.DataFrame(
    ...     {"customer_id": ["a"], "area_code": ["N"], "segment": ["1"]}
    ... )
    >>> customer_use(use, segments)[["customer_id", "segment", "cost_pence"]]
      customer_id segment  cost_pence
    0           a       1         750
    """
    used, segments, areas, runs = _tables(
        service_use, customer_segment, area_segment, engine
    )
    sql = customer_use_sql(
        service_use=used, customer_segment=segments, area_segment=areas
    )
    frame: pd.DataFrame = runs.arrow(sql).to_pandas()
    return frame


def _tables(
    service_use: str | Frame,
    customer_segment: str | Frame,
    area_segment: str | Frame | None,
    engine: Engine | None,
) -> tuple[str, str, str, Engine]:
    used, runs = table_of(service_use, engine, "service_use")
    segments, runs = table_of(customer_segment, runs, "customer_segment")
    if area_segment is None:
        return used, segments, segments, runs
    areas, runs = table_of(area_segment, runs, "area_segment")
    return used, segments, areas, runs
