"""The commands on the locally led count: a template, and what is asked of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from insight.spend_commands import spend

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

app = typer.Typer()
app.add_typer(spend)
HEAD = "source,body,body_kind,cofog,heading,amount_pounds\n"


def run(*given: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["spend", *(str(word) for word in given)])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for name, sign in (("kent", ""), ("leeds", "-"), ("luton", "")):
        file = tmp_path / f"{name}.csv"
        file.write_text(
            f"{HEAD}grant,Council,local authority,07,,{sign}5.00\n"
            "grant,Council,local authority,,Tolls,2.00\n"
        )
        made.append(file)
    return made


def test_a_template_is_written_once_and_never_over(tmp_path: Path) -> None:
    said = run("template", "--out", tmp_path / "t").output
    assert "spend.xlsx" in said
    assert sorted(file.name for file in (tmp_path / "t").iterdir()) == [
        "headings.csv", "headings.xlsx", "spend.csv", "spend.xlsx",
    ]  # fmt: skip
    assert "nothing was written" in " ".join(
        run("template", "--out", tmp_path / "t", code=1).output.split()
    )


def test_one_count_is_moderated_into_words_tables_and_a_page(
    files: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "m"
    said = run("moderate", files[1], "--out", out).output
    assert "leeds: 2 lines of 1 body and 1 source add up to -£3, unaudited." in said
    assert "1 of 2 lines (-£5; line 2): negative amount." in said
    assert "own headings that no mapping knows: 'Tolls'" in said
    page = (out / "moderation.html").read_text("utf-8")
    assert "The count of leeds" in page
    assert "Counts side by side" not in page
    table = pd.read_csv(
        out / "tables" / "spend_leeds_remarks.csv", encoding="utf-8-sig"
    )
    assert "negative amount" in table["rule"].to_list()


def test_counts_are_put_side_by_side_with_own_headings_and_what_is_expected(
    files: list[Path], tmp_path: Path
) -> None:
    headings, expected = tmp_path / "h.csv", tmp_path / "e.csv"
    headings.write_text("heading,cofog,weight\nTolls,4.5,\n")
    expected.write_text("what,name\nbody,Council\nbody,The Trust\n")
    out = tmp_path / "m"
    said = run(
        "moderate", *files, "--out", out,
        "--headings", headings, "--expected", expected,
    ).output  # fmt: skip
    assert "no mapping knows" not in said
    assert "Of 2 expected bodies 1 cannot be found: The Trust" in said
    assert "3 counts of 6 lines (£11, unaudited)" in said
    table = pd.read_csv(out / "tables" / "moderation_rules.csv", encoding="utf-8-sig")
    assert table.query("rule == 'negative amount'")["place"].to_list() == ["leeds"]
    assert "Counts side by side" in (out / "moderation.html").read_text("utf-8")


def test_a_place_goes_by_its_name_and_its_basis(
    files: list[Path], tmp_path: Path
) -> None:
    text = (
        '[place]\nname = "Kent"\nsynthetic = true\n[tables.spend]\nfile = "kent.csv"\n'
    )
    (tmp_path / "place.toml").write_text(text)
    said = run("moderate", tmp_path / "place.toml", files[1], "--out", tmp_path / "m")
    assert "Kent: 2 lines" in said.output
    assert "2 counts moderated" in said.output


@pytest.mark.parametrize(
    ("write", "words"),
    [
        ("", "there is no such file"),
        (HEAD, "is a line of spend"),
        (f"{HEAD}a,b,c,07,,1\n", "is a line of spend. Row 2: body_kind is not one of"),
    ],
)
def test_a_file_that_is_no_count_is_told(
    write: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.csv"
    if write:
        file.write_text(write)
    said = run("moderate", file, "--out", tmp_path / "m", code=1).output
    assert words in " ".join(said.split())
    assert not (tmp_path / "m").exists()


def test_two_counts_of_one_name_and_a_place_without_one_are_refused(
    files: list[Path], tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "m")
    assert "called 'kent'" in run("moderate", files[0], files[0], *out, code=1).output
    (tmp_path / "place.toml").write_text('[place]\nname = "X"\n')
    said = run("moderate", tmp_path, *out, code=1).output
    assert "X has no spend count" in said
    (tmp_path / "h.csv").write_text("heading,cofog,weight\nTolls,4.5,2\n")
    headings = ("--headings", tmp_path / "h.csv")
    said = run("moderate", files[0], *headings, *out, code=1).output
    assert "h.csv, row 2: weight is over 1" in said
