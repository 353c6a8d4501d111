"""Draw bars in SVG that fits any width.

Bars are placed in per cent of the width and text in pixels, so that a phone shows the
same chart with the same size of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.report.blocks import Drawing
from insight.report.errors import ReportError
from insight.report.formats import (
    Form,
    cell_of,
    check_column,
    form_of,
    said_short,
)
from insight.report.plots import Plot

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

__all__ = ["Bars", "bars"]

ROW: Final = 46
LETTERS: Final = 45  # of a name and its figure, side by side on a phone
ROUND: Final = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Which columns of a released table a bar chart takes.

    Parameters
    ----------
    label
        Column of names, one a bar.
    value
        Column of figures.
    low, high
        Columns of the ends of an interval, drawn as a whisker; both or neither.
    segment
        Column of segment codes, by which the page filters.
    middle
        Where bars start: 0, or 100 for an index.
    form
        What the figures are; by the ending of the column's name unless said.
    """

    label: str
    value: str
    low: str | None = None
    high: str | None = None
    segment: str | None = None
    middle: float = 0.0
    form: Form = "auto"


def bars(table: Released, columns: Bars) -> Drawing:
    """Return a bar for each row of a released table, in its order.

    Parameters
    ----------
    table
        What the door gave back; a hidden or unknown figure has no bar and says so.
    columns
        Which columns to take.

    Raises
    ------
    ReportError
        If a column is not there, or only one end of an interval is given.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"segment": ["A", "B"], "people": [120, 3]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     sheet = Sheet(name="people", title="People", counts=["people"])
    ...     released = release(door, frame, sheet)
    >>> drawing = bars(released, Bars(label="segment", value="people"))
    >>> drawing.svg.count('class="bar"')
    1
    """
    wanted = (columns.label, columns.value, columns.low, columns.high, columns.segment)
    for name in filter(None, wanted):
        check_column(table, name)
    if (columns.low is None) != (columns.high is None):
        msg = (
            f"An interval needs both ends; low is {columns.low!r} and high is "
            f"{columns.high!r}. Name both columns or neither."
        )
        raise ReportError(msg)
    least, most, ticks = _axis(table, columns)

    def at(value: float) -> str:
        return f"{100 * (value - least) / (most - least):.2f}%"

    rows = "".join(_bar(table, columns, row, at) for row in range(len(table.frame)))
    height = ROW * len(table.frame) + 26
    form = form_of(columns.value, columns.form)
    axis = "".join(
        f'<line class="grid" x1="{at(tick)}" x2="{at(tick)}" y1="0" '
        f'y2="{height - 22}"/>'
        f'<text class="tick" x="{at(tick)}" y="{height - 6}" text-anchor="'
        f'{"start" if tick == ticks[0] else "end" if tick == ticks[-1] else "middle"}">'
        f"{escape(said_short(tick, form))}</text>"
        for tick in ticks
    )
    base = f'<line class="base" x1="{at(columns.middle)}" x2="{at(columns.middle)}" '
    svg = (
        f'<svg width="100%" height="{height}" class="bars" aria-hidden="true">{axis}'
        f'{base}y1="0" y2="{height - 22}"/>{rows}</svg>'
    )
    return Drawing(svg=svg, kind="chart", shapes=_plot(table, columns))


def _plot(table: Released, columns: Bars) -> Plot:
    """Return the bars as the figures of a chart."""
    values = table.frame[columns.value].astype("Float64")
    rows = range(len(table.frame))
    return Plot(
        kind="bars",
        names=[cell_of(table, row, columns.label).text for row in rows],
        series={
            columns.value: [None if pd.isna(each) else float(each) for each in values]
        },
        form=form_of(columns.value, columns.form),
    )


def _axis(table: Released, columns: Bars) -> tuple[float, float, list[float]]:
    """Return the least and the most of the axis, and three ticks on it."""
    names = [name for name in (columns.value, columns.low, columns.high) if name]
    known = pd.concat([table.frame[name].astype("Float64") for name in names]).dropna()
    start = columns.middle
    values = [start, *known.to_list()]
    step = _round_up(max(abs(value - start) for value in values) or 1.0)
    least = start - step * (min(values) < start)
    if min(values) >= 0:
        least = max(least, 0.0)  # an axis never runs below figures that cannot
    most = start + step * (max(values) > start or least == start)
    between = start if least < start < most else (least + most) / 2
    return least, most, [least, between, most]


def _round_up(value: float) -> float:
    """Return the round number at or above a positive one."""
    tens = 10.0 ** (len(f"{int(value)}") - 1) if value >= 1 else 1.0
    while value < tens:
        tens /= 10
    return next(each * tens for each in ROUND if each * tens >= value * (1 - 1e-12))


def _bar(table: Released, columns: Bars, row: int, at: Callable[[float], str]) -> str:
    """Return one bar, with its name and its figure above it."""
    top = ROW * row
    name = cell_of(table, row, columns.label).text
    cell = cell_of(table, row, columns.value, columns.form)
    value = table.frame[columns.value].iloc[row]
    shown, shape = cell.text, ""
    if not pd.isna(value):
        shown = said_short(float(value), form_of(columns.value, columns.form))
        shape = _rect(columns.middle, float(value), top, at)
    room = LETTERS - len(shown)
    short = name if len(name) <= room else f"{name[: room - 1]}…"
    words = escape(f"{name}: {cell.exact or cell.text}")
    data = ""
    if columns.segment:
        code = cell_of(table, row, columns.segment).text
        data = f' data-segment="{escape(code, quote=True)}"'
    return (
        f'<g class="row"{data}><title>{words}</title>'
        f'<text class="name" x="6" y="{top + 16}">{escape(short)}</text>'
        f'<text class="figure" x="100%" y="{top + 16}">{escape(shown)}</text>'
        f"{shape}{_whisker(table, columns, row, at)}</g>"
    )


def _rect(start: float, end: float, top: int, at: Callable[[float], str]) -> str:
    """Return the bar itself; one of nothing has no width."""
    low, high = sorted((start, end))
    wide = float(at(high)[:-1]) - float(at(low)[:-1])
    return (
        f'<rect class="bar" x="{at(low)}" width="{wide:.2f}%" '
        f'y="{top + 23}" height="14"/>'
    )


def _whisker(
    table: Released, columns: Bars, row: int, at: Callable[[float], str]
) -> str:
    """Return the interval of one bar, where both of its ends are known."""
    if columns.low is None or columns.high is None:
        return ""
    low, high = (table.frame[name].iloc[row] for name in (columns.low, columns.high))
    if pd.isna(low) or pd.isna(high):
        return ""
    left, right, y = at(float(low)), at(float(high)), ROW * row + 30
    ends = "".join(
        f'<line x1="{x}" x2="{x}" y1="{y - 4}" y2="{y + 4}"/>' for x in (left, right)
    )
    across = f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
    return f'<g class="whisker">{across}{ends}</g>'
