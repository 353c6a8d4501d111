"""Parquet: types that SQL knows, types that it does not, and damage."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from place import PlaceError, Source
from place.columnar import open_table, plain_type
from place.reading import ROW, open_rows

if TYPE_CHECKING:
    from collections.abc import Callable


def rows_of(source: Source, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - passed on
    return [
        row
        for batch in open_rows(source, **options).rows()
        for row in batch.to_pylist()
    ]


def fault_of(source: Source) -> str:
    with pytest.raises(PlaceError) as found:
        rows_of(source)
    assert len(found.value.faults) == 1
    return str(found.value)


def parquet(folder: Path, **columns: pa.Array) -> Source:
    file = folder / "a.parquet"
    pq.write_table(pa.table(columns), file)
    return Source(file=file)


def test_typed_columns_come_as_types_that_sql_knows(tmp_path: Path) -> None:
    source = parquet(
        tmp_path,
        id=pa.array([7, 8], pa.uint64()),
        word=pa.array(["x", None]).dictionary_encode(),
        text=pa.array([b"\xc3\xa9", None], pa.binary()),
        half=pa.array([np.float16(1.5), None], pa.float16()),
        nan=pa.array([float("nan"), 2.0]),
        none=pa.nulls(2),
        money=pa.array([Decimal("1.10"), None], pa.decimal128(9, 2)),
        day=pa.array([dt.date(2009, 4, 1), None]),
        many=pa.array([[1], None]),
    )
    opened = open_rows(source)
    assert [str(kind) for kind in opened.schema.types] == [
        "decimal128(20, 0)", "string", "string", "float", "double", "string",
        "decimal128(9, 2)", "date32[day]", "list<element: int64>",
    ]  # fmt: skip
    first, second = (row for batch in opened.rows() for row in batch.to_pylist())
    assert first == {
        ROW: 2, "id": 7, "word": "x", "text": "é", "half": 1.5, "nan": None,
        "none": None, "money": Decimal("1.10"), "day": dt.date(2009, 4, 1), "many": [1],
    }  # fmt: skip
    assert second["nan"] == 2.0


@pytest.mark.parametrize("end", [0, 4, 200, -60, -4])
def test_parquet_that_is_damaged_is_an_error_of_ours(tmp_path: Path, end: int) -> None:
    source = parquet(tmp_path, a=pa.array([f"Secret {n}" for n in range(5000)]))
    source.file.write_bytes(source.file.read_bytes()[:end])
    assert "Export it again" in fault_of(source)


def test_parquet_damaged_in_its_middle_is_an_error_of_ours(tmp_path: Path) -> None:
    source = parquet(tmp_path, a=pa.array([f"Secret {n}" for n in range(50_000)]))
    raw = bytearray(source.file.read_bytes())
    raw[1000:9000] = bytes(8000)
    source.file.write_bytes(raw)
    fault = fault_of(source)
    assert "is damaged" in fault
    assert "Secret" not in fault


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    source = parquet(tmp_path, a=pa.array([b"\xff\xfe"], pa.binary()))
    assert "bytes that are not UTF-8" in fault_of(source)


def test_parquet_that_is_csv_is_an_error(lay: Callable[..., Path]) -> None:
    assert "not a Parquet file" in fault_of(Source(file=lay("a.parquet", "a,b\n1,2\n")))


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (pa.array([b"ab", None], pa.binary(2)), "ab"),
        (pa.array([Decimal("1.5"), None], pa.decimal256(50, 1)), "1.5"),
        (pa.array([Decimal("1.5"), None], pa.decimal32(5, 1)), Decimal("1.5")),
        (pa.array([b"ab", None], pa.binary_view()), "ab"),
        (pa.array(["ab", None], pa.string_view()), "ab"),
        (pa.RunEndEncodedArray.from_arrays([1, 2], ["ab", None]), "ab"),
        (pa.array(["ab", None]).dictionary_encode(), "ab"),
        (pa.array([7, None], pa.uint16()), 7),
        (
            pa.ExtensionArray.from_storage(
                pa.json_(), pa.array(['"x"', None], pa.string())
            ),
            '"x"',
        ),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_a_table_in_memory_may_hold_odder_types(
    column: pa.Array, first: object
) -> None:
    opened = open_table(pa.table({"a": column}), Path("log.xes"))
    rows = [row["a"] for batch in opened.rows() for row in batch.to_pylist()]
    assert rows == [first, None]
    assert opened.schema.field("a").type == plain_type(column.type)
