"""Areas: squares small enough to draw by hand, in every file and every fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
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


# -- files that are well


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


def test_a_place_without_boundaries_is_still_a_place(lay: Callable[..., Path]) -> None:
    file = lay("a.csv", "area_code,population\nE1,5\n")
    areas, _ = read_areas([Source(file=file)])
    assert areas.geometry.isna().all()
    assert np.isnan(areas.loc["E1", "households"])


# -- columns


def test_numbers_are_numbers_and_codes_are_codes(lay: Callable[..., Path]) -> None:
    text = (
        "area_code,population,income,group,oac,mixed,none\n"
        '0123,"1,204","£1","01",7,3,\n0124, 7 ,x,12,"1,000",b,\n'
    )
    areas, _ = read_areas([Source(file=lay("a.csv", text))])
    assert list(areas.index) == ["0123", "0124"]
    assert areas["population"].tolist() == [1204, 7]
    assert areas["group"].tolist() == ["01", "12"]
    assert areas["oac"].tolist() == [7, 1000]
    assert areas["mixed"].tolist() == ["3", "b"]
    assert areas["none"].isna().all()


def test_typed_codes_are_the_text_of_their_number(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    columns = {"code": pa.array([101.0, 102.0]), "households": pa.array([3, None])}
    pq.write_table(pa.table(columns), file)
    areas, _ = read_areas([Source(file=file, columns={"area_code": "code"})])
    assert list(areas.index) == ["101", "102"]
    assert areas["households"].isna().tolist() == [False, True]


def test_a_column_read_under_our_name_stays_under_its_own(
    lay: Callable[..., Path],
) -> None:
    file = lay("a.csv", "code,All residents\nE1,5\n")
    columns = {"area_code": "code", "population": "All residents"}
    areas, _ = read_areas([Source(file=file, columns=columns)])
    assert areas.loc["E1", ["population", "All residents"]].tolist() == [5, 5]


def test_capitals_do_not_make_two_columns_of_one(lay: Callable[..., Path]) -> None:
    areas, _ = read_areas([Source(file=lay("a.csv", "Area_Code,Population\nE1,5\n"))])
    assert areas["population"].item() == 5
    assert "Population" not in areas
    for heading in ("pop,POP", "population,all", "geometry,x", "_row,x"):
        columns = {"population": "all"} if "all" in heading else {}
        file = lay("b.csv", f"area_code,{heading}\nE1,5,6\n")
        assert "Rename it." in fault_of(Source(file=file, columns=columns))


# -- rows that are broken


def test_broken_rows_go_aside_with_their_number(lay: Callable[..., Path]) -> None:
    text = (
        "area_code,population,households\nE1,5,2\n,5,2\nE2,tbc,2\nE3,-1,2\nE1,9,9\n"
        "E4,inf,1\n,,\nE5,5\nE6,5,2\n"
    )
    areas, (one,) = read_areas([Source(file=lay("a.csv", text))])
    assert list(areas.index) == ["E1", "E6"]
    assert one.rows_in == 8
    assert one.broken == (
        (3, "area_code is missing"),
        (4, "population is not a number (seen: tbc)"),
        (5, "population is under 0 (seen: -1)"),
        (6, "area_code already stands in row 2"),
        (7, "population is not a number (seen: inf)"),
        (9, "has 2 cells where the heading has 3"),
    )


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


# -- more than one file


def test_further_files_add_columns_by_code(
    tmp_path: Path, lay: Callable[..., Path]
) -> None:
    text = "code,population,group\nE3,7,c\nE9,1,z\nE1,5,a\n"
    more = Source(file=lay("counts.csv", text), columns={"area_code": "code"})
    areas, (_, second) = read_areas([drawn(tmp_path / "a.gpkg", SQUARES), more])
    assert areas["group"].fillna("-").tolist() == ["a", "-", "c"]
    assert areas["population"].isna().tolist() == [False, True, False]
    assert second.broken == ((3, "area_code is not an area of a.gpkg: E9"),)


def test_boundaries_may_come_second(tmp_path: Path, lay: Callable[..., Path]) -> None:
    first = Source(file=lay("a.csv", "area_code,population\nE2,5\nE1,6\n"))
    areas, (_, second) = read_areas([first, drawn(tmp_path / "b.gpkg", SQUARES)])
    assert areas.crs == GRID
    assert areas.loc["E1"].geometry.equals(SQUARES[0])
    assert second.broken == ((4, "area_code is not an area of a.csv: E3"),)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("area_code,population\nE1,6\n", "column 'population' stands in an earlier"),
        ("area_code,Group\nE1,b\n", "column 'Group' and 'group' of an earlier file"),
    ],
)
def test_columns_in_conflict_are_an_error(
    lay: Callable[..., Path], second: str, said: str
) -> None:
    first = Source(file=lay("a.csv", "area_code,population,group\nE1,5,a\n"))
    assert said in fault_of(first, Source(file=lay("b.csv", second)))


def test_columns_that_agree_are_no_conflict(lay: Callable[..., Path]) -> None:
    first = Source(file=lay("a.csv", "area_code,population,n\nE1,5,\nE2,6,x\n"))
    second = Source(file=lay("b.csv", "area_code,population,n,more\nE1,5,,1\n"))
    areas, _ = read_areas([first, second])
    assert areas["more"].isna().tolist() == [False, True]


def test_two_files_of_boundaries_are_a_conflict(tmp_path: Path) -> None:
    files = [drawn(tmp_path / name, SQUARES) for name in ("a.gpkg", "b.gpkg")]
    assert "'geometry' stands in an earlier file" in fault_of(*files)


# -- files that stop


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


codes = st.lists(st.sampled_from(["E1", "E2", "E3", "E4", ""]), min_size=1, max_size=12)


@given(codes, codes)
def test_a_plain_loop_joins_the_same_areas(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], second: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, column, rows in (("1.csv", "a", first), ("2.csv", "b", second)):
        lines = "".join(f"{code},x{at}\n" for at, code in enumerate(rows))
        (folder / name).write_text(f"area_code,{column}\n{lines}")
    sources = [Source(file=folder / "1.csv"), Source(file=folder / "2.csv")]
    areas, checked = read_areas(sources)
    one, two = (
        {code: f"x{at}" for at, code in reversed([*enumerate(rows)]) if code}
        for rows in (first, second)
    )
    assert areas["a"].to_dict() == one
    assert areas["b"].dropna().to_dict() == {
        code: value for code, value in two.items() if code in one
    }
    assert checked[0].rows_out == len(one)
    assert checked[1].rows_out == len(two.keys() & one.keys())
