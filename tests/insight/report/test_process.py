"""A process map says every link, whatever its names, loops and cycles."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.report import ReportError, process_map
from insight.report.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

STEPS = {
    "source": ["ask", "assess", "assess", "assess"],
    "target": ["assess", "refer", "assess", "ask"],
    "count": [100, 40, 12, 3],
    "wait": [0.5, 14.0, 2.0, 1.0],
}


def titles(svg: str) -> list[str]:
    """Return every title, lines and boxes alike."""
    return [each.text or "" for each in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own SVG


@pytest.fixture
def steps(released: Callable[..., Released]) -> Released:
    """Return four links, one of them hidden, one a loop."""
    return released(STEPS, counts=["count"], measures={"wait": "count"})


def test_each_link_says_how_often_and_after_how_long(steps: Released) -> None:
    said = titles(process_map(steps, wait="wait").svg)
    assert "ask to assess: 100, 12 hours" in said
    assert "assess to refer: 40, 14 days" in said
    assert "assess to assess: 10, 2 days" in said


def test_a_hidden_link_is_dashed_and_says_nothing(steps: Released) -> None:
    svg = process_map(steps, wait="wait").svg
    assert "assess to ask: [c]" in titles(svg)
    assert svg.count("stroke-dasharray") == 1


def test_what_a_step_costs_is_said_and_given_to_the_sliders(
    released: Callable[..., Released],
) -> None:
    table = released(
        STEPS | {"cost_pence": [123_456, 5_000, 100, 7]},
        counts=["count"],
        measures={"wait": "count", "cost_pence": "count"},
    )
    svg = process_map(table, wait="wait", cost="cost_pence", sliders=True).svg
    assert "ask to assess: 100, 12 hours, £1.2k" in titles(svg)
    drawn = ET.fromstring(svg).iter("g")  # noqa: S314 - our own SVG
    edges = [each for each in drawn if "data-from" in each.attrib]
    figures = {each.get("data-count"): each.attrib for each in edges}
    assert figures["100"]["data-wait"] == "0.5"
    assert figures["100"]["data-cost"].startswith("1234")
    assert not {"data-count", "data-wait", "data-cost"} & set(figures[None])


def test_without_sliders_no_figure_stands_beside_the_lines(steps: Released) -> None:
    assert "data-" not in process_map(steps, wait="wait").svg


def test_the_start_of_the_process_is_drawn_first(steps: Released) -> None:
    boxes = [each for each in titles(process_map(steps).svg) if ":" not in each]
    assert boxes == ["ask", "assess", "refer"]


def test_only_the_most_used_links_are_drawn_and_the_rest_are_counted(
    steps: Released,
) -> None:
    drawing = process_map(steps, limit=2)
    assert len([each for each in titles(drawing.svg) if " to " in each]) == 2
    assert drawing.note == "The 2 most used of 4 links are drawn."


def test_a_long_name_is_cut_in_its_box_and_whole_in_its_title(
    released: Callable[..., Released],
) -> None:
    name = "a review of everything that anybody ever wrote down about this household"
    table = released(
        {"source": [name], "target": ["end"], "count": [9]}, counts=["count"]
    )
    svg = process_map(table).svg
    assert name in titles(svg)
    assert "…</text>" in svg


def test_names_are_escaped(released: Callable[..., Released]) -> None:
    name = "<script>alert('&')</script>"
    table = released(
        {"source": [name], "target": ["\\N %s {}"], "count": [50]}, counts=["count"]
    )
    svg = process_map(table).svg
    assert "<script>" not in svg
    assert name in titles(svg)


def test_links_without_a_named_end_are_left_out(
    released: Callable[..., Released],
) -> None:
    rows = {"source": ["a", None], "target": [None, "b"], "count": [50, 50]}
    with pytest.raises(ReportError, match="no edge with two named ends"):
        process_map(released(rows, counts=["count"]))


def test_a_wrong_column_and_a_wrong_limit_are_refused(steps: Released) -> None:
    with pytest.raises(ReportError, match="no column 'from'"):
        process_map(steps, wait="from")
    with pytest.raises(ReportError, match="with 0 lines"):
        process_map(steps, limit=0)


def test_nothing_is_printed(steps: Released, capfd: pytest.CaptureFixture[str]) -> None:
    process_map(steps, wait="wait")
    assert capfd.readouterr() == ("", "")


def test_a_hundred_and_twenty_links_are_laid_out(
    released: Callable[..., Released],
) -> None:
    rows = {
        "source": [f"step {at % 37}" for at in range(120)],
        "target": [f"step {(at * 7 + 3) % 41}" for at in range(120)],
        "count": [500 - at for at in range(120)],
    }
    svg = process_map(released(rows, counts=["count"]), limit=120).svg
    assert svg.count('class="edge"') == 120


def test_boxes_do_not_overlap() -> None:
    size = (80, 30)
    ends = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0)]
    laid = lay_out([size] * 4, ends, [(40, 16)] * 5, [1] * 5, direction="LR")
    for at, (x, y) in enumerate(laid.nodes):
        for other_x, other_y in laid.nodes[:at]:
            assert abs(x - other_x) >= size[0] or abs(y - other_y) >= size[1]


def test_a_layout_of_nothing_is_refused() -> None:
    with pytest.raises(ReportError, match="no activity to draw"):
        lay_out([], [], [], [], direction="LR")


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        min_size=1,
        max_size=15,
        unique=True,
    )
)
def test_every_line_stays_inside_the_drawing(ends: list[tuple[int, int]]) -> None:
    many = len(ends)
    sizes, labels = [(60.0, 30.0)] * 6, [(30.0, 16.0)] * many
    laid = lay_out(sizes, ends, labels, [1] * many, direction="TB")
    width, height = laid.size
    assert len(laid.edges) == many
    for line in laid.edges:
        assert len(line.curve) % 3 == 1  # whole cubic pieces
        for first in range(0, len(line.curve) - 1, 3):
            for x, y in halved(list(line.curve[first : first + 4]), 4):
                assert -2 <= x <= width + 2
                assert -2 <= y <= height + 2


def halved(piece: list[tuple[float, float]], turns: int) -> list[tuple[float, float]]:
    """Return points on a cubic curve, by halving it again and again."""
    if not turns:
        return [piece[0], piece[3]]
    left, right, points = [piece[0]], [piece[3]], piece
    while len(points) > 1:
        points = [
            ((x + to_x) / 2, (y + to_y) / 2)
            for (x, y), (to_x, to_y) in pairwise(points)
        ]
        left.append(points[0])
        right.insert(0, points[-1])
    return halved(left, turns - 1) + halved(right, turns - 1)


def test_the_drawing_has_no_style_of_its_own_and_no_ids(steps: Released) -> None:
    svg = process_map(steps, wait="wait").svg
    assert not re.search(r"\s(style|id)=", svg)
