"""Counts moved from the command line: what is written, and what is refused."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import typer
from shapely import box
from typer.testing import CliRunner

from insight.moving_commands import rebase

if TYPE_CHECKING:
    from pathlib import Path

VALUES = "area_code,people,pounds,name\nA,100,10.4,North\nB,11,2,South\nZ,40,1,East\n"
LOOKUP = "from_code,to_code,share\nA,X,1\nB,X,0.6\nB,Y,0.4\n"

app = typer.Typer()
app.command()(rebase)


def ran(folder: Path, *arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [*arguments, "--out", str(folder / "out")])
    return found.exit_code, " ".join(found.output.split())


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    file = folder / "out" / "tables" / f"{name}.csv"
    with file.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "values.csv").write_text(VALUES, encoding="utf-8")
    (tmp_path / "lookup.csv").write_text(LOOKUP, encoding="utf-8")
    for name, ends in (("old", (4, 8, 12)), ("new", (5, 12))):
        starts = (0, *ends[:-1])
        shapes = [box(a, 0, b, 1) for a, b in zip(starts, ends, strict=True)]
        codes = ["A", "B", "Z"] if name == "old" else ["X", "Y"]
        frame = gpd.GeoDataFrame(
            {"area_code": codes, "people": range(50, 50 + len(codes))},
            geometry=shapes,
            crs=27700,
        )
        frame.to_file(tmp_path / f"{name}.gpkg")
    return tmp_path


def test_a_look_up_moves_counts_and_lists_what_has_no_target(folder: Path) -> None:
    files = str(folder / "values.csv"), str(folder / "lookup.csv")
    code, said = ran(folder, *files, "--rule", "none")
    assert code == 0, said
    moved = {row["area_code"]: row for row in rows(folder, "rebased")}
    assert {area: row["people"] for area, row in moved.items()} == {
        "X": "107",
        "Y": "4",
    }
    assert moved["Y"]["from_split_share"] == "1"
    assert rows(folder, "rebased-unmatched")[0]["area_code"] == "Z"
    balance = {row["column"]: row for row in rows(folder, "rebased-balance")}
    assert balance["people"]["given"] == "151"
    assert balance["people"]["unmatched"] == "40"
    assert "Columns that are no counts stay behind: name." in said
    assert "Not all of 2 areas lie whole in one of 2" in said


def test_small_counts_are_hidden_unless_the_rule_says_otherwise(folder: Path) -> None:
    code, said = ran(folder, str(folder / "values.csv"), str(folder / "lookup.csv"))
    assert code == 0, said
    assert [row["people"] for row in rows(folder, "rebased")] == ["105", "[c]"]


def test_boundaries_move_counts_by_ground_and_tell_the_error(folder: Path) -> None:
    old, new = str(folder / "old.gpkg"), str(folder / "new.gpkg")
    code, said = ran(
        folder, str(folder / "values.csv"), "--boundaries", old, new,
        "--control", "people", "--rule", "none",
    )  # fmt: skip
    assert code == 0, said
    moved = {row["area_code"]: row for row in rows(folder, "rebased")}
    assert moved["X"]["people"] == "103"  # 100 and a quarter of 11
    assert moved["X"]["class"] == "rough"
    assert "people, known on both, is off by" in said


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["values.csv"], "name either a look-up, or --boundaries OLD NEW"),
        (["gone.csv", "lookup.csv"], "there is no such file"),
        (["values.csv", "values.csv"], "the look-up lacks 'from_code'"),
        (["values.csv", "lookup.csv", "--rule", "all"], "no rule of small numbers"),
    ],
)
def test_what_cannot_be_moved_is_told_without_a_traceback(
    folder: Path, arguments: list[str], match: str
) -> None:
    given = [
        str(folder / each) if each.endswith(".csv") else each for each in arguments
    ]
    code, said = ran(folder, *given)
    assert code == 1
    assert match in said
    assert "Traceback" not in said
    assert not (folder / "out").exists()
