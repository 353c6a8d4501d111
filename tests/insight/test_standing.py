"""The chapter on how far to trust the segments, on places small enough to know."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from insight.chapters import Chapter, segments_chapter
from insight.chapters.standing import standing_chapter
from insight.chapters.standing_faults import standing_faults
from insight.release import RULES, Door
from insight.report import Picture, Report, Text, render_page
from place import open_place, read_place
from segmentation import SegmentError

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 7
PLACE = (
    '[place]\nname = "Board"\nsynthetic = true\n[tables.areas]\nfile = "{file}"\n'
    "[segments]\nk = 3\nrestarts = 5\n{options}\n[segments.variables]\n"
    '"old people" = "old / population"\n"children" = "young / population"\n'
)
Made = tuple[Chapter, Path]


def a_board(random: np.random.Generator, *, apart: int) -> gpd.GeoDataFrame:
    """Return areas in three groups that lie `apart`, on a board."""
    group = np.arange(SIDE**2) % 3
    count = random.integers(0, 60, size=(SIDE**2, 2))
    codes = [f"E{number:02}" for number in range(SIDE**2)]
    return gpd.GeoDataFrame(
        {
            "area_code": codes,
            "population": 1000,
            "old": count[:, 0] + apart * (group == 1),
            "young": count[:, 1] + apart * (group == 2),
        },
        geometry=[
            box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100)
            for x in range(SIDE)
            for y in range(SIDE)
        ],
        crs="EPSG:27700",
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Made]:
    """Return a function that makes the chapter of a board, and where its tables are."""

    def of(areas: gpd.GeoDataFrame, options: str = "") -> Made:
        folder = tmp_path_factory.mktemp("place")
        file = "areas.csv" if areas.geometry.isna().all() else "areas.parquet"
        if file == "areas.csv":
            pd.DataFrame(areas.drop(columns="geometry")).to_csv(folder / file)
        else:
            areas.to_parquet(folder / file)
        toml = PLACE.format(file=file, options=options)
        (folder / "place.toml").write_text(toml, encoding="utf-8")
        work = tmp_path_factory.mktemp("work")
        door = Door(folder / "out", RULES["nhs_1_7_round5"], "Board", synthetic=True)
        opened = open_place(read_place(folder), work)
        with closing(opened.engine):
            assert opened.areas is not None
            _, found, names = segments_chapter(opened, opened.areas, door)[:3]
            chapter = standing_chapter(opened, opened.areas, found, names, door)
        return chapter, folder / "out" / "tables"

    return of


@pytest.fixture(scope="module")
def groups(made: Callable[..., Made]) -> Made:
    board = a_board(np.random.default_rng(1), apart=400)
    return made(board, "choose = [2, 5]\nregions = 4")


@pytest.fixture(scope="module")
def slope(made: Callable[..., Made]) -> Made:
    return made(a_board(np.random.default_rng(3), apart=0), 'transform = "none"')


def table(made: Made, name: str) -> pd.DataFrame:
    return pd.read_csv(made[1] / f"{name}.csv", encoding="utf-8-sig")


def words(chapter: Chapter) -> str:
    texts = [each for each in chapter.section.blocks if isinstance(each, Text)]
    lines = [line for text in texts for line in (*text.paragraphs, *text.points)]
    return " ".join(lines)


def test_groups_that_stand_apart_are_trusted(groups: Made) -> None:
    lead = groups[0].section.lead
    assert lead.startswith("There are groups here, and not only a gradual slope cut")
    assert "all are found again every time" in lead
    assert "Structure: 3 segments explain" in words(groups[0])
    again = table(groups, "segments_found_again")
    assert again["verdict"].tolist() == ["holds"] * 3
    assert again["areas"].sum() == SIDE**2


def test_a_slope_is_called_a_slope(slope: Made) -> None:
    chapter = slope[0]
    assert chapter.section.lead.startswith(
        "The areas differ by degrees and not in kind"
    )
    first = chapter.section.blocks[0]
    assert isinstance(first, Text)
    assert first.tone == "caution"
    assert "No structure: 3 segments explain" in words(chapter)


def test_stability_shows_the_least_beside_the_mean(slope: Made) -> None:
    held = table(slope, "stability")
    assert held["changed"].tolist() == [
        "The search starts elsewhere",
        "A fifth of the areas is left out",
        "A fifth of the variables is left out",
    ]
    assert (held["minimum"] <= held["mean"]).all()
    assert "at worst" in slope[0].headlines[0].note


def test_numbers_of_segments_are_held_against_one_another(groups: Made) -> None:
    assert table(groups, "choice_of_k")["k"].tolist() == [2, 3, 4, 5]
    assert "k = 3:" in words(groups[0])
    nodes = table(groups, "clustergram")
    assert nodes.groupby("k")["size"].sum().tolist() == [SIDE**2] * 4


def test_without_choose_the_reader_is_told_how_to_ask(slope: Made) -> None:
    assert "Set `choose = [2, 12]`" in words(slope[0])
    assert not (slope[1] / "choice_of_k.csv").exists()


def test_areas_between_two_segments_are_counted_and_listed(slope: Made) -> None:
    each = table(slope, "second_best_segment")
    between = int((each["margin"] < 0.1).sum())
    assert 0 < between < SIDE**2
    assert each["margin"].is_monotonic_increasing
    pairs = table(slope, "between_segments")
    assert pairs["areas"].sum() == pytest.approx(between, abs=2)  # margins are rounded
    assert f"of {SIDE**2} areas (" in slope[0].section.lead


def test_regions_are_mapped_and_their_cost_is_said(groups: Made) -> None:
    assert table(groups, "regions")["areas"].sum() == SIDE**2
    assert set(table(groups, "region_of_area")["region"]) == {"R1", "R2", "R3", "R4"}
    assert "each in one piece. That costs" in words(groups[0])
    maps = [
        block
        for block in groups[0].section.blocks
        if isinstance(block, Picture) and block.drawing.kind == "map"
    ]
    assert len(maps) == 2
    assert "data-segment" not in maps[1].drawing.svg


def test_the_section_makes_a_page(groups: Made) -> None:
    page = render_page(
        Report(
            place="Board",
            period="",
            synthetic=True,
            made=datetime(2026, 1, 1, tzinfo=UTC),
            version="0",
            rule=RULES["nhs_1_7_round5"],
            sections=[groups[0].section],
            segments={"1": "a", "2": "b", "3": "c"},
        )
    )
    assert 'id="section-standing"' in page


def test_areas_without_boundaries_have_words_in_place_of_maps(
    made: Callable[..., Made],
) -> None:
    board = a_board(np.random.default_rng(1), apart=400)
    board["geometry"] = None
    chapter, _ = made(board.head(30), "regions = 4")
    assert "No regions: the table of areas has no boundaries" in words(chapter)
    assert "No map: the table of areas has no boundaries" in words(chapter)


def test_too_few_areas_are_not_tested_for_structure(made: Callable[..., Made]) -> None:
    board = a_board(np.random.default_rng(1), apart=400)
    chapter, _ = made(board.head(12))
    assert chapter.section.lead.startswith("With fewer than 30 areas nobody can tell")


def test_more_regions_than_areas_are_refused(made: Callable[..., Made]) -> None:
    board = a_board(np.random.default_rng(1), apart=400)
    with pytest.raises(SegmentError, match="13 regions were asked of 12 areas"):
        made(board.head(12), "regions = 13")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ("choose = [1, 4]", "choose = [1, 4]: numbers of segments to try start at 2"),
        ("choose = [4, 4]", "choose = [4, 4]"),
        ("choose = [2, 49]", "stay below the 49 areas"),
        ("regions = 50", "regions = 50: only 49 areas have a boundary"),
        ("choose = [2, 48]\nregions = 49", ""),
    ],
)
def test_settings_that_areas_do_not_allow_are_found_beforehand(
    tmp_path: Path, options: str, fault: str
) -> None:
    board = a_board(np.random.default_rng(1), apart=400)
    board.to_parquet(tmp_path / "areas.parquet")
    toml = PLACE.format(file="areas.parquet", options=options)
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    opened = open_place(read_place(tmp_path), tmp_path)
    with closing(opened.engine):
        found = list(standing_faults(opened))
    assert len(found) == bool(fault)
    assert fault in "".join(found)
