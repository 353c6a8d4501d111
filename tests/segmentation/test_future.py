"""Look-alikes that are planted are named, and noise names nobody."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from sklearn.metrics import brier_score_loss, roc_auc_score

from segmentation import SegmentError
from segmentation.where.backtest import back_test
from segmentation.where.future import FutureHotspots, future_hotspots
from segmentation.where.neighbours import Neighbours, neighbours
from segmentation.where.parts import parts_of
from segmentation.where.skill import skill_of

WIDE = 20
CODES = pd.Index([f"E{n:03}" for n in range(WIDE * WIDE)], name="area_code")
ESTATES = [(2, 3), (2, 14), (9, 8), (15, 3), (15, 15)]


@pytest.fixture(scope="module")
def near() -> Neighbours:
    squares = [box(x, y, x + 1, y + 1) for y in range(WIDE) for x in range(WIDE)]
    areas = gpd.GeoDataFrame(geometry=squares, index=CODES, crs="EPSG:27700")
    return neighbours(areas, gap=0)


def estates(*corners: tuple[int, int]) -> pd.Series[bool]:
    """Return which squares lie in an estate of sixteen."""
    inside = np.zeros((WIDE, WIDE), dtype=bool)
    for y, x in corners:
        inside[y : y + 4, x : x + 4] = True
    return pd.Series(inside.ravel(), CODES)


def drivers(seed: int, poor: pd.Series[bool]) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    noise = random.normal(0, 1, (len(CODES), 3))
    noise[:, 0] += 4 * poor
    return pd.DataFrame(noise, CODES, ["poverty", "rain", "luck"])


def test_planted_look_alikes_are_named(near: Neighbours) -> None:
    all_poor, hot = estates(*ESTATES), estates(*ESTATES[:-1])
    found = future_hotspots(drivers(0, all_poor), hot, near)
    planted = set(CODES[all_poor & ~hot])
    named = set(found.named)
    assert len(named & planted) >= 6  # about half look as like as half of those hot
    assert len(named - planted) <= 3
    assert found.skill.beats_base_rate
    assert found.skill.auc > 0.95
    assert "look hot by 3 drivers" in str(found)
    assert "not a forecast" in str(found)
    assert "will" not in str(found)


def test_noise_names_nobody_in_nearly_all_places(near: Neighbours) -> None:
    none = estates()
    named = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        hot = estates(*random.integers(0, WIDE - 4, (4, 2)).tolist())
        found = future_hotspots(drivers(seed, none), hot, near, resamples=199)
        named += bool(len(found.named))
        if not len(found.named):
            assert str(found).startswith("No area is named: 3 drivers do not tell")
    assert named <= 2


def test_a_hotspot_in_one_part_alone_cannot_be_learnt_from_the_others(
    near: Neighbours,
) -> None:
    hot = estates((0, 0))
    found = future_hotspots(drivers(1, hot), hot, near)
    assert not found.skill.beats_base_rate
    assert found.named.empty


def test_each_part_is_judged_without_itself_and_its_border(near: Neighbours) -> None:
    hot = estates(*ESTATES)
    first = future_hotspots(drivers(2, hot), hot, near, resamples=2)
    part = parts_of(near.points.to_numpy(), 3) == 0
    beside = (near.pairs @ part.astype(float) > 0) & ~part
    other = hot.where(~(part | beside), ~hot)
    again = future_hotspots(drivers(2, hot), other, near, resamples=2)
    pd.testing.assert_series_equal(
        first.table.loc[part, "probability"], again.table.loc[part, "probability"]
    )


def test_what_is_not_known_is_left_out_with_the_reason(near: Neighbours) -> None:
    hot = estates(*ESTATES)
    told = drivers(0, hot)
    told.iloc[0, 1] = np.nan
    status = hot.drop("E001").astype("object")
    status["E002"] = None
    found = future_hotspots(told, status, near, resamples=2)
    assert found.left_out.to_dict() == {
        "E000": "a driver is missing",
        "E001": "not known whether it is hot",
        "E002": "not known whether it is hot",
    }
    assert "3 areas could not be judged" in str(found)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d, h: (d.iloc[:9], h), "9 areas have every driver"),
        (lambda d, h: (d, h & False), "of which 0 are hot"),
        (lambda d, h: (d, h | True), "of which 400 are hot"),
        (lambda d, h: (d.replace(d.iloc[0, 0], np.inf), h), "finite numbers"),
        (lambda d, h: (d[[]], h), "drivers are none"),
        (lambda d, h: (pd.concat([d, d.iloc[:1]]), h), "given twice: 'E000'"),
        (lambda d, h: (d, h.rename({"E000": "X"})), "unknown to the neighbours: 'X'"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(
    near: Neighbours, spoil: object, said: str
) -> None:
    hot = estates(*ESTATES)
    with pytest.raises(SegmentError, match=said):
        future_hotspots(*spoil(drivers(0, hot), hot), near)  # type: ignore[operator]


@settings(max_examples=5)
@given(random=st.randoms(use_true_random=False))
def test_row_order_changes_nothing(random: Random, near: Neighbours) -> None:
    hot = estates(*ESTATES)
    told = drivers(0, hot)
    order = random.sample(range(len(CODES)), len(CODES))
    first = future_hotspots(told, hot, near, resamples=9)
    again = future_hotspots(told.iloc[order], hot.iloc[order[::-1]], near, resamples=9)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert str(first) == str(again)


def test_skill_is_what_scikit_learn_gives() -> None:
    random = np.random.default_rng(0)
    truth = random.random(200) < 0.3
    probability = np.round(np.clip(0.3 * truth + 0.6 * random.random(200), 0, 1), 2)
    base = np.full(200, truth.mean())
    found = skill_of(truth, probability, base, np.arange(200) // 10)
    assert found.auc == pytest.approx(roc_auc_score(truth, probability))
    assert found.brier == pytest.approx(brier_score_loss(truth, probability))
    assert found.base_brier == pytest.approx(truth.mean() * (1 - truth.mean()))
    assert found.auc_low < found.auc < found.auc_high
    assert found.calibration["n"].sum() == 200
    assert found.calibration["hot"].sum() == truth.sum()


def test_the_interval_of_the_curve_is_that_of_parts_drawn_again() -> None:
    random = np.random.default_rng(1)
    truth = random.random(60) < 0.5
    probability = random.random(60)
    parts = np.arange(60) // 10
    found = skill_of(truth, probability, np.full(60, 0.5), parts, resamples=400)
    drawn = np.random.default_rng(0).multinomial(6, np.full(6, 1 / 6), size=400)
    areas = [
        roc_auc_score(truth, probability, sample_weight=weights[parts])
        for weights in drawn
    ]
    low, high = np.quantile(areas, [0.025, 0.975])
    assert (found.auc_low, found.auc_high) == pytest.approx((low, high))


def test_skill_needs_some_of_either_kind() -> None:
    with pytest.raises(SegmentError, match="4 of 4 are so"):
        skill_of(np.ones(4, dtype=bool), np.ones(4), np.ones(4), np.arange(4))


@given(st.integers(1, 200), st.integers(0, 6))
def test_parts_are_as_large_as_each_other(n: int, halvings: int) -> None:
    points = np.random.default_rng(n).random((n, 2))
    sizes = np.bincount(parts_of(points, halvings))
    assert sizes.sum() == n
    assert sizes.max() - sizes.min() <= 1
    assert sizes.min() >= min(n, 5)


def earlier_of(named: int, others: int, hot: int) -> FutureHotspots:
    classes = ["looks hot"] * named + ["neither"] * others + ["hot now"] * hot
    table = pd.DataFrame({"class": classes, "hot": [c == "hot now" for c in classes]})
    return FutureHotspots(
        table=table,
        skill=None,  # type: ignore[arg-type]
        threshold=0.5,
        left_out=pd.Series(dtype="str"),
        drivers=("poverty",),
        parts=8,
    )


def test_a_back_test_counts_areas_that_were_not_hot_then() -> None:
    later = pd.Series([True, True, False, True, False, False, False, True])
    test = back_test(earlier_of(3, 4, 1), later)
    assert (test.named, test.named_hot, test.others, test.others_hot) == (3, 2, 4, 1)
    assert test.low < 2 / 3 - 1 / 4 < test.high


def test_a_back_test_passes_over_what_is_not_known_later() -> None:
    later = pd.Series([True, None, False, True], dtype="object")
    test = back_test(earlier_of(2, 3, 0), later)
    assert (test.named, test.others) == (1, 2)


def test_a_back_test_of_nothing_says_so() -> None:
    said = str(back_test(earlier_of(0, 3, 1), pd.Series([True] * 4)))
    assert said.startswith("Nothing to test")
    with pytest.raises(SegmentError, match="none that was not hot"):
        back_test(earlier_of(1, 1, 1), pd.Series([True], index=[2]))


def test_a_back_test_recovers_planted_growth(near: Neighbours) -> None:
    all_poor, hot = estates(*ESTATES), estates(*ESTATES[:-1])
    earlier = future_hotspots(drivers(0, all_poor), hot, near)
    test = back_test(earlier, all_poor)
    assert test.named_hot / test.named > 0.7
    assert test.low > 0.3
