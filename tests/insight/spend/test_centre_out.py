"""National figures allocated to places: exact, by rung, and in any order of rows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.centre_out import (
    REST,
    centre_out,
    described_weights,
    keys_of,
    weights_of,
    with_own_keys,
)
from insight.spend.national import NationalSpend, national_spend

if TYPE_CHECKING:
    from random import Random

    from insight.spend.centre_out import CentreOut

KEYS = pd.DataFrame(
    {
        "place": ["Northton", "Northton", "Southam", "East", "Southam", "West"],
        "district": ["N1", "N2", None, None, "S2", None],
        "region": ["East", "East", "East", "East", "West", "West"],
        "covers": ["place", "place", "place", "region", "place", "region"],
        "population": [10, 15, 25, 100, 30, 60],
        "households": [4, 6, 5, 50, 10, 20],
    }
)


def spend_of(*rows: tuple[str, str, int]) -> NationalSpend:
    return national_spend(
        pd.DataFrame(rows, columns=["region", "cofog", "amount_pence"])
    )


SPEND = spend_of(("East", "7", 1_001), ("East", "7", -100), ("West", "9", 500))


def totals(made: CentreOut) -> dict[tuple[str, str], int]:
    grouped = made.lines.groupby(["region", "place"])["amount_pence"].sum()
    return {(str(a), str(b)): int(pence) for (a, b), pence in grouped.items()}


def test_districts_are_added_up_and_a_place_may_lie_in_two_regions() -> None:
    keys = keys_of(KEYS)
    assert keys.shares["East"]["Northton"] == {
        "households": Fraction(1, 5),
        "population": Fraction(1, 4),
    }
    assert keys.places == ("Northton", "Southam")
    assert keys.people == {"Northton": 25.0, "Southam": 55.0}
    made = centre_out(SPEND, keys)
    assert totals(made) == {
        ("East", "Northton"): 225,
        ("East", "Southam"): 225,
        ("East", f"{REST}East"): 451,
        ("West", "Southam"): 250,
        ("West", f"{REST}West"): 250,
    }
    assert made.places["amount_pence"].to_dict() == {"Northton": 225, "Southam": 475}
    assert made.places["key"].to_dict() == {"Northton": 225, "Southam": 475}


def test_negative_lines_are_allocated_apart_from_the_others() -> None:
    made = centre_out(SPEND, keys_of(KEYS))
    below = made.lines[made.lines["amount_pence"] < 0]
    assert below["amount_pence"].sum() == -100


def test_weights_of_a_code_of_its_division_and_of_others() -> None:
    weights = pd.DataFrame(
        {
            "cofog": ["7", "7", "07.3", "other"],
            "key": ["population", "households", "population", "households"],
            "weight": [0.5, 0.5, 1.0, 1.0],
        }
    )
    found = weights_of(weights, ["07.2", "07.3", "09"], ["households", "population"])
    assert found["07.2"] == {"households": Fraction(1, 2), "population": Fraction(1, 2)}
    assert found["07.3"] == {"population": Fraction(1)}
    assert found["09"] == {"households": Fraction(1)}
    made = centre_out(SPEND, keys_of(KEYS), weights=weights)
    expected = (Fraction(1, 4) + Fraction(1, 5)) / 2 * 901
    assert made.places.loc["Northton", "amount_pence"] == pytest.approx(expected, abs=1)


def test_observed_figures_go_first_and_keys_share_what_remains() -> None:
    known = pd.DataFrame(
        {
            "place": ["Northton"],
            "cofog": ["07"],
            "amount_pence": [301],
            "evidence": ["observed"],
        }
    )
    made = centre_out(SPEND, keys_of(KEYS), known=known)
    assert totals(made)["East", "Northton"] == 301
    assert totals(made)["East", "Southam"] == 200  # a third of the 600 that remain
    assert totals(made)["East", f"{REST}East"] == 400
    assert made.places.loc["Northton", ["observed", "key"]].tolist() == [301, 0]
    assert set(made.of("Northton")["rung"]) == {"observed"}


def test_a_figure_of_one_body_is_taken_from_that_body_alone() -> None:
    spend = national_spend(
        pd.DataFrame(
            {
                "region": "East",
                "cofog": "7",
                "body": ["Health", "Other"],
                "amount_pence": [800, 200],
            }
        )
    )
    known = pd.DataFrame(
        {
            "place": ["Northton"],
            "cofog": ["7"],
            "body": ["Health"],
            "amount_pence": [100],
            "evidence": ["modelled"],
        }
    )
    keys = keys_of(KEYS[KEYS["region"] == "East"])
    made = centre_out(spend, keys, known=known)
    own = made.of("Northton").set_index("body")
    assert own["amount_pence"].to_dict() == {"Health": 100, "Other": 50}
    assert own["rung"].to_dict() == {"Health": "modelled", "Other": "key"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": "Nowhere"}, "no place of place_keys"),
        ({"cofog": "77"}, "no COFOG code"),
        ({"evidence": "guessed"}, "neither observed nor modelled"),
        ({"amount_pence": 2_000}, "cannot have more than its region"),
        ({"cofog": "09"}, "national figures have £0"),
        ({"place": "Southam"}, "does not say in which"),
        ({"amount_pence": None}, "has no amount"),
    ],
)
def test_known_figures_that_do_not_fit_are_refused(
    change: dict[str, object], words: str
) -> None:
    row = {
        "place": "Northton",
        "cofog": "7",
        "amount_pence": 10,
        "evidence": "observed",
    } | change
    with pytest.raises(InsightError, match=words):
        centre_out(SPEND, keys_of(KEYS), known=pd.DataFrame([row]))


def test_a_figure_may_not_be_given_twice_or_of_a_part_and_of_all() -> None:
    row = {"place": "Northton", "cofog": "7", "amount_pence": 1, "evidence": "observed"}
    with pytest.raises(InsightError, match="two figures"):
        centre_out(SPEND, keys_of(KEYS), known=pd.DataFrame([row, row]))
    both = pd.DataFrame([row | {"body": None}, row | {"body": "Health"}])
    with pytest.raises(InsightError, match="both for a body and for all bodies"):
        centre_out(SPEND, keys_of(KEYS), known=both)
    with pytest.raises(InsightError, match="lacks"):
        centre_out(SPEND, keys_of(KEYS), known=both.drop(columns="evidence"))


def test_a_whole_region_that_is_all_places_leaves_nothing_over() -> None:
    keys = keys_of(
        pd.DataFrame(
            {
                "place": ["A", "B", "East"],
                "region": "East",
                "covers": ["place", "place", "region"],
                "population": [1, 2, 3],
            }
        )
    )
    made = centre_out(spend_of(("East", "7", 100)), keys)
    assert totals(made)["East", f"{REST}East"] == 0
    known = pd.DataFrame(
        {
            "place": ["A", "B"],
            "cofog": "7",
            "amount_pence": [10, 20],
            "evidence": "observed",
        }
    )
    with pytest.raises(InsightError, match="nothing of the region is left to take it"):
        centre_out(spend_of(("East", "7", 100)), keys, known=known)
    fits = known.assign(amount_pence=[40, 60])
    exact = centre_out(spend_of(("East", "7", 100)), keys, known=fits)
    assert exact.places["amount_pence"].tolist() == [40, 60]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"population": [10, 15, 90, 100, 30, 60]}, "the places of East have 115"),
        ({"population": [10, 15, -1, 100, 30, 60]}, "hold a figure below zero"),
        ({"covers": ["place"] * 6}, "regions without a row"),
        ({"covers": ["place", "place", "place", "region", "region", "region"]}, "West"),
        ({"covers": ["place", "place", "place", "town", "place", "region"]}, "1 of 6"),
        ({"district": ["N1", "N1", None, None, "S2", None]}, "2 repeat|1 repeat"),
    ],
)
def test_keys_that_do_not_fit_are_refused(
    change: dict[str, list[object]], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        keys_of(KEYS.assign(**change))


def test_keys_need_a_column_and_regions_need_figures() -> None:
    with pytest.raises(InsightError, match="one column of numbers"):
        keys_of(KEYS[["place", "region", "covers"]])
    with pytest.raises(InsightError, match="no national figures of \\['West'\\]"):
        centre_out(spend_of(("East", "7", 1)), keys_of(KEYS))
    with pytest.raises(InsightError, match="no place 'Leeds'"):
        centre_out(SPEND, keys_of(KEYS)).of("Leeds")


def test_a_key_that_a_district_lacks_is_not_known_of_the_place() -> None:
    keys = keys_of(KEYS.assign(households=[4, None, 5, 50, 10, 20]))
    assert keys.usable() == ("population",)
    assert "households" not in keys.shares["East"]["Northton"]
    weights = pd.DataFrame({"cofog": ["other"], "key": ["households"], "weight": [1]})
    with pytest.raises(InsightError, match="not known of all of Northton"):
        centre_out(SPEND, keys, weights=weights)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("77", "population", 1)], "no COFOG code"),
        ([("7", "rain", 1)], "no key of"),
        ([("7", "population", 0.6)], "sum to 0.6, not to 1"),
        ([("7", "population", 1.5)], "not 0 to 1"),
        ([("7", "population", -0.5), ("7", "households", 1)], "not 0 to 1"),
        ([("7", "population", 0.5), ("07", "population", 0.5)], "comes twice"),
        ([("7", "population", 1)], "no weights: \\['09'\\]"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(
    rows: list[tuple[str, str, float]], words: str
) -> None:
    frame = pd.DataFrame(rows, columns=["cofog", "key", "weight"])
    with pytest.raises(InsightError, match=words):
        weights_of(frame, ["07", "09"], ["households", "population"])


def test_without_weights_population_counts_or_nothing_does() -> None:
    assert weights_of(None, ["07"], ["population"]) == {"07": {"population": 1}}
    with pytest.raises(InsightError, match="allocated by population"):
        weights_of(None, ["07"], ["households"])
    with pytest.raises(InsightError, match="lacks"):
        weights_of(pd.DataFrame({"cofog": ["7"]}), ["07"], ["population"])


def test_the_weights_to_begin_with_say_what_is_ours() -> None:
    frame = described_weights()
    assert frame["source"].str.contains("ours").all()
    keys = ["aged_0_4", "aged_5_17", "households", "population"]
    assert set(weights_of(frame, ["06", "09", "10"], keys)) == {"06", "09", "10"}


figures = st.integers(0, 10**9)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["7", "9"]), st.integers(-(10**9), 10**12)),
        min_size=1,
        max_size=8,
    ),
    st.lists(figures, min_size=1, max_size=5),
    st.integers(1, 10**9),
    st.randoms(use_true_random=False),
)
def test_region_totals_are_kept_to_the_penny_in_any_order(
    lines: list[tuple[str, int]], people: list[int], rest: int, random: Random
) -> None:
    names = [f"P{at}" for at in range(len(people))]
    frame = pd.DataFrame(
        {
            "place": [*names, "East"],
            "region": "East",
            "covers": ["place"] * len(names) + ["region"],
            "population": [*people, sum(people) + rest],
        }
    )
    rows = [("East", cofog, pence) for cofog, pence in lines]
    made = centre_out(spend_of(*rows), keys_of(frame))
    assert made.lines["amount_pence"].sum() == sum(pence for _, _, pence in rows)
    whole = sum(people) + rest
    for name, own in zip(names, people, strict=True):
        exact = Fraction(sum(pence for *_, pence in rows) * own, whole)
        got = int(made.places.loc[name, "amount_pence"])
        assert abs(got - exact) < len(rows)
    random.shuffle(rows)
    again = centre_out(spend_of(*rows), keys_of(frame.sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(again.lines, made.lines)


def test_merged_districts_are_the_place() -> None:
    merged = KEYS.groupby(
        ["place", "region", "covers"], as_index=False, dropna=False
    ).sum(numeric_only=True)
    assert keys_of(merged) == keys_of(KEYS)


OWN = pd.DataFrame(
    {
        "place": ["Northton", "Northton", "East"],
        "district": ["N1", "N2", None],
        "region": "East",
        "key": "jobs",
        "value": [3, 4, 14],
    }
)


def test_a_place_may_bring_keys_of_its_own() -> None:
    keys = keys_of(with_own_keys(KEYS, OWN))
    assert keys.shares["East"]["Northton"]["jobs"] == Fraction(1, 2)
    assert "jobs" not in keys.shares["East"]["Southam"]
    assert keys_of(with_own_keys(KEYS, None)) == keys_of(KEYS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"district": ["N1", "N9", None]}, "1 rows of no place"),
        ({"district": ["N1", "N1", None]}, "1 that repeat"),
        ({"key": "population"}, "\\['population'\\]"),
    ],
)
def test_own_keys_that_do_not_fit_are_refused(
    change: dict[str, object], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        with_own_keys(KEYS, OWN.assign(**change))
