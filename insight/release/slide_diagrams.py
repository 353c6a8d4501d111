"""Diagrams of a slide: boxes, and connectors that stay joined when a box is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from insight.release.paper import printed
from insight.release.slide_shapes import colour
from insight.report.diagram import SMALL_LETTER
from insight.report.layout import meet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.report.diagram import Box, Diagram, Link, Look
    from insight.report.layout import Area

__all__ = ["add_diagram"]

PIXEL: Final = 9525  # EMU
LARGEST: Final = 1.4
DRAWN_OUT: Final = 2.6  # times as wide as high a diagram may become
ROUND: Final = frozenset({"mark", "again"})
LOW: Final = frozenset({"lane", "tick"})  # below the links
PARTS: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85)
"""How far along a link its words may stand, the best place first."""
LEAST: Final = 7  # points, below which nobody reads a slide
SHAPES: Final[dict[Look, MSO_SHAPE]] = {
    "step": MSO_SHAPE.ROUNDED_RECTANGLE,
    "lane": MSO_SHAPE.RECTANGLE,
    "mark": MSO_SHAPE.OVAL,
    "again": MSO_SHAPE.DIAMOND,
    "spell": MSO_SHAPE.RECTANGLE,
}
FILLS: Final[dict[Look, tuple[str, str]]] = {
    "step": ("#eaf2f4", "#12566a"),
    "lane": ("#f6f9fa", "#d3dcdf"),
    "mark": ("#12566a", "#ffffff"),
    "again": ("#9b1c12", "#ffffff"),
    "spell": ("#a9c9d0", "#12566a"),
}
TOP, WEST, FOOT, EAST = range(4)  # where a connector may join a shape


class Scale(NamedTuple):
    """How many EMU a pixel of a diagram is, across and down."""

    across: float
    down: float

    @property
    def text(self) -> float:
        """Return how many EMU a pixel of text is: a box is about twice its height."""
        return min(self.across, 1.5 * self.down)

    @property
    def size(self) -> Any:  # noqa: ANN401 - untyped library
        """Return the size of text."""
        return Pt(max(LEAST, round(9.75 * self.text / PIXEL, 1)))


def add_diagram(slide: Any, frame: tuple[int, ...], diagram: Diagram) -> Any:  # noqa: ANN401 - untyped library
    """Add boxes and connectors as one group that fills the frame; return the group.

    A high drawing is drawn out to the width of the slide, so that its text is larger.
    """
    left, top, wide, high = frame
    down = min(high / diagram.height, LARGEST * PIXEL)
    scale = Scale(min(wide / diagram.width, LARGEST * PIXEL, DRAWN_OUT * down), down)
    group = slide.shapes.add_group_shape()
    at = (left + (wide - scale.across * diagram.width) / 2, top)
    boxes = sorted(enumerate(diagram.boxes), key=lambda each: each[1].look not in LOW)
    shapes = {place: _box(group, box, at, scale) for place, box in boxes}
    lines = [_connector(group, link, shapes) for link in diagram.links]
    first = next((shapes[place] for place, box in boxes if box.look not in LOW), None)
    if first is not None:
        for line in lines:
            first._element.addprevious(line._element)  # noqa: SLF001 - below the boxes
    steps = [
        shapes[place] for place, box in enumerate(diagram.boxes) if box.look == "step"
    ]
    taken = [
        (one.left + one.width / 2, one.top + one.height / 2, one.width, one.height)
        for one in steps
    ]
    for link, line in zip(diagram.links, lines, strict=True):
        _label(group, link, line, taken, scale)
    return group


def _box(group: Any, box: Box, at: tuple[float, float], scale: Scale) -> Any:  # noqa: ANN401 - untyped library
    """Add one box with its text; marks keep their shape."""
    across, down = scale if box.look not in ROUND else (min(scale),) * 2
    wide, high = across * box.width, down * box.height
    x = at[0] + scale.across * box.x - wide / 2
    y = at[1] + scale.down * box.y - high / 2
    if box.look == "tick":
        ends = (Emu(int(each)) for each in (x, y, x, y + high))
        line = group.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
        line.line.color.rgb = colour("#d3dcdf")
        below = (x - 30 * scale.text, y + high, 60 * scale.text, 20 * scale.text)
        _words(group, box.lines, below, scale)
        return line
    if box.look == "note":
        room = max(map(len, box.lines)) * SMALL_LETTER * scale.text
        left = x + wide / 2 - (room if box.ends else 0)
        area = (left, y + high / 2 - 11 * scale.text, room, 22 * scale.text)
        shape = _words(group, box.lines, area, scale)
        shape.text_frame.paragraphs[0].alignment = (
            PP_ALIGN.RIGHT if box.ends else PP_ALIGN.LEFT
        )
        return shape
    places = (Emu(int(each)) for each in (x, y, wide, high))
    shape = group.shapes.add_shape(SHAPES[box.look], *places)
    fill, edge = FILLS[box.look]
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(fill)
    shape.line.color.rgb = colour(edge)
    shape.line.width = Pt(1)
    shape.shadow.inherit = False
    shape.name = printed(box.name)
    _fill_text(shape, box.lines, scale)
    if box.look == "lane":
        shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        shape.text_frame.paragraphs[0].font.bold = True
    return shape


def _words(
    group: Any,  # noqa: ANN401 - untyped library
    lines: Sequence[str],
    area: tuple[float, float, float, float],
    scale: Scale,
) -> Any:  # noqa: ANN401 - untyped library
    """Add text alone."""
    shape = group.shapes.add_textbox(*(Emu(int(each)) for each in area))
    _fill_text(shape, lines, scale)
    return shape


def _fill_text(shape: Any, lines: Sequence[str], scale: Scale) -> None:  # noqa: ANN401 - untyped library
    """Write lines into a shape, in one size of text."""
    text = shape.text_frame
    text.margin_left = text.margin_right = Emu(int(4 * scale.text))
    text.margin_top = text.margin_bottom = 0
    text.word_wrap = False
    text.vertical_anchor = MSO_ANCHOR.MIDDLE
    text.text = printed("\n".join(lines))
    for paragraph in text.paragraphs:
        paragraph.alignment = PP_ALIGN.CENTER
        paragraph.font.size = scale.size
        paragraph.font.color.rgb = colour("#15242b")


def _sites(link: Link, shapes: dict[int, Any]) -> tuple[int, int]:
    """Return where a connector leaves one shape and joins the other."""
    one, other = shapes[link.source], shapes[link.target]
    if link.source == link.target:
        return EAST, FOOT
    across = other.left + other.width / 2 - one.left - one.width / 2
    down = other.top + other.height / 2 - one.top - one.height / 2
    if abs(down) > (one.height + other.height) / 2 and abs(down) * 2 > abs(across):
        return (FOOT, TOP) if down > 0 else (TOP, FOOT)
    return (EAST, WEST) if across > 0 else (WEST, EAST)


def _connector(group: Any, link: Link, shapes: dict[int, Any]) -> Any:  # noqa: ANN401 - untyped library
    """Add a connector that stays joined to its two shapes."""
    is_loop = link.source == link.target
    kind = MSO_CONNECTOR.CURVE if is_loop else MSO_CONNECTOR.STRAIGHT
    line = group.shapes.add_connector(kind, 0, 0, 0, 0)
    leaves, meets = _sites(link, shapes)
    line.begin_connect(shapes[link.source], leaves)
    line.end_connect(shapes[link.target], meets)
    line.line.width = Pt(round(0.75 * link.wide, 2))
    line.line.color.rgb = colour("#6f8a93")
    if link.hidden:
        line.line.dash_style = MSO_LINE.DASH
    line.name = f"{shapes[link.source].name} to {shapes[link.target].name}: " + printed(
        ", ".join(link.words)
    )
    stroke = line.line._get_or_add_ln()  # noqa: SLF001 - arrowheads have no public way
    stroke.append(stroke.makeelement(qn("a:tailEnd"), {"type": "triangle"}))
    return line


def _label(
    group: Any,  # noqa: ANN401 - untyped library
    link: Link,
    line: Any,  # noqa: ANN401 - untyped library
    taken: list[Area],
    scale: Scale,
) -> None:
    """Write what a link says upon it, where it hides neither a box nor other words."""
    said = ", ".join(link.words)
    wide, high = (len(said) * SMALL_LETTER + 6) * scale.text, 15 * scale.text
    ends = (line.begin_x, line.begin_y), (line.end_x, line.end_y)
    if link.source == link.target:
        ends = ((ends[0][0] + wide / 2 + 12 * scale.text, ends[1][1]),) * 2
    places = [
        (
            (1 - part) * ends[0][0] + part * ends[1][0],
            (1 - part) * ends[0][1] + part * ends[1][1],
            wide,
            high,
        )
        for part in PARTS
    ]
    free = (one for one in places if not any(meet(one, each) for each in taken))
    x, y, _, _ = chosen = next(free, places[0])
    taken.append(chosen)
    shape = _words(group, [said], (x - wide / 2, y - high / 2, wide, high), scale)
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour("#ffffff")
