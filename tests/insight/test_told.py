"""What people tell, on the page: pictures with twins, counts of maps, and no quotes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from insight.chapters.told import maps_chapter, told_chapter
from insight.chapters.told_pictures import stages_in_order
from insight.map_commands import maps
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Table, Text
from journeys import encode_log
from journeys.maps import maps_of, read_maps
from place import open_place, read_place

if TYPE_CHECKING:
    from insight.chapters.chapter import Chapter
    from journeys import Log

EXAMPLE = Path(__file__).parents[2] / "data" / "generator" / "example_maps.csv"
STEP = {"map_id": "F1", "stage": "Asking", "actor": "Mother", "agency": "Council"}
runner = CliRunner()
app = typer.Typer()
app.command()(maps)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", rule_named("nhs_1_7_round5"), "X", synthetic=True)


def log_with(customers: int) -> Log:
    day = pd.Timestamp("2009-04-01", tz="UTC")
    event = {"time": day, "agency": "Council", "activity": "Needs assessment"}
    rows = [event | {"customer_id": f"c{n}"} for n in range(customers)]
    rows += [event | {"customer_id": f"c{n}", "activity": "Rare"} for n in range(3)]
    rows += [event | {"customer_id": f"c{n}", "activity": "Common"} for n in range(20)]
    return encode_log(pd.DataFrame(rows))


def tables_of(chapter: Chapter) -> dict[str, pd.DataFrame]:
    tables = {}
    for block in chapter.section.blocks:
        if isinstance(block, Picture):
            tables[block.twin.released.name] = block.twin.released.frame
        elif isinstance(block, Table | Matrix):
            tables[block.released.name] = block.released.frame
    return tables


def texts_of(chapter: Chapter) -> str:
    blocks = [one for one in chapter.section.blocks if isinstance(one, Text)]
    return " ".join(" ".join([*one.paragraphs, *one.points]) for one in blocks)


def test_the_example_makes_every_picture(door: Door) -> None:
    told = read_maps([EXAMPLE])
    chapter = maps_chapter(told, door, log_with(40))
    pictures = [one for one in chapter.section.blocks if isinstance(one, Picture)]
    assert [one.title for one in pictures][:2] == [
        "How it felt",
        "Family 1: a damp flat",
    ]
    assert len(pictures) == 1 + told.n_maps
    grid = next(one for one in chapter.section.blocks if isinstance(one, Matrix))
    assert (grid.measure, grid.scale) == ("emotion", "diverging")
    tables = tables_of(chapter)
    assert set(tables) > {"told_episodes", "told_only", "told_duplication"}
    assert chapter.sentences[0].startswith("People told 10 journeys in 88 steps; ")


def test_no_quote_leaves(door: Door) -> None:
    told = read_maps([EXAMPLE])
    maps_chapter(told, door, log_with(40))
    left = "".join(
        file.read_text("utf-8") for file in door.out.rglob("*") if file.is_file()
    )
    quotes = told.steps["quote"].dropna()
    assert len(quotes) > 40
    assert not [quote for quote in quotes if quote in left]


def test_what_one_map_alone_tells_together_is_not_named(door: Door) -> None:
    rows = [
        {"step": "a", "episode": "eviction", "background_factor": "debt; prison"},
        {
            "step": "b",
            "map_id": "F2",
            "episode": "eviction",
            "background_factor": "debt",
        },
    ]
    chapter = maps_chapter(maps_of(pd.DataFrame([STEP | row for row in rows])), door)
    (pair,) = tables_of(chapter)["told_episodes"].to_dict("records")
    assert (pair["episode"], pair["factor"], pair["together"]) == (
        "eviction",
        "debt",
        2,
    )
    assert "1 more, each told by one map, are not named" in texts_of(chapter)
    assert "prison" not in texts_of(chapter)


def test_small_counts_of_customers_stay_inside(door: Door) -> None:
    rows = [
        {"step": "asked", "activity": "Needs assessment"},
        {"step": "rare", "activity": "Rare"},
        {"step": "waits", "agency": "Family"},
    ]
    told = maps_of(pd.DataFrame([STEP | row for row in rows]))
    tables = tables_of(maps_chapter(told, door, log_with(40)))
    both = tables["told_and_recorded"].set_index("activity")
    assert both.loc["Needs assessment", "customers"] == 40
    assert pd.isna(both.loc["Rare", "customers"])
    assert tables["recorded_only"]["activity"].tolist() == ["Common"]
    assert tables["told_only"]["activity"].tolist() == ["waits"]


def test_agencies_that_records_do_not_know_are_named(door: Door) -> None:
    rows = [{"step": "a", "agency": "Counsil"}, {"step": "b", "agency": "Food bank"}]
    told = maps_of(pd.DataFrame([STEP | row for row in rows]))
    said = texts_of(maps_chapter(told, door, log_with(10)))
    assert "2 agencies of the maps are not in the records." in said
    assert "Counsil (in 1 map): Council in the records?" in said
    assert "Food bank (in 1 map)" in said


def test_a_single_bare_step_makes_a_chapter(door: Door) -> None:
    told = maps_of(pd.DataFrame([STEP | {"step": "asks"}]))
    chapter = maps_chapter(told, door)
    assert not [one for one in chapter.section.blocks if isinstance(one, Picture)]
    assert "F1" in str(chapter.section.blocks)


def test_faults_of_maps_are_told_on_the_page(door: Door) -> None:
    rows = [STEP | {"step": str(n) + "a", "links": f"none{n}"} for n in range(7)]
    said = texts_of(maps_chapter(maps_of(pd.DataFrame(rows)), door))
    assert "7 faults were found in the maps." in said
    assert "... and 2 more." in said


def test_stages_stand_by_their_order_or_as_met() -> None:
    rows = [{"step": one, "stage": one} for one in ("late", "soon", "late")]
    frame = pd.DataFrame([STEP | row for row in rows])
    assert stages_in_order(maps_of(frame).steps) == ["late", "soon"]
    ordered = frame.assign(stage_order=[2, 1, 2], step_order=["1", "2", "3"])
    assert stages_in_order(maps_of(ordered).steps) == ["soon", "late"]


def test_more_maps_than_a_page_holds_are_counted(door: Door) -> None:
    rows = [STEP | {"step": "a", "map_id": f"F{n}"} for n in range(15)]
    assert "3 more maps are not drawn" in texts_of(
        maps_chapter(maps_of(pd.DataFrame(rows)), door)
    )


def test_a_place_with_maps_alone_has_the_chapter(tmp_path: Path, door: Door) -> None:
    old = "map_id,stage,step,actor,agency,emotion,pain,quote,backstage,planned,links\n"
    old += "F1,Asking,Rings,Mother,Council,-1,waits,ours,,actual,Waits\n"
    old += "F1,Asking,Waits,Mother,Council,-2,,,,actual,\n"
    (tmp_path / "maps.csv").write_text(old, encoding="utf-8")
    toml = '[place]\nname = "X"\n[[tables.journey_maps]]\nfile = "maps.csv"\n'
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "work").mkdir()
    opened = open_place(read_place(tmp_path), tmp_path / "work")
    try:
        chapter = told_chapter(opened, door, None)
    finally:
        opened.engine.close()
    assert chapter.section.id == "told"
    assert "1 journeys" in chapter.sentences[0] or "1 journey" in chapter.sentences[0]


def test_the_command_checks_and_draws(tmp_path: Path) -> None:
    done = runner.invoke(app, [str(EXAMPLE), "--out", str(tmp_path), "--invented"])
    assert done.exit_code == 0, done.output
    assert "10 drawn maps with 88 steps" in done.output
    page = (tmp_path / "maps.html").read_text("utf-8")
    assert "What people tell us" in page
    assert "I told the whole story again" not in page


def test_the_command_tells_every_fault(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace(",-2,", ",-7,")
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    done = runner.invoke(app, [str(file), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "emotion is under -2" in done.output
    assert "which is no step of the map" in done.output
    done = runner.invoke(app, [str(tmp_path / "none.csv"), "--out", str(tmp_path)])
    assert done.exit_code == 1
