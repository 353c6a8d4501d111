"""Axes with round ticks, on a ground that fits any width.

Across, places are in per cent; down, they are in pixels. Text keeps its size, so that
a phone shows the same drawing with the same letters; lines that bend lie in an inner
drawing that is stretched, with strokes that are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from insight.report.formats import Form, said_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "TALL",
    "Axis",
    "ground",
    "named_axis",
    "path_of",
    "round_axis",
    "stretched",
]

ACROSS: Final = 1000
"""Steps across the stretched inner drawing."""

TALL: Final = 320
"""Pixels from the top of the ground to its foot."""

LETTERS: Final = 40
LINE: Final = 19
NAMED: Final = 6
LONGEST: Final = 12
ROOM: Final = 36
"""Letters of ticks that a phone has room for; of more, it leaves every other out."""

GAPS: Final = 5
STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True)
class Axis:
    """A scale from `least` to `most`, and its ticks: where they are, what they say."""

    least: float
    most: float
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies, from 0 to 1."""
        return (value - self.least) / (self.most - self.least)


def round_axis(
    values: Iterable[float], form: Form, *, from_nought: bool = False
) -> Axis:
    """Return an axis with at most seven round ticks.

    Parameters
    ----------
    values
        What must find room, each finite; without any, the axis runs from 0 to 1.
    form
        What the figures are.
    from_nought
        Widen the axis to round numbers, and to 0 where that costs less than half of
        it; otherwise it ends where the values do.

    Examples
    --------
    >>> [tick for _, tick in round_axis([0.12, 0.58], "share", from_nought=True).ticks]
    ['0%', '20%', '40%', '60%']
    >>> [tick for _, tick in round_axis([2, 12], "number").ticks]
    ['2', '4', '6', '8', '10', '12']
    """
    known = list(values) or [0.0, 1.0]
    least, most = min(known), max(known)
    if least == most or (from_nought and 0 <= least <= most / 2):
        least, most = min(least, 0.0), max(most, 0.0)
    if least == most:
        most = least + 1.0
    step = _round_step((most - least) / GAPS)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    if from_nought:
        least, most = first * step, last * step
    slack = (most - least) * 1e-9
    places = [at * step for at in range(first, last + 1)]
    ticks = [
        (at, said_short(round(at, 12) + 0.0, form).replace(".0%", "%"))
        for at in places
        if least - slack <= at <= most + slack
    ]
    return Axis(least, most, ticks)


def named_axis(names: Sequence[str]) -> tuple[Axis, dict[str, float]]:
    """Return an axis of names, and the place of each on it.

    Names that are all numbers, such as years, stand as far apart as their numbers;
    others stand evenly, in the order given. At most six are written.

    Examples
    --------
    >>> axis, places = named_axis(["2001", "2011", "2021"])
    >>> axis.share(places["2011"])
    0.5
    """
    try:
        places = {name: float(name) for name in names}
    except ValueError:
        places = {}
    if not places or not all(map(math.isfinite, places.values())):
        places = {name: float(at) for at, name in enumerate(names)}
    span = list(places.values()) or [0.0, 1.0]
    least, most = min(span), max(span)
    every = max(1, math.ceil(len(places) / NAMED))
    ticks = [
        (at, name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")
        for name, at in list(places.items())[::every]
    ]
    return Axis(least, most if most > least else least + 1.0, ticks), places


def _round_step(least: float) -> float:
    """Return the first of 1, 2, 5, 10 and so on that is `least` or more."""
    tens = 10.0 ** math.floor(math.log10(least))
    return next(each * tens for each in STEPS if each * tens >= least * (1 - 1e-9))


def path_of(points: Iterable[tuple[float, float]]) -> str:
    """Return path data through points given as shares across and pixels down.

    Examples
    --------
    >>> path_of([(0, 10), (0.5, 20.25)])
    'M0.0 10.0L500.0 20.2'
    """
    return "M" + "L".join(f"{x * ACROSS:.1f} {y:.1f}" for x, y in points)


def _balanced(title: str) -> list[str]:
    """Return a title in as few lines as a phone has room for, of about one length."""
    few = len(wrap(title, LETTERS))
    tries = (wrap(title, width) for width in range(1, LETTERS + 1))
    return next((lines for lines in tries if len(lines) <= few), [])


def stretched(paths: str) -> str:
    """Return paths on an inner drawing, which is stretched to the width of the page."""
    return (
        f'<svg width="100%" height="{TALL}" viewBox="0 0 {ACROSS} {TALL}" '
        f'preserveAspectRatio="none" overflow="visible">{paths}</svg>'
    )


def ground(
    across: Axis, up: Axis, titles: tuple[str, str], drawn: str, kind: str
) -> str:
    """Return the whole SVG: axes with their titles, and what is drawn on them.

    Parameters
    ----------
    across, up
        The axes.
    titles
        Of the axis across and of the axis up.
    drawn
        Elements placed in per cent across and in pixels down from the top of the
        ground.
    kind
        Class names of the drawing.
    """
    below, above = map(_balanced, titles)
    top = LINE * len(above) + 12
    words = "".join(
        f'<text class="axis" x="-56" y="{LINE * place + 14}">{escape(line)}</text>'
        for place, line in enumerate(above)
    )
    rows = "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="tick up" x="-13" y="{y + 4:.1f}">{escape(tick)}</text>'
        for y, tick in (
            (round(TALL * (1 - up.share(at)), 1), tick) for at, tick in up.ticks
        )
    )
    is_crowded = sum(len(tick) + 1 for _, tick in across.ticks) > ROOM
    marks = "".join(
        f'<line class="base" x1="{x:.2f}%" x2="{x:.2f}%" y1="{TALL}" y2="{TALL + 5}"/>'
        f'<text class="tick across{" spare" if is_crowded and place % 2 else ""}" '
        f'x="{x:.2f}%" y="{TALL + 20}">{escape(tick)}</text>'
        for place, (x, tick) in enumerate(
            (100 * across.share(at), tick) for at, tick in across.ticks
        )
    )
    title = "".join(
        f'<text class="axis across" x="50%" y="{TALL + 44 + LINE * place}">'
        f"{escape(line)}</text>"
        for place, line in enumerate(below)
    )
    high = top + TALL + 30 + LINE * len(below)
    return (
        f'<svg width="100%" height="{high}" class="{kind}" aria-hidden="true">{words}'
        f'<svg y="{top}" width="100%" height="{TALL}" overflow="visible">{rows}{marks}'
        f'{title}<line class="base" x1="0" x2="100%" y1="{TALL}" y2="{TALL}"/>'
        f"{drawn}</svg></svg>"
    )
