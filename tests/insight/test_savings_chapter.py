"""Savings and prevention on the page, from a small place, through the door."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

from insight.chapters.savings import savings_chapter
from insight.release import RULES, Door
from place.engine import start_engine

if TYPE_CHECKING:
    from pathlib import Path

SAVING = {
    "saving": "One visit",
    "low_pence": 50_00,
    "central_pence": 100_00,
    "high_pence": 150_00,
    "gainers": "Council|60; Trust|40",
    "recurring": "recurring",
    "cashable": "cashable",
    "year": "2011-12",
    "price_base": "2010-11",
    "evidence": "audit",
}
STREAM = {
    "programme": "Early help",
    "stream": "Workers",
    "kind": "cost",
    "agency": "Council",
    "low_pence": 80_00,
    "central_pence": 100_00,
    "high_pence": 120_00,
    "amount_is": None,
    "year": 2011,
    "until": 2012,
    "optimism": 0.1,
    "price_base": "2010-11",
    "evidence": "plan",
}
GAIN = STREAM | {
    "stream": "Fewer stays",
    "kind": "benefit",
    "agency": "Trust",
    "low_pence": 50_00,
    "central_pence": 90_00,
    "high_pence": 140_00,
    "until": 2016,
    "optimism": None,
}


def opened_with(**tables: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    engine = start_engine("duckdb")
    for name, rows in tables.items():
        engine.register(name, pd.DataFrame(rows))
    return SimpleNamespace(
        engine=engine, has=lambda *names: all(name in tables for name in names)
    )


def rows_of(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def door_to(out: Path) -> Door:
    return Door(out, RULES["nhs_1_7_round5"], "Little", synthetic=True)


def test_savings_are_told_by_kind_and_the_one_without_a_margin_is_refused(
    tmp_path: Path,
) -> None:
    bare = SAVING | {"saving": "Merge", "low_pence": None}
    once = SAVING | {"saving": "Sell", "recurring": "one-off"}
    opened = opened_with(savings=[SAVING, bare, once])
    chapter = savings_chapter(opened, door_to(tmp_path))
    assert chapter.section.id == "savings"
    said = chapter.sentences[0]
    assert said.startswith("2 savings counted, in 2 kinds that are never added")
    assert "1 refused" in said
    assert "unaudited" in said
    totals = rows_of(tmp_path, "savings_totals")
    assert [row["central_pence"] for row in totals] == ["10000", "10000"]
    gainers = rows_of(tmp_path, "savings_by_gainer")
    assert {row["gainer"]: row["central_pence"] for row in gainers} == {
        "Council": "6000",
        "Trust": "4000",
    }
    assert chapter.headlines[0].value == "£100"


def test_prevention_is_told_with_who_pays_and_the_reports_own_example(
    tmp_path: Path,
) -> None:
    opened = opened_with(prevention=[STREAM, GAIN])
    chapter = savings_chapter(opened, door_to(tmp_path))
    assert (
        "Council pays 100% and gains 0%; Trust gains most, 100%"
        in (chapter.sentences[0])
    )
    assert "stated input, check" in chapter.sentences[0]
    agencies = rows_of(tmp_path, "prevention_early_help_agencies")
    assert [row["agency"] for row in agencies] == ["Council", "Trust"]
    council, city = rows_of(tmp_path, "brighter_futures")
    assert (council["ratio"], council["net_pounds"]) == ("2.405", "59000000")
    assert (city["ratio_later"], city["break_even_share"]) == ("8.69", "0.105")
    times = rows_of(tmp_path, "ten_times")
    assert [row["value"] for row in times] == ["10", "10", "9.43"]
