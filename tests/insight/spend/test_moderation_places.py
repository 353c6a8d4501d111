"""What is asked of several counts beside one another."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.moderation import moderate, moderate_places

PLACES = ("Kent", "Leeds", "Luton", "Poole", "Sutton")


def count(**changes: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": ["grant", "tax"],
            "body": ["Council", "Trust"],
            "body_kind": ["regional", "nhs"],
            "cofog": ["09", "07"],
            "amount_pence": [400_000, 300_000],
            "nature": ["revenue", "capital"],
            "basis": "actual",
            "recurring": "recurring",
            "period": "2008-09",
        }
        | changes
    )


def beside(odd: pd.DataFrame, places: int = 4) -> list[tuple[str, str]]:
    """Return what is said of an odd count beside others that are alike."""
    counts = {name: count() for name in PLACES[1:places]}
    moderated = moderate_places({"Kent": odd, **counts})
    alone = moderate(odd)
    return [
        (remark.rule, remark.said)
        for remark in moderated.remarks["Kent"]
        if remark not in alone
    ]


def test_counts_that_are_alike_have_nothing_to_ask_beside_one_another() -> None:
    assert beside(count()) == []


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        ({"basis": "budget"}, "basis not that of others", "Counts budget, where most"),
        ({"period": "2007-08"}, "period not that of others", "count 2008-09 (period)"),
        ({"nature": "revenue"}, "nature not that of others", "capital and revenue"),
        ({"source": "grant"}, "sources of other places missing", "places name: tax"),
        ({"body": "TRUST "}, "bodies of other places missing", "name: Council"),
        (
            {"body_kind": "nhs"},
            "kinds of body of other places missing",
            "name: regional",
        ),
    ],
)
def test_one_difference_is_one_remark(
    changes: dict[str, object], rule: str, words: str
) -> None:
    ((found, said),) = beside(count(**changes))
    assert found == rule
    assert words in said


def test_two_places_alone_do_not_name_one_another_s_bodies() -> None:
    assert beside(count(body="Elsewhere"), places=2) == []


def test_one_body_where_others_have_many_is_asked_about() -> None:
    many = (
        count()
        .loc[[1] * 6]
        .assign(body=[f"Trust {at}" for at in range(6)], amount_pence=range(1, 7))
    )
    wide = pd.concat([count().loc[[0]], many], ignore_index=True)
    counts = dict.fromkeys(PLACES[1:], wide) | {"Kent": count()}
    remarks = moderate_places(counts).remarks["Kent"]
    (one,) = [each for each in remarks if each.rule.startswith("one body")]
    assert one.said == (
        "Lays all of COFOG division 07 at one body's door, where others name 6 at the "
        "median"
    )


def test_a_place_that_counts_in_thousands_is_found() -> None:
    small = count(amount_pence=[400, 300])
    ((rule, said),) = beside(small, places=5)
    assert rule == "out of scale"
    assert "thousand times less than other places in its whole count" in said
    ((_, said),) = beside(count(amount_pence=[400, 300_000]), places=5)
    assert "in COFOG 09" in said


def test_the_table_is_place_by_rule_with_lines_and_money() -> None:
    odd = count(amount_pence=[-400_000, 300_000])
    moderated = moderate_places({"Kent": odd, "Leeds": count(), "Luton": count()})
    table = moderated.table.set_index(["place", "rule"]).to_dict("index")
    assert table["Kent", "negative amount"] == {
        "remarks": 1,
        "lines": 1,
        "amount_pence": -400_000,
    }
    wide = moderated.by_rule()
    assert wide.index.to_list() == ["Kent", "Leeds", "Luton"]
    assert wide["negative amount"].to_list() == [1, 0, 0]
    assert wide["missing function"].to_list() == [1, 1, 1]
    assert moderated.totals["amount_pence"].to_list() == [-100_000, 700_000, 700_000]
    assert str(moderated) == (
        "3 counts of 6 lines (£13,000, unaudited) give 7 remarks. Most often: missing "
        "function, in 3 of 3."
    )


def test_no_count_at_all_is_refused() -> None:
    with pytest.raises(InsightError, match="Name at least one"):
        moderate_places({})


@settings(max_examples=4)
@given(st.permutations(PLACES), st.integers(0, 4))
def test_the_order_of_places_does_not_matter(order: list[str], odd: int) -> None:
    counts = {
        name: count(basis="budget" if at == odd else "actual")
        for at, name in enumerate(PLACES)
    }
    one = moderate_places(counts)
    other = moderate_places({name: counts[name] for name in order})
    assert dict(one.remarks) == dict(other.remarks)
    pd.testing.assert_frame_equal(one.table, other.table)
