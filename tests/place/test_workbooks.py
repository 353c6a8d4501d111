"""Excel: dates, formulae, merged cells, notes beside tables, broken files."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from place import PlaceError, Source, workbooks
from place.reading import ROW, open_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet


def book(file: Path, *rows: list[Any], change: Callable[[Any], object] = id) -> Source:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    change(made)
    made.save(file)
    return Source(file=file)


def rows_of(source: Source) -> list[dict[str, Any]]:
    opened = open_rows(source)
    return [row for batch in opened.rows() for row in batch.to_pylist()]


def test_cells_are_the_text_that_a_csv_would_hold(tmp_path: Path) -> None:
    source = book(
        tmp_path / "a.xlsx",
        ["day", "time", "whole", "part", "yes", "word", 2009],
        [
            dt.date(2009, 4, 1),
            dt.datetime(2009, 4, 1, 10, 30),  # noqa: DTZ001 - Excel knows no zone
            12.0,
            0.1,
            True,
            " x ",
            None,
        ],
    )
    assert rows_of(source) == [
        {
            ROW: 2,
            "day": "2009-04-01",
            "time": "2009-04-01T10:30:00",
            "whole": "12",
            "part": "0.1",
            "yes": "True",
            "word": " x ",
            "2009": None,
        }
    ]


def test_dates_counted_from_1904_are_the_same_dates(tmp_path: Path) -> None:
    def mac(made: Any) -> None:  # noqa: ANN401 - untyped library
        made.epoch = CALENDAR_MAC_1904

    source = book(tmp_path / "a.xlsx", ["day"], [dt.date(2009, 4, 1)], change=mac)
    assert rows_of(source) == [{ROW: 2, "day": "2009-04-01"}]


def test_columns_without_heading_at_the_end_are_no_columns(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", ["a", None, "c", None, ""], ["1", "2", "3", ""])
    assert rows_of(source) == [{ROW: 2, "a": "1", "column 2": "2", "c": "3"}]


def test_blank_rows_keep_their_numbers(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", ["a"], ["1"], [None], ["2"])
    assert [(row[ROW], row["a"]) for row in rows_of(source)] == [
        (2, "1"),
        (3, None),
        (4, "2"),
    ]


def test_a_merged_cell_counts_in_its_first_row_alone(tmp_path: Path) -> None:
    source = book(
        tmp_path / "a.xlsx",
        ["a", "b"],
        ["x", 1],
        [None, 2],
        change=lambda made: made["Data"].merge_cells("A2:A3"),
    )
    assert [row["a"] for row in rows_of(source)] == ["x", None]


def test_a_value_beside_the_table_puts_its_row_aside(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", ["a"], [1], [2, None, "ask Secret"], [3])
    opened = open_rows(source)
    rows = [row for batch in opened.rows() for row in batch.to_pylist()]
    assert [row[ROW] for row in rows] == [2, 4]
    assert opened.ragged == [(3, "has a value beside the last heading")]


def test_a_formula_counts_as_its_saved_result_and_never_as_a_blank(
    tmp_path: Path,
) -> None:
    source = book(tmp_path / "a.xlsx", ["a", "b"], [1, "=A2+1"], [2, 5], [3, '=""'])
    opened = open_rows(source)
    assert [row["b"] for batch in opened.rows() for row in batch.to_pylist()] == ["5"]
    why = "has a formula whose result was not saved"
    assert opened.ragged == [(2, why), (4, why)]

    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(source.file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    xml = parts[sheet].decode()
    # An empty result is written in several ways, by what writes XML for openpyxl.
    xml = re.sub(r"<f>A2\+1</f><v( ?/>|></v>)", "<f>A2+1</f><v>2</v>", xml)
    parts[sheet] = xml.replace('<c r="B4">', '<c r="B4" t="str">').encode()
    with zipfile.ZipFile(source.file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    saved = open_rows(source)
    assert [row["b"] for batch in saved.rows() for row in batch.to_pylist()] == [
        "2",
        "5",
        None,
    ]
    assert saved.ragged == []


def test_the_first_sheet_that_shows_is_read_or_the_one_that_is_named(
    tmp_path: Path,
) -> None:
    def more(made: Any) -> None:  # noqa: ANN401 - untyped library
        hidden: Worksheet = made.create_sheet("Lists", 0)
        hidden.append(["nothing"])
        hidden.sheet_state = "hidden"
        made.create_sheet("Other").append(["b"])
        made["Other"].append([2])

    source = book(tmp_path / "a.xlsx", ["a"], [1], change=more)
    opened = open_rows(source)
    assert opened.columns == ("a",)
    assert opened.note == " The sheet read is 'Data', of ['Lists', 'Data', 'Other']."
    assert rows_of(Source(file=source.file, sheet="Other")) == [{ROW: 2, "b": "2"}]
    with pytest.raises(PlaceError, match="no sheet 'Data2' of cells; it has"):
        open_rows(Source(file=source.file, sheet="Data2"))


def test_a_size_that_was_written_too_small_loses_no_column(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", ["a", "b"], [1, 2])
    with zipfile.ZipFile(source.file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:B2"', b'ref="A1"')
    with zipfile.ZipFile(source.file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert rows_of(source) == [{ROW: 2, "a": "1", "b": "2"}]


def test_an_empty_sheet_has_no_heading(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="has no heading row"):
        open_rows(book(tmp_path / "a.xlsx"))


def test_what_is_no_workbook_is_an_error(lay: Callable[..., Path]) -> None:
    for content in (b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0locked", b"", b"PK\x03\x04"):
        with pytest.raises(PlaceError, match="is not an Excel workbook, is locked"):
            open_rows(Source(file=lay("a.xlsx", content)))


def test_a_workbook_damaged_in_its_rows_does_not_quote_them(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", ["a"], *(["Secret"] for _ in range(99)))
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(source.file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[sheet] = parts[sheet][:-200]
    with zipfile.ZipFile(source.file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    opened = open_rows(source)
    with pytest.raises(PlaceError, match="damaged") as found:
        list(opened.rows())
    assert "Secret" not in str(found.value)


def test_rows_come_in_batches_with_their_own_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "ROWS_AT_ONCE", 2)
    many = [[n, "stray"] if n % 3 == 0 else [n] for n in range(1, 20)]
    rows = rows_of(book(tmp_path / "a.xlsx", ["a"], *many))
    assert [(row[ROW], row["a"]) for row in rows] == [
        (n + 1, str(n)) for n in range(1, 20) if n % 3
    ]


cells = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1),
    st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)),
)


@settings(max_examples=40)
@given(st.lists(cells, min_size=1, max_size=5))
def test_what_was_put_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any]
) -> None:
    values = [None if str(value).startswith("=") else value for value in values]
    file = tmp_path_factory.getbasetemp() / "again.xlsx"
    source = book(file, ["n", "a"], *([at, value] for at, value in enumerate(values)))
    expected = [None if value is None else str(value) for value in values]
    assert [row["a"] for row in rows_of(source)] == expected
