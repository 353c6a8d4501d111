"""Own headings in COFOG: weighted, exact to the penny, and nobody's but ours."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.headings import map_headings, own_headings, with_headings
from place.engine import start_engine

THIRDS = pd.DataFrame(
    {
        "heading": ["Drugs", "Drugs", "Drugs"],
        "cofog": ["7", "10", "3.1"],
        "weight": [0.333333, 0.333333, 0.333334],
    }
)


def mapped(pence: list[int], headings: pd.DataFrame | None = THIRDS) -> pd.DataFrame:
    spend = pd.DataFrame({"heading": " drugs ", "cofog": None, "amount_pence": pence})
    return map_headings(spend, headings).lines


def test_our_mapping_is_of_known_codes_with_weights_that_make_one() -> None:
    own = own_headings()
    assert all(cofog_code(code) == code for code in own["cofog"])
    assert {sum(each["weight"]) for _, each in own.groupby("heading")} == {Decimal(1)}
    assert own["version"].eq("1").all()
    shared = own["heading"].duplicated(keep=False)
    assert own.loc[shared, "note"].ne("").all()


def test_a_heading_is_split_by_its_weights_and_a_code_is_kept() -> None:
    spend = pd.DataFrame(
        {
            "heading": ["Drugs", "Drugs", None, "Nothing known"],
            "cofog": [None, "09.2", "07", None],
            "amount_pence": [100, 7, 8, 9],
        },
        index=[2, 3, 4, 5],
    )
    result = map_headings(spend, THIRDS)
    shown = result.lines.astype("object").where(result.lines.notna(), None)
    columns = ["line", "cofog", "amount_pence", "mapped_by"]
    assert shown[columns].to_numpy().tolist() == [
        [2, "03.1", 34, "place"],
        [2, "07", 33, "place"],
        [2, "10", 33, "place"],
        [3, "09.2", 7, None],
        [4, "07", 8, None],
        [5, None, 9, None],
    ]
    assert result.used["amount_pence"].to_list() == [34, 33, 33]
    assert result.unmapped.to_dict("records") == [
        {"heading": "Nothing known", "lines": 1, "amount_pence": 9, "nearest": ""}
    ]
    assert str(result) == (
        "1 heading by the place's own mapping: £1. Not mapped: 1 heading, £0."
    )


def test_the_place_comes_first_and_ours_says_that_it_is_ours() -> None:
    spend = pd.DataFrame({"heading": ["Police", "Parking"], "amount_pence": [5, 6]})
    theirs = pd.DataFrame({"heading": ["police"], "cofog": ["3"]})
    result = map_headings(spend, theirs)
    assert result.lines["cofog"].to_list() == ["03", "04.5"]
    assert result.lines["mapped_by"].to_list() == ["place", "totalplace"]
    assert "not CIPFA's (version 1)" in str(result)
    none = map_headings(pd.DataFrame({"cofog": ["7"], "amount_pence": [1]}))
    assert str(none) == "No line is placed by an own heading."


def test_headings_near_to_known_ones_are_suggested() -> None:
    spend = pd.DataFrame({"heading": ["Suporting peple"], "amount_pence": [5]})
    (row,) = map_headings(spend).unmapped.to_dict("records")
    assert row["nearest"].startswith("Supporting people")


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        ({"cofog": ["07", "10"], "weight": [0.5, 0.4]}, "sum to 0.9, not to 1"),
        ({"cofog": ["07", "10"], "weight": [1.5, -0.5]}, "one is below nought"),
        ({"cofog": ["07", "7"], "weight": [0.5, 0.5]}, "names a COFOG code twice"),
        ({"cofog": ["07", "12"], "weight": [0.5, 0.5]}, "no COFOG 1999 code.*'12'"),
        ({"cofog": ["07", "10"]}, "sum to 2, not to 1"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(
    headings: dict[str, list[object]], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        mapped([1], pd.DataFrame({"heading": "Drugs"} | headings))


pence = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5)


@given(pence, st.lists(st.integers(1, 50), min_size=3, max_size=3))
def test_every_line_is_whole_again_and_each_part_within_a_penny(
    amounts: list[int], parts: list[int]
) -> None:
    weights = [Fraction(part, sum(parts)) for part in parts]
    written = [Decimal(w.numerator) / Decimal(w.denominator) for w in weights]
    lines = mapped(amounts, THIRDS.assign(weight=pd.Series(written)))
    by_line = lines.groupby("line")["amount_pence"].sum()
    assert by_line.to_list() == amounts
    exact = dict(zip(["07", "10", "03.1"], weights, strict=True))
    for row in lines.to_dict("records"):
        share = amounts[row["line"]] * exact[row["cofog"]]
        assert abs(row["amount_pence"] - share) <= 1


@settings(max_examples=40)
@given(pence, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(amounts: list[int], random: Random) -> None:
    spend = pd.DataFrame({"heading": "Drugs", "amount_pence": amounts})
    order = random.sample(range(len(amounts)), len(amounts))
    one, other = (
        map_headings(rows, THIRDS).lines for rows in (spend, spend.iloc[order])
    )
    pd.testing.assert_frame_equal(one, other)


def test_an_engine_gets_one_reading_of_headings_for_all_rooms() -> None:
    engine = start_engine()
    spend = pd.DataFrame(
        {"heading": ["Drugs", None], "cofog": [None, "07"], "amount_pence": [100, 1]}
    )
    engine.register("spend", spend)
    engine.register("headings", THIRDS)
    assert with_headings(engine) is not None
    rows = engine.arrow("SELECT * FROM spend ORDER BY cofog, amount_pence").to_pylist()
    assert [(row["cofog"], row["amount_pence"]) for row in rows] == [
        ("03.1", 34),
        ("07", 1),
        ("07", 33),
        ("10", 33),
    ]
    engine.register("spend", spend.assign(heading=pd.Series([None, None], dtype=str)))
    assert with_headings(engine) is None
    engine.register("spend", spend[["cofog", "amount_pence"]])
    assert with_headings(engine) is None
    engine.close()
