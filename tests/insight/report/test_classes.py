"""A map of classes says what stands out, without colour too, and where sites are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from insight.report import MapClass, ReportError, class_map

if TYPE_CHECKING:
    from insight.report import Drawing

LEGEND = [
    MapClass("HH", "More than chance", "hot"),
    MapClass("LL", "Less than chance", "cold"),
    MapClass("ns", "No different", "plain"),
]
CLASSES = pd.Series({"E0": "ns", "E1": "HH", "E2": "LL"})


def squares(many: int = 4, crs: str | None = "EPSG:27700") -> gpd.GeoDataFrame:
    """Return a row of squares of a kilometre, called E0, E1, ..."""
    shapes = [shapely.box(at * 1000, 0, (at + 1) * 1000, 1000) for at in range(many)]
    index = pd.Index([f"E{at}" for at in range(many)], name="area_code")
    return gpd.GeoDataFrame(geometry=shapes, index=index, crs=crs)


def sites(
    status: list[str], points: list[object] | None = None, crs: str = "EPSG:27700"
) -> gpd.GeoDataFrame:
    """Return sites, one in each square unless said."""
    places = points or [
        shapely.Point(at * 1000 + 500, 500) for at in range(len(status))
    ]
    names = [f"site {at}" for at in range(len(status))]
    return gpd.GeoDataFrame({"name": names, "status": status}, geometry=places, crs=crs)


def titles(svg: str) -> list[str]:
    """Return what every area and site says."""
    return [each.text or "" for each in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own SVG


def drawn_sites(drawing: Drawing) -> list[str]:
    """Return the status of each site, in the order drawn."""
    return re.findall(r'class="site is-(\w+)"', drawing.svg)


def test_each_area_is_drawn_once_in_the_tone_of_its_class() -> None:
    drawing = class_map(squares(), CLASSES, LEGEND)
    assert re.findall(r'<g class="(\w+)"><path', drawing.svg) == [
        "s0",
        "plain",
        "cold",
        "hot",  # the first of the legend is drawn last, on top
    ]
    assert sorted(titles(drawing.svg)) == [
        "E0: ns No different",
        "E1: HH More than chance",
        "E2: LL Less than chance",
        "E3: In no class, or left out",
    ]
    assert [key.code for key in drawing.keys] == ["HH", "LL", "ns", ""]
    assert 'class="hot"' in drawing.keys[0].swatch


def test_what_stands_out_carries_its_code_and_what_does_not_carries_none() -> None:
    svg = class_map(squares(), CLASSES, LEGEND).svg
    assert sorted(re.findall(r'class="code"[^>]*>(\w+)<', svg)) == ["HH", "LL"]


def test_no_choice_of_segment_fades_a_class() -> None:
    assert "data-segment" not in class_map(squares(), CLASSES, LEGEND).svg


def test_sites_differ_by_status_and_are_in_the_key() -> None:
    found = sites(["open", "possible", "chosen"])
    drawing = class_map(squares(), CLASSES, LEGEND, sites=found)
    assert drawn_sites(drawing) == ["possible", "open", "chosen"]
    assert "site 2: chosen" in titles(drawing.svg)
    assert [key.name for key in drawing.keys[4:]] == [
        "Site: chosen",
        "Site: open",
        "Site: possible",
    ]
    assert re.findall(r'class="place \w*"[^>]*>([^<]*)<', drawing.svg) == [
        "site 2",
        "site 0",
        "site 1",
    ]


def test_sites_stand_on_the_grid_of_the_areas_in_any_coordinate_system() -> None:
    areas, metres = squares(), sites(["open", "chosen"])
    for each in (areas, metres):  # to where Leicester is, so that degrees are exact
        each["geometry"] = each.translate(450_000, 300_000)
    places = [
        re.findall(r"translate\((\d+) (\d+)\)", drawing.svg)
        for drawing in (
            class_map(areas, CLASSES, LEGEND, sites=metres),
            class_map(areas, CLASSES, LEGEND, sites=metres.to_crs("EPSG:4326")),
        )
    ]
    assert places[0] == [("515", "515"), ("1505", "515")]  # the chosen one on top
    assert places[1] == places[0]


def test_sites_beyond_the_map_or_without_a_place_are_counted() -> None:
    far = sites(["open"] * 3, [shapely.Point(9e6, 0), None, shapely.Point(10, 10)])
    drawing = class_map(squares(), CLASSES, LEGEND, sites=far)
    assert len(drawn_sites(drawing)) == 1
    assert drawing.note == "2 sites lie beyond the map or have no place."


def test_of_many_sites_none_is_named_and_none_stands_on_another_name() -> None:
    many = class_map(squares(30), CLASSES, LEGEND, sites=sites(["open"] * 30))
    assert 'class="place' not in many.svg
    heap = sites(["open"] * 9, [shapely.Point(500, 500)] * 9)
    drawing = class_map(squares(), CLASSES, LEGEND, sites=heap)
    assert 1 <= drawing.svg.count('class="place') <= 4


@pytest.mark.parametrize(
    ("legend", "why"),
    [
        ([*LEGEND, MapClass("X", "X", "hot")], r"have the tone \['hot'\]"),
        ([*LEGEND, MapClass("HH", "X", "warm")], r"have the code \['HH'\]"),
        ([*LEGEND, MapClass("X", "X", "red")], r"tones \['red'\]"),
        ([*LEGEND, MapClass("", "X", "warm")], "a class without a code"),
        (LEGEND[:2], r"Classes \['ns'\] have no name"),
    ],
)
def test_a_legend_in_which_classes_could_be_confused_is_refused(
    legend: list[MapClass], why: str
) -> None:
    with pytest.raises(ReportError, match=why):
        class_map(squares(), CLASSES, legend)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (sites(["shut"]), r"status \['shut'\]; it is one of"),
        (sites(["open"]).drop(columns="name"), r"no columns \['name'\]"),
        (sites(["open"], [shapely.box(0, 0, 1, 1)]), "Sites are points"),
    ],
)
def test_sites_that_cannot_be_drawn_are_refused(
    wrong: gpd.GeoDataFrame, why: str
) -> None:
    with pytest.raises(ReportError, match=why):
        class_map(squares(), CLASSES, LEGEND, sites=wrong)


def test_areas_without_shapes_and_areas_twice_are_refused() -> None:
    empty = squares()
    empty["geometry"] = [None] * 4
    with pytest.raises(ReportError, match="None of the 4 areas has a geometry"):
        class_map(empty, CLASSES, LEGEND)
    with pytest.raises(ReportError, match="more than once in the classes"):
        class_map(squares(), pd.concat([CLASSES, CLASSES]), LEGEND)


def test_names_are_escaped() -> None:
    found = sites(["open"]).assign(name="<script>")
    legend = [MapClass("<b>", "<i>", "hot")]
    drawing = class_map(squares(1), pd.Series({"E0": "<b>"}), legend, sites=found)
    for tag in ("<b>", "<i>", "<script>"):
        assert tag not in drawing.svg


@pytest.mark.fixtures
def test_every_small_area_of_the_nation_stays_within_its_share_of_a_page(
    fixtures: object,
) -> None:
    file = f"{fixtures}/segmentation/boundaries/lsoa21_simplified.parquet"
    areas = gpd.read_parquet(file).set_index("lsoa21_code")
    classes = pd.Series("ns", index=areas.index)
    classes.iloc[::9] = "HH"
    drawing = class_map(areas, classes, LEGEND)
    assert drawing.svg.count("<title>") == len(areas) == 35_672
    assert len(drawing.svg) < 200 * len(areas)
    assert 'class="map fine"' in drawing.svg


@given(st.permutations(range(3)))
def test_the_order_of_classes_and_sites_does_not_matter(order: list[int]) -> None:
    found = sites(["open", "possible", "chosen"])
    once = class_map(squares(), CLASSES, LEGEND, sites=found)
    again = class_map(squares(), CLASSES.iloc[order], LEGEND, sites=found.iloc[order])
    assert once == again
