"""What is known of each person: own use of services, and rates of the home area.

One row a customer, worked out in the engine and kept there; only a sample comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd
import pyarrow as pa

from place.sqltext import literal
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area, rates
from segmentation.people.homes import home_areas_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from place.engine import Engine

__all__ = [
    "FEATURES",
    "MILLI",
    "Measure",
    "feature_columns",
    "known_rates",
    "person_features_sql",
    "person_sample",
    "person_sample_sql",
    "register_rates",
    "use_measures",
]

FEATURES: Final = "person_features"
RATES: Final = "person_area_rates"
MILLI: Final = 1000  # units are summed as whole thousandths, exactly

Measure: TypeAlias = Literal["units", "uses"]


def person_features_sql(
    sources: list[str],
    service_use: str,
    services: Mapping[str, str],
    *,
    measures: Mapping[str, Measure] | None = None,
    area_rates: str | None = None,
    n_rates: int = 0,
) -> str:
    """Return the query of what is known of each person.

    Parameters
    ----------
    sources
        Tables that say where customers live, the most trusted first; see
        :func:`segmentation.customer_segments_sql`.
    service_use
        Table with `customer_id` and `service`.
    services
        Label -> name of the service.
    measures
        Label -> "units" or "uses", as :func:`use_measures` returns; with `None`, uses.
    area_rates, n_rates
        Table with `area_code` and `rate_0`, `rate_1`...; how many.

    Returns
    -------
    sql
        One row a customer of any source: `customer_id`, `area_code`, then `use_0`,
        `use_1`... in the order of `services`, the customer's units, each to a
        thousandth, or number of rows (0 where there is none: a customer whose use is
        not recorded has not used it), then the rates of the home area, NULL where not
        known.

    Examples
    --------
    >>> sql = person_features_sql(["people"], "service_use", {"care": "Home care"})
    >>> print(sql.splitlines()[-3])
    SELECT home.customer_id, home.area_code, coalesce(used.use_0, 0) / 1000e0 AS use_0
    """
    amount = {"units": f"CAST(round(units * {MILLI}) AS BIGINT)", "uses": f"{MILLI}"}
    counts = ", ".join(
        f"CAST(sum(CASE WHEN service = {literal(name)} "
        f"THEN {amount[(measures or {}).get(label, 'uses')]} ELSE 0 END) AS BIGINT) "
        f"AS use_{number}"
        for number, (label, name) in enumerate(services.items())
    )
    columns = ["home.customer_id", "home.area_code"]
    columns += [
        f"coalesce(used.use_{number}, 0) / {MILLI}e0 AS use_{number}"
        for number, _ in enumerate(services)
    ]
    columns += [f"area.rate_{number}" for number in range(n_rates)]
    joined = (
        f"\nLEFT JOIN {area_rates} AS area ON home.area_code = area.area_code"
        if area_rates
        else ""
    )
    return f"""WITH home AS (
{home_areas_sql(sources)}
), used AS (
  SELECT CAST(customer_id AS STRING) AS customer_id, {counts}
  FROM {service_use} WHERE customer_id IS NOT NULL
  GROUP BY CAST(customer_id AS STRING)
)
SELECT {", ".join(columns)}
FROM home
LEFT JOIN used ON home.customer_id = used.customer_id{joined}"""


def person_sample_sql(columns: list[str], *, sample: int, seed: int = 0) -> str:
    """Return the query of the persons that segments are found in.

    Those with the lowest hash of customer and seed, so that a rerun on either engine,
    or with the rows in another order, draws the same. Persons who lack a column are
    not drawn.

    Examples
    --------
    >>> print(person_sample_sql(["use_0"], sample=9))
    SELECT use_0 FROM person_features WHERE use_0 IS NOT NULL
    ORDER BY md5(concat(customer_id, ' 0')), customer_id LIMIT 9
    """
    known = " AND ".join(f"{name} IS NOT NULL" for name in columns)
    return (
        f"SELECT {', '.join(columns)} FROM {FEATURES} WHERE {known}\n"
        f"ORDER BY md5(concat(customer_id, ' {seed}')), customer_id "
        f"LIMIT {sample}"
    )


def use_measures(
    engine: Engine, table: str, services: Mapping[str, str]
) -> dict[str, Measure]:
    """Return how the use of each service is measured.

    In units, such as hours, where every row of the service that names a customer
    says how many; else in uses, one a row.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> engine = start_engine()
    >>> use = pd.DataFrame({"customer_id": ["a", "b"], "service": ["Care", "Bins"]})
    >>> engine.register("used", use.assign(units=[3.0, None]))
    >>> use_measures(engine, "used", {"hours of care": "Care", "bins": "Bins"})
    {'hours of care': 'units', 'bins': 'uses'}
    >>> engine.close()
    """
    if "units" not in engine.columns(table):
        return dict.fromkeys(services, "uses")
    rows = engine.arrow(
        f"SELECT service, count(*) - count(units) AS unknown FROM {table} "
        "WHERE customer_id IS NOT NULL GROUP BY service"
    ).to_pylist()
    unknown = {row["service"]: row["unknown"] for row in rows}
    return {
        label: "uses" if unknown.get(name, 0) else "units"
        for label, name in services.items()
    }


def known_rates(
    areas: pd.DataFrame | None, variables: Mapping[str, str] | None
) -> pd.DataFrame:
    """Return the rates of the home areas; no column where there are no variables.

    Raises
    ------
    SegmentError
        If there are variables and no areas, a variable cannot be read, or it is
        missing in every area.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1"], "flats": [1], "homes": [4]})
    >>> known_rates(areas, {"flats": "flats / homes"}).to_dict("index")
    {'E1': {'flats': 25.0}}
    """
    if not variables:
        return pd.DataFrame()
    if areas is None:
        msg = "there are variables of the home area but no areas. Supply areas."
        raise SegmentError(msg)
    found = rates(indexed_by_area(areas), variables)
    empty = found.columns[found.isna().all()].tolist()
    if empty:
        msg = (
            f"{len(empty)} variables are missing in all {len(found)} areas: "
            f"{few(empty)}. Leave them out, or supply their columns."
        )
        raise SegmentError(msg)
    return found.set_axis(found.index.astype(str))


def register_rates(engine: Engine, area_rates: pd.DataFrame) -> str | None:
    """Make rates readable in the engine as `rate_0`, `rate_1`...; return their table.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> engine = start_engine()
    >>> table = register_rates(engine, pd.DataFrame({"flats": [25.0]}, index=["E1"]))
    >>> engine.arrow(f"SELECT * FROM {table}").to_pylist()
    [{'area_code': 'E1', 'rate_0': 25.0}]
    >>> engine.close()
    """
    if area_rates.columns.empty:
        return None
    columns = {"area_code": pa.array(list(area_rates.index), pa.string())}
    for number, label in enumerate(area_rates):
        values = area_rates[label].to_numpy(dtype="float64")
        columns[f"rate_{number}"] = pa.array(values, from_pandas=True)  # NaN is NULL
    engine.register(RATES, pa.table(columns))
    return RATES


def feature_columns(
    services: Mapping[str, str], area_rates: pd.DataFrame
) -> dict[str, str]:
    """Return the column of `person_features` that each variable is.

    Raises
    ------
    SegmentError
        If a service and a variable of the home area share a label.

    Examples
    --------
    >>> feature_columns({"care": "Home care"}, pd.DataFrame({"flats": [1.0]}))
    {'care': 'use_0', 'flats': 'rate_0'}
    """
    both = [label for label in services if label in area_rates.columns]
    if both:
        msg = (
            f"{few(both)} stand for a service and for a variable of the home area. "
            "Give each a label of its own."
        )
        raise SegmentError(msg)
    used = {label: f"use_{number}" for number, label in enumerate(services)}
    return used | {str(one): f"rate_{at}" for at, one in enumerate(area_rates)}


def person_sample(
    engine: Engine, columns: Mapping[str, str], *, sample: int, seed: int = 0
) -> pd.DataFrame:
    """Return the persons that segments are found in; one column a label.

    Parameters
    ----------
    engine
        Which keeps `person_features`.
    columns
        Label -> its column.
    sample, seed
        See :func:`person_sample_sql`.

    Raises
    ------
    SegmentError
        If nobody's features are all known; a few codes of areas are shown.
    """
    drawn: pd.DataFrame = engine.arrow(
        person_sample_sql(list(columns.values()), sample=sample, seed=seed)
    ).to_pandas()
    if drawn.empty:
        seen = engine.arrow(
            f"SELECT DISTINCT area_code FROM {FEATURES} WHERE area_code IS NOT NULL "
            "ORDER BY area_code LIMIT 2"
        ).to_pylist()
        areas = [row["area_code"] for row in seen]
        msg = (
            "no customer lives in an area whose variables are all known; customers "
            f"live in areas such as {few(areas) or 'none'}. Give areas and customers "
            "the same codes, and leave out variables that are rarely known."
        )
        raise SegmentError(msg)
    return drawn.set_axis(list(columns), axis="columns").astype("float64")
