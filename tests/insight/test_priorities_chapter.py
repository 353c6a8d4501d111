"""Residents' priorities on the page: told, and few respondents hidden."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from insight.chapters.priorities import priorities_chapter
from insight.errors import InsightError
from insight.release import RULES, Door
from place.engine import start_engine

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = pd.DataFrame(
    [(name, at, 3 * (at - 1)) for name in ("Bins", "Parks") for at in (1, 2)],
    columns=["service", "level", "points"],
).assign(description="as said", today=None)


def grids() -> pd.DataFrame:
    """Give 80 respondents 3 points: one of the two services is kept."""
    rows = []
    for who in range(80):
        segment = "1" if who % 2 else "2"
        parks = who % 16 != 1 if segment == "1" else who % 4 == 0
        for service in ("Bins", "Parks"):
            kept = parks == (service == "Parks")
            rows.append((f"r{who:02}", segment, 3, service, 1 + kept))
    columns = ["respondent", "segment", "budget", "service", "level"]
    return pd.DataFrame(rows, columns=columns).assign(area_code=None, weight=None)


def opened_with(**tables: pd.DataFrame) -> Any:  # noqa: ANN401
    engine = start_engine("duckdb")
    for name, rows in tables.items():
        engine.register(name, rows)
    return SimpleNamespace(
        engine=engine, has=lambda *names: all(name in tables for name in names)
    )


def rows_of(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def door_to(out: Path) -> Door:
    return Door(out, RULES["nhs_1_7_round5"], "Little", synthetic=True)


def test_what_is_missed_is_told_with_base_interval_and_segments(tmp_path: Path) -> None:
    opened = opened_with(priority_levels=LEVELS, priority_grids=grids())
    names = {"1": "Young", "2": "Old"}
    chapter = priorities_chapter(opened, door_to(tmp_path), names)
    said = chapter.sentences[0]
    assert "(budgets shared out, 80 respondents) would miss most Parks" in said
    assert "95 % interval" in said
    assert "Segments differ beyond chance on 2 of 2 steps" in said
    assert chapter.headlines[0].value == "Bins"
    by_segment = rows_of(tmp_path, "priority_grids_by_segment")
    assert {row["segment"] for row in by_segment} == {"Young", "Old"}


def test_choices_by_few_respondents_are_hidden(tmp_path: Path) -> None:
    rows = grids()
    rows["level"] = 1 + (rows["service"] == "Parks")
    rows.loc[:5, "level"] = 1 + (rows["service"] == "Bins")
    opened = opened_with(priority_levels=LEVELS, priority_grids=rows)
    priorities_chapter(opened, door_to(tmp_path), {})
    shares = rows_of(tmp_path, "priority_shares_3")
    bins = next(r for r in shares if r["service"] == "Bins" and r["level"] == "2")
    assert {bins["chosen"], bins["share"], bins["low"]} == {"[c]"}


def test_segments_follow_from_areas_and_torn_answers_are_counted(
    tmp_path: Path,
) -> None:
    rows = grids().assign(segment=None)
    rows["area_code"] = ["E1", "E1", "E2", "E2"] * 40
    torn = pd.concat([rows, rows.iloc[:9].assign(level=2)], ignore_index=True)
    opened = opened_with(priority_levels=LEVELS, priority_grids=torn)
    segments = pd.Series({"E1": "1", "E2": "2"})
    names = {"1": "Young", "2": "Old"}
    chapter = priorities_chapter(opened, door_to(tmp_path), names, segments=segments)
    assert "some rows were rejected" in chapter.sentences[0]
    reasons = [row["reason"] for row in rows_of(tmp_path, "priority_grids_rejected")]
    assert any("contradicts itself" in reason for reason in reasons)
    assert "Young" in str(rows_of(tmp_path, "priority_grids_by_segment"))


def test_priorities_without_levels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InsightError, match="priority_levels"):
        priorities_chapter(opened_with(), door_to(tmp_path), {})
