"""Whole places: opened, counted and refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from shapely import box

from place import OpenPlace, PlaceError, open_place, read_place, write_rejected

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = '[place]\nname = "Leicester"\ntime_zone = "Europe/London"\n'
EVENTS = "event_id,customer_id,time,agency,activity,cost_pounds\n"
SPEND = "source,body,body_kind,cofog,amount_pounds\n"


def block(table: str, file: Path, more: str = "") -> str:
    return f'[[tables.{table}]]\nfile = "{file.name}"\n{more}\n'


# -- opened


def test_every_table_stands_in_the_engine_by_its_name(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path], tmp_path: Path
) -> None:
    areas = gpd.GeoDataFrame(
        {"area_code": ["E1", "E2"], "group": ["a", "b"], "dense": [1, 2]},
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
        crs="EPSG:27700",
    )
    areas.to_file(tmp_path / "areas.gpkg")
    events = lay("e.csv", EVENTS + "e1,c1,2009-07-01T10:00,A,V,£1\ne2,,,,,\n")
    book = openpyxl.Workbook()
    for row in (["place", "area", "colour", "count"], ["Leicester", "Jobs", "Red", 2]):
        book.active.append(row)
    book.save(tmp_path / "flags.xlsx")
    told: list[str] = []
    place = opened(
        block("areas", tmp_path / "areas.gpkg")
        + block("events", events)
        + block("flags", tmp_path / "flags.xlsx"),
        progress=told.append,
    )
    assert told == ["areas", "events", "flags"]
    assert place.has("areas", "events")
    assert not place.has("areas", "people")
    assert place.areas is not None
    assert place.areas.crs == "EPSG:27700"
    engine = place.engine
    assert set(engine.columns("areas")) == {
        "area_code", "population", "households", "group", "dense",
    }  # fmt: skip
    (area,) = engine.arrow("SELECT * FROM areas WHERE area_code = 'E2'").to_pylist()
    assert (area["dense"], area["group"], area["population"]) == (2.0, "b", None)
    (event,) = engine.arrow("SELECT time_us, cost_pence FROM events").to_pylist()
    assert event == {"time_us": 1_246_438_800_000_000, "cost_pence": 100}
    assert engine.arrow("SELECT colour FROM flags").to_pylist() == [{"colour": "red"}]
    assert place.counts().to_dict("list") == {
        "table": ["areas", "events", "flags"],
        "file": ["areas.gpkg", "e.csv", "flags.xlsx"],
        "rows_in": [2, 2, 1],
        "rows_out": [2, 1, 1],
        "rejected": [0, 1, 0],
        "unused": ["", "", ""],
    }
    engine.close()


def test_a_place_without_tables_opens_and_holds_none(
    opened: Callable[..., OpenPlace],
) -> None:
    place = opened("")
    assert (place.areas, place.counts().empty, place.has()) == (None, True, True)
    place.engine.close()


def test_a_reader_of_another_room_is_used(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path]
) -> None:
    table = pa.table(
        {
            "customer_id": ["c"],
            "time": pa.array([0], pa.timestamp("us", "UTC")),
            "agency": ["a"],
            "activity": ["b"],
        }
    )
    blocks = block("events", lay("log.xes", "<log/>"))
    place = opened(blocks, readers={".xes": lambda _: table})
    assert place.engine.arrow("SELECT time_us FROM events").to_pylist() == [
        {"time_us": 0}
    ]
    place.engine.close()


# -- refused


def test_the_faults_of_all_tables_are_listed(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path]
) -> None:
    blocks = (
        block("spend", lay("s.csv", SPEND))
        + block("spend", lay("s.xls", "x"))
        + block("events", lay("e1.csv", b"\xff\xfea\x00"))
        + block("events", lay("e2.csv", "PAR1"))
        + block("flags", lay("f.csv", "place,area,colour\na,b,amber\n"))
        + block("areas", lay("a.geojson", "{}"))
        + block("maturity", lay("m.csv", "place\nLeeds\n"))
    )
    with pytest.raises(PlaceError) as found:
        opened(blocks)
    said = "\n".join(found.value.faults)
    assert len(found.value.faults) == 7
    for part in (
        "s.xls: totalplace does not read",
        "e1.csv: is UTF-16 text",
        "e2.csv: is a Parquet file",
        "f.csv: every one of 1 rows breaks the contract of flags; row 2: colour is not",
        "a.geojson: cannot be read as boundaries",
        "m.csv: [tables.maturity] needs a column component (one of value, people",
    ):
        assert part in said


def test_a_heading_without_rows_is_said_to_be_one(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path]
) -> None:
    for text in (SPEND, SPEND.strip(), SPEND + "\n\n,,,,\n"):
        with pytest.raises(PlaceError, match=r"s.csv: has a heading but no rows\."):
            opened(block("spend", lay("s.csv", text)))
    with pytest.raises(PlaceError, match=r"a.csv: has a heading but no rows\."):
        opened(block("areas", lay("a.csv", "area_code\n")))


def test_stopped_by_its_user_a_place_leaves_its_own_folder_as_it_was(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path], tmp_path: Path
) -> None:
    events = lay("e.csv", EVENTS + "e1,c1,2009-07-01T10:00,A,V,£1\n")
    blocks = block("events", events) + block("spend", lay("s.csv", SPEND))

    def stop(table: str) -> None:
        if table == "spend":
            raise KeyboardInterrupt

    before = {file.name for file in tmp_path.iterdir()} | {"place.toml", "work"}
    with pytest.raises(KeyboardInterrupt):
        opened(blocks, progress=stop)
    assert {file.name for file in tmp_path.iterdir()} == before


# -- rejected


def test_rejected_rows_are_written_as_row_and_reason(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path], tmp_path: Path
) -> None:
    one = lay("one.csv", SPEND + "a,b,nhs,07,tbc\na,b,nhs,07,1\n")
    two = lay("two.csv", SPEND + "a,b,nhs,07,1\na,b\n")
    place = opened(block("spend", one) + block("spend", two))
    stale = tmp_path / "rejected" / "events.csv"
    stale.parent.mkdir()
    stale.write_text("of an earlier run")
    written = write_rejected(place, tmp_path / "rejected")
    assert written == {"spend": tmp_path / "rejected" / "spend.csv"}
    assert not stale.exists()
    assert pd.read_csv(written["spend"]).to_dict("list") == {
        "file": ["one.csv", "two.csv"],
        "row": [2, 3],
        "reason": [
            "amount_pounds is not an amount (seen: tbc)",
            "has 2 cells where the heading has 5",
        ],
    }
    place.engine.close()


def test_where_nothing_is_rejected_nothing_is_written(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path], tmp_path: Path
) -> None:
    place = opened(block("spend", lay("s.csv", SPEND + "a,b,nhs,07,1\n")))
    assert write_rejected(place, tmp_path / "rejected") == {}
    assert not (tmp_path / "rejected").exists()
    place.engine.close()


# -- real places


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("name", "table", "rows"),
    [("leicester", "areas", 969), ("incidents", "events", 65_533)],
)
def test_real_places_open_whole(
    fixtures: Path, tmp_path: Path, name: str, table: str, rows: int
) -> None:
    assert fixtures.is_dir()
    place = open_place(
        read_place(Path(__file__).parents[1] / "places" / name), tmp_path
    )
    counts = place.counts().set_index("table")
    assert (counts.loc[[table], "rows_out"] == rows).all()
    assert counts["rejected"].sum() == 0
    place.engine.close()


@pytest.mark.spark
@pytest.mark.usefixtures("java")
def test_a_place_on_spark_holds_the_same_rows(
    opened: Callable[..., OpenPlace], lay: Callable[..., Path]
) -> None:
    blocks = block("areas", lay("a.csv", "area_code,n\nE1,5\nE2,\n")) + block(
        "events",
        lay("e.csv", EVENTS + "e1,c1,2009-07-01T10:00,A,V,£1\ne2,c1,2009,A,V,\n"),
    )
    answers = []
    for backend in ("duckdb", "spark"):
        place = opened(blocks + f'[engine]\nbackend = "{backend}"\n')
        answers.append(
            [
                place.engine.arrow(f"SELECT * FROM {table}").to_pylist()
                for table in ("areas", "events")
            ]
        )
        place.engine.close()
    assert answers[0] == answers[1]
