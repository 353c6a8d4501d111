"""Boxes and links with places: what a page draws in SVG and a slide in its own shapes.

A diagram is plain values, in pixels from the top left. It holds only what a released
table allowed, so whatever is drawn from it is as safe as the table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from insight.report.layout import Line, Size

__all__ = [
    "LINE_HEIGHT",
    "MARGIN",
    "PAGE",
    "SMALL_LETTER",
    "Box",
    "Diagram",
    "Link",
    "Look",
    "diagram_svg",
    "fitted",
    "label_size",
    "size_of",
]

LETTER: Final = 7.4  # width of a letter at 13 px, on the generous side
SMALL_LETTER: Final = 6.6  # at 12 px
LINE_HEIGHT: Final = 17
SMALL_LINE: Final = 15
LINES: Final = 3
MARGIN: Final = 12
PAGE: Final = 900  # pixels of width on a desktop page
SMALLEST: Final = 0.85  # how far a drawing may shrink, so that its text is 11 px
THIN, THICK = 1.2, 7.0
TIP: Final = 9.0
SLIDING: Final = ' data-sliders="yes"'
AGAIN: Final = 340  # pixels after which a lane says its name again: a phone's width

Look: TypeAlias = Literal["step", "lane", "mark", "again", "spell", "note", "tick"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """Something with a place: its whole name, and the lines that stand in it.

    `x` and `y` are its middle. A "step" has its lines inside, a "lane" along its top,
    a "tick" (a line from top to foot) at its foot; a "note" is lines alone, from
    `x` on, or up to it where `ends` is set.
    """

    name: str
    lines: Sequence[str]
    x: float
    y: float
    width: float
    height: float
    look: Look = "step"
    ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Link:
    """A line between two boxes, by their positions, and what it says.

    `use` (0 to 1) is how wide it is drawn; `values` are the released figures behind
    it, by name; what is hidden or not known is not among them.
    """

    source: int
    target: int
    words: Sequence[str]
    line: Line
    use: float
    hidden: bool = False
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def wide(self) -> float:
        """Return the width of the line in pixels: an area says how much."""
        return THIN + (THICK - THIN) * math.sqrt(self.use)


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Boxes, and the links between them, on a ground of a size."""

    width: float
    height: float
    boxes: Sequence[Box]
    links: Sequence[Link] = ()


def fitted(name: str, letters: int) -> list[str]:
    """Return a name in at most three lines, the last cut short if need be.

    Examples
    --------
    >>> fitted("a review of everything that was ever written", 12)
    ['a review of', 'everything', 'that was ev…']
    """
    lines = wrap(name, letters) or [""]
    if len(lines) > LINES:
        rest = " ".join(lines[LINES - 1 :])
        lines = [*lines[: LINES - 1], f"{rest[: letters - 1]}…"]
    return lines


def size_of(lines: Sequence[str]) -> Size:
    """Return width and height of a step that holds these lines."""
    return max(map(len, lines)) * LETTER + 24, len(lines) * LINE_HEIGHT + 14.0


def label_size(words: Sequence[str]) -> Size:
    """Return the room that the words of a link take."""
    return max(map(len, words)) * SMALL_LETTER + 14, len(words) * SMALL_LINE + 14.0


def diagram_svg(diagram: Diagram, kind: str = "", *, sliders: bool = False) -> str:
    """Return a diagram as SVG: grounds lowest, then lines, boxes, and labels on top.

    Parameters
    ----------
    diagram
        What to draw.
    kind
        Further class names of the drawing.
    sliders
        Give the figures behind each link, for the script of the page.
    """
    width, height = (
        math.ceil(side) + 2 * MARGIN for side in (diagram.width, diagram.height)
    )
    fits = " fits" if width * SMALLEST <= PAGE else ""
    boxes = diagram.boxes
    grounds = "".join(GROUNDS[box.look](box) for box in boxes if box.look in GROUNDS)
    lines = "".join(
        _line(at, link, boxes, sliders=sliders)
        for at, link in reversed(list(enumerate(diagram.links)))
    )
    nodes = "".join(
        f'<g class="node is-{box.look}"{_at("node", at) if sliders else ""}>'
        f"<title>{escape(box.name)}</title>{SHAPES[box.look](box)}</g>"
        for at, box in enumerate(boxes)
        if box.look in SHAPES
    )
    labels = "".join(
        _label(at, link, sliders=sliders) for at, link in enumerate(diagram.links)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'class="process{fits}{f" {kind}" if kind else ""}" aria-hidden="true"'
        f"{SLIDING if sliders else ''}>"
        f'<g transform="translate({MARGIN} {MARGIN})">'
        f"{grounds}{lines}{nodes}{labels}</g></svg>"
    )


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    """Return one line of text."""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _rect(box: Box, radius: float = 3) -> str:
    """Return the outline of a box."""
    rounded = f' rx="{radius:g}"' if radius else ""
    return (
        f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}"{rounded}/>'
    )


def _step(box: Box) -> str:
    """Return a box with its name inside."""
    first = box.y - (len(box.lines) - 1) * LINE_HEIGHT / 2 + 4.5
    return _rect(box, 6) + "".join(
        _text(box.x, first + place * LINE_HEIGHT, words)
        for place, words in enumerate(box.lines)
    )


def _lane(box: Box) -> str:
    """Return a lane with its name along it, again wherever a phone has scrolled on."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    name = " ".join(box.lines)
    step = max(AGAIN, len(name) * LETTER + 40)
    names = "".join(
        _text(left + 10 + at * step, top + 17, name, "lane-name")
        for at in range(max(1, int((box.width - 0.4 * step) // step) + 1))
    )
    return f'<g class="lane">{_rect(box, 0)}{names}</g>'


def _tick(box: Box) -> str:
    """Return a line from top to foot, with its words below."""
    top, foot = box.y - box.height / 2, box.y + box.height / 2
    line = f'<line class="grid" x1="{box.x:.1f}" x2="{box.x:.1f}" '
    return f'{line}y1="{top:.1f}" y2="{foot:.1f}"/>' + _text(
        box.x, foot + LINE_HEIGHT, " ".join(box.lines), "tick"
    )


def _note(box: Box) -> str:
    """Return lines of text alone."""
    kind = "ends" if box.ends else "starts"
    return "".join(
        _text(box.x, box.y + 4.5 + place * LINE_HEIGHT, words, kind)
        for place, words in enumerate(box.lines)
    )


def _mark(box: Box) -> str:
    """Return a round mark."""
    return f'<circle cx="{box.x:.1f}" cy="{box.y:.1f}" r="{box.width / 2:.1f}"/>'


def _again(box: Box) -> str:
    """Return a mark that stands on a corner."""
    half = box.width / 2
    return (
        f'<path d="M{box.x:.1f} {box.y - half:.1f}l{half:.1f} {half:.1f}'
        f'l{-half:.1f} {half:.1f}l{-half:.1f} {-half:.1f}z"/>'
    )


GROUNDS: Final[dict[Look, Callable[[Box], str]]] = {"lane": _lane, "tick": _tick}
SHAPES: Final[dict[Look, Callable[[Box], str]]] = {
    "step": _step, "mark": _mark, "again": _again, "note": _note,
    "spell": _rect,
}  # fmt: skip


def _at(what: str, at: int) -> str:
    """Return the attribute by which the script finds a link or a node."""
    return f' data-{what}="{at}"'


def _data(at: int, link: Link) -> str:
    """Return the figures behind a link as attributes."""
    figures = "".join(
        f' data-{name}="{value:.12g}"' for name, value in link.values.items()
    )
    return _at("link", at) + (
        f' data-from="{link.source}" data-to="{link.target}"{figures}'
    )


def _line(at: int, link: Link, boxes: Sequence[Box], *, sliders: bool) -> str:
    """Return one line with its tip and what it says when pointed at."""
    tip, base = link.line.tip, link.line.curve[-1]
    away = math.hypot(tip[0] - base[0], tip[1] - base[1]) or 1.0
    half = (TIP / 2 + link.wide / 2) / away
    dx, dy = (tip[0] - base[0]) * half, (tip[1] - base[1]) * half
    head = (
        f"M{tip[0]:.1f} {tip[1]:.1f}"
        f"L{base[0] - dy:.1f} {base[1] + dx:.1f}L{base[0] + dy:.1f} {base[1] - dx:.1f}z"
    )
    ends = f"{boxes[link.source].name} to {boxes[link.target].name}"
    dashed = ' stroke-dasharray="4 4"' if link.hidden else ""
    return (
        f'<g class="edge"{_data(at, link) if sliders else ""}>'
        f"<title>{escape(f'{ends}: ' + ', '.join(link.words))}</title>"
        f'<path class="line" d="{link.line.path}" '
        f'stroke-width="{link.wide:.1f}"{dashed}/>'
        f'<path class="tip" d="{head}"/></g>'
    )


def _label(at: int, link: Link, *, sliders: bool) -> str:
    """Return what a line says, on a ground of its own."""
    x, y = link.line.label
    width, height = label_size(link.words)
    first = y - (len(link.words) - 1) * SMALL_LINE / 2 + 4
    text = "".join(
        _text(x, first + place * SMALL_LINE, words)
        for place, words in enumerate(link.words)
    )
    return (
        f'<g class="label"{_at("link", at) if sliders else ""}>'
        f'<rect x="{x - width / 2 + 5:.1f}" '
        f'y="{y - height / 2 + 5:.1f}" width="{width - 10:.1f}" '
        f'height="{height - 10:.1f}" rx="3"/>{text}</g>'
    )
