"""Variants: the different journeys, each as the ordered list of its activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.log import Log
    from place.engine import Backend

__all__ = ["check_most", "kept_variants", "listed_variants", "variants", "variants_sql"]

# A step is seq * STEP + activity: sorted, steps are in order, and equal where the
# activities are. The engines differ in nothing but what they call a sorted list.
STEP: Final = 2**31
IN_ORDER: Final[dict[Backend, str]] = {
    "duckdb": "list_sort(list({0}))",
    "spark": "array_sort(collect_list({0}))",
}


def variants_sql(log: str, *, dialect: Backend, most: int) -> str:
    """Return the query that counts journeys with the same activities in order.

    Its `steps` are `seq * 2**31 + activity`; `different` says how many variants there
    are in all.

    Examples
    --------
    >>> "array_sort" in variants_sql("log", dialect="spark", most=10)
    True
    """
    steps = IN_ORDER[dialect].format(f"CAST(seq AS BIGINT) * {STEP} + activity")
    return f"""WITH journeys AS (
  SELECT customer, {steps} AS steps FROM {log} GROUP BY customer)
SELECT steps, count(*) AS customers, count(*) OVER () AS different
FROM journeys GROUP BY steps
ORDER BY customers DESC, steps LIMIT {most}"""


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
    return kept_variants(log, most)[0]


def kept_variants(log: Log, most: int) -> tuple[pd.DataFrame, int]:
    """Return the commonest variants, and how many there are in all."""
    check_most(most)
    sql = variants_sql(log.table, dialect=log.engine.dialect, most=most)
    rows = log.engine.arrow(sql)
    paths = [[step % STEP for step in steps] for steps in rows["steps"].to_pylist()]
    customers = rows["customers"].to_pylist()
    found = listed_variants(paths, customers, log.names["activity"], log.n_customers)
    return found, rows["different"][0].as_py() if paths else 0


def check_most(most: int) -> None:
    """Say if `most`, how many variants to list, is below 1."""
    if most < 1:
        msg = f"most must be at least 1; it is {most!r}. Ask for one variant or more."
        raise JourneyError(msg)


def listed_variants(
    paths: Sequence[Sequence[int]],
    customers: Sequence[int],
    names: Sequence[str],
    n_customers: int,
) -> pd.DataFrame:
    """Return paths in codes, and how many customers took each, as variants."""
    named = [tuple(names[code] for code in path) for path in paths]
    found = pd.DataFrame({"activities": pd.Series(named, dtype=object)})
    found["customers"] = pd.Series(customers, dtype="int64")
    found["share"] = found["customers"] / max(n_customers, 1)
    return found
