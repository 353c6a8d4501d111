"""What is asked of a spend count, one fault at a time."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend import moderate

CLEAN = {
    "source": "grant", "body": "Council", "cofog": "07", "amount_pence": 10_000,
    "nature": "revenue", "basis": "actual", "recurring": "recurring", "period": "2009",
}  # fmt: skip
CAPITAL = {**CLEAN, "nature": "capital"}


def rules(*lines: dict[str, Any]) -> list[str]:
    return [remark.rule for remark in moderate(pd.DataFrame(lines))]


def test_a_clean_count_has_nothing_to_ask() -> None:
    assert rules(CLEAN, CAPITAL) == []


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"cofog": None}, "no COFOG 1999 code that is known"),
        ({"cofog": "Health"}, "no COFOG 1999 code that is known"),
        ({"amount_pence": -1}, "negative amount"),
        ({"source": None}, "no source"),
        ({"body": None}, "no body"),
        ({"basis": "budget"}, "mixes budget and actual figures (actual 2, budget 1)"),
        (
            {"recurring": "one-off"},
            "mixes one-off and recurring money (one-off 1, recurring 2)",
        ),
        ({"period": "2008"}, "mixes periods (2008 1, 2009 2)"),
        ({"period": None}, "period not stated"),
    ],
)
def test_one_fault_is_one_remark(fault: dict[str, Any], rule: str) -> None:
    assert rules(CLEAN, CAPITAL, {**CLEAN, **fault}) == [rule]


def test_capital_that_is_absent_is_asked_for() -> None:
    (remark,) = moderate(pd.DataFrame([CLEAN]))
    assert str(remark) == (
        "No line is capital, among 1 that state their nature: capital may have been "
        "left out. Ask each body."
    )
    (unsaid,) = moderate(pd.DataFrame([{**CLEAN, "nature": None}]))
    assert "revenue or capital" in str(unsaid)


def test_a_remark_counts_its_lines_and_their_money() -> None:
    refunds = [{**CLEAN, "amount_pence": -50_000}, {**CLEAN, "amount_pence": -25_000}]
    (remark,) = moderate(pd.DataFrame([CAPITAL, *refunds]))
    assert (remark.lines, remark.amount_pence) == (2, -75_000)
    assert str(remark).startswith("2 of 3 lines (-£750): negative amount.")


@pytest.mark.parametrize("spend", [[], [{"cofog": "07"}]])
def test_what_is_no_spend_count_is_refused(spend: list[dict[str, Any]]) -> None:
    with pytest.raises(InsightError, match="Give at least one line"):
        moderate(pd.DataFrame(spend))


lines = st.lists(
    st.fixed_dictionaries(
        {
            "cofog": st.sampled_from(["07", None, "x"]),
            "amount_pence": st.integers(-100, 100),
            "nature": st.sampled_from(["revenue", "capital", None]),
            "basis": st.sampled_from(["budget", "actual", None]),
        }
    ),
    min_size=1,
    max_size=6,
)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(
    rows: list[dict[str, Any]], random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))
    assert set(moderate(pd.DataFrame(rows))) == set(moderate(pd.DataFrame(shuffled)))


@given(lines)
def test_a_count_said_twice_has_the_same_rules(rows: list[dict[str, Any]]) -> None:
    once, twice = (moderate(pd.DataFrame(rows * times)) for times in (1, 2))
    assert [r.lines * 2 for r in once] == [r.lines for r in twice]
