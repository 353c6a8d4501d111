"""Savings: refused without a margin, and added up only where they are of one kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.savings.saving import Saving, gainers_of, savings_of
from insight.savings.totals import at_prices, saving_totals
from journeys.cost.money import Range

ROW = {
    "saving": "One visit",
    "low_pence": 50_00,
    "central_pence": 100_00,
    "high_pence": 150_00,
    "gainers": "Council",
    "recurring": "recurring",
    "cashable": "cashable",
    "year": "2011-12",
    "price_base": "2010-11",
    "evidence": "audit",
}


def saving(name: str = "a", **changed: Any) -> Saving:  # noqa: ANN401
    given_ = {
        "pence": Range(0, 500, 1000),
        "gainers": {"Council": Fraction(1)},
        "recurring": "recurring",
        "cashable": "cashable",
        "year": "2011-12",
        "price_base": "2010-11",
        "evidence": "audit",
    }
    return Saving(name=name, **(given_ | changed))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"low_pence": None}, "states no margin of error"),
        ({"high_pence": None}, "states no margin of error"),
        ({"central_pence": 160_00}, "does not lie from low to high"),
        ({"evidence": None}, "leaves evidence blank"),
        ({"gainers": " "}, "leaves gainers blank"),
        ({"recurring": "yearly"}, "recurring is not one of recurring, one-off"),
        ({"cashable": "yes"}, "cashable is not one of"),
        ({"gainers": "Council|60; Police|30"}, "shares out 90 %"),
        ({"gainers": "Council; Police"}, "does not share the gain out"),
        ({"gainers": "Council|50; Council|50"}, "does not share the gain out"),
    ],
)
def test_a_claim_that_cannot_be_counted_is_refused_with_the_reason(
    changed: dict[str, Any], why: str
) -> None:
    claims = savings_of(pd.DataFrame([ROW | changed]))
    assert not claims.savings
    assert why in claims.refused["reason"].iloc[0]
    with pytest.raises(InsightError, match="Row 1, One visit"):
        claims.check()


def test_claims_of_one_name_are_all_refused_and_others_stand() -> None:
    claims = savings_of(pd.DataFrame([ROW, ROW, ROW | {"saving": "Other"}]))
    assert [each.name for each in claims.savings] == ["Other"]
    assert claims.refused["row"].tolist() == [1, 2]


def test_a_table_without_margins_at_all_is_refused() -> None:
    with pytest.raises(InsightError, match="lacks \\['low_pence'\\]"):
        savings_of(pd.DataFrame([ROW]).drop(columns="low_pence"))


def test_kinds_are_never_added_up() -> None:
    each = [
        saving("a"),
        saving("b"),
        saving("c", cashable="not cashable"),
        saving("d", recurring="one-off"),
        saving("e", price_base="2009-10"),
    ]
    totals = saving_totals(each).totals
    assert totals["savings"].tolist() == [1, 1, 2, 1]
    assert totals["central_pence"].sum() == 5 * 500
    assert "a year" in str(saving_totals(each[:2]))
    assert "a year" not in str(saving_totals(each[3:4])).split("Each amount")[0]


def test_independent_errors_cancel_and_errors_together_do_not() -> None:
    many = [saving(f"s{at:02}") for at in range(25)]
    one = saving_totals(many[:1]).totals.iloc[0]
    all_ = saving_totals(many, draws=20_000).totals.iloc[0]
    wide = one["together_high_pence"] - one["together_low_pence"]
    assert all_["together_high_pence"] - all_["together_low_pence"] == pytest.approx(
        25 * wide, abs=25
    )
    # Oracle: the normal limit of 25 PERT(0, 500, 1000), each of sd 1000 / sqrt(28).
    sd = 5 * 1000 * np.sqrt(1 / 28)
    assert all_["high_pence"] - all_["low_pence"] == pytest.approx(
        2 * 1.96 * sd, rel=0.03
    )


def test_gains_are_shared_out_to_the_penny() -> None:
    thirds = {name: Fraction(1, 3) for name in "abc"}
    found = saving_totals([saving(pence=Range(100, 100, 100), gainers=thirds)])
    by = found.by_gainer.set_index("gainer")["central_pence"]
    assert by.to_dict() == {"a": 34, "b": 33, "c": 33}


def test_prices_need_an_index_for_every_year() -> None:
    with pytest.raises(InsightError, match="\\['2009-10'\\]"):
        at_prices([saving(price_base="2009-10")], "2010-11", {"2010-11": 1.0})


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(InsightError, match="at least 100"):
        saving_totals([saving()], draws=10)
    assert str(saving_totals([])) == "No saving stands."


amounts = st.tuples(*[st.integers(-(10**9), 10**9)] * 3).map(sorted)


@settings(max_examples=30)
@given(st.lists(amounts, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_and_keep_to_the_ends(
    ranges: list[list[int]],
    random: Any,  # noqa: ANN401
) -> None:
    rows = [
        ROW
        | {
            "saving": f"s{at}",
            "low_pence": low,
            "central_pence": central,
            "high_pence": high,
            "gainers": "Council|62.5; Trust|37.5",
        }
        for at, (low, central, high) in enumerate(ranges)
    ]
    found = saving_totals(savings_of(pd.DataFrame(rows)).savings, draws=200)
    random.shuffle(rows)
    again = saving_totals(savings_of(pd.DataFrame(rows)).savings, draws=200)
    pd.testing.assert_frame_equal(found.totals, again.totals)
    pd.testing.assert_frame_equal(found.by_gainer, again.by_gainer)
    row = found.totals.iloc[0]
    low, high = (sum(each[at] for each in ranges) for at in (0, 2))
    assert low - 1 <= row["low_pence"] <= row["high_pence"] <= high + 1
    assert row["central_pence"] == found.by_gainer["central_pence"].sum()


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_shares_that_make_a_hundred_are_read_exactly(parts: list[int]) -> None:
    cents = [round(10_000 * part / sum(parts)) for part in parts]
    cents[0] += 10_000 - sum(cents)
    text = "; ".join(f"G{at}|{cent / 100:.2f}" for at, cent in enumerate(cents))
    assert sum(gainers_of(text).values()) == 1
