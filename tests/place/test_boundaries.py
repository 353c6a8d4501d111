"""Boundaries: squares small enough to draw by hand, in every file and every fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely import MultiPolygon, Point, Polygon, box

from place import PlaceError, Source
from place.areas import read_areas
from place.boundaries import holds_boundaries, undrawable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely import Geometry

GRID = "EPSG:27700"
SQUARES = [box(x, 300_000, x + 100, 300_100) for x in (458_000, 458_100, 458_200)]
BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def drawn(
    file: Path, shapes: list[Geometry | None], crs: str | None = GRID, **columns: object
) -> Source:
    codes = [f"E{at}" for at in range(1, len(shapes) + 1)]
    columns = {"area_code": codes, **columns}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    if file.suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_file(file)
    return Source(file=file)


def fault_of(*sources: Source) -> str:
    with pytest.raises(PlaceError) as found:
        read_areas(sources)
    assert len(found.value.faults) == 1
    return str(found.value)


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.shp", "a.fgb"])
def test_every_kind_of_boundaries_opens(tmp_path: Path, name: str) -> None:
    source = drawn(tmp_path / name, SQUARES, population=[5, 6, 7])
    areas, (one,) = read_areas([source])
    assert areas.index.name == "area_code"
    assert list(areas.index) == ["E1", "E2", "E3"] or name == "a.fgb"  # stores by place
    assert areas.loc["E2", "population"] == 6
    assert areas.crs == GRID
    assert areas.area.tolist() == pytest.approx([10_000] * 3)
    assert (one.rows_in, one.broken) == (3, ())


def test_opening_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.gpkg", SQUARES)
    read_areas([source])
    assert [file.name for file in tmp_path.iterdir()] == ["a.gpkg"]


def test_degrees_become_metres(tmp_path: Path) -> None:
    degrees = gpd.GeoSeries(SQUARES, crs=GRID).to_crs("EPSG:4326")
    source = drawn(tmp_path / "a.geojson", list(degrees), crs="EPSG:4326")
    areas, _ = read_areas([source])
    assert areas.crs.is_projected
    assert areas.area.tolist() == pytest.approx([10_000] * 3, rel=0.002)


def test_web_mercator_and_feet_become_metres_too(tmp_path: Path) -> None:
    for crs in ("EPSG:3857", "EPSG:2263"):
        degrees = gpd.GeoSeries([box(-74, 40.7, -73.99, 40.71)], crs="EPSG:4326")
        source = drawn(tmp_path / "a.gpkg", list(degrees.to_crs(crs)), crs=crs)
        areas, _ = read_areas([source])
        assert areas.area.item() == pytest.approx(844.5 * 1110.5, rel=0.01)


def test_a_coordinate_system_that_is_declared_is_believed(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [list(SQUARES[0].exterior.coords)]}
    feature = {"type": "Feature", "properties": {"area_code": "E1"}, "geometry": shape}
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert "is said to be in degrees, and its coordinates reach 458," in fault_of(
        Source(file=file)
    )
    areas, _ = read_areas([Source(file=file, crs=GRID)])
    assert areas.crs == GRID
    assert areas.area.item() == pytest.approx(10_000)


def test_degrees_that_are_said_to_be_metres_are_found_out(tmp_path: Path) -> None:
    degrees = list(gpd.GeoSeries(SQUARES, crs=GRID).to_crs("EPSG:4326"))
    source = drawn(tmp_path / "a.geojson", degrees, crs=GRID)
    with pytest.raises(PlaceError, match="smaller than one square metre"):
        read_areas([source])


def test_a_boundary_that_no_map_holds_goes_aside_without_a_warning() -> None:
    endless = Polygon([(0, 0), (1e300, 1e300), (1, 1), (0, 1)])
    crossed = Polygon([(0, 0), (1e300, 1e300), (1e300, 0), (0, 1e300)])
    assert undrawable(gpd.GeoDataFrame(geometry=[endless, crossed])).keys() >= {1}


def test_a_layer_may_be_named(tmp_path: Path) -> None:
    for layer, population in (("small", 1), ("large", 2)):
        frame = gpd.GeoDataFrame(
            {"area_code": ["E1"], "population": [population]},
            geometry=SQUARES[:1],
            crs=GRID,
        )
        frame.to_file(tmp_path / "a.gpkg", layer=layer)
    areas, _ = read_areas([Source(file=tmp_path / "a.gpkg", sheet="large")])
    assert areas["population"].item() == 2
    fault = fault_of(Source(file=tmp_path / "a.gpkg", sheet="medium"))
    assert "cannot be read as boundaries with a layer 'medium'" in fault


def test_boundaries_that_cannot_be_drawn_go_aside(tmp_path: Path) -> None:
    shapes = [SQUARES[0], None, Polygon(), BOW_TIE, Point(1, 1), SQUARES[1]]
    source = drawn(tmp_path / "a.parquet", shapes)
    areas, (one,) = read_areas([source])
    assert list(areas.index) == ["E1", "E6"]
    assert areas.geometry.is_valid.all()
    assert one.broken == (
        (3, "boundary is missing"),
        (4, "boundary is missing"),
        (5, "boundary cannot be drawn: Self-intersection[0.5 0.5]"),
        (6, "boundary is a Point, not an area"),
    )


def test_of_areas_drawn_twice_the_one_that_can_be_drawn_is_kept(tmp_path: Path) -> None:
    shapes = [None, SQUARES[0], SQUARES[1]]
    source = drawn(tmp_path / "a.parquet", shapes, area_code=["E1", "E1", "E1"])
    areas, (one,) = read_areas([source])
    assert areas.geometry.item().equals(SQUARES[0])
    assert one.broken[1] == (4, "area_code already stands in row 3")


def test_areas_that_are_all_missing_boundaries_need_no_projection(
    tmp_path: Path,
) -> None:
    source = drawn(tmp_path / "a.parquet", [None, None], crs="EPSG:4326")
    areas, (one,) = read_areas([source])
    assert (len(areas), one.rows_out) == (0, 0)


def test_several_rings_are_one_area() -> None:
    shapes = [MultiPolygon(SQUARES[::2]), SQUARES[0], BOW_TIE, None]
    assert list(undrawable(gpd.GeoDataFrame(geometry=shapes))) == [2, 3]


def test_boundaries_without_a_coordinate_system_need_one(tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.parquet", SQUARES, crs=None)
    assert "says no coordinate system. Set crs" in fault_of(source)
    areas, _ = read_areas([source.model_copy(update={"crs": GRID})])
    assert areas.crs == GRID
    wrong = source.model_copy(update={"crs": "EPSG:0"})
    assert "no coordinate system is called 'EPSG:0'" in fault_of(wrong)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.geojson", "{", "cannot be read as boundaries"),
        ("a.gpkg", "SQLite format 3", "cannot be read as boundaries"),
        ("a.json", '{"a": 1}', "cannot be read as boundaries"),
        ("a.csv", "population\n1\n", "needs a column area_code"),
        ("a.csv", "geo_code;b\n1;2\n", "set `delimiter`"),
    ],
)
def test_what_is_no_file_of_areas_is_said_to_be(
    lay: Callable[..., Path], name: str, content: str, said: str
) -> None:
    assert said in fault_of(Source(file=lay(name, content)))


def test_a_table_in_a_file_for_boundaries_is_said_to_be_one(tmp_path: Path) -> None:
    import pyogrio  # noqa: PLC0415 - only here

    file = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"area_code": ["E1"]}), file)
    assert "holds no boundaries, only a table" in fault_of(Source(file=file))


def test_parquet_is_boundaries_only_if_it_says_so(tmp_path: Path) -> None:
    pq.write_table(pa.table({"area_code": ["E1"]}), tmp_path / "a.parquet")
    assert not holds_boundaries(tmp_path / "a.parquet")
    assert not holds_boundaries(tmp_path / "absent.parquet")
    assert holds_boundaries(drawn(tmp_path / "b.parquet", SQUARES).file)
