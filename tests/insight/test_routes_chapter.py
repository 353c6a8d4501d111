"""Chapters on concentration, routes and control, and the command, on real files."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from insight.chapters.concentration import concentration_chapter
from insight.chapters.control import control_chapter
from insight.chapters.routes import routes_chapter
from insight.release import Door, rule_named
from insight.report import Picture, Table, Text
from insight.route_commands import routes
from place import open_place, read_place
from place.route_tables import control, own_income, programmes, transfers
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from insight.chapters.chapter import Chapter
    from place import OpenPlace

SPEND = """source,body,body_kind,cofog,amount_pounds,programme,basis,period
HMT,trust,nhs,07.3,800,Wards,actual,2008-09
HMT,PCT,nhs,07.6,100,Plans,actual,2008-09
Council tax,council,local authority,08.1,500,Pools,actual,2008-09
DWP,DWP,central government,10.2,900,Pensions,actual,2008-09
HMT,trust,nhs,07.3,700,Wards,budget,2008-09
"""
TRANSFERS = """payer,payee,amount_pounds,programme,kind,distribution_cost_pounds
HMT,PCT,1000,Vote,transfer,
PCT,trust,800,Acute,transfer,40
PCT,PCT,1,Loop,transfer,
"""
OTHERS = {
    "own_income": "body,amount_pounds,source\ncouncil,500,Council tax\n",
    "control": (
        "programme,body,cofog,statutory_duty,central_targets,conditions\n"
        ",council,,0,0,0\n,trust,,1,2,1\n,,,1,1,1\n,PCT,,,,\n"
    ),
    "programmes": (
        "programme,aim,beneficiaries,source,body,amount_pounds\n"
        "A,new homes,tenants,HMT,council,10\nB,new homes,tenants,DWP,trust,20\n"
    ),
}


@pytest.fixture(autouse=True)
def contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the place know the tables, whichever of them it lists already."""
    for made in (transfers(), own_income(), control(), programmes()):
        monkeypatch.setitem(CONTRACTS, made.name, made)


def opened_in(folder: Path, **tables: str) -> OpenPlace:
    lines = ['[place]\nname = "X"\nsynthetic = true\n[spend]\nbasis = "actual"\n']
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        lines.append(f'[tables.{name}]\nfile = "{name}.csv"\n')
    (folder / "place.toml").write_text("".join(lines), encoding="utf-8")
    return open_place(read_place(folder), folder)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenPlace]:
    place = opened_in(tmp_path, spend=SPEND, transfers=TRANSFERS, **OTHERS)
    with closing(place.engine):
        yield place


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", rule_named("nhs_1_7_round5"), "X", synthetic=True)


def tables_of(chapter: Chapter) -> dict[str, pd.DataFrame]:
    shown = [
        block.twin if isinstance(block, Picture) else block
        for block in chapter.section.blocks
        if isinstance(block, Picture | Table)
    ]
    return {table.released.name: table.released.frame for table in shown}


def words_of(chapter: Chapter) -> str:
    texts = [block for block in chapter.section.blocks if isinstance(block, Text)]
    return " ".join(word for text in texts for word in (*text.paragraphs, *text.points))


def test_rows_that_lead_nowhere_or_say_nothing_are_rejected(opened: OpenPlace) -> None:
    counts = opened.counts().set_index("table")["rejected"]
    assert counts[["transfers", "own_income", "control", "programmes"]].to_list() == [
        1, 0, 2, 0,
    ]  # fmt: skip


def test_the_route_chapter_counts_final_spend_once(
    opened: OpenPlace, door: Door
) -> None:
    chapter = routes_chapter(opened, door)
    assert chapter.section.id == "routes"
    assert chapter.sentences[0].startswith("£2,300 of final spend, each pound counted")
    assert "£40 is declared as cost of distribution" in chapter.sentences[0]
    bodies = tables_of(chapter)["routes_bodies"].set_index("body")
    assert bodies["spent_pence"].sum() == 230_000
    assert bodies.loc["PCT", ["residual_pence", "agrees"]].to_list() == [6_000, "no"]
    assert bodies.loc["HMT", "agrees"] == "starts here"
    assert "PCT: £60 came in that no record says went out" in words_of(chapter)
    picture = next(b for b in chapter.section.blocks if isinstance(b, Picture))
    assert "The largest stream goes from HMT to PCT: £1,000" in picture.alt
    assert "unaudited" in picture.twin.released.note


def test_periods_have_a_map_each(tmp_path: Path, door: Door) -> None:
    later = SPEND + "HMT,trust,nhs,07.3,1,Wards,actual,2009-10\n"
    passed = "payer,payee,amount_pounds,period\nHMT,trust,800,2008-09\n"
    place = opened_in(tmp_path, spend=later, transfers=f"{passed}HMT,trust,1,2009-10\n")
    with closing(place.engine):
        chapter = routes_chapter(place, door)
    assert [said[:8] for said in chapter.sentences] == ["2008-09:", "2009-10:"]
    maps = [b.title for b in chapter.section.blocks if isinstance(b, Picture)]
    assert len(set(maps)) == 2


def test_the_control_chapter_scores_bodies_in_between_from_the_route(
    opened: OpenPlace, door: Door
) -> None:
    chapter = control_chapter(opened, door)
    lines = tables_of(chapter)["local_control_lines"].set_index("programme")
    assert lines["intermediaries"].to_dict() == {
        "Pensions": 0, "Wards": 1, "Pools": 0, "Plans": 0,
    }  # fmt: skip
    assert lines["control"].to_dict() == {
        "Pensions": "none", "Wards": "low", "Pools": "high", "Plans": "not scored",
    }  # fmt: skip
    assert "27 % (Table 3)" in next(
        block.note
        for block in chapter.section.blocks
        if isinstance(block, Table) and block.released.name == "spend_by_kind_of_body"
    )


def test_without_control_who_spends_is_an_upper_bound(
    tmp_path: Path, door: Door
) -> None:
    place = opened_in(tmp_path, spend=SPEND)
    with closing(place.engine):
        chapter = control_chapter(place, door)
        routed = routes_chapter(place, door)
    assert "supply the table control" in chapter.sentences[0]
    assert "Supply the table transfers" in routed.sentences[0]


def test_the_concentration_chapter_shows_tail_functions_and_overlaps(
    opened: OpenPlace, door: Door
) -> None:
    chapter = concentration_chapter(opened, door)
    tables = tables_of(chapter)
    assert "The top three of 4 bodies spend 95.7%" in chapter.sentences[0]
    assert tables["spend_tail"]["count"].to_list() == [4, 4, 4, 4]
    assert tables["programme_overlaps"]["names"].to_list() == ["A; B"]
    assert "1 lines that are not of the basis 'actual'" in words_of(chapter)


def test_the_command_traces_files_without_a_place(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(routes)
    for name, text in {"spend": SPEND, "transfers": TRANSFERS, **OTHERS}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    files = {name: str(tmp_path / f"{name}.csv") for name in ("spend", *OTHERS)}
    done = CliRunner().invoke(
        app,
        [
            files["spend"], str(tmp_path / "transfers.csv"),
            "--own-income", files["own_income"], "--control", files["control"],
            "--basis", "actual", "--out", str(tmp_path / "results"),
        ],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "£2,300 of final spend" in done.output
    assert "3 rows break a contract" in done.output
    assert (tmp_path / "results" / "routes.html").is_file()


def test_a_basis_that_is_none_is_wrong_usage() -> None:
    app = typer.Typer()
    app.command()(routes)
    done = CliRunner().invoke(app, ["a.csv", "b.csv", "--basis", "guess"])
    assert done.exit_code == 2
