"""The chapter on what is done twice: what it shows, says and keeps inside."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest

from insight.chapters.duplication import duplication_chapter
from insight.chapters.followed import Followed
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Report, Table, Text, render_page
from journeys import encode_log, find_duplication
from place import open_place, read_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.chapters.chapter import Chapter

EXAMPLE = Path(__file__).parents[2] / "data" / "example"
DAY = pd.Timestamp("2009-04-01", tz="UTC")


def opened_of(one_customer: bool) -> SimpleNamespace:  # noqa: FBT001
    journeys = SimpleNamespace(one_customer=one_customer)
    return SimpleNamespace(place=SimpleNamespace(journeys=journeys))


def followed_of(
    door: Door,
    events: str | pd.DataFrame,
    engine: Any = None,  # noqa: ANN401 - an engine
    *,
    one_customer: bool = False,
) -> Followed:
    log = encode_log(events, engine=engine)
    return Followed(
        opened=cast("Any", opened_of(one_customer)),
        door=door,
        log=log,
        found=find_duplication(log),
        segments=None,
        names={},
    )


def door_in(folder: Path, rule: str = "nhs_1_7_round5") -> Door:
    return Door(folder / "out", rule_named(rule), "X", synthetic=True)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Chapter, Path]]:
    folder = tmp_path_factory.mktemp("duplication")
    opened = open_place(read_place(EXAMPLE), folder)
    door = door_in(folder)
    followed = followed_of(door, "events", opened.engine)
    customers = f"SELECT customer_id, CASE WHEN customer % 2 = 0 THEN '1' ELSE '2' END AS segment FROM {followed.log.table}_customers"  # noqa: E501
    opened.engine.keep("customer_segment", customers)
    chapter = duplication_chapter(
        Followed(**(vars(followed) | {"segments": "customer_segment"}))
    )
    yield chapter, door.out
    opened.engine.close()


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def said_by(chapter: Chapter, tone: str | None = None) -> str:
    texts = [one for one in chapter.section.blocks if isinstance(one, Text)]
    told = [one for one in texts if tone is None or one.tone == tone]
    return "\n".join(line for one in told for line in (*one.paragraphs, *one.points))


def test_every_rule_stands_with_its_naive_count(example: tuple[Chapter, Path]) -> None:
    chapter, out = example
    rules = rows(out, "duplication_rules")
    assert [row["rule"][:2] for row in rules] == [f"D{n}" for n in range(1, 9)]
    assert all(int(row["naive"]) > int(row["findings"]) for row in rules)
    picture = next(one for one in chapter.section.blocks if isinstance(one, Picture))
    assert picture.title == "What each rule finds, beside a naive count"
    assert picture.twin.released.name == "duplication_rules"
    bars = rows(out, "duplication_naive")
    assert [row["bar"] for row in bars[:2]] == [
        "D1 repeat assessment",
        "D1: naive count",
    ]


def test_the_lead_says_how_many_and_what_they_cost(
    example: tuple[Chapter, Path],
) -> None:
    chapter, out = example
    total = rows(out, "duplication_totals")[0]
    assert chapter.section.title == "What is done twice"
    assert chapter.sentences[0].startswith(
        f"{total['duplicates']} of {int(total['events']):,} contacts"
    )
    assert "gross, before any audit" in chapter.sentences[0]
    assert [one.label for one in chapter.headlines] == [
        "contacts that duplicate another",
    ]


def test_lost_time_has_no_money(example: tuple[Chapter, Path]) -> None:
    slow = rows(example[1], "duplication_rules")[-1]
    assert slow["rule"].startswith("D8")
    assert slow["cost_pence"] == "[x]"
    assert rows(example[1], "handoff_delays")[0]["slow"] == "30"


def test_days_side_by_side_are_told_and_the_rarest_depth_is_not(
    example: tuple[Chapter, Path],
) -> None:
    chapter, out = example
    assert "days in all, and up to 3 at once" in said_by(chapter)
    depths = rows(out, "parallel_depths")
    assert [(row["at_once"], row["customers"]) for row in depths] == [("2", "40"), ("3", "15")]  # fmt: skip  # noqa: E501


def test_who_repeats_whom_is_a_grid_of_the_rule_that_finds_most(
    example: tuple[Chapter, Path],
) -> None:
    grid = next(one for one in example[0].section.blocks if isinstance(one, Matrix))
    assert grid.title == "Rule D1: contacts of one agency that repeat another's"


def test_agencies_for_each_need_are_said(example: tuple[Chapter, Path]) -> None:
    chapter, out = example
    first = rows(out, "need_breadth")[0]
    assert chapter.sentences[1].startswith(f"{first['agencies']} agencies deal with")
    assert "share the work equally (95% interval" in chapter.sentences[1]
    assert "delta method" in said_by(chapter, "method")


def test_one_customers_journey_is_written_inside_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    events = pd.DataFrame(
        {
            "customer_id": [f"c{n // 2}" for n in range(40)],
            "agency": ["A", "B"] * 20,
            "time": [DAY + pd.Timedelta(n % 2, "D") for n in range(40)],
        }
    ).assign(activity="check", activity_class="assess", need="home")
    door = door_in(tmp_path)
    plain = duplication_chapter(followed_of(door, events))
    assert "customer-a.html" not in said_by(plain)
    assert not (door.out / "private" / "customer-a.html").exists()
    asked = duplication_chapter(followed_of(door, events, one_customer=True))
    assert "is in private/customer-a.html. It stays inside" in said_by(asked)
    assert (door.out / "private" / "customer-a.html").exists()


def test_segments_have_a_grid_of_their_own(example: tuple[Chapter, Path]) -> None:
    assert {row["segment"] for row in rows(example[1], "duplication_by_segment")} == {
        "1", "2",
    }  # fmt: skip


def test_the_method_says_the_windows_as_they_are_set(
    example: tuple[Chapter, Path],
) -> None:
    how = said_by(example[0], "method")
    assert "D2 parallel case-holding. A case (service, course) opened while" in how
    assert "{" not in how
    assert all(f"D{n} " in how for n in range(1, 9))


def test_evidence_stays_inside(example: tuple[Chapter, Path]) -> None:
    chapter, out = example
    with (out / "private" / "findings.csv").open(encoding="utf-8-sig") as lines:
        findings = list(csv.DictReader(lines))
    assert {row["rule"] for row in findings} == {f"D{n}" for n in range(1, 9)}
    report = Report(
        place="X",
        period="2009",
        synthetic=True,
        made=datetime(2026, 11, 1, tzinfo=UTC),
        version="0",
        rule=rule_named("none"),
        sections=[chapter.section],
    )
    page = render_page(report)
    assert not re.search(r"E\d{10}", page)
    released = " ".join(f.read_text("utf-8") for f in (out / "tables").glob("*.csv"))
    assert not re.search(r"E\d{10}|C\d{8}", released)


def test_a_grid_never_grows_past_what_can_be_read(tmp_path: Path) -> None:
    events = pd.DataFrame(
        {
            "customer_id": [f"c{n // 2}" for n in range(120)],
            "agency": [f"agency {n % 60:02d}" for n in range(120)],
            "time": [DAY + pd.Timedelta(n, "h") for n in range(120)],
        }
    ).assign(activity="check", activity_class="assess", need="home")
    chapter = duplication_chapter(followed_of(door_in(tmp_path), events))
    assert "More than 25 agencies" in said_by(chapter)


def test_agencies_that_share_more_than_by_chance_are_named(tmp_path: Path) -> None:
    met = [(n, a) for n in range(20) for a in "AB"]
    met += [(n, "CD"[n % 2]) for n in range(20, 120)]
    events = pd.DataFrame(met, columns=["customer_id", "agency"])
    events["customer_id"] = events["customer_id"].astype(str)
    events = events.assign(activity="ask", need="home", time=DAY)
    chapter = duplication_chapter(followed_of(door_in(tmp_path), events))
    shared = rows(tmp_path / "out", "need_overlaps")
    assert [(row["first"], row["second"], row["shared"]) for row in shared] == [("A", "B", "20")]  # fmt: skip  # noqa: E501
    assert chapter.sentences[1].startswith("4 agencies deal with home, for")


def test_a_log_without_duplication_says_so_quietly(tmp_path: Path) -> None:
    events = pd.DataFrame({"customer_id": [f"c{n}" for n in range(20)], "time": DAY})
    chapter = duplication_chapter(
        followed_of(door_in(tmp_path), events.assign(agency="A", activity="ask"))
    )
    assert chapter.sentences == [chapter.section.lead]
    assert chapter.sentences[0].startswith("0 of 20 contacts repeat")
    assert "No event names a need" in said_by(chapter)
    assert not (tmp_path / "out" / "private").exists()
    assert not any(isinstance(one, Picture) for one in chapter.section.blocks)


def test_few_customers_are_hidden_in_every_table(tmp_path: Path) -> None:
    events = pd.DataFrame(
        {
            "customer_id": [f"c{n // 3}" for n in range(18)],
            "agency": ["A", "B", "C"] * 6,
            "time": [DAY + pd.Timedelta(n % 3, "D") for n in range(18)],
            "end_time": DAY + pd.Timedelta(20, "D"),
            "cost_pence": 500,
        }
    ).assign(activity="casework", activity_class="service", need="home")
    chapter = duplication_chapter(followed_of(door_in(tmp_path), events))
    for file in (tmp_path / "out" / "tables").glob("*.csv"):
        table = pd.read_csv(file, dtype=str).drop(columns="at_once", errors="ignore")
        cells = {cell for column in table for cell in table[column].dropna()}
        assert not {cell for cell in cells if re.fullmatch(r"[1-9]\d*", cell)}, (
            file.name
        )
    assert "up to" not in said_by(chapter)


def test_tables_are_all_released(example: tuple[Chapter, Path]) -> None:
    tables = [one for one in example[0].section.blocks if isinstance(one, Table)]
    assert {one.released.name for one in tables} == {
        "duplication", "steps_back", "need_breadth",
    }  # fmt: skip
