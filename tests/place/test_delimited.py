"""CSV as agencies send it: every encoding, every mark, and every way to break."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from place import PlaceError, Source, delimited
from place.reading import ROW, open_rows
from place.rows import numbered

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


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a few lines fill a block, so that a small file has many."""
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-8-sig", "UTF8"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_welsh_names_come_through_in_their_encoding(
    lay: Callable[..., Path], encoding: str, declared: str, ends: str
) -> None:
    ward = "Tŷ Coch" if encoding.startswith("utf") else "Ynys Môn"
    file = lay("wards.csv", f"id,ward{ends}1,{ward}", encoding)
    (row,) = rows_of(Source(file=file, encoding=declared))
    assert row == {ROW: 2, "id": "1", "ward": ward}


def test_a_cell_may_hold_commas_quotes_and_lines(lay: Callable[..., Path]) -> None:
    file = lay("a.csv", 'a,b\n"x, ""y""","line 1\nline 2"\n5" pipe,z\n')
    assert rows_of(Source(file=file)) == [
        {ROW: 2, "a": 'x, "y"', "b": "line 1\nline 2"},
        {ROW: 3, "a": '5" pipe', "b": "z"},
    ]


@pytest.mark.parametrize(
    ("name", "mark", "options"),
    [
        ("a.csv", ";", {"delimiter": ";"}),
        ("a.txt", "|", {"delimiter": "|"}),
        ("a.tsv", "\t", {}),
        ("A.CSV", ",", {}),
    ],
)
def test_other_marks_may_split_cells(
    lay: Callable[..., Path], name: str, mark: str, options: dict[str, str]
) -> None:
    file = lay(name, f"a{mark}b\n1{mark}2\n")
    assert rows_of(Source(file=file, **options)) == [{ROW: 2, "a": "1", "b": "2"}]


def test_gzip_is_unpacked(lay: Callable[..., Path]) -> None:
    file = lay("a.csv.gz", gzip.compress(b"a\n1\n"))
    assert rows_of(Source(file=file)) == [{ROW: 2, "a": "1"}]


@pytest.mark.parametrize("text", ["a,b", "a,b\n", "a,b\r\n", "\ufeffa,b\n"])
def test_a_heading_alone_has_no_rows(lay: Callable[..., Path], text: str) -> None:
    opened = open_rows(Source(file=lay("a.csv", text)))
    assert opened.columns == ("a", "b")
    assert list(opened.rows()) == []


def test_headings_are_trimmed_and_blank_ones_are_called_by_their_place(
    lay: Callable[..., Path],
) -> None:
    file = lay("a.csv", "\ufeff area code ,\u00a0b,,\n1,2,3,4\n")
    assert rows_of(Source(file=file)) == [
        {ROW: 2, "area code": "1", "b": "2", "column 3": "3", "column 4": "4"}
    ]


def test_rows_can_be_read_again(lay: Callable[..., Path]) -> None:
    opened = open_rows(Source(file=lay("a.csv", "a,b\n1,2\n3\n")))
    first, second = list(opened.rows()), list(opened.rows())
    assert first == second
    assert opened.ragged == [(3, "has 1 cells where the heading has 2")]


def test_short_and_long_rows_go_aside_and_the_rest_keep_their_numbers(
    lay: Callable[..., Path],
) -> None:
    opened = open_rows(Source(file=lay("a.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n")))
    kept = [row[ROW] for batch in opened.rows() for row in batch.to_pylist()]
    assert kept == [2, 5]
    assert opened.ragged == [
        (3, "has 1 cells where the heading has 2"),
        (4, "has 3 cells where the heading has 2"),
    ]


@given(st.lists(st.integers(1, 3), max_size=60), st.booleans())
def test_row_numbers_are_right_over_many_blocks(widths: list[int], blank: bool) -> None:  # noqa: FBT001 - Hypothesis passes it
    lines = ["a,b", *(",".join(["cell"] * width) for width in widths)]
    ends = "\n\n" if blank else "\n"
    text = "".join(line + ends for line in lines)
    expected = [
        number
        for number, row in enumerate(csv.reader(io.StringIO(text)), start=1)
        if len(row) == 2 and number > 1
    ]
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(delimited, "BLOCK_BYTES", 64)
        file = Path(folder, "a.csv")
        file.write_text(text)
        opened = open_rows(Source(file=file))
        rows = [row for batch in opened.rows() for row in batch.to_pylist()]
    assert [row[ROW] for row in rows if row["a"]] == expected
    assert len(rows) - len(expected) == (len(lines) if blank else 0)  # blank lines
    assert len(opened.ragged) == sum(width != 2 for width in widths)


@given(st.lists(st.booleans(), max_size=50), st.data())
def test_numbers_step_over_what_went_aside(
    stays: list[bool], data: st.DataObject
) -> None:
    aside = [(at, "") for at, kept in enumerate(stays, start=2) if not kept]
    kept = [at for at, stay in enumerate(stays, start=2) if stay]
    cuts = data.draw(st.lists(st.integers(0, len(kept)), max_size=4).map(sorted))
    pieces = np.split(np.arange(len(kept)), cuts)
    batches = [pa.record_batch({"x": pa.array(piece, pa.int64())}) for piece in pieces]
    found = [at for one in numbered(batches, aside) for at in one[ROW].to_pylist()]
    assert found == kept


@pytest.mark.usefixtures("small_blocks")
def test_a_file_of_ragged_rows_alone_is_read_to_its_end(
    lay: Callable[..., Path],
) -> None:
    opened = open_rows(Source(file=lay("a.csv", "a,b\n" + "1\n" * 99)))
    assert sum(batch.num_rows for batch in opened.rows()) == 0
    assert [row for row, _ in opened.ragged] == list(range(2, 101))


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,2\n3,"4\n5,6\n7,8\n',  # swallows the rest as one good cell
        'a,b\n1,2\n"3,4\n5,6\n7,8\n',  # swallows it as one short row
        'a,b\n1,2\n3,"4\n5,"6"\n7,8\n',  # a later mark closes it: rows run together
        'a,b\n1,2\n3,"4\n' + "5,6\n" * 99_999,  # more than one block
    ],
)
def test_an_unclosed_quotation_mark_is_an_error_at_its_line(
    lay: Callable[..., Path], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1 << 16)
    fault = fault_of(Source(file=lay("a.csv", text)))
    assert "the quotation marks in line 3 do not match" in fault


def test_an_unclosed_mark_in_the_heading_does_not_quote_the_rows(
    lay: Callable[..., Path],
) -> None:
    fault = fault_of(Source(file=lay("a.csv", 'a,"b\nMary Secret,2\n')))
    assert "heading row do not match" in fault
    assert "Secret" not in fault


def test_western_text_read_as_utf_8_is_an_error_with_line_and_remedy(
    lay: Callable[..., Path],
) -> None:
    text = "a,b\n" + "x,y\n" * 5000 + "Siân Secret,z\n" + "x,y\n" * 5000
    fault = fault_of(Source(file=lay("a.csv", text, "cp1252")))
    assert "is not text in utf-8: byte 0xe2 in line 5002." in fault
    assert "encoding = 'cp1252'" in fault
    assert "Secret" not in fault


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        ("a\nx\n".encode("utf-16"), "utf-8", "Set encoding = 'utf-16'"),
        ("a\nx\n".encode("utf-16-le"), "utf-8", "encoding = 'utf-16-le'"),
        (b"a\nx\x81\n", "cp1252", "byte 0x81 in line 2. Set encoding to what"),
        (b"a\n\xe9", "utf-8", "in line 2"),
        (b"abc\n", "utf-16", "is not text in utf-16"),
        (b"PK\x03\x04rest", "utf-8", "an Excel workbook or ZIP archive"),
        (b"PK\x03\x04rest", "utf-16", "an Excel workbook or ZIP archive"),
        (b"\xd0\xcf\x11\xe0rest", "utf-8", "an old or a locked Excel workbook"),
        (b"PAR1rest", "utf-8", "Name it .parquet"),
        (b"SQLite format 3\x00", "utf-8", "Name it .gpkg"),
        (gzip.compress(b"a\n1\n", mtime=0), "utf-8", "Name it .csv.gz"),
        (b"%PDF-1.7", "utf-8", "a PDF"),
        (b"\n\na,b\n1,2\n", "utf-8", "has no heading row"),
        (b",,\n1,2,3\n", "utf-8", "has no heading row"),
        (b"", "utf-8", "has no heading row"),
    ],
)
def test_what_is_not_the_text_it_says_is_named(
    lay: Callable[..., Path], content: bytes, encoding: str, said: str
) -> None:
    assert said in fault_of(Source(file=lay("a.csv", content), encoding=encoding))


def test_two_columns_of_one_name_are_named_by_their_places(
    lay: Callable[..., Path],
) -> None:
    fault = fault_of(Source(file=lay("a.csv", "Secret,b, Secret,b\n1,2,3,4\n")))
    assert "columns 1 and 3, 2 and 4" in fault
    assert "Secret" not in fault


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_gzip_file_cut_short_is_an_error_not_half_a_table(
    lay: Callable[..., Path], share: float
) -> None:
    whole = gzip.compress("".join(f"a{n},b\n" for n in range(99_999)).encode())
    file = lay("a.csv.gz", whole[: int(len(whole) * share)])
    assert "not a whole gzip file" in fault_of(Source(file=file))


def test_gzip_that_is_none_or_damaged_is_an_error(lay: Callable[..., Path]) -> None:
    assert "not a whole gzip" in fault_of(Source(file=lay("a.csv.gz", "a,b\n1,2\n")))
    whole = bytearray(
        gzip.compress(np.random.default_rng(0).bytes(9999).hex().encode())
    )
    whole[500:600] = bytes(100)
    assert "a.csv.gz: is not" in fault_of(Source(file=lay("a.csv.gz", bytes(whole))))
