"""The chapter on the cost of duplication: three numbers, labels and what moves them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from insight.chapters.duplication_cost import duplication_cost_chapter
from insight.chapters.followed import Followed
from insight.journey_log import duplication_in
from insight.release import RULES, Door
from insight.report import Picture, Report, Table, Text, render_page
from insight.run import opened_place
from journeys.cost.audit import draw_audit
from place import read_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insight.chapters.chapter import Chapter

HEAD = "event_id,customer_id,time,agency,activity,activity_class,need,cost_pounds"
UNAUDITED = "unaudited: sampling and price uncertainty only"


def write_place(folder: Path, cost: str = "80.00") -> Path:
    """Write a place where forty of fifty customers are assessed twice."""
    rows = [HEAD]
    for at in range(50):
        who = f"{at},c{at}"
        need = ("home", "money")[at % 2]
        own = cost if at % 3 else ""
        rows.append(f"a{who},2009-04-01,GP,talk,assess,{need},{own}")
        if at < 40:
            by = ("Housing", "Police")[at % 2]
            rows.append(f"b{who},2009-05-20,{by},talk,assess,{need},{own}")
    (folder / "events.csv").write_text("\n".join(rows) + "\n")
    (folder / "place.toml").write_text(
        '[place]\nname = "X"\ntime_zone = "UTC"\n[tables.events]\nfile = "events.csv"\n'
    )
    return folder


@contextmanager
def followed(place: Path, *, segments: bool = True) -> Iterator[Followed]:
    with opened_place(read_place(place), lambda _: None) as opened:
        found = duplication_in(opened)
        who = pd.DataFrame({"customer_id": [f"c{at}" for at in range(50)]})
        opened.engine.register("groups", who.assign(segment=["1", "2"] * 25))
        yield Followed(
            opened=opened,
            door=Door(place / "out", RULES["threshold5"], "X", synthetic=True),
            log=found.log,
            found=found,
            segments="groups" if segments else None,
            names={},
        )


def with_unit_costs(place: Path) -> Path:
    (place / "costs.csv").write_text(
        "basis,agency,activity_class,low_pounds,central_pounds,high_pounds\n"
        "published,,assess,60,100,150\n"
    )
    with (place / "place.toml").open("a") as settings:
        settings.write('[tables.unit_costs]\nfile = "costs.csv"\n')
    return place


def with_audit(place: Path, verdict: str = "duplicate") -> Path:
    with followed(place) as journeys:
        sample = draw_audit(journeys.found, size=40)
    answers = sample["found"].map({"found": verdict, "not found": "not a duplicate"})
    sample.assign(verdict=answers).to_csv(place / "audit.csv", index=False)
    with (place / "place.toml").open("a") as settings:
        settings.write('[tables.audit]\nfile = "audit.csv"\n')
    return place


def told(place: Path, *, segments: bool = True) -> Chapter:
    with followed(place, segments=segments) as journeys:
        return duplication_cost_chapter(journeys)


def released(chapter: Chapter) -> dict[str, pd.DataFrame]:
    tables = [
        block if isinstance(block, Table) else block.twin
        for block in chapter.section.blocks
        if isinstance(block, (Table, Picture))
    ]
    return {each.released.name: each.released.frame for each in tables}


def words(chapter: Chapter) -> str:
    texts = [block for block in chapter.section.blocks if isinstance(block, Text)]
    return " ".join(part for text in texts for part in (*text.paragraphs, *text.points))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Chapter:
    return told(write_place(tmp_path_factory.mktemp("plain")))


def test_three_numbers_are_told_with_intervals_and_as_unaudited(plain: Chapter) -> None:
    table = released(plain)["duplication_cost"]
    assert table["measure"].tolist() == ["Gross", "Preventable", "Cashable"]
    gross = table.iloc[0]
    assert gross["cost_pence"] == 26 * 8_000
    assert gross["low_pence"] < gross["cost_pence"] < gross["high_pence"]
    assert UNAUDITED in plain.section.lead
    assert "90% intervals" in plain.section.lead
    headline, preventable = plain.headlines
    assert headline.value == "£2.1k"
    assert preventable.label == "preventable cost of duplication"
    assert UNAUDITED in headline.note
    assert "`totalplace audit sheet`" in words(plain)


def test_every_breakdown_adds_up_to_the_gross_cost(plain: Chapter) -> None:
    tables = released(plain)
    for group in ("agency", "rule", "need", "segment"):
        assert tables[f"duplication_cost_by_{group}"]["gross_pence"].sum() == 208_000
    by_agency = tables["duplication_cost_by_agency"]
    assert set(by_agency["agency"]) == {"Housing", "Police"}


def test_the_curve_the_tornado_the_rungs_and_the_hours_are_there(
    plain: Chapter,
) -> None:
    tables = released(plain)
    curve = tables["duplication_cost_by_window"]
    assert curve["scale"].tolist() == ["25%", "50%", "100%", "150%", "200%"]
    assert curve["findings"].tolist() == [0, 26, 26, 26, 26]
    widths = tables["duplication_cost_tornado"]["width_pence"]
    assert widths.is_monotonic_decreasing
    assert tables["duplication_cost_rungs"]["basis"].tolist() == ["recorded"]
    hours = tables["duplication_customers_hours"]
    assert hours["hours"].tolist() == [40.0]


def test_the_page_can_be_made_and_names_nobody(plain: Chapter) -> None:
    page = render_page(
        Report(
            place="X",
            period="",
            synthetic=True,
            made=datetime(2026, 11, 23, tzinfo=UTC),
            version="0",
            rule=RULES["threshold5"],
            sections=[plain.section],
            headlines=plain.headlines,
        )
    )
    assert "What duplication costs" in page
    assert "c17" not in page


def test_unit_costs_fill_what_is_not_recorded(tmp_path: Path) -> None:
    tables = released(told(with_unit_costs(write_place(tmp_path)), segments=False))
    rungs = tables["duplication_cost_rungs"].set_index("basis")["cost_pence"]
    assert rungs.to_dict() == {"recorded": 26 * 8_000, "published": 14 * 10_000}
    moved = set(tables["duplication_cost_tornado"]["input"])
    assert "Published cost of assess" in moved
    assert "duplication_cost_by_segment" not in tables


def test_an_audit_changes_the_label_and_the_amounts(tmp_path: Path) -> None:
    place = with_audit(write_place(tmp_path), "not a duplicate")
    chapter = told(place)
    assert "audited: 20 findings checked" in chapter.section.lead
    assert "unaudited" not in chapter.section.lead
    assert "Audited: 40 contacts checked: 0 of 20 findings" in words(chapter)
    gross = released(chapter)["duplication_cost"].iloc[0]
    assert gross["cost_pence"] == 0


def test_an_audit_that_no_longer_fits_is_told_and_not_used(tmp_path: Path) -> None:
    place = with_audit(write_place(tmp_path))
    file = place / "audit.csv"
    file.write_text(file.read_text().replace("2026-11", "1999"))
    chapter = told(place)
    assert UNAUDITED in chapter.section.lead
    assert "The audit could not be used" in words(chapter)
    assert "drawn under other rules" in words(chapter)


def test_without_any_cost_none_is_given(tmp_path: Path) -> None:
    chapter = told(write_place(tmp_path, cost=""))
    assert "Nothing that was found has a cost" in chapter.section.lead
    assert not chapter.section.blocks
    assert not chapter.headlines
