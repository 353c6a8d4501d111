"""From evidence to the table maturity by the commands, as CSV and as workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from insight.evidence_commands import code, examples

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

app = typer.Typer()
app.command()(examples)
app.add_typer(code)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def fill_csv(file: Path) -> Path:
    """Give every row the level 2 but the first, which stays blank."""
    sheet = pd.read_csv(file, dtype=str, keep_default_na=False)
    sheet["level"] = ["", *["2"] * (len(sheet) - 1)]
    sheet.to_csv(file, index=False)
    return file


def fill_workbook(file: Path, column: str, level: int | str) -> Path:
    book = load_workbook(file)
    sheet = book["To fill"]
    (at,) = [cell.column for cell in sheet[1] if cell.value == column]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at).value = level
    book.save(file)
    return file


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("coding")
    made = run(
        *("code", "sheets", "--coder", "Ann", "--coder", "Bob", "--seed", 6),
        *("--out", folder),
    )
    assert made.exit_code == 0, made.output
    assert "2 coders, 31 rows each" in made.output
    assert "totalplace's own" in made.output
    return [
        fill_csv(folder / "coding-ann.csv"),
        fill_workbook(folder / "coding-bob.xlsx", "level", 2),
    ]


def test_sheets_come_back_as_the_table_of_a_place(
    filled: list[Path], tmp_path: Path
) -> None:
    done = run("code", "read", *filled, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "maturity.csv")
    assert len(table) == 62
    assert table["score"].notna().sum() == 61
    assert "no alpha, as all levels are one" in done.output
    assert "Coders differ on 1 rows" in done.output
    assert set(pd.read_csv(tmp_path / "agreement.csv")["component"]) == {
        *("value", "people and skills", "process", "data and systems")
    }


def test_what_coders_agreed_on_is_read_too(filled: list[Path], tmp_path: Path) -> None:
    run("code", "read", *filled, "--out", tmp_path / "first")
    sheet = tmp_path / "first" / "disagreements.xlsx"
    fill_workbook(sheet, "agreed", 1)
    lone = run("code", "read", *filled, "--agreed", sheet, "--out", tmp_path / "x")
    assert lone.exit_code == 1
    assert "nobody is said to have decided" in lone.output
    fill_workbook(sheet, "decided_by", "Ann and Bob")
    done = run("code", "read", *filled, "--agreed", sheet, "--out", tmp_path / "then")
    assert done.exit_code == 0, done.output
    assert "1 levels were agreed after coding" in done.output
    table = pd.read_csv(tmp_path / "then" / "maturity.csv")
    assert table["coder"].iloc[-1] == "agreed by Ann and Bob"


def test_levels_are_never_written_over(filled: list[Path], tmp_path: Path) -> None:
    run("code", "read", *filled, "--out", tmp_path)
    again = run("code", "read", *filled, "--out", tmp_path)
    assert again.exit_code == 1
    assert "already holds maturity.csv" in again.output


def test_a_table_of_ones_own_can_be_coded_and_searched(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("place,component,phase,lines,says\nA,value,,7,Meals for all.\n")
    text = tmp_path / "text.txt"
    text.write_text("\n" * 6 + "It gave meals.\n", "utf-8")
    made = run(
        *("code", "sheets", file, "--coder", "A", "--coder", "B", "--text", text),
        *("--out", tmp_path / "c"),
    )
    assert made.exit_code == 0, made.output
    sheet = (tmp_path / "c" / "coding-a.csv").read_text("utf-8-sig")
    assert "Meals for all.\n\nIt gave meals." in sheet
    found = run("examples", "MEALS", "--evidence", file)
    assert "1 of 1 examples have 'MEALS'" in found.output


def test_examples_are_found_by_their_words() -> None:
    assert "lines 1440-1447" in run("examples", "take-up", "bolton").output
    assert "38 of 38" in run("examples").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("code", "sheets", "--coder", "A"), "Name two or more"),
        (("code", "sheets", "--coder", "A!", "--coder", "A?"), "too alike"),
        (("code", "sheets", "no.csv", "--coder", "A", "--coder", "B"), "no such file"),
        (("code", "read", "no.csv"), "no such file"),
        (("examples", "x", "--evidence", "no.csv"), "no such file"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == 1
    assert said in done.output
    assert not list(tmp_path.iterdir())
