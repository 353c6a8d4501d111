"""A planted hotspot, a plain oracle, and noise in which there is nothing to find."""

from __future__ import annotations

import math
from itertools import combinations
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from scipy.sparse import csr_array
from shapely import box

from segmentation import SegmentError
from segmentation.where.hotspots import Hotspots, hotspots
from segmentation.where.neighbours import neighbours
from segmentation.where.shuffling import shuffled_p

if TYPE_CHECKING:
    from pathlib import Path

WIDE = 12
OUTCOME = {"illness": "ill / people"}


def place(*, seed: int = 0, planted: bool = True) -> gpd.GeoDataFrame:
    """Return a grid where 10 % are ill, and 30 % in a block of sixteen squares."""
    n = WIDE * WIDE
    rate = np.full((WIDE, WIDE), 0.1)
    if planted:
        rate[2:6, 2:6] = 0.3
    people = np.random.default_rng(seed + 1).integers(100, 400, n)
    return gpd.GeoDataFrame(
        {
            "area_code": [f"E{number:03}" for number in range(n)],
            "ill": np.random.default_rng(seed).binomial(people, rate.ravel()),
            "people": people,
        },
        geometry=[box(x, y, x + 1, y + 1) for y in range(WIDE) for x in range(WIDE)],
        crs="EPSG:27700",
    )


def found_in(areas: gpd.GeoDataFrame, *, permutations: int = 4_999) -> Hotspots:
    near = neighbours(areas, gap=0)
    return hotspots(areas, OUTCOME, near, permutations=permutations)


GOLDEN = {"not clear": 829, "hot": 54, "cold": 86}  # of 969 Leicester areas
PLANTED = {f"E{y * WIDE + x:03}" for y in range(2, 6) for x in range(2, 6)}
INSIDE = {f"E{y * WIDE + x:03}" for y in range(3, 5) for x in range(3, 5)}


def test_a_planted_hotspot_is_found() -> None:
    table = found_in(place()).table
    hot = set(table.index[table["class"] == "hot"])
    around = {f"E{y * WIDE + x:03}" for y in range(1, 7) for x in range(1, 7)}
    assert INSIDE <= hot <= around
    high = set(table.index[table["moran_class"] == "high-high"])
    assert INSIDE <= high <= PLANTED
    assert not table["class"].eq("cold").any()


def test_a_planted_cold_spot_is_cold_and_low_among_low() -> None:
    areas = place()
    table = found_in(areas.assign(ill=areas["people"] - areas["ill"])).table
    assert set(table.loc[sorted(INSIDE), "class"]) == {"cold"}
    assert set(table.loc[sorted(INSIDE), "moran_class"]) == {"low-low"}


def test_a_low_area_among_high_ones_is_told_apart_by_moran() -> None:
    areas = place()
    areas.loc[areas["area_code"] == "E040", "ill"] = 0
    table = found_in(areas).table
    assert table.loc["E040", "moran_class"] == "low-high"


def test_gi_star_is_the_published_formula() -> None:
    """Ord and Getis (1995), equation 14.3, in plain loops."""
    areas = place()[["area_code", "ill", "people", "geometry"]]
    areas["rate"] = 100 * areas["ill"] / areas["people"]
    found = hotspots(areas, {"r": "rate"}, neighbours(areas, gap=0), permutations=99)
    values = areas["rate"].tolist()
    n, mean = len(values), sum(values) / len(values)
    spread = math.sqrt(sum(v * v for v in values) / n - mean**2)
    for at in range(0, n, 7):
        y, x = divmod(at, WIDE)
        own = [
            v * WIDE + u
            for v in range(max(0, y - 1), min(WIDE, y + 2))
            for u in range(max(0, x - 1), min(WIDE, x + 2))
        ]
        w = len(own)
        above = sum(values[each] for each in own) - mean * w
        z = above / (spread * math.sqrt((n * w - w * w) / (n - 1)))
        assert found.table["z"].iloc[at] == pytest.approx(z)


def test_rates_are_set_against_their_own_chance_variation() -> None:
    found = found_in(place(), permutations=99).table
    place_rate = found["count"].sum() / found["base"].sum()
    excess = (found["base"] * (found["rate"] / 100 - place_rate) ** 2).sum()
    between = max(excess / found["base"].sum() - place_rate / found["base"].mean(), 0)
    score = (found["rate"] / 100 - place_rate) / np.sqrt(
        between + place_rate / found["base"]
    )
    z = (score - score.mean()) / score.std(ddof=0)
    y, x = divmod(50, WIDE)
    beside = [
        (y + v) * WIDE + x + u
        for v in (-1, 0, 1)
        for u in (-1, 0, 1)
        if (v, u) != (0, 0)
    ]
    n = len(z)
    expected = (n - 1) / n * z.iloc[50] * z.iloc[beside].mean()
    assert found["moran"].iloc[50] == pytest.approx(expected)


@pytest.mark.parametrize("own", [True, False])
def test_p_is_that_of_all_sets_that_could_be_drawn(own: bool) -> None:  # noqa: FBT001
    values = np.array([5.0, 1, 2, 2, 9, 4, 3, 0])
    ring = Graph.from_arrays(
        np.repeat(np.arange(8), 2),
        np.array([[(n - 1) % 8, (n + 1) % 8] for n in range(8)]).ravel(),
        np.ones(16),
    )
    p = shuffled_p(values, csr_array(ring.sparse), 200_000, 3, own=own)
    for at in range(8):
        pool = list(values) if own else [v for n, v in enumerate(values) if n != at]
        sums = [sum(each) for each in combinations(pool, 3 if own else 2)]
        seen = values[at - 1] + values[(at + 1) % 8] + (values[at] if own else 0)
        above = sum(s >= seen for s in sums) / len(sums)
        below = sum(s <= seen for s in sums) / len(sums)
        assert p[at] == pytest.approx(min(1, 2 * min(above, below)), abs=0.01)


def test_many_neighbours_are_drawn_without_repeats() -> None:
    pairs = csr_array(np.ones((6, 6)) - np.eye(6))
    assert shuffled_p(np.arange(6.0), pairs, 500, 0, own=False).tolist() == [1.0] * 6


def test_noise_has_no_hotspots_in_nearly_all_places() -> None:
    named = 0
    for seed in range(30):
        table = found_in(place(seed=100 + seed, planted=False), permutations=999).table
        named += table[["class", "moran_class"]].ne("not clear").any(axis=None)
    assert named <= 5  # 3 are expected at most, of two tests at 5 %


def test_q_is_benjamini_and_hochbergs() -> None:
    table = found_in(place(), permutations=999).table.sort_values("p")
    n = len(table)
    raw = [p * n / (rank + 1) for rank, p in enumerate(table["p"])]
    expected = [min(1.0, *raw[rank:], 1.0) for rank in range(n)]
    assert table["q"].tolist() == pytest.approx(expected)


def test_islands_and_missing_values_have_no_class_and_are_listed() -> None:
    areas = place().astype({"ill": "float64"})
    areas.loc[0, "ill"] = np.nan
    areas.loc[1, ["ill", "people"]] = 0
    areas.loc[areas["area_code"] == "E143", "geometry"] = box(90, 90, 91, 91)
    found = found_in(areas, permutations=999)
    assert found.left_out.to_dict() == {"E000": "has no value", "E001": "has no value"}
    assert found.table.loc["E143", ["class", "moran_class"]].tolist() == [
        "no neighbour",
        "no neighbour",
    ]
    assert np.isnan(found.table.loc["E143", "p"])
    assert "E143" not in found.hot
    assert "Not tested: 1 areas without a neighbour and 2 without a value" in str(found)


def test_areas_with_few_people_are_flagged() -> None:
    areas = place()
    areas.loc[3, ["ill", "people"]] = [1, 12]
    found = found_in(areas, permutations=99)
    assert found.table.index[found.table["few"]].tolist() == ["E003"]
    assert "In 1 areas fewer than 5 would be expected" in str(found)


def test_the_result_is_said_with_how_it_was_tested() -> None:
    assert str(found_in(place(), permutations=999)).startswith(
        "Of 144 areas tested for 'illness', "
    )
    assert "999 permutations, seed 0; Benjamini-Hochberg" in str(
        found_in(place(), permutations=999)
    )


def test_two_outcomes_at_once_are_refused() -> None:
    areas = place()
    with pytest.raises(SegmentError, match="2 outcomes were given"):
        hotspots(areas, {**OUTCOME, "b": "people"}, neighbours(areas))


def test_an_outcome_that_does_not_vary_is_refused() -> None:
    areas = place().assign(ill=0)
    with pytest.raises(SegmentError, match="known of 144 areas, all alike"):
        found_in(areas)
    with pytest.raises(SegmentError, match="known of 0 areas, none"):
        found_in(areas.assign(ill=np.nan))


def test_areas_unknown_to_the_neighbours_are_named() -> None:
    areas = place()
    with pytest.raises(SegmentError, match="'E005'"):
        hotspots(areas, OUTCOME, neighbours(areas.drop(index=5), gap=0))


@pytest.mark.parametrize(("permutations", "level"), [(30, 0.05), (999, 0.0), (999, 1)])
def test_tests_that_could_name_nothing_are_refused(
    permutations: int, level: float
) -> None:
    areas = place()
    near = neighbours(areas, gap=0)
    with pytest.raises(SegmentError, match="no area could be named"):
        hotspots(areas, OUTCOME, near, permutations=permutations, level=level)


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_row_order_and_global_seeds_change_nothing(random: Random) -> None:
    areas = place()
    first = found_in(areas, permutations=199)
    np.random.seed(random.randrange(99))  # noqa: NPY002 - what must not matter
    order = random.sample(range(len(areas)), len(areas))
    again = found_in(areas.iloc[order], permutations=199)
    pd.testing.assert_frame_equal(first.table, again.table)


def test_where_all_are_neighbours_of_all_none_is_hot() -> None:
    areas = place()[:12]
    near = neighbours(areas, 11)
    assert not hotspots(areas, OUTCOME, near, permutations=999).hot.any()


def test_the_callers_areas_stay_as_they_are() -> None:
    areas = place()
    before = areas.copy()
    found_in(areas, permutations=99)
    pd.testing.assert_frame_equal(areas, before)


@pytest.mark.fixtures
def test_leicesters_detached_houses_gather(fixtures: Path) -> None:
    folder = fixtures / "segmentation"
    areas = gpd.read_parquet(folder / "boundaries/leicester_oa11.parquet")
    counted = pd.read_parquet(
        folder / "oac2011/leicester_oa11_167vars_with_oac2011.parquet",
        columns=["OA11CD", "u086", "Total_Households"],
    )
    areas = areas.rename(columns={"oa_code": "area_code"})[["area_code", "geometry"]]
    areas = areas.merge(counted, left_on="area_code", right_on="OA11CD")
    near = neighbours(areas)
    assert not near.alone
    outcome = {"detached houses": "u086 / Total_Households"}
    found = hotspots(areas, outcome, near, permutations=9_999)
    assert len(found.table) == 969
    assert found.table["class"].value_counts().to_dict() == GOLDEN


def test_a_high_rate_is_one_whose_interval_lies_above_the_places() -> None:
    found = found_in(place(), permutations=99)
    place_rate = 100 * found.table["count"].sum() / found.table["base"].sum()
    assert found.high.equals((found.table["low"] > place_rate).rename("high"))
    assert found.high[sorted(INSIDE)].all()
    areas = place().assign(density=np.arange(144.0))
    as_it_is = hotspots(areas, {"d": "density"}, neighbours(areas), permutations=99)
    assert as_it_is.high.sum() == 15
