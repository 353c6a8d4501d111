"""An audit by command: a sheet to fill, its answers read, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from insight.audit_commands import audit, filled
from insight.customer_commands import customer
from insight.encode_command import encode
from insight.errors import InsightError
from place import read_place

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

app = typer.Typer()
app.add_typer(audit)
app.command()(customer)
app.command()(encode)


def run(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["audit", *(str(word) for word in words)])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    rows = ["event_id,customer_id,time,agency,activity,activity_class,need,cost_pounds"]
    for at in range(30):
        cost = "" if at % 2 else 80
        rows += [
            f"{at}a,c{at},2009-04-01,GP,talk,assess,home,{cost}",
            f"{at}b,c{at},2009-04-20,Housing,talk,assess,home,{cost}",
        ]
    (folder / "events.csv").write_text("\n".join(rows) + "\n")
    (folder / "costs.csv").write_text(
        "basis,activity_class,low_pounds,central_pounds,high_pounds,source\n"
        "published,assess,60,100,150,a made-up manual\n"
    )
    (folder / "place.toml").write_text(
        '[place]\nname = "X"\ntime_zone = "UTC"\n[tables.events]\nfile = "events.csv"\n'
        '[tables.unit_costs]\nfile = "costs.csv"\n'
    )
    return folder


@pytest.fixture(scope="module")
def sheet(place: Path) -> Path:
    said = run("sheet", place, "--out", place / "audit", "--size", 40).output
    assert "40 contacts to look up" in said
    assert "inside the partnership" in said
    return place / "audit" / "audit.csv"


def answered(file: Path, verdict: str = "duplicate") -> pd.DataFrame:
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return rows.assign(verdict=verdict, auditor="Ann")


def test_a_sheet_is_a_workbook_with_its_choices_and_a_csv(sheet: Path) -> None:
    book = load_workbook(sheet.with_suffix(".xlsx"))
    assert book.sheetnames == ["To fill", "How to check"]
    (choice,) = book["To fill"].data_validations.dataValidation
    assert choice.formula1 == '"duplicate,not a duplicate,cannot tell"'
    rows = pd.read_csv(sheet, dtype=str)
    assert rows["event_id"].str.fullmatch(r"\d+[ab]").all()
    assert "customer_id" not in rows
    assert rows["verdict"].isna().all()


def test_a_filled_sheet_becomes_the_table_of_a_place(
    place: Path, sheet: Path, tmp_path: Path
) -> None:
    answered(sheet).to_csv(tmp_path / "ann.csv", index=False)
    said = run("read", place, tmp_path / "ann.csv", "--out", tmp_path / "read").output
    assert "20 of 20 findings were duplicates" in said
    assert "[tables.audit]" in said
    table = pd.read_csv(tmp_path / "read" / "audit.csv", dtype=str)
    assert len(table) == 40
    text = (place / "place.toml").read_text()
    file = (tmp_path / "read" / "audit.csv").as_posix()
    other = tmp_path / "place"
    other.mkdir()
    for name in ("events.csv", "costs.csv"):
        (other / name).write_bytes((place / name).read_bytes())
    (other / "place.toml").write_text(f'{text}[tables.audit]\nfile = "{file}"\n')
    assert "audit" in read_place(other).tables


def test_a_workbook_may_be_filled_instead(
    place: Path, sheet: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bob.xlsx"
    book = load_workbook(sheet.with_suffix(".xlsx"))
    rows = book["To fill"]
    (at,) = [cell.column for cell in rows[1] if cell.value == "verdict"]
    for row in range(2, 12):
        rows.cell(row, at).value = "Cannot tell"
    book.save(file)
    said = run("read", place, file, "--out", tmp_path / "read").output
    assert "10 contacts checked" in said
    assert "30 rows are not looked up yet" in said


def test_several_may_fill_copies_unless_they_differ(sheet: Path) -> None:
    ann, bob = answered(sheet), answered(sheet)
    ann.loc[20:, "verdict"] = ""
    bob.loc[:10, "verdict"] = ""
    both = filled({"ann.csv": ann, "bob.csv": bob})
    assert both["verdict"].eq("duplicate").all()
    assert both["audit_id"].is_unique
    bob.loc[15, "verdict"] = "cannot tell"
    with pytest.raises(InsightError, match="differ on 1 contacts"):
        filled({"ann.csv": ann, "bob.csv": bob})


@pytest.mark.parametrize("column", ["event_id", "weight", "found", "rule", "version"])
def test_a_sheet_changed_beside_its_answers_is_refused(
    sheet: Path, column: str
) -> None:
    rows = answered(sheet)
    rows.loc[3, column] = "7"
    with pytest.raises(InsightError, match=r"1 rows, .* were changed in more than"):
        filled({"ann.csv": rows})
    with pytest.raises(InsightError, match=rf"lacks the columns \['{column}'\]"):
        filled({"ann.csv": rows.drop(columns=column)})


def test_blank_sheets_and_odd_verdicts_are_told(
    place: Path, sheet: Path, tmp_path: Path
) -> None:
    assert "has a verdict" in run("read", place, sheet, code=1).output
    odd = tmp_path / "odd.csv"
    answered(sheet, "yes!").to_csv(odd, index=False)
    said = run("read", place, odd, code=1).output
    assert "have another verdict" in said
    assert "29b" not in said


def test_a_size_may_follow_from_the_precision_wanted(
    place: Path, tmp_path: Path
) -> None:
    said = run("sheet", place, "--out", tmp_path / "a", "--within", 0.15).output
    assert "22 contacts to look up" in said
    both = ("--within", 0.15, "--size", 9)
    assert "Give one" in run("sheet", place, *both, code=1).output


def test_a_store_is_audited_and_shown_as_its_events_are(
    place: Path, sheet: Path, tmp_path: Path
) -> None:
    def done(*words: object) -> None:
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output

    done("encode", place, "--out", tmp_path / "kept")
    (tmp_path / "place.toml").write_text(
        '[place]\nname = "X"\n[journeys]\nstore = "kept"\n'
    )
    run("sheet", tmp_path, "--out", tmp_path / "audit", "--size", 40)
    assert (tmp_path / "audit" / "audit.csv").read_bytes() == sheet.read_bytes()
    done("customer", tmp_path, "--out", tmp_path / "out")
    assert (tmp_path / "out" / "private" / "customer-a.html").exists()


def test_a_place_without_events_has_nothing_to_audit(tmp_path: Path) -> None:
    (tmp_path / "flags.csv").write_text("place,area,colour\nLeeds,Jobs,green\n")
    (tmp_path / "place.toml").write_text(
        '[place]\nname = "X"\n[tables.flags]\nfile = "flags.csv"\n'
    )
    assert "has no events" in run("sheet", tmp_path, code=1).output
