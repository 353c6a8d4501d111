"""Counting spend on the page: lines in and out, what is asked, and what is in it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from insight.chapters.counting import counting_chapter, places_section
from insight.chapters.counting_read import count_spend
from insight.chapters.reference import reference_section
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Table, Text
from insight.spend.moderation import moderate_places
from place import Source, open_place, read_place

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from insight.report import Block, Section
    from place import OpenPlace

SPEND = """\
source,body,body_kind,cofog,heading,amount_pounds,programme,nature,basis,recurring,period
grant,Council,local authority,09.1,,5000.00,School,revenue,actual,recurring,2008-09
grant,Council,local authority,09.1,,5100.00,School,revenue,budget,recurring,2008-09
tax,Council,local authority,,Supporting people,1000.01,Homes,revenue,actual,recurring,2008-09
tax,Council,local authority,,Suporting,7.00,Homes,capital,actual,recurring,2008-09
vote,Trust,nhs,07.3,,-200.00,Refund,revenue,actual,one-off,2008-09
vote,Army,central government,02,,900.00,2010,revenue,actual,recurring,2008-09
Total,,,,,6707.01,,,,,
vote,Trust,,07.3,,1.00,,,,,
"""  # noqa: E501 - a table


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", rule_named("nhs_1_7_round5"), "X", synthetic=True)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "spend.csv").write_text(SPEND)
    (folder / "place.toml").write_text(
        '[place]\nname = "X"\n[tables.spend]\nfile = "spend.csv"\n'
        '[spend]\nbasis = "actual"\n'
    )
    return folder


def tables(section: Section) -> dict[str, pd.DataFrame]:
    found: dict[str, pd.DataFrame] = {}
    for block in section.blocks:
        released = block.twin.released if isinstance(block, Picture) else None
        if isinstance(block, Table | Matrix):
            released = block.released
        if released is not None:
            found[released.name] = released.frame
    return found


def words(blocks: list[Block]) -> str:
    texts = [block for block in blocks if isinstance(block, Text)]
    return "\n".join(
        line for text in texts for line in (*text.paragraphs, *text.points)
    )


def test_the_chapter_counts_one_basis_and_asks_of_every_line(
    place: Path, door: Door, tmp_path: Path
) -> None:
    with closing((opened := _opened(place, tmp_path)).engine):
        chapter = counting_chapter(opened, door)
    assert chapter.section.lead == (
        "5 lines of 3 bodies and 3 sources add up to £6,707, unaudited. Kept apart: "
        "1 line of another basis (£5,100). 9 things should be asked before it is used."
    )
    shown = tables(chapter.section)
    assert shown["spend_files"].iloc[0].to_list() == ["spend.csv", 8, 6, 1, 1]
    asked = shown["spend_remarks"].set_index("rule")
    assert asked.loc["negative amount", "amount_pence"] == -20_000
    assert asked.loc["defence counted", "lines"] == 1
    assert asked.loc["heading not mapped", "amount_pence"] == 700
    assert asked["lines"].isna()["not read"]
    assert "total does not add up" not in asked.index
    kinds = shown["spend_by_kind"].set_index("body_kind")["amount_pence"]
    assert kinds.to_dict() == {
        "central government": 90_000, "local authority": 600_701, "nhs": -20_000,
    }  # fmt: skip
    functions = shown["spend_by_function"].set_index("function")["amount_pence"]
    assert functions["10 Social protection"] == 100_001
    assert functions["not known"] == 700
    assert functions.sum() == kinds.sum() == 670_701
    assert shown["spend_negatives"]["row"].to_list() == ["6"]
    used = shown["spend_headings"]
    assert used["amount_pence"].to_list() == [50_001, 50_000]
    assert used["whose"].unique().tolist() == ["totalplace"]
    assert shown["spend_headings_unmapped"]["heading"].to_list() == ["Suporting"]
    assert "not CIPFA's" in words(list(chapter.section.blocks))
    assert chapter.headlines[0].note == "unaudited"


def _opened(place: Path, tmp_path: Path) -> OpenPlace:
    work = tmp_path / "work"
    work.mkdir()
    return open_place(read_place(place), work)


def test_a_count_with_nothing_to_show_beyond_its_sums_shows_no_empty_tables(
    place: Path, door: Door, tmp_path: Path
) -> None:
    plain = [
        line for line in SPEND.splitlines() if "School" in line or "source" in line
    ]
    (place / "spend.csv").write_text("\n".join(plain[:2]) + "\n")
    with closing((opened := _opened(place, tmp_path)).engine):
        shown = tables(counting_chapter(opened, door).section)
    assert set(shown) == {
        "spend_remarks", "spend_files", "spend_by_function", "spend_by_kind",
        "spend_by_function_and_kind",
    }  # fmt: skip


def test_places_are_shown_side_by_side_by_rule(place: Path, door: Door) -> None:
    counted = count_spend("X", [Source(file=place / "spend.csv")])
    lines = counted.count.lines
    section = places_section(moderate_places({"A": lines, "B": lines}), door)
    shown = tables(section)
    assert shown["moderation_places"]["amount_pence"].to_list() == [1_180_701] * 2
    rules = shown["moderation_rules"].set_index(["place", "rule"])
    assert rules.loc[("A", "defence counted"), "lines"] == 1
    assert any(isinstance(block, Matrix) for block in section.blocks)
    assert "A: No line is of police and fire" in words(list(section.blocks))


def test_the_report_s_tables_show_what_open_data_contradict(door: Door) -> None:
    section = reference_section(door)
    said = words(list(section.blocks))
    for each in (
        "so 22 % of spending goes with about 22 % of people",
        "Text, health spend a head of Lewisham and Durham, raw",
        "printed about 60 %",
        "printed 22 %; open figures have 21.37 %",
        "7 of 13 national figures agree",
        "79.1 % of spend, or 78.9 %",
        "Bournemouth, Dorset and Poole (lines 859-861): does not add up",
        "with 23 % the parts would make 121",
        "column B is 7.5",
        "70 to 80 %",
    ):
        assert each in said
    caution = [
        block
        for block in section.blocks
        if isinstance(block, Text) and block.tone == "caution"
    ]
    assert "lines 597" not in words(list(section.blocks[:5]))
    assert any("597" in point for block in caution for point in block.points)
