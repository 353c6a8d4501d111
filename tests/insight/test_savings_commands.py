"""Savings, prevention and priorities from files, on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from insight.savings_commands import prevent, residents, saving

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "generator"))
try:
    import example_savings as example
finally:
    sys.path.pop(0)

app = typer.Typer()
app.command()(saving)
app.command("prevention")(prevent)
app.command("priorities")(residents)


def said_by(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    return done.exit_code, " ".join(done.output.split())


def test_a_saving_without_a_margin_is_rejected_by_its_row(tmp_path: Path) -> None:
    file = tmp_path / "savings.csv"
    example.make_savings().to_csv(file, index=False)
    code, said = said_by("saving", file)
    assert code == 0
    assert "Row 7 rejected: states no margin of error" in said
    assert "Cashable, recurring, 2008-09 prices: £215,000 a year from 2 savings" in said
    assert example.PLANTED["refused"] not in said


def test_prevention_says_who_pays_and_takes_a_rate(tmp_path: Path) -> None:
    file = tmp_path / "prevention.csv"
    example.make_prevention().to_csv(file, index=False)
    code, said = said_by("prevention", file, "--rate", "0.05", "--lag-years", "2")
    assert code == 0
    assert "Exampleton Council pays" in said
    assert "discount rate 5.0% a year (stated input, check)" in said
    assert "What moves the answer" in said


def test_prevention_of_which_no_stream_is_left_says_so(tmp_path: Path) -> None:
    file = tmp_path / "prevention.csv"
    bare = example.make_prevention().assign(low_pounds=None)
    for rows, rejected in ((bare, "Row 2 rejected: states no margin"), (bare[:0], "")):
        rows.to_csv(file, index=False)
        code, said = said_by("prevention", file)
        assert code == 1
        assert rejected in said
        assert "prevention.csv has no stream that can be weighed" in said


def test_priorities_leave_through_the_door(tmp_path: Path) -> None:
    levels, grids = tmp_path / "levels.csv", tmp_path / "grids.csv"
    example.make_priority_levels().to_csv(levels, index=False)
    rows = example.make_priority_grids()
    rows[rows["respondent"] < "R060"].to_csv(grids, index=False)
    to = tmp_path / "out"
    code, said = said_by("priorities", levels, "--grids", grids, "--out", to)
    assert code == 0
    assert "60 respondents; some rows were rejected" in said
    assert "R0" not in said
    assert (to / "tables" / "priority_grids_missed.csv").is_file()


@pytest.mark.parametrize("words", [("saving", "no.csv"), ("priorities", "no.csv")])
def test_what_is_not_there_is_said(words: tuple[str, ...]) -> None:
    code, _ = said_by(*words)
    assert code == 1
