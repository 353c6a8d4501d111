"""Swim-lanes put each step in its agency's lane, the commonest way from the left."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.report import ReportError, swim_lanes
from insight.report.diagram import Box, Diagram, fitted
from insight.report.layout import route

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

WAYS = {
    "source_agency": ["council", "council", "health", "health"],
    "source": ["ask", "ask", "assess", "assess"],
    "target_agency": ["health", "council", "council", "health"],
    "target": ["assess", "advise", "ask", "assess"],
    "count": [100, 40, 20, 3],
}


def drawn(table: Released, limit: int = 40) -> Diagram:
    """Return the boxes and links that a drawing was made of."""
    shapes = swim_lanes(table, limit=limit).shapes
    assert isinstance(shapes, Diagram)
    return shapes


def boxes(diagram: Diagram, look: str) -> dict[str, Box]:
    return {box.name: box for box in diagram.boxes if box.look == look}


@pytest.fixture
def ways(released: Callable[..., Released]) -> Released:
    """Return four arrows, one back, one a loop and hidden."""
    return released(WAYS, counts=["count"])


def test_each_step_stands_in_the_lane_of_its_agency(ways: Released) -> None:
    diagram = drawn(ways)
    lanes = boxes(diagram, "lane")
    assert list(lanes) == ["council", "health"]
    for name, step in boxes(diagram, "step").items():
        lane = lanes[name.split(":")[0]]
        assert abs(step.y - lane.y) <= (lane.height - step.height) / 2


def test_a_step_stands_right_of_what_most_often_leads_to_it(ways: Released) -> None:
    steps = boxes(drawn(ways), "step")
    assert steps["council: ask"].x < steps["health: assess"].x
    assert steps["council: ask"].x < steps["council: advise"].x


def test_each_arrow_says_its_ends_and_how_often(ways: Released) -> None:
    svg = ET.fromstring(swim_lanes(ways).svg)  # noqa: S314 - our own SVG
    said = [each.text for each in svg.iter("title")]
    assert "council: ask to health: assess: 100" in said
    assert "health: assess to council: ask: 20" in said
    assert "health: assess to health: assess: [c]" in said


def test_the_same_activity_of_two_agencies_is_two_steps(
    released: Callable[..., Released],
) -> None:
    row = {"source_agency": ["a"], "source": ["x"], "target_agency": ["b"]}
    table = released(row | {"target": ["x"], "count": [50]}, counts=["count"])
    assert list(boxes(drawn(table), "step")) == ["a: x", "b: x"]


def test_only_the_most_used_arrows_are_drawn(ways: Released) -> None:
    drawing = swim_lanes(ways, limit=1)
    assert drawing.note == "The 1 most used of 4 links are drawn."
    assert drawing.svg.count('class="edge"') == 1


def test_what_cannot_be_drawn_is_refused(
    ways: Released, released: Callable[..., Released]
) -> None:
    with pytest.raises(ReportError, match="with 0 lines"):
        swim_lanes(ways, limit=0)
    with pytest.raises(ReportError, match="no column 'source_agency'"):
        swim_lanes(released({"source": ["a"], "count": [9]}, counts=["count"]))
    nobody = released(WAYS | {"target_agency": [None] * 4}, counts=["count"])
    with pytest.raises(ReportError, match="no edge with two named ends"):
        swim_lanes(nobody)


def test_a_line_leads_around_a_box_in_its_way() -> None:
    row = [(at * 160.0, 20.0, 80.0, 30.0) for at in range(3)]
    (line,) = route(row, [(0, 2, "e", "w")])
    assert line.curve[0] == pytest.approx((40, 20))
    assert line.tip == pytest.approx((280, 20))
    inside = [
        (x, y) for x, y in line.points() if abs(x - 160) < 40 and abs(y - 20) < 15
    ]
    assert inside == []


def test_a_name_too_long_for_its_box_is_cut_short() -> None:
    assert fitted("one two three four five six seven", 9)[-1].endswith("…")
    assert fitted("", 9) == [""]


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(*[st.sampled_from("abc"), st.sampled_from("xyz")] * 2),
        min_size=1,
        max_size=10,
        unique=True,
    )
)
def test_no_step_lies_over_another_and_all_lie_inside(
    released: Callable[..., Released], ends: list[tuple[str, str, str, str]]
) -> None:
    columns = dict(zip(list(WAYS)[:4], map(list, zip(*ends, strict=True)), strict=True))
    counts = [10 * (at + 1) for at in range(len(ends))]
    diagram = drawn(released({**columns, "count": counts}, counts=["count"]))
    steps = list(boxes(diagram, "step").values())
    assert {step.name for step in steps} == {
        f"{agency}: {step}" for end in ends for agency, step in (end[:2], end[2:])
    }
    for at, one in enumerate(steps):
        assert 0 <= one.x - one.width / 2 <= one.x + one.width / 2 <= diagram.width
        assert 0 <= one.y - one.height / 2 <= one.y + one.height / 2 <= diagram.height
        for other in steps[:at]:
            assert (
                abs(one.x - other.x) >= (one.width + other.width) / 2
                or abs(one.y - other.y) >= (one.height + other.height) / 2
            )
