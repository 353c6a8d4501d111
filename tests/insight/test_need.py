"""Do segments separate need: what the chapter tells, and what it may not."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from insight.chapters.chapter import Chapter
from insight.chapters.need import need_chapter
from insight.chapters.profiles import nation_of, profile_blocks
from insight.chapters.services import with_services
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Section, Table, Text
from place import open_place, read_place
from place.scratch import scratch
from segmentation import (
    SegmentError,
    SegmentRecipe,
    customer_segments,
    segment_areas,
    suggested_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from place import OpenPlace

HEAD = """[place]
name = "Little"
[segments]
k = 2
restarts = 5
compare = "official"
[segments.variables]
"Old" = "old / population"
[tables.areas]
file = "areas.csv"
"""
VARIABLES = {"Old": "old / population"}


def areas_of(ill: Callable[[int], int]) -> str:
    """Give 40 areas, the first 20 old, with as many ill as `ill` says."""
    lines = [
        f"A{n:02},{500 + n},{200 + n if n < 20 else 20 + n % 7},{'xy'[n % 2]},{ill(n)}"
        for n in range(40)
    ]
    return "\n".join(["area_code,population,old,official,ill", *lines, ""])


def many(n: int) -> int:
    return 100 + n % 9 if n < 20 else 20 + n % 5


def few(n: int) -> int:
    return 10 if n < 20 else int(n == 30)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "o", rule_named("nhs_1_7_round5"), "Little", synthetic=True)


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenPlace]:
    options, tables = request.param
    toml = HEAD + options
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        if name != "areas":
            toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    with scratch() as work:
        place = open_place(read_place(tmp_path), work)
        yield place
        place.engine.close()


def told(opened: OpenPlace, door: Door) -> Chapter:
    assert opened.areas is not None
    recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    found = segment_areas(opened.areas, VARIABLES, recipe=recipe)
    return need_chapter(
        opened, opened.areas, found, {"1": "First", "2": "Second"}, door
    )


def rows(door: Door, name: str) -> list[dict[str, str]]:
    with (door.out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


OUTCOME = '[outcomes]\n"Ill" = "ill / population"\n'


@pytest.mark.parametrize(
    "opened", [(OUTCOME, {"areas": areas_of(many)})], indirect=True
)
def test_the_verdict_and_its_figures_are_told(opened: OpenPlace, door: Door) -> None:
    chapter = told(opened, door)
    assert chapter.section.id == "need"
    (lead,) = chapter.sentences
    assert lead.startswith("Of 1 outcome, 34 % is found among the 20 % of people whose")
    assert lead.endswith(
        "The segments separate 1 of them better than official and 0 less well; 0 show "
        "no difference that is clear and matters."
    )
    ours, theirs = rows(door, "need")
    named = (ours["classification"], theirs["classification"])
    assert named == ("these segments", "official")
    assert float(ours["low"]) < float(ours["gini"]) < float(ours["high"])
    assert float(ours["gini"]) > float(theirs["high"])
    assert int(ours["count"]) % 5 == 0
    kinds = [type(block) for block in chapter.section.blocks]
    assert kinds == [Text, Table, Picture, Text, Text]
    how = chapter.section.blocks[-1]
    assert isinstance(how, Text)
    assert "separates it better than official (2 groups, Gini" in how.points[0]
    assert f"{int(ours['count']):,} over a base of" in how.points[0]


@pytest.mark.parametrize(
    "opened", [(OUTCOME, {"areas": areas_of(many)})], indirect=True
)
def test_a_curve_is_drawn_from_protected_counts(opened: OpenPlace, door: Door) -> None:
    told(opened, door)
    points = [
        row
        for row in rows(door, "need_ill")
        if row["classification"] == "these segments"
    ]
    assert points[0]["segment"] == "none yet"
    count = [int(row["count"]) for row in points]
    assert [float(row["found_share"]) for row in points] == pytest.approx(
        [0, round(count[1] / sum(count), 3), 1]
    )
    assert {row["name"] for row in points} == {"", "First", "Second"}


@pytest.mark.parametrize("opened", [(OUTCOME, {"areas": areas_of(few)})], indirect=True)
def test_a_count_too_small_to_show_has_no_curve(opened: OpenPlace, door: Door) -> None:
    chapter = told(opened, door)
    points = [
        row
        for row in rows(door, "need_ill")
        if row["classification"] == "these segments"
    ]
    assert {row["count"] for row in points} == {"[x]"}  # or the total tells the rest
    assert all(row["found_share"] in {"[c]", "[x]"} for row in points)
    assert chapter.section.blocks


@pytest.mark.parametrize(
    "opened",
    [('[outcomes]\n"Ill" = "ill / nobody"\n', {"areas": areas_of(many)})],
    indirect=True,
)
def test_an_outcome_that_cannot_be_read_is_named(opened: OpenPlace, door: Door) -> None:
    with pytest.raises(SegmentError, match="no column is called 'nobody'"):
        told(opened, door)


def test_without_a_classification_beside_it_the_gain_is_told_alone(
    tmp_path: Path, door: Door
) -> None:
    (tmp_path / "areas.csv").write_text(areas_of(many), encoding="utf-8")
    toml = HEAD.replace('compare = "official"\n', "") + OUTCOME
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    with scratch() as work:
        place = open_place(read_place(tmp_path), work)
        chapter = told(place, door)
        place.engine.close()
    assert chapter.headlines == []
    (lead,) = chapter.sentences
    assert lead.endswith("segments that tell nothing would give 20 %.")
    how = chapter.section.blocks[-1]
    assert isinstance(how, Text)
    assert how.points[0].startswith("Ill: 2 segments reach a Gini of")


NATION = "variable,count,base\nOld,20,100\n"
USE = "customer_id,area_code,service,agency\n" + "".join(
    f"{service}{n},A{n % 40:02},{service},Council\n"
    for service, customers in (("Care", 120), ("Gym", 20), ("Rare", 23))
    for n in range(customers)
)


@pytest.mark.parametrize(
    "opened",
    [("", {"areas": areas_of(many), "nation": NATION, "service_use": USE})],
    indirect=True,
)
def test_profiles_say_the_nation_the_size_and_the_typical(
    opened: OpenPlace, door: Door
) -> None:
    assert opened.areas is not None
    found = segment_areas(
        opened.areas, VARIABLES, recipe=SegmentRecipe(k=2, restarts=5, samples=2)
    )
    names = suggested_names(found.profile)
    blocks = profile_blocks(found, names, door, nation=nation_of(opened))
    portraits = [block.paragraphs[0] for block in blocks if isinstance(block, Text)]
    assert portraits[0].startswith("Segment 1 holds 20 of 40 areas. It has ")
    chart = blocks[0]
    assert isinstance(chart, Picture)
    assert chart.twin.columns["nation_index"] == "Index (100 = nation)"
    members = rows(door, "typical_areas")
    assert {row["kind"] for row in members} == {"typical", "atypical"}
    assert len(members) == 12
    profile = rows(door, "profile")
    assert {row["nation_rate"] for row in profile} == {"20"}
    assert "tables/typical_areas.csv" in portraits[-1] + str(blocks[-1])


@pytest.mark.parametrize(
    "opened",
    [("", {"areas": areas_of(many), "nation": NATION, "service_use": USE})],
    indirect=True,
)
def test_services_are_profiled_from_what_may_be_shown(
    opened: OpenPlace, door: Door
) -> None:
    assert opened.areas is not None
    segments = pd.Series(
        ["1" if n < 20 else "2" for n in range(40)], [f"A{n:02}" for n in range(40)]
    )
    customer_segments(opened.engine, segments)
    empty = Chapter(section=Section("who", "Who"), sentences=[])
    residents = pd.Series({"1": 1000.0, "2": 3000.0})
    names = {"1": "Old", "2": "Young"}
    done = with_services(empty, opened, residents, names, door)
    assert [type(block) for block in done.section.blocks] == [Matrix, Matrix]
    by_key = {
        (row["service"], row["segment"]): row
        for row in rows(door, "services_by_segment")
    }
    care = by_key["Care", "1"]
    assert [care[name] for name in ("count", "percent", "comparison_count")] == [
        "60",
        "50",
        "1000",
    ]
    assert [care[name] for name in ("comparison_percent", "penetration", "index")] == [
        "25",
        "6",
        "200",
    ]
    assert by_key["Gym", "2"]["count"] == "0"
    rare = by_key["Rare", "2"]
    assert {rare["count"], rare["percent"], rare["index"]} == {"[c]"}
    assert by_key["Rare", "1"]["percent"] == "100"  # of what is shown


@pytest.mark.parametrize(
    "opened",
    [("", {"areas": areas_of(many), "service_use": USE})],
    indirect=True,
)
def test_services_are_held_against_all_customers_where_residents_are_not_known(
    opened: OpenPlace, door: Door
) -> None:
    segments = pd.Series("1", [f"A{n:02}" for n in range(40)])
    customer_segments(opened.engine, segments)
    empty = Chapter(section=Section("who", "Who"), sentences=[])
    with_services(empty, opened, pd.Series({"1": float("nan")}), {"1": "All"}, door)
    everyone = {row["comparison_count"] for row in rows(door, "services_by_segment")}
    assert everyone == {"165"}
    assert nation_of(opened) is None
