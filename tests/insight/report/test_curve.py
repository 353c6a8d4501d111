"""An emotion curve says how each stage felt, in words as well as in height."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import ReportError, emotion_curve
from insight.report.plots import Plot

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

FELT = {"public": ["emotion"]}
STAGES = {
    "stage": ["asking", "waiting", "settling"],
    "emotion": pd.array([0, -1.5, 2], "Float64"),
    "pain": [None, "Eight weeks gone", None],
}


def titles(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own SVG


def test_each_stage_says_its_figure_and_its_feeling(
    released: Callable[..., Released],
) -> None:
    drawing = emotion_curve(released(STAGES, **FELT))
    assert titles(drawing.svg)[:3] == [
        "asking: 0, neither",
        "waiting: -1.5, very bad",
        "settling: +2, very good",
    ]
    for feeling in ("very bad -2", "bad -1", "neither 0", "good +1", "very good +2"):
        assert f">{feeling}</text>" in drawing.svg


def test_pains_are_numbered_and_told_in_the_key(
    released: Callable[..., Released],
) -> None:
    drawing = emotion_curve(released(STAGES, **FELT))
    assert [key.name for key in drawing.keys] == ["Eight weeks gone"]
    assert drawing.svg.count('class="pain"') == 1


def test_a_gap_breaks_the_line_and_is_counted(
    released: Callable[..., Released],
) -> None:
    stages = ["a", "b", "c", "d", "e"]
    felt = pd.array([1, 1, None, 1, 1], "Float64")
    drawing = emotion_curve(released({"stage": stages, "emotion": felt}, **FELT))
    assert drawing.svg.count('class="run"') == 2
    assert drawing.note == "At 1 stages it is not known how it felt."


def test_several_maps_have_a_line_and_a_key_each(
    released: Callable[..., Released],
) -> None:
    rows = {"map": ["A", "A", "B"], "stage": ["x", "y", "y"], "emotion": [1, -1, 2]}
    drawing = emotion_curve(released(rows, **FELT))
    assert [key.name for key in drawing.keys] == ["A", "B"]
    assert isinstance(drawing.shapes, Plot)
    assert drawing.shapes.series == {"A": [1, -1], "B": [None, 2]}


def test_a_median_has_its_range(released: Callable[..., Released]) -> None:
    rows = {"stage": ["x", "y"], "emotion": [0, 1], "low": [-1, 0], "high": [1, 2]}
    svg = emotion_curve(released(rows, public=["emotion", "low", "high"])).svg
    assert svg.count('class="band"') == 1


def test_what_cannot_be_drawn_is_refused(released: Callable[..., Released]) -> None:
    with pytest.raises(ReportError, match="not from -2 to \\+2"):
        emotion_curve(released({"stage": ["a"], "emotion": [3]}, **FELT))
    with pytest.raises(ReportError, match="one map has the stage 'a' twice"):
        emotion_curve(released({"stage": ["a", "a"], "emotion": [1, 1]}, **FELT))
    maps = {"map": [*"abcdefghi"], "stage": ["x"] * 9, "emotion": [1] * 9}
    with pytest.raises(ReportError, match="9 maps cannot be told apart"):
        emotion_curve(released(maps, **FELT))
    with pytest.raises(ReportError, match="no column 'emotion'"):
        emotion_curve(released({"stage": ["a"]}))


@given(st.lists(st.floats(-2, 2) | st.none(), min_size=1, max_size=20))
def test_every_known_stage_is_marked_inside_the_drawing(
    released: Callable[..., Released], felt: list[float | None]
) -> None:
    stages = [f"stage {at}" for at in range(len(felt))]
    emotion = pd.array(felt, "Float64")
    svg = emotion_curve(released({"stage": stages, "emotion": emotion}, **FELT)).svg
    marks = re.findall(r'<g transform="translate\(([\d.]+) ([\d.]+)\)"><title>', svg)
    assert len(marks) == sum(each is not None for each in felt)
    whole = re.search(r'width="(\d+)" height="(\d+)"', svg)
    assert whole
    assert all(
        0 < float(x) < int(whole[1]) and 0 < float(y) < int(whole[2]) for x, y in marks
    )
