"""Prevention over years: golden figures, and an oracle that adds up year by year."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.savings.brighter_futures import brighter_futures, streams_for, ten_times
from insight.savings.prevention import prevention
from insight.savings.sensitivity import by_lag, tornado
from insight.savings.streams import Assumptions, Stream, streams_of
from journeys.cost.money import Range


def stream(name: str, **changed: Any) -> Stream:  # noqa: ANN401
    given_ = {
        "agency": "Council",
        "benefit": False,
        "pence": Range(80, 100, 120),
        "year": 2011,
        "until": 2011,
        "price_base": "2010-11",
    }
    return Stream(name=name, **(given_ | changed))


def gain(**changed: Any) -> Stream:  # noqa: ANN401
    given_ = {"agency": "Trust", "benefit": True, "pence": Range(20, 50, 90)}
    return stream("Gain", **(given_ | {"year": 2012, "until": 2016} | changed))


@pytest.mark.parametrize(
    ("side", "ratio", "net", "share", "later"),
    [("council", 2.405, 59, 41.6, 2.19), ("city", 9.524, 358, 10.5, 8.69)],
)
def test_brighter_futures_gives_the_known_figures(
    side: Any,  # noqa: ANN401
    ratio: float,
    net: int,
    share: float,
    later: float,
) -> None:
    found = brighter_futures(side)
    assert round(found.ratio.central, 3) == ratio
    assert round(found.npv.central / 1e8) == net
    assert round(100 * found.break_even_share, 1) == share
    even = brighter_futures(side, Assumptions())
    assert even.ratio.central == pytest.approx(found.ratio.central)
    squeezed = brighter_futures(side, Assumptions(lag_years=5, lag="squeezed"))
    assert round(squeezed.ratio.central, 2) == later
    assert found.ratio.alone is None
    assert "No interval: 2 of 2 streams state no margin" in str(found)


def test_what_a_lag_means_is_no_small_matter() -> None:
    found = by_lag(streams_for("council"), years=[5]).set_index("lag")["ratio"]
    assert found.round(2).to_dict() == {
        "moved on": 2.02,
        "squeezed": 2.19,
        "cut short": 1.46,
    }


def test_ten_times_is_never_made_from_the_means() -> None:
    facts = ten_times().set_index("what")
    assert facts.loc["published ratio, bootstrap", ["low", "high"]].tolist() == [
        3.6,
        20.9,
    ]
    assert round(facts.loc["ratio of the printed means", "value"], 2) == 9.43


def test_an_unknown_side_is_refused() -> None:
    with pytest.raises(InsightError, match="'region'"):
        brighter_futures("region")  # type: ignore[arg-type]


def test_who_pays_and_who_gains_are_told_apart() -> None:
    found = prevention([stream("Visits"), gain()], Assumptions(rate=0.0))
    agencies = found.agencies.set_index("agency")
    assert agencies.loc["Council", "net_pence"] == -100
    assert agencies.loc["Trust", "covers"] == 2.5
    assert found.break_even_year == 2013
    assert "Council pays 100% and gains 0%" in str(found)


def test_a_year_that_breaks_even_for_a_while_does_not_count() -> None:
    late = stream("Late", year=2015, until=2015)
    early = gain(year=2011, until=2011, pence=Range(150, 150, 150))
    more = gain(year=2016, until=2016, pence=Range(60, 60, 60))
    found = prevention([stream("Now"), late, early, more], Assumptions(rate=0.0))
    assert found.break_even_year == 2016
    never = prevention([stream("Now"), gain(until=2012)], Assumptions(rate=0.0))
    assert never.break_even_year is None
    assert "does not break even" in str(never)


def test_optimism_takes_costs_up_and_benefits_down() -> None:
    assumed = Assumptions(rate=0.0, cost_optimism=0.2, benefit_optimism=0.5)
    found = prevention([stream("Visits"), gain()], assumed)
    assert (found.cost_pence, found.benefit_pence) == (120, 125)
    own = prevention([stream("Visits", optimism=0.0), gain(optimism=0.0)], assumed)
    assert (own.cost_pence, own.benefit_pence) == (100, 250)


def test_a_loss_is_said_with_its_sign_first() -> None:
    found = prevention([stream("Visits"), gain(agency="Council", until=2012)])
    assert "net -£1" in str(found)
    assert "Council pays 100% and gains 100%, each the most." in str(found)


def test_together_is_the_wider_interval() -> None:
    found = prevention([stream("Visits"), gain()])
    assert found.npv.alone is not None
    assert found.npv.together is not None
    low, high = found.npv.together
    assert low < found.npv.alone[0] < found.npv.central < found.npv.alone[1] < high
    assert 0 < (found.share_worth_it or 0) <= 1


def test_the_tornado_puts_the_widest_first_and_says_its_ends() -> None:
    found = tornado([stream("Visits"), gain()])
    assert found["input"].iloc[0] == "Gain, Trust benefit"
    assert found["swing_pence"].is_monotonic_decreasing
    rate = found.set_index("input").loc["Discount rate"]
    assert (rate["at_low"], rate["at_high"]) == ("1.5%", "5.5%")
    with pytest.raises(InsightError, match="\\['mood'\\]"):
        tornado([stream("Visits"), gain()], swings={"mood": (0, 1)})


ROW = {
    "stream": "Visits",
    "kind": "cost",
    "agency": "Council",
    "low_pence": 1,
    "central_pence": 2,
    "high_pence": 3,
    "year": 2011,
    "until": 2013,
    "price_base": "2010-11",
    "optimism": 0.1,
}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"low_pence": None}, "states no margin"),
        ({"central_pence": 4}, "from low to high"),
        ({"until": 2010}, "ends before it starts"),
        ({"kind": "gain"}, "neither cost nor benefit"),
        ({"kind": "benefit", "optimism": 1.5}, "more than the benefit"),
        ({"amount_is": "monthly"}, "amount_is"),
        ({"agency": None}, "leaves \\['agency'\\] blank"),
    ],
)
def test_a_stream_that_cannot_be_read_is_refused(
    changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(InsightError, match=f"row 1: .*{why}"):
        streams_of(pd.DataFrame([ROW | changed]))


def test_prices_of_two_years_are_not_added_up() -> None:
    other = ROW | {"stream": "Other", "price_base": "2009-10"}
    with pytest.raises(InsightError, match="not added up"):
        streams_of(pd.DataFrame([ROW, other]))
    assert not streams_of(pd.DataFrame([ROW | {"low_pence": None}]), margins=False)[
        0
    ].margin


@pytest.mark.parametrize(
    "changed",
    [
        {"rate": 1.0},
        {"rate": -0.1},
        {"cost_optimism": -1.0},
        {"benefit_optimism": 2.0},
        {"lag_years": -1},
        {"lag": "soon"},
    ],
)
def test_assumptions_that_cannot_hold_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InsightError, match=next(iter(changed))):
        Assumptions(**changed)


def test_what_cannot_be_weighed_is_refused() -> None:
    with pytest.raises(InsightError, match="both must be above nought"):
        prevention([gain()])
    with pytest.raises(InsightError, match="no stream"):
        prevention([])
    with pytest.raises(InsightError, match="leaves no year"):
        prevention(
            [stream("Visits"), gain()], Assumptions(lag_years=5, lag="cut short")
        )
    with pytest.raises(InsightError, match="at least 100"):
        prevention([stream("Visits"), gain()], draws=5)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(["A", "B"]),
            st.integers(1, 10**6),
            st.integers(0, 5),
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=6,
    ),
    st.floats(0, 0.2),
    st.integers(0, 4),
)
def test_present_values_are_what_adding_up_by_hand_gives(
    rows: list[tuple[bool, str, int, int, int]], rate: float, lag: int
) -> None:
    streams = [stream("C"), gain()] + [
        stream(
            f"s{at}",
            benefit=benefit,
            agency=agency,
            pence=Range(pence, pence, pence),
            year=2011 + start,
            until=2011 + start + length,
        )
        for at, (benefit, agency, pence, start, length) in enumerate(rows)
    ]
    found = prevention(streams, Assumptions(rate=rate, lag_years=lag), draws=100)
    by_hand = {True: 0.0, False: 0.0}
    for each in streams:
        for year in range(each.year, each.until + 1):
            later = lag if each.benefit else 0
            factor = (1 + rate) ** -(year + later - 2011)
            by_hand[each.benefit] += each.pence.central * factor
    assert math.isclose(found.cost_pence, by_hand[False], rel_tol=1e-9)
    assert math.isclose(found.benefit_pence, by_hand[True], rel_tol=1e-9)
    net = found.agencies["net_pence"].sum()
    assert math.isclose(net, found.npv.central, rel_tol=1e-6, abs_tol=1e-4)
    last = found.years["running_pence"].iloc[-1]
    assert math.isclose(last, found.npv.central, rel_tol=1e-6, abs_tol=1e-4)
    again = prevention(streams[::-1], Assumptions(rate=rate, lag_years=lag), draws=100)
    assert again.npv == found.npv
    assert np.isclose(found.ratio.central, by_hand[True] / by_hand[False])
