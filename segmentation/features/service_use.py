"""Service use of areas: how many of the residents use a service.

Counts of different customers, by the area of their home, stand beside census counts
as numerators: "home care / population". All customers are counted in the engine;
only one row an area comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from place.sqltext import literal
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area
from segmentation.people.homes import customer_tables, home_areas_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from place.engine import Engine, Frame

__all__ = [
    "ServiceUse",
    "check_services",
    "service_use_rates",
]

UNCOUNTED: Final = {
    "without_area": "customers of no known area",
    "elsewhere": "customers of an area outside the place",
    "without_customer": "rows that name no customer",
}


@dataclass(frozen=True, kw_only=True)
class ServiceUse:
    """How many customers of each area use each service, and who is not counted.

    These are counts of people: they leave only through the release door.

    Parameters
    ----------
    counts
        One row an area of the place and one column a service: different customers
        who live there. 0 where the table covers the area and names no customer of
        the service; missing where it does not cover the area.
    variables
        Label -> "label / population", the notation of a rate per 100 residents.
    uncounted
        One row a service, in the columns `without_area` (customers of no known
        area), `elsewhere` (customers of an area that the place lacks) and
        `without_customer` (rows that name no customer). The sentence says which of
        these there are, and not how many.
    """

    counts: pd.DataFrame
    variables: dict[str, str]
    uncounted: pd.DataFrame

    @property
    def covered(self) -> int:
        """How many areas the table of service use covers."""
        return len(self.counts.dropna(how="all"))

    def __str__(self) -> str:
        """Say the result as sentences, without any count of people in them."""
        some = self.uncounted.any()
        said = [what for kind, what in UNCOUNTED.items() if some[kind]]
        left = f" Not counted: {'; '.join(said)}." if said else ""
        return (
            f"Use of {len(self.variables)} services is known of {self.covered:,} of "
            f"{len(self.counts):,} areas.{left}"
        )


def service_use_rates(
    engine: Engine,
    services: Mapping[str, str],
    areas: pd.DataFrame,
    *,
    population: str = "population",
    people: str | Frame = "people",
    service_use: str | Frame = "service_use",
) -> ServiceUse:
    """Count the different customers of each service by the area where they live.

    Parameters
    ----------
    engine
        Where the tables are.
    services
        Label -> name of the service as `service_use` has it.
    areas
        One row an area, with `area_code` as a column or as the index.
    population
        Column of `areas` that a rate is taken of.
    people, service_use
        A table's name or a frame, with `customer_id` and `area_code`; `service_use`
        with `service` too. People may be absent. They are believed first.

    Returns
    -------
    use
        An area is covered if any row of `service_use`, of any service, names it or
        a customer who lives there. A covered area without a customer of a service
        has 0 of them; of the others nothing is known.

    Raises
    ------
    SegmentError
        If there is no table of service use, a service is not in it or names no
        customer at all, a label cannot stand in the notation or is a column of
        `areas` already, `areas` lack `population`, or none of them is covered.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> use = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b", "c"],
    ...         "area_code": ["E1", "E1", "E1", "E2"],
    ...         "service": ["Care", "Care", "Care", "Bins"],
    ...     }
    ... )
    >>> areas = pd.DataFrame({"population": [50, 60, 70]}, index=["E1", "E2", "E3"])
    >>> areas.index.name = "area_code"
    >>> engine = start_engine()
    >>> found = service_use_rates(engine, {"care": "Care"}, areas, service_use=use)
    >>> found.counts["care"].tolist(), found.variables
    ([2.0, 0.0, nan], {'care': 'care / population'})
    >>> engine.close()
    """
    place = indexed_by_area(areas)
    _check_labels(services, list(place.columns), population)
    table, sources = customer_tables(engine, people, service_use)
    check_services(engine, table, services)
    columns = ", ".join(
        f"count(DISTINCT CASE WHEN service = {literal(name)} THEN used.customer_id END)"
        f" AS use_{number}"
        for number, name in enumerate(services.values())
    )
    found = engine.arrow(f"""
WITH home AS (
{home_areas_sql(sources)}
), used AS (
  SELECT DISTINCT CAST(customer_id AS STRING) AS customer_id, service
  FROM {table} WHERE customer_id IS NOT NULL
), counted AS (
  SELECT home.area_code, {columns}
  FROM used JOIN home ON used.customer_id = home.customer_id
  GROUP BY home.area_code
), covered AS (
  SELECT area_code FROM counted
  UNION
  SELECT CAST(area_code AS STRING) FROM {table}
)
SELECT covered.area_code AS area_code,
       {_each("coalesce(use_{0}, 0) AS use_{0}", services)}
FROM covered LEFT JOIN counted ON covered.area_code = counted.area_code
WHERE covered.area_code IS NOT NULL
UNION ALL
SELECT area_code, {_each("use_{0}", services)} FROM counted WHERE area_code IS NULL
""").to_pandas()
    found.columns = pd.Index(["area_code", *services])
    homeless = found["area_code"].isna()
    known = found[~homeless].set_index("area_code").astype("float64")
    inside = known.index.isin(place.index.astype(str))
    _check_match(known.index, inside, place)
    counts = known.reindex(place.index.astype(str)).set_axis(place.index)
    return ServiceUse(
        counts=counts,
        variables={label: f"{label} / {population}" for label in services},
        uncounted=pd.DataFrame(
            {
                "without_area": found[homeless][list(services)].sum(),
                "elsewhere": known[~inside].sum(),
                "without_customer": _rows_without_customer(engine, table, services),
            }
        ).astype("int64"),
    )


def check_services(engine: Engine, table: str, services: Mapping[str, str]) -> None:
    """Refuse services that no row of a table names, or of which no row names who.

    Raises
    ------
    SegmentError
        Naming the services, and those that there are.
    """
    if not services:
        msg = 'no service was named. Name at least one, such as {"care": "Home care"}.'
        raise SegmentError(msg)
    rows = engine.arrow(
        f"SELECT service, count(customer_id) AS named FROM {table} "
        "WHERE service IS NOT NULL GROUP BY service ORDER BY service"
    ).to_pylist()
    named = {row["service"]: row["named"] for row in rows}
    strange = [name for name in services.values() if name not in named]
    silent = [name for name in services.values() if named.get(name) == 0]
    if strange or silent:
        msg = (
            f"services that no row of service_use names: {few(strange) or 'none'}; "
            f"whose rows name no customer: {few(silent) or 'none'}. There are "
            f"{few(list(named))}. Write them as they stand there."
        )
        raise SegmentError(msg)


def _each(text: str, services: Iterable[str]) -> str:
    return ", ".join(text.format(number) for number, _ in enumerate(services))


def _rows_without_customer(
    engine: Engine, table: str, services: Mapping[str, str]
) -> pd.Series[int]:
    rows = engine.arrow(
        f"SELECT service, count(*) AS times FROM {table} "
        "WHERE customer_id IS NULL GROUP BY service"
    ).to_pylist()
    times = {row["service"]: row["times"] for row in rows}
    return pd.Series({label: times.get(name, 0) for label, name in services.items()})


def _check_labels(
    services: Mapping[str, str], columns: list[str], population: str
) -> None:
    taken = [label for label in services if label in columns or " / " in label]
    if taken:
        msg = (
            f"services cannot be called {few(taken)}: a label may not be a column of "
            "areas already, nor hold ' / '. Call them something else."
        )
        raise SegmentError(msg)
    if population not in columns:
        msg = (
            f"areas have no column {population!r} to take rates of; they have "
            f"{few(columns)}. Name the column that counts residents."
        )
        raise SegmentError(msg)


def _check_match(
    known: pd.Index[str], inside: pd.Series[bool], place: pd.DataFrame
) -> None:
    if not inside.any():
        msg = (
            f"none of the {len(known)} areas where customers live, such as "
            f"{few(sorted(known), shown=2)}, is among the {len(place)} areas of the "
            f"place, such as {few(list(place.index), shown=2)}. Give both the same "
            "codes."
        )
        raise SegmentError(msg)
