"""What is too small to show, and what rounding leaves."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.release import RULES, ReleaseError, rule_named
from insight.release.rules import protect

NHS = RULES["nhs_1_7_round5"]
some_counts = st.lists(st.one_of(st.none(), st.integers(0, 300)), max_size=30)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (1_000_002, 1_000_000)],
)
def test_the_nhs_rule_hides_one_to_seven_and_rounds_the_rest(
    count: int, shown: int | None
) -> None:
    cell, hidden = protect(pd.Series([count]), NHS)
    assert hidden.iloc[0] == (shown is None)
    assert shown is None or cell.iloc[0] == shown


@pytest.mark.parametrize(("name", "hidden_to"), [("threshold10", 9), ("threshold5", 4)])
def test_a_threshold_hides_below_it_and_rounds_nothing(
    name: str, hidden_to: int
) -> None:
    shown, hidden = protect(pd.Series([hidden_to, hidden_to + 1]), RULES[name])
    assert hidden.tolist() == [True, False]
    assert shown.iloc[1] == hidden_to + 1


def test_a_count_not_known_is_missing_and_not_hidden() -> None:
    shown, hidden = protect(pd.Series([None, 3.0]), NHS)
    assert hidden.tolist() == [False, True]
    assert shown.isna().all()


@pytest.mark.parametrize(
    "wrong", [[-1], [2.5], [float("inf")], [True], ["x"], [2.0**60], [3 + 0j]]
)
def test_what_is_no_count_is_refused(wrong: list[object]) -> None:
    with pytest.raises(ReleaseError, match="declared as a count of people"):
        protect(pd.Series(wrong, name="n"), NHS)


def test_a_column_of_nothing_known_is_a_column_of_counts() -> None:
    shown, hidden = protect(pd.Series([None, None], dtype="object"), NHS)
    assert shown.isna().all()
    assert not hidden.any()


def test_a_rule_without_a_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ReleaseError, match=r"'nhs'.*nhs_1_7_round5, threshold10"):
        rule_named("nhs")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_every_rule_says_its_source_and_itself(rule: object) -> None:
    assert getattr(rule, "source", "")
    assert str(rule).startswith("Small numbers: ")


@given(some_counts, st.sampled_from(list(RULES.values())))
def test_a_shown_count_is_never_small_and_never_far_off(
    counts: list[int | None], rule: object
) -> None:
    rule = rule_named(getattr(rule, "name", ""))
    shown, hidden = protect(pd.Series(counts, dtype="Int64"), rule)
    for raw, cell, mark in zip(counts, shown.tolist(), hidden.tolist(), strict=True):
        small = raw is not None and 0 < raw <= rule.hides_to
        assert mark == small
        if raw is None or small:
            assert pd.isna(cell)
        else:
            assert cell % rule.rounds_to == 0
            assert abs(cell - raw) <= rule.rounds_to / 2


@given(some_counts)
def test_protecting_what_is_protected_changes_nothing(counts: list[int | None]) -> None:
    once, _ = protect(pd.Series(counts, dtype="Int64"), NHS)
    twice, hidden = protect(once, NHS)
    assert once.equals(twice.where(~(once == 5).fillna(value=False), once))
    assert not hidden.any() or 5 in once.to_list()
