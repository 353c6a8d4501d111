"""Spend a head beside need: what may be divided by, and what the report claims."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.per_head import EXPLAINED, per_head
from insight.spend.per_head_claims import check_per_head

SPEND = {"Northton": 600, "Southam": 300, "Westing": 300}
PEOPLE = {"Northton": 2, "Southam": 1, "Westing": 1}


def needs_of(kind: str, *values: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        {"place": list(SPEND), "index": kind.title(), "value": values, "kind": kind}
    )


def test_raw_stands_beside_adjusted_by_several_indices() -> None:
    needs = pd.concat([needs_of("ratio", 10, 20, 40), needs_of("exponential", 0, 0, 1)])
    found = per_head(SPEND, PEOPLE, needs=needs)
    assert found.table["per_head_pence"].tolist() == [300, 300, 300]
    assert found.table["rank"].tolist() == [1, 1, 1]
    by_ratio = found.adjusted[found.adjusted["index"] == "Ratio"].set_index("place")
    assert by_ratio["need"].to_dict() == {"Northton": 0.5, "Southam": 1, "Westing": 2}
    assert by_ratio["adjusted_pence"].tolist() == [600, 300, 150]
    assert by_ratio["rank"].tolist() == [1, 2, 3]
    ratio = found.ratio("Westing", "Southam")
    assert ratio["raw"] == 1
    assert ratio["Ratio"] == pytest.approx(0.5)
    assert ratio["Exponential"] == pytest.approx(math.exp(-1))
    assert EXPLAINED in str(found)
    assert "lines 707-710" in EXPLAINED


@pytest.mark.parametrize(
    ("kind", "values", "why"),
    [
        ("standardised", (1.0, 2.0, 3.0), "can be negative"),
        ("rank", (1, 2, 3), "a rank is not an amount"),
        ("ratio", (1.0, 0.0, 2.0), "1 of 3 values are nought or negative"),
        ("ratio", (1.0, -4.0, 2.0), "nought or negative"),
        ("ratio", (1.0, None, 2.0), "1 of 3 places have no value"),
    ],
)
def test_a_score_that_cannot_be_divided_by_is_refused_with_the_reason(
    kind: str, values: tuple[float | None, ...], why: str
) -> None:
    found = per_head(SPEND, PEOPLE, needs=needs_of(kind, *values))
    assert found.adjusted.empty
    assert why in found.refused[kind.title()]
    assert why in str(found)


def test_ranks_stand_beside_ranks() -> None:
    spend = {"Northton": 800, "Southam": 300, "Westing": 500}
    scored = per_head(spend, PEOPLE, needs=needs_of("standardised", -1, None, 2)).ranks
    assert scored.set_index("place")["spend_rank"].to_dict() == {
        "Northton": 2,
        "Westing": 1,
    }
    assert scored["need_rank"].tolist() == [2, 1]
    ranked = per_head(spend, PEOPLE, needs=needs_of("rank", 3, 1, 2)).ranks
    assert ranked["need_rank"].tolist() == [3, 1, 2]
    assert ranked["spend_rank"].tolist() == [2, 3, 1]


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        (needs_of("ratio", 1, 2, 3).drop(columns="kind"), "lacks \\['kind'\\]"),
        (needs_of("guess", 1, 2, 3), "not known"),
        (pd.concat([needs_of("ratio", 1, 2, 3)] * 2), "repeats 3 pairs"),
        (
            pd.concat([needs_of("ratio", 1, 2, 3), needs_of("rank", 1, 2, 3)]).assign(
                index="One"
            ),
            "several kinds for \\['One'\\]",
        ),
    ],
)
def test_needs_that_cannot_be_read_are_refused(needs: pd.DataFrame, words: str) -> None:
    with pytest.raises(InsightError, match=words):
        per_head(SPEND, PEOPLE, needs=needs)


def test_each_place_needs_people() -> None:
    with pytest.raises(InsightError, match="1 of 3 places have no people"):
        per_head(SPEND, PEOPLE | {"Southam": 0})
    with pytest.raises(InsightError, match="0 of 0"):
        per_head({}, {})


positive = st.floats(0.01, 100)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), positive, positive), min_size=1, max_size=6
    )
)
def test_adjusting_shares_out_need_and_not_money(
    rows: list[tuple[int, float, float]],
) -> None:
    names = [f"P{at}" for at in range(len(rows))]
    spend = {name: pence for name, (pence, _, _) in zip(names, rows, strict=True)}
    people = {name: heads for name, (_, heads, _) in zip(names, rows, strict=True)}
    needs = pd.DataFrame(
        {
            "place": names,
            "index": "D",
            "value": [need for *_, need in rows],
            "kind": "ratio",
        }
    )
    found = per_head(spend, people, needs=needs)
    table = found.adjusted.set_index("place")
    weighted = sum(table["need"][name] * people[name] for name in names)
    assert weighted == pytest.approx(sum(people.values()))
    back = table["adjusted_pence"] * table["need"]
    assert back.tolist() == pytest.approx(table["per_head_pence"].tolist())
    scaled = per_head(spend, people, needs=needs.assign(value=needs["value"] * 7))
    assert scaled.adjusted["adjusted_pence"].tolist() == pytest.approx(
        table["adjusted_pence"].tolist()
    )
    pd.testing.assert_frame_equal(
        per_head(spend, people, needs=needs[::-1]).adjusted, found.adjusted
    )


def test_the_reports_example_holds_raw_and_not_adjusted() -> None:
    raw, adjusted = check_per_head()
    assert raw.verdict == "possible"
    assert raw.found.startswith("0.954 (0.906 to 1.004")
    assert adjusted.verdict == "does not add up"
    assert adjusted.found.startswith("84.6 %")
    assert "would take 1.59 times" in adjusted.note
