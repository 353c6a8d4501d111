"""Variants: the different journeys, each as the ordered list of its activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from journeys.errors import JourneyError

if TYPE_CHECKING:
    from journeys.log import Log
    from place.engine import Backend

__all__ = ["variants", "variants_sql"]

# The one thing that the engines spell differently: a list of values in order.
IN_ORDER: dict[Backend, str] = {
    "duckdb": "list(activity ORDER BY seq)",
    "spark": (
        "transform(array_sort(collect_list(struct(seq, activity))), x -> x.activity)"
    ),
}


def variants_sql(log: str, *, dialect: Backend, most: int) -> str:
    """Return the query that counts journeys with the same activities in order.

    Examples
    --------
    >>> "array_sort" in variants_sql("log", dialect="spark", most=10)
    True
    """
    return f"""WITH journeys AS (
  SELECT customer, {IN_ORDER[dialect]} AS activities
  FROM {log} GROUP BY customer)
SELECT activities, count(*) AS customers
FROM journeys GROUP BY activities
ORDER BY customers DESC, activities LIMIT {most}"""


def variants(log: Log, *, most: int = 100) -> pd.DataFrame:
    """Return the journeys that most customers share.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    most
        How many variants to return, at least 1.

    Returns
    -------
    variants
        `activities` (a tuple, in order), `customers` and `share` (of all customers,
        from 0 to 1), from the commonest; equals in the order of their activities.

    Raises
    ------
    JourneyError
        If `most` is below 1.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> variants(encode_log(events.assign(activity=["ask", "treat"])))
         activities  customers  share
    0  (ask, treat)          1    1.0
    """
    if most < 1:
        msg = f"most must be at least 1; it is {most!r}. Ask for one variant or more."
        raise JourneyError(msg)
    sql = variants_sql(log.table, dialect=log.engine.dialect, most=most)
    rows = log.engine.arrow(sql)
    name = log.names["activity"].__getitem__
    paths = [tuple(map(name, path)) for path in rows["activities"].to_pylist()]
    found = pd.DataFrame({"activities": pd.Series(paths, dtype=object)})
    found["customers"] = rows["customers"].to_pandas()
    found["share"] = found["customers"] / max(log.n_customers, 1)
    return found
