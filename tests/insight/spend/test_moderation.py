"""What is asked of a spend count, one fault at a time."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.cofog import cofog_1999
from insight.spend.moderation import Remark, moderate
from insight.spend.moderation.scale import out_of_scale
from insight.spend.moderation.scope import SCOPE

CLEAN = {
    "source": "grant", "body": "Council", "body_kind": "local authority",
    "cofog": "07", "amount_pence": 10_000, "programme": None,
    "nature": "revenue", "basis": "actual", "recurring": "recurring", "period": "2009",
}  # fmt: skip
CAPITAL = {**CLEAN, "nature": "capital", "amount_pence": 20_000}
MIXES = "{}, in a count that mixes {} ({})"
KINDS = ("nhs", "police", "fire", "central government")


def count(*lines: dict[str, Any]) -> pd.DataFrame:
    """Return a count that has nothing missing, and these lines before it."""
    divisions = [
        code for code in cofog_1999().query("level == 1").index if code != "02"
    ]
    rest = [
        {**CLEAN, "cofog": code, "amount_pence": 1_000 * at, "body": f"Body {code}"}
        for at, code in enumerate(divisions, start=1)
    ]
    for line, kind in zip(rest[1:], KINDS, strict=False):
        line["body_kind"] = kind
    frame = pd.DataFrame([*lines, CAPITAL, *rest])
    return frame.set_axis(range(2, len(frame) + 2), axis=0)


def asked(*lines: dict[str, Any], **more: Any) -> tuple[Remark, ...]:  # noqa: ANN401
    return moderate(count(*lines), **more)


def test_a_clean_count_has_nothing_to_ask() -> None:
    assert asked(CLEAN) == ()


@pytest.mark.parametrize(
    ("fault", "rule", "said"),
    [
        ({"cofog": None}, "COFOG not known", "no COFOG 1999 code that is known"),
        ({"cofog": "Health"}, "COFOG not known", "no COFOG 1999 code that is known"),
        ({"cofog": "07.3.1"}, "COFOG too fine", "a COFOG class, a level below groups"),
        ({"amount_pence": -1}, "negative amount", "negative amount"),
        ({"source": None}, "source not named", "no source"),
        ({"source": " Various"}, "source not named", "no source"),
        ({"body": None}, "body not named", "no body"),
        ({"body": "N/K"}, "body not named", "no body"),
        (
            {"basis": "budget"},
            "budget and actual figures mixed",
            MIXES.format("budget", "budget and actual figures", "actual 10, budget 1"),
        ),
        (
            {"recurring": "one-off"},
            "one-off and recurring money mixed",
            MIXES.format(
                "one-off", "one-off and recurring money", "one-off 1, recurring 10"
            ),
        ),
        (
            {"period": "2008"},
            "periods mixed",
            MIXES.format("2008", "periods", "2008 1, 2009 10"),
        ),
        ({"period": None}, "period not stated", "period not stated"),
        ({"nature": None}, "nature not stated", "nature not stated"),
        ({"cofog": "02"}, "defence counted", SCOPE["defence counted"][0]),
        ({"body_kind": "private"}, "private spend counted", "spent by a private body"),
        (
            {"source": "National Lottery"},
            "outside national figures",
            SCOPE["outside national figures"][0],
        ),
        (
            {"cofog": "01", "body_kind": "central government"},
            "national body counted",
            SCOPE["national body counted"][0],
        ),
    ],
)
def test_one_fault_is_one_remark(fault: dict[str, Any], rule: str, said: str) -> None:
    (remark,) = [
        one for one in asked({**CLEAN, **fault}) if one.rule != "COFOG levels mixed"
    ]
    assert (remark.rule, remark.said) == (rule, said)
    assert (remark.lines, remark.of, remark.where) == (1, 11, ("2",))


def test_a_group_among_divisions_is_a_mixture_of_levels() -> None:
    (remark,) = asked({**CLEAN, "cofog": "07.3"})
    assert (remark.rule, remark.lines) == ("COFOG levels mixed", 10)


def test_foreign_aid_and_national_services_are_told_apart() -> None:
    aid = {**CLEAN, "cofog": "01.2", "body_kind": "central government"}
    rules = {one.rule for one in asked(aid)}
    assert "foreign aid counted" in rules
    assert "national body counted" not in rules


def test_capital_that_is_absent_is_asked_for() -> None:
    (remark,) = [
        one
        for one in moderate(count().assign(nature="revenue"))
        if one.rule == "capital absent"
    ]
    assert str(remark) == (
        "No line is capital, among 10 that state their nature: capital may have been "
        "left out. Ask each body."
    )
    (unsaid,) = moderate(count().assign(nature=None))
    assert str(unsaid) == (
        "No line says whether it is revenue or capital. State nature."
    )


def test_a_remark_counts_its_lines_and_their_money_and_names_them() -> None:
    refunds = [{**CLEAN, "amount_pence": pence} for pence in (-50_000, -25_000)]
    (remark,) = asked(*refunds)
    assert (remark.lines, remark.amount_pence) == (2, -75_000)
    assert str(remark) == (
        "2 of 12 lines (-£750; lines 2 and 3): negative amount. Say whether it is "
        "income, a refund or a correction; it is not netted here."
    )


def test_lines_are_named_by_their_own_reference_where_they_have_one() -> None:
    spend = count({**CLEAN, "amount_pence": -1}).assign(line_id=None)
    spend.loc[2, "line_id"] = "R7"
    (remark,) = moderate(spend)
    assert remark.where == ("R7",)
    twice = spend.assign(line_id="R7", amount_pence=5)
    assert {one.rule for one in moderate(twice)} == {"line_id repeated"}


def test_the_same_line_twice_is_counted_twice() -> None:
    (remark,) = asked(CLEAN, CLEAN, CLEAN)
    assert (remark.rule, remark.lines, remark.where) == ("counted twice", 2, ("3", "4"))
    assert asked(CLEAN, {**CLEAN, "amount_pence": 10_001}) == ()


@pytest.mark.parametrize(
    ("pence", "how"), [(9_000_000, "more"), (9, "less"), (900_000, None)]
)
def test_pounds_among_thousands_stand_out(pence: int, how: str | None) -> None:
    peers = [{**CLEAN, "body": f"B{at}", "amount_pence": 9_000 + at} for at in range(4)]
    odd = {**CLEAN, "body": "Odd", "amount_pence": pence}
    remarks = asked(odd, *peers)
    if how is None:
        assert remarks == ()
        return
    (remark,) = remarks
    assert (remark.rule, remark.where) == ("out of scale", ("2",))
    assert remark.said.startswith(f"some thousand times {how} than others of that kind")


def test_two_figures_of_one_programme_a_thousand_apart_stand_out() -> None:
    small = {**CLEAN, "programme": "Roads", "amount_pence": 10_300}
    large = {**small, "amount_pence": 10_000_000}
    (remark,) = asked(small, large)
    assert (remark.rule, remark.where) == ("out of scale", ("3",))


@given(
    st.lists(st.integers(10_000, 99_999), min_size=4, max_size=9),
    st.integers(500, 2_000),
)
def test_a_thousandfold_amount_is_found_among_peers_that_are_alike(
    peers: list[int], factor: int
) -> None:
    middle = sorted(peers)[len(peers) // 2]
    amounts = pd.Series([*peers, middle * factor])
    off = out_of_scale(amounts, pd.Series(["x"] * len(amounts)))
    assert off.tolist()[-1] == 1
    assert not off.iloc[:-1].any()


def test_unknown_and_no_money_is_no_peer() -> None:
    amounts = pd.Series([0, 5, 5, 5, 5_000])
    assert out_of_scale(amounts, pd.Series(["x"] * 5)).tolist() == [0, 0, 0, 0, 1]
    assert out_of_scale(amounts, pd.Series([None] * 5, dtype=object)).eq(0).all()


def stated(pence: int, body: str | None = None) -> pd.DataFrame:
    return pd.DataFrame({"body": [body], "amount_pence": [pence]}, index=[99])


def test_a_total_is_held_against_its_lines_to_the_penny() -> None:
    spend = count({**CLEAN, "amount_pence": 10_001})
    total = int(spend["amount_pence"].sum())
    assert moderate(spend, stated=stated(total)) == ()
    (remark,) = moderate(spend, stated=stated(total - 1))
    assert str(remark) == (
        "The total stated for the whole count is £750.00; its 11 lines add up to "
        "£750.01, £0.01 more. Find the line that is missing, doubled or wrong, or "
        "correct the total."
    )


def test_a_total_of_rounded_figures_may_miss_by_their_rounding() -> None:
    spend = count()  # all in whole pounds
    total = int(spend["amount_pence"].sum())
    assert moderate(spend, stated=stated(total + 500)) == ()
    (remark,) = moderate(spend, stated=stated(total + 600))
    assert "£6.00 less" in remark.said


def test_a_total_may_be_of_one_basis_or_one_body_and_thousands_are_seen() -> None:
    spend = count({**CLEAN, "basis": "budget", "amount_pence": 55_555})
    one = int(spend["amount_pence"].sum()) - 55_555
    assert {r.rule for r in moderate(spend, stated=stated(one))} == {
        "budget and actual figures mixed"
    }
    assert asked(CLEAN, stated=stated(30_000, " council ")) == ()
    (remark,) = asked(CLEAN, stated=stated(30, "Council"))
    assert remark.said == (
        "The total stated for Council is £0.30; its 2 lines add up to £300.00, £299.70 "
        "more, as if one were in thousands"
    )


def test_a_total_on_each_line_is_held_against_the_body_that_states_it() -> None:
    spend = count(CLEAN).assign(total_pence=None)
    spend.loc[spend["body"] == "Council", "total_pence"] = 30_000
    assert moderate(spend) == ()
    spend.loc[spend["body"] == "Council", "total_pence"] = 10_003
    (remark,) = moderate(spend)
    assert remark.said.startswith("The total stated for Council is £100.03")
    spend.loc[2, "total_pence"] = 30_000
    (remark,) = moderate(spend)
    assert (remark.said, remark.lines) == ("Council states 2 totals", 2)


def test_shares_that_no_rounding_explains_are_found() -> None:
    spend = count()
    exact = 100 * spend["amount_pence"] / spend["amount_pence"].sum()
    shares = exact.round().astype(int).astype("str")
    assert moderate(spend.assign(stated_pct=shares)) == ()
    wrong = shares.copy()
    wrong.iloc[0] = str(int(shares.iloc[0]) + 3)
    (remark,) = moderate(spend.assign(stated_pct=wrong))
    assert (remark.rule, remark.where) == ("share does not add up", ("2",))
    wrong.iloc[0] = "a lot"
    (remark,) = moderate(spend.assign(stated_pct=wrong))
    assert remark.rule == "share not read"


def test_what_is_expected_and_not_there_is_named_with_what_is_near() -> None:
    expected = pd.DataFrame(
        {
            "what": ["source", "body", "body", "body"],
            "name": ["GRANT ", "The Council", "Police Authority", "Body 03"],
        }
    )
    spend = count(CLEAN)
    spend["body"] = spend["body"].replace("Council", "The Counciil")
    (remark,) = moderate(spend, expected=expected)
    assert (remark.rule, remark.amount_pence) == ("missing body", None)
    assert remark.said == (
        "Of 3 expected bodies 2 cannot be found: Police Authority and The Council (is "
        "it 'The Counciil'?)"
    )


def test_kinds_of_body_and_functions_that_nobody_counts_are_named() -> None:
    few = pd.DataFrame([CLEAN, CAPITAL])
    kinds, functions = moderate(few)
    assert kinds.said == (
        "No line is of nhs, police, fire and central government, which spend in every "
        "place"
    )
    assert functions.rule == "missing function"
    assert "01 general public services" in functions.said
    assert "02" not in functions.said


def test_headings_are_mapped_or_listed_with_the_nearest_names() -> None:
    ours = {**CLEAN, "cofog": None, "heading": "LIBRARIES"}
    unknown = {**CLEAN, "cofog": None, "heading": "Librarys"}
    absent, mapped = asked(ours, unknown)
    assert (absent.rule, absent.lines, absent.where) == (
        "heading not mapped",
        1,
        ("3",),
    )
    assert "'Librarys' (near Libraries" in absent.said
    assert mapped.rule == "headings by our mapping"
    assert "version 1, which is not CIPFA's" in mapped.said
    own = pd.DataFrame({"heading": ["librarys", "libraries"], "cofog": ["8.2", "8.2"]})
    assert asked(ours, unknown, headings=own) == ()


@pytest.mark.parametrize(
    "spend", [[], [{"cofog": "07"}], [{"amount_pence": 1}], [{"body": "x"}]]
)
def test_what_is_no_spend_count_is_refused(spend: list[dict[str, Any]]) -> None:
    with pytest.raises(InsightError, match="Give at least one line"):
        moderate(pd.DataFrame(spend))


lines = st.lists(
    st.fixed_dictionaries(
        {
            "cofog": st.sampled_from(["07", None, "x", "02", "07.3", "07.3.1"]),
            "heading": st.sampled_from([None, "Police", "odd"]),
            "body": st.sampled_from(["a", "b", None]),
            "amount_pence": st.integers(-100, 100_000),
            "nature": st.sampled_from(["revenue", "capital", None]),
            "basis": st.sampled_from(["budget", "actual", None]),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25)
@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(
    rows: list[dict[str, Any]], random: Random
) -> None:
    frame = pd.DataFrame(rows)
    order = random.sample(range(len(rows)), len(rows))
    assert moderate(frame) == moderate(frame.iloc[order])


@settings(max_examples=25)
@given(lines)
def test_no_remark_counts_more_than_there_is(rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(rows)
    for remark in moderate(frame):
        assert 0 <= remark.lines <= len(frame)
        assert (remark.lines == 0) == (remark.amount_pence is None)
        own = frame.loc[[int(one) for one in remark.where], "amount_pence"]
        if remark.where:
            assert remark.amount_pence == own.sum()
