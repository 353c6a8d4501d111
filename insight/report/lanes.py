"""Draw swim-lanes: one lane an agency, steps from left to right, arrows between.

A step stands one column after the step that most often leads to it, so that the
commonest way through reads from left to right; arrows that lead back run below.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx

from insight.report.blocks import Drawing
from insight.report.diagram import (
    Box,
    Diagram,
    diagram_svg,
    fitted,
    label_size,
    size_of,
)
from insight.report.layout import meet, route
from insight.report.process import released_steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.release import Released
    from insight.report.layout import Line
    from insight.report.process import Step

__all__ = ["swim_lanes"]

ENDS: Final = ("source_agency", "source", "target_agency", "target")
LETTERS: Final = 16
STRIP: Final = 28  # the top of a lane, where its name stands
GAP: Final = 30
BETWEEN: Final = 64  # columns, so that a label finds room
LEAST: Final = 1e-6  # what a step counts for whose count is hidden


class Place(NamedTuple):
    """A step of an agency: the same activity of another is another step."""

    agency: str
    activity: str


def swim_lanes(released: Released, *, limit: int = 40) -> Drawing:
    """Return swim-lanes of released steps: lanes down, order across.

    Parameters
    ----------
    released
        One row for each pair of steps, with the columns `source_agency`, `source`,
        `target_agency`, `target` and `count`. A hidden count is a dashed line that
        says "[c]"; a row without an agency or a step is not drawn.
    limit
        Most arrows to draw; the most used are kept, in the table's order on ties.

    Returns
    -------
    drawing
        Lanes in the order in which the commonest ways reach them. It is as wide as its
        text needs, and the page scrolls it sideways.

    Raises
    ------
    ReportError
        If a column is not there, `limit` is below 1, or there is no arrow to draw.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"source_agency": ["council"], "source": ["ask"]})
    >>> frame = frame.assign(target_agency="health", target="assess", count=52)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     sheet = Sheet(name="steps", title="Steps", counts=["count"])
    ...     drawing = swim_lanes(release(door, frame, sheet))
    >>> "council: ask to health: assess: 50" in drawing.svg
    True
    """
    steps, note = released_steps(released, ENDS, {}, limit)
    ways = [(Place(*step.ends[:2]), Place(*step.ends[2:])) for step in steps]
    columns = _columns(ways, [step.use for step in steps])
    lanes, boxes = _placed(columns)
    place = {step: at for at, step in enumerate(columns)}
    ends = [(place[source], place[target]) for source, target in ways]
    sides = [_sides(boxes[source], boxes[target]) for source, target in ends]
    lines = route(
        [(box.x, box.y, box.width, box.height) for box in boxes],
        [(*end, *side) for end, side in zip(ends, sides, strict=True)],
    )
    links = [
        step.link(each, line)
        for each, step, line in zip(
            ends, steps, _labelled(lines, steps, boxes), strict=True
        )
    ]
    drawn = [at for line in lines for at in line.points()]
    diagram = Diagram(
        width=max(lanes[0].width, *(x + 4 for x, _ in drawn)),
        height=max(lanes[-1].y + lanes[-1].height / 2, *(y + 4 for _, y in drawn)),
        boxes=[*boxes, *lanes],
        links=links,
    )
    svg = diagram_svg(diagram, "lanes")
    return Drawing(svg=svg, kind="process", note=note, shapes=diagram)


def _columns(
    ways: Sequence[tuple[Place, Place]], uses: Sequence[float]
) -> dict[Place, int]:
    """Return the column of each step: one after what most often leads to it."""
    graph: nx.DiGraph[Place] = nx.DiGraph()
    for (source, target), use in zip(ways, uses, strict=True):
        graph.add_nodes_from((source, target))
        if source != target and not graph.has_edge(source, target):
            graph.add_edge(source, target, weight=use + LEAST)
    tree = nx.maximum_branching(graph)
    columns: dict[Place, int] = {}
    for step in nx.topological_sort(tree):
        columns[step] = max((columns[one] + 1 for one in tree.pred[step]), default=0)
    met = {step: at for at, step in enumerate(graph)}
    return dict(sorted(columns.items(), key=lambda each: (each[1], met[each[0]])))


def _placed(columns: Mapping[Place, int]) -> tuple[list[Box], list[Box]]:
    """Return lanes from the top down, and a box for each step, in its order."""
    lines = {step: fitted(step.activity, LETTERS) for step in columns}
    wide = [0.0] * (1 + max(columns.values()))
    for step, column in columns.items():
        wide[column] = max(wide[column], size_of(lines[step])[0])
    rights = list(accumulate(each + BETWEEN for each in wide))
    lanes, boxes, top = [], {}, 0.0
    for agency in dict.fromkeys(step.agency for step in columns):
        down = [top + STRIP] * len(wide)
        for step, column in columns.items():
            if step.agency == agency:
                width, height = size_of(lines[step])
                boxes[step] = Box(
                    name=f"{agency}: {step.activity}",
                    lines=lines[step],
                    x=rights[column] - BETWEEN / 2 - wide[column] / 2,
                    y=down[column] + height / 2,
                    width=width,
                    height=height,
                )
                down[column] += height + GAP
        high = max(down) - top + GAP / 2
        lanes.append(
            Box(
                name=agency,
                lines=[agency],
                x=rights[-1] / 2,
                y=top + high / 2,
                width=rights[-1],
                height=high,
                look="lane",
            )
        )
        top += high
    return lanes, [boxes[step] for step in columns]


def _sides(source: Box, target: Box) -> tuple[str, str]:
    """Return where an arrow leaves one step and meets the other."""
    if source is target:
        return "e", "s"
    if target.x > source.x:
        return "e", "w"
    if target.x < source.x:
        return "s", "s"
    return ("s", "n") if target.y > source.y else ("n", "s")


def _labelled(
    lines: Sequence[Line], steps: Sequence[Step], boxes: Sequence[Box]
) -> list[Line]:
    """Return lines with labels where they hide neither a step nor one another."""
    taken = [(box.x, box.y, box.width, box.height) for box in boxes]
    found = []
    for line, step in zip(lines, steps, strict=True):
        width, height = label_size(step.words)
        points = line.points()
        middle = len(points) // 2
        tries = sorted(range(len(points)), key=lambda at: abs(at - middle))
        places = [(*points[at], width - 8, height - 8) for at in tries]
        free = (one for one in places if not any(meet(one, each) for each in taken))
        chosen = next(free, places[0])
        taken.append(chosen)
        found.append(replace(line, label=chosen[:2]))
    return found
