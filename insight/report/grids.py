"""Shade a grid of pairs, such as agencies by agencies, by how large each figure is.

It is a table of figures first, so that it reads, prints and is heard as one; the shade
only helps the eye, and the text on it stays at least 4.5:1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insight.report.errors import ReportError
from insight.report.formats import Cell, cell_of
from insight.report.palette import LOSSES, SHADES

if TYPE_CHECKING:
    from insight.report.blocks import Matrix

__all__ = ["Shaded", "shaded"]


@dataclass(frozen=True)
class Shaded:
    """A grid of pairs: names down and across, and each cell with its shade.

    Shades are 0 to 5, and -1 and -2 for what is below nought.
    """

    down: tuple[str, ...]
    across: tuple[str, ...]
    cells: tuple[tuple[tuple[Cell, int], ...], ...]


def shaded(matrix: Matrix) -> Shaded:
    """Return the cells of a grid of pairs, shaded by the share of the largest figure.

    Parameters
    ----------
    matrix
        The block; a pair without a row shows "" and has no shade, a pair that occurs
        twice is an error.

    Raises
    ------
    ReportError
        If a pair occurs twice.

    Notes
    -----
    The shade grows with the square root of a count, so that small ones show, and
    evenly with a figure that may be below nought.
    """
    table = matrix.released
    pairs = table.frame[[matrix.rows, matrix.columns]].fillna("")
    if pairs.duplicated().any():
        msg = (
            f"In {table.name!r} a pair of {matrix.rows!r} and {matrix.columns!r} "
            "occurs twice. Add its counts up before they are released."
        )
        raise ReportError(msg)
    down = tuple(dict.fromkeys(pairs[matrix.rows]))
    met = dict.fromkeys(pairs[matrix.columns])
    across = (
        *(one for one in down if one in met),
        *(one for one in met if one not in down),
    )
    row_of = {
        pair: row for row, pair in enumerate(pairs.itertuples(index=False, name=None))
    }
    values = table.frame[matrix.shown].astype("Float64").fillna(0).to_list()

    def cell(pair: tuple[str, str]) -> tuple[Cell, int]:
        if pair not in row_of:
            return Cell(""), 0
        row = row_of[pair]
        found = cell_of(table, row, matrix.shown)
        if matrix.scale == "diverging":
            most = max(map(abs, values)) or 1.0
            return _signed(found, values[row]), _either_way(values[row] / most)
        return found, _shade(values[row] / max([*values, 1.0]))

    cells = tuple(tuple(cell((one, other)) for other in across) for one in down)
    return Shaded(down, across, cells)


def _shade(part: float) -> int:
    """Return the shade of a part of the most."""
    return round((len(SHADES) - 1) * math.sqrt(max(part, 0)))


def _either_way(part: float) -> int:
    """Return the shade of a part of the most that may be below nought."""
    depth = round(len(LOSSES) * abs(part))
    return -depth if part < 0 else 2 * depth


def _signed(cell: Cell, value: float) -> Cell:
    """Return a cell with its sign before it, so that colour is not needed."""
    return replace(cell, text=f"+{cell.text}") if value > 0 else cell
