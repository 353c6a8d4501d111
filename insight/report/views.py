"""Turn the blocks of a report into what its template prints: words, and no decisions.

Every text stays plain here and is escaped by the template; only drawings made by this
package are passed through as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd
from markupsafe import Markup

from insight.release.rules import HIDDEN, NOT_KNOWN
from insight.report.blocks import (
    Block,
    Column,
    Drawing,
    Figures,
    Key,
    Matrix,
    Picture,
    Table,
    Text,
)
from insight.report.formats import Cell, cell_of, decimals_of
from insight.report.grids import shaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from insight.release import Released

__all__ = ["BlockView", "GridView", "PictureView", "Row", "TableView", "views_of"]


ROWS: Final = 200
"""Rows that a table shows where it does not say how many; the file holds all."""

ROOM: Final = 22
"""Letters from which a column of words needs a width of its own."""


@dataclass(frozen=True)
class Row:
    """One row of a table: its segment where the table has them, and its cells."""

    segment: str | None
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class TableView:
    """A table as the page prints it; `kinds` says what each column holds."""

    id: str
    title: str
    headings: Sequence[str]
    kinds: Sequence[Literal["figure", "word", "text"]]
    rows: Sequence[Row]
    notes: Sequence[str]
    kind: str = "table"


@dataclass(frozen=True, kw_only=True)
class GridView:
    """A shaded grid as the page prints it."""

    id: str
    title: str
    corner: str
    across: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[Cell, int]]]]
    notes: Sequence[str]
    kind: str = "grid"


@dataclass(frozen=True, kw_only=True)
class PictureView:
    """A picture as the page prints it, one drawing for each choice of segment."""

    id: str
    title: str
    shape: str
    drawings: Sequence[tuple[str, str, Markup]]
    keys: Sequence[tuple[Markup, str]]
    notes: Sequence[str]
    twin: TableView
    kind: str = "picture"


@dataclass(frozen=True)
class TextView:
    """Paragraphs as the page prints them."""

    text: Text
    kind: str = "text"


@dataclass(frozen=True)
class FiguresView:
    """Key figures as the page prints them."""

    strip: Figures
    kind: str = "figures"


BlockView = TableView | GridView | PictureView | TextView | FiguresView


def views_of(
    blocks: Sequence[Block], ids: Iterator[int], names: Mapping[str, str]
) -> list[BlockView]:
    """Return what the template prints for each block, and last of all the methods.

    Parameters
    ----------
    blocks
        Of one section.
    ids
        Numbers not yet used on the page.
    names
        Code -> name of each segment.

    Examples
    --------
    >>> from itertools import count
    >>> [view.kind for view in views_of([Text(["Hello."])], count(1), {})]
    ['text']
    """
    methods = [one for one in blocks if isinstance(one, Text) and one.tone == "method"]
    points = [line for one in methods for line in (*one.paragraphs, *one.points)]
    shown = [block for block in blocks if block not in methods]
    if points:
        shown.append(Text([], points, tone="method"))
    return [_view_of(block, ids, names) for block in shown]


def _view_of(block: Block, ids: Iterator[int], names: Mapping[str, str]) -> BlockView:
    """Return what the template prints for one block."""
    if isinstance(block, Text):
        return TextView(block)
    if isinstance(block, Figures):
        return FiguresView(block)
    if isinstance(block, Table):
        return _table(block, ids)
    if isinstance(block, Matrix):
        return _grid(block, ids)
    return _picture(block, ids, names)


def _table(table: Table, ids: Iterator[int]) -> TableView:
    """Return a table with its cells said and its notes gathered."""
    released = table.released
    columns = {
        name: each if isinstance(each, Column) else Column(each)
        for name, each in table.columns.items()
    }
    total = len(released.frame)
    shown = range(min(total, ROWS if table.limit is None else table.limit))
    by = table.segment
    even = {name: decimals_of(released, name, shown) for name in columns}
    codes = released.frame[by].fillna("").to_list() if by else [None] * total
    rows = [
        Row(
            codes[row],
            [
                cell_of(released, row, name, each.form, decimals=even[name])
                for name, each in columns.items()
            ],
        )
        for row in shown
    ]
    first = f"The first {len(shown):,} of {total:,} rows. The file holds all."
    cut = first if len(shown) < total else ""
    return TableView(
        id=f"table-{next(ids)}",
        title=released.title,
        headings=[each.heading for each in columns.values()],
        kinds=[_kind(released, name) for name in columns],
        rows=rows,
        notes=_notes(released, cut, table.note),
    )


def _kind(released: Released, name: str) -> Literal["figure", "word", "text"]:
    """Say whether a column holds figures, words or text that needs room."""
    if released.kinds[name] != "label":
        return "figure"
    longest = released.frame[name].str.len().max()
    return "text" if pd.notna(longest) and longest > ROOM else "word"


def _grid(matrix: Matrix, ids: Iterator[int]) -> GridView:
    """Return a shaded grid with its cells said."""
    grid = shaded(matrix)
    return GridView(
        id=f"table-{next(ids)}",
        title=matrix.title,
        corner=matrix.corner,
        across=grid.across,
        rows=list(zip(grid.down, grid.cells, strict=True)),
        notes=_notes(matrix.released, matrix.note),
    )


def _picture(
    picture: Picture, ids: Iterator[int], names: Mapping[str, str]
) -> PictureView:
    """Return a picture with a drawing for each choice of segment."""
    drawings = [("", picture.alt, _markup(picture.drawing))]
    for code, drawing in picture.variants.items():
        alt = (
            f"{picture.title}, {names.get(code, code)} only. The table has the figures."
        )
        drawings.append((code, alt, _markup(drawing)))
    return PictureView(
        id=f"picture-{next(ids)}",
        title=picture.title,
        shape=picture.drawing.kind,
        drawings=drawings,
        keys=[
            (_swatch(key), f"{key.code}  {key.name}".strip())
            for key in picture.drawing.keys
        ],
        notes=[picture.drawing.note] if picture.drawing.note else [],
        twin=_table(picture.twin, ids),
    )


def _markup(drawing: Drawing) -> Markup:
    """Return a drawing's SVG, which this package made and escaped itself."""
    return Markup(drawing.svg)  # noqa: S704 - see the docstring


def _swatch(key: Key) -> Markup:
    """Return what stands for an entry of the key: its own, or the style of its code."""
    plain = f'<rect class="s{key.style}" width="112" height="80"/>'
    return Markup(key.swatch or plain)  # noqa: S704 - made by this package alone


def _notes(released: Released, *own: str) -> list[str]:
    """Return what a reader must know about a table, its shorthand explained."""
    shorthand = []
    if released.any_hidden:
        counts = f" (counts {released.rule.hidden_range})".replace("-", " to ")
        shorthand.append(f"{HIDDEN} hidden to protect people{counts}.")
    if released.any_unknown:
        shorthand.append(f"{NOT_KNOWN} not known.")
    file = f"As a file: {released.path}"
    return [note for note in (released.note, *own, " ".join(shorthand), file) if note]
