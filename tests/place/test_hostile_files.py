"""Files bitten at random: they open, or the error is one of ours."""

from __future__ import annotations

import gzip
import io
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from place import PlaceError, open_place, read_place

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("event_id", "customer_id", "time", "agency", "activity")
BITES = (
    b'"',
    b"\n",
    b"\r",
    b",",
    b"\x00",
    b"\xc3",
    b"\xff",
    b"",
    b"=1+1",
    b"\xef\xbb\xbf",
)


@cache
def csv_bytes() -> bytes:
    row = b'e%d,c%d,2009-04-01T10:00Z,"A, ""x""","line 1\nline 2"\n'
    rows = b"".join(row % (at, at % 7) for at in range(60))
    return ",".join(NAMES).encode() + b"\n" + rows


@cache
def parquet_bytes() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({name: ["x"] * 60 for name in NAMES}), out)
    return out.getvalue()


@cache  # a workbook says when it was made: make it once
def excel_bytes() -> bytes:
    made = openpyxl.Workbook()
    for row in (NAMES, *[(at, "c", "2009-04-01T10:00Z", "a", "b") for at in range(30)]):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def boundaries() -> gpd.GeoDataFrame:
    squares = [box(at, 0, at + 1, 1) for at in range(20)]
    codes = {"area_code": [f"E{at}" for at in range(20)]}
    return gpd.GeoDataFrame(codes, geometry=squares, crs="EPSG:27700")


@cache
def geoparquet_bytes() -> bytes:
    out = io.BytesIO()
    boundaries().to_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("table", "name", "well"),
    [
        ("events", "a.csv", csv_bytes),
        ("events", "a.csv.gz", lambda: gzip.compress(csv_bytes())),
        ("events", "a.parquet", parquet_bytes),
        ("events", "a.xlsx", excel_bytes),
        ("areas", "a.parquet", geoparquet_bytes),
        ("areas", "a.geojson", lambda: boundaries().to_json().encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_bitten_file_opens_or_is_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory,
    table: str,
    name: str,
    well: Callable[[], bytes],
    random: Random,
    bites: int,
) -> None:
    folder = tmp_path_factory.mktemp("bitten", numbered=True)
    raw = bytearray(well())
    for _ in range(bites):
        at = random.randrange(len(raw) + 1)
        raw[at : at + random.choice([0, 1, 1, 30])] = random.choice(BITES)
    (folder / name).write_bytes(raw)
    (folder / "place.toml").write_text(
        f'[place]\nname = "x"\n[tables.{table}]\nfile = "{name}"\n'
    )
    (folder / "work").mkdir()
    with suppress(PlaceError):
        open_place(read_place(folder), folder / "work").engine.close()
    assert {file.name for file in folder.iterdir()} == {"place.toml", "work", name}
    assert all(Path(file).suffix == ".parquet" for file in (folder / "work").iterdir())
