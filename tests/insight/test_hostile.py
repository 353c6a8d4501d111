"""What a hostile user tries: whatever is wrong is said, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from insight.cli import app
from segmentation import SegmentRecipe, segment_areas
from segmentation.share.assigning import assign
from segmentation.share.model import read_model
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from pathlib import Path

runner = CliRunner()
ROWS = "area_code,flats,homes\na,1,10\nb,2,10\nc,8,10\nd,9,10\n"


def told(*words: object, code: int = 0) -> str:
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def work(tmp_path: Path) -> Path:
    areas = pd.DataFrame({"area_code": list("abcd"), "flats": [1, 2, 8, 9]})
    recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    variables = {"flats": "flats / homes"}
    found = segment_areas(areas.assign(homes=10), variables, recipe=recipe)
    (tmp_path / "segments.json").write_text(shared_model(found).text())
    return tmp_path


def test_rows_of_another_length_are_told_and_not_lost(work: Path) -> None:
    (work / "t.csv").write_text(f"{ROWS}e,5\nf,6,10,1\n")
    words = "assign", work / "segments.json", work / "t.csv", "--out", work / "out"
    said = told(*words)
    assert "4 of 4 rows have a segment" in said
    assert "2 more could not be read, having more or fewer cells" in said
    assert "rows 6, 7." in said


def test_a_quotation_mark_left_open_is_said_and_nothing_stays(work: Path) -> None:
    (work / "t.csv").write_text(ROWS.replace("c,", '"c,'))
    words = "assign", work / "segments.json", work / "t.csv", "--out", work / "out"
    said = told(*words, code=1)
    assert "quotation mark" in said
    assert "it is a fault of totalplace" not in said
    assert not [each for each in (work / "out").rglob("*") if each.is_file()]


@pytest.mark.parametrize("name", ["my table; --", 'a"b', "tab"])
def test_the_query_quotes_the_name_of_a_table(work: Path, name: str) -> None:
    words = "assign", work / "segments.json", work / f"{name}.csv"
    sql = told(*words, "--key", "area_code", "--sql")
    connection = duckdb.connect()
    quoted = name.replace('"', '""')
    connection.execute(
        f"CREATE TABLE \"{quoted}\" AS SELECT 'a' AS area_code, 1 AS flats, 9 AS homes"
    )
    assert len(connection.sql(sql).fetchall()) == 1
    assert "`" in told(*words, "--sql", "--dialect", "spark")


AGREED = """
agencies = ["council", "nhs"]
k = 2
starts = 2
minimum = 5
[variables]
"flats" = "flats / homes"
"""


def test_an_agency_of_few_rows_is_told_that_nothing_left(work: Path) -> None:
    (work / "agreed.toml").write_text(AGREED)
    (work / "t.csv").write_text(ROWS)
    told("federate", "plan", work / "agreed.toml", work / "shared")
    said = told("federate", "contribute", work / "shared", "council", work / "t.csv")
    assert "Of 2 of 2 starts nothing was told" in said


def test_no_agency_is_called_as_the_file_of_a_round_is(work: Path) -> None:
    (work / "agreed.toml").write_text(AGREED.replace("nhs", "centres"))
    words = "federate", "plan", work / "agreed.toml", work / "shared"
    assert "no agency can be called 'centres'" in told(*words, code=1)


def rebased(work: Path, counts: str, lookup: str, *more: str) -> tuple[str, Path]:
    (work / "counts.csv").write_text(counts)
    (work / "lookup.csv").write_text("from_code,to_code\n" + lookup)
    files = work / "counts.csv", work / "lookup.csv"
    return told("rebase", *files, "--out", work / "out", *more), work / "out" / "tables"


def test_a_hidden_count_cannot_be_had_from_a_balance(work: Path) -> None:
    counts = "area_code,ill,old\nA,40,40\nB,60,60\nC,3,30\nD,50,5\n"
    rule = "--rule", "threshold10"
    _, tables = rebased(work, counts, "A,X\nB,Y\nD,Z\n", *rule)
    balance = pd.read_csv(tables / "rebased-balance.csv", dtype="str", index_col=0)
    assert balance.loc["ill"].tolist() == ["[x]", "150", "[x]", "0"]
    assert balance.loc["old"].tolist() == ["[x]", "[x]", "30", "0"]


def test_rows_that_cannot_be_moved_are_told(work: Path) -> None:
    counts = "area_code,ill\nA,40\nA,60\nB,30,1\nC,50\n"
    said, _ = rebased(work, counts, "A,X\nC,Y,1\n")
    assert "2 rows of counts.csv were set aside. row 3: area_code" in said
    assert "row 4: has 3 cells where the heading has 2" in said
    assert "1 rows of lookup.csv were set aside. row 3: has 3 cells" in said


def test_codes_that_are_numbers_are_moved(work: Path) -> None:
    _, tables = rebased(work, "area_code,ill\n01,40\n02,60\n03,50\n", "01,7\n02,7\n")
    moved = pd.read_csv(tables / "rebased.csv", dtype="str")
    assert moved[["area_code", "ill"]].to_numpy().tolist() == [["7", "100"]]
    left = pd.read_csv(tables / "rebased-unmatched.csv", dtype="str")
    assert left["area_code"].tolist() == ["03"]


def test_a_total_is_no_area(work: Path) -> None:
    (work / "counts.csv").write_text("area_code,ill\nA,3\nB,60\nTotal,63\n")
    (work / "lookup.csv").write_text("from_code,to_code\nA,X\n")
    words = "rebase", work / "counts.csv", work / "lookup.csv", "--out", work / "out"
    assert "'Total' adds up others, and is no area" in told(*words, code=1)


def areas_of(ill: str = "{n}", kinds: int = 3) -> str:
    lines = ["area_code,people,flats,kind,ill"]
    for n in range(36):
        few = ill.format(n=n)
        flats = 9 * (n % kinds) + (n % 5 if kinds == 3 else 0)
        lines.append(f"E{n:02},100,{flats},{n % 3},{few}")
    return "\n".join([*lines, ""])


def place_of(folder: Path, options: str, areas: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "areas.csv").write_text(areas or areas_of())
    head = '[place]\nname = "Here"\n[tables.areas]\nfile = "areas.csv"\n'
    (folder / "place.toml").write_text(head + options)
    return folder


FLATS = '[segments.variables]\n"flats" = "flats / people"\n'


@pytest.mark.parametrize(
    ("options", "areas", "said"),
    [
        ("[segments]\nk = 25\n" + FLATS, "", "25 segments cannot be told apart"),
        ("[segments]\nlevels = [2, 9]\n" + FLATS, "", "each segment into 2 to 4"),
        ("[segments]\nk = 3\n" + FLATS, areas_of(kinds=4), ""),
        ("[segments]\nk = 4\n" + FLATS, areas_of(kinds=4), "Ask for 3 or fewer"),
        (
            '[segments]\nk = 2\ncategories = ["kind", "kind"]\n' + FLATS,
            *("", "'kind': named more than once"),
        ),
        (
            '[segments]\nk = 2\ncategories = ["flats"]\n' + FLATS,
            *("", "'flats': named more than once"),
        ),
        ('[segments]\nk = 2\n[segments.variables]\n"" = "flats"\n', "", "variables"),
        *(
            (
                "[segments]\nk = 2\n" + FLATS + '[outcomes]\n"ill" = "ill"\n',
                *(areas_of(ill), said),
            )
            for ill, said in (
                ("0", "'ill': nobody has it"),
                ("-3", "'ill': nobody has it"),
                ("", "'ill': nobody has it in any of 0 areas"),
                ("7", ""),
            )
        ),
    ],
)
def test_what_a_run_could_not_do_is_told_by_check(
    tmp_path: Path, options: str, areas: str, said: str
) -> None:
    place = place_of(tmp_path / "p", options, areas)
    assert said in " ".join(told("check", place, code=1 if said else 0).split())


def test_codes_that_are_numbers_are_the_same_categories_for_every_agency(
    tmp_path: Path,
) -> None:
    options = '[segments]\nk = 2\nrestarts = 3\ncategories = ["kind"]\n' + FLATS
    place = place_of(tmp_path / "p", options)
    told("run", place, "--out", tmp_path / "out")
    model = tmp_path / "out" / "segments.json"
    rows = pd.read_csv(place / "areas.csv")
    rows.astype({"kind": float}).to_parquet(tmp_path / "t.parquet")
    for table in (place / "areas.csv", tmp_path / "t.parquet"):
        said = told("assign", model, table, "--out", tmp_path / "own")
        assert "36 of 36 rows have a segment" in said
    assert assign(read_model(model.read_text()), rows).left_out.empty


def test_a_hidden_count_of_a_segment_cannot_be_had_by_subtraction(
    tmp_path: Path,
) -> None:
    lines = ["area_code,people,flats,rare"]
    for n in range(36):
        kind = n % 3
        rare = int(n == 0) * 4 if kind == 0 else 3 + kind
        lines.append(f"E{n:02},100,{30 * kind + n % 5},{rare}")
    options = (
        '[segments]\nk = 3\nrestarts = 5\ntransform = "none"\n'
        + FLATS
        + '"rare" = "rare / people"\n'
        '[segments.blocks.rare]\nweight = 0.001\nvariables = ["rare"]\n'
        '[outcomes]\n"rare" = "rare / people"\n[release]\nrule = "threshold10"\n'
    )
    place = place_of(tmp_path / "p", options, "\n".join(lines))
    told("run", place, "--out", tmp_path / "out")
    tables = tmp_path / "out" / "tables"
    profile = pd.read_csv(tables / "profile.csv", dtype="str").set_index("variable")
    rare = profile.loc["rare"]
    assert sorted(rare["count"]) == ["48", "60", "[c]"]
    shown = rare[rare["count"] != "[c]"]
    assert set(shown["place_rate"]) == {"4.5"}  # of the two: 108 of 2,400, not 112
    assert sorted(shown["index"]) == ["111", "89"]
    assert set(shown["effect"]) == {"[x]"}
    assert "[x]" not in set(profile.loc["flats", "effect"])
    need = pd.read_csv(tables / "need_rare.csv", dtype="str")
    assert not need["count"].str.fullmatch("[0-9]+").any()
