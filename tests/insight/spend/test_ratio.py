"""The dearest segment against the cheapest, and how far that would move."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend import SpendBySegment, SpendRatio, spend_per_segment, spend_ratio

SIZES = pd.Series({"calm": 1000.0, "busy": 1000.0})


def customers_of(calm: int, busy: int, *, units: float = 1.0) -> pd.DataFrame:
    segments = ["calm"] * calm + ["busy"] * busy
    return pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(calm + busy)],
            "service": "GP",
            "segment": segments,
            "units": units,
            "cost_pence": pd.array([None] * (calm + busy), dtype="Int64"),
        }
    )


def shared(customers: pd.DataFrame, fixed: int = 0) -> SpendBySegment:
    use = customers.groupby(["service", "segment"], as_index=False).agg(
        units=("units", "sum"), customers=("customer_id", "nunique")
    )
    spend = pd.DataFrame({"cofog": ["07.2", "09"], "amount_pence": [9_000_000, fixed]})
    return spend_per_segment(spend, use, SIZES, services={"GP": "07.2"})


def ratio_of(
    calm: int, busy: int, *, fixed: int = 0, random_state: int = 0
) -> SpendRatio:
    customers = customers_of(calm, busy)
    found = shared(customers, fixed)
    return spend_ratio(found, customers, replicates=1000, random_state=random_state)


def test_the_ratio_is_of_spend_a_head() -> None:
    found = ratio_of(100, 300)
    assert (found.dearest, found.cheapest, found.ratio) == ("busy", "calm", 3.0)
    assert found.n_customers == 400


def test_the_interval_is_that_of_two_poisson_counts() -> None:
    # By the delta method the log of a ratio of two Poisson counts has variance
    # 1/100 + 1/300, so the interval is 3 exp(+-1.96 x 0.1155) = 2.39 to 3.76.
    low, high = ratio_of(100, 300).interval or (0.0, 0.0)
    assert low == pytest.approx(2.39, abs=0.12)
    assert high == pytest.approx(3.76, abs=0.25)


def test_spend_by_head_count_draws_the_ratio_and_its_interval_to_one() -> None:
    alone, beside = ratio_of(100, 300), ratio_of(100, 300, fixed=9_000_000)
    assert beside.ratio == pytest.approx((6.75 + 4.5) / (2.25 + 4.5))
    assert alone.interval is not None
    assert beside.interval is not None
    widths = [high - low for low, high in (alone.interval, beside.interval)]
    assert widths[1] < widths[0]


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    first, again, other = (ratio_of(40, 90, random_state=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.interval != other.interval


def test_without_customers_there_is_no_interval_and_it_says_so() -> None:
    found = spend_ratio(shared(customers_of(10, 30)))
    assert found.interval is None
    assert "no interval: use by customer was not given" in str(found)


def test_without_lines_shared_by_use_there_is_no_interval() -> None:
    spend = pd.DataFrame({"cofog": ["09"], "amount_pence": [1000]})
    nobody = pd.DataFrame(columns=["service", "segment"])
    found = spend_per_segment(spend, nobody, SIZES, services={})
    ratio = spend_ratio(found, customers_of(1, 1))
    assert ratio.ratio == 1.0
    assert "no line of spend was shared by recorded use" in str(ratio)


def test_use_that_names_no_customer_leaves_no_interval() -> None:
    customers = customers_of(10, 30)
    found = shared(customers)
    assert "names no customer" in spend_ratio(found, customers.iloc[:20]).why_none


def test_too_few_customers_leave_no_interval() -> None:
    assert "with so few customers" in ratio_of(1, 3).why_none


def test_the_sentence_carries_interval_and_base() -> None:
    said = str(SpendRatio(
        dearest="busy", cheapest="calm", ratio=3.0, interval=(2.4, 3.8),
        n_customers=1400, replicates=200,
    ))  # fmt: skip
    assert said == (
        "A head, segment busy costs 3.00 times what segment calm costs (spend "
        "unaudited; the two are the dearest and the cheapest found; 95 % interval 2.40 "
        "to 3.80, 1,400 customers drawn again 200 times)."
    )


def test_a_cheapest_segment_that_costs_nothing_has_no_ratio() -> None:
    customers = customers_of(0, 3)
    with pytest.raises(InsightError, match="cost something a head"):
        spend_ratio(shared(customers), customers)


def test_bad_options_are_refused() -> None:
    customers = customers_of(5, 9)
    with pytest.raises(InsightError, match="replicates is 10"):
        spend_ratio(shared(customers), customers, replicates=10)
    with pytest.raises(InsightError, match=r"customers lacks \['segment'\]"):
        spend_ratio(shared(customers), customers.drop(columns="segment"))


@settings(max_examples=15)
@given(st.integers(20, 60), st.integers(20, 60), st.integers(0, 99))
def test_the_order_of_customers_and_the_unit_of_use_do_not_move_the_ratio(
    calm: int, busy: int, seed: int
) -> None:
    customers = customers_of(calm, busy)
    order = np.random.default_rng(seed).permutation(len(customers))
    many = customers_of(calm, busy, units=2.0).iloc[order]
    first = spend_ratio(shared(customers), customers, replicates=100)
    other = spend_ratio(shared(many), many, replicates=100)
    assert first.ratio == other.ratio
    assert first.interval is not None
    assert first.interval[0] <= first.ratio <= first.interval[1]
