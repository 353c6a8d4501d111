"""A map shows every area once, in its segment's group, and stays small."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from insight.report import ReportError, segment_map

NAMES = {"1": "Older owners", "2": "Students"}


def squares(many: int, *, side: float = 1000, crs: str | None = "EPSG:27700") -> object:
    """Return a row of squares, called E0, E1, ..."""
    shapes = [shapely.box(at * side, 0, (at + 1) * side, side) for at in range(many)]
    index = pd.Index([f"E{at}" for at in range(many)], name="area_code")
    return gpd.GeoDataFrame(geometry=shapes, index=index, crs=crs)


def titles(svg: str) -> list[str]:
    """Return the title of every area."""
    return [each.text or "" for each in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own SVG


def test_each_area_is_drawn_once_in_its_group() -> None:
    segments = pd.Series({"E2": "1", "E0": "2", "E1": "1"})
    drawing = segment_map(squares(3), segments, NAMES)
    root = ET.fromstring(drawing.svg)  # noqa: S314 - our own SVG
    groups = {group.get("data-segment"): group for group in root.iter("g")}
    drawn = [group for group in root.iter("g") if group.find("path") is not None]
    assert sorted(titles(drawing.svg)) == [
        "E0: 2 Students",
        "E1: 1 Older owners",
        "E2: 1 Older owners",
    ]
    assert {group.get("data-segment") for group in drawn} == set(groups) == {"1", "2"}
    assert [(key.style, key.code) for key in drawing.keys] == [(1, "1"), (2, "2")]


def test_an_area_in_no_segment_is_grey_and_in_the_key() -> None:
    drawing = segment_map(squares(2), pd.Series({"E0": "1", "E1": None}), NAMES)
    assert 'class="s0" data-segment=""' in drawing.svg
    assert drawing.keys[-1].style == 0


def test_an_area_without_a_boundary_is_counted_and_not_drawn() -> None:
    areas = squares(3)
    areas.loc["E2", "geometry"] = None
    drawing = segment_map(areas, pd.Series({"E0": "1", "E1": "1", "E2": "1"}), NAMES)
    assert len(titles(drawing.svg)) == 2
    assert drawing.note == "1 areas have no boundary and are not drawn."


def test_neighbours_keep_meeting() -> None:
    svg = segment_map(squares(2), pd.Series({"E0": "1", "E1": "2"}), NAMES).svg
    left, right = re.findall(r'<path d="M(\d+) (\d+)l([^"]+)z"', svg)[:2]
    ends = []
    for x, y, moves in (left, right):
        steps = np.array(re.findall(r"-?\d+", moves), dtype=int).reshape(-1, 2)
        points = np.vstack([[int(x), int(y)], steps]).cumsum(axis=0)
        ends.append((points[:, 0].min(), points[:, 0].max()))
    assert ends[0][1] == ends[1][0]


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:27700", "500 m"),
        ("EPSG:4326", None),
        (None, None),
        ("EPSG:2263", "100 m"),
    ],
)
def test_a_scale_bar_is_drawn_where_metres_are_known(
    crs: str | None, words: str | None
) -> None:
    side = 0.01 if crs == "EPSG:4326" else 1000
    svg = segment_map(squares(2, side=side, crs=crs), pd.Series({"E0": "1"}), NAMES).svg
    found = re.search(r'class="scale-text"[^>]*>([^<]*)<', svg)
    assert (found.group(1) if found else None) == words


def test_degrees_are_squeezed_to_their_latitude() -> None:
    one = shapely.box(0, 59.5, 1, 60.5)  # half as wide as high on the ground
    areas = gpd.GeoDataFrame(geometry=[one], index=["E0"], crs="EPSG:4326")
    svg = segment_map(areas, pd.Series({"E0": "1"}), NAMES).svg
    steps = re.findall(r"-?\d+", re.search(r'd="M[^l]*l([^z]+)z', svg).group(1))
    wide = max(abs(int(each)) for each in steps[::2])
    high = max(abs(int(each)) for each in steps[1::2])
    assert wide / high == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        (pd.Series({"E0": "9"}), r"Segments \['9'\] have no name"),
        (pd.Series(["1", "1"], index=["E0", "E0"]), r"more than once in the segments"),
    ],
)
def test_segments_that_cannot_be_drawn_are_refused(
    segments: pd.Series, why: str
) -> None:
    with pytest.raises(ReportError, match=why):
        segment_map(squares(1), segments, NAMES)


def test_a_map_of_nothing_is_refused() -> None:
    areas = squares(1)
    areas["geometry"] = [None]
    with pytest.raises(ReportError, match="None of the 1 areas has a geometry"):
        segment_map(areas, pd.Series({"E0": "1"}), NAMES)


def test_shapes_that_overlap_or_are_no_polygons_are_still_drawn() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    odd = [bow, shapely.box(0, 0, 9, 9), shapely.Point(3, 3), shapely.box(5, 5, 6, 6)]
    areas = gpd.GeoDataFrame(geometry=odd, index=list("abcd"), crs="EPSG:27700")
    drawing = segment_map(areas, pd.Series(dict.fromkeys("abcd", "1")), NAMES)
    assert len(titles(drawing.svg)) == 4


def test_names_are_escaped() -> None:
    areas = squares(1).rename(index={"E0": '<script>"'})
    drawing = segment_map(areas, pd.Series({'<script>"': '"<1>'}), {'"<1>': "<b>&"})
    assert "<script>" not in drawing.svg
    assert "<b>" not in drawing.svg
    assert titles(drawing.svg) == ['<script>": "<1> <b>&']


def test_five_thousand_areas_stay_under_three_megabytes() -> None:
    points = np.random.default_rng(5).uniform(0, 30_000, (5000, 2))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True)
    shapes = shapely.segmentize(shapely.get_parts(cells), 20)
    index = [f"E{at:08d}" for at in range(5000)]
    areas = gpd.GeoDataFrame(geometry=shapes, index=index, crs="EPSG:27700")
    segments = pd.Series([str(1 + at % 2) for at in range(5000)], index=index)
    assert len(segment_map(areas, segments, NAMES).svg) < 3_000_000


@pytest.mark.fixtures
def test_every_output_area_of_leicester_is_on_the_map(fixtures: object) -> None:
    file = f"{fixtures}/segmentation/boundaries/leicester_oa11.parquet"
    areas = gpd.read_parquet(file).set_index("oa_code")
    names = dict(zip(areas["supgrpcode"], areas["supgrpname"], strict=True))
    names = {str(code): name for code, name in names.items()}
    drawing = segment_map(areas, areas["supgrpcode"].astype(str), names)
    assert {title.split(":")[0] for title in titles(drawing.svg)} == set(areas.index)
    assert len(drawing.svg) < 400_000


@given(st.permutations(range(4)))
def test_the_order_of_segments_does_not_matter(order: list[int]) -> None:
    segments = pd.Series({f"E{at}": "12"[at % 2] for at in range(4)})
    areas = squares(4)
    shuffled = segment_map(areas, segments.iloc[order], NAMES)
    assert shuffled == segment_map(areas, segments, NAMES)
