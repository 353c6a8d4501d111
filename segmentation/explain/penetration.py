"""Penetration: who a group is made of, against what it is compared with.

The standard report row of the trade: count, per cent, comparison count, comparison
per cent, penetration, index.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from segmentation.codes import natural
from segmentation.errors import SegmentError, few
from segmentation.explain.intervals import wilson

if TYPE_CHECKING:
    from place.engine import Engine

__all__ = ["penetration", "profile_customers", "report_rows", "service_customers"]

DECIMALS: Final = {
    "count": 0,
    "percent": 2,
    "comparison_count": 0,
    "comparison_percent": 2,
    "penetration": 2,
    "index": 0,
}  # column of a report row: decimals that are printed
NOT_KNOWN: Final = "-"
Figures: TypeAlias = "pd.Series[float]"


def penetration(count: Figures, comparison: Figures) -> pd.DataFrame:
    """Return the standard profile of a group against what it is compared with.

    Parameters
    ----------
    count
        How many of the group each segment holds, such as the tenants of a ward,
        indexed by segment.
    comparison
        How many of the comparison each segment holds, such as all tenants of the
        city; the same segments in any order.

    Returns
    -------
    table
        One row a segment in the order of `count`, then "Total", with the columns
        `count`, `percent` (of the group), `comparison_count`, `comparison_percent`,
        `penetration` (count per 100 of the comparison), `index` (100 * `percent` /
        `comparison_percent`), `low` and `high` (its 95 % interval: Wilson's of
        `percent`, taking the comparison as known). Nothing is rounded. A share of
        nothing is missing.

    Raises
    ------
    SegmentError
        If the segments differ or are given twice, a figure is missing or below 0,
        or a segment is called "Total".

    Examples
    --------
    >>> byker = pd.Series({"social tenants": 4227, "others": 1769})
    >>> newcastle = pd.Series({"social tenants": 29603, "others": 89445})
    >>> table = penetration(byker, newcastle)[["percent", "penetration", "index"]]
    >>> table.round(2).loc["social tenants"].to_dict()
    {'percent': 70.5, 'penetration': 14.28, 'index': 283.5}
    """
    for name, figures in (("count", count), ("comparison", comparison)):
        _check_figures(name, figures)
    unmatched = count.index.symmetric_difference(comparison.index).tolist()
    if unmatched:
        msg = (
            f"{len(unmatched)} segments stand in only one of count and comparison: "
            f"{few(unmatched)}. Give both the same segments, 0 where there is none."
        )
        raise SegmentError(msg)
    ours, theirs = _with_total(count), _with_total(comparison.reindex(count.index))
    whole = pd.Series(ours["Total"], ours.index)
    percent = _per_cent(ours, whole)
    expected = _per_cent(theirs, pd.Series(theirs["Total"], theirs.index))
    index = _per_cent(percent, expected)
    least, most = wilson(percent / 100, whole.where(whole > 0))
    is_total = ours.index == "Total"  # all of a group is 100 % of it, without doubt
    return pd.DataFrame(
        {
            "count": ours,
            "percent": percent,
            "comparison_count": theirs,
            "comparison_percent": expected,
            "penetration": _per_cent(ours, theirs),
            "index": index,
            "low": _per_cent(100 * least, expected).mask(is_total, index),
            "high": _per_cent(100 * most, expected).mask(is_total, index),
        }
    )


def report_rows(table: pd.DataFrame) -> pd.Series[str]:
    """Return each row of a penetration table as the trade prints it.

    Parameters
    ----------
    table
        What :func:`penetration` returned.

    Returns
    -------
    rows
        On the index of `table`: count, per cent, comparison count, comparison per
        cent, penetration and index, with " | " between. Counts and the index are
        whole, the rest has two decimals; a half is rounded up, and from the figure
        itself, not from one that is rounded already. "-" where not known.

    Raises
    ------
    SegmentError
        If `table` lacks one of these columns.

    Examples
    --------
    >>> byker = pd.Series({"G Social housing tenants": 4227, "Others": 1769})
    >>> newcastle = pd.Series({"G Social housing tenants": 29603, "Others": 89445})
    >>> for row in report_rows(penetration(byker, newcastle)):
    ...     print(row)
    4,227 | 70.50 | 29,603 | 24.87 | 14.28 | 284
    1,769 | 29.50 | 89,445 | 75.13 | 1.98 | 39
    5,996 | 100.00 | 119,048 | 100.00 | 5.04 | 100
    """
    missing = [name for name in DECIMALS if name not in table]
    if missing:
        msg = (
            f"the table lacks {few(missing)}; it has {few(list(table.columns))}. Make "
            "it with segmentation.explain.penetration."
        )
        raise SegmentError(msg)
    printed = {
        name: table[name].map(lambda value, to=to: _printed(value, to))
        for name, to in DECIMALS.items()
    }
    rows: pd.Series[str] = pd.DataFrame(printed).agg(" | ".join, axis="columns")
    return rows


def _printed(value: float, decimals: int) -> str:
    if pd.isna(value):
        return NOT_KNOWN
    exact = Decimal(repr(float(value)))
    return f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}"


def service_customers(engine: Engine) -> pd.DataFrame:
    """Count the customers of each service by the segment of their home.

    Parameters
    ----------
    engine
        With the tables `service_use` and `customer_segment`; the second is what
        :func:`segmentation.customer_segments` keeps.

    Returns
    -------
    customers
        One row a service and segment: `service`, `segment` (missing where a
        customer has none, in a row only where some have), `customers`, 0 where a
        segment has none. Each customer counts once a service. Use that names no
        customer is not counted.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> from segmentation import customer_segments
    >>> engine = start_engine()
    >>> use = {"customer_id": ["a", "a", "b"], "service": "Home care"}
    >>> use = pd.DataFrame(use | {"area_code": ["E1", "E1", None]})
    >>> engine.register("service_use", use)
    >>> _ = customer_segments(engine, pd.Series({"E1": "1"}))
    >>> service_customers(engine).to_dict("records")
    [{'service': 'Home care', 'segment': '1', 'customers': 1}, \
{'service': 'Home care', 'segment': nan, 'customers': 1}]
    >>> engine.close()
    """
    frame: pd.DataFrame = engine.arrow("""
SELECT used.service, known.segment, CAST(count(*) AS BIGINT) AS customers
FROM (
  SELECT DISTINCT CAST(customer_id AS STRING) AS customer_id,
         CAST(service AS STRING) AS service
  FROM service_use
  WHERE customer_id IS NOT NULL AND service IS NOT NULL
) AS used
JOIN customer_segment AS known ON used.customer_id = known.customer_id
GROUP BY used.service, known.segment
ORDER BY used.service, known.segment NULLS LAST""").to_pandas()
    frame = frame.astype({"service": "str", "segment": "str"})
    wide = frame.pivot_table("customers", "service", "segment", "sum", fill_value=0)
    full = wide.melt(ignore_index=False, value_name="customers").reset_index()
    full = full.sort_values(["service", "segment"]).astype({"customers": "int64"})
    return pd.concat([full, frame[frame["segment"].isna()]], ignore_index=True)


def profile_customers(
    customers: pd.DataFrame, comparison: pd.Series[float]
) -> pd.DataFrame:
    """Profile the customers of each service by segment.

    Parameters
    ----------
    customers
        `service`, `segment`, `customers`, as :func:`service_customers` counts them
        or from any customer file. Rows without a segment, or with no figure, are no
        part of the profile; a segment without a row of a service is left out of
        it on both sides, so write 0 where there is none.
    comparison
        What each segment holds in all, such as its residents.

    Returns
    -------
    profile
        `service`, `segment` and the columns of :func:`penetration`, services in
        order of their names, segments in that of their codes, "Total" last.

    Raises
    ------
    SegmentError
        If a column is lacking, a service has a segment twice, or a segment has no
        comparison.

    Examples
    --------
    >>> customers = pd.DataFrame(
    ...     {"service": "Home care", "segment": ["1", "2"], "customers": [30, 10]}
    ... )
    >>> found = profile_customers(customers, pd.Series({"1": 100, "2": 100}))
    >>> found[["service", "segment", "penetration", "index"]]
         service segment  penetration  index
    0  Home care       1         30.0  150.0
    1  Home care       2         10.0   50.0
    2  Home care   Total         20.0  100.0
    """
    needed = ["service", "segment", "customers"]
    missing = [name for name in needed if name not in customers]
    if missing:
        msg = (
            f"customers lack {few(missing)}; they have {few(list(customers.columns))}. "
            "Give one row a service and segment."
        )
        raise SegmentError(msg)
    against = comparison.rename(index=str)
    tables = []
    for service, rows in customers.dropna(subset=needed).groupby("service"):
        count = rows.set_index(rows["segment"].astype(str))["customers"]
        count = count.loc[sorted(count.index, key=natural)]
        table = penetration(count, against[against.index.isin(count.index)])
        table = table.rename_axis("segment").reset_index()
        table.insert(0, "service", service)
        tables.append(table)
    if not tables:
        return pd.DataFrame(columns=["service", "segment", *DECIMALS, "low", "high"])
    return pd.concat(tables, ignore_index=True)


def _with_total(figures: Figures) -> Figures:
    total = pd.Series({"Total": figures.sum()})
    return pd.concat([figures, total]).astype("float64")


def _per_cent(above: Figures, below: Figures) -> Figures:
    return 100 * above / below.where(below > 0)


def _check_figures(name: str, figures: Figures) -> None:
    twice = figures.index[figures.index.duplicated()].unique().tolist()
    bad = figures.index[~(figures >= 0) | np.isinf(figures.astype("float64"))].tolist()
    if twice or "Total" in figures.index or bad:
        msg = (
            f"{name} should hold one number of 0 or more a segment, none called "
            f"'Total'; given twice: {few(twice) or 'none'}; missing, endless or below "
            f"0: {few(bad) or 'none'}. Mend those rows."
        )
        raise SegmentError(msg)
