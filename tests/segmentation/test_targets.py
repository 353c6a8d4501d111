"""Target lists: shrinkage against its closed form, and what a list must promise."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError
from segmentation.action.shrinkage import shrunken_rates
from segmentation.action.targets import TargetPlan, target_list

NEED = "no_alarm / homes"


def areas_of(*rows: tuple[int, int, str]) -> tuple[pd.DataFrame, pd.Series]:
    """Build areas E00, E01 ... from (count, base, segment)."""
    codes = pd.Index([f"E{n:02}" for n in range(len(rows))], name="area_code")
    frame = pd.DataFrame(rows, codes, ["no_alarm", "homes", "segment"])
    return frame[["no_alarm", "homes"]], frame["segment"]


ROWS = [(40, 100, "1"), (4, 8, "1"), (30, 100, "1"), (20, 100, "1")]
AREAS, SEGMENTS = areas_of(*ROWS)


def test_shrinkage_is_the_beta_binomial_posterior() -> None:
    """Worked out again with plain arithmetic: moments, then (a + y) / (a + b + n)."""
    y, n = np.array([40, 4, 30, 20.0]), np.array([100, 8, 100, 100.0])
    mean = 94 / 308
    between = (n * (y / n - mean) ** 2).sum() / 308 - mean * (1 - mean) / 77
    prior = mean * (1 - mean) / between - 1
    found = shrunken_rates(AREAS["no_alarm"], AREAS["homes"], SEGMENTS)
    assert found["prior"].to_numpy() == pytest.approx(prior)
    expected = 100 * (y + mean * prior) / (n + prior)
    assert found["expected_rate"].to_numpy() == pytest.approx(expected)


def test_areas_that_differ_by_chance_alone_all_get_the_rate_of_their_group() -> None:
    areas, segments = areas_of(*[(10, 100, "1"), (11, 100, "1"), (9, 100, "1")])
    found = shrunken_rates(areas["no_alarm"], areas["homes"], segments)
    assert found["expected_rate"].tolist() == pytest.approx([10, 10, 10])
    assert np.isinf(found["prior"]).all()
    assert found["low"].between(6, 10).all()
    assert found["high"].between(10, 15).all()


def test_areas_of_one_pooled_rate_err_together() -> None:
    """Drawn one by one, thirty errors would cancel out; one error cannot."""
    areas, segments = areas_of(*[(10, 100, "1")] * 30, *[(20, 100, "2")] * 3)
    found = target_list(areas, NEED, segments)
    one = found.table.groupby("segment")[["base", "low", "high"]].agg(
        {"base": "sum", "low": "first", "high": "first"}
    )
    halves = one["base"] * (one["high"] - one["low"]) / 200
    assert (found.high - found.low) / 2 == pytest.approx(np.hypot(*halves))


def test_the_yield_of_a_list_is_as_sure_as_it_says() -> None:
    """Were areas to err one by one, 21 of 40 intervals would hold the truth."""
    random = np.random.default_rng(0)
    codes = pd.Index([f"E{n:02}" for n in range(60)], name="area_code")
    truth = pd.Series(np.repeat([0.1, 0.2, 0.3], 20), codes)
    segments = pd.Series(np.repeat(list("abc"), 20), codes)
    held = 0
    for _ in range(40):
        homes = random.integers(40, 300, 60)
        areas = pd.DataFrame({"homes": homes}, codes)
        areas["no_alarm"] = random.binomial(homes, truth)
        found = target_list(areas, NEED, segments, plan=TargetPlan(areas=25))
        real = (truth[found.table.index] * found.table["base"]).sum()
        held += found.low <= real <= found.high
    assert held >= 36  # of 40, where 38 are to be expected


def test_a_group_of_two_areas_is_drawn_towards_the_place() -> None:
    areas, segments = areas_of(*ROWS, (90, 100, "2"), (10, 100, "2"))
    found = shrunken_rates(areas["no_alarm"], areas["homes"], segments)
    assert found["towards"].tolist() == ["group"] * 4 + ["place"] * 2


def test_a_small_area_does_not_top_the_list_by_chance() -> None:
    areas, segments = areas_of(
        (4, 5, "1"), *[(20 + 3 * n, 100, "1") for n in range(12)]
    )
    plan = TargetPlan(areas=3, least=1)
    found = target_list(areas, NEED, segments, plan=plan)
    assert found.table.index[0] == "E12"  # 53 of 100, not 4 of 5
    assert found.table["rate"].iloc[0] == 53


def test_small_areas_are_left_off_and_said_so() -> None:
    found = target_list(AREAS, NEED, SEGMENTS)
    assert found.left_out.to_dict() == {"E01": "fewer than 30 to reach"}
    assert "Areas that could not be listed: 1." in str(found)


def test_yield_adds_up_along_the_list() -> None:
    found = target_list(AREAS, NEED, SEGMENTS).table
    assert found["so_far_base"].tolist() == [100, 200, 300]
    assert found["so_far_expected"].iloc[-1] == pytest.approx(found["expected"].sum())
    assert found["rank"].tolist() == [1, 2, 3]
    by_hand = found["expected"].iloc[0] / (100 * 90 / 300)  # 90 of 300 that can be
    assert found["lift"].iloc[0] == pytest.approx(by_hand)


def test_the_interval_of_an_area_holds_its_expected_rate() -> None:
    table = target_list(AREAS, NEED, SEGMENTS).table
    assert (table["low"] < table["expected_rate"]).all()
    assert (table["expected_rate"] < table["high"]).all()


def test_only_the_segments_asked_for_are_listed() -> None:
    areas, segments = areas_of(*ROWS, (90, 100, "2"), (10, 100, "2"), (50, 100, "2"))
    found = target_list(areas, NEED, segments, plan=TargetPlan(segments=("2",)))
    assert set(found.table["segment"]) == {"2"}
    assert (found.left_out == "not of the segments asked for").sum() == 4


def test_unknown_needs_and_segments_are_left_out_with_the_reason() -> None:
    areas = AREAS.assign(no_alarm=[40, 4, np.nan, 20])
    found = target_list(areas, NEED, SEGMENTS.drop("E03"), plan=TargetPlan(least=1))
    assert found.left_out.to_dict() == {"E02": "need not known", "E03": "in no segment"}


def test_the_callers_frame_is_left_as_it_is() -> None:
    before = AREAS.copy()
    target_list(AREAS, NEED, SEGMENTS)
    pd.testing.assert_frame_equal(AREAS, before)


@pytest.mark.parametrize(
    ("need", "plan", "match"),
    [
        ("no_alarm", TargetPlan(), "has no base"),
        ("alarms / homes", TargetPlan(), "no column is called 'alarms'"),
        (NEED, TargetPlan(segments=("9",)), "no area is in the segments '9'"),
        (NEED, TargetPlan(areas=0), "a list of 0 areas"),
        (
            NEED,
            TargetPlan(least=1000),
            "none of 4 areas can be listed.*fewer than 1000",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    need: str, plan: TargetPlan, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        target_list(AREAS, need, SEGMENTS, plan=plan)


def test_an_area_in_two_segments_is_refused() -> None:
    twice = pd.concat([SEGMENTS, SEGMENTS.iloc[:1]])
    with pytest.raises(SegmentError, match="more than one segment: 'E00'"):
        target_list(AREAS, NEED, twice)


def test_more_of_a_count_than_its_base_is_refused() -> None:
    with pytest.raises(SegmentError, match="1 of 3 areas lack a group, or a count"):
        shrunken_rates(
            pd.Series([1.0, 2, 9]), pd.Series([5.0, 5, 5]), pd.Series(["1", "1", "1"])
        )


places = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from("12")),
    min_size=4,
    max_size=14,
)


@settings(max_examples=25)
@given(places, st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_list(
    rows: list[tuple[int, int, str]], random: Random
) -> None:
    areas, segments = areas_of(*[(y, y + more + 1, s) for y, more, s in rows])
    plan = TargetPlan(areas=5, least=1)
    found = target_list(areas, NEED, segments, plan=plan)
    order = random.sample(range(len(rows)), len(rows))
    again = target_list(areas.iloc[order], NEED, segments, plan=plan)
    pd.testing.assert_frame_equal(found.table, again.table, check_exact=True)
    assert (found.low, found.high) == (again.low, again.high)


@given(places)
def test_an_expected_rate_lies_between_its_own_and_what_it_is_drawn_to(
    rows: list[tuple[int, int, str]],
) -> None:
    areas, segments = areas_of(*[(y, y + more + 1, "1") for y, more, _ in rows])
    found = shrunken_rates(areas["no_alarm"], areas["homes"], segments)
    own = 100 * areas["no_alarm"] / areas["homes"]
    pooled = 100 * areas["no_alarm"].sum() / areas["homes"].sum()
    assert (found["expected_rate"] >= np.minimum(own, pooled) - 1e-9).all()
    assert (found["expected_rate"] <= np.maximum(own, pooled) + 1e-9).all()
