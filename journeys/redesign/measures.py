"""How journeys are before and after: contacts, hand-offs, waits, days, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.segments import by_segment_sql

if TYPE_CHECKING:
    from journeys.duplication.results import Duplication
    from journeys.duplication.rule import Shares
    from journeys.log import Log

__all__ = [
    "by_agency_sql",
    "by_rule",
    "journey_measures",
    "journeys_by_agency",
    "journeys_by_segment",
    "journeys_sql",
    "waits_between_sql",
]

DAYS: Final = "86400e6"  # microseconds
PLACES: Final = {"between": "between agencies", "inside": "inside an agency"}


def journeys_sql(log: str, segments: str | None = None) -> str:
    """Return the query for the length of journeys, in all or by segment.

    Examples
    --------
    >>> "GROUP BY segment" in journeys_sql("log", "log_segment")
    True
    """
    by = by_segment_sql("e", segments)
    group = f"GROUP BY {by.group.rstrip(', ')}" if segments else ""
    order = f"ORDER BY {by.order.rstrip(', ')}" if segments else ""
    total = "CAST(sum(CAST(span_us AS DECIMAL(20, 0))) AS DOUBLE)"
    return f"""WITH each_one AS (
  SELECT customer, count(*) AS contacts,
    count(CASE WHEN agency <> next_agency THEN 1 END) AS handoffs,
    max(time_us) - min(time_us) AS span_us,
    CAST(sum(cost_pence) AS BIGINT) AS pence
  FROM {log} GROUP BY customer)
SELECT {by.column}count(*) AS customers,
  CAST(sum(contacts) AS BIGINT) AS contacts,
  CAST(sum(handoffs) AS BIGINT) AS handoffs,
  {total} / count(*) / {DAYS} AS mean_days,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY span_us) / {DAYS} AS median_days,
  CAST(sum(pence) AS BIGINT) AS pence
FROM each_one AS e {by.join} {group} {order}"""


def by_agency_sql(log: str) -> str:
    """Return the query for the contacts, customers and cost of each agency."""
    return f"""SELECT agency, count(*) AS contacts,
  count(DISTINCT customer) AS customers, CAST(sum(cost_pence) AS BIGINT) AS pence
FROM {log} GROUP BY agency ORDER BY agency"""


def journey_measures(before: Log, after: Log, reach: Shares) -> pd.DataFrame:
    """Return measures of all journeys, before and after.

    Returns
    -------
    measures
        One row a measure: `measure`, `unit`, `before`, `after` (where everyone whom
        it concerns is reached), `expected` (at the likeliest reach; missing for
        medians, which do not mix) and `base`: the customers, or the waits, that the
        figure before rests on.
    """
    rows = [
        log.engine.arrow(journeys_sql(log.table)).to_pylist()[0]
        for log in (before, after)
    ]
    n = rows[0]["customers"]
    told = [
        (said, unit, *(_value(row[name]) for row in rows), n, linear)
        for said, unit, name, linear in (
            ("contacts", "contacts", "contacts", True),
            ("hand-offs", "hand-offs", "handoffs", True),
            ("mean time from first to last contact", "days", "mean_days", True),
            ("median time from first to last contact", "days", "median_days", False),
        )
    ]
    told += _waits(before, after)
    frame = pd.DataFrame(
        told, columns=["measure", "unit", "before", "after", "base", "linear"]
    )
    linear = frame.pop("linear").astype(bool)
    moved = frame["before"] + reach.central * (frame["after"] - frame["before"])
    frame.insert(4, "expected", moved.where(linear))
    return frame


def waits_between_sql(log: str) -> str:
    """Return the query for the median wait between and inside agencies, in days."""
    wait = "next_time_us - time_us"
    return f"""SELECT
  CASE WHEN agency = next_agency THEN 'inside' ELSE 'between' END AS place,
  count(*) AS waits,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY {wait}) / {DAYS} AS days
FROM {log} WHERE next_time_us IS NOT NULL GROUP BY place ORDER BY place"""


def _waits(before: Log, after: Log) -> list[tuple[str, str, float, float, int, bool]]:
    """Return the median wait between and inside agencies, before and after."""
    was, now = (
        {
            row["place"]: row
            for row in log.engine.arrow(waits_between_sql(log.table)).to_pylist()
        }
        for log in (before, after)
    )
    none = {"days": None, "waits": 0}
    return [
        (
            f"median wait {said}",
            "days",
            _value(was.get(place, none)["days"]),
            _value(now.get(place, none)["days"]),
            was.get(place, none)["waits"],
            False,
        )
        for place, said in PLACES.items()
    ]


def _value(given: float | None) -> float:
    return np.nan if given is None else float(given)


def journeys_by_segment(before: Log, after: Log, segments: str | None) -> pd.DataFrame:
    """Return the length and cost of journeys by segment, before and after.

    Without segments there is one row, whose segment is missing.
    """
    frames = [_by_segment(log, segments) for log in (before, after)]
    joined = frames[0].merge(
        frames[1].drop(columns=["customers", "median_days", "pence"]),
        on="segment",
        how="left",
        suffixes=("_before", "_after"),
    )
    return joined.rename(columns={"pence": "before_pence"}).drop(columns="median_days")


def _by_segment(log: Log, segments: str | None) -> pd.DataFrame:
    rows = log.engine.arrow(journeys_sql(log.table, segments))
    frame: pd.DataFrame = rows.to_pandas(integer_object_nulls=True)
    frame["pence"] = frame["pence"].astype("Int64")
    if not segments:
        frame.insert(0, "segment", None)
    frame["segment"] = frame["segment"].astype("str")
    return frame


def journeys_by_agency(before: Log, after: Log, into: dict[int, int]) -> pd.DataFrame:
    """Return contacts and cost by agency, under the names of the new log.

    Customers are those with a contact before; of merged agencies, those of all.
    """
    cases = " ".join(f"WHEN {old} THEN {new}" for old, new in into.items())
    agency = f"CASE agency {cases} ELSE agency END" if cases else "agency"
    named = (
        f"(SELECT customer, {agency} AS agency, cost_pence FROM {before.table}) AS n"
    )
    was = before.engine.arrow(by_agency_sql(named)).to_pandas(integer_object_nulls=True)
    now = after.engine.arrow(by_agency_sql(after.table)).to_pandas()
    frame: pd.DataFrame = was.merge(
        now[["agency", "contacts"]],
        on="agency",
        how="outer",
        suffixes=("_before", "_after"),
    ).sort_values("agency", kind="stable", ignore_index=True)
    whole = ["contacts_before", "contacts_after", "customers"]
    frame[whole] = frame[whole].astype(float).fillna(0).astype("int64")
    pence = frame.pop("pence").astype("Int64")
    return frame.assign(
        before_pence=pence.fillna(0).where(frame["customers"] == 0, pence)
    )


def by_rule(before: Duplication, after: Duplication) -> pd.DataFrame:
    """Return the findings of each rule and what they cost, before and after."""
    return pd.DataFrame(
        {
            "rule": [each.rule for each in before.by_rule],
            "title": [each.title for each in before.by_rule],
            "before": [each.findings for each in before.by_rule],
            "after": [each.findings for each in after.by_rule],
            "customers_before": [each.customers for each in before.by_rule],
            "customers_after": [each.customers for each in after.by_rule],
            "before_pence": pd.array([e.cost_pence for e in before.by_rule], "Int64"),
            "after_pence": pd.array([e.cost_pence for e in after.by_rule], "Int64"),
        }
    )
