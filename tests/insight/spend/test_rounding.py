"""Intervals of printed figures, against unrounded figures drawn at random."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from insight.spend.rounding import Interval, judge, round_like

amounts = st.decimals("1", "100", places=4)
tenth, whole = Decimal("0.1"), Decimal(1)


@pytest.mark.parametrize(
    ("printed", "ends"),
    [("7.5", "7.45 to 7.55"), ("2.60", "2.595 to 2.605"), ("81", "80.5 to 81.5")],
)
def test_the_digits_printed_carry_the_width(printed: str, ends: str) -> None:
    assert str(Interval.printed(Decimal(printed))) == ends


@pytest.mark.parametrize(
    ("value", "like", "rounded"),
    [("0.5", "1", "1"), ("-0.5", "1", "-1"), ("1.25", "0.1", "1.3"), ("7", "0.1", "7")],
)
def test_halves_go_away_from_zero(value: str, like: str, rounded: str) -> None:
    assert round_like(Decimal(value), Decimal(like)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [("78", "adds up"), ("80", "possible"), ("81", "does not add up")],
)
def test_three_parts_and_a_total_may_differ_by_two(printed: str, verdict: str) -> None:
    parts = [Decimal(part) for part in (44, 21, 13)]
    assert judge(Decimal(printed), Decimal(78), Interval.of_sum(parts)) == verdict


@given(st.lists(amounts, min_size=1, max_size=6))
def test_a_sum_of_unrounded_parts_never_fails(parts: list[Decimal]) -> None:
    printed = [part.quantize(tenth, rounding=ROUND_HALF_UP) for part in parts]
    total = sum(parts, Decimal(0)).quantize(tenth, rounding=ROUND_HALF_UP)
    found = sum(printed, Decimal(0))
    assert judge(total, found, Interval.of_sum(printed)) != "does not add up"


@given(amounts, amounts)
def test_a_difference_of_unrounded_figures_never_fails(a: Decimal, b: Decimal) -> None:
    shown = [figure.quantize(tenth, rounding=ROUND_HALF_UP) for figure in (a, b)]
    assume(min(shown) > tenth)
    printed = (100 - 100 * b / a).quantize(whole, rounding=ROUND_HALF_UP)
    found = 100 - 100 * shown[1] / shown[0]
    verdict = judge(printed, found, Interval.of_difference(*shown))
    assert verdict != "does not add up"
