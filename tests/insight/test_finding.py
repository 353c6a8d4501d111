"""How settings become segments, and which chapters a place is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from insight.chapters.finding import (
    areas_with_use,
    find_segments,
    model_file,
    recipe_of,
)
from insight.chapters.grouping import how_blocks, tree_blocks
from insight.contents import chapters_of
from insight.release import Door, rule_named
from insight.report import Table, Text
from place import open_place, read_place
from place.scratch import scratch
from place.settings import Block as Weighed
from place.settings import SegmentOptions
from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from insight.report import Block
    from place import OpenPlace

HEAD = """[place]
name = "Little"
[tables.areas]
file = "areas.csv"
"""
BARE = """[segments]
k = 2
restarts = 2
[segments.variables]
"Old" = "old / population"
"Young" = "young / population"
"""
RECIPE = SegmentRecipe(k=2, restarts=2, samples=2)


def areas_of(gaps: int = 0) -> str:
    lines = ["area_code,population,old,young,ill"]
    for n in range(32):
        old = "" if n < gaps else (200, 20)[n % 2] + n
        lines.append(f"A{n:02},{500 + n},{old},{(30, 150)[n % 2] + n},{40 + n % 7}")
    return "\n".join([*lines, ""])


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "o", rule_named("nhs_1_7_round5"), "Little", synthetic=True)


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenPlace]:
    options, files = request.param
    for name, text in {"areas.csv": areas_of(), **files}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "place.toml").write_text(HEAD + options, encoding="utf-8")
    with scratch() as work:
        place = open_place(read_place(tmp_path), work)
        yield place
        place.engine.close()


def a_place(options: str, **files: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("opened", [(options, files)], indirect=True)


def points_of(blocks: Sequence[Block]) -> list[str]:
    return [
        each for block in blocks if isinstance(block, Text) for each in block.points
    ]


def test_a_recipe_carries_every_setting_that_decides_the_answer() -> None:
    options = SegmentOptions(
        k=5,
        levels=[3, 9],
        seed=11,
        restarts=7,
        transform="boxcox",
        scale="z",
        missing="median",
        correlated=0.8,
        categories=["kind"],
        avoid=["Old"],
        blocks={"age": Weighed(weight=2, variables=["Old"])},
    )
    assert recipe_of(options) == SegmentRecipe(
        k=5,
        levels=(3, 9),
        seed=11,
        restarts=7,
        transform="boxcox",
        scale="z",
        missing="median",
        correlated=0.8,
        categories=("kind",),
        avoid=("Old",),
        blocks={"age": Weighed(weight=2, variables=["Old"])},
    )


USE = "customer_id,area_code,service,agency\n" + "".join(
    f"c{n}{who},A{n:02},Care,Council\n" for n in range(32) for who in range(1 + n % 3)
)
WITH_USE = '[tables.service_use]\nfile = "use.csv"\n' + BARE


@a_place(WITH_USE, **{"use.csv": USE})
def test_without_services_the_areas_stay_as_they_are(opened: OpenPlace) -> None:
    assert opened.areas is not None
    areas, variables, use = areas_with_use(opened, opened.areas)
    assert areas is opened.areas
    assert list(variables) == ["Old", "Young"]
    assert use is None


@a_place(WITH_USE + '[segments.use]\n"Home care" = "Care"\n', **{"use.csv": USE})
def test_customers_of_a_service_are_one_more_variable(opened: OpenPlace) -> None:
    assert opened.areas is not None
    before = list(opened.areas.columns)
    areas, variables, use = areas_with_use(opened, opened.areas)
    assert variables["Home care"].endswith(" / population")
    assert areas["Home care"].tolist() == [1.0 + n % 3 for n in range(32)]
    assert list(opened.areas.columns) == before
    found = find_segments(opened, areas, variables)
    assert list(found.rates) == ["Old", "Young", "Home care"]
    assert points_of(how_blocks(found, use))[1].startswith("Use of 1 service")


@a_place(BARE)
def test_segments_are_those_that_the_library_finds(opened: OpenPlace) -> None:
    assert opened.areas is not None
    options = opened.place.segments
    found = find_segments(opened, opened.areas, dict(options.variables))
    table = pd.DataFrame(opened.areas.drop(columns="geometry"))
    plain = segment_areas(table, options.variables, recipe=recipe_of(options))
    assert found.segments.equals(plain.segments)
    assert points_of(how_blocks(found, None)) == [str(found)]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b'{"schema": 1'])
def test_a_model_that_cannot_be_read_is_named_without_its_folder(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "m.json").write_bytes(content)
    with pytest.raises(SegmentError, match=r"m\.json") as found:
        model_file(tmp_path / "m.json")
    assert str(tmp_path) not in str(found.value)


def test_a_model_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match=r"none\.json"):
        model_file(tmp_path / "none.json")


def test_what_was_filled_pruned_weighed_or_left_out_is_said() -> None:
    areas = pd.DataFrame(
        {
            "area_code": [f"A{n:02}" for n in range(32)],
            "old": [None if n < 2 else float((200, 20)[n % 2] + n) for n in range(32)],
            "young": [(30.0, 150.0)[n % 2] + n for n in range(32)],
            "all": 500.0,
        }
    )
    areas["twin"] = areas["young"] + 1
    variables = {"Old": "old / all", "Young": "young / all", "Twin": "twin / all"}
    left = segment_areas(areas, variables, recipe=RECIPE)
    warned, _ = how_blocks(left, None)
    assert isinstance(warned, Text)
    assert warned.tone == "caution"
    assert warned.paragraphs[0].startswith("2 areas have no segment")
    assert points_of(how_blocks(left, None))[1:] == ["2 areas lack Old, such as A00."]
    changed = SegmentRecipe(
        k=2,
        restarts=2,
        samples=2,
        missing="mean",
        correlated=0.99,
        blocks={"age": Weighed(weight=2, variables=["Old", "Young"])},
    )
    said = points_of(how_blocks(segment_areas(areas, variables, recipe=changed), None))
    assert any("was left out of what makes areas alike: " in each for each in said)
    mean = (100 * areas["old"] / 500).mean()
    assert f"Old was missing in 2 areas and filled with {mean:.3g}, the mean of " in (
        " ".join(said)
    )
    assert said[-1] == "age weighs 2 in all: Old, Young."


@a_place(BARE.replace("k = 2", "levels = [2, 4]"))
def test_groups_are_listed_with_residents_that_went_through_the_door(
    opened: OpenPlace, door: Door
) -> None:
    assert opened.areas is not None
    found = find_segments(opened, opened.areas, dict(opened.place.segments.variables))
    (block,) = tree_blocks(found, opened.areas, door)
    assert isinstance(block, Table)
    frame = block.released.frame
    assert frame["code"].tolist() == ["1a", "1b", "2a", "2b"]
    assert frame["segment"].tolist() == ["1", "1", "2", "2"]
    residents = opened.areas["population"].groupby(found.tree["group"]).sum()
    shown = frame.set_index("code")["residents"]
    assert (shown % 5 == 0).all()
    assert (shown - residents).abs().max() <= 2.5
    flat = segment_areas(
        pd.DataFrame(opened.areas), opened.place.segments.variables, recipe=RECIPE
    )
    assert tree_blocks(flat, opened.areas, door) == []


OUTCOME = '[outcomes]\n"Illness" = "ill / population"\n'
TARGETS = '[targets]\nneed = "Illness"\nareas = 8\n'
DRIVERS = '[drivers]\noutcome = "Illness"\nfactors = ["Old"]\n'


@pytest.mark.parametrize(
    ("opened", "anchors"),
    [
        (("", {}), []),
        ((BARE, {}), ["who", "standing", "share"]),
        ((OUTCOME + BARE, {}), ["who", "standing", "need", "share"]),
        (
            (OUTCOME + DRIVERS + TARGETS + BARE, {}),
            ["who", "standing", "need", "drivers", "targets", "share"],
        ),
    ],
    indirect=["opened"],
)
def test_a_place_has_the_chapters_that_it_asks_for(
    opened: OpenPlace, door: Door, anchors: list[str]
) -> None:
    steps: list[str] = []
    chapters, names = chapters_of(opened, door, steps.append)
    assert [each.section.id for each in chapters] == anchors
    assert bool(names) == bool(anchors)
    assert len(steps) == max(len(anchors) - 1, 0)  # sharing is done in no time


@pytest.mark.parametrize("opened", [(BARE, {})], indirect=True)
def test_segments_that_were_found_elsewhere_are_not_tested_again(
    opened: OpenPlace, door: Door, tmp_path: Path
) -> None:
    assert opened.areas is not None
    made = find_segments(opened, opened.areas, dict(opened.place.segments.variables))
    (tmp_path / "m.json").write_text(shared_model(made).text(), encoding="utf-8")
    toml = HEAD + '[segments]\nmodel = "m.json"\n'
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    with scratch() as work:
        again = open_place(read_place(tmp_path), work)
        chapters, names = chapters_of(again, door, lambda _: None)
        again.engine.close()
    assert [each.section.id for each in chapters] == ["who", "share"]
    assert list(names) == ["1", "2"]
