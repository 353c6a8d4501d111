"""A line goes where its figures are, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import Lines, ReportError, lines
from insight.report.palette import COLOURS
from insight.report.strokes import DASHES, MARKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

TITLES: dict[str, Any] = {"x_title": "Across", "y_title": "Up"}


def runs(svg: str) -> list[np.ndarray]:
    """Return the points of every line of a chart, each a pair of shares from 0 to 1."""
    return [
        np.array(re.findall(r"-?[\d.]+", d), dtype=float).reshape(-1, 2)
        * (1 / 1000, -1 / 320)
        + (0, 1)
        for d in re.findall(r'class="run" d="([^"]+)"', svg)
    ]


def titles(svg: str) -> list[str]:
    """Return what every point says."""
    return [each.text or "" for each in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own SVG


def test_a_line_goes_through_its_figures(released: Callable[..., Released]) -> None:
    table = released({"k": [2, 3, 4], "n": [100, 50, 200]}, counts=["n"], public=["k"])
    (line,) = runs(lines(table, Lines(x="k", y="n", **TITLES)).svg)
    assert line == pytest.approx(np.array([[0, 0.5], [0.5, 0.25], [1, 1]]), abs=1e-3)


def test_each_series_has_a_line_in_the_order_met(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"s": ["b", "a", "b", "a"], "x": [2, 1, 1, 2], "n": [10, 20, 30, 40]},
        public=["x", "n"],
    )
    drawing = lines(table, Lines(x="x", y="n", series="s", **TITLES))
    one, other = runs(drawing.svg)
    assert one[:, 1] == pytest.approx([0.75, 0.25])
    assert other[:, 1] == pytest.approx([0.5, 1])
    assert [key.name for key in drawing.keys] == ["b", "a"]
    assert titles(drawing.svg) == ["b: 1, 30", "b: 2, 10", "a: 1, 20", "a: 2, 40"]


def test_what_is_hidden_or_unknown_breaks_the_line_and_is_said(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"x": [1, 2, 3, 4, 5, 6], "n": [90, 80, 3, 70, None, 60]},
        counts=["n"],
        public=["x"],
    )
    drawing = lines(table, Lines(x="x", y="n", **TITLES))
    assert [len(run) for run in runs(drawing.svg)] == [2, 1, 1]
    assert len(titles(drawing.svg)) == 4
    assert "3, [c]" not in drawing.svg
    assert drawing.note == (
        "Of 6 points, 1 is hidden to protect people and 1 is not known: a line has a "
        "gap there."
    )


def test_a_hidden_figure_moves_nothing(released: Callable[..., Released]) -> None:
    def drawn(hidden: int) -> str:
        frame = {"x": [1, 2, 3], "n": [90, hidden, 70]}
        table = released(frame, counts=["n"], public=["x"])
        return lines(table, Lines(x="x", y="n", **TITLES)).svg

    assert drawn(1) == drawn(7)


def test_an_interval_is_a_band_where_both_ends_are_known(
    released: Callable[..., Released],
) -> None:
    table = released(
        {
            "x": [1, 2, 3, 4],
            "v": [4.0, 5, 6, 7],
            "lo": [3.0, 4, None, 6],
            "hi": [5.0, 6, 7, 10],
        },
        public=["x", "v", "lo", "hi"],
    )
    svg = lines(table, Lines(x="x", y="v", low="lo", high="hi", **TITLES)).svg
    bands = re.findall(r'class="band" d="M([^"]+)z"', svg)
    assert [band.count("L") + 1 for band in bands] == [4, 2]
    assert len(runs(svg)) == 1
    assert "1, 4 (3 to 5)" in titles(svg)
    with pytest.raises(ReportError, match="needs both ends"):
        lines(table, Lines(x="x", y="v", low="lo", **TITLES))


def test_a_diagonal_goes_from_corner_to_corner_of_equal_axes(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"a_share": [0.2, 0.5], "b_share": [0.1, 0.4]}, public=["a_share", "b_share"]
    )
    columns = Lines(x="a_share", y="b_share", diagonal=True, **TITLES)
    drawing = lines(table, columns)
    (line,) = runs(drawing.svg)
    assert line == pytest.approx(np.array([[0.4, 0.2], [1, 0.8]]))
    assert '<line class="even" x2="100%" y1="320" y2="0"/>' in drawing.svg
    assert [key.name for key in drawing.keys] == ["Up", "No better than chance"]
    said = lines(table, Lines(x="a_share", y="b_share", diagonal="As hoped", **TITLES))
    assert said.keys[-1].name == "As hoped"


def test_short_names_stand_at_the_ends_without_touching(
    released: Callable[..., Released],
) -> None:
    frame = pd.DataFrame(
        [(f"s{at}", x, 100 + at) for at in range(6) for x in (1, 2)],
        columns=["s", "x", "n"],
    )
    table = released(frame, public=["x", "n"])
    svg = lines(table, Lines(x="x", y="n", series="s", **TITLES)).svg
    ends = [
        (float(each.get("y") or 0), each.text)
        for each in ET.fromstring(svg).iter("text")  # noqa: S314 - our own SVG
        if each.get("class") == "end"
    ]
    assert [name for _, name in ends] == [f"s{at}" for at in (5, 4, 3, 2, 1, 0)]
    assert min(np.diff([y for y, _ in ends])) >= 15.9
    long = released(frame.replace("s0", "a long name"), public=["x", "n"])
    svg = lines(long, Lines(x="x", y="n", series="s", **TITLES)).svg
    assert 'class="end"' not in svg


def test_labels_across_stand_in_the_order_met(
    released: Callable[..., Released],
) -> None:
    table = released({"year": ["2008-09", "2009-10"], "n": [1, 2]}, public=["n"])
    (line,) = runs(lines(table, Lines(x="year", y="n", **TITLES)).svg)
    assert line[:, 0].tolist() == [0, 1]


def test_of_a_long_line_some_points_are_marked(
    released: Callable[..., Released],
) -> None:
    table = released({"x": range(500), "n": range(500)}, public=["x", "n"])
    svg = lines(table, Lines(x="x", y="n", **TITLES)).svg
    assert len(runs(svg)[0]) == 500
    assert 6 <= len(titles(svg)) <= 9


def test_eight_lines_differ_in_more_than_colour() -> None:
    shapes = {(mark, hollow) for hollow in (False, True) for mark in MARKS}
    assert len(shapes) == len(set(DASHES)) == len(COLOURS)


def test_names_are_escaped(released: Callable[..., Released]) -> None:
    table = released({"s": ["<b>&"], "x": [1], "n": [2]}, public=["x", "n"])
    svg = lines(table, Lines(x="x", y="n", series="s", **TITLES)).svg
    assert "<b>" not in svg
    assert titles(svg) == ["<b>&: 1, 2"]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"x": "m", "y": "n"}, "no column 'm'"),
        ({"x": "x", "y": "s"}, "'s' of 't' holds labels"),
        ({"x": "x", "y": "n", "series": "s"}, "9 lines cannot be told apart"),
    ],
)
def test_columns_that_cannot_be_drawn_are_refused(
    released: Callable[..., Released], columns: dict[str, str], why: str
) -> None:
    names = [f"s{at}" for at in range(9)]
    table = released({"s": names, "x": range(9), "n": range(9)}, public=["x", "n"])
    with pytest.raises(ReportError, match=why):
        lines(table, Lines(**columns, **TITLES))


def test_a_chart_of_nothing_is_an_empty_ground(
    released: Callable[..., Released],
) -> None:
    table = released({"s": pd.Series(dtype="str"), "x": [], "n": []}, public=["x", "n"])
    drawing = lines(table, Lines(x="x", y="n", series="s", **TITLES))
    assert runs(drawing.svg) == []
    assert drawing.note == ""


NUMBERS = st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-6)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=8))
def test_no_point_leaves_the_ground_and_rows_may_come_in_any_order(
    released: Callable[..., Released], rows: list[tuple[float, float, float]]
) -> None:
    frame = pd.DataFrame(
        [(x, y, *sorted((low, y))) for x, y, low in rows], columns=["x", "y", "l", "h"]
    ).drop_duplicates("x")
    columns = Lines(x="x", y="y", low="l", high="h", **TITLES)
    table = released(frame, public=["x", "y", "l", "h"])
    svg = lines(table, columns).svg
    for line in runs(svg):
        assert line.min() >= -1e-3
        assert line.max() <= 1 + 1e-3
    other = replace(table, frame=table.frame[::-1], hidden=table.hidden[::-1])
    assert lines(other, columns).svg == svg
