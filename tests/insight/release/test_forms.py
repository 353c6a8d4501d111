"""Sheets to fill: safe to open, closed but for what is to be filled, never replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from openpyxl import load_workbook

from insight.release import ReleaseError
from insight.release.forms import Form, Listed, file_stem, write_forms, write_tables

if TYPE_CHECKING:
    from pathlib import Path

ROWS = pd.DataFrame(
    {
        "place": ["=1+1", "South\x07"],
        "passage": ["-2 % a year", "Two\nlines"],
        "level": ["", ""],
        "remark": ["", None],
    }
)
BESIDE = {"Rubric": pd.DataFrame({"level": [1], "anchor": ["It is planned."]})}


def form() -> Form:
    return Form(
        rows=ROWS, choice=("level", (1, 2, 3, 4)), words=("remark",), beside=BESIDE
    )


def test_a_workbook_offers_the_levels_and_closes_the_rest(tmp_path: Path) -> None:
    file, _ = write_forms(tmp_path / "new", {"ann": form()})
    book = load_workbook(file)
    assert book.sheetnames == ["To fill", "Rubric"]
    sheet = book["To fill"]
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.formula1, choice.allowBlank) == ('"1,2,3,4"', True)
    assert str(choice.sqref) == "C2:C3"
    assert sheet.protection.sheet
    locked = [[cell.protection.locked for cell in row] for row in sheet["A2:D3"]]
    assert locked == [[True, True, False, False]] * 2
    assert book["Rubric"]["B2"].value == "It is planned."


def test_a_blank_form_offers_several_choices_and_keeps_codes_as_text(
    tmp_path: Path,
) -> None:
    blank = Form(
        rows=pd.DataFrame(columns=["kind", "code", "pounds", "why"]),
        choices={"kind": ("a", "b"), "code": Listed("Codes", "code")},
        words=["why"],
        amounts=["pounds"],
        beside={"Codes": pd.DataFrame({"name": ["x", "y"], "code": ["07", "10"]})},
        room=3,
    )
    file, csv = write_forms(tmp_path, {"blank": blank})
    sheet = load_workbook(file)["To fill"]
    rules = {str(r.sqref): r for r in sheet.data_validations.dataValidation}
    assert {at: rule.formula1 for at, rule in rules.items()} == {
        "A2:A4": '"a,b"', "B2:B4": "'Codes'!$B$2:$B$3", "C2:C4": "-1000000000000",
    }  # fmt: skip
    assert all(rule.showErrorMessage and rule.allowBlank for rule in rules.values())
    assert [cell.number_format for cell in sheet[4]] == ["@", "@", "General", "@"]
    assert not sheet.protection.sheet
    assert csv.read_text("utf-8-sig").splitlines() == ["kind,code,pounds,why"]


def test_words_are_never_a_formula(tmp_path: Path) -> None:
    file, csv = write_forms(tmp_path, {"ann": form()})
    cell = load_workbook(file)["To fill"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert csv.read_text("utf-8-sig").splitlines()[1].startswith("'=1+1,'-2 % a year,,")


def test_what_is_not_known_is_left_blank(tmp_path: Path) -> None:
    (file,) = write_tables(tmp_path, {"coded": pd.DataFrame({"score": [2, pd.NA]})})
    assert file.read_text("utf-8-sig").splitlines() == ["score", "2", '""']


def test_nothing_that_may_be_filled_is_replaced(tmp_path: Path) -> None:
    write_forms(tmp_path, {"ann": form()})
    with pytest.raises(ReleaseError, match=r"holds ann.xlsx, ann.csv, which may be"):
        write_forms(tmp_path, {"ann": form(), "bob": form()})
    assert not (tmp_path / "bob.csv").exists()


@pytest.mark.parametrize(
    ("words", "stem"),
    [("Ann O'Neil", "ann-o-neil"), ("../x", "x"), ("", "sheet"), ("Ängel 2", "ngel-2")],
)
def test_a_name_that_a_file_can_have(words: str, stem: str) -> None:
    assert file_stem(words) == stem
