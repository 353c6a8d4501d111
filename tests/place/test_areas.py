"""Areas: their codes and columns, from one file and from several."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from place import PlaceError, Source
from place.areas import read_areas

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


def test_a_place_without_boundaries_is_still_a_place(lay: Callable[..., Path]) -> None:
    file = lay("a.csv", "area_code,population\nE1,5\n")
    areas, _ = read_areas([Source(file=file)])
    assert areas.geometry.isna().all()
    assert np.isnan(areas.loc["E1", "households"])


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
    columns = {
        "code": pa.array([101.0, 102.0]),
        "households": pa.array([3, None]),
        "rate": pa.array([Decimal("1.5"), None]),
    }
    pq.write_table(pa.table(columns), file)
    areas, _ = read_areas([Source(file=file, columns={"area_code": "code"})])
    assert list(areas.index) == ["101", "102"]
    assert areas["households"].isna().tolist() == [False, True]
    assert areas.loc["101", "rate"] == 1.5


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


codes = st.lists(st.sampled_from(["E1", "E2", "E3", "E4", ""]), min_size=1, max_size=12)


@settings(max_examples=40)
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
    apart = not two.keys() & one.keys()  # then the second file adds areas
    assert areas["a"].dropna().to_dict() == one
    assert areas["b"].dropna().to_dict() == {
        code: value for code, value in two.items() if apart or code in one
    }
    assert set(areas.index) == one.keys() | (two.keys() if apart else set())
    assert checked[0].rows_out == len(one)
    assert checked[1].rows_out == len(two if apart else two.keys() & one.keys())


def test_areas_in_two_halves_are_put_together(lay: Callable[..., Path]) -> None:
    north = Source(file=lay("north.csv", "area_code,population\nN1,5\nN2,6\n"))
    south = Source(file=lay("south.csv", "area_code,population\nS1,7\n"))
    areas, checked = read_areas([north, south])
    assert areas["population"].to_dict() == {"N1": 5, "N2": 6, "S1": 7}
    assert [one.broken for one in checked] == [(), ()]
