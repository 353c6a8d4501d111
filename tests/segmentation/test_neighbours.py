"""Squares on a grid, whose neighbours can be counted by eye."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from segmentation import SegmentError
from segmentation.where.neighbours import neighbours


def squares(
    wide: int, tall: int, *, gap: float = 0.0, crs: int | None = 27700
) -> gpd.GeoDataFrame:
    """Return squares of 100 m, row by row, with a gap between them."""
    size = 100.0
    shapes = [
        box(x * (size + gap), y * (size + gap), x * (size + gap) + size,
            y * (size + gap) + size)
        for y in range(tall)
        for x in range(wide)
    ]  # fmt: skip
    codes = pd.Index([f"E{n:03}" for n in range(wide * tall)], name="area_code")
    return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=crs)


def beside(areas: gpd.GeoDataFrame, code: str, **options: float) -> list[str]:
    found = neighbours(areas, **options)  # type: ignore[arg-type]
    at = found.points.index.get_loc(code)
    return found.points.index[found.pairs[[at]].nonzero()[1]].tolist()


def test_sides_and_corners_make_neighbours_but_nobody_is_their_own() -> None:
    assert beside(squares(3, 3), "E000") == ["E001", "E003", "E004"]
    assert len(beside(squares(3, 3), "E004")) == 8


def test_a_gap_of_less_than_a_metre_does_not_part_neighbours() -> None:
    assert beside(squares(3, 3, gap=0.7), "E000") == ["E001", "E003", "E004"]
    assert beside(squares(3, 3, gap=0.7), "E000", gap=0.0) == []
    assert beside(squares(3, 3, gap=5), "E000", gap=5.0) == ["E001", "E003"]


def test_a_gap_is_in_metres_whatever_the_unit_of_the_map() -> None:
    in_feet = squares(2, 1, gap=2).set_crs(2263, allow_override=True)
    assert beside(in_feet, "E000", gap=0.7) == ["E001"]  # two feet are 0.61 m
    assert beside(in_feet, "E000", gap=0.5) == []


def test_the_nearest_are_as_many_as_asked_and_ties_go_to_the_first_code() -> None:
    found = neighbours(squares(3, 3), 3)
    assert set(np.diff(found.pairs.indptr)) == {3}
    at = found.points.index.get_loc("E004")
    assert found.pairs[[at]].nonzero()[1].tolist() == [1, 3, 5]
    assert "3 nearest" in str(found)


def test_islands_are_listed_or_linked_to_the_nearest_with_that_said() -> None:
    areas = squares(3, 1)
    areas.loc["E009"] = [box(900, 0, 950, 50)]
    apart = neighbours(areas)
    assert apart.alone == ("E009",)
    assert "1 have no neighbour: 'E009'" in str(apart)
    linked = neighbours(areas, link_islands=True)
    assert (linked.alone, linked.linked) == ((), ("E009",))
    assert "1 that touch none are linked to the nearest area" in str(linked)
    assert beside(areas, "E009", link_islands=True) == ["E002"]
    assert beside(areas, "E002", link_islands=True) == ["E001", "E009"]


def test_the_graph_holds_lone_areas_too() -> None:
    areas = squares(3, 1)
    found = neighbours(areas).graph(["E000", "E002"])
    assert found.isolates.tolist() == ["E000", "E002"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda a: a.to_crs(4326), "a degree is no distance"),
        (lambda a: a.set_crs(None, allow_override=True), "no coordinate system"),
        (lambda a: pd.concat([a, a.iloc[:1]]), "more than one row: 'E000'"),
        (lambda a: a.reset_index(drop=True), "no 'area_code'"),
        (lambda a: a.iloc[:1], "asked of 1 areas"),
    ],
)
def test_what_cannot_be_measured_is_refused(spoil: object, said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        neighbours(spoil(squares(3, 3)))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (None, "boundary is missing"),
        (Polygon(), "boundary is missing"),
        (Point(0, 0), "is a Point, not an area"),
        (Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), "Self-intersection"),
    ],
)
def test_a_boundary_that_cannot_be_drawn_is_named(shape: object, said: str) -> None:
    areas = squares(2, 2)
    areas.loc["E002", "geometry"] = shape
    with pytest.raises(SegmentError, match=f"E002.*{said}"):
        neighbours(areas)


@pytest.mark.parametrize("kind", [0, 9, -1])
def test_as_many_neighbours_as_areas_cannot_be_had(kind: int) -> None:
    with pytest.raises(SegmentError, match="asked of 9 areas"):
        neighbours(squares(3, 3), kind)


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.sampled_from(["touching", 2, 4]))
def test_row_order_changes_nothing(random: Random, kind: object) -> None:
    areas = squares(4, 3)
    order = random.sample(range(12), 12)
    found = neighbours(areas.iloc[order], kind)  # type: ignore[arg-type]
    assert found.points.index.tolist() == areas.index.tolist()
    assert (found.pairs != neighbours(areas, kind).pairs).nnz == 0  # type: ignore[arg-type]
