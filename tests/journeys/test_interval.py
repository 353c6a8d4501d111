"""Cost with intervals: exact sums, seeded draws, and what moves them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, find_duplication, read_rules
from journeys.cost.audit import draw_audit
from journeys.cost.audited import read_audit
from journeys.cost.customers_time import customers_time
from journeys.cost.interval import cost_duplication
from journeys.cost.money import Range, drawn, pounds, whole_shares
from journeys.cost.options import CostOptions
from journeys.cost.unit_costs import cost_events
from journeys.cost.weights import poisson_weights, resampled_sums
from journeys.cost.window import cost_by_window, scaled, windows_of
from journeys.duplication.rule import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journeys import Duplication
    from place.engine import DuckDBEngine

FEW = CostOptions(replicates=80)
RULES = read_rules()
# Enough for events that two rules find, and quicker than all.
SOME = RULES.model_copy(
    update=dict.fromkeys(("parallel_holding", "asked_again", "handoff_delay"))
)


def contact(who: int, agency: str, day: int, pence: int | None = 100) -> dict[str, Any]:
    return {
        "customer_id": f"c{who:02d}",
        "agency": agency,
        "activity": "talk",
        "activity_class": "assess",
        "need": "housing",
        "day": day,
        "cost_pence": pence,
    }


@pytest.fixture(scope="module")
def twice(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> Duplication:
    """Thirty customers assessed twice, at 100 + their number pence, and ten once."""
    contacts = [
        contact(who, agency, day, 100 + who)
        for who in range(30)
        for day, agency in ((0, "A"), (9, "BC"[who % 2]))
    ]
    contacts += [contact(who, "A", 0) for who in range(30, 40)]
    return find_duplication(
        encode_log(events_of(contacts), engine=engine, table="twice"), RULES
    )


def test_the_three_numbers_of_a_log_by_hand(twice: Duplication) -> None:
    cost = cost_duplication(twice, options=FEW)
    assert cost.gross is not None
    assert cost.preventable is not None
    assert cost.cashable is not None
    assert cost.gross.pence == sum(range(100, 130)) == twice.cost_pence
    d1 = RULES.repeat_assessment
    assert d1 is not None
    assert d1.preventable is not None
    assert d1.cashable is not None
    share = d1.preventable.central
    assert cost.preventable.pence == round(3435 * share)
    assert cost.cashable.pence == round(3435 * share * d1.cashable.central)
    for amount in (cost.gross, cost.preventable, cost.cashable):
        assert amount.low < amount.pence < amount.high
    assert cost.label == "unaudited: sampling and price uncertainty only"
    assert "90% interval" in str(cost)
    assert "30 events of 30 customers" in str(cost)


def test_money_stands_against_the_agency_that_spent_it(twice: Duplication) -> None:
    by = cost_duplication(twice, options=FEW).by["agency"].set_index("agency")
    assert list(by.index) == ["B", "C"]
    assert by["gross_pence"].tolist() == [
        sum(range(100, 130, 2)),
        sum(range(101, 130, 2)),
    ]


def test_the_same_seed_gives_the_same_interval_and_another_another(
    twice: Duplication,
) -> None:
    one, same = (cost_duplication(twice, options=FEW) for _ in range(2))
    other = cost_duplication(twice, options=FEW.model_copy(update={"seed": 3}))
    assert str(one) == str(same) != str(other)
    assert one.gross is not None
    assert other.gross is not None
    assert one.gross.pence == other.gross.pence


def test_for_these_customers_alone_recorded_costs_are_certain(
    twice: Duplication,
) -> None:
    options = FEW.model_copy(update={"resample_customers": False})
    cost = cost_duplication(twice, options=options)
    assert cost.gross is not None
    assert cost.gross.low == cost.gross.pence == cost.gross.high
    assert cost.label == "unaudited: price uncertainty only"
    assert "which customers there were" not in set(cost.tornado["input"])


def test_missed_links_raise_the_cost_and_false_ones_lower_it(
    twice: Duplication,
) -> None:
    some = Shares(low=0.0, central=0.5, high=0.5)
    plain = twice.cost_pence or 0
    for links, times in (("missed_links", 2), ("false_links", 0.5)):
        cost = cost_duplication(twice, options=FEW.model_copy(update={links: some}))
        assert cost.gross is not None
        assert cost.gross.pence == round(plain * times)
        rows = cost.tornado[cost.tornado["measure"] == "gross"].set_index("input")
        ends = rows.loc["errors of linkage"]
        assert [ends["low_pence"], ends["high_pence"]] == sorted(
            [plain, round(plain * times)]
        )


def test_a_rule_without_shares_has_gross_money_only(twice: Duplication) -> None:
    d1 = RULES.repeat_assessment
    assert d1 is not None
    bare = RULES.model_copy(
        update={
            "repeat_assessment": d1.model_copy(
                update={"preventable": None, "cashable": None}
            )
        }
    )
    cost = cost_duplication(find_duplication(twice.log, bare), options=FEW)
    find_duplication(twice.log, RULES)  # the findings of the fixture stand again
    assert cost.gross is not None
    assert cost.preventable is cost.cashable is None
    assert cost.without == {"preventable": ("D1",), "cashable": ("D1",)}
    assert set(cost.tornado["measure"]) == {"gross"}


def test_a_unit_cost_is_drawn_once_for_all_its_events(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> None:
    contacts = [
        contact(who, agency, day, None)
        for who in range(20)
        for day, agency in ((0, "A"), (9, "B"))
    ]
    line = {"basis": "published", "activity_class": "assess", "central_pence": 1000}
    lines = pd.DataFrame([line | {"low_pence": 500, "high_pence": 2000}])
    costs = cost_events(events_of(contacts), lines, engine=engine, table="priced")
    log = encode_log(costs.table, engine=engine, table="priced_log")
    options = CostOptions(replicates=400, resample_customers=False)
    cost = cost_duplication(find_duplication(log, RULES), costs=costs, options=options)
    assert cost.gross is not None
    assert cost.gross.pence == 20_000
    # Were each drawn by itself, twenty draws would average out.
    assert cost.gross.high - cost.gross.low > 10_000
    assert cost.rungs.to_dict("records") == [
        {"basis": "published", "cost_pence": 20_000}
    ]
    top = cost.tornado.iloc[0]
    assert top["input"] == "published cost of assess"
    assert (top["low_pence"], top["high_pence"]) == (10_000, 40_000)


def test_what_has_no_cost_is_said_and_not_guessed(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> None:
    contacts = [contact(1, "A", 0, None), contact(1, "B", 9, None)]
    found = find_duplication(encode_log(events_of(contacts), engine=engine), RULES)
    cost = cost_duplication(found, options=FEW)
    assert cost.gross is cost.preventable is cost.cashable is None
    assert str(cost) == (
        "None of 1 events of 1 customers that duplicate another has a cost."
    )
    nothing = find_duplication(
        encode_log(events_of(contacts[:1]), engine=engine), RULES
    )
    assert cost_duplication(nothing, options=FEW).gross is None


@settings(max_examples=8)
@given(data=st.data())
def test_breakdowns_add_up_to_the_three_numbers_whatever_the_log(
    data: st.DataObject,
    engine: DuckDBEngine,
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame],
) -> None:
    events = data.draw(random_events)
    frame = events_of(events)
    found = find_duplication(encode_log(frame, engine=engine, table="mixed"), SOME)
    ids = frame["customer_id"].drop_duplicates()
    segments = pd.DataFrame({"customer_id": ids, "segment": "s"})
    cost = cost_duplication(found, segments=segments, options=FEW)
    gross = cost.gross.pence if cost.gross else None
    assert gross == found.cost_pence
    for table in cost.by.values():
        for measure in ("gross", "preventable", "cashable"):
            amount = getattr(cost, measure)
            column = table[f"{measure}_pence"]
            assert column.isna().all() if amount is None else True
            assert amount is None or column.sum() == amount.pence
    shuffled = frame.sample(frac=1, random_state=1)
    again = find_duplication(encode_log(shuffled, engine=engine, table="mixed"), SOME)
    assert str(cost_duplication(again, segments=segments, options=FEW)) == str(cost)


def test_an_audit_corrects_the_money_of_its_rule(twice: Duplication) -> None:
    sample = draw_audit(twice, size=60, seed=1)
    wrong = (sample["found"] == "found") & sample["event_id"].isin(
        twice.findings()["event_id"].head(6)
    )
    sample["verdict"] = np.where(
        (sample["found"] == "found") & ~wrong, "duplicate", "not a duplicate"
    )
    cost = cost_duplication(twice, audit=read_audit(sample, twice), options=FEW)
    found = twice.findings()
    right = found["cost_pence"].iloc[6:].sum()
    assert cost.gross is not None
    assert cost.gross.pence == right  # all were looked up, so the share is exact
    assert cost.gross.low < right < cost.gross.high
    assert cost.label == "audited: 30 findings checked"
    assert (cost.unaudited, cost.unsearched) == ((), ())


def test_the_curve_rises_with_the_window_and_leaves_the_findings(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> None:
    contacts = [
        contact(who, agency, day)
        for who in range(12)
        for day, agency in ((0, "A"), (30 * who, "B"))
    ]
    found = find_duplication(
        encode_log(events_of(contacts), engine=engine, table="curve"), RULES
    )
    before = found.findings()
    curve = cost_by_window(found, options=FEW)
    assert curve["scale"].tolist() == [0.25, 0.5, 1.0, 1.5, 2.0]
    assert curve["window_days"].tolist() == [45, 90, 180, 270, 360]
    assert curve["events"].tolist() == [2, 4, 7, 10, 12]
    assert curve["gross_pence"].tolist() == [200, 400, 700, 1000, 1200]
    assert (curve["low_pence"] <= curve["gross_pence"]).all()
    pd.testing.assert_frame_equal(found.findings(), before)
    with pytest.raises(JourneyError, match=r"\[0, -1\]"):
        cost_by_window(found, scales=(0, -1, 1))


def test_only_windows_are_scaled_and_at_most_to_a_century() -> None:
    d1 = RULES.repeat_assessment
    assert d1 is not None
    assert windows_of(d1) == ("window_days",)
    assert scaled(d1, 10_000).model_dump()["window_days"] == 36_525
    assert scaled(d1, 2).model_dump() == d1.model_dump() | {"window_days": 360}


def test_customers_hours_count_each_event_once(twice: Duplication) -> None:
    hours = customers_time(twice, {"assess": Range(10, 20, 60)})
    assert hours.to_dict("records") == [
        {
            "activity_class": "assess",
            "events": 30,
            "customers": 30,
            "hours": 10.0,
            "hours_low": 5.0,
            "hours_high": 30.0,
        }
    ]
    assert customers_time(twice, {})["hours"].isna().all()
    with pytest.raises(JourneyError, match=r"\['assess', 'chat'\]"):
        customers_time(twice, {"assess": Range(2, 1, 3), "chat": Range(1, 1, 1)})


def test_weights_are_poisson_of_mean_one_and_not_tied() -> None:
    weights = poisson_weights(np.arange(20_000), 40, seed=4).astype(float)
    assert weights.mean() == pytest.approx(1, abs=0.01)
    assert weights.var() == pytest.approx(1, abs=0.02)
    assert (weights == 0).mean() == pytest.approx(np.exp(-1), abs=0.005)
    off = np.corrcoef(weights.T) - np.eye(40)
    assert np.abs(off).max() < 0.04
    assert not np.array_equal(weights, poisson_weights(np.arange(20_000), 40, seed=5))


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 9_999)),
        min_size=1,
    ),
    st.integers(0, 99),
)
def test_resampled_sums_are_those_of_a_plain_loop(
    rows: list[tuple[int, int, int]], seed: int
) -> None:
    rows.sort()
    customers, cells, values = np.array(rows).T
    sums = resampled_sums(customers, cells, values, replicates=6, seed=seed)
    weights = poisson_weights(np.arange(10), 6, seed=seed)
    wanted = np.zeros_like(sums)
    for who, cell, value in rows:
        wanted[cell] += value * np.array([1, *weights[who].tolist()])
    np.testing.assert_array_equal(sums, wanted)
    plain = resampled_sums(customers, cells, values, replicates=0, seed=seed)
    np.testing.assert_array_equal(plain, wanted[:, :1])


@given(
    st.lists(st.floats(0, 1e7, allow_nan=False), min_size=1, max_size=30),
)
def test_whole_shares_add_up_and_stay_within_a_penny(parts: list[float]) -> None:
    array = np.array(parts)
    total = round(array.sum())
    shares = whole_shares(array, total)
    assert shares.sum() == total
    assert (np.abs(shares - array) <= 1 + 1e-6).all()
    assert (shares >= 0).all()


@given(st.tuples(*[st.floats(0, 100)] * 3).map(sorted))
def test_draws_stay_within_their_range(ends: list[float]) -> None:
    between = Range(*ends)
    draws = drawn(between, np.random.default_rng(1), 200)
    assert draws.min() >= between.low - 1e-9
    assert draws.max() <= between.high + 1e-9


def test_a_pert_has_its_mean() -> None:
    draws = drawn(Range(0, 2, 10), np.random.default_rng(1), 200_000)
    assert draws.mean() == pytest.approx((0 + 8 + 10) / 6, abs=0.02)
    assert pounds(123_450) == "£1,234"


def test_intervals_do_not_hang_on_the_order_of_a_random_log(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> None:
    random = Random(5)  # noqa: S311 - test data
    contacts = [
        contact(random.randrange(25), random.choice("ABC"), day, random.randrange(900))
        for day in range(150)
    ]
    frame = events_of(contacts)
    results = {
        str(cost_duplication(find_duplication(encode_log(rows, engine=engine), RULES)))
        for rows in (frame, frame.iloc[::-1], frame.sample(frac=1, random_state=2))
    }
    assert len(results) == 1
