"""Change, drivers and targets of a little place, through the door."""

from __future__ import annotations

import csv
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from insight.chapters.change import change_chapter, change_faults
from insight.chapters.drivers import driver_faults, drivers_chapter
from insight.chapters.targets import target_faults, targets_chapter
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Table, Text
from place import open_place, read_place
from segmentation import SegmentRecipe, segment_areas
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insight.chapters.chapter import Chapter
    from place import OpenPlace
    from segmentation import Segmentation

SIDE = 12
N = SIDE * SIDE
HEAD = """[place]
name = "Little"
[segments]
k = 2
restarts = 5
{previous}[segments.variables]
"old" = "old / population"
"no car" = "carless / population"
[outcomes]
"no alarm" = "no_alarm / homes"
[[tables.areas]]
file = "areas.gpkg"
"""
DRIVERS = '[drivers]\noutcome = "no alarm"\nfactors = ["no car", "crowding"]\n'
TARGETS = '[targets]\nneed = "no alarm"\nareas = 40\nhold_out = 0.25\nseed = 3\n'
PREVIOUS = 'previous = "segments.json"\n'
RECIPE = SegmentRecipe(k=2, restarts=5, samples=2)


def areas_of(more_old: float = 0.0) -> gpd.GeoDataFrame:
    """Half the squares are old; homes without a car lack an alarm more often."""
    random = np.random.default_rng(0)
    y, x = np.divmod(np.arange(N), SIDE)
    people, homes = random.integers(150, 250, N), random.integers(60, 110, N)
    homes[5] = 9
    old = np.where(x < SIDE / 2, 0.55, 0.1) + more_old
    carless = random.uniform(0.05, 0.6, N)
    chance = 1 / (1 + np.exp(1.5 - 2.5 * carless + (x < SIDE / 2)))
    return gpd.GeoDataFrame(
        {
            "area_code": [f"A{n:03}" for n in range(N)],
            "population": people,
            "homes": homes,
            "old": random.binomial(people, old),
            "carless": np.round(people * carless),
            "crowding": random.random(N),
            "ward": [f"W{n // 6}" for n in range(N)],
            "no_alarm": random.binomial(homes, chance),
        },
        geometry=[box(a, b, a + 100, b + 100) for a, b in zip(x * 100, y * 100)],  # noqa: B905 - of one length
        crs="EPSG:27700",
    )


@contextmanager
def opened_at(
    folder: Path, options: str, previous: str = "", more_old: float = 0.0
) -> Iterator[OpenPlace]:
    areas_of(more_old).to_file(folder / "areas.gpkg")
    text = HEAD.format(previous=previous) + options
    (folder / "place.toml").write_text(text, encoding="utf-8")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    opened = open_place(read_place(folder), work)
    with closing(opened.engine):
        yield opened


def segmented(opened: OpenPlace) -> Segmentation:
    assert opened.areas is not None
    return segment_areas(opened.areas, opened.place.segments.variables, recipe=RECIPE)


def door_at(folder: Path, rule: str = "nhs_1_7_round5") -> Door:
    return Door(folder / "out", rule_named(rule), "Little", synthetic=True)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    file = folder / "out" / "tables" / f"{name}.csv"
    with file.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def chapter(folder: Path, options: str, rule: str = "nhs_1_7_round5") -> Chapter:
    with opened_at(folder, options) as opened:
        assert opened.areas is not None
        assert [*driver_faults(opened), *target_faults(opened)] == []
        found = segmented(opened)
        make = drivers_chapter if options.startswith("[drivers]") else targets_chapter
        door = door_at(folder, rule)
        return make(opened, opened.areas, found.segments, found.names, door)


def test_the_planted_driver_leads_the_chapter(tmp_path: Path) -> None:
    made = chapter(tmp_path, DRIVERS)
    assert made.section.id == "drivers"
    assert made.section.lead == "No alarm: more where there is more of no car."
    effects = {row["label"]: row for row in rows(tmp_path, "drivers")}
    assert float(effects["no car, within segments"]["odds_ratio"]) > 1.2
    assert len(rows(tmp_path, "drivers_by_segment")) == 4
    assert isinstance(made.section.blocks[0], Picture)
    said = [b for b in made.section.blocks if isinstance(b, Text)]
    assert said[0].points[0].startswith("no car: +")
    assert "Fewer than 4 segments" in " ".join(line for b in said for line in b.points)


def test_people_behind_drivers_go_through_the_rule(tmp_path: Path) -> None:
    chapter(tmp_path, DRIVERS)
    assert all(int(row["people"]) % 5 == 0 for row in rows(tmp_path, "drivers"))


def test_drivers_can_be_asked_with_areas_alike_in_their_ward(tmp_path: Path) -> None:
    made = chapter(tmp_path, f'{DRIVERS}cluster = "ward"\n')
    assert "over 144 areas in 24 clusters" in str(made.section.blocks[-1])


def test_the_list_finds_more_than_chance_and_holds_some_out(tmp_path: Path) -> None:
    made = chapter(tmp_path, TARGETS)
    listed = rows(tmp_path, "targets")
    assert len(listed) == 40
    assert [row["rank"] for row in listed] == [str(n) for n in range(1, 41)]
    assert sum(row["class"].startswith("Held out") for row in listed) == 10
    grown = rows(tmp_path, "targets_yield")
    assert float(grown[9]["lift"]) > 1.3
    assert made.headlines[0].value.endswith(" times")
    assert "1 area could not be listed: fewer than 30 to reach (1)" in str(
        made.section.blocks[-1]
    )
    assert any(
        isinstance(b, Table) and b.released.name == "targets_balance"
        for b in made.section.blocks
    )


def test_a_list_is_the_same_for_a_seed(tmp_path: Path) -> None:
    chapter(tmp_path, TARGETS)
    before = rows(tmp_path, "targets")
    chapter(tmp_path, TARGETS)
    assert rows(tmp_path, "targets") == before


def test_a_list_too_short_to_hold_out_of_says_so(tmp_path: Path) -> None:
    made = chapter(tmp_path, TARGETS.replace("areas = 40", "areas = 8"))
    said = [b for b in made.section.blocks if isinstance(b, Text)]
    assert said[0].tone == "caution"
    assert "could not be judged: a share of 0.25 of 8 listed" in said[0].paragraphs[0]


def test_no_exact_count_of_people_is_in_the_chapters(tmp_path: Path) -> None:
    made = chapter(tmp_path, TARGETS)
    exact = {row["no_alarm"] for _, row in areas_of().iterrows() if row["no_alarm"] < 8}
    assert exact
    for row in rows(tmp_path, "targets"):
        assert row["expected"] == "[c]" or int(row["expected"]) % 5 == 0
        assert row["expected"] != "[c]" or row["expected_rate"] == "[c]"
    base = int(areas_of()["homes"].sum())
    assert f"{base:,}" not in made.section.lead


def previous_at(folder: Path) -> None:
    with opened_at(folder, "") as opened:
        model = shared_model(segmented(opened), opened.place.segments.variables)
    (folder / "segments.json").write_text(model.text(), encoding="utf-8")


def changed(folder: Path, more_old: float) -> Chapter:
    previous_at(folder)
    with opened_at(folder, "", PREVIOUS, more_old) as opened:
        assert opened.areas is not None
        assert list(change_faults(opened)) == []
        found = segmented(opened)
        return change_chapter(
            opened, opened.areas, found.segments, found.names, door_at(folder)
        )


def test_nothing_changed_still_fits(tmp_path: Path) -> None:
    made = changed(tmp_path, 0.0)
    assert made.section.lead.startswith("Last year's segments still fit.")
    assert {row["drift"] for row in rows(tmp_path, "drift")} == {"none"}
    moves = rows(tmp_path, "drift_moves")
    assert sum(int(row["areas"]) for row in moves) == N
    assert len(moves) == 2
    assert any(isinstance(block, Matrix) for block in made.section.blocks)


def test_an_ageing_place_needs_another_look(tmp_path: Path) -> None:
    made = changed(tmp_path, 0.25)
    assert "no longer fit" in made.section.lead
    psi = {row["variable"]: float(row["psi"]) for row in rows(tmp_path, "drift")}
    assert psi["old"] > 0.25 > psi["no car"]
    assert made.headlines[0].value == "refit"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (DRIVERS.replace('outcome = "no alarm"', 'outcome = "x"'), "no outcome is c"),
        (DRIVERS.replace('"crowding"', '"heat"'), "no column is called 'heat'"),
        (DRIVERS.replace('"crowding"', '"ward"'), "'ward' should be one column of num"),
        (f'{DRIVERS}cluster = "wards"\n', "areas have no column 'wards'"),
        (
            TARGETS.replace('need = "no alarm"', 'need = "x"'),
            "no outcome is called 'x'",
        ),
    ],
)
def test_settings_that_cannot_be_met_are_told(
    tmp_path: Path, options: str, match: str
) -> None:
    with opened_at(tmp_path, options) as opened:
        (fault,) = [*driver_faults(opened), *target_faults(opened)]
    assert match in fault


@pytest.mark.parametrize(
    ("text", "match"),
    [(b"{", "segments.json"), (b"\xff", "cannot be read as text")],
)
def test_a_model_that_cannot_be_read_is_told(
    tmp_path: Path, text: bytes, match: str
) -> None:
    (tmp_path / "segments.json").write_bytes(text)
    with opened_at(tmp_path, "", PREVIOUS) as opened:
        (fault,) = change_faults(opened)
    assert fault.startswith("[segments] previous: ")
    assert match in fault


def test_places_without_these_blocks_have_no_faults(tmp_path: Path) -> None:
    with opened_at(tmp_path, "") as opened:
        faults = [*driver_faults(opened), *target_faults(opened)]
        assert [*faults, *change_faults(opened)] == []


def test_areas_that_lack_a_variable_of_last_year_are_told(tmp_path: Path) -> None:
    previous_at(tmp_path)
    with opened_at(tmp_path, "", PREVIOUS) as opened:
        bare = pd.DataFrame(opened.areas).columns.drop("carless")
        less = type(opened)(
            place=opened.place,
            engine=opened.engine,
            areas=opened.areas[bare] if opened.areas is not None else None,
            checked=opened.checked,
        )
        (fault,) = change_faults(less)
    assert "no column is called 'carless'" in fault
