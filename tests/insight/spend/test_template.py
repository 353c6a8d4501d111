"""The template: what can be chosen, what is told, and how it is read when filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from insight.errors import InsightError
from insight.release.forms import write_forms
from insight.spend.cofog import cofog_code
from insight.spend.moderation import moderate, read_count
from insight.spend.template import headings_form, template_form
from place import PlaceError, Source
from place.spend_tables import BODY_KINDS, spend

if TYPE_CHECKING:
    from pathlib import Path

LINE = ("Grant", "Council", "local authority", "07.3", 12.5)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    forms = {"spend": template_form(), "headings": headings_form()}
    return {file.name: file for file in write_forms(tmp_path, forms)}


def test_the_csv_has_the_columns_of_the_contract_and_nothing_else(
    files: dict[str, Path],
) -> None:
    (heading,) = files["spend.csv"].read_text("utf-8-sig").splitlines()
    assert heading.split(",") == [column.name for column in spend().columns]


def test_the_workbook_offers_what_the_contract_allows(files: dict[str, Path]) -> None:
    book = load_workbook(files["spend.xlsx"])
    assert book.sheetnames == [
        "To fill", "Notes", "COFOG codes", "Body kinds", "Example",
    ]  # fmt: skip
    sheet = book["To fill"]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {
        str(rule.sqref).split(":")[0].rstrip("2"): rule
        for rule in sheet.data_validations.dataValidation
    }
    assert rules[heads["body_kind"]].formula1 == f'"{",".join(BODY_KINDS)}"'
    assert rules[heads["nature"]].formula1 == '"revenue,capital"'
    assert rules[heads["basis"]].formula1 == '"budget,actual"'
    assert rules[heads["recurring"]].formula1 == '"recurring,one-off"'
    assert rules[heads["cofog"]].formula1 == "'COFOG codes'!$A$2:$A$80"
    assert rules[heads["amount_pounds"]].type == "decimal"
    assert len(rules) == 7
    codes = [row[0].value for row in book["COFOG codes"]["A2:A80"]]
    assert all(cofog_code(code) == code for code in codes)
    assert [row[0].value for row in book["Body kinds"]["A2:A10"]] == list(BODY_KINDS)
    assert not sheet.protection.sheet
    assert sheet[f"{heads['cofog']}2"].number_format == "@"
    assert sheet[f"{heads['amount_pounds']}2"].number_format == "General"
    notes = [row[0].value for row in book["Notes"]["A2:A40"]]
    assert {column.name for column in spend().columns} <= set(notes)


def test_what_is_filled_can_be_read_by_the_ordinary_way(files: dict[str, Path]) -> None:
    book = load_workbook(files["spend.xlsx"])
    for row in (2, 4):
        for across, value in enumerate(LINE, start=1):
            book["To fill"].cell(row, across).value = value
    book.save(files["spend.xlsx"])
    count = read_count([Source(file=files["spend.xlsx"])])
    assert count.lines["amount_pence"].to_dict() == {2: 1250, 4: 1250}
    assert count.lines["cofog"].to_list() == ["07.3", "07.3"]
    assert "counted twice" in {remark.rule for remark in moderate(count.lines)}


def test_an_empty_template_says_that_nothing_is_in_it(files: dict[str, Path]) -> None:
    with pytest.raises(InsightError, match=r"no row of spend.csv is a line of spend"):
        read_count([Source(file=files["spend.csv"])])


CSV = """\
line_id,source,body,body_kind,cofog,heading,amount_pounds,total_pounds
a,grant,Council,local authority,07,,100.00,150
b,grant,Council,LOCAL AUTHORITY,,Police,(50.00),150
,Total Council,Council,,,,50,
c,grant,Council,local authority,,,1,
Grand total,,,,,,50.00,
,Total,,,,,tbc,
"""


def test_rows_of_totals_are_kept_apart_and_broken_rows_are_told(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text(CSV)
    count = read_count([Source(file=file)])
    assert count.lines["amount_pence"].to_dict() == {2: 10_000, 3: -5_000}
    assert count.stated["amount_pence"].to_dict() == {6: 5_000}
    assert [row for row, _ in count.broken] == ["4", "5", "7"]
    assert "names neither cofog nor heading" in dict(count.broken)["5"]
    (unread,) = count.unread()
    assert unread.rule == "not read"
    assert "3 rows are not counted" in unread.said
    assert count.files.to_dict("records") == [
        {"file": "one.csv", "rows_in": 6, "lines": 2, "totals": 1, "not_read": 3}
    ]


def test_a_line_that_is_wholly_a_total_is_never_a_line(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text(
        "source,body,body_kind,cofog,amount_pounds\n"
        "grant,Council,local authority,07,5\n"
        "Total,Council,local authority,07,6\n"
        "TOTAL:,total,other,07,5\n"
        "Total Place fund,Council,local authority,07,7\n"
    )
    count = read_count([Source(file=file)])
    assert count.lines["amount_pence"].to_list() == [500, 700]
    shown = count.stated.astype("object").where(count.stated.notna(), None)
    assert shown["body"].to_list() == ["Council", None]
    assert count.broken == ()


def test_lines_of_several_files_are_told_apart(tmp_path: Path) -> None:
    text = "source,body,body_kind,cofog,amount_pounds\ng,C,nhs,07,5\n"
    sources = []
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(text)
        sources.append(Source(file=tmp_path / name))
    count = read_count(sources)
    assert count.lines.index.to_list() == ["a.csv: 2", "b.csv: 2"]


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("source,amount_pounds\ngrant,5\n")
    with pytest.raises(PlaceError, match="body"):
        read_count([Source(file=file)])
