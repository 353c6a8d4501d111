"""Lay out a directed graph with Graphviz, and hand back places only.

Graphviz is given numbered boxes and nothing a person wrote: every box and every label
has a size worked out here, so that no font of this machine changes the result and no
text can be taken for a command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pygraphviz

from insight.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Area", "Layout", "Line", "Size", "lay_out", "meet", "route"]

Size: TypeAlias = tuple[float, float]
Point: TypeAlias = tuple[float, float]
Area: TypeAlias = tuple[float, float, float, float]
"""Middle, width and height of a box."""

PER_INCH: Final = 72
STEPS: Final = 8
ONE_AT_A_TIME: Final = Lock()
"""Graphviz keeps state of its own and is not safe in two threads."""

LABEL: Final = (
    '<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    '<TR><TD FIXEDSIZE="TRUE" WIDTH="{}" HEIGHT="{}"></TD></TR></TABLE>>'
)


@dataclass(frozen=True)
class Line:
    """Where an edge runs: a curve of cubic pieces, its tip, and its label's middle."""

    curve: Sequence[Point]
    tip: Point
    label: Point

    def moved(self, left: float, up: float) -> Line:
        """Return the line, so far to the left and so far up."""
        curve = [(x - left, y - up) for x, y in self.curve]
        (tip_x, tip_y), (x, y) = self.tip, self.label
        return Line(curve, (tip_x - left, tip_y - up), (x - left, y - up))

    @property
    def path(self) -> str:
        """Return the curve as SVG has it."""
        (x, y), *rest = self.curve
        return f"M{x:.1f} {y:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in rest)

    def points(self) -> list[Point]:
        """Return points along the line, close enough together to tell its extent."""
        points = [self.curve[0]]
        for first in range(0, len(self.curve) - 3, 3):
            piece = self.curve[first : first + 4]
            for step in range(1, STEPS + 1):
                t = step / STEPS
                parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
                x, y = (
                    sum(part * at[way] for part, at in zip(parts, piece, strict=True))
                    for way in (0, 1)
                )
                points.append((x, y))
        return [*points, self.tip]


@dataclass(frozen=True)
class Layout:
    """Where everything is, in pixels from the top left."""

    size: Size
    nodes: Sequence[Point]
    edges: Sequence[Line]


def lay_out(
    boxes: Sequence[Size],
    edges: Sequence[tuple[int, int]],
    labels: Sequence[Size],
    weights: Sequence[int],
    *,
    direction: Literal["LR", "TB"],
) -> Layout:
    """Return where boxes, lines and labels of a directed graph go.

    Parameters
    ----------
    boxes
        Width and height of each node, in pixels. A cycle is drawn from the node
        that comes first.
    edges
        Positions of the two ends among `boxes`; loops, cycles and parallel edges are
        allowed.
    labels
        Width and height of each edge's label, in pixels.
    weights
        How much each edge wants to be short and straight, from 0.
    direction
        "LR" from left to right, "TB" from top to bottom.

    Raises
    ------
    ReportError
        If there is nothing to lay out.

    Examples
    --------
    >>> boxes = [(80, 30), (80, 30)]
    >>> layout = lay_out(boxes, [(0, 1)], [(40, 16)], [1], direction="TB")
    >>> layout.nodes[0][1] < layout.nodes[1][1]
    True
    """
    if not boxes:
        msg = "There is no activity to draw. Give at least one edge."
        raise ReportError(msg)
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(rankdir=direction, nodesep="0.3", ranksep="0.35")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for place, (width, height) in enumerate(boxes):
        graph.add_node(f"n{place}", width=width / PER_INCH, height=height / PER_INCH)
    drawn = zip(edges, labels, weights, strict=True)
    for place, ((start, end), size, weight) in enumerate(drawn):
        label = LABEL.format(*map(round, size))
        ends = (f"n{start}", f"n{end}")
        graph.add_edge(*ends, key=f"e{place}", label=label, weight=weight)
    with ONE_AT_A_TIME:
        graph.layout(prog="dot")
    places = [graph.get_node(f"n{place}").attr["pos"] for place in range(len(boxes))]
    lines = [
        _line(graph.get_edge(f"n{start}", f"n{end}", f"e{place}").attr)
        for place, (start, end) in enumerate(edges)
    ]
    return _from_top_left([_point(place) for place in places], boxes, lines, labels)


def route(
    boxes: Sequence[Area], edges: Sequence[tuple[int, int, str, str]]
) -> list[Line]:
    """Return lines that lead around boxes which have their places already.

    Parameters
    ----------
    boxes
        In pixels from the top left, none over another.
    edges
        Positions of the two ends among `boxes`, and the side where the line leaves
        the first and meets the second: "n", "e", "s" or "w".

    Examples
    --------
    >>> boxes = [(40.0, 20.0, 80.0, 30.0), (200.0, 20.0, 80.0, 30.0)]
    >>> line, = route(boxes, [(0, 1, "e", "w")])
    >>> line.curve[0], line.tip
    ((80.0, 20.0), (160.0, 20.0))
    """
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(splines="true", esep="+6", inputscale=PER_INCH)
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for at, (x, y, width, height) in enumerate(boxes):
        size = {"width": width / PER_INCH, "height": height / PER_INCH}
        graph.add_node(f"n{at}", pos=f"{x},{-y}!", **size)
    for at, (start, end, leaves, meets) in enumerate(edges):
        sides = {"tailport": leaves, "headport": meets}
        graph.add_edge(f"n{start}", f"n{end}", key=f"e{at}", **sides)
    with ONE_AT_A_TIME:
        graph.layout(prog="neato")
    x, y = _point(graph.get_node("n0").attr["pos"])
    left, top = x - boxes[0][0], y - boxes[0][1]
    return [
        _line(graph.get_edge(f"n{start}", f"n{end}", f"e{at}").attr).moved(left, top)
        for at, (start, end, _, _) in enumerate(edges)
    ]


def meet(one: Area, other: Area) -> bool:
    """Say whether two areas, by middle and size, lie over each other.

    Examples
    --------
    >>> meet((0, 0, 10, 10), (9, 0, 10, 10)), meet((0, 0, 10, 10), (10, 0, 10, 10))
    (True, False)
    """
    return (
        abs(one[0] - other[0]) < (one[2] + other[2]) / 2
        and abs(one[1] - other[1]) < (one[3] + other[3]) / 2
    )


def _from_top_left(
    nodes: Sequence[Point],
    boxes: Sequence[Size],
    lines: Sequence[Line],
    labels: Sequence[Size],
) -> Layout:
    """Return the layout moved so that all that is drawn begins at nought."""
    middles = [*nodes, *(line.label for line in lines)]
    corners = [
        (x + way * width / 2, y + way * height / 2)
        for (x, y), (width, height) in zip(middles, [*boxes, *labels], strict=True)
        for way in (-1, 1)
    ]
    drawn = [*corners, *(at for line in lines for at in line.points())]
    left, top = (min(each) for each in zip(*drawn, strict=True))
    right, bottom = (max(each) for each in zip(*drawn, strict=True))

    return Layout(
        size=(right - left, bottom - top),
        nodes=[(x - left, y - top) for x, y in nodes],
        edges=[line.moved(left, top) for line in lines],
    )


def _numbers(text: str) -> list[float]:
    """Return the numbers in a position of Graphviz."""
    return [float(each) for each in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", text)]


def _point(text: str) -> Point:
    """Return one position; Graphviz counts upwards, a page downwards."""
    x, y = _numbers(text)
    return x, -y


def _line(attributes: Mapping[str, str]) -> Line:
    """Return an edge's curve and tip from "e,x,y x0,y0 x1,y1 ..."."""
    position = attributes["pos"].replace("\\\n", "").replace("\n", " ")
    first, *rest = position.split(";")[0].split()
    curve = [_point(each) for each in rest]
    middle = curve[len(curve) // 2]
    return Line(
        curve=curve,
        tip=_point(first.removeprefix("e,")),
        label=_point(attributes["lp"]) if attributes["lp"] else middle,
    )
