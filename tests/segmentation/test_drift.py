"""Drift: nothing found where nothing moved, and what was moved is found."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.change.drift import drift, drift_of_model
from segmentation.change.drift_measures import before_of, stability_index
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from segmentation.features.pipeline import Transform

CODES = pd.Index([f"E{n:03}" for n in range(600)], name="area_code")


def features(seed: int, *, flats: float = 0.0, old: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "flats": random.normal(30 + flats, 10, 600),
            "old": random.normal(20 + old, 5, 600),
            "cars": random.normal(60, 12, 600),
            "rent": random.normal(15, 4, 600),
            "poor": random.normal(10, 3, 600),
        },
        CODES,
    )


def grouped(table: pd.DataFrame) -> pd.Series:
    return pd.cut(table["cars"], [-99, 55, 65, 999], labels=list("123")).astype("str")


THEN = features(1)
BEFORE = before_of(THEN, grouped(THEN))


def test_another_sample_of_the_same_does_not_drift() -> None:
    now = features(2)
    found = drift(BEFORE, now, grouped(now))
    assert (found.verdict, found.reasons) == ("still fits", ())
    assert (found.features["drift"] == "none").all()
    assert str(found).startswith("The segments still fit: 0 of 5 variables moved")


def test_one_variable_that_moved_asks_for_another_look() -> None:
    now = features(2, flats=6)
    found = drift(BEFORE, now, grouped(now))
    assert found.verdict == "look again"
    assert found.features["drift"].to_dict()["flats"] == "great"
    assert found.reasons[0].startswith("Flats moved greatly (population stability")


def test_many_variables_that_moved_greatly_ask_for_new_segments() -> None:
    now = features(2, flats=8, old=5)
    found = drift(BEFORE, now, grouped(now))
    assert found.verdict == "refit"
    assert "should be made again" in str(found)


def test_the_shift_counts_standard_deviations_with_an_interval() -> None:
    now = features(2, flats=6)
    row = drift(BEFORE, now, grouped(now)).features.loc["flats"]
    sd = THEN["flats"].std(ddof=0)
    shift = (now["flats"].mean() - THEN["flats"].mean()) / sd
    error = math.sqrt((now["flats"].var(ddof=0) + sd**2) / 600) / sd
    assert row["shift"] == pytest.approx(shift)
    assert row["high"] - row["low"] == pytest.approx(2 * 1.95996 * error, rel=1e-4)


def test_the_index_is_the_sum_over_ten_bins() -> None:
    deciles = np.arange(10.0, 100.0, 10.0)
    values = np.array([5.0] * 30 + [15.0] * 70)
    index, _ = stability_index(values, deciles, 100)
    by_hand = 0.2 * math.log(3) + 0.6 * math.log(7)
    by_hand += 8 * (0.005 - 0.1) * math.log(0.05)  # empty bins count half a row
    assert index == pytest.approx(by_hand)


def test_a_variable_that_is_mostly_nought_has_fewer_bins() -> None:
    values = np.array([0.0] * 69 + list(range(1, 32)), dtype=float)
    deciles = np.quantile(values, np.arange(1, 10) / 10)
    index, _ = stability_index(values, deciles, 100)
    assert index < 0.01


def test_few_areas_drift_no_more_than_chance_allows() -> None:
    """Ten areas have a large index by chance alone; that is no reason to act."""
    now = features(2).iloc[:12]
    found = drift(BEFORE, now, grouped(now))
    assert found.features["psi"].max() > 0.25
    assert (found.features["drift"] == "none").all()


def test_many_variables_are_not_said_to_move_by_chance() -> None:
    """Of sixty, three would each be past a limit of one in twenty."""
    then, now = (
        pd.DataFrame(np.random.default_rng(seed).normal(size=(200, 60)))
        for seed in (3, 4)
    )
    groups = pd.Series(["1", "2"] * 100)
    found = drift(before_of(then, groups), now, groups)
    alone = stability_index(now[0].to_numpy(), np.arange(-4.0, 5.0), 200)[1]
    assert ((found.features["psi"] > alone) & (found.features["psi"] > 0.1)).any()
    assert (found.features["drift"] == "none").all()


def test_areas_outside_the_range_of_then_are_counted() -> None:
    now = features(2)
    now.iloc[:60, 0] = 500.0
    found = drift(BEFORE, now, grouped(now))
    beyond = ((now < THEN.min()) | (now > THEN.max())).any(axis=1).mean()
    assert found.outside == pytest.approx(beyond)
    said = f"{100 * beyond:.1f} % of areas lie outside what was known then."
    assert said in found.reasons


def test_without_a_range_nothing_is_said_to_lie_outside() -> None:
    bare = replace(BEFORE, features=BEFORE.features.drop(columns=["least", "most"]))
    found = drift(bare, features(2), grouped(features(2)))
    assert np.isnan(found.outside)
    assert "an unknown number of 600 areas lie outside" in str(found)


def test_an_emptied_segment_asks_for_new_segments() -> None:
    now = features(2)
    found = drift(BEFORE, now, grouped(now).replace("2", "1"))
    assert found.verdict == "refit"
    assert "Segment 2 is empty." in found.reasons
    assert found.segments.loc["2", "rows"] == 0
    assert found.segments.loc["2", "share"] == 0


def test_areas_farther_from_their_centre_are_told() -> None:
    away = pd.Series(1.0, CODES)
    before = before_of(THEN, grouped(THEN), distances=away)
    now = features(2)
    far = away.where(grouped(now) != "3", 1.5)
    found = drift(before, now, grouped(now), distances=far)
    assert found.reasons == ("Areas of segment 3 lie farther from its centre.",)
    assert found.segments.loc["3", "distance"] == 1.5


def test_moves_between_segments_are_a_table_then_by_now() -> None:
    now = features(1)
    earlier = pd.Series(["3"] * 10, CODES[:10]).combine_first(grouped(THEN))
    found = drift(BEFORE, now, grouped(now), earlier=earlier)
    assert found.moves is not None
    assert found.same is not None
    assert int(found.moves.to_numpy().sum()) == 600
    moved = (earlier != grouped(now)).sum()
    assert f"{600 - moved} of 600 areas known both times kept theirs." in str(found)


def test_missing_values_are_left_out_of_their_variable_alone() -> None:
    now = features(2)
    now.iloc[:5, 0] = np.nan
    segments = grouped(now).mask(np.arange(600) < 5)
    found = drift(BEFORE, now, segments)
    assert found.features["n"].tolist() == [595, 600, 600, 600, 600]
    assert found.left_out == 5


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda now: now.drop(columns="flats"), "areas lack 'flats'"),
        (lambda now: now.assign(flats=np.nan), "missing in every area: 'flats'"),
        (lambda now: now.assign(old=np.inf), "infinite somewhere: 'old'"),
        (lambda now: now.head(10), "with variables of 10"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, match: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    now = features(2)
    with pytest.raises(SegmentError, match=match):
        drift(BEFORE, change(now), grouped(now))


def counts(seed: int, more: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    flats = np.concatenate([random.integers(5, 20, 300), random.integers(60, 90, 300)])
    old = np.concatenate([random.integers(30, 50, 300), random.integers(5, 25, 300)])
    return pd.DataFrame({"flats": flats + more, "old": old, "homes": 110}, CODES)


VARIABLES = {"flats": "flats / homes", "old": "old / homes"}
RECIPE = SegmentRecipe(k=2, restarts=5, samples=2)


def test_a_shared_model_is_held_against_new_areas() -> None:
    found = segment_areas(counts(1), VARIABLES, recipe=RECIPE)
    model = shared_model(found, VARIABLES)
    kept = drift_of_model(model, counts(2), earlier=found.segments)
    assert kept.verdict == "still fits"
    assert kept.moves is not None
    assert np.trace(kept.moves.to_numpy()) == 600
    assert drift_of_model(model, counts(2, more=15)).verdict == "refit"
    assert kept.segments["distance"].gt(0).all()


@pytest.mark.parametrize("transform", ["asinh", "log", "none", "boxcox"])
def test_the_range_of_then_is_read_from_how_features_were_scaled(
    transform: Transform,
) -> None:
    recipe = replace(RECIPE, transform=transform)
    found = segment_areas(counts(1), VARIABLES, recipe=recipe)
    model = shared_model(found, VARIABLES)
    assert drift_of_model(model, counts(1)).outside == 0
    now = counts(1)
    now.iloc[:30, 0] = 109
    assert drift_of_model(model, now).outside == 0.05
    by_z = segment_areas(counts(1), VARIABLES, recipe=replace(RECIPE, scale="z"))
    assert np.isnan(drift_of_model(shared_model(by_z, VARIABLES), now).outside)


def test_a_model_without_a_summary_is_refused() -> None:
    found = segment_areas(counts(1), VARIABLES, recipe=RECIPE)
    bare = shared_model(found, VARIABLES).model_copy(update={"summary": None})
    with pytest.raises(SegmentError, match="holds no summary"):
        drift_of_model(bare, counts(2))


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_any_order_of_areas_gives_the_same_drift(random: Random, seed: int) -> None:
    now = features(seed, flats=3).iloc[:80]
    order = random.sample(range(len(now)), len(now))
    one = drift(BEFORE, now, grouped(now))
    other = drift(BEFORE, now.iloc[order], grouped(now).iloc[order])
    pd.testing.assert_frame_equal(one.features, other.features, check_exact=True)
    pd.testing.assert_frame_equal(one.segments, other.segments)
    assert str(one) == str(other)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40))
def test_the_index_is_never_below_nought(values: list[float]) -> None:
    index, by_chance = stability_index(np.array(values), np.arange(-4.0, 5.0), 100)
    assert index >= -1e-12
    assert by_chance > 0
