"""Unit costs: the best rung wins, what is recorded stays, what is missing stays so."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError
from journeys.cost.unit_costs import RUNGS, cost_events, costs_of
from place.engine import start_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.cost.unit_costs import Costed
    from place.engine import DuckDBEngine

KEYS = ("agency", "activity", "activity_class")
DAY = pd.Timestamp("2009-04-01", tz="UTC")
EVENTS = [
    {"agency": a, "activity": b, "activity_class": c, "cost_pence": cost}
    for a, b, c, cost in product("AB", "xy", ("assess", None), (None, 7))
]


def costed(
    lines: Sequence[dict[str, Any]], engine: DuckDBEngine | None = None
) -> Costed:
    events = pd.DataFrame(EVENTS).astype({"cost_pence": "Int64"})
    events = events.assign(customer_id="c", time=DAY)
    return cost_events(events, pd.DataFrame(lines), engine=engine)


def line(basis: str, pence: int, **keys: str) -> dict[str, Any]:
    return dict.fromkeys(KEYS) | {"basis": basis, "central_pence": pence} | keys


def oracle(event: dict[str, Any], lines: Sequence[dict[str, Any]]) -> int | None:
    """Return the cost of an event by a plain search."""
    if event["cost_pence"] is not None:
        return int(event["cost_pence"])
    fits = [one for one in lines if all(one[k] in (None, event[k]) for k in KEYS)]
    best = sorted(
        fits,
        key=lambda one: (
            RUNGS.index(one["basis"]),
            one["activity"] is None,
            one["activity_class"] is None,
            one["agency"] is None,
        ),
    )
    return int(best[0]["central_pence"]) if best else None


some_lines = st.lists(
    st.builds(
        lambda basis, a, b, c, pence: (
            line(basis, pence) | {"agency": a, "activity": b, "activity_class": c}
        ),
        st.sampled_from(RUNGS[1:4]),
        st.sampled_from([None, "A", "B"]),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from([None, "assess", "refer"]),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: (one["basis"], *(one[key] for key in KEYS)),
)


@settings(max_examples=30)
@given(lines=some_lines)
def test_costs_are_those_of_a_plain_search(
    engine: DuckDBEngine, lines: list[dict[str, Any]]
) -> None:
    given_costs = costed(lines, engine)
    rows = engine.arrow("SELECT cost_pence FROM costed ORDER BY event_id")
    wanted = [oracle(event, lines) for event in EVENTS]
    assert rows["cost_pence"].to_pylist() == wanted
    rungs = given_costs.rungs.set_index("basis")
    assert rungs["events"].sum() == len(EVENTS)
    assert rungs.loc["recorded", "events"] == 8
    known = [each for each in wanted if each is not None]
    assert rungs["cost_pence"].sum() == sum(known)


def test_the_best_rung_wins_then_the_line_that_says_more() -> None:
    lines = [
        line("default", 1, activity_class="assess"),
        line("published", 2, activity="x"),
        line("tariff", 3, agency="A"),
        line("tariff", 4, agency="A", activity="x"),
    ]
    made = costed(lines)
    sql = """SELECT agency, activity, cost_pence FROM costed JOIN costed_filled
USING (event_id) WHERE activity_class = 'assess' ORDER BY agency, activity"""
    rows = made.engine.arrow(sql)
    assert rows["cost_pence"].to_pylist() == [4, 3, 2, 1]
    assert str(made) == (
        "Cost of 16 events: recorded for 8, tariff for 4, published for 2, default for "
        "1, missing for 1."
    )


def test_the_order_of_the_lines_does_not_matter() -> None:
    lines = [line("tariff", 3, agency="A"), line("default", 9), line("published", 5)]
    one, other = costed(lines), costed(lines[::-1])
    pd.testing.assert_frame_equal(one.rungs, other.rungs)
    pd.testing.assert_frame_equal(one.lines, other.lines)


def test_without_unit_costs_events_stay_as_they_are() -> None:
    events = pd.DataFrame({"customer_id": ["c"], "time": DAY, "agency": "A"})
    made = cost_events(events.assign(activity="x"))
    assert made.engine.arrow("SELECT cost_pence FROM costed").to_pylist() == [
        {"cost_pence": None}
    ]
    assert str(made) == "Cost of 1 events: missing for 1."


def test_an_end_that_is_not_given_is_the_central_figure() -> None:
    lines = costed([line("default", 9) | {"low_pence": 4}]).lines
    assert lines[["low_pence", "central_pence", "high_pence"]].iloc[0].tolist() == [
        4,
        9,
        9,
    ]


def test_what_was_costed_is_found_again_in_an_engine() -> None:
    made = costed([line("default", 9)])
    again = costs_of(made.engine)
    assert again is not None
    pd.testing.assert_frame_equal(again.rungs, made.rungs)
    assert costs_of(start_engine()) is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"basis": "tariff"}], "lack"),
        ([line("guess", 3)], r"\['guess'\]"),
        ([line("default", -3)], "whole number of pence"),
        ([line("default", 3) | {"high_pence": 2.5}], "whole number of pence"),
        ([line("default", 3) | {"high_pence": 2}], "Put the three in order"),
        ([line("default", 3) | {"low_pence": 4}], "Put the three in order"),
        ([line("default", 3), line("default", 4)], "1 of 2 unit costs stand"),
        ([line("default", 3) | {"central_pence": None}], "missing"),
    ],
)
def test_wrong_unit_costs_are_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(JourneyError, match=said):
        costed(rows)
