"""Sharing from the command line: assign a table, and fit with others in a folder."""

from __future__ import annotations

import io
import json
import stat
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from insight import run_place
from insight.release.exchanges import begin, combine_round, contribute, standing
from insight.sharing_commands import assign, federate
from place import read_place
from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.share import assigning as in_python
from segmentation.share.federated_plan import Agreement, plan_of
from segmentation.share.model import read_model
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from segmentation.share.model import SharedModel

app = typer.Typer()
app.command()(assign)
app.add_typer(federate)
runner = CliRunner()
VARIABLES = {"flats": "flats / homes", "visits": "visits"}
TOML = """
agencies = ["council", "nhs"]
k = 2
starts = 3
minimum = 5
[variables]
"flats" = "flats / homes"
"visits" = "visits"
[ranges]
"visits" = [0, 20]
"""


def rows_of(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    kind = random.choice([1, 9], rows)
    return pd.DataFrame(
        {
            "customer_id": [f"c{seed}-{at:03}" for at in range(rows)],
            "flats": kind * 10 + random.integers(0, 9, rows),
            "homes": 100,
            "visits": 2.0 * kind + random.random(rows).round(3),
        }
    )


@pytest.fixture(scope="module")
def model() -> SharedModel:
    areas = rows_of(60, 0).rename(columns={"customer_id": "area_code"})
    recipe = SegmentRecipe(k=2, restarts=3, samples=2)
    return shared_model(segment_areas(areas, VARIABLES, recipe=recipe), VARIABLES)


@pytest.fixture
def work(tmp_path: Path, model: SharedModel) -> Path:
    (tmp_path / "segments.json").write_text(model.text(), encoding="utf-8")
    (tmp_path / "agreed.toml").write_text(TOML, encoding="utf-8")
    rows_of(40, 1).to_csv(tmp_path / "council.csv", index=False)
    rows_of(300, 2).to_parquet(tmp_path / "nhs.parquet")
    return tmp_path


def told(*words: object, code: int = 0) -> str:
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize(("name", "seed"), [("council.csv", 1), ("nhs.parquet", 2)])
def test_a_table_is_assigned_for_its_owner_alone(
    work: Path, model: SharedModel, name: str, seed: int
) -> None:
    told("assign", work / "segments.json", work / name, "--out", work / "out")
    stem, _, kind = name.partition(".")
    file = work / "out" / "private" / f"{stem}_segments.{kind}"
    read = pd.read_parquet if kind == "parquet" else pd.read_csv
    found = read(file).astype("str").set_index("customer_id")
    rows = rows_of(40 if seed == 1 else 300, seed).set_index("customer_id")
    expected = in_python.assign(model, rows).segments
    assert found["segment"].to_dict() == expected.to_dict()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {each.name for each in file.parent.iterdir()} == {file.name, "README.txt"}
    line = json.loads((work / "out" / "audit.jsonl").read_text().splitlines()[-1])
    assert line["kind"] == "record-level"
    assert line["model"] == model.checksum


def test_rows_that_cannot_be_read_have_no_segment_and_say_why(work: Path) -> None:
    (work / "odd.csv").write_text(
        'key,flats,homes,visits\n=1+1,"1,000",2000,3\nb,,100,3\nc,tbc,100,x\n'
        "d,5,0,3\ne,£5,100,3\n",
        encoding="utf-8",
    )
    said = told(
        *("assign", work / "segments.json", work / "odd.csv", "--key", "key"),
        *("--out", work / "out"),
    )
    assert "1 of 5 rows have a segment; 4 have none" in said
    found = pd.read_csv(work / "out" / "private" / "odd_segments.csv")
    assert found["key"].tolist() == ["'=1+1", "b", "c", "d", "e"]
    assert found["lacks"].fillna("").tolist() == [
        *("", "flats", "flats, visits", "flats", "flats")
    ]


def test_the_query_is_printed_and_can_be_run(work: Path, model: SharedModel) -> None:
    sql = told("assign", work / "segments.json", "--sql")
    rows = rows_of(50, 3)
    connection = duckdb.connect()
    connection.register("my_table", rows)
    found = connection.sql(sql).df().set_index("customer_id")["segment"]
    expected = in_python.assign(model, rows.set_index("customer_id")).segments
    assert found.to_dict() == expected.to_dict()
    spark = told("assign", work / "segments.json", "--sql", "--dialect", "spark")
    assert "`customer_id`" in spark


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("segments.json",), "name a table to assign"),
        (("gone.json", "council.csv"), "there is no such file"),
        (("agreed.toml", "council.csv"), "is not JSON, or was cut short"),
        (("segments.json", "gone.csv"), "there is no such file"),
        (("segments.json", "agreed.toml"), "does not read files of this kind"),
        (("segments.json", "short.csv"), "no column is called 'homes'"),
        (("segments.json", "nokey.csv"), "none of customer_id, area_code"),
        (("segments.json", "council.csv", "--key", "x"), "no column 'x' to name"),
        (("segments.json", "--sql", "--dialect", "oracle"), "Choose duckdb or spark"),
    ],
)
def test_what_cannot_be_assigned_is_said(
    work: Path, words: tuple[str, ...], said: str
) -> None:
    (work / "short.csv").write_text("customer_id,flats,visits\na,1,2\n")
    (work / "nokey.csv").write_text("flats,homes,visits\n1,2,3\n")
    paths = [work / word if "." in word else word for word in words]
    assert said in told("assign", *paths, "--out", work / "out", code=1)
    assert not list((work / "out").rglob("*_segments*"))


def fitted(work: Path, folder: Path) -> SharedModel:
    told("federate", "plan", work / "agreed.toml", folder)
    while not (folder / "segments.json").exists():
        told("federate", "contribute", folder, "council", work / "council.csv")
        told("federate", "contribute", folder, "nhs", work / "nhs.parquet")
        told("federate", "combine", folder)
    return read_model((folder / "segments.json").read_text(encoding="utf-8"))


def test_agencies_fit_together_in_a_folder(work: Path) -> None:
    model = fitted(work, work / "fed")
    assert model.leaves == ("1", "2")
    assert model.made.rows == 340
    assert (work / "fed" / "round-0001" / "nhs.json").exists()
    assert "Settled after" in told("federate", "status", work / "fed")
    assert "Settled after" in told("federate", "combine", work / "fed")
    late = told(
        "federate", "contribute", work / "fed", "nhs", work / "nhs.parquet", code=1
    )
    assert "comes too late" in late
    said = told(
        "assign",
        work / "fed" / "segments.json",
        work / "council.csv",
        "--out",
        work / "o",
    )
    assert "40 of 40 rows have a segment" in said


def test_a_fit_goes_on_from_where_it_was_stopped(work: Path) -> None:
    whole = fitted(work, work / "whole")
    folder = work / "fed"
    plan = plan_of(
        Agreement.model_validate(
            {
                "agencies": ["council", "nhs"],
                "k": 2,
                "starts": 3,
                "minimum": 5,
                "variables": VARIABLES,
                "ranges": {"visits": (0, 20)},
            }
        )
    )
    tables = {"council": rows_of(40, 1), "nhs": rows_of(300, 2)}
    begin(folder, plan)
    begin(folder, plan)  # laid down again: nothing changes
    while standing(folder).model is None:
        for name, table in tables.items():
            first, _ = contribute(folder, name, table)
            before = first.read_bytes()
            again, _ = contribute(folder, name, table)  # after a stop: the same
            assert again.read_bytes() == before
            (first.parent / f".{name}.json.dead").write_text("{")  # half a file
        combine_round(folder)
    result = read_model((folder / "segments.json").read_text(encoding="utf-8"))
    assert result.segments == whole.segments


def test_what_is_wrong_in_a_folder_is_said(work: Path) -> None:
    folder = work / "fed"
    assert "there is no such file" in told("federate", "status", folder, code=1)
    told("federate", "plan", work / "agreed.toml", folder)
    assert "It waits for council, nhs." in told("federate", "status", folder)
    assert "still waits for 2 of 2" in told("federate", "combine", folder, code=1)
    council = work / "council.csv"
    assert "knows no agency 'police'" in told(
        "federate", "contribute", folder, "police", council, code=1
    )
    told("federate", "contribute", folder, "nhs", work / "nhs.parquet")
    twice = told("federate", "contribute", folder, "nhs", council, code=1)
    assert "something else. See that no two agencies use one name" in twice
    (work / "agreed.toml").write_text(TOML.replace("k = 2", "k = 3"), encoding="utf-8")
    other = told("federate", "plan", work / "agreed.toml", folder, code=1)
    assert "holds another plan already" in other


def test_a_file_cut_short_or_a_plan_put_in_its_place_is_seen(work: Path) -> None:
    folder = work / "fed"
    told("federate", "plan", work / "agreed.toml", folder)
    told("federate", "contribute", folder, "council", work / "council.csv")
    told("federate", "contribute", folder, "nhs", work / "nhs.parquet")
    said = folder / "round-0001" / "nhs.json"
    whole = said.read_text(encoding="utf-8")
    said.write_text(whole[:100], encoding="utf-8")
    hurt = told("federate", "combine", folder, code=1)
    assert "round-0001/nhs.json is not JSON, or was cut short" in hurt
    said.write_text(whole, encoding="utf-8")
    told("federate", "plan", work / "agreed.toml", work / "other")
    agreed = plan_of(
        Agreement(agencies=("council", "nhs"), variables={"flats": "flats / homes"})
    )
    begin(work / "third", agreed)
    (folder / "plan.json").write_text((work / "third" / "plan.json").read_text())
    changed = told("federate", "combine", folder, code=1)
    assert "the plan was changed midway" in changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("k = ", "cannot be read as TOML"),
        ("k = 2", "agencies: is missing"),
        (TOML.replace("minimum = 5", "minimun = 5"), "minimun: is not known"),
        (TOML.replace('"nhs"', '"council"'), "two agencies have the same name"),
    ],
)
def test_an_agreement_that_cannot_be_read_is_said(
    work: Path, text: str, said: str
) -> None:
    (work / "agreed.toml").write_text(text, encoding="utf-8")
    assert said in told("federate", "plan", work / "agreed.toml", work / "f", code=1)
    assert not (work / "f").exists()


def test_a_published_model_can_be_begun_from(work: Path) -> None:
    said = told(
        *("federate", "plan", work / "segments.json", work / "fed"),
        *("--agency", "council", "--agency", "nhs", "--minimum", "3"),
    )
    assert "0 of 1 starts have settled. It waits for council, nhs" in said
    with pytest.raises(SegmentError, match="no column is called 'homes'"):
        contribute(work / "fed", "nhs", rows_of(9, 1).drop(columns="homes"))


AREAS = "area_code,population,old\n" + "".join(
    f"A{n},{100 + n},{60 if n < 4 else n % 5}\n" for n in range(12)
)
PLACE = """
[place]
name = "Little"
synthetic = true
[segments]
k = 2
restarts = 5
{}
[segments.variables]
"old" = "old / population"
[segments.names]
"1" = "Near the mills"
[tables.areas]
file = "areas.csv"
"""


def test_a_run_writes_the_model_beside_its_report(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    (tmp_path / "place.toml").write_text(PLACE.format(""), encoding="utf-8")
    done = run_place(read_place(tmp_path), tmp_path / "out")
    text = (tmp_path / "out" / "segments.json").read_text(encoding="utf-8")
    model = read_model(text)
    assert model.synthetic
    assert model.made.place == "Little"
    assert model.made.sources == ("areas.csv",)
    assert model.names["1"] == "Near the mills"
    assert any("into these segments with segments.json" in s for s in done.sentences)
    page = done.report.read_text(encoding="utf-8")
    assert "One segmentation for every agency" in page
    assert model.checksum[:19] in page
    lines = (tmp_path / "out" / "audit.jsonl").read_text().splitlines()
    (line,) = [json.loads(each) for each in lines if '"kind": "model"' in each]
    assert line["checksum"] == model.checksum
    sizes = pd.read_csv(tmp_path / "out" / "tables" / "segments.csv", dtype="str")
    areas = pd.read_csv(tmp_path / "areas.csv").set_index("area_code")
    given = in_python.assign(model, areas).segments.value_counts().astype("str")
    assert given.to_dict() == sizes.set_index("segment")["areas"].to_dict()
    (tmp_path / "last.json").write_text(text, encoding="utf-8")
    applied = PLACE.format('model = "last.json"')
    (tmp_path / "place.toml").write_text(applied, encoding="utf-8")
    run_place(read_place(tmp_path), tmp_path / "again")
    again = (tmp_path / "again" / "segments.json").read_text(encoding="utf-8")
    assert read_model(again).checksum == model.checksum


def test_counts_of_customers_are_not_handed_on_in_a_model(tmp_path: Path) -> None:
    """The decile of a rate, times the residents of an area, is a count of people."""
    areas = pd.read_csv(io.StringIO(AREAS))
    areas["population"] = range(300, 300 + len(areas))
    areas.to_csv(tmp_path / "areas.csv", index=False)
    used = [n % 4 + 1 for n in range(len(areas))]
    use = pd.DataFrame({"area_code": np.repeat(areas["area_code"], used)})
    use["customer_id"] = [f"c{n}" for n in range(len(use))]
    use.assign(service="Care", agency="council").to_csv(
        tmp_path / "use.csv", index=False
    )
    more = '[tables.service_use]\nfile = "use.csv"\n[segments.use]\n"care" = "Care"\n'
    text = PLACE.format("") + more
    (tmp_path / "place.toml").write_text(text, encoding="utf-8")
    done = run_place(read_place(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out" / "segments.json").exists()
    assert any("how many residents use 'care'" in said for said in done.sentences)


def test_the_example_place_gets_its_own_segments_again() -> None:
    example = Path(__file__).parents[2] / "data" / "example"
    areas = pd.read_parquet(example / "areas.parquet").set_index("area_code")
    settings = tomllib.loads((example / "place.toml").read_text(encoding="utf-8"))
    variables = settings["segments"]["variables"]
    recipe = SegmentRecipe(k=settings["segments"]["k"], restarts=5, samples=2)
    found = segment_areas(areas, variables, recipe=recipe)
    again = read_model(shared_model(found).text())
    given = in_python.assign(again, areas).segments
    assert given.dropna().to_dict() == found.segments.to_dict()
    assert given.index[given.isna()].tolist() == found.left_out.index.tolist()
