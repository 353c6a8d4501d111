"""Draw a clustergram: how customers move between segments as there are more of them.

References
----------
.. [1] Schonlau, M. (2002). The clustergram: a graph for visualizing hierarchical and
   non-hierarchical cluster analyses. The Stata Journal 2 (4), 391-402.
   https://doi.org/10.1177/1536867X0200200405
"""

from __future__ import annotations

import math
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import pandas as pd

from insight.report.axes import TALL, Axis, ground, path_of, round_axis, stretched
from insight.report.blocks import Drawing
from insight.report.errors import ReportError
from insight.report.formats import cell_of, check_column
from insight.report.strokes import names_at_ends

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Released

__all__ = ["clustergram"]

THICKEST: Final = 22
THINNEST: Final = 1.0
LARGEST: Final = 11
SMALLEST: Final = 3
MOST: Final = 12
"""Solutions up to which each is named on the axis."""

X_TITLE: Final = "Number of segments (k)"
Y_TITLE: Final = "Mean of the segment, weighted by the first principal component"


class _Node(NamedTuple):
    """One segment of one solution; NaN is hidden or not known."""

    value: float
    size: float
    words: str


_Nodes: TypeAlias = "Mapping[tuple[float, str], _Node]"


def clustergram(nodes: Released, links: Released) -> Drawing:
    """Return a clustergram of released nodes and links.

    Parameters
    ----------
    nodes
        One row for each segment of each solution: `k` (how many segments there are),
        `segment` (its code in that solution), `value` (the mean of its members,
        weighted by the first principal component) and `size` (its members).
    links
        One row for each pair of segments of two solutions that follow each other:
        `k` of the first, `source` in it, `target` in the next, and `size` (the
        members of both).

    Returns
    -------
    drawing
        Areas of circles and widths of links grow with size. Where a size is hidden or
        not known, the circle is hollow and the link dashed, and the note says so. A
        segment of the last solution has its code beside it.

    Raises
    ------
    ReportError
        If a column is not there, there is no node, a node occurs twice, or a link
        has no node at one of its ends.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door, Sheet, release
    >>> nodes = pd.DataFrame(
    ...     {
    ...         "k": [1, 2, 2],
    ...         "segment": ["all", "a", "b"],
    ...         "value": [0.0, -0.5, 0.9],
    ...         "size": [300, 200, 100],
    ...     }
    ... )
    >>> links = pd.DataFrame(
    ...     {"k": [1, 1], "source": "all", "target": ["a", "b"], "size": [200, 100]}
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "X", synthetic=True)
    ...     said = {"title": "Clustergram", "public": ["k", "value", "size"]}
    ...     one = release(door, nodes, Sheet(name="nodes", **said))
    ...     said["public"] = ["k", "size"]
    ...     two = release(door, links, Sheet(name="links", **said))
    >>> drawing = clustergram(one, two)
    >>> drawing.svg.count("<circle"), drawing.svg.count('class="link"')
    (3, 2)
    """
    for name in ("k", "segment", "value", "size"):
        check_column(nodes, name)
    for name in ("k", "source", "target", "size"):
        check_column(links, name)
    found = _nodes(nodes)
    solutions = sorted({k for k, _ in found})
    across = Axis(
        solutions[0],
        max(solutions[-1], solutions[0] + 1),
        [(k, f"{k:g}") for k in solutions[:: 1 + (len(solutions) - 1) // MOST]],
    )
    known = [node.value for node in found.values() if not math.isnan(node.value)]
    up = round_axis(known, "number", from_nought=True)
    ends = [
        (name, across.share(k), node.value)
        for (k, name), node in found.items()
        if k == solutions[-1] and not math.isnan(node.value)
    ]
    drawn = _links(links, found, across, up) + _circles(found, across, up)
    names = names_at_ends(ends, up)
    svg = ground(across, up, (X_TITLE, Y_TITLE), drawn + names, "lines named gram")
    return Drawing(svg=svg, kind="chart", note=_gaps(nodes, links))


def _number(table: Released, row: int, column: str) -> float:
    """Return a figure, or a label that is one; NaN where it is hidden or unknown."""
    value = table.frame[column].iloc[row]
    return math.nan if pd.isna(value) else float(value)


def _nodes(table: Released) -> dict[tuple[float, str], _Node]:
    """Return each node by its solution and its code, or refuse what cannot be one."""
    found = {}
    for row in range(len(table.frame)):
        k, name = _number(table, row, "k"), cell_of(table, row, "segment").text
        if math.isnan(k) or (k, name) in found:
            msg = (
                f"In {table.name!r} the segment {name!r} occurs twice in one solution, "
                "or its k is not known. Give one row for each segment of each k."
            )
            raise ReportError(msg)
        size = cell_of(table, row, "size").text
        words = f"{k:g} segments, {name}: {size}"
        found[k, name] = _Node(
            _number(table, row, "value"), _number(table, row, "size"), words
        )
    if not found:
        msg = (
            f"The table {table.name!r} has no rows, so there is no clustergram to "
            "draw. Leave the picture out."
        )
        raise ReportError(msg)
    return found


def _links(table: Released, nodes: _Nodes, across: Axis, up: Axis) -> str:
    """Return the links, each as wide as it is large, the widest lowest."""
    after = dict(pairwise(sorted({k for k, _ in nodes})))
    most = _largest(nodes)
    drawn: list[str] = []
    widths: list[float] = []
    for row in range(len(table.frame)):
        ends = _ends(table, row, nodes, after)
        if any(math.isnan(nodes[end].value) for end in ends):
            continue
        size = _number(table, row, "size")
        path = path_of((across.share(end[0]), _down(up, nodes[end])) for end in ends)
        said = cell_of(table, row, "size").text
        words = escape(f"{ends[0][1]} to {ends[1][1]}: {said}")
        wide = THINNEST if math.isnan(size) else max(THINNEST, THICKEST * size / most)
        dashes = ' stroke-dasharray="3 3"' if math.isnan(size) else ""
        drawn.append(
            f'<path class="link" d="{path}" stroke-width="{wide:.1f}"{dashes}>'
            f"<title>{words}</title></path>"
        )
        widths.append(-wide)
    order = sorted(range(len(drawn)), key=widths.__getitem__)
    return stretched("".join(drawn[place] for place in order))


def _ends(
    table: Released, row: int, nodes: _Nodes, after: Mapping[float, float]
) -> list[tuple[float, str]]:
    """Return the two nodes of a link, or refuse one that is not there."""
    k = _number(table, row, "k")
    source, target = (cell_of(table, row, end).text for end in ("source", "target"))
    ends = [(k, source), (after.get(k, math.nan), target)]
    if any(end not in nodes for end in ends):
        msg = (
            f"The link of {table.name!r} at k = {k:g} from {source!r} to {target!r} "
            "has no node at one of its ends. `k` is that of its source, one of "
            f"{[f'{each:g}' for each in after]}; give a node for both ends."
        )
        raise ReportError(msg)
    return ends


def _circles(nodes: _Nodes, across: Axis, up: Axis) -> str:
    """Return the nodes as circles, each as large in area as its size."""
    most = _largest(nodes)
    return "".join(
        f'<circle class="knot{" hollow" if math.isnan(node.size) else ""}" '
        f'cx="{100 * across.share(k):.2f}%" cy="{_down(up, node):.1f}" '
        f'r="{_radius(node.size, most):.1f}"><title>{escape(node.words)}</title>'
        "</circle>"
        for (k, _), node in nodes.items()
        if not math.isnan(node.value)
    )


def _largest(nodes: _Nodes) -> float:
    """Return the size of the largest node, at least 1."""
    return max(
        [1.0, *(node.size for node in nodes.values() if not math.isnan(node.size))]
    )


def _radius(size: float, most: float) -> float:
    """Return the radius of a node's circle, in pixels."""
    if math.isnan(size):
        return SMALLEST
    return max(SMALLEST, LARGEST * math.sqrt(size / most))


def _down(up: Axis, node: _Node) -> float:
    """Return how far down the ground a node is, in pixels."""
    return TALL * (1 - up.share(node.value))


def _gaps(nodes: Released, links: Released) -> str:
    """Say what is drawn without its size, or not at all."""
    counts = {
        "segments are not drawn, their value being hidden or not known": nodes.frame[
            "value"
        ],
        "segments are hollow, their size being hidden or not known": nodes.frame[
            "size"
        ],
        "links are dashed, their size being hidden or not known": links.frame["size"],
    }
    return " ".join(
        f"{int(column.isna().sum()):,} {words}."
        for words, column in counts.items()
        if column.isna().any()
    )
