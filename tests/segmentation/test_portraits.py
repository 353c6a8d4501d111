"""Names and sentences say what the profile says, and nothing else."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError, index_scores, pen_portrait, suggested_names
from segmentation.explain.nation import against_nation
from segmentation.explain.portraits import NAMELESS, Sitter

AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3"],
        "homes": 1000,
        "flats": [400, 100, 100],
        "owned": [100, 900, 500],
        "density": [90.0, 10.0, 20.0],
    }
)
VARIABLES = {
    "flats": "flats / homes",
    "owned homes": "owned / homes",
    "density": "density",
}
SEGMENTS = pd.Series({"E1": "1", "E2": "2", "E3": "3"})
PROFILE = index_scores(AREAS, VARIABLES, SEGMENTS)


def profile_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Build a profile from (segment, variable, effect), with an index to match."""
    profile = pd.DataFrame(rows, columns=["segment", "variable", "effect"])
    profile["index"] = 100 + 10 * profile["effect"]
    profile["low"], profile["high"] = profile["index"] - 5, profile["index"] + 5
    return profile.assign(measure="share", count=1, base=2, rate=50.0, place_rate=40.0)


def test_a_name_is_what_the_segment_has_most_of() -> None:
    assert suggested_names(PROFILE) == {"1": "Flats", "2": "Owned homes", "3": NAMELESS}


def test_the_strongest_effect_comes_first() -> None:
    profile = profile_of(("1", "cars", 1), ("1", "flats", 3), ("1", "vans", 2))
    assert suggested_names(profile) == {"1": "Flats, vans"}
    assert suggested_names(profile, words=1) == {"1": "Flats"}


def test_a_difference_that_chance_could_make_names_nothing() -> None:
    assert suggested_names(profile_of(("1", "flats", 0.4))) == {"1": NAMELESS}


def test_names_that_would_be_alike_grow_until_they_differ() -> None:
    profile = profile_of(
        ("1", "flats", 3), ("1", "cars", 2), ("2", "flats", 3), ("2", "vans", 2)
    )
    assert suggested_names(profile, words=1) == {"1": "Flats, cars", "2": "Flats, vans"}


def test_names_that_stay_alike_carry_their_codes() -> None:
    profile = profile_of(("1", "flats", 3), ("2", "flats", 3), ("3", "cars", 1))
    assert suggested_names(profile) == {
        "1": "Flats (1)",
        "2": "Flats (2)",
        "3": "Cars",
    }


def test_some_variables_can_be_kept_out_of_names() -> None:
    profile = profile_of(("1", "Indian residents", 3), ("1", "flats", 2))
    names = suggested_names(profile, avoid=["Indian residents"])
    assert names == {"1": "Flats"}
    with pytest.raises(SegmentError, match="no variable called 'Indian'"):
        suggested_names(profile, avoid=["Indian"])


def test_a_portrait_gives_each_figure_with_its_base() -> None:
    portrait = pen_portrait(PROFILE, "2")
    assert portrait.startswith(
        "Segment 2 has more than the place's average of: owned homes "
        "(90.0 % of 1,000, place 50.0 %, index 180, 95 % interval 176 to 183)."
    )
    assert "It has less than the place's average of: flats (10.0 % of 1,000" in portrait


def test_a_mean_says_how_many_areas_it_is_over() -> None:
    profile = profile_of(("1", "density", 3)).assign(measure="mean", base=95)
    assert "density (mean 50.0 over 95 areas, place 40.0" in pen_portrait(profile, "1")


SIX = pd.DataFrame(
    {
        "homes": [200, 260, 180, 220, 240, 210],
        "flats": [120, 140, 70, 20, 30, 15],
        "owned": [60, 90, 100, 120, 90, 110],
    },
    index=pd.Index([f"E{n}" for n in range(6)], name="area_code"),
)
SHARES = {"flats": "flats / homes", "owned homes": "owned / homes"}
THREES = pd.Series(["1"] * 3 + ["2"] * 3, SIX.index)


def test_a_portrait_gives_the_interval_that_allows_for_areas() -> None:
    profile = index_scores(SIX, SHARES, THREES)
    row = profile.iloc[0]
    assert row["clustered_low"] < 100 < row["low"]
    assert pen_portrait(profile, "1").endswith("in nothing shown here.")
    wide = profile.assign(clustered_low=110.0)  # as if it were clear all the same
    said = f"95 % interval 110 to {row['clustered_high']:,.0f} over 3 areas"
    assert said in pen_portrait(wide, "1")


def test_what_is_clear_of_people_but_not_of_areas_names_nothing() -> None:
    profile = profile_of(("1", "flats", 3)).assign(
        clustered_low=90.0, clustered_high=170.0, areas=4, p_adjusted=0.2
    )
    assert suggested_names(profile) == {"1": NAMELESS}
    assert pen_portrait(profile, "1").endswith("in nothing shown here.")


def test_a_portrait_says_how_sharply_a_segment_differs() -> None:
    profile = profile_of(("1", "flats", 3), ("1", "cars", -1), ("1", "vans", 0.1))
    judged = profile.assign(
        clustered_low=profile["low"],
        clustered_high=profile["high"],
        areas=9,
        p_adjusted=[0.001, 0.05, 0.9],
    )
    assert pen_portrait(judged, "1").endswith(
        "It differs clearly in 2 of 3 variables; mean 1.4 standard deviations of the "
        "areas."
    )


def test_a_portrait_holds_the_segment_against_the_nation_where_it_is_known() -> None:
    nation = pd.DataFrame({"variable": ["flats"], "count": [200], "base": [1000]})
    portrait = pen_portrait(against_nation(PROFILE, nation), "1")
    assert "95 % interval 185 to 215; nation 20.0 %, index 200)" in portrait
    assert portrait.count("nation") == 1


def test_a_portrait_opens_with_size_and_typical_areas() -> None:
    sitter = Sitter(
        areas=12,
        of_areas=90,
        residents=3_000,
        of_residents=20_000,
        typical=["E1", "E2"],
    )
    assert pen_portrait(PROFILE, "1", sitter=sitter).startswith(
        "Segment 1 holds 12 of 90 areas and 3,000 of 20,000 residents (15.0 %); most "
        "typical: E1, E2. It has more than the place's average of: flats"
    )
    plain = pen_portrait(
        profile_of(("1", "x", 0.1)), "1", sitter=Sitter(areas=1, of_areas=2)
    )
    assert plain == (
        "Segment 1 holds 1 of 2 areas. It differs from the place's average in nothing "
        "shown here."
    )


def test_a_portrait_without_figures_names_the_same_variables() -> None:
    plain = pen_portrait(PROFILE, "2", figures=False)
    assert re.findall(r"[0-9]", plain.removeprefix("Segment 2")) == []
    full = pen_portrait(PROFILE, "2")
    assert re.sub(r" \([^)]*\)", "", full).replace(";", ",").startswith(plain)


def test_hidden_rows_are_left_out_of_a_portrait() -> None:
    hidden = PROFILE.copy()
    hidden.loc[hidden["variable"] == "owned homes", ["count", "base"]] = np.nan
    assert "owned" not in pen_portrait(hidden, "2")


def test_a_segment_like_the_place_says_so() -> None:
    portrait = pen_portrait(profile_of(("1", "flats", 0.1)), "1")
    assert portrait == (
        "Segment 1 differs from the place's average in nothing shown here."
    )


def test_an_unknown_segment_lists_those_there_are() -> None:
    with pytest.raises(SegmentError, match=r"no segment '9'. It has '1', '2', '3'"):
        pen_portrait(PROFILE, "9")


def test_a_table_that_is_no_profile_is_refused() -> None:
    with pytest.raises(SegmentError, match="lacks 'effect'"):
        suggested_names(PROFILE.drop(columns="effect"))
    with pytest.raises(SegmentError, match="lacks 'low'"):
        pen_portrait(PROFILE.drop(columns="low"), "1")


def test_a_name_needs_a_word() -> None:
    with pytest.raises(SegmentError, match="words is 0"):
        suggested_names(PROFILE, words=0)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from("123"), st.sampled_from("abcd"), st.integers(-3, 3)),
        min_size=1,
        unique_by=lambda row: row[:2],
    )
)
def test_no_two_segments_share_a_name_and_each_has_a_portrait(
    rows: list[tuple[str, str, float]],
) -> None:
    profile = profile_of(*rows)
    names = suggested_names(profile)
    assert set(names) == set(profile["segment"])
    assert len(set(names.values())) == len(names)
    assert all(pen_portrait(profile, code).endswith(".") for code in names)
