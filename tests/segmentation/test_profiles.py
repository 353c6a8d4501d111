"""Index tables by hand and by oracle, and what always adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, t, ttest_1samp

from segmentation import SegmentError, index_scores

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


TEN = pd.DataFrame(
    {
        "flats": [9, 30, 12, 41, 22, 3, 8, 1, 0, 5],
        "homes": [40, 90, 50, 80, 60, 70, 55, 45, 65, 95],
        "density": [10.0, 14, 9, 12, 20, 4, 6, 3, 5, 7],
    },
    index=pd.Index([f"E{n}" for n in range(10)], name="area_code"),
)
HALVES = pd.Series(["1"] * 5 + ["2"] * 5, index=TEN.index)


def test_areas_that_are_alike_inside_widen_the_interval() -> None:
    """Cochran's variance of a ratio, and Wilson's interval of fewer people."""
    found = row_of(index_scores(TEN, VARIABLES, HALVES), "1", "flats")
    y, x = TEN["flats"].to_numpy()[:5], TEN["homes"].to_numpy()[:5]
    share = y.sum() / x.sum()
    variance = 5 / 4 * ((y - share * x) ** 2).sum() / x.sum() ** 2
    effect = variance / (share * (1 - share) / x.sum())
    assert effect > 1
    assert found["design_effect"] == pytest.approx(effect)
    n, q = x.sum() / effect, t(4).ppf(0.975)
    middle = (share + q**2 / 2 / n) / (1 + q**2 / n)
    half = q / (1 + q**2 / n) * np.sqrt(share * (1 - share) / n + q**2 / 4 / n**2)
    place = TEN["flats"].sum() / TEN["homes"].sum()
    assert found["areas"] == 5
    assert found["clustered_low"] == pytest.approx(100 * (middle - half) / place)
    assert found["clustered_high"] == pytest.approx(100 * (middle + half) / place)


def test_a_difference_is_judged_with_all_others_in_view() -> None:
    profile = index_scores(TEN, VARIABLES, HALVES)
    chances = []
    for (_, variable), row in profile.set_index(["segment", "variable"]).iterrows():
        away = row["rate"] - row["place_rate"]
        if variable == "density":
            values = TEN["density"][row.name[0] == HALVES]
            error = values.std() / np.sqrt(5)
        else:
            p0 = row["place_rate"]
            error = np.sqrt(row["design_effect"] * p0 * (100 - p0) / row["base"])
        chances.append(2 * t(4).sf(abs(away / error)))
    ranks = np.argsort(np.argsort(chances)) + 1
    scaled = np.array(chances) * len(chances) / ranks
    expected = [min(scaled[ranks >= rank].min(), 1) for rank in ranks]
    assert profile["p_adjusted"].tolist() == pytest.approx(expected)
    clear = profile["p_adjusted"] <= 0.05
    assert (profile["verdict"] == "different").tolist() == clear.tolist()


def test_one_area_can_be_called_neither_like_nor_unlike() -> None:
    found = row_of(index_scores(AREAS, VARIABLES, SEGMENTS.drop("E4")), "2", "flats")
    assert np.isnan([found["clustered_low"], found["p_adjusted"]]).all()
    assert found["verdict"] == "not clear"


def test_all_alike_areas_are_as_sure_as_people_drawn_one_by_one() -> None:
    areas = TEN.assign(flats=TEN["homes"] // 5, homes=5 * (TEN["homes"] // 5))
    found = row_of(index_scores(areas, VARIABLES, HALVES), "1", "flats")
    assert found["design_effect"] == 1
    assert found["verdict"] == "not clear"


def test_noise_is_called_different_no_more_often_than_promised() -> None:
    random = np.random.default_rng(5)
    wrong = 0
    for _ in range(15):
        homes = random.integers(50, 150, 60)
        noise = {f"v{n}": random.binomial(homes, 0.3) for n in range(5)}
        areas = pd.DataFrame({"homes": homes} | noise).rename_axis("area_code")
        areas.index = areas.index.astype(str)
        segments = pd.Series(list("123456") * 10, areas.index)
        notation = {name: f"{name} / homes" for name in noise}
        profile = index_scores(areas, notation, segments)
        wrong += (profile["verdict"] == "different").any()
    assert wrong <= 3  # of 15 families, at a false discovery rate of 5 %


def test_row_order_changes_no_bit() -> None:
    mixed = TEN.iloc[[3, 9, 0, 7, 1, 5, 2, 8, 4, 6]]
    one, other = (index_scores(each, VARIABLES, HALVES) for each in (TEN, mixed))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


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


places = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 50), st.sampled_from("123")),
    min_size=1,
    max_size=15,
)


@settings(max_examples=25)
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


@settings(max_examples=25)
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
    both = profile.dropna(subset=["low", "clustered_low"])
    assert (both["clustered_low"] <= both["low"]).all()
    assert (both["clustered_high"] >= both["high"]).all()
