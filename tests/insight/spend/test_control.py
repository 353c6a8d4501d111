"""Classes by hand, the closest rule, and sensitivity that goes one way."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.control import (
    NOT_SCORED,
    SHIFTS,
    LocalControl,
    local_control,
    shares_by_body,
)
from insight.spend.control_rules import (
    CLASSES,
    FACTORS,
    at_most,
    control_rubric,
    from_points,
)
from insight.spend.control_scores import between_scores
from insight.spend.report_tables import table_3

LOCAL, NHS, CENTRE = "local authority", "nhs", "central government"


def spend_of(*lines: tuple[str, str, str, int]) -> pd.DataFrame:
    """Build spend from (body, kind of body, COFOG code, pence)."""
    return pd.DataFrame(lines, columns=["body", "body_kind", "cofog", "amount_pence"])


def rule(*scores: int | None, **where: str) -> dict[str, object]:
    return {**where, **dict(zip(FACTORS, scores, strict=True))}


def control_of(
    spend: pd.DataFrame, *rules: dict[str, object], **between: float
) -> LocalControl:
    return local_control(spend, pd.DataFrame(list(rules)), between=between)


COUNCIL = spend_of(("council", LOCAL, "08.1", 100))


def test_the_class_follows_from_the_sum_of_points() -> None:
    every = list(product(range(3), repeat=4))
    spend = spend_of(*((f"b{at}", LOCAL, "08", 1) for at in range(len(every))))
    rules = [rule(*scores, body=f"b{at}") for at, scores in enumerate(every)]
    found = control_of(spend, *rules).lines
    assert found["points"].to_list() == [sum(scores) for scores in every]
    named = ["high"] * 2 + ["some"] * 2 + ["low"] * 2 + ["none"] * 3
    assert found["control"].to_list() == [named[sum(scores)] for scores in every]


def test_the_closest_rule_counts_factor_by_factor() -> None:
    spend = spend_of(("council", LOCAL, "10.6", 1), ("council", LOCAL, "10.2", 1))
    found = control_of(
        spend.assign(programme=["Benefit", None]),
        rule(0, 0, 0, 0, cofog="10"),
        rule(1, None, None, None, cofog="10.6"),
        rule(None, 1, None, None, body="council"),
        rule(None, None, 2, None, programme="Benefit"),
    )
    assert found.lines[list(FACTORS)].to_numpy().tolist() == [
        [1, 1, 2, 0],
        [0, 1, 0, 0],
    ]


def test_spend_of_a_national_body_is_under_no_local_control() -> None:
    spend = spend_of(("DWP", CENTRE, "10", 60), ("agency", "regional", "04", 40))
    found = control_of(spend, rule(0, 0, 0, 0, body="agency"))
    assert found.lines["control"].to_list() == ["none", "low"]


def test_a_line_that_nobody_scored_is_not_scored() -> None:
    found = control_of(COUNCIL, rule(0, 0, 0, 0, body="trust"))
    assert found.lines["control"].to_list() == [NOT_SCORED]
    assert pd.isna(found.lines["points"].iloc[0])
    assert found.shares.loc[NOT_SCORED, "as scored"] == 1.0


def test_a_missing_score_that_cannot_matter_does_not_hold_a_class_up() -> None:
    found = control_of(COUNCIL, rule(2, 2, 2, None, body="council"))
    assert found.lines["control"].to_list() == ["none"]
    found = control_of(COUNCIL, rule(1, 1, 0, None, body="council"))
    assert found.lines["control"].to_list() == [NOT_SCORED]


def test_bodies_in_between_are_counted_where_no_rule_scores_them() -> None:
    unsaid = rule(1, 1, 0, None, body="council")
    assert control_of(COUNCIL, unsaid, council=2.6).lines["points"].to_list() == [4]
    said = rule(1, 1, 0, 0, body="council")
    assert control_of(COUNCIL, said, council=2.6).lines["points"].to_list() == [2]
    assert between_scores({"a": 0.49, "b": 0.5, "c": 9}) == {"a": 0, "b": 1, "c": 2}


def test_shares_and_spectrum_add_up_and_say_money() -> None:
    spend = spend_of(
        ("council", LOCAL, "08", 30),
        ("council", LOCAL, "10", 20),
        ("DWP", CENTRE, "10", 50),
    )
    found = control_of(
        spend, rule(0, 0, 0, 0, cofog="08"), rule(1, 1, 1, 1, cofog="10")
    )
    assert found.shares["amount_pence"].to_dict() == {
        "none": 50,
        "low": 20,
        "some": 0,
        "high": 30,
        NOT_SCORED: 0,
    }
    own = found.spectrum[found.spectrum["body_kind"] == LOCAL]
    assert own[["control", "share"]].to_numpy().tolist() == [
        ["low", 0.4],
        ["high", 0.6],
    ]
    assert "30% of spend is under some or high local control" in str(found)
    assert "an upper bound" in str(found)


def test_table_3_shares_put_every_other_kind_together() -> None:
    spend = spend_of(
        ("a", LOCAL, "01", 27), ("b", NHS, "07", 20), ("c", CENTRE, "10", 30),
        ("d", "police", "03", 13), ("e", "private", "04", 10),
    )  # fmt: skip
    shares = shares_by_body(spend)["share"].mul(100).round().astype(int).to_list()
    printed = table_3().loc["worcestershire"]
    assert shares == [
        printed[f"{name}_pct"]
        for name in ("local_authorities", "nhs", "central_government", "other")
    ]


@pytest.mark.parametrize(
    ("scores", "match"),
    [
        ([rule(3, 0, 0, 0, body="a")], "statutory_duty has a score outside 0 to 2"),
        ([rule(0, 0, 0, 0, body=" ")], "1 rules name no programme, body or cofog"),
        ([rule(0, 0, 0, 0, body="a"), rule(1, 0, 0, 0, body="a ")], "1 come twice"),
        ([rule(0, 0, 0, 0, cofog="77")], r"\['77'\] are not COFOG"),
    ],
)
def test_rules_that_say_nothing_clear_are_refused(
    scores: list[dict[str, object]], match: str
) -> None:
    with pytest.raises(InsightError, match=match):
        control_of(COUNCIL, *scores)


def test_money_that_does_not_add_up_to_something_is_refused() -> None:
    with pytest.raises(InsightError, match="adds up to 0 pence"):
        control_of(COUNCIL.assign(amount_pence=0), rule(0, 0, 0, 0, body="council"))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InsightError, match=r"lacks \['body_kind'\]"):
        control_of(COUNCIL.drop(columns="body_kind"), rule(0, 0, 0, 0, body="a"))


def test_the_rules_stand_in_a_file_with_a_version() -> None:
    rubric = control_rubric()
    assert sorted(rubric["factor"].unique()) == sorted(FACTORS)
    assert rubric.groupby("factor")["score"].apply(list).to_list() == [[0, 1, 2]] * 4
    assert rubric["version"].eq(1).all()
    assert set(from_points()) == set(CLASSES)
    assert set(at_most().values()) <= set(CLASSES)


scores = st.integers(0, 2)
rows = st.lists(
    st.tuples(scores, scores, scores, scores, st.integers(1, 99)), min_size=1
)


@settings(max_examples=12)
@given(rows, st.randoms(use_true_random=False))
def test_more_points_never_mean_more_control(
    rows: list[tuple[int, ...]], random: object
) -> None:
    spend = spend_of(*((f"b{at}", LOCAL, "08", row[4]) for at, row in enumerate(rows)))
    rules = [rule(*row[:4], body=f"b{at}") for at, row in enumerate(rows)]
    found = control_of(spend, *rules)
    held = found.shares.loc[["some", "high"], list(SHIFTS)].sum()
    assert held["every factor one more"] <= held["one point more"] + 1e-12
    assert held["one point more"] <= held["as scored"] + 1e-12
    assert held["as scored"] <= held["one point less"] + 1e-12
    assert found.shares["amount_pence"].sum() == sum(row[4] for row in rows)
    random.shuffle(rules)  # type: ignore[attr-defined]
    again = control_of(spend.iloc[::-1], *rules)
    pd.testing.assert_frame_equal(found.shares, again.shares)
    pd.testing.assert_frame_equal(found.lines, again.lines.sort_index())
