"""One series of a line chart: its stroke, its marks, its band, its name.

Colour, dashes and the shape of its marks say which series a stroke is, so that none
is told by colour alone.
"""

from __future__ import annotations

import math
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from insight.report.axes import TALL, Axis, path_of, stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Point", "knot", "names_at_ends", "run", "stroke", "swatch"]

DASHES: Final = ("", "8 4", "2 3", "12 3 2 3", "14 6", "5 2", "1 5", "8 2 2 2 2 2")
MARKS: Final = (
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    "M-4 -4h8v8h-8z",
    "M0 -5.5L5 4h-10z",
    "M0 -5.5L5.5 0L0 5.5L-5.5 0z",
)
"""Filled for the first four series, hollow for the next four."""

MARKED: Final = 25
"""Points of one stroke up to which each is marked; of more, about six are."""

SOME: Final = 6
APART: Final = 16


class Point(NamedTuple):
    """A place, the ends of its interval, and what it says; NaN is not known."""

    x: float
    y: float
    low: float
    high: float
    words: str


def stroke(style: int, points: Sequence[Point], across: Axis, up: Axis) -> str:
    """Return one series, broken where a figure is not known.

    Parameters
    ----------
    style
        Which of eight, from 0.
    points
        In order of `x`.
    across, up
        The axes.
    """

    def at(x: float, y: float) -> tuple[float, float]:
        return across.share(x), TALL * (1 - up.share(y))

    runs = _runs(points, lambda each: not math.isnan(each.y))
    bands = _runs(points, lambda each: not math.isnan(each.y + each.low + each.high))
    paths = "".join(
        '<path class="band" d="'
        + path_of(
            [at(each.x, each.high) for each in part]
            + [at(each.x, each.low) for each in reversed(part)]
        )
        + 'z"/>'
        for part in bands
    )
    paths += "".join(
        run(style, path_of(at(each.x, each.y) for each in part)) for part in runs
    )
    every = 1 if len(points) <= MARKED else len(points) // SOME
    marks = "".join(
        _mark(style, at(each.x, each.y), each.words)
        for part in runs
        for place, each in enumerate(part)
        if place % every == 0 or place == len(part) - 1
    )
    return f'<g class="t{style + 1}">{stretched(paths)}{marks}</g>'


def swatch(style: int) -> str:
    """Return what stands for a series in the key."""
    return (
        f'<g class="t{style + 1}" transform="translate(56 40) scale(4)">'
        f"{run(style, 'M-14 0h28')}{knot(style)}</g>"
    )


def names_at_ends(ends: Iterable[tuple[str, float, float]], up: Axis) -> str:
    """Return names beside the ends of lines, as near as they fit one below another.

    Parameters
    ----------
    ends
        Name, share across and value of each end.
    up
        The axis of the values.
    """
    placed = sorted((TALL * (1 - up.share(y)), x, name) for name, x, y in ends)
    if not placed:
        return ""
    slots = APART * np.arange(len(placed))
    nearest = isotonic_regression([y for y, _, _ in placed] - slots).x + slots
    return "".join(
        f'<text class="end" x="{100 * x:.2f}%" dx="12" y="{y + 5:.1f}">'
        f"{escape(name)}</text>"
        for y, (_, x, name) in zip(nearest, placed, strict=True)
    )


def _runs(
    points: Sequence[Point], is_known: Callable[[Point], bool]
) -> list[list[Point]]:
    """Return the stretches of points that are known."""
    return [list(run) for known, run in groupby(points, is_known) if known]


def run(style: int, path: str) -> str:
    """Return a stroke along a path in the dashes of its style."""
    dashes = f' stroke-dasharray="{DASHES[style]}"' if DASHES[style] else ""
    return f'<path class="run" d="{path}"{dashes}/>'


def knot(style: int) -> str:
    """Return the mark of a style around the origin."""
    hollow = " hollow" if style >= len(MARKS) else ""
    return f'<path class="knot{hollow}" d="{MARKS[style % len(MARKS)]}"/>'


def _mark(style: int, at: tuple[float, float], words: str) -> str:
    """Return a mark at a place, with what it says when pointed at."""
    return (
        f'<svg x="{100 * at[0]:.2f}%" y="{at[1]:.1f}" '
        f'overflow="visible"><title>{escape(words)}</title>{knot(style)}</svg>'
    )
