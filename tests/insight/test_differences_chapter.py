"""Whose journeys differ: the chapter by segment, area and period, through the door."""

from __future__ import annotations

import csv
import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

from insight.chapters.differences import differences_chapter
from insight.chapters.followed import Followed
from insight.release import RULES, Door
from journeys import encode_log, find_duplication

if TYPE_CHECKING:
    from pathlib import Path

DAY = pd.Timedelta(days=1)
PERIODS = [dt.date(2009, 4, 1), dt.date(2009, 5, 1), dt.date(2009, 6, 1)]


def followed(out: Path, **options: Any) -> Followed:  # noqa: ANN401
    asked = {
        "by": "segment",
        "area": None,
        "periods": [],
        "within_days": None,
        "months": 3,
        "permutations": 99,
        "seed": 1,
        "level": 0.05,
        "multiplicity": "max-t",
    } | options
    rows = []
    for who in range(120):
        late = 35 if who % 2 else 0
        then = "treat" if who % 2 and who != 1 else "ask"
        rows += [(who, "start", late), (who, then, late + 2), (who, "end", late + 5)]
    events = pd.DataFrame(rows, columns=["who", "activity", "day"])
    start = pd.Timestamp("2009-04-01", tz="UTC")
    events["time"] = start + events.pop("day") * DAY
    events["customer_id"] = "c" + events["who"].astype(str)
    events = events.assign(agency="A", cost_pence=100)
    last = events.iloc[[0]].assign(time=start + 150 * DAY)
    log = encode_log(pd.concat([events, last]).drop(columns="who"))
    groups = events[["customer_id"]].drop_duplicates()
    groups["segment"] = ["1", "2"] * 60
    groups["area_code"] = ["E1", "E2"] * 60
    log.engine.register("customer_segment", groups)
    about = SimpleNamespace(time_zone=None)
    areas = pd.DataFrame(
        {"area_code": ["E1", "E2"], "ward": ["North", "South"]}
    ).set_index("area_code")
    place: Any = SimpleNamespace(
        place=SimpleNamespace(compare=SimpleNamespace(**asked), place=about),
        areas=areas,
    )
    return Followed(
        opened=place,
        door=Door(out, RULES["nhs_1_7_round5"], "Little", synthetic=True),
        log=log,
        found=find_duplication(log),
        segments="customer_segment",
        names={"1": "Young", "2": "Old"},
    )


def rows_of(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def test_real_differences_are_told_by_segment(tmp_path: Path) -> None:
    chapter = differences_chapter(followed(tmp_path))
    assert chapter.section.id == "differences"
    assert "between 2 groups (by segment)" in chapter.sentences[0]
    moves = {row["what"]: row for row in rows_of(tmp_path, "differences_moves")}
    treated = moves["start → treat"]
    assert (treated["group"], treated["having"]) == ("Young", "0")
    assert treated["others_customers"] == "60"
    assert moves["start → ask"]["others_having"] == "[c]"
    assert moves["start → ask"]["others_share"] == "[c]"
    rows = rows_of(tmp_path, "differences")
    assert any(row["measure"].startswith("distance of paths") for row in rows)
    assert chapter.sentences[0] not in str(chapter.section.blocks)


def test_areas_may_be_larger_ones(tmp_path: Path) -> None:
    differences_chapter(followed(tmp_path, by="area", area="ward"))
    assert {row["group"] for row in rows_of(tmp_path, "differences_moves")} == {"North"}


def test_periods_are_followed_as_cohorts(tmp_path: Path) -> None:
    asked = {"by": "period", "periods": PERIODS, "within_days": 30.0}
    chapter = differences_chapter(followed(tmp_path, **asked))
    assert any("within 30 days" in str(block) for block in chapter.section.blocks)
    cohorts = rows_of(tmp_path, "cohorts")
    assert [row["observed"] for row in cohorts] == ["60"] * 6
    assert [row["active"] for row in cohorts][:2] == ["60", "0"]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    asked = {"by": "period", "periods": PERIODS[:2]}
    said = differences_chapter(followed(tmp_path, **asked)).sentences[0]
    assert "Journeys were not compared. Journeys cannot be compared: 0 of 0" in said
