"""The chapter on what it costs: rungs, intervals, calibration, what is protected."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from insight.chapters import cost_chapter, segments_chapter
from insight.chapters.cost_inputs import SpendChoices
from insight.errors import InsightError
from insight.release import RULES, Door
from insight.report import Picture, Report, Table, Text, render_page
from insight.run import opened_place
from place import read_place
from place.spend_segment_tables import segment_totals, service_costs, survey_use
from segmentation import customer_segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insight.chapters import Chapter
    from place import OpenPlace
    from segmentation import Segmentation

OPTIONS = """
[place]
name = "Little"
[segments]
k = 2
restarts = 5
[segments.variables]
"old" = "old / population"
[spend.services]
"Stay" = "07.3"
"Library" = "08.2"
"""
AREAS = "area_code,population,old,children\n" + "".join(
    f"A{n},{100 + n},{60 if n < 4 else n % 5},{5 if n < 4 else 30}\n" for n in range(12)
)
SPEND = "source,body,body_kind,cofog,amount_pounds\n" + "".join(
    f"Grant,Council,local authority,{cofog},{pounds}\n"
    for cofog, pounds in (
        ("07.3", "1000.01"),
        ("08.2", "500.33"),
        ("09.1", "800"),
        ("04.5", "100"),
        ("02", "70"),
        ("01.1", "33.33"),
    )
)
USE = "customer_id,area_code,service,agency,cost_pounds\n" + "".join(
    f"A{area}-{who},A{area},Stay,NHS,{10 + who % 3}\n"
    for area in range(12)
    for who in range(9 if area < 4 else 3)
)
CHOICES = SpendChoices(keys={"09": "children"}, overheads=["01.1"])


class Opened(NamedTuple):
    opened: OpenPlace
    door: Door
    found: Segmentation
    names: dict[str, str]


@contextmanager
def little(folder: Path, *, users: int = 6, asked: int = 20) -> Iterator[Opened]:
    """Open a place with a survey and costs, as if the contracts were listed."""
    toml = OPTIONS
    for name, text in (("areas", AREAS), ("spend", SPEND), ("service_use", USE)):
        (folder / f"{name}.csv").write_text(text)
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (folder / "place.toml").write_text(toml)
    codes = [f"A{n}" for n in range(12)]
    survey = pd.DataFrame(
        {
            "service": "Library",
            "segment": pd.array([None] * 12, dtype="str"),
            "area_code": codes,
            "users": [2 * users if n < 4 else users for n in range(12)],
            "asked": asked,
        }
    )
    costs = pd.DataFrame(
        {
            "service": ["Library"],
            "per": ["user"],
            "low_pence": [100],
            "central_pence": [150],
            "high_pence": [300],
        }
    )
    with opened_place(read_place(folder), lambda _: None) as opened:
        door = Door(folder / "out", RULES["threshold5"], "Little", synthetic=True)
        assert opened.areas is not None
        _, found, names = segments_chapter(opened, opened.areas, door)
        customer_segments(opened.engine, found.segments)
        tables = {"survey_use": survey, "service_costs": costs}
        for name, frame in tables.items():
            opened.engine.register(name, frame)
        more = {**opened.checked, **dict.fromkeys(tables, ())}
        yield Opened(replace(opened, checked=more), door, found, names)


def chapter_of(
    folder: Path, choices: SpendChoices = CHOICES, **survey: int
) -> tuple[Chapter, dict[str, pd.DataFrame]]:
    with little(folder, **survey) as at:
        chapter = cost_chapter(
            at.opened, at.door, at.found, names=at.names, choices=choices
        )
    tables = [
        block.twin if isinstance(block, Picture) else block
        for block in chapter.section.blocks
    ]
    return chapter, {
        table.released.name: table.released.frame
        for table in tables
        if isinstance(table, Table)
    }


def test_every_rung_is_shown_with_its_share_of_the_money(tmp_path: Path) -> None:
    _, tables = chapter_of(tmp_path)
    rungs = tables["spend_by_rung"].set_index("rung")
    assert rungs["amount_pence"].to_dict() == {
        "cost of use": 100_001,
        "survey of use": 50_033,
        "proxy key": 80_000,
        "head count": 10_000,
        "overhead": 3_333,
        "collective": 7_000,
    }
    assert rungs["share"].sum() == pytest.approx(1)
    functions = tables["spend_by_function_and_rung"].set_index("cofog")
    assert functions["key"].to_dict()["09.1"] == "children"


def test_segments_and_what_is_kept_apart_add_up_to_all_spend(tmp_path: Path) -> None:
    chapter, tables = chapter_of(tmp_path)
    table = tables["spend_by_segment"]
    apart = 7_000 + 94  # overheads follow what is collective too
    assert table["amount_pence"].sum() + apart == 250_367
    assert (table["per_head_low_pence"] <= table["per_head_pence"]).all()
    assert (table["per_head_pence"] <= table["per_head_high_pence"]).all()
    aims = tables["spend_by_aim"]
    parts = [f"{aim}_pence" for aim in ("universal", "overhead")]
    assert aims[parts].to_numpy().sum() == 250_367 - apart
    assert "over 60 customers and 240 answers to a survey" in chapter.sentences[-1]


def test_budgets_stand_beside_what_use_adds_up_to(tmp_path: Path) -> None:
    chapter, tables = chapter_of(tmp_path)
    table = tables["spend_calibration"].set_index("cofog")
    assert table["by"].to_dict() == {"07.3": "recorded cost", "08.2": "survey"}
    assert table["bottom_up_pence"]["07.3"] == 60 * 1_100
    assert table["factor"]["07.3"] == pytest.approx(100_001 / 66_000)
    # 1,266 residents: 406 of old areas of whom 0.6 use it, 860 of whom 0.3 do.
    assert table["bottom_up_pence"]["08.2"] == round((406 * 0.6 + 860 * 0.3) * 150)
    cautions = [
        block.paragraphs[0]
        for block in chapter.section.blocks
        if isinstance(block, Text) and block.tone == "caution"
    ]
    assert not any("adds up to is less" in said for said in cautions)


def test_few_people_behind_a_budget_hide_its_cost(tmp_path: Path) -> None:
    _, tables = chapter_of(tmp_path, users=0, asked=0)
    assert "survey of use" not in set(tables["spend_by_rung"]["rung"])
    row = tables["spend_calibration"].set_index("cofog").loc["08.2"]
    assert row[["bottom_up_pence", "factor", "people"]].isna().all()


def test_collective_goods_may_be_shared_a_head(tmp_path: Path) -> None:
    choices = replace(CHOICES, collective_as="head count")
    _, tables = chapter_of(tmp_path, choices)
    assert "collective by head count" in set(tables["spend_by_rung"]["rung"])
    assert tables["spend_by_segment"]["amount_pence"].sum() == 250_367
    assert tables["spend_by_aim"]["collective_pence"].sum() == 7_000


def test_the_chapter_makes_a_page_with_its_methods_folded(tmp_path: Path) -> None:
    chapter, _ = chapter_of(tmp_path)
    methods = [
        block
        for block in chapter.section.blocks
        if isinstance(block, Text) and block.tone == "method"
    ]
    assert any("largest remainder" in said for said in methods[0].paragraphs)
    report = Report(
        place="Little",
        period="",
        synthetic=True,
        made=datetime(2026, 1, 1, tzinfo=UTC),
        version="0",
        rule=RULES["threshold5"],
        sections=[chapter.section],
    )
    page = render_page(report)
    assert "Budget over use" in page
    assert "unaudited" in page


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("deprivation", r"areas has no column \['deprivation'\]"),
        ("children * need", r"areas has no column \['need'\]"),
    ],
)
def test_a_key_that_is_not_there_is_refused(
    tmp_path: Path, key: str, words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        chapter_of(tmp_path, SpendChoices(keys={"09": key}))


def test_a_key_may_be_a_product_of_two_columns(tmp_path: Path) -> None:
    _, tables = chapter_of(tmp_path, SpendChoices(keys={"09": "children * old"}))
    keys = tables["spend_by_function_and_rung"]["key"]
    assert "children * old" in set(keys)


def test_contracts_name_what_the_chapter_reads() -> None:
    names = [c.name for c in (survey_use(), service_costs(), segment_totals())]
    assert names == ["survey_use", "service_costs", "segment_totals"]
    stored = {column.stored for column in service_costs().columns}
    assert {"low_pence", "central_pence", "high_pence", "per"} <= stored
