"""What a section is made of: text, key figures, tables, grids and pictures.

These are plain values. Figures about people come in only as tables that have been
through the release door; `sections` puts blocks in order, `page` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

import pandas as pd

from insight.release import Released
from insight.report.errors import ReportError
from insight.report.formats import Form, cell_of, check_column, form_of, said_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.report.diagram import Diagram
    from insight.report.plots import Plot

__all__ = [
    "Block",
    "Column",
    "Drawing",
    "Figure",
    "Figures",
    "Key",
    "Matrix",
    "Picture",
    "Table",
    "Text",
    "figure_of",
]


@dataclass(frozen=True)
class Text:
    """Paragraphs, and points below them; words between backticks are code.

    A `finding` or a `caution` stands out. Each `method`, for those who ask how, goes
    to the end of its section, folded away until it is opened or the page is printed.
    """

    paragraphs: Sequence[str]
    points: Sequence[str] = ()
    tone: Literal["plain", "finding", "caution", "method"] = "plain"


@dataclass(frozen=True)
class Figure:
    """One key figure, already said in words; see `figure_of` for one about people."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """A strip of key figures."""

    cards: Sequence[Figure]


@dataclass(frozen=True)
class Column:
    """How a column stands in a table: its heading with its unit, and what it holds."""

    heading: str
    form: Form = "auto"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A released table on the page.

    Parameters
    ----------
    released
        What the door gave back.
    columns
        Column of the table -> its heading with its unit; only these are shown.
    segment
        Column that holds a segment's code, by which the page filters rows.
    note
        What a reader should know, besides what the door already says.
    limit
        Most rows to show; the rest are in the file. With `None`, 200.
    """

    released: Released
    columns: Mapping[str, str | Column]
    segment: str | None = None
    note: str = ""
    limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse figures that have not been through the door, and absent columns."""
        _check_released(self.released, "Table")
        wanted = [*self.columns, *([self.segment] if self.segment else [])]
        absent = [name for name in wanted if name not in self.released.kinds]
        if absent:
            msg = (
                f"The table {self.released.name!r} has no columns {absent}; it has "
                f"{list(self.released.kinds)}. Name these."
            )
            raise ReportError(msg)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """A released table of pairs as a shaded grid: one figure for each row and column.

    Parameters
    ----------
    released
        One row a pair.
    rows, columns
        Columns that hold the two names of a pair.
    count
        Column of the count, which shades the cell and stands in it.
    measure
        Column of another figure (a mean, money) that does so instead of the count.
    scale
        "count" shades from nought to the most, "diverging" both ways from nought, with
        a sign before each figure.
    title
        What the grid shows.
    corner
        What rows and columns are, such as "From (down), to (across)".
    note
        What a reader should know.
    """

    released: Released
    rows: str
    columns: str
    count: str | None = None
    measure: str | None = None
    scale: Literal["count", "diverging"] = "count"
    title: str
    corner: str
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse figures that have not been through the door, and absent columns."""
        _check_released(self.released, "Matrix")
        for name in (self.rows, self.columns, self.shown):
            check_column(self.released, name)

    @property
    def shown(self) -> str:
        """Return the column that stands in the cells and shades them."""
        return self.measure or self.count or "count"


@dataclass(frozen=True)
class Key:
    """One entry of a drawing's legend; style 0 is what was left out.

    A drawing that is not coloured by segment gives its own `swatch`: SVG on a ground
    of 112 by 80.
    """

    style: int
    code: str
    name: str
    swatch: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Inline SVG made by a module of this package, with its legend and remarks.

    `shapes` says the same in boxes and links, or as the figures of a chart, for a slide
    to draw; a drawing without it goes on a slide as its table.
    """

    svg: str
    kind: Literal["map", "process", "chart"]
    keys: Sequence[Key] = ()
    note: str = ""
    shapes: Diagram | Plot | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing with what it takes to read it without seeing it.

    Parameters
    ----------
    drawing
        What `segment_map`, `process_map`, `bars` and their like gave back.
    title
        What it shows.
    alt
        What a reader who cannot see it should learn from it.
    twin
        The same figures as a table.
    variants
        Segment's code -> the drawing for that segment alone, shown when it is chosen.
    """

    drawing: Drawing
    title: str
    alt: str
    twin: Table
    variants: Mapping[str, Drawing] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __post_init__(self) -> None:
        """Refuse a picture that cannot be read without seeing it."""
        if not isinstance(self.twin, Table) or not self.alt.strip():
            msg = (
                f"The picture {self.title!r} lacks a text in `alt` or a Table as "
                "`twin`. Say what it shows, and give its figures."
            )
            raise ReportError(msg)


Block: TypeAlias = Text | Figures | Table | Matrix | Picture


def figure_of(
    released: Released, column: str, *, label: str, row: int = 0, note: str = ""
) -> Figure:
    """Return a key figure taken from a released table: hidden there, hidden here.

    Parameters
    ----------
    released
        What the door gave back.
    column
        Its column; the ending of its name says what it holds (`_pence`, `_share`).
    label
        What the figure is, with its unit.
    row
        Position of the row, from 0.
    note
        Its base, interval or caveat.
    """
    _check_released(released, "figure_of")
    cell = cell_of(released, row, column)
    value = released.frame[column].iloc[row]
    if cell.hidden or pd.isna(value) or released.kinds[column] == "label":
        return Figure(cell.text, label, note)
    return Figure(said_short(float(value), form_of(column)), label, note)


def _check_released(released: object, where: str) -> None:
    """Refuse anything but a table that has been through the door."""
    if not isinstance(released, Released):
        msg = (
            f"{where} was given {type(released).__name__}, not a released table. Send "
            "the figures through insight.release.release() first."
        )
        raise ReportError(msg)
