"""Draw lines in SVG that fits any width, one a series.

A line chart's rows come from one released table; `axes` gives it its ground and
`strokes` its lines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.report.axes import TALL, Axis, ground, named_axis, round_axis
from insight.report.blocks import Drawing, Key
from insight.report.errors import ReportError
from insight.report.formats import Form, cell_of, check_column, form_of
from insight.report.palette import COLOURS
from insight.report.plots import Plot
from insight.report.strokes import Point, names_at_ends, stroke, swatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.release import Released

__all__ = ["Lines", "lines"]

SHORT: Final = 6
"""Letters up to which names are also written at the ends of lines."""

CHANCE: Final = "No better than chance"


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Which columns of a released table a line chart takes.

    Parameters
    ----------
    x
        Column across: figures, or labels such as years.
    y
        Column of figures up.
    series
        Column that says which line a row belongs to; with `None`, all rows are one.
    low, high
        Columns of the ends of an interval, drawn as a band; both or neither.
    x_title, y_title
        What the axes are, with their units.
    diagonal
        Draw the line on which both figures are equal: `True` where it is what chance
        gives, or the words for it, such as "As predicted".
    form
        What the figures up are; by the ending of the column's name unless said.
    """

    x: str
    y: str
    series: str | None = None
    low: str | None = None
    high: str | None = None
    x_title: str
    y_title: str
    diagonal: bool | str = False
    form: Form = "auto"


def lines(table: Released, columns: Lines) -> Drawing:
    """Return a line for each series of a released table, in the order met.

    Parameters
    ----------
    table
        What the door gave back. Rows may come in any order of `x`. A line breaks
        where a figure is hidden or unknown, and the note says how often.
    columns
        Which columns to take.

    Raises
    ------
    ReportError
        If a column is not there, only one end of an interval is given, the figures
        up are labels, or there are more series than can be told apart.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"year": ["2008-09", "2009-10"], "people": [90, 3]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     sheet = Sheet(name="people", title="People", counts=["people"])
    ...     released = release(door, frame, sheet)
    >>> columns = Lines(x="year", y="people", x_title="Year", y_title="People")
    >>> lines(released, columns).note
    'Of 2 points, 1 is hidden to protect people: a line has a gap there.'
    """
    _check(table, columns)
    series = _series(table, columns)
    across, places = _across(table, columns)
    drawn = {
        name: _points(table, columns, rows, places) for name, rows in series.items()
    }
    up = _up(drawn, columns, across)
    if columns.diagonal:
        across = up
    keys = [Key(0, "", name, swatch(style)) for style, name in enumerate(drawn)]
    strokes = [
        stroke(style, points, across, up) for style, points in enumerate(drawn.values())
    ]
    if columns.diagonal:
        words = CHANCE if columns.diagonal is True else columns.diagonal
        strokes.insert(0, f'<line class="even" x2="100%" y1="{TALL}" y2="0"/>')
        keys.append(Key(0, "", words, '<path class="even" d="M0 40h112"/>'))
    is_named = columns.series is not None and max(map(len, drawn), default=0) <= SHORT
    if is_named:
        ends = (
            (name, across.share(points[-1].x), points[-1].y)
            for name, known in drawn.items()
            if (points := [each for each in known if not math.isnan(each.y)])
        )
        strokes.append(names_at_ends(ends, up))
    titles = (columns.x_title, columns.y_title)
    kind = "lines named" if is_named else "lines"
    return Drawing(
        svg=ground(across, up, titles, "".join(strokes), kind),
        kind="chart",
        keys=tuple(keys) if len(keys) > 1 or columns.series else (),
        note=_gaps(table, columns),
        shapes=_plot(table, columns, drawn),
    )


def _plot(
    table: Released, columns: Lines, drawn: Mapping[str, Sequence[Point]]
) -> Plot:
    """Return the lines as the figures of a chart, by what stands across."""
    if table.kinds[columns.x] == "label":
        names = list(dict.fromkeys(table.frame[columns.x].dropna()))
        places = [named_axis(names)[1][name] for name in names]
    else:
        places = sorted({each.x for points in drawn.values() for each in points})
        names = [f"{place:g}" for place in places]
    return Plot(
        kind="lines",
        names=names,
        series={
            name: [
                next((p.y for p in points if p.x == at and not math.isnan(p.y)), None)
                for at in places
            ]
            for name, points in drawn.items()
        },
        form=form_of(columns.y, columns.form),
    )


def _check(table: Released, columns: Lines) -> None:
    """Refuse columns that are not there or cannot be drawn."""
    wanted = (columns.x, columns.y, columns.series, columns.low, columns.high)
    for name in filter(None, wanted):
        check_column(table, name)
    if (columns.low is None) != (columns.high is None):
        msg = (
            f"An interval needs both ends; low is {columns.low!r} and high is "
            f"{columns.high!r}. Name both columns or neither."
        )
        raise ReportError(msg)
    for name in filter(None, (columns.y, columns.low, columns.high)):
        if table.kinds[name] == "label":
            msg = (
                f"The column {name!r} of {table.name!r} holds labels, so no line can "
                "be drawn through it. Name a column of figures."
            )
            raise ReportError(msg)


def _series(table: Released, columns: Lines) -> dict[str, list[int]]:
    """Return the rows of each series, or refuse more than can be told apart."""
    series: dict[str, list[int]] = {}
    for row in range(len(table.frame)):
        by = columns.series
        name = cell_of(table, row, by).text if by else columns.y_title
        series.setdefault(name, []).append(row)
    if len(series) > len(COLOURS):
        msg = (
            f"{len(series)} lines cannot be told apart in one chart; {len(COLOURS)} "
            "can. Draw fewer, or make several charts."
        )
        raise ReportError(msg)
    return series


def _across(table: Released, columns: Lines) -> tuple[Axis, Mapping[str, float]]:
    """Return the axis across, and the places of its labels if it is one of labels."""
    known = table.frame[columns.x].dropna()
    if table.kinds[columns.x] == "label":
        return named_axis(list(dict.fromkeys(known)))
    return round_axis(map(float, known), form_of(columns.x)), {}


def _up(drawn: Mapping[str, Sequence[Point]], columns: Lines, across: Axis) -> Axis:
    """Return the axis up, on which all that is drawn finds room."""
    values = [
        value
        for points in drawn.values()
        for point in points
        if not math.isnan(point.y)
        for value in (point.y, point.low, point.high)
        if not math.isnan(value)
    ]
    if columns.diagonal:
        values += [across.least, across.most]
    return round_axis(values, form_of(columns.y, columns.form), from_nought=True)


def _points(
    table: Released, columns: Lines, rows: Sequence[int], places: Mapping[str, float]
) -> list[Point]:
    """Return rows as points in order of `x`, less those whose `x` is not known."""

    def value(row: int, name: str | None) -> float:
        found = pd.NA if name is None else table.frame[name].iloc[row]
        return math.nan if pd.isna(found) else float(found)

    points = []
    for row in rows:
        at = table.frame[columns.x].iloc[row]
        if not pd.isna(at):
            x = places[at] if places else float(at)
            y, low, high = (
                value(row, name) for name in (columns.y, columns.low, columns.high)
            )
            points.append(Point(x, y, low, high, _words(table, columns, row)))
    return sorted(points, key=lambda point: point.x)


def _words(table: Released, columns: Lines, row: int) -> str:
    """Return what one point says: its series, where it is, and its interval."""

    def text(name: str) -> str:
        form = "auto" if name == columns.x else columns.form
        return cell_of(table, row, name, form).text

    words = f"{text(columns.x)}, {text(columns.y)}"
    if columns.series:
        words = f"{cell_of(table, row, columns.series).text}: {words}"
    if columns.low and columns.high:
        words += f" ({text(columns.low)} to {text(columns.high)})"
    return words


def _gaps(table: Released, columns: Lines) -> str:
    """Say how many points are not drawn, and why."""
    where = [columns.x, columns.y]
    hidden = table.hidden[where].any(axis=1)
    gone = table.frame[where].isna().any(axis=1) & ~hidden
    why = {"hidden to protect people": hidden, "not known": gone}
    said = [
        f"{int(rows.sum()):,} {'is' if rows.sum() == 1 else 'are'} {reason}"
        for reason, rows in why.items()
        if rows.any()
    ]
    if not said:
        return ""
    return (
        f"Of {len(table.frame):,} points, {' and '.join(said)}: a line has a gap there."
    )
