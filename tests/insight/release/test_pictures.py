"""Pictures leave as files that stand alone, can be edited, and tell of nobody."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from insight.release import RULES, Door, Released, Sheet, release
from insight.release.pictures import export_pictures
from insight.release.slides import slides_of
from insight.report import (
    Bars,
    Lines,
    Matrix,
    Picture,
    Report,
    Section,
    Table,
    Text,
    bars,
    emotion_curve,
    lines,
    process_map,
    swim_lanes,
    timeline,
)

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
STEPS = {
    "source_agency": ["council", "health", "health"],
    "source": ["ask & tell", "assess", "assess"],
    "target_agency": ["health", "council", "health"],
    "target": ["assess", "ask & tell", "assess"],
    "count": [100, 40, 3],
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    out = tmp_path_factory.mktemp("pictures")
    return Door(out, RULES["nhs_1_7_round5"], "Anytown", synthetic=True)


@pytest.fixture(scope="module")
def report(door: Door) -> Report:
    """Return a report with one of each picture."""

    def of(name: str, columns: dict[str, Any], **said: Any) -> Released:  # noqa: ANN401 - a sheet's own keywords
        sheet = Sheet(name=name, title=name, **said)
        return release(door, pd.DataFrame(columns), sheet)

    steps = of("steps", STEPS, counts=["count"])
    felt = of("felt", {"stage": ["a", "b"], "emotion": [-2, 1]}, public=["emotion"])
    day = {"day": [0, 9], "agency": "council", "activity": "assess"}
    days = of("days", day | {"duplicate": [None, "D1"]}, public=["day"])
    many = {"year": ["2008", "2009"], "n": [90, 3]}
    people = of("people", many, counts=["n"], labels=["year"])

    def picture(drawing: Any, title: str, table: Released) -> Picture:  # noqa: ANN401 - a drawing
        twin = Table(released=table, columns={name: name for name in table.kinds})
        return Picture(drawing=drawing, title=title, alt=f"{title}, told.", twin=twin)

    chart = Lines(x="year", y="n", x_title="Year", y_title="People")
    blocks = [
        Text(["Words are no picture."]),
        picture(process_map(steps, sliders=True), "A process", steps),
        picture(swim_lanes(steps), "Lanes", steps),
        picture(timeline(days), "Days", days),
        picture(emotion_curve(felt), "Feelings", felt),
        picture(bars(people, Bars(label="year", value="n")), "Bars", people),
        picture(lines(people, chart), "Lines", people),
        Matrix(
            released=steps,
            rows="source",
            columns="target_agency",
            count="count",
            title="Grid",
            corner="From, to",
        ),
    ]
    return Report(
        place="Anytown",
        period="2009-10",
        synthetic=True,
        made=datetime(2026, 11, 23, tzinfo=UTC),
        version="0.1.0",
        rule=door.rule,
        sections=[Section("s", "Pictures", "", blocks)],
    )


@pytest.fixture(scope="module")
def written(door: Door, report: Report) -> list[Path]:
    return export_pictures(door, report)


@pytest.fixture(scope="module")
def slides(written: list[Path]) -> dict[str, Any]:
    """Return the slides that were written, by title."""
    return {
        slide.shapes.title.text: slide
        for slide in Presentation(str(written[-1])).slides
    }


def test_every_picture_is_a_file_and_all_are_slides(written: list[Path]) -> None:
    assert [file.name for file in written] == [
        "a-process.svg", "lanes.svg", "days.svg", "feelings.svg", "bars.svg",
        "lines.svg", "pictures.pptx",
    ]  # fmt: skip


def test_each_svg_stands_alone_and_says_what_it_is(written: list[Path]) -> None:
    for file in written[:-1]:
        text = file.read_text("utf-8")
        root = ET.fromstring(text)  # noqa: S314 - our own SVG
        assert root.tag == f"{SVG}svg"
        assert root[0].tag == f"{SVG}title"
        assert root[0].text
        assert "Synthetic data" in (root[1].text or "")
        assert "counts of people from 1 to 7 are hidden" in (root[1].text or "")
        assert not re.search(
            r"(href|src=|url\((?!#)|@import|<script|var\(|calc\()", text
        )


def test_the_same_report_gives_the_same_bytes(
    written: list[Path], report: Report, door: Door
) -> None:
    before = [file.read_bytes() for file in written]
    assert [file.read_bytes() for file in export_pictures(door, report)] == before


def test_slides_say_source_rule_and_what_they_show(slides: dict[str, Any]) -> None:
    assert list(slides) == [
        "A process", "Lanes", "Days", "Feelings", "Bars", "Lines", "Grid",
    ]  # fmt: skip
    for title, slide in slides.items():
        (source,) = (each for each in slide.shapes if each.name == "Source")
        assert "Synthetic data: invented people and places." in source.text_frame.text
        assert "Small numbers: " in source.text_frame.text
        (shown,) = (each for each in slide.shapes if each.name == title)
        said = shown._element.xpath(".//p:cNvPr")[0].get("descr")  # noqa: SLF001 - no public way
        assert said.startswith(title)


def test_maps_are_boxes_joined_by_connectors(slides: dict[str, Any]) -> None:
    for title in ("A process", "Lanes"):
        (group,) = (each for each in slides[title].shapes if each.name == title)
        joined = [each for each in group.shapes if each.element.tag.endswith("cxnSp")]
        texts = [each.text_frame.text for each in group.shapes if each.has_text_frame]
        assert len(joined) == 3
        assert {"ask & tell", "assess", "100", "40", "[c]"} <= set(texts)
        for line in joined:
            assert len(line._element.xpath(".//a:stCxn | .//a:endCxn")) == 2  # noqa: SLF001 - no public way


def test_figures_are_charts_and_what_is_hidden_is_a_gap(
    slides: dict[str, Any],
) -> None:
    for title, values in {"Bars": (90, None), "Lines": (90, None)}.items():
        (chart,) = (each.chart for each in slides[title].shapes if each.has_chart)
        assert tuple(chart.plots[0].series[0].values) == values
    (felt,) = (each.chart for each in slides["Feelings"].shapes if each.has_chart)
    assert tuple(felt.plots[0].series[0].values) == (-2, 1)


def test_grids_are_tables(slides: dict[str, Any]) -> None:
    (grid,) = (each.table for each in slides["Grid"].shapes if each.has_table)
    texts = [[cell.text for cell in row.cells] for row in grid.rows]
    assert texts[0] == ["From, to", "health", "council"]
    assert texts[2] == ["assess", "[c]", "40"]


def test_the_file_says_nobody_made_it_and_no_hour(written: list[Path]) -> None:
    about = Presentation(str(written[-1])).core_properties
    assert (about.author, about.last_modified_by) == ("totalplace", "totalplace")
    assert (
        about.created
        == about.modified
        == datetime(2010, 1, 1, tzinfo=UTC).replace(tzinfo=about.created.tzinfo)
    )
    with zipfile.ZipFile(io.BytesIO(written[-1].read_bytes())) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_what_is_hidden_stands_in_no_file(written: list[Path]) -> None:
    content = written[-1].read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(name) for name in parts.namelist() if "/charts/" in name]
    assert all(b"<c:v>3</c:v>" not in part for part in charts)


def test_a_report_without_pictures_writes_nothing(report: Report, door: Door) -> None:
    assert export_pictures(door, replace(report, sections=[])) == []


@settings(max_examples=10)
@given(st.text(min_size=1, max_size=120))
def test_any_title_makes_a_slide(report: Report, title: str) -> None:
    block = report.sections[0].blocks[3]
    assert isinstance(block, Picture)
    section = Section("s", "Pictures", "", [replace(block, title=title)])
    assert slides_of(replace(report, sections=[section]))[:2] == b"PK"
