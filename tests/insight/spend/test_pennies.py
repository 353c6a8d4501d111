"""Sharing to the penny, against a slow way that hands pennies out one by one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend import allocate, allocate_each
from insight.spend.pennies import _deal, _deal_together

Weights = dict[str, int]
names = st.text("abcdef", min_size=1, max_size=3)
weights_of = st.dictionaries(names, st.integers(0, 50), min_size=1, max_size=8).filter(
    lambda weights: any(weights.values())
)
totals = st.integers(-(10**12), 10**12)


def handed_out(total: int, weights: Weights) -> Weights:
    """Give each penny left over to who is furthest below the exact share."""
    exact = {
        name: Fraction(total * weight, sum(weights.values()))
        for name, weight in weights.items()
    }
    shares = {name: int(share) for name, share in exact.items()}
    while sum(shares.values()) < total:
        below = max(exact[name] - shares[name] for name in weights)
        next_one = min(n for n in weights if exact[n] - shares[n] == below)
        shares[next_one] += 1
    return shares


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, {"c": 1, "a": 1, "b": 1}, {"c": 33, "a": 34, "b": 33}),
        (-100, {"c": 1, "a": 1, "b": 1}, {"c": -33, "a": -34, "b": -33}),
        (0, {"a": 1, "b": 2}, {"a": 0, "b": 0}),
        (10, {"a": 0, "b": 3}, {"a": 0, "b": 10}),
        (1, {"a": 1, "b": 2}, {"a": 0, "b": 1}),
        (101, {"a": Decimal("0.5"), "b": Fraction(1, 2)}, {"a": 51, "b": 50}),
        (7, {"a": np.int64(2), "b": np.float64(2.0)}, {"a": 4, "b": 3}),
    ],
)
def test_cases_worked_by_hand(
    total: int, weights: dict[str, object], shares: Weights
) -> None:
    assert allocate(total, weights).to_dict() == shares


def test_a_series_keeps_its_index_and_its_order() -> None:
    weights = pd.Series([2.0, 1.0], index=pd.Index(["south", "north"], name="segment"))
    shares = allocate(99, weights)
    pd.testing.assert_index_equal(shares.index, weights.index)
    assert shares.tolist() == [66, 33]
    assert weights.tolist() == [2.0, 1.0]


def test_sums_beyond_floats_stay_exact() -> None:
    total = 9 * 10**17 + 1
    shares = allocate(total, {"a": 1, "b": 3, "c": 7})
    assert sum(shares.tolist()) == total
    assert shares["a"] == total // 11


@given(st.integers(0, 500), weights_of)
def test_pennies_go_where_a_slow_count_puts_them(total: int, weights: Weights) -> None:
    assert allocate(total, weights).to_dict() == handed_out(total, weights)


@given(totals, weights_of)
def test_shares_sum_exactly_and_lie_within_a_penny(
    total: int, weights: Weights
) -> None:
    shares = allocate(total, weights)
    assert shares.sum() == total
    for name, weight in weights.items():
        exact = Fraction(total * weight, sum(weights.values()))
        assert abs(int(shares[name]) - exact) < 1
        assert weight or shares[name] == 0


@given(totals, weights_of, st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(
    total: int, weights: Weights, random: Random
) -> None:
    order = random.sample(sorted(weights), len(weights))
    shuffled = allocate(total, {name: weights[name] for name in order})
    assert shuffled.to_dict() == allocate(total, weights).to_dict()


@given(totals, weights_of, st.integers(1, 1000))
def test_only_proportions_matter(total: int, weights: Weights, times: int) -> None:
    scaled = {name: Fraction(weight * times, 7) for name, weight in weights.items()}
    assert allocate(total, scaled).to_dict() == allocate(total, weights).to_dict()


@given(totals, weights_of)
def test_turning_the_sign_turns_every_share(total: int, weights: Weights) -> None:
    turned = (-allocate(-total, weights)).to_dict()
    assert turned == allocate(total, weights).to_dict()


@given(totals, weights_of)
def test_merging_two_segments_moves_two_pennies_at_most(
    total: int, weights: Weights
) -> None:
    merged_names = sorted(weights)[:2]
    shares = allocate(total, weights)
    kept = {name: w for name, w in weights.items() if name not in merged_names}
    whole = sum(weights[name] for name in merged_names)
    merged = allocate(total, {**kept, "merged": whole})
    assert merged.sum() == shares.sum() == total
    assert abs(int(merged["merged"]) - int(shares[merged_names].sum())) <= 2


@given(st.lists(totals, max_size=5), weights_of)
def test_many_totals_are_shared_as_each_alone(
    many: list[int], weights: Weights
) -> None:
    together = allocate_each(many, weights)
    assert together.sum(axis=1).tolist() == many
    alone = [allocate(total, weights).tolist() for total in many]
    assert together.to_numpy().tolist() == alone


large = st.dictionaries(names, st.integers(0, 10**18), min_size=1, max_size=8).filter(
    lambda weights: any(weights.values())
)


@given(st.lists(st.integers(-(2**52), 2**52), min_size=1, max_size=5), large)
def test_numbers_at_the_edge_of_the_machine_are_dealt_as_in_plain_python(
    many: list[int], weights: Weights
) -> None:
    plain = [list(_deal(total, weights).values()) for total in many]
    assert allocate_each(many, weights).to_numpy().tolist() == plain


@given(
    st.lists(st.integers(-(2**50), 2**50), min_size=1, max_size=5),
    st.lists(st.integers(1, 2**56), min_size=1, max_size=6),
)
def test_totals_dealt_together_are_as_each_alone(
    many: list[int], weights: list[int]
) -> None:
    by_name = {chr(97 + at): weight for at, weight in enumerate(weights)}
    together = _deal_together(np.array(many), np.array(weights))
    assert together.tolist() == [list(_deal(t, by_name).values()) for t in many]


def test_many_totals_are_dealt_in_several_goes() -> None:
    totals = pd.Series(range(-20_000, 20_000), name="pence").astype("int64")
    weights = {"north": 3.5, "south": 1, "east": 2}
    shares = allocate_each(totals, weights)
    assert (shares.sum(axis=1) == totals).all()
    for at in range(0, 40_000, 4_001):
        alone = _deal(int(totals[at]), {"north": 7, "south": 2, "east": 4})
        assert shares.iloc[at].to_dict() == alone


def test_no_totals_give_no_rows() -> None:
    assert allocate_each([], {"a": 1, "b": 2}).shape == (0, 2)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"a": -1, "b": 2}, r"1 weights are below zero: \{'a': -1.0\}"),
        ({"a": float("nan")}, "weight of 'a' is nan, which is no finite number"),
        ({"a": float("inf")}, "which is no finite number"),
        ({"a": Decimal("nan")}, "which is no finite number"),
        ({"a": None}, "weight of 'a' is None"),
        ({"a": True}, "weight of 'a' is True"),
        ({"a": "2"}, "weight of 'a' is '2'"),
        ({"a": 0, "b": 0.0}, "all 2 weights are zero"),
        ({}, "all 0 weights are zero"),
        (pd.Series([1, 2], index=["a", "a"]), r"1 names have two weights: \['a'\]"),
    ],
)
def test_bad_weights_are_refused(weights: dict[str, object], words: str) -> None:
    with pytest.raises(InsightError, match=words):
        allocate(10, weights)


@pytest.mark.parametrize("total", [1.5, 2.0, "3", None, True])
def test_a_total_that_is_not_whole_pence_is_refused(total: object) -> None:
    with pytest.raises(InsightError, match="not whole pence"):
        allocate(total, {"a": 1})  # type: ignore[arg-type]  # the fault under test
