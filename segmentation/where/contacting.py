"""Contacting: how many different customers of each area came to chosen services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from place.sqltext import literal
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from place.engine import Engine

__all__ = ["contact_counts", "contacts_sql"]

WHAT: Final = {"service_use": "service", "events": "activity"}


def contacts_sql(tables: Sequence[str], services: Sequence[str] = ()) -> str:
    """Return the query that counts the different customers of each area.

    Parameters
    ----------
    tables
        "service_use", "events" or both.
    services
        Services (of service_use) and activities (of events) that count; all, where
        none is named.

    Returns
    -------
    sql
        Reads `customer_segment`, and gives one row an area: `area_code`, `contacts`.
        A customer of several services, or with several events, is one.

    Raises
    ------
    SegmentError
        If there is no table, or one that holds no contacts.

    Examples
    --------
    >>> print(contacts_sql(["service_use"], ["Home care"]).splitlines()[1])
      SELECT DISTINCT CAST(customer_id AS STRING) AS customer_id FROM service_use \
WHERE service IN ('Home care')
    """
    strange = [table for table in tables if table not in WHAT]
    if strange or not tables:
        msg = (
            f"contacts are counted from {few(list(WHAT))}, not from "
            f"{few(strange) or 'nothing'}. Supply one of these tables."
        )
        raise SegmentError(msg)
    listed = ", ".join(literal(service) for service in services)
    sources = "\n  UNION\n".join(
        f"  SELECT DISTINCT CAST(customer_id AS STRING) AS customer_id FROM {table}"
        + (f" WHERE {WHAT[table]} IN ({listed})" if services else "")
        for table in tables
    )
    return f"""WITH came AS (
{sources}
)
SELECT homes.area_code, CAST(count(*) AS BIGINT) AS contacts
FROM customer_segment AS homes JOIN came ON homes.customer_id = came.customer_id
WHERE homes.area_code IS NOT NULL
GROUP BY homes.area_code"""


def contact_counts(
    engine: Engine,
    areas: pd.DataFrame,
    segments: pd.Series[str],
    services: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the residents and the different customers of each area.

    Parameters
    ----------
    engine
        Holds `customer_segment` (see :func:`segmentation.customer_segments`), and
        `service_use` or `events` or both.
    areas
        One row an area with `area_code` and `population`.
    segments
        Segment of each area, indexed by area code.
    services
        As for :func:`contacts_sql`.

    Returns
    -------
    counts
        What :func:`expected_contacts` takes, one row an area in
        the order of `areas`. An area none of whose people came has 0 contacts.

    Raises
    ------
    SegmentError
        If customers have no segments yet, there is no table of contacts, the areas
        have no population, or nobody used what was named.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> from segmentation import customer_segments
    >>> engine = start_engine()
    >>> use = {"customer_id": ["a", "a"], "area_code": ["E1", "E1"]}
    >>> engine.register("service_use", pd.DataFrame({**use, "service": ["Bus", "Tax"]}))
    >>> segments = pd.Series({"E1": "1", "E2": "1"})
    >>> _ = customer_segments(engine, segments)
    >>> areas = pd.DataFrame({"area_code": ["E1", "E2"], "population": [90, 80]})
    >>> contact_counts(engine, areas, segments)["contacts"].tolist()
    [1, 0]
    >>> engine.close()
    """
    tables = [table for table in WHAT if engine.has(table)]
    place = indexed_by_area(areas)
    if not engine.has("customer_segment") or "population" not in place:
        msg = (
            "contacts need customers with a home area and areas with a population. "
            "Call customer_segments first, and give areas a column 'population'."
        )
        raise SegmentError(msg)
    found = engine.arrow(contacts_sql(tables, services)).to_pandas()
    if found.empty:
        msg = (
            f"no customer of a known area used {few(list(services)) or 'any service'}. "
            f"Check the names in {few(tables)}."
        )
        raise SegmentError(msg)
    contacts = found.set_index("area_code")["contacts"].reindex(
        place.index.astype(str), fill_value=0
    )
    return pd.DataFrame(
        {
            "area_code": place.index,
            "segment": segments.reindex(place.index).to_numpy(),
            "residents": place["population"].to_numpy(),
            "contacts": contacts.to_numpy(),
        }
    )
