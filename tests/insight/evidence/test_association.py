"""Maturity against flags an area: what is used, left out, said and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from insight.errors import InsightError
from insight.evidence import (
    CAVEAT,
    DESIGN_PROBLEMS,
    Association,
    associate,
    exact_permutation_p,
)

if TYPE_CHECKING:
    from pathlib import Path

TIED_X = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]
TIED_Y = [1, 2, 3, 0, 1, 1, 2, 0, 0, 1, 1, 0, 0]


def levels_of(levels: dict[str, Any], phase: str = "before") -> pd.DataFrame:
    """Give each place the level of both coders on 'value'."""
    rows = [
        (place, "value", coder, level, phase)
        for place, level in levels.items()
        for coder in ("Ann", "Bob")
    ]
    return pd.DataFrame(rows, columns=["place", "component", "coder", "score", "phase"])


def flags_of(counts: dict[str, list[Any]], colour: str = "red") -> pd.DataFrame:
    """Give each place one count an area."""
    rows = [
        (place, f"{place} {number}", colour, count)
        for place, areas in counts.items()
        for number, count in enumerate(areas)
    ]
    return pd.DataFrame(rows, columns=["place", "area", "colour", "count"])


def found_in(
    levels: dict[str, Any], counts: dict[str, list[Any]], colour: str = "red"
) -> Association:
    return associate(
        levels_of(levels),
        flags_of(counts, colour),
        colour="green" if colour == "green" else "red",
        components=["value"],
    )


FIVE = {"A": 1, "B": 2, "C": 2, "D": 3, "E": 4}
COUNTS: dict[str, list[Any]] = {"A": [3], "B": [1], "C": [2], "D": [1], "E": [0]}


def test_the_tied_thirteen_of_the_guide() -> None:
    places = [f"P{number:02}" for number in range(13)]
    found = found_in(
        dict(zip(places, TIED_X, strict=True)),
        {place: [count] for place, count in zip(places, TIED_Y, strict=True)},
    )
    assert found.tau == pytest.approx(-0.6560415, abs=5e-8)
    assert found.p.p == pytest.approx(0.0065768, abs=5e-8)
    assert (found.n, found.p.tables, found.left_out) == (13, 851, {})
    assert str(found) == (
        "Across 13 places with 13 areas and 12 red flags, maturity of insight and red "
        "flags an area have Kendall tau-b -0.66 (95 % interval -0.84 to -0.34, after "
        "Bonett and Wright), exact permutation p 0.0066 (two-sided, 851 tables): the "
        "share of all ways to deal the same figures to the places with |tau-b| at "
        "least as large. So few places would detect, four times in five, only a true "
        "tau of 0.55 or more in size; no association found would mean little. "
        "Appendix G is not available; this tests the claim with your data, it does not "
        "reproduce the report's result."
    )


def test_flags_are_counted_by_area() -> None:
    counts = {**COUNTS, "E": [0, 1, 0, 0, 1, 1]}
    found = found_in(FIVE, counts)
    assert found.places.loc["E"].tolist() == [4.0, 6, 3, 0.5]
    assert found.tau == pytest.approx(
        kendalltau([1, 2, 2, 3, 4], [3, 1, 2, 1, 0.5]).statistic
    )


def test_places_are_left_out_by_name_with_the_reason() -> None:
    levels = {**FIVE, "F": None, "G": 3, "H": None}
    counts = {**COUNTS, "F": [0], "G": [1, None], "H": [None], "I": [2]}
    found = found_in(levels, counts)
    assert found.n == 5
    assert found.left_out == {
        "F": "no level for value",
        "G": "red flags not known in 1 of 2 areas",
        "H": "no level for value and red flags not known in 1 of 1 areas",
        "I": "no maturity scores",
    }
    assert "Left out: F (no level for value); G (red flags" in str(found)


def test_a_place_without_flags_at_all_is_left_out() -> None:
    found = found_in({**FIVE, "F": 2}, COUNTS)
    assert found.left_out == {"F": "no flags"}


def test_green_flags_are_an_outcome_of_their_own() -> None:
    found = found_in(FIVE, {place: [5 - c[0]] for place, c in COUNTS.items()}, "green")
    assert found.colour == "green"
    assert found.tau > 0
    assert "green flags an area" in str(found)


def test_evidence_from_after_the_flags_gives_no_score() -> None:
    levels = pd.concat([levels_of(FIVE), levels_of({"F": 4}, phase="after")])
    found = associate(levels, flags_of({**COUNTS, "F": [0]}), components=["value"])
    assert found.left_out == {"F": "no level for value"}
    assert found.maturity.left_out_after == 2


def test_few_places_are_called_an_exercise() -> None:
    found = found_in({p: FIVE[p] for p in "ABCD"}, COUNTS)
    assert found.n == 4
    assert "no interval" in str(found)
    assert "an exercise in method, not evidence" in str(found)


def test_a_perfect_order_has_no_interval() -> None:
    found = found_in(
        {"A": 1, "B": 2, "C": 3, "D": 4, "E": 4},
        {"A": [4], "B": [3], "C": [2], "D": [1], "E": [1]},
    )
    assert found.interval is None
    assert found.tau == -1.0
    assert "no interval" in str(found)


def test_coder_warnings_stand_beside_the_result() -> None:
    levels = levels_of(FIVE)
    alone = levels[levels["coder"] == "Ann"]
    found = associate(alone, flags_of(COUNTS), components=["value"])
    assert "5 of 5 levels rest on fewer than two coders" in str(found)


def test_the_caveat_and_four_design_problems_are_kept() -> None:
    assert str(found_in(FIVE, COUNTS)).endswith(CAVEAT)
    heads = [problem.split(":")[0] for problem in DESIGN_PROBLEMS]
    assert heads == ["Built-in overlap", "Time order", "Confounding", "Unit"]


@pytest.mark.parametrize(
    ("levels", "counts", "words"),
    [
        ({p: FIVE[p] for p in "ABC"}, COUNTS, "only 3 places have both"),
        (
            FIVE,
            {**COUNTS, "A": [None], "B": [None]},
            "B: red flags not known in 1 of 1",
        ),
        (dict.fromkeys(FIVE, 2), COUNTS, "values of the first variable are equal"),
        (FIVE, {p: [1] for p in FIVE}, "values of the second variable are equal"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    levels: dict[str, Any], counts: dict[str, list[Any]], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        found_in(levels, counts)


def test_another_colour_is_refused() -> None:
    with pytest.raises(InsightError, match="colour is 'amber'"):
        associate(levels_of(FIVE), flags_of(COUNTS), colour="amber")  # type: ignore[arg-type]  # the fault under test


@pytest.mark.fixtures
def test_the_published_facts_are_too_few_to_answer(fixtures: Path) -> None:
    # evidence.md, section 0: 3 of 13 pilots have all their flags.
    wide = pd.read_csv(fixtures / "evidence" / "flags_pilot_areas.csv")
    flags = wide.rename(
        columns={"pilot": "place", "caa_area": "area", "red": "count"}
    ).assign(colour="red", minimum=wide["red_min"], maximum=wide["red_max"])
    levels = {place: 1 + number % 4 for number, place in enumerate(set(flags["place"]))}
    with pytest.raises(InsightError, match="only 3 places have both"):
        associate(levels_of(levels), flags, components=["value"])


points = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)),
    min_size=4,
    max_size=9,
)


@settings(max_examples=30)
@given(points)
def test_it_is_tau_of_rates_whatever_the_places_are_called(
    drawn: list[tuple[int, int, int]],
) -> None:
    x = [level for level, _, _ in drawn]
    y = [count / areas for _, count, areas in drawn]
    assume(len(set(x)) > 1)
    assume(len(set(y)) > 1)
    names = [f"place {number * 7 % 10}" for number in range(len(drawn))]
    counts = {
        name: [count] + [0] * (areas - 1)
        for name, (_, count, areas) in zip(names, drawn, strict=True)
    }
    found = found_in(dict(zip(names, x, strict=True)), counts)
    assert found.tau == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)
    assert found.p.p == pytest.approx(exact_permutation_p(x, y).p, rel=1e-12)
