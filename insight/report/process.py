"""Draw a process map: activities as boxes, what follows what as lines.

A line is as wide as it is used, and says how often, after how long and at what cost.
Graphviz says where things go (`layout`); `diagram` draws them, in one size of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from insight.report.blocks import Drawing
from insight.report.diagram import (
    PAGE,
    Box,
    Diagram,
    Link,
    diagram_svg,
    fitted,
    label_size,
    size_of,
)
from insight.report.errors import ReportError
from insight.report.formats import cell_of, check_column, said_short
from insight.report.layout import Layout, lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.release import Released
    from insight.report.layout import Line

__all__ = ["Step", "process_map", "released_steps"]

LETTERS = 22  # in one line of a box


@dataclass(frozen=True)
class Step:
    """One link to draw: its ends, what it says, and how much it is used (0 to 1)."""

    ends: tuple[str, ...]
    words: tuple[str, ...]
    use: float
    hidden: bool
    values: Mapping[str, float]

    def link(self, ends: tuple[int, int], line: Line) -> Link:
        """Return it as drawn along a line, between two boxes by their positions."""
        return Link(
            source=ends[0],
            target=ends[1],
            words=self.words,
            line=line,
            use=self.use,
            hidden=self.hidden,
            values=self.values,
        )


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
        Column of what the steps cost in pence; with `None`, costs are not said.
    limit
        Most lines to draw; the most used are kept, in the table's order on ties. Up to
        120 are laid out in under a second; about 30 can be read at a glance.
    sliders
        Let a reader hide lines by how often and by how long, and choose what the width
        of a line stands for. Where scripts are off, everything is shown.

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
    drawn, note = released_steps(
        edges, ("source", "target"), {"wait": wait, "cost": cost}, limit
    )
    names = _from_the_start(drawn)
    lines = {name: fitted(name, LETTERS) for name in names}
    layout = _better(lines, drawn)
    place = {name: at for at, name in enumerate(names)}
    boxes = [
        Box(name=name, lines=lines[name], x=x, y=y, width=wide, height=high)
        for (name, (x, y)) in zip(names, layout.nodes, strict=True)
        for wide, high in [size_of(lines[name])]
    ]
    links = [
        step.link((place[step.ends[0]], place[step.ends[1]]), line)
        for step, line in zip(drawn, layout.edges, strict=True)
    ]
    width, height = layout.size
    diagram = Diagram(width=width, height=height, boxes=boxes, links=links)
    svg = diagram_svg(diagram, sliders=sliders)
    return Drawing(svg=svg, kind="process", note=note, shapes=diagram)


def released_steps(
    table: Released,
    ends: tuple[str, ...],
    others: Mapping[str, str | None],
    limit: int,
) -> tuple[list[Step], str]:
    """Return the most used steps of a released table, and a note of what is left.

    Parameters
    ----------
    table
        One row a step, with a column `count`.
    ends
        Columns of names that say what it joins; a row that lacks one is left out.
    others
        "wait" and "cost" -> their columns, in days and pence, or `None`.
    limit
        Most steps to return.

    Raises
    ------
    ReportError
        If a column is not there, `limit` is below 1, or there is no step.
    """
    if limit < 1:
        msg = f"A process map was asked for with {limit} lines. Ask for 1 or more."
        raise ReportError(msg)
    columns = {name: column for name, column in others.items() if column}
    for column in (*ends, "count", *columns.values()):
        check_column(table, column)
    counts = table.frame["count"].astype("Float64").fillna(0).to_list()
    most = max([*counts, 1.0])
    named = table.frame[list(ends)].notna().all(axis=1).to_list()
    steps = [
        Step(
            ends=tuple(cell_of(table, row, end).text for end in ends),
            words=_words(table, row, columns),
            use=counts[row] / most,
            hidden=cell_of(table, row, "count").hidden,
            values=_values(table, row, {"count": "count", **columns}),
        )
        for row, is_named in enumerate(named)
        if is_named
    ]
    drawn = sorted(steps, key=lambda step: -step.use)[:limit]
    if not drawn:
        msg = (
            f"The table {table.name!r} has no edge with two named ends, so there is no "
            "process to draw. Leave the picture out."
        )
        raise ReportError(msg)
    left = len(steps) - len(drawn)
    note = f"The {limit} most used of {len(steps):,} links are drawn." if left else ""
    return drawn, note


def _values(table: Released, row: int, columns: Mapping[str, str]) -> dict[str, float]:
    """Return the figures of one step that are shown."""
    return {
        name: float(value)
        for name, column in columns.items()
        if not pd.isna(value := table.frame[column].iloc[row])
    }


def _words(table: Released, row: int, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return what one line says: how often, and after how long and at what cost."""
    shown = _values(table, row, columns)
    said = [cell_of(table, row, "count").text]
    if "wait" in shown:
        said.append(cell_of(table, row, columns["wait"], "days").text)
    if "cost" in shown:
        said.append(said_short(shown["cost"], "pence"))
    return tuple(said)


def _from_the_start(steps: Sequence[Step]) -> list[str]:
    """Return the names in the order met, after the one most left and least reached."""
    net: dict[str, float] = {}
    for step in steps:
        source, target = step.ends
        net[source] = net.get(source, 0.0) + step.use
        net[target] = net.get(target, 0.0) - step.use
    start = max(net, key=lambda name: net[name])
    return [start, *(name for name in net if name != start)]


def _better(boxes: Mapping[str, list[str]], steps: Sequence[Step]) -> Layout:
    """Return the layout that a page can show larger; on a tie, the lower one."""
    place = {name: number for number, name in enumerate(boxes)}
    sizes = [size_of(lines) for lines in boxes.values()]
    ends = [(place[step.ends[0]], place[step.ends[1]]) for step in steps]
    labels = [label_size(step.words) for step in steps]
    weights = [1 + round(9 * step.use) for step in steps]
    directions: tuple[Literal["LR", "TB"], ...] = ("LR", "TB")
    both = [
        lay_out(sizes, ends, labels, weights, direction=each) for each in directions
    ]
    return min(both, key=lambda it: (max(1, it.size[0] / PAGE), it.size[1]))
