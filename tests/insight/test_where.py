"""A little place whose need, contact and access were planted, through the door."""

from __future__ import annotations

import csv
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from insight.chapters.where import where_chapter
from insight.chapters.where_faults import where_faults
from insight.release import Door, rule_named
from insight.report import Picture, Text
from place import open_place, read_place
from segmentation import SegmentRecipe, customer_segments, segment_areas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insight.chapters.chapter import Chapter
    from place import OpenPlace

SIDE = 8
HEAD = """[place]
name = "Little"
[segments]
k = 2
restarts = 5
[segments.variables]
"old" = "old / population"
"car" = "cars / population"
[outcomes]
"illness" = "ill / population"
"crowding" = "crowding"
"""
HOTSPOTS = '[hotspots]\noutcomes = ["illness"]\npermutations = 999\n'
CONTACT = '[contact]\nservices = ["Home care"]\n'
ACCESS = '[access]\nwithin = 250\nunit = "metres"\nnew = 1\n'


def areas_file(folder: Path) -> None:
    """64 squares; the ill gather in the south-west, where the old live."""
    random = np.random.default_rng(0)
    code = [f"A{n:02}" for n in range(SIDE * SIDE)]
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    estate = (x < 4) & (y < 4)
    people = random.integers(150, 250, SIDE * SIDE)
    frame = gpd.GeoDataFrame(
        {
            "area_code": code,
            "population": people,
            "old": random.binomial(people, np.where(estate, 0.6, 0.1)),
            "cars": random.binomial(people, 0.5),
            "ill": random.binomial(people, np.where(estate, 0.5, 0.1)),
            "crowding": random.random(SIDE * SIDE) + estate,
        },
        geometry=[box(a * 100, b * 100, a * 100 + 100, b * 100 + 100)
                  for b in range(SIDE) for a in range(SIDE)],
        crs="EPSG:27700",
    )  # fmt: skip
    frame.to_file(folder / "areas.gpkg")


def use_file(folder: Path) -> None:
    """Twenty customers an area, but two in A63; three of A00 use another service."""
    lines = ["customer_id,area_code,service,agency"]
    lines += [
        f"A{n:02}-{who},A{n:02},Home care,Council"
        for n in range(SIDE * SIDE)
        for who in range(2 if n == 63 else 20)
    ]
    lines += [f"A00-x{who},A00,Library,Council" for who in range(3)]
    (folder / "use.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


SITES = "site_id,area_code,name,status\nS1,A00,Hub,open\nS2,A63,North,possible\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    areas_file(tmp_path)
    use_file(tmp_path)
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    return tmp_path


@contextmanager
def opened_at(folder: Path, options: str, head: str = HEAD) -> Iterator[OpenPlace]:
    toml = head
    tables = ("areas", "areas.gpkg"), ("service_use", "use.csv"), ("sites", "sites.csv")
    for name, file in tables:
        toml += f'[[tables.{name}]]\nfile = "{file}"\n'
    (folder / "place.toml").write_text(toml + options, encoding="utf-8")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    opened = open_place(read_place(folder), work)
    with closing(opened.engine):
        yield opened


def chapter_of(folder: Path, options: str, rule: str = "nhs_1_7_round5") -> Chapter:
    with opened_at(folder, options) as opened:
        assert opened.areas is not None
        assert list(where_faults(opened)) == []
        recipe = SegmentRecipe(k=2, restarts=5, samples=2)
        variables = opened.place.segments.variables
        found = segment_areas(opened.areas, variables, recipe=recipe)
        customer_segments(opened.engine, found.segments)
        door = Door(folder / "out", rule_named(rule), "Little", synthetic=True)
        return where_chapter(opened, opened.areas, found, found.names, door)


def faults_of(folder: Path, options: str, head: str = HEAD) -> list[str]:
    with opened_at(folder, options, head) as opened:
        return list(where_faults(opened))


def rows(folder: Path, name: str) -> dict[str, dict[str, str]]:
    file = folder / "out" / "tables" / f"{name}.csv"
    with file.open(encoding="utf-8-sig") as lines:
        listed = list(csv.DictReader(lines))
    return {next(iter(row.values())): row for row in listed}


def test_the_planted_hotspot_is_on_the_map_and_in_words(folder: Path) -> None:
    chapter = chapter_of(folder, HOTSPOTS)
    assert chapter.section.id == "where"
    table = rows(folder, "hotspots_illness")
    assert {table[code]["class"] for code in ("A00", "A01", "A08", "A09")} == {"hot"}
    assert chapter.sentences[0].startswith("Illness: ")
    titles = [b.title for b in chapter.section.blocks if isinstance(b, Picture)]
    assert titles[0] == "illness: hot and cold areas now"
    assert titles[-1] == "illness: how far the likeness is to be believed"
    said = " ".join(
        part
        for block in chapter.section.blocks
        if isinstance(block, Text)
        for part in block.paragraphs
    )
    assert "area under the curve" in said
    assert "Brier score" in said
    assert int(table["A00"]["count"]) % 5 == 0


def test_a_figure_as_it_is_gives_classes_but_no_counts(folder: Path) -> None:
    chapter_of(folder, HOTSPOTS.replace('["illness"]', '["crowding"]'))
    columns = set(rows(folder, "hotspots_crowding")["A00"])
    assert columns == {"area_code", "class", "moran_class"}


def test_areas_without_a_boundary_do_not_stop_the_search(folder: Path) -> None:
    more = "area_code,population,old,cars,ill,crowding\nZ9,100,10,10,9,1\n"
    (folder / "more.csv").write_text(more, encoding="utf-8")
    options = '[[tables.areas]]\nfile = "more.csv"\n' + HOTSPOTS
    chapter = chapter_of(folder, options)
    assert "Z9" not in rows(folder, "hotspots_illness")
    assert chapter.headlines[0].note.startswith("of 64 areas tested")


def test_the_planted_low_contact_area_is_found_and_its_count_hidden(
    folder: Path,
) -> None:
    chapter = chapter_of(folder, CONTACT)
    (said,) = chapter.sentences
    assert said == (
        "In 1 of 64 areas fewer people made contact to Home care than their segments "
        "would lead to expect, and in 0 more."
    )
    row = rows(folder, "contact")["A63"]
    assert (row["class"], row["contacts"], row["ratio"]) == (
        "low contact",
        "[c]",
        "[c]",
    )
    assert rows(folder, "contact")["A00"]["contacts"] == "20"


def test_who_is_far_is_counted_by_segment_and_a_site_is_chosen(folder: Path) -> None:
    chapter = chapter_of(folder, CONTACT + ACCESS, rule="none")
    assert len(chapter.sentences) == 2
    assert "live within 250 metres of the open site" in chapter.sentences[1]
    parts = rows(folder, "access_by_segment")
    for row in parts.values():
        total = int(row["within"]) + int(row["beyond"]) + int(row["no_route"])
        assert int(row["residents"]) == total
    near = [code for code, row in rows(folder, "access").items()
            if row["class"] == "within reach"]  # fmt: skip
    assert sorted(near) == ["A00", "A01", "A02", "A08", "A09", "A10", "A16", "A17"]
    texts = [b.paragraphs[0] for b in chapter.section.blocks if isinstance(b, Text)]
    assert any(text.startswith("Opening North, of 1 possible site,") for text in texts)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (HOTSPOTS.replace("illness", "ilness"), "Did you mean 'illness'?"),
        (HOTSPOTS + 'drivers = ["olds"]\n', "Did you mean 'old'?"),
        (HOTSPOTS + 'drivers = ["illness"]\n', "cannot be a driver of itself"),
        (HOTSPOTS + "neighbours = 64\n", "64 were asked of 64 areas"),
        (HOTSPOTS + "level = 0.001\n", "999 are too few"),
        (CONTACT.replace("Home", "Hone"), "Did you mean 'Home care'?"),
        (ACCESS.replace("new = 1", "new = 2"), "2 sites are to be opened, and 1 are"),
        (ACCESS.replace("metres", "minutes"), "no travel gives minutes"),
    ],
)
def test_settings_that_no_room_could_follow_are_faults(
    folder: Path, options: str, said: str
) -> None:
    faults = faults_of(folder, options)
    assert len(faults) == 1
    assert said in faults[0]


def test_an_outcome_that_is_the_same_everywhere_is_a_fault(folder: Path) -> None:
    more = "area_code,flat\n" + "".join(f"A{n:02},3\n" for n in range(SIDE * SIDE))
    (folder / "more.csv").write_text(more, encoding="utf-8")
    flat = HOTSPOTS.replace('["illness"]', '["flat"]')
    options = f'[[tables.areas]]\nfile = "more.csv"\n{flat}'
    head = HEAD.replace('"crowding" = "crowding"', '"flat" = "flat"')
    (fault,) = faults_of(folder, options, head)
    assert "'flat' is known of 64 areas with a boundary, or is the same" in fault


def test_contact_that_nobody_made_does_not_stop_the_run(folder: Path) -> None:
    lines = "customer_id,area_code,service,agency\n,A00,Home care,Council\n"
    (folder / "use.csv").write_text(lines, encoding="utf-8")
    (said,) = chapter_of(folder, CONTACT).sentences
    assert said.startswith("Contact could not be judged: no customer of a known area")


def test_sites_that_lie_nowhere_are_a_fault(folder: Path) -> None:
    sites = SITES.replace("A00", "X1").replace("open", "possible")
    (folder / "sites.csv").write_text(sites, encoding="utf-8")
    faults = faults_of(folder, ACCESS)
    assert "no site is open" in faults[0]
    assert "1 of 2 sites lie in no known area, such as 'S1'" in faults[1]
