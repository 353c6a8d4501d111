"""Cohorts: by hand, with those who joined late, and a plain recount."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log
from journeys.compare import follow_cohort
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Log
    from place.engine import DuckDBEngine

APRIL = (dt.date(2009, 4, 1), dt.date(2009, 5, 1))
MONTH = 30.4375


def contact(who: str, day: float, agency: str = "A", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"customer_id": who, "agency": agency, "day": day, "cost_pence": 100}
    return told | {"activity_class": None, "activity": "ask"} | more


def test_those_who_came_late_leave_the_base(log_of: Callable[..., Log]) -> None:
    log = log_of(
        contact("x", 0),
        contact("x", 40, "B", activity="treat", cost_pence=None),
        contact("y", 29),
        contact("y", 31, "B"),
        contact("z", 75),
    )
    cohort = follow_cohort(log, APRIL, months=3)
    months = cohort.months.set_index("month")
    assert cohort.customers == 2
    assert months["observed"].tolist() == [2, 1, 0]
    assert months["active"].tolist() == [2, 1, 0]
    assert months["cost_pence"].fillna(-1).tolist() == [300, -1, -1]
    assert months["handoffs"].tolist() == [2, 0, 0]
    assert np.isnan(months["active_share"].iloc[2])
    assert "In month 1 after it, 100% (21% to 100%) of the 1 observed" in str(cohort)
    steps = follow_cohort(log, APRIL, months=2).next_steps
    assert steps[["activity", "customers", "median_days"]].to_numpy().tolist() == [
        ["treat", 1, 40.0]
    ]


def test_a_cohort_that_came_last_says_so(log_of: Callable[..., Log]) -> None:
    said = str(follow_cohort(log_of(contact("x", 0)), APRIL))
    assert said.endswith("None was observed for a whole month.")


def test_a_day_begins_where_the_place_is(log_of: Callable[..., Log]) -> None:
    log = log_of(contact("x", -0.5 / 24))  # half past midnight in London
    assert follow_cohort(log, APRIL).customers == 0
    assert follow_cohort(log, APRIL, zone="Europe/London").customers == 1


@pytest.mark.parametrize(
    ("period", "months"), [(APRIL[::-1], 12), (APRIL[:1] * 2, 12), (APRIL, 0)]
)
def test_an_empty_period_is_refused(
    log_of: Callable[..., Log], period: tuple[dt.date, dt.date], months: int
) -> None:
    with pytest.raises(JourneyError, match="ends after it begins and 1 month or more"):
        follow_cohort(log_of(contact("x", 0)), period, months=months)


@settings(max_examples=10)
@given(data=st.data())
def test_months_equal_a_plain_recount(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    drawn = [
        event | {"day": event["day"] * 20, "end_day": None, "customer_id": f"c{n % 7}"}
        for n, event in enumerate(data.draw(random_events))
    ]
    events = [*drawn, contact("last", 200.5)]
    log = encode_log(events_of(events), engine=engine)
    cohort = follow_cohort(log, (dt.date(2009, 4, 1), dt.date(2009, 7, 1)), months=5)
    end = max(event["day"] for event in events)
    firsts: dict[str, float] = {}
    for event in events:
        who = event["customer_id"]
        firsts[who] = min(firsts.get(who, np.inf), event["day"])
    members = {who: day for who, day in firsts.items() if day < 91}
    assert cohort.customers == len(members)
    for row in cohort.months.itertuples():
        ends = {who: day + (row.month + 1) * MONTH for who, day in members.items()}
        seen = {who for who, day in ends.items() if day <= end}
        met = [
            event
            for event in events
            if event["customer_id"] in seen
            and ends[event["customer_id"]] - MONTH <= event["day"]
            and event["day"] < ends[event["customer_id"]]
        ]
        assert row.observed == len(seen)
        assert row.active == len({event["customer_id"] for event in met})
        cost = [event["cost_pence"] for event in met if event.get("cost_pence")]
        assert (0 if pd.isna(row.cost_pence) else row.cost_pence) == sum(cost)
