"""Homes: where each customer lives, and which tables say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from place.engine import table_of
from segmentation.errors import SegmentError, few
from segmentation.people.customers import customer_segments_sql

if TYPE_CHECKING:
    from place.engine import Engine, Frame

__all__ = ["customer_tables", "home_areas_sql"]


def home_areas_sql(sources: list[str]) -> str:
    """Return the query that gives each customer the area of home.

    Parameters
    ----------
    sources
        Tables with `customer_id` and `area_code`, the most trusted first; see
        :func:`segmentation.customer_segments_sql`.

    Returns
    -------
    sql
        One row a customer: `customer_id`, `area_code`; NULL where not known.

    Examples
    --------
    >>> print(home_areas_sql(["people"]).splitlines()[-1])
    ) AS homes
    """
    nowhere = (
        "SELECT CAST(NULL AS STRING) AS area_code, CAST(NULL AS STRING) AS segment"
    )
    return (
        f"WITH nowhere AS ({nowhere})\nSELECT customer_id, area_code FROM (\n"
        f"{customer_segments_sql(sources, lookup='nowhere')}\n) AS homes"
    )


def customer_tables(
    engine: Engine, people: str | Frame, service_use: str | Frame
) -> tuple[str, list[str]]:
    """Return the table of service use, and the tables that say where customers live.

    Raises
    ------
    SegmentError
        If there is no table of service use, or a table lacks a column.
    """
    if isinstance(service_use, str) and not engine.has(service_use):
        msg = (
            f"there is no table {service_use!r}, so nobody's use of services is known. "
            "Supply service_use."
        )
        raise SegmentError(msg)
    table, _ = table_of(service_use, engine, "given_service_use")
    sources = [table]
    if not isinstance(people, str) or engine.has(people):
        sources.insert(0, table_of(people, engine, "given_people")[0])
    needed = ["customer_id", "area_code"]
    for source in sources:
        columns = engine.columns(source)
        wanted = [*needed, "service"] if source == table else needed
        missing = [name for name in wanted if name not in columns]
        if missing:
            msg = (
                f"table {source} lacks {few(missing)}; it has {few(columns)}. Map the "
                "columns in place.toml, or rename them."
            )
            raise SegmentError(msg)
    return table, sources
