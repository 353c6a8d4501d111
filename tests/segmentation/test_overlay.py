"""Figures moved by shared ground: by hand on squares, and on Leicester."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path  # noqa: TC003 - pytest reads it at run time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from segmentation import SegmentError
from segmentation.change.boundaries import by_lookup, labels_by_lookup
from segmentation.change.ground import overlaps
from segmentation.change.overlay import by_area

Ends = tuple[float, float]


def strips(crs: int | None = 27700, /, **ends: Ends) -> gpd.GeoDataFrame:
    """Build areas one metre high from their ends in the west and in the east."""
    shapes = [box(west, 0, east, 1) for west, east in ends.values()]
    codes = pd.Index(list(ends), name="area_code")
    return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=crs)


def people(*numbers: float, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame({"people": numbers}, areas.index)


OLD = strips(A=(0, 4), B=(4, 8))
NEW = strips(X=(0, 5), Y=(5, 8))


def test_counts_are_shared_by_ground() -> None:
    found = by_area(people(100, 80, areas=OLD), OLD, NEW)
    assert found.table["people"].to_dict() == {"X": 120, "Y": 60}
    assert found.trust["from_split"].to_dict() == pytest.approx({"X": 0.2, "Y": 1})
    assert found.trust["class"].to_dict() == {"X": "rough", "Y": "guess"}
    assert "is not known" in str(found)


def test_a_density_is_averaged_by_ground() -> None:
    values = people(100, 80, areas=OLD).assign(density=[10.0, 20.0])
    found = by_area(values, OLD, NEW, intensive=["density"])
    assert found.table["density"].to_dict() == pytest.approx({"X": 12, "Y": 20})
    assert found.balance.index.tolist() == ["people"]


def test_what_lies_on_uncovered_ground_stays_behind() -> None:
    found = by_area(people(100, 80, areas=OLD), OLD, strips(X=(0, 5)))
    assert found.table["people"].to_dict() == {"X": 120}
    assert found.covered.to_dict() == {"A": 1, "B": 0.25}
    balance = found.balance.loc["people"]
    assert balance.to_dict() == {
        "given": 180,
        "moved": 120,
        "uncovered": 60,
        "withheld": 0,
    }


def test_slivers_of_drawing_neither_lose_people_nor_part_an_area() -> None:
    drawn = strips(X=(0, 3.99), Y=(3.99, 7.98))
    found = by_area(people(100, 80, areas=OLD), OLD, drawn)
    assert found.table["people"].to_dict() == {"X": 100, "Y": 80}
    assert found.trust["class"].tolist() == ["exact", "exact"]


def test_a_figure_of_which_a_part_is_missing_is_missing() -> None:
    found = by_area(people(np.nan, 80, areas=OLD), OLD, NEW)
    assert found.table["people"].fillna(-1).to_dict() == {"X": -1, "Y": 60}
    assert found.balance.loc["people", "withheld"] == 20
    bare = by_area(people(100, 80, areas=OLD), OLD, strips(X=(0, 8), Z=(20, 30)))
    assert bare.table["people"].fillna(-1).to_dict() == {"X": 180, "Z": -1}


def test_a_figure_known_on_both_tells_the_error() -> None:
    known = NEW.assign(people=[100.0, 80.0])
    found = by_area(people(100, 80, areas=OLD), OLD, known, control="people")
    assert found.errors["mean"] == pytest.approx((20 + 25) / 2)
    assert found.errors["n"] == 2
    assert "is off by 22.5 % on average" in str(found)


def test_segments_cross_by_ground_too() -> None:
    found = labels_by_lookup(
        pd.Series({"A": "1", "B": "2"}),
        overlaps(OLD, NEW),
        pd.Series({"A": 100.0, "B": 80.0}),
    )
    assert found["segment"].to_dict() == {"X": "1", "Y": "2"}
    assert found["agreement"].to_dict() == pytest.approx({"X": 100 / 120, "Y": 1})


def test_the_callers_frames_are_left_as_they_are() -> None:
    values, old, new = people(100, 80, areas=OLD), OLD.copy(), NEW.copy()
    by_area(values, OLD, NEW)
    assert old.equals(OLD)
    assert new.equals(NEW)
    pd.testing.assert_frame_equal(values, people(100, 80, areas=OLD))


BOWTIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (OLD, NEW.to_crs(3857), "from_areas are in .* and to_areas in "),
        (OLD.to_crs(4326), NEW, "where ground cannot be measured"),
        (strips(None, A=(0, 4), B=(4, 8)), NEW, "no coordinate system"),
        (OLD, strips(X=(900, 905)), "none of 2 areas overlaps any of 1"),
        (OLD.set_geometry([BOWTIE, BOWTIE], crs=27700), NEW, "2 of 2 from_areas have"),
        (OLD, NEW.set_geometry([Point(0, 0), None], crs=27700), "2 of 2 to_areas have"),
        (OLD, NEW.rename_axis("code"), "no 'area_code'"),
        (OLD.iloc[:1], NEW, r"1 of 2 areas of values have no boundary .*'B'"),
    ],
)
def test_boundaries_that_cannot_be_used_are_refused(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        by_area(people(100, 80, areas=OLD), old, new)


def test_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(SegmentError, match="'density' should be columns of values"):
        by_area(people(1, 2, areas=OLD), OLD, NEW, intensive=["density"])
    with pytest.raises(SegmentError, match="'people' should be columns of values"):
        by_area(people(1, 2, areas=OLD), OLD, NEW, control="people")
    with pytest.raises(SegmentError, match="0 columns"):
        by_area(people(1, 2, areas=OLD)[[]], OLD, NEW)


cuts = st.lists(st.integers(1, 39), min_size=1, max_size=6, unique=True)


@settings(max_examples=20)
@given(cuts, cuts, st.integers(0, 10**6))
def test_nobody_is_lost_whatever_the_boundaries(
    olds: list[int], news: list[int], seed: int
) -> None:
    def parted(at: list[int], letter: str) -> gpd.GeoDataFrame:
        ends = [0, *sorted(at), 40]
        named = {f"{letter}{n}": e for n, e in enumerate(pairwise(ends))}
        return strips(27700, **named)

    old, new = parted(olds, "A"), parted(news, "X")
    numbers = np.random.default_rng(seed).integers(0, 1000, len(old))
    found = by_area(people(*numbers, areas=old), old, new)
    assert found.table["people"].sum() == pytest.approx(numbers.sum())
    by_hand = [
        sum(
            n * max(0.0, min(a[2], x[2]) - max(a[0], x[0])) / (a[2] - a[0])
            for n, a in zip(numbers, old.bounds.to_numpy(), strict=True)
        )
        for x in new.bounds.to_numpy()
    ]
    assert found.table["people"].to_numpy() == pytest.approx(by_hand)


@pytest.fixture(scope="module")
def leicester(fixtures: Path) -> gpd.GeoDataFrame:
    folder = fixtures / "segmentation"
    shapes = gpd.read_parquet(folder / "boundaries/leicester_oa11.parquet")
    table = pd.read_parquet(
        folder / "oac2011/leicester_oa11_167vars_with_oac2011.parquet"
    )
    counts = table.set_index("OA11CD")[["LSOA11CD", "Total_Population"]]
    joined = shapes.set_index("oa_code")[["geometry"]].to_crs(27700).join(counts)
    return joined.rename_axis("area_code")


@pytest.mark.fixtures
def test_ground_gives_what_the_look_up_gives_where_areas_nest(
    leicester: gpd.GeoDataFrame,
) -> None:
    """969 output areas of Leicester to their 192 LSOAs: a person in 20,000 amiss.

    The boundaries as published overlap here and there by a little more than 1 %.
    """
    lookup = leicester["LSOA11CD"].rename("to_code").rename_axis("from_code")
    truth = by_lookup(leicester[["Total_Population"]], lookup.reset_index())
    lsoas = leicester[["LSOA11CD", "geometry"]].dissolve("LSOA11CD")
    found = by_area(
        leicester[["Total_Population"]],
        leicester[["geometry"]],
        lsoas.rename_axis("area_code").join(truth.table),
        control="Total_Population",
    )
    assert len(found.table) == 192
    assert found.errors["mean"] < 0.005
    assert (found.trust["class"] == "exact").mean() > 0.9
    moved = found.table["Total_Population"]
    assert moved.sum() == pytest.approx(329_839)
    assert (moved - truth.table["Total_Population"]).abs().sum() < 20


@pytest.mark.fixtures
def test_the_error_of_even_spreading_is_measured_and_said(
    leicester: gpd.GeoDataFrame,
) -> None:
    """Downwards, from LSOAs to output areas, people are not spread evenly at all."""
    lsoas = leicester.dissolve("LSOA11CD", aggfunc={"Total_Population": "sum"})
    lsoas = lsoas.rename_axis("area_code")
    found = by_area(
        lsoas[["Total_Population"]], lsoas, leicester, control="Total_Population"
    )
    assert found.table["Total_Population"].sum() == pytest.approx(329_839, abs=1)
    assert (found.trust["class"] == "guess").all()
    assert 30 < found.errors["mean"] < 90
    assert found.errors["n"] == 969
