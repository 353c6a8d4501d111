"""The commands on events: graphs for other programs, and the sheet of activities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from insight.graph_commands import activities, graph

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

app = typer.Typer()
app.command()(graph)
app.command()(activities)


def run(*words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rows = ["event_id,customer_id,time,agency,activity,activity_class"]
    for at in range(30):
        rows += [
            f"{at}a,c{at},2009-04-01,GP,Ask & <tell>,request",
            f"{at}b,c{at},2009-04-02,GP,Risk assessment,",
            f"{at}c,c{at},2009-04-05,Housing,Ask & tell,",
        ]
    rows += ["xa,x,2009-04-01,GP,ask,", "xb,x,2009-04-02,Police,Jane's talk,"]
    (tmp_path / "events.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "place.toml").write_text(
        '[place]\nname = "X"\ntime_zone = "UTC"\n[tables.events]\nfile = "events.csv"\n'
        '[tables.people]\nfile = "events.csv"\n'  # not opened: it is no such table
    )
    return tmp_path


@pytest.mark.parametrize("kind", ["graphml", "gexf"])
def test_a_graph_leaves_as_a_file_for_other_programs(place: Path, kind: str) -> None:
    to = place / "out"
    said = run("graph", place, "--out", to, "--format", kind).output
    file = to / "tables" / f"graph-activities.{kind}"
    assert "2 of 3 kinds of move" in said
    read = nx.read_graphml if kind == "graphml" else nx.read_gexf
    found = read(file)
    label = dict(found.nodes(data="label"))
    moves = {(label[a], label[b]): said for a, b, said in found.edges(data=True)}
    assert set(moves) == {
        ("Ask & <tell>", "Risk assessment"),
        ("Risk assessment", "Ask & tell"),
    }
    first = moves["Ask & <tell>", "Risk assessment"]
    assert (first["count"], first["wait_days"], first["hidden"]) == (30, 1.0, "no")
    assert "Jane" not in file.read_text("utf-8")
    kinds = [json.loads(line)["kind"] for line in open_audit(to)]
    assert kinds == ["table", "graph"]


def open_audit(to: Path) -> list[str]:
    return (to / "audit.jsonl").read_text("utf-8").splitlines()


def test_a_graph_of_agencies_leaves_as_a_table(place: Path) -> None:
    to = place / "out"
    run("graph", place, "--out", to, "--of", "agencies", "--format", "csv")
    table = pd.read_csv(to / "tables" / "graph-agencies.csv")
    assert table[["source", "target", "count"]].to_numpy().tolist() == [
        ["GP", "Housing", 30]
    ]
    assert [file.suffix for file in (to / "tables").glob("graph*")] == [".csv"]


def test_the_sheet_of_activities_can_be_filled_and_named(place: Path) -> None:
    to = place / "words"
    said = run("activities", place, "--out", to).output
    assert "5 activities, each as one agency says it; 4 have no class" in said
    sheet = pd.read_csv(to / "vocabulary.csv", keep_default_na=False, dtype="str")
    rows = sheet.set_index(["agency", "activity"])
    known = rows.loc[("GP", "Ask & <tell>")]
    assert known["activity_class"] == "request"
    assert known["suggestion"] == ""
    assert rows.loc[("GP", "Risk assessment")]["suggestion"] == "assess"
    assert rows.loc[("Housing", "Ask & tell")]["reason"] == "is like 'Ask & <tell>'"
    assert sorted(rows["customers"]) == ["", "", "30", "30", "30"]  # small ones hidden
    book = load_workbook(to / "vocabulary.xlsx")
    assert book.sheetnames == ["To fill", "Classes"]
    (choice,) = book["To fill"].data_validations.dataValidation
    assert "contact_in,contact_out" in choice.formula1


def test_a_filled_sheet_maps_the_events(place: Path) -> None:
    run("activities", place, "--out", place / "words")
    file = place / "words" / "vocabulary.csv"
    sheet = pd.read_csv(file, keep_default_na=False, dtype="str")
    blank = sheet["activity_class"] == ""
    sheet.loc[blank, "activity_class"] = sheet["suggestion"].where(
        sheet["suggestion"] != "", "service"
    )
    tell = sheet["activity"].str.startswith("Ask &")
    sheet.loc[tell, "standard_activity"] = "Ask"
    sheet.to_csv(file, index=False)
    with (place / "place.toml").open("a") as toml:
        toml.write('[tables.vocabulary]\nfile = "words/vocabulary.csv"\n')
    again = run("activities", place, "--out", place / "again").output
    assert "0 have no class" in again
    run("graph", place, "--out", place / "out", "--format", "csv")
    table = pd.read_csv(place / "out" / "tables" / "graph-activities.csv")
    assert table["source"].tolist() == ["Ask", "Risk assessment"]
    assert table["target"].tolist() == ["Risk assessment", "Ask"]


def test_a_sheet_that_may_be_filled_is_not_written_over(place: Path) -> None:
    run("activities", place, "--out", place / "words")
    said = run("activities", place, "--out", place / "words", code=1)
    assert "already holds vocabulary.xlsx" in said.stderr


def test_two_spellings_of_an_agency_are_told(place: Path) -> None:
    with (place / "events.csv").open("a") as events:
        events.write("y,y,2009-04-01,g.p.,ask,\n")
    said = run("activities", place, "--out", place / "words").output
    assert "Spelt in more than one way: GP; g.p." in said


@pytest.mark.parametrize("command", ["graph", "activities"])
def test_a_place_without_events_says_so(tmp_path: Path, command: str) -> None:
    (tmp_path / "place.toml").write_text('[place]\nname = "X"\n')
    said = run(command, tmp_path, "--out", tmp_path / "out", code=1)
    assert "[tables.events] is missing" in said.stderr
    assert not (tmp_path / "out").exists()


def test_a_vocabulary_against_the_settings_is_refused(place: Path) -> None:
    (place / "words.csv").write_text("activity,activity_class\nask,request\n")
    with (place / "place.toml").open("a") as toml:
        toml.write('[tables.vocabulary]\nfile = "words.csv"\n')
        toml.write('[journeys.classes]\n"ask" = "refer"\n')
    said = run("graph", place, "--out", place / "out", code=1)
    assert "more than one thing is said" in said.stderr
