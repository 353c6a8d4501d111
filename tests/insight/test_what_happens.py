"""The chapter on journeys: what it draws, what it says, and what stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd
import pytest

from insight.chapters.followed import Followed
from insight.chapters.what_happens import journeys_chapter
from insight.release import Door, rule_named
from insight.report import Picture, Table, Text
from journeys import encode_log
from place import open_place, read_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from insight.chapters import Chapter
    from journeys import Duplication

PATH = [("GP", "ask"), ("GP", "check"), ("Housing", "visit")]
HEAD = "event_id,customer_id,time,agency,activity,activity_class,cost_pounds,joint_with"


def rows_of(customer: str, path: list[tuple[str, str]], start: int = 1) -> list[str]:
    return [
        f"{customer}-{at},{customer},2009-04-{start + at:02d},{agency},{activity},"
        f"{'assess' if activity == 'check' else ''},{at},"
        for at, (agency, activity) in enumerate(path)
    ]


def many(n: int) -> list[str]:
    return [row for at in range(n) for row in rows_of(f"c{at}", PATH)]


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]]:
    def told(
        rows: list[str], more: str = "", rule: str = "nhs_1_7_round5"
    ) -> tuple[Chapter, dict[str, pd.DataFrame]]:
        (tmp_path / "events.csv").write_text("\n".join([HEAD, *rows]) + "\n")
        (tmp_path / "place.toml").write_text(
            f'[place]\nname = "X"\ntime_zone = "UTC"\n[tables.events]\n'
            f'file = "events.csv"\n{more}'
        )
        work = tmp_path / "work"
        work.mkdir()
        opened = open_place(read_place(tmp_path), work)
        log = encode_log("events", engine=opened.engine)
        door = Door(tmp_path / "out", rule_named(rule), "X", synthetic=True)
        followed = Followed(
            opened=opened,
            door=door,
            log=log,
            found=cast("Duplication", None),  # another chapter's
            segments=None,
            names={},
        )
        chapter = journeys_chapter(followed)
        opened.engine.close()
        files = (tmp_path / "out" / "tables").glob("*.csv")
        return chapter, {
            file.stem: pd.read_csv(file, dtype="str", keep_default_na=False)
            for file in files
        }

    return told


def said_by(chapter: Chapter) -> str:
    texts = [block for block in chapter.section.blocks if isinstance(block, Text)]
    return "\n".join(line for text in texts for line in text.paragraphs)


def test_the_map_says_what_share_of_journeys_it_holds(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    others = [
        row
        for at in range(10)
        for row in rows_of(f"d{at}", [("GP", "ask"), ("GP", f"odd {at}")])
    ]
    chapter, tables = told([*many(30), *others])
    assert tables["steps"].iloc[0].tolist() == [
        *("all steps", "70", "40", "30", "0.75"),
    ]
    assert "The 2 most travelled of 12 kinds of step are drawn." in said_by(chapter)
    assert "They hold 86% of all steps; 75% of the journeys" in said_by(chapter)
    assert "odd" not in "".join(map(str, tables.values()))
    assert chapter.section.lead.startswith("40 customers had 110 contacts")


def test_costs_lie_over_the_map_where_any_is_recorded(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    chapter, tables = told(many(30))
    edges = tables["process"].set_index("source")
    assert edges.loc["check"].tolist() == ["visit", "30", "30", "1", "30", "6000"]
    pictures = [b for b in chapter.section.blocks if isinstance(b, Picture)]
    assert [p.title for p in pictures] == [
        "What customers do next",
        "Who does what next",
    ]
    assert "£60" in pictures[0].drawing.svg


def test_waits_stand_apart_inside_and_between(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    _, tables = told(many(30))
    waits = tables["waits"].set_index("place")
    assert waits["count"].to_dict() == {"between": "30", "inside": "30"}
    assert waits["time_share"].tolist() == ["0.5", "0.5"]
    assert tables["waits_by_agency"]["target"].tolist() == ["Housing", "GP"]


def test_variants_and_ends_are_those_of_many(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    _, tables = told([*many(30), *rows_of("d", [("Secret Clinic", "odd")])])
    assert tables["variants"].iloc[0].tolist() == [
        *("ask → check → visit", "30", "3", "30", "1"),
    ]
    ends = tables["journey_ends"].set_index("activity")
    assert ends.loc["ask"].tolist() == ["GP", "30", "0"]
    assert ends.loc["visit"].tolist() == ["Housing", "0", "30"]
    assert "Secret" not in "".join(frame.to_csv() for frame in tables.values())


def test_joint_and_same_day_working_is_counted(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    joint = [f"j{at},c{at},2009-04-02,Police,call,,0,Housing" for at in range(30)]
    _, tables = told([*many(30), *joint])
    assert tables["together"].to_numpy().tolist() == [
        ["recorded as joint", "Housing", "Police", "30", "30"],
        ["on the same day", "GP", "Police", "30", "30"],
    ]


def test_what_is_unmapped_is_told_with_its_nearest_name(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]], tmp_path: Path
) -> None:
    (tmp_path / "words.csv").write_text(
        "activity,agency,activity_class\nvisits,,service\nask,gp,request\n"
    )
    vocabulary = '[tables.vocabulary]\nfile = "words.csv"\n'
    chapter, tables = told([*many(30), "x,x,2009-04-01,g.p.,visit,,,"], vocabulary)
    unmapped = tables["unmapped"].set_index("activity")
    assert unmapped.loc["visit"].tolist() == ["30", "30", "visits"]
    assert unmapped.loc["ask"].tolist()[:2] == ["30", "30"]
    said = said_by(chapter)
    assert "2 activities have no class" in said
    assert "2 rows of the vocabulary name an activity or an agency" in said
    assert "1 agency is spelt in more than one way" in said
    assert "g.p." not in said  # one customer's alone


def test_few_customers_leave_nothing_but_words(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    chapter, tables = told(many(3))
    assert "Too few customers take any one step" in said_by(chapter)
    assert not [b for b in chapter.section.blocks if isinstance(b, Picture)]
    told_names = "".join(frame.to_csv() for frame in tables.values())
    assert "check" not in told_names
    assert "[c]" in told_names


def test_one_contact_each_is_no_journey(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    chapter, _ = told([row for at in range(20) for row in rows_of(f"c{at}", PATH[:1])])
    assert "No customer has two contacts" in said_by(chapter)
    assert "No customer was handed from one agency to another" in said_by(chapter)
    assert any(isinstance(b, Table) for b in chapter.section.blocks)


def test_few_broken_journeys_are_not_told_by_subtraction(
    told: Callable[..., tuple[Chapter, dict[str, pd.DataFrame]]],
) -> None:
    odd = rows_of("d", [("GP", "ask"), ("GP", "odd")])
    chapter, tables = told([*many(30), *odd], rule="threshold10")
    assert tables["steps"]["journeys_kept"].tolist() == ["[x]"]
    assert "nearly all of the journeys" in said_by(chapter)
