"""Draw a process map: activities as boxes, what follows what as lines.

A line is as wide as it is used, and says how often and after how long. Graphviz says
where things go (`layout`); this module draws them, in one size of text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from insight.report.blocks import Drawing
from insight.report.errors import ReportError
from insight.report.formats import cell_of, check_column
from insight.report.layout import Layout, Line, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released

__all__ = ["process_map"]

LETTER: Final = 7.4  # width of a letter at 13 px, on the generous side
SMALL_LETTER: Final = 6.6  # at 12 px
LINE_HEIGHT: Final = 17
SMALL_LINE: Final = 15
LETTERS: Final = 22  # in one line of a box
LINES: Final = 3
MARGIN: Final = 12
PAGE: Final = 900  # pixels of width on a desktop page
SMALLEST: Final = 0.85  # how far a drawing may shrink, so that its text is 11 px
THIN, THICK = 1.2, 7.0
TIP: Final = 9.0


@dataclass(frozen=True)
class _Edge:
    """One line to draw: its ends, what it says, and how much it is used (0 to 1)."""

    source: str
    target: str
    words: tuple[str, ...]
    use: float
    hidden: bool


def process_map(
    edges: Released,
    *,
    wait: str | None = None,
    cost: str | None = None,
    limit: int = 40,
    sliders: bool = False,
) -> Drawing:
    """Return a process map of released edges.

    Parameters
    ----------
    edges
        One row for each pair of activities (or agencies, or teams), with the columns
        `source` and `target` (the two names; loops and cycles are allowed) and `count`
        (how often the second followed the first). Where a count is hidden, the line
        is dashed and says "[c]".
    wait
        Column of the median wait in days; with `None`, waits are not said.
    cost
        Column of what the step costs in pence; with `None`, costs are not said.
    limit
        Most lines to draw; the most used are kept, in the table's order on ties. Up to
        120 are laid out in under a second; about 30 can be read at a glance.
    sliders
        Let a reader hide lines by how often and by how long, and choose what the width
        of a line stands for. Without a script, all is shown.

    Returns
    -------
    drawing
        Laid out from the left or from the top, whichever needs less width to be read.
        Its note says what was not drawn.

    Raises
    ------
    ReportError
        If a column is not there, `limit` is below 1, or there is no edge.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"source": ["ask"], "target": ["assess"], "count": [52]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     sheet = Sheet(name="steps", title="Steps", counts=["count"])
    ...     drawing = process_map(release(door, frame, sheet))
    >>> "ask to assess: 50" in drawing.svg
    True
    """
    if limit < 1:
        msg = f"A process map was asked for with {limit} lines. Ask for 1 or more."
        raise ReportError(msg)
    rows = _edges(edges, ("source", "target", "count", wait))
    drawn = sorted(rows, key=lambda edge: -edge.use)[:limit]
    if not drawn:
        msg = (
            f"The table {edges.name!r} has no edge with two named ends, so there is no "
            "process to draw. Leave the picture out."
        )
        raise ReportError(msg)
    boxes = {name: _lines_of(name) for name in _from_the_start(drawn)}
    layout = _better(boxes, drawn)
    left = len(rows) - len(drawn)
    note = f"The {limit} most used of {len(rows):,} links are drawn." if left else ""
    return Drawing(svg=_svg(layout, boxes, drawn), kind="process", note=note)


def _edges(table: Released, columns: tuple[str, str, str, str | None]) -> list[_Edge]:
    """Return the edges of a released table, each with what its line says."""
    for name in filter(None, columns):
        check_column(table, name)
    source, target, count, wait = columns
    counts = table.frame[count].astype("Float64").fillna(0).to_list()
    most = max([*counts, 1.0])
    named = table.frame[[source, target]].notna().all(axis=1).to_list()
    rows = [row for row, is_named in enumerate(named) if is_named]
    return [
        _Edge(
            source=cell_of(table, row, source).text,
            target=cell_of(table, row, target).text,
            words=_words(table, row, count, wait),
            use=counts[row] / most,
            hidden=cell_of(table, row, count).hidden,
        )
        for row in rows
    ]


def _from_the_start(edges: Sequence[_Edge]) -> list[str]:
    """Return the names in the order met, after the one most left and least reached."""
    net: dict[str, float] = {}
    for edge in edges:
        net[edge.source] = net.get(edge.source, 0.0) + edge.use
        net[edge.target] = net.get(edge.target, 0.0) - edge.use
    start = max(net, key=lambda name: net[name])
    return [start, *(name for name in net if name != start)]


def _words(table: Released, row: int, count: str, wait: str | None) -> tuple[str, ...]:
    """Return what one line says: how often, and after how long where it is known."""
    said = cell_of(table, row, count).text
    if wait is None or pd.isna(table.frame[wait].iloc[row]):
        return (said,)
    return said, cell_of(table, row, wait, "days").text


def _lines_of(name: str) -> list[str]:
    """Return a name broken into the lines of its box, the last cut short if need be."""
    lines = wrap(name, LETTERS) or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1][: LETTERS - 1]}…"]
    return lines


def _better(boxes: dict[str, list[str]], edges: Sequence[_Edge]) -> Layout:
    """Return the layout that a page can show larger; on a tie, the lower one."""
    place = {name: number for number, name in enumerate(boxes)}
    sizes = [
        (max(map(len, lines)) * LETTER + 24, len(lines) * LINE_HEIGHT + 14)
        for lines in boxes.values()
    ]
    ends = [(place[edge.source], place[edge.target]) for edge in edges]
    labels = [_label_size(edge) for edge in edges]
    weights = [1 + round(9 * edge.use) for edge in edges]
    directions: tuple[Literal["LR", "TB"], ...] = ("LR", "TB")
    both = [
        lay_out(sizes, ends, labels, weights, direction=each) for each in directions
    ]
    return min(both, key=lambda it: (max(1, it.size[0] / PAGE), it.size[1]))


def _svg(layout: Layout, boxes: dict[str, list[str]], edges: Sequence[_Edge]) -> str:
    """Return the drawing: lines below, boxes above, labels on top."""
    width, height = (math.ceil(side) + 2 * MARGIN for side in layout.size)
    drawn = list(zip(edges, layout.edges, strict=True))
    fits = " fits" if width * SMALLEST <= PAGE else ""
    lines = "".join(_line_svg(edge, line) for edge, line in reversed(drawn))
    nodes = "".join(
        _box_svg(name, lines_of, x, y)
        for (name, lines_of), (x, y) in zip(boxes.items(), layout.nodes, strict=True)
    )
    labels = "".join(_label_svg(edge, line) for edge, line in drawn)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'class="process{fits}" aria-hidden="true">'
        f'<g transform="translate({MARGIN} {MARGIN})">'
        f"{lines}{nodes}{labels}</g></svg>"
    )


def _line_svg(edge: _Edge, line: Line) -> str:
    """Return one line with its tip and what it says when pointed at."""
    (x, y), *rest = line.curve
    curve = f"M{x:.1f} {y:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in rest)
    wide = THIN + (THICK - THIN) * math.sqrt(edge.use)
    base = line.curve[-1]
    away = math.hypot(line.tip[0] - base[0], line.tip[1] - base[1]) or 1.0
    half = (TIP / 2 + wide / 2) / away
    dx, dy = (line.tip[0] - base[0]) * half, (line.tip[1] - base[1]) * half
    tip = (
        f"M{line.tip[0]:.1f} {line.tip[1]:.1f}"
        f"L{base[0] - dy:.1f} {base[1] + dx:.1f}L{base[0] + dy:.1f} {base[1] - dx:.1f}z"
    )
    words = escape(f"{edge.source} to {edge.target}: {', '.join(edge.words)}")
    dashed = ' stroke-dasharray="4 4"' if edge.hidden else ""
    return (
        f'<g class="edge"><title>{words}</title>'
        f'<path class="line" d="{curve}" stroke-width="{wide:.1f}"{dashed}/>'
        f'<path class="tip" d="{tip}"/></g>'
    )


def _box_svg(name: str, lines: list[str], x: float, y: float) -> str:
    """Return one box with its name."""
    width = max(map(len, lines)) * LETTER + 24
    height = len(lines) * LINE_HEIGHT + 14
    first = y - (len(lines) - 1) * LINE_HEIGHT / 2 + 4.5
    text = "".join(
        f'<text x="{x:.1f}" y="{first + place * LINE_HEIGHT:.1f}">'
        f"{escape(words)}</text>"
        for place, words in enumerate(lines)
    )
    return (
        f'<g class="node"><title>{escape(name)}</title>'
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height}" rx="6"/>{text}</g>'
    )


def _label_size(edge: _Edge) -> tuple[float, float]:
    """Return the room that an edge's label takes."""
    width = max(map(len, edge.words)) * SMALL_LETTER + 14
    return width, len(edge.words) * SMALL_LINE + 14


def _label_svg(edge: _Edge, line: Line) -> str:
    """Return what a line says, on a ground of its own."""
    x, y = line.label
    width, height = _label_size(edge)
    first = y - (len(edge.words) - 1) * SMALL_LINE / 2 + 4
    text = "".join(
        f'<text x="{x:.1f}" y="{first + place * SMALL_LINE:.1f}">{escape(words)}</text>'
        for place, words in enumerate(edge.words)
    )
    return (
        f'<g class="label"><rect x="{x - width / 2 + 5:.1f}" '
        f'y="{y - height / 2 + 5:.1f}" width="{width - 10:.1f}" '
        f'height="{height - 10}" rx="3"/>{text}</g>'
    )
