"""Regions are in one piece, as many as asked, and islands are told of."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity, box

from segmentation import SegmentError, feature_pipeline, rates
from segmentation.trust.regions import Regions, contiguous_regions

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 6
CODES = pd.Index(
    [f"E{x}{y}" for x in range(SIDE) for y in range(SIDE)], name="area_code"
)
BOARD = gpd.GeoDataFrame(
    geometry=[
        box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100)
        for x in range(SIDE)
        for y in range(SIDE)
    ],
    index=CODES,
    crs="EPSG:27700",
)
FEATURES = pd.DataFrame(
    np.random.default_rng(4).random((SIDE**2, 3)), CODES, columns=list("abc")
)


def in_one_piece(areas: gpd.GeoDataFrame, found: Regions) -> bool:
    """Say, by shapely and networkx alone, whether each region hangs together."""
    graph = nx.Graph()
    graph.add_nodes_from(found.regions.index)
    drawn = areas.geometry.loc[found.regions.index]
    first, second = drawn.sindex.query(drawn, predicate="dwithin", distance=found.gap)
    graph.add_edges_from(zip(drawn.index[first], drawn.index[second], strict=True))
    graph.add_edges_from(zip(found.links["area"], found.links["to"], strict=True))
    return all(
        nx.is_connected(graph.subgraph(own.index))
        for _, own in found.regions.groupby(found.regions)
    )


def test_two_halves_that_differ_are_two_regions() -> None:
    east = pd.DataFrame({"x": [float(code[1] >= "3") for code in CODES]}, CODES)
    found = contiguous_regions(BOARD, east, 2)
    assert found.regions.groupby(east["x"]).nunique().tolist() == [1, 1]
    assert found.explained == found.explained_free == 1
    assert found.links.empty


@pytest.mark.parametrize("n", [2, 7, 36])
def test_exactly_as_many_regions_as_asked_each_in_one_piece(n: int) -> None:
    found = contiguous_regions(BOARD, FEATURES, n)
    assert found.sizes["region"].tolist() == [str(each + 1) for each in range(n)]
    assert found.sizes["areas"].is_monotonic_decreasing
    assert found.sizes["areas"].sum() == SIDE**2
    assert in_one_piece(BOARD, found)


def test_the_fit_is_what_plain_pandas_gives() -> None:
    found = contiguous_regions(BOARD, FEATURES, 5)
    own = FEATURES.groupby(found.regions).transform("mean")
    within = ((FEATURES - own) ** 2).sum(axis=1)
    by_region = within.groupby(found.regions).sum()
    assert found.sizes["within"].tolist() == pytest.approx(by_region.tolist())
    total = ((FEATURES - FEATURES.mean()) ** 2).to_numpy().sum()
    assert found.explained == pytest.approx(1 - within.sum() / total)
    assert found.explained < found.explained_free


def test_areas_that_are_all_alike_make_regions_all_the_same() -> None:
    flat = FEATURES.assign(a=1.0, b=1.0, c=[1.0] * 35 + [2.0])
    found = contiguous_regions(BOARD, flat, 4)
    assert found.regions.nunique() == 4
    assert in_one_piece(BOARD, found)


def test_islands_are_joined_to_the_nearest_area_and_listed() -> None:
    areas = BOARD.copy()
    areas.loc["E00", "geometry"] = box(-950, 0, -850, 100)  # 950 m west of E10
    found = contiguous_regions(areas, FEATURES, 3)
    link = found.links.iloc[0]
    assert len(found.links) == 1
    assert {link["area"], link["to"]} == {"E00", "E01"}
    assert link["metres"] == pytest.approx(850)
    assert in_one_piece(areas, found)
    assert "1 parts that touch no other were joined to the nearest area" in str(found)


def test_parts_cut_off_by_areas_without_features_are_joined_too() -> None:
    kept = FEATURES[~CODES.str.startswith("E2")]
    found = contiguous_regions(BOARD, kept, 2)
    assert len(found.left_out) == SIDE
    assert found.links["metres"].tolist() == [100]
    assert in_one_piece(BOARD, found)
    assert "6 areas without features are in no region" in str(found)


@pytest.mark.parametrize("shift", [0.4, -0.4])
def test_small_gaps_and_overlaps_are_no_borders(shift: float) -> None:
    areas = BOARD.copy()
    east = areas.index.str[1] >= "3"
    areas.loc[east, "geometry"] = areas.loc[east].translate(xoff=shift)
    assert contiguous_regions(areas, FEATURES, 3).links.empty
    if shift > 0:
        assert len(contiguous_regions(areas, FEATURES, 3, gap=0.1).links) == 1


def test_degrees_are_refused() -> None:
    with pytest.raises(SegmentError, match="degrees"):
        contiguous_regions(BOARD.to_crs("EPSG:4326"), FEATURES, 3)


def test_an_unknown_coordinate_system_is_refused() -> None:
    with pytest.raises(SegmentError, match="no coordinate system"):
        contiguous_regions(BOARD.set_crs(None, allow_override=True), FEATURES, 3)


@pytest.mark.parametrize(
    "shape", [Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), None, Polygon()]
)
def test_boundaries_that_cannot_be_drawn_are_refused_by_name(
    shape: Polygon | None,
) -> None:
    areas = BOARD.copy()
    areas.loc["E11", "geometry"] = shape
    with pytest.raises(SegmentError, match="'E11"):
        contiguous_regions(areas, FEATURES, 3)


@pytest.mark.parametrize("n", [0, 1, 37])
def test_a_number_that_cannot_be_made_is_refused(n: int) -> None:
    with pytest.raises(SegmentError, match=f"{n} regions were asked of 36 areas"):
        contiguous_regions(BOARD, FEATURES, n)


def test_features_that_do_not_fit_the_areas_are_refused() -> None:
    with pytest.raises(SegmentError, match="not in the table of areas"):
        contiguous_regions(BOARD.drop(index="E00"), FEATURES, 3)
    twice = pd.concat([FEATURES, FEATURES.loc[["E11"]]])
    with pytest.raises(SegmentError, match=r"1 areas twice \('E11'\)"):
        contiguous_regions(BOARD, twice, 3)
    with pytest.raises(SegmentError, match="missing or infinite"):
        contiguous_regions(BOARD, FEATURES.replace(FEATURES.iloc[0, 0], np.nan), 3)


def test_what_was_given_is_left_as_it_is() -> None:
    areas, features = BOARD.copy(), FEATURES.copy()
    contiguous_regions(BOARD, FEATURES, 3)
    pd.testing.assert_frame_equal(pd.DataFrame(areas), pd.DataFrame(BOARD))
    pd.testing.assert_frame_equal(features, FEATURES)


@settings(max_examples=8)
@given(st.randoms(use_true_random=False), st.integers(2, 9))
def test_row_order_does_not_matter(random: Random, n: int) -> None:
    order = random.sample(range(SIDE**2), SIDE**2)
    one = contiguous_regions(BOARD, FEATURES, n)
    other = contiguous_regions(BOARD.iloc[order], FEATURES.iloc[order[::-1]], n)
    pd.testing.assert_series_equal(one.regions, other.regions)
    assert str(one) == str(other)


def test_turning_the_map_changes_no_region() -> None:
    turned = BOARD.set_geometry(
        [affinity.rotate(s, 90, (0, 0)) for s in BOARD.geometry]
    )
    one = contiguous_regions(BOARD, FEATURES, 4)
    other = contiguous_regions(turned.set_crs(27700, allow_override=True), FEATURES, 4)
    pd.testing.assert_series_equal(one.regions, other.regions)


@pytest.mark.fixtures
def test_leicester_falls_into_ten_regions(fixtures: Path) -> None:
    folder = fixtures / "segmentation"
    areas = gpd.read_parquet(folder / "boundaries" / "leicester_oa11.parquet")
    areas = areas.rename(columns={"oa_code": "area_code"})
    census = pd.read_parquet(
        folder / "oac2011" / "leicester_oa11_167vars_with_oac2011.parquet"
    ).set_index("OA11CD")
    shares = {f"v{n}": f"u{n:03} / Total_Population" for n in range(7, 20)}
    features = feature_pipeline().fit_transform(rates(census, shares))
    found = contiguous_regions(areas, features, 10)
    assert len(found.sizes) == 10
    assert len(found.regions) == 969
    assert in_one_piece(areas.set_index("area_code"), found)
    assert 0 < found.explained < found.explained_free < 1


def test_the_example_place_falls_into_regions() -> None:
    areas = gpd.read_parquet("data/example/areas.parquet")
    features = pd.DataFrame(
        {"old": areas["age_65_plus"] / areas["population"]}
    ).set_index(areas["area_code"])
    found = contiguous_regions(areas, features, 4)
    assert len(found.regions) == 80
    assert in_one_piece(areas.set_index("area_code"), found)
