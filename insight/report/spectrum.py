"""Draw a spectrum: each row a bar of 100 %, cut into ordered classes.

Classes get darker in their order, and each says its share where there is room, so that
none is told by colour alone. It fits any width, as bars do.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from insight.report.blocks import Drawing, Key
from insight.report.errors import ReportError
from insight.report.formats import check_column
from insight.report.palette import INKS, SHADES
from insight.report.plots import Plot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released

__all__ = ["spectrum"]

ROW: Final = 54
WIDE: Final = 0.09  # of the whole, from which a share is written
MOST: Final = 5
TINTS: Final = tuple(zip(SHADES, INKS, strict=True))[:MOST]
OUTSIDE: Final = 'fill="#fff" stroke="#15242b" stroke-dasharray="3 3"'


def spectrum(
    table: Released, columns: tuple[str, str, str], *, classes: Sequence[str]
) -> Drawing:
    """Return a bar of 100 % for each row, cut into classes.

    Parameters
    ----------
    table
        What the door gave back: one row a bar and class, its share from 0 to 1. A
        share that is hidden, not known or below nought is not drawn.
    columns
        Columns of the names of bars, of the classes, and of the shares.
    classes
        In order, at most five; a class of the table that is not among them, such as
        "not scored", stands last, with a dashed edge.

    Raises
    ------
    ReportError
        If a column is not there, or there are more than five classes or none.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"kind": ["nhs"] * 2, "control": ["low", "high"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     sheet = Sheet(name="control", title="Control", public=["share"])
    ...     released = release(door, frame.assign(share=[0.75, 0.25]), sheet)
    >>> drawing = spectrum(
    ...     released, ("kind", "control", "share"), classes=["low", "high"]
    ... )
    >>> "nhs, low: 75%" in drawing.svg
    True
    """
    for column in columns:
        check_column(table, column)
    if not 1 <= len(classes) <= MOST:
        msg = f"a spectrum of {len(classes)} classes was asked for. Give 1 to {MOST}."
        raise ReportError(msg)
    known = table.frame[list(columns)].dropna()
    others = sorted(set(known[columns[1]]) - set(classes))
    order = [*classes, *others]
    names = list(dict.fromkeys(table.frame[columns[0]]))
    shares = {
        (name, part): float(share)
        for name, part, share in known.itertuples(index=False)
        if share > 0
    }
    rows = "".join(
        _row(
            name, [(part, shares.get((name, part), 0.0)) for part in order], at, classes
        )
        for at, name in enumerate(names)
    )
    return Drawing(
        svg=(
            f'<svg width="100%" height="{ROW * len(names)}" class="bars" '
            f'aria-hidden="true">{rows}</svg>'
        ),
        kind="chart",
        keys=[Key(0, "", part, _swatch(part, classes)) for part in order],
        shapes=Plot(
            kind="bars",
            names=names,
            series={p: [shares.get((name, p)) for name in names] for p in order},
            form="share",
        ),
    )


def _row(
    name: str, parts: Sequence[tuple[str, float]], at: int, classes: Sequence[str]
) -> str:
    """Return one bar below its name."""
    top, done, drawn = ROW * at, 0.0, []
    for part, share in parts:
        if share:
            left, wide = 100 * done, 100 * share
            words = escape(f"{name}, {part}: {share:.0%}")
            written = (
                f'<text class="inside" x="{left + wide / 2:.2f}%" y="{top + 38}" '
                f'fill="{_tint(part, classes)[1]}">{share:.0%}</text>'
                if share >= WIDE
                else ""
            )
            drawn.append(
                f'<g><title>{words}</title><rect x="{left:.2f}%" width="{wide:.2f}%" '
                f'y="{top + 23}" height="22" {_paint(part, classes)}/>{written}</g>'
            )
        done += share
    return (
        f'<g class="row"><text class="name" x="0" y="{top + 16}">{escape(name)}</text>'
        f"{''.join(drawn)}</g>"
    )


def _paint(part: str, classes: Sequence[str]) -> str:
    """Return how a class is painted: darker further on, dashed outside the order."""
    if part not in classes:
        return OUTSIDE
    return f'fill="{_tint(part, classes)[0]}" stroke="#12566a"'


def _tint(part: str, classes: Sequence[str]) -> tuple[str, str]:
    """Return the ground of a class, and what is written on it."""
    if part not in classes:
        return TINTS[0]
    return TINTS[round(classes.index(part) * (MOST - 1) / max(len(classes) - 1, 1))]


def _swatch(part: str, classes: Sequence[str]) -> str:
    """Return what stands for a class in the key."""
    return (
        f'<rect x="3" y="3" width="106" height="74" stroke-width="6" '
        f"{_paint(part, classes)}/>"
    )
