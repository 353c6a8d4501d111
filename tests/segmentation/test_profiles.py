"""Index tables by hand, the published Byker row, and what always adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp

from segmentation import SegmentError, index_scores, penetration

AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3", "E4"],
        "flats": [30, 50, 10, 10],
        "homes": [100, 300, 100, 500],
        "density": [10.0, 14.0, 4.0, 4.0],
    }
)
VARIABLES = {"flats": "flats / homes", "density": "density"}
SEGMENTS = pd.Series({"E1": "1", "E2": "1", "E3": "2", "E4": "2"})


def row_of(profile: pd.DataFrame, segment: str, variable: str) -> pd.Series:
    """Return the one row of a segment and variable."""
    rows = profile[(profile["segment"] == segment) & (profile["variable"] == variable)]
    (found,) = rows.to_dict("records")
    return pd.Series(found)


def test_a_rate_is_pooled_and_never_the_mean_of_rates() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS), "1", "flats")
    assert (found["count"], found["base"]) == (80, 400)
    assert found["rate"] == 20  # the mean of 30 % and 16.7 % would be 23.3 %
    assert found["place_rate"] == 10
    assert found["index"] == 200


def test_a_figure_taken_as_it_is_is_a_mean_of_areas() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS), "1", "density")
    assert (found["measure"], found["base"], found["rate"]) == ("mean", 2, 12)
    assert np.isnan(found["count"])
    assert (found["place_rate"], found["index"]) == (8, 150)


def test_the_interval_of_a_share_is_wilsons() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS), "1", "flats")
    expected = binomtest(80, 400).proportion_ci(method="wilson")
    assert found["low"] == pytest.approx(1000 * expected.low)
    assert found["high"] == pytest.approx(1000 * expected.high)


def test_the_interval_of_a_mean_is_students() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS), "1", "density")
    expected = ttest_1samp([10.0, 14.0], 0).confidence_interval()
    assert found["low"] == pytest.approx(100 * expected.low / 8)
    assert found["high"] == pytest.approx(100 * expected.high / 8)


def test_the_effect_counts_standard_deviations_of_the_areas() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS), "1", "flats")
    assert found["effect"] == pytest.approx(10 / np.std([30, 100 * 50 / 300, 10, 2]))


def test_an_area_with_a_missing_count_leaves_both_sums() -> None:
    areas = AREAS.assign(flats=[30, np.nan, 10, 10])
    found = row_of(index_scores(areas, VARIABLES, SEGMENTS), "1", "flats")
    assert (found["count"], found["base"]) == (30, 100)
    assert found["place_rate"] == pytest.approx(100 * 50 / 700)


def test_an_area_without_a_segment_counts_towards_the_place() -> None:
    found = index_scores(AREAS, VARIABLES, SEGMENTS.drop("E4"))
    assert row_of(found, "1", "flats")["place_rate"] == 10
    assert row_of(found, "2", "flats")["base"] == 100
    blank = index_scores(AREAS, VARIABLES, SEGMENTS.where(SEGMENTS.index != "E4"))
    pd.testing.assert_frame_equal(found, blank)


def test_a_segment_of_one_area_has_no_interval_of_its_mean() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS.drop("E4")), "2", "density")
    assert found["rate"] == 4
    assert np.isnan(found["low"])
    assert np.isnan(found["high"])


def test_nothing_of_nothing_is_missing_and_not_zero() -> None:
    areas = AREAS.assign(flats=0, homes=[0, 0, 5, 5])
    profile = index_scores(areas, VARIABLES, SEGMENTS)
    assert np.isnan(row_of(profile, "1", "flats")["rate"])
    assert row_of(profile, "2", "flats")["rate"] == 0
    assert np.isnan(row_of(profile, "2", "flats")["index"])


def test_a_segment_known_nowhere_keeps_its_row() -> None:
    areas = AREAS.assign(flats=[np.nan, np.nan, 10, 10])
    found = row_of(index_scores(areas, VARIABLES, SEGMENTS), "1", "flats")
    assert found["base"] == 0
    assert np.isnan(found["index"])


def test_codes_are_ordered_as_people_count() -> None:
    codes = pd.Series(["10", "9", "3b10", "3b2"], index=SEGMENTS.index)
    profile = index_scores(AREAS, VARIABLES, codes)
    assert profile["segment"].unique().tolist() == ["3b2", "3b10", "9", "10"]
    assert profile["variable"].tolist() == ["flats", "density"] * 4


def test_segments_of_other_areas_are_refused() -> None:
    strange = pd.Series({"E1": "1", "W9": "1"})
    with pytest.raises(SegmentError, match=r"1 of 2 areas that are not in .*'W9'"):
        index_scores(AREAS, VARIABLES, strange)


def test_a_series_from_another_index_is_refused() -> None:
    with pytest.raises(SegmentError, match="4 of 4 areas that are not in"):
        index_scores(AREAS, VARIABLES, SEGMENTS.reset_index(drop=True))


def test_an_area_in_two_segments_is_refused() -> None:
    twice = pd.Series(["1", "2"], index=["E1", "E1"])
    with pytest.raises(SegmentError, match="'E1'"):
        index_scores(AREAS, VARIABLES, twice)


def test_the_published_byker_row_is_reproduced() -> None:
    """Ward profile of Newcastle: Byker's social tenants in the Mosaic report."""
    ward = pd.Series({"G Social housing tenants": 4_227, "Others": 1_769})
    city = pd.Series({"Others": 89_445, "G Social housing tenants": 29_603})
    table = penetration(ward, city)
    row = table.loc["G Social housing tenants"]
    assert (row["count"], row["comparison_count"]) == (4_227, 29_603)
    assert f"{row['percent']:.2f}" == "70.50"
    assert f"{row['comparison_percent']:.2f}" == "24.87"
    assert f"{row['penetration']:.2f}" == "14.28"
    assert f"{row['index']:.0f}" == "284"
    total = table.loc["Total"]
    assert (total["count"], total["comparison_count"]) == (5_996, 119_048)
    assert (total["percent"], total["index"]) == (100, 100)
    assert f"{total['penetration']:.2f}" == "5.04"


def test_the_interval_of_an_index_is_wilsons_of_the_share() -> None:
    row = penetration(pd.Series({"a": 3, "b": 7}), pd.Series({"a": 20, "b": 60})).loc[
        "a"
    ]
    expected = binomtest(3, 10).proportion_ci(method="wilson")
    assert row["low"] == pytest.approx(100 * expected.low / 0.25)
    assert row["high"] == pytest.approx(100 * expected.high / 0.25)


def test_a_share_of_nothing_is_missing() -> None:
    table = penetration(pd.Series({"a": 0, "b": 0}), pd.Series({"a": 0, "b": 9}))
    assert table["percent"].isna().all()
    assert np.isnan(table.loc["a", "penetration"])
    assert table.loc["b", "penetration"] == 0


@pytest.mark.parametrize(
    ("count", "match"),
    [
        (pd.Series({"a": 1}), r"stand in only one .*'b'"),
        (pd.Series({"a": 1, "b": -1}), "below 0: 'b'"),
        (pd.Series({"a": 1, "b": np.nan}), "below 0: 'b'"),
        (pd.Series({"a": 1, "b": np.inf}), "below 0: 'b'"),
        (pd.Series([1, 2, 3], index=["a", "b", "b"]), "given twice: 'b'"),
        (pd.Series({"a": 1, "b": 2, "Total": 3}), "none called 'Total'"),
    ],
)
def test_counts_that_cannot_be_compared_are_refused(
    count: pd.Series, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        penetration(count, pd.Series({"a": 5, "b": 5}))


places = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 50), st.sampled_from("123")),
    min_size=1,
    max_size=15,
)


@given(places)
def test_a_place_held_against_itself_is_100(rows: list[tuple[int, int, str]]) -> None:
    areas = pd.DataFrame(
        {
            "area_code": [f"E{number}" for number in range(len(rows))],
            "flats": [flats + 1 for flats, _, _ in rows],
            "homes": [flats + 1 + more for flats, more, _ in rows],
        }
    )
    everyone = pd.Series("all", index=areas["area_code"])
    profile = index_scores(areas, {"flats": "flats / homes"}, everyone)
    assert profile["index"].tolist() == pytest.approx([100])
    assert profile["low"].le(100).all()
    assert profile["high"].ge(100).all()


@given(places)
def test_counts_and_bases_add_up_over_the_segments(
    rows: list[tuple[int, int, str]],
) -> None:
    areas = pd.DataFrame(
        {
            "area_code": [f"E{number}" for number in range(len(rows))],
            "flats": [flats for flats, _, _ in rows],
            "homes": [flats + more for flats, more, _ in rows],
        }
    )
    segments = pd.Series([code for _, _, code in rows], index=areas["area_code"])
    profile = index_scores(areas, {"flats": "flats / homes"}, segments)
    assert profile["count"].sum() == areas["flats"].sum()
    assert profile["base"].sum() == areas["homes"].sum()


@given(
    st.dictionaries(
        st.text(alphabet="abcdef", min_size=1, max_size=3),
        st.tuples(st.integers(0, 900), st.integers(1, 900)),
        min_size=1,
    ),
    st.integers(2, 9),
)
def test_a_penetration_table_adds_up_and_knows_no_unit(
    rows: dict[str, tuple[int, int]], times: int
) -> None:
    count = pd.Series({name: pair[0] for name, pair in rows.items()})
    against = pd.Series({name: pair[1] for name, pair in rows.items()})
    table = penetration(count, against)
    parts = table.drop(index="Total")
    assert parts["count"].sum() == table.loc["Total", "count"]
    assert parts["comparison_percent"].sum() == pytest.approx(100)
    if count.sum():
        assert parts["percent"].sum() == pytest.approx(100)
        assert table.loc["Total", "index"] == pytest.approx(100)
        larger = penetration(times * count, times * against)
        pd.testing.assert_series_equal(table["index"], larger["index"])
