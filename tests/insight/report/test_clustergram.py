"""A clustergram shows every segment of every solution, and who moves between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import ReportError, clustergram

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

NODES = pd.DataFrame(
    [(1, "all", 0.0, 400), (2, "a", -1.0, 300), (2, "b", 3.0, 100)],
    columns=["k", "segment", "value", "size"],
)
LINKS = pd.DataFrame(
    [(1, "all", "b", 100), (1, "all", "a", 300)],
    columns=["k", "source", "target", "size"],
)


def drawn(
    released: Callable[..., Released],
    nodes: pd.DataFrame = NODES,
    links: pd.DataFrame = LINKS,
) -> Any:  # noqa: ANN401 - a drawing
    """Release nodes and links, and draw them."""
    one = released(
        nodes.to_dict("list"), public=["k"], counts=["size"], measures={"value": "size"}
    )
    return clustergram(
        one, released(links.to_dict("list"), public=["k"], counts=["size"])
    )


def circles(svg: str) -> list[tuple[float, float, float]]:
    """Return place across, place down and radius of every circle."""
    return [
        (
            float((each.get("cx") or "").removesuffix("%")),
            float(each.get("cy") or 0),
            float(each.get("r") or 0),
        )
        for each in ET.fromstring(svg).iter("circle")  # noqa: S314 - our own SVG
    ]


def test_each_segment_is_a_circle_at_its_k_and_value(
    released: Callable[..., Released],
) -> None:
    (x1, _, whole), (x2, low, three), (x3, high, one) = circles(drawn(released).svg)
    assert (x1, x2, x3) == (0, 100, 100)
    assert low > high  # a lower value is further down
    assert whole / three == pytest.approx((4 / 3) ** 0.5, abs=0.02)  # by area
    assert whole / one == pytest.approx(2, abs=0.02)


def test_a_link_is_as_wide_as_it_is_large_and_the_widest_is_lowest(
    released: Callable[..., Released],
) -> None:
    widths = re.findall(
        r'class="link"[^>]*stroke-width="([\d.]+)"', drawn(released).svg
    )
    first, second = map(float, widths)
    assert first == pytest.approx(3 * second, abs=0.2)


def test_segments_of_the_last_solution_are_named(
    released: Callable[..., Released],
) -> None:
    svg = drawn(released).svg
    assert re.findall(r'class="end"[^>]*>([^<]*)<', svg) == ["b", "a"]
    assert "2 segments, b: 100" in svg
    assert "all to b: 100" in svg


def test_a_hidden_size_is_hollow_or_dashed_and_said(
    released: Callable[..., Released],
) -> None:
    nodes = pd.concat([NODES, pd.DataFrame([(2, "c", 1.0, 3)], columns=NODES.columns)])
    links = pd.concat(
        [LINKS, pd.DataFrame([(1, "all", "c", 3)], columns=LINKS.columns)]
    )
    drawing = drawn(released, nodes, links)
    assert len(circles(drawing.svg)) == 3  # its value is hidden with its size
    assert drawing.svg.count('class="link"') == 2
    assert "1 segments are not drawn" in drawing.note
    few = drawn(released, NODES, LINKS.assign(size=[4, 300]))
    assert few.svg.count("stroke-dasharray") == 1
    assert few.note == ("1 links are dashed, their size being hidden or not known.")


def test_one_solution_alone_is_drawn(released: Callable[..., Released]) -> None:
    assert len(circles(drawn(released, NODES[:1], LINKS[:0]).svg)) == 1


@pytest.mark.parametrize(
    ("nodes", "links", "why"),
    [
        (NODES[:0], LINKS[:0], "has no rows"),
        (pd.concat([NODES, NODES]), LINKS, "'all' occurs twice in one solution"),
        (NODES, LINKS.assign(target="z"), "from 'all' to 'z' has no node"),
        (NODES, LINKS.assign(k=2), r"that of its source, one of \['1'\]"),
    ],
)
def test_nodes_and_links_that_do_not_meet_are_refused(
    released: Callable[..., Released],
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    why: str,
) -> None:
    with pytest.raises(ReportError, match=why):
        drawn(released, nodes, links)


def test_a_wrong_column_is_named(released: Callable[..., Released]) -> None:
    table = released({"k": [1]}, public=["k"])
    with pytest.raises(ReportError, match="no column 'segment'"):
        clustergram(table, table)


def test_names_are_escaped(released: Callable[..., Released]) -> None:
    svg = drawn(released, NODES.replace("b", "<b>"), LINKS.replace("b", "<b>")).svg
    assert "<b>" not in svg


@given(st.permutations(range(3)), st.permutations(range(2)))
def test_the_order_of_rows_does_not_matter_to_what_is_seen(
    released: Callable[..., Released], one: list[int], other: list[int]
) -> None:
    again = drawn(released, NODES.iloc[one], LINKS.iloc[other]).svg
    assert sorted(circles(again)) == sorted(circles(drawn(released).svg))
    assert again.count('class="link"') == 2
