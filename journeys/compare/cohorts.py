"""Follow a cohort: customers whose first contact falls in a period, month by month.

A customer counts in a month only if the log covers the whole of it for that customer;
later months rest on fewer customers, and those who joined too late are left out of
them, not counted as gone (the log is censored at its last event). A month is 30.4375
days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from journeys.compare.periods import moment_us
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from journeys.compare.periods import Period
    from journeys.log import Log

__all__ = ["Cohort", "cohort_sql", "follow_cohort", "months_sql", "next_steps_sql"]

MONTH_US: Final = 2_629_800_000_000


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """What became of customers since their first contact.

    Attributes
    ----------
    period
        First day, and the day after the last.
    customers
        How many had their first contact in it.
    months
        One row a month since first contact, from 0: `month`, `observed` (customers
        whom the log covers to its end), `active` (of those, with a contact in it),
        `active_share` with `low` and `high` (Wilson, 95 %), `handoffs` and
        `cost_pence` (of those observed, in that month) and `costed` contacts.
    next_steps
        What followed first contact within the follow-up, of those observed so long:
        `activity` (missing: nothing followed), `customers`, `share`, `low`, `high`,
        `observed` and `median_days` to it.
    """

    period: Period
    customers: int
    months: pd.DataFrame = field(repr=False)
    next_steps: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        """Say the result as sentences for a report."""
        first, end = self.period
        said = f"{self.customers:,} customers had their first contact from {first} to "
        said += f"before {end}."
        full = self.months[self.months["observed"] > 0]
        if full.empty:
            return f"{said} None was observed for a whole month."
        last = full.iloc[-1]
        return (
            f"{said} In month {last['month']:.0f} after it, {last['active_share']:.0%} "
            f"({last['low']:.0%} to {last['high']:.0%}) of the {last['observed']:,.0f} "
            "observed so long were still in contact."
        )


def cohort_sql(log: str, begins_us: int, ends_us: int) -> str:
    """Return the query for a cohort: `customer`, first contact, months observed."""
    return f"""WITH firsts AS (
  SELECT customer, min(time_us) AS first_us FROM {log} GROUP BY customer)
SELECT customer, first_us, CAST(floor(
  ((SELECT max(time_us) FROM {log}) - first_us) / {MONTH_US}) AS INT) AS covered
FROM firsts WHERE first_us >= {begins_us} AND first_us < {ends_us}"""


def months_sql(log: str, cohort: str, months: str) -> str:
    """Return the query for each month of a cohort, of the customers observed in it.

    Parameters
    ----------
    log
        Table of an encoded log.
    cohort
        Table of what :func:`cohort_sql` gave.
    months
        Table of `month`: 0 to the last.
    """
    return f"""WITH seen AS (
  SELECT m.month, count(*) AS observed FROM {months} AS m
  JOIN {cohort} AS c ON c.covered > m.month GROUP BY m.month),
met AS (
  SELECT l.customer, l.agency, l.next_agency, l.cost_pence,
    CAST(floor((l.time_us - c.first_us) / {MONTH_US}) AS INT) AS month, c.covered
  FROM {log} AS l JOIN {cohort} AS c ON c.customer = l.customer)
SELECT m.month, coalesce(max(s.observed), 0) AS observed,
  count(DISTINCT e.customer) AS active,
  count(CASE WHEN e.agency <> e.next_agency THEN 1 END) AS handoffs,
  CAST(sum(e.cost_pence) AS BIGINT) AS cost_pence, count(e.cost_pence) AS costed
FROM {months} AS m LEFT JOIN seen AS s ON s.month = m.month
LEFT JOIN met AS e ON e.month = m.month AND e.covered > m.month
GROUP BY m.month ORDER BY m.month"""


def next_steps_sql(log: str, cohort: str, months: int) -> str:
    """Return the query for what followed first contact, of those observed so long."""
    within = f"l.next_time_us - l.time_us < {months * MONTH_US}"
    return f"""SELECT activity, count(*) AS customers,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_us) / 86400e6 AS median_days
FROM (SELECT CASE WHEN {within} THEN l.next_activity END AS activity,
    CASE WHEN {within} THEN l.next_time_us - l.time_us END AS wait_us
  FROM {log} AS l JOIN {cohort} AS c ON c.customer = l.customer
  WHERE l.seq = 1 AND c.covered >= {months}) AS steps
GROUP BY activity ORDER BY customers DESC, activity"""


def follow_cohort(
    log: Log, period: Period, *, months: int = 12, zone: str = "UTC"
) -> Cohort:
    """Follow the customers whose first contact falls in a period.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    period
        First day, and the day after the last.
    months
        How many months after first contact to look at, at least 1.
    zone
        Time zone of the days.

    Raises
    ------
    JourneyError
        If the period is empty or `months` below 1.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22, 209-212.
    https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> import datetime as dt
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-06-01"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> log = encode_log(events.assign(activity=["ask", "treat"]))
    >>> april = (dt.date(2009, 4, 1), dt.date(2009, 5, 1))
    >>> follow_cohort(log, april, months=3).months["observed"].tolist()
    [1, 1, 0]
    """
    if period[0] >= period[1] or months < 1:
        msg = (
            f"A cohort needs a period that ends after it begins and 1 month or more; "
            f"the period is {period[0]} to {period[1]} and months is {months}. Give "
            "the first day and the day after the last."
        )
        raise JourneyError(msg)
    engine, table = log.engine, f"{log.table}_cohort"
    engine.keep(table, cohort_sql(log.table, *(moment_us(day, zone) for day in period)))
    engine.register(f"{table}_months", pd.DataFrame({"month": range(months)}))
    rows = engine.arrow(months_sql(log.table, table, f"{table}_months"))
    frame = rows.to_pandas(integer_object_nulls=True).astype({"cost_pence": "Int64"})
    steps = log.decoded(
        engine.arrow(next_steps_sql(log.table, table, months)),
        {"activity": "activity"},
    )
    steps = steps.assign(observed=steps["customers"].sum())
    size = engine.arrow(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()
    return Cohort(
        period=period,
        customers=size,
        months=_with_shares(frame, "active", "active_share"),
        next_steps=_with_shares(steps, "customers", "share"),
    )


def _with_shares(frame: pd.DataFrame, part: str, named: str) -> pd.DataFrame:
    """Return a frame with a share of those observed, and its interval."""
    seen = frame["observed"].astype(float).where(frame["observed"] > 0)
    low, high = proportion_confint(frame[part].astype(float), seen, method="wilson")
    return frame.assign(**{named: frame[part] / seen, "low": low, "high": high})
