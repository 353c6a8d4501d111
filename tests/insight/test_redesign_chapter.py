"""What if: the chapter on redesigns, on a small place, through the door."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from insight.chapters.followed import Followed
from insight.chapters.redesign import redesign_chapter
from insight.release import RULES, Door
from journeys import encode_log, find_duplication
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from pathlib import Path

DAY = pd.Timedelta(days=1)
TEAM = {"kind": "merge agencies", "agencies": ["A", "B"], "into": "Team"}
OFFER = {
    "kind": "opt-in offer",
    "name": "Lead worker",
    "agency": "C",
    "take_up": {"low": 0.2, "central": 0.3, "high": 0.5},
    "effect": {"low": 0.2, "central": 0.3, "high": 0.5},
    "offer_pounds": {"low": 10, "central": 20, "high": 30},
    "segments": ["1"],
}


def followed(out: Path, redesigns: list[dict[str, Any]]) -> Followed:
    rows = [
        (f"c{who:02d}", agency, day)
        for who in range(40)
        for agency, day in (("A", 0), ("B", 5), ("C", 300))
    ]
    events = pd.DataFrame(rows, columns=["customer_id", "agency", "day"])
    start = pd.Timestamp("2009-04-01", tz="UTC")
    events["time"] = start + events.pop("day") * DAY
    events = events.assign(
        need="housing", activity="assess", activity_class="assess", cost_pence=5000
    )
    log = encode_log(events)
    groups = events[["customer_id"]].drop_duplicates()
    groups["segment"] = ["1"] * 37 + ["2"] * 3
    log.engine.register("customer_segment", groups)
    place: Any = SimpleNamespace(place=SimpleNamespace(redesigns=redesigns))
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


def test_each_redesign_is_told_with_its_assumptions(tmp_path: Path) -> None:
    asked = [TEAM | {"name": "One team"}, OFFER]
    chapter = redesign_chapter(followed(tmp_path, asked))
    assert chapter.section.id == "redesign"
    said = "One team: the journeys of 40 customers change and 0 contacts fall away"
    assert chapter.sentences[0].startswith(said)
    assert "£2k gross" in chapter.sentences[0]
    totals = rows_of(tmp_path, "redesigns")
    assert [row["redesign"] for row in totals] == ["One team", "Lead worker"]
    assert totals[0]["gross_pence"] == "200000"
    assumed = rows_of(tmp_path, "redesign_assumptions")
    units = [row["unit"] for row in assumed if row["redesign"] == "Lead worker"]
    assert units == ["share", "share", "pounds"]
    after = rows_of(tmp_path, "redesign_journeys")
    assert [row["handoffs"] for row in after][:2] == ["80", "40"]
    rules = rows_of(tmp_path, "redesign_rules")
    assert rules[0]["rule"] == "D1 repeat assessment"
    assert {"found", "found_1", "found_2"} <= set(rules[0])
    assert chapter.section.lead.startswith("Of 2 redesigns asked about, the most")
    assert "an unaudited estimate" in chapter.section.lead


def test_few_customers_of_a_segment_are_hidden(tmp_path: Path) -> None:
    redesign_chapter(followed(tmp_path, [TEAM | {"name": "One team"}]))
    young, old = rows_of(tmp_path, "redesign_one_team_segments")
    assert (young["segment"], old["segment"]) == ("Young", "Old")
    assert young["changed"] == "35"
    assert {old["customers"], old["change_pence"], old["low_pence"]} == {"[c]"}


def test_a_redesign_that_the_log_cannot_bear_is_told(tmp_path: Path) -> None:
    asked = [TEAM | {"name": "One team", "agencies": ["A", "Council"]}]
    with pytest.raises(JourneyError, match="One team: no event has the agency"):
        redesign_chapter(followed(tmp_path, asked))
