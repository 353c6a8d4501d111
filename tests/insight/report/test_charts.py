"""Bars as long as their figures, and a grid that counts each pair once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import Bars, Matrix, ReportError, bars
from insight.report.charts import _round_up
from insight.report.grids import shaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released


def per_cent(node: ET.Element, name: str) -> float:
    """Return an attribute such as "12.5%" as a number."""
    return float((node.get(name) or "").removesuffix("%"))


def rects(svg: str) -> list[ET.Element]:
    """Return the bars of a chart."""
    return list(ET.fromstring(svg).iter("rect"))  # noqa: S314 - our own SVG


def test_a_bar_is_as_long_as_its_figure(released: Callable[..., Released]) -> None:
    table = released({"who": ["a", "b"], "n": [100, 50]}, counts=["n"])
    long, short = rects(bars(table, Bars(label="who", value="n")).svg)
    assert per_cent(long, "width") == 2 * per_cent(short, "width") == 100


def test_bars_of_an_index_start_at_a_hundred(released: Callable[..., Released]) -> None:
    table = released({"who": ["a", "b"], "index": [150.0, 50.0]}, public=["index"])
    up, down = rects(bars(table, Bars(label="who", value="index", middle=100)).svg)
    assert (per_cent(up, "x"), per_cent(up, "width")) == (50, 50)
    assert (per_cent(down, "x"), per_cent(down, "width")) == (0, 50)


def test_an_index_never_has_an_axis_below_nought(
    released: Callable[..., Released],
) -> None:
    table = released({"who": ["a", "b"], "index": [448.0, 33.0]}, public=["index"])
    svg = bars(table, Bars(label="who", value="index", middle=100)).svg
    ticks = [
        text.text
        for text in ET.fromstring(svg).iter("text")  # noqa: S314 - our own SVG
        if text.get("class") == "tick"
    ]
    assert ticks == ["0", "100", "500"]


def test_a_hidden_figure_has_no_bar(released: Callable[..., Released]) -> None:
    table = released({"who": ["a", "b"], "n": [100, 3]}, counts=["n"])
    svg = bars(table, Bars(label="who", value="n")).svg
    assert len(rects(svg)) == 1
    assert ">[c]<" in svg


def test_a_long_name_leaves_room_for_its_figure(
    released: Callable[..., Released],
) -> None:
    table = released({"who": ["x" * 90], "n": [1_000_000]}, counts=["n"])
    svg = bars(table, Bars(label="who", value="n")).svg
    name, figure = (
        text.text or ""
        for text in ET.fromstring(svg).iter("text")  # noqa: S314 - our own SVG
        if text.get("class") in {"name", "figure"}
    )
    assert (figure, len(name + figure)) == ("1m", 45)
    assert "x" * 90 in svg


def test_an_interval_is_a_whisker(released: Callable[..., Released]) -> None:
    table = released(
        {"who": ["a", "b"], "v": [40.0, 20.0], "lo": [30.0, None], "hi": [50.0, 60.0]},
        public=["v", "lo", "hi"],
    )
    columns = Bars(label="who", value="v", low="lo", high="hi")
    svg = bars(table, columns).svg
    assert svg.count('class="whisker"') == 1  # one end of the other is not known
    with pytest.raises(ReportError, match="needs both ends"):
        bars(table, Bars(label="who", value="v", low="lo"))


def test_bars_carry_their_segment_and_escape_their_names(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"who": ["<script>" * 9], "code": ['"1"'], "n": [90]},
        counts=["n"],
        labels=["code"],
    )
    svg = bars(table, Bars(label="who", value="n", segment="code")).svg
    assert "<script>" not in svg
    assert ET.fromstring(svg).find(".//g[@data-segment]") is not None  # noqa: S314 - our own SVG


def test_a_chart_of_no_rows_is_an_empty_axis(released: Callable[..., Released]) -> None:
    table = released({"who": [], "n": []}, counts=["n"])
    assert rects(bars(table, Bars(label="who", value="n")).svg) == []


def test_a_wrong_column_is_named(released: Callable[..., Released]) -> None:
    with pytest.raises(ReportError, match="no column 'm'"):
        bars(released({"n": [9]}, counts=["n"]), Bars(label="n", value="m"))


def test_a_grid_keeps_one_order_down_and_across(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"a": ["x", "y", "x"], "b": ["y", "x", "z"], "n": [100, 3, 25]}, counts=["n"]
    )
    block = Matrix(
        released=table, rows="a", columns="b", count="n", title="T", corner=""
    )
    grid = shaded(block)
    assert (grid.down, grid.across) == (("x", "y"), ("x", "y", "z"))
    texts = [[cell.text for cell, _ in row] for row in grid.cells]
    assert texts == [["", "100", "25"], ["[c]", "", ""]]
    assert grid.cells[0][1][1] == 5
    assert grid.cells[1][0][1] == 0  # what is hidden has the lightest shade


def test_a_pair_that_occurs_twice_is_refused(released: Callable[..., Released]) -> None:
    table = released({"a": ["x", "x"], "b": ["y", "y"], "n": [10, 20]}, counts=["n"])
    block = Matrix(
        released=table, rows="a", columns="b", count="n", title="T", corner=""
    )
    with pytest.raises(ReportError, match="occurs twice"):
        shaded(block)


@given(st.floats(1e-9, 1e12))
def test_an_axis_ends_at_a_round_number_not_far_off(value: float) -> None:
    end = _round_up(value)
    assert value * (1 - 1e-9) <= end <= 2.6 * value


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_no_bar_leaves_the_chart(values: list[float]) -> None:
    frame = {"who": [f"w{at}" for at in range(len(values))], "v": values}
    table = _released(frame)
    for rect in rects(bars(table, Bars(label="who", value="v")).svg):
        assert per_cent(rect, "x") >= 0
        assert per_cent(rect, "x") + per_cent(rect, "width") <= 100.02


def _released(frame: dict[str, list[object]]) -> Released:
    """Release public figures, without a fixture that Hypothesis would frown on."""
    from pathlib import Path  # noqa: PLC0415 - only here
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only here

    import pandas as pd  # noqa: PLC0415 - only here

    from insight.release import RULES, Door, Sheet, release  # noqa: PLC0415 - only here

    with TemporaryDirectory() as folder:
        door = Door(Path(folder), RULES["none"], "Anytown", synthetic=True)
        sheet = Sheet(name="t", title="T", public=["v"])
        return release(door, pd.DataFrame(frame), sheet)
