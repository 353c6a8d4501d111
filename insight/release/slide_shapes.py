"""Shapes, tables and charts of a slide: what PowerPoint and its like can edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from insight.report.diagram import SMALL_LETTER, label_size
from insight.report.palette import INKS, LOSSES, SHADES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.report.diagram import Box, Diagram, Link, Look
    from insight.report.plots import Plot

__all__ = ["add_chart", "add_diagram", "add_table", "colour", "described", "printed"]

PIXEL: Final = 9525  # EMU
LEAST: Final = 7  # points, below which nobody reads a slide
FORMS: Final = {"share": "0%", "pence": "£#,##0", "pounds": "£#,##0", "days": "0.0"}
PENCE: Final = 100
UNPRINTED: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
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


def printed(words: str) -> str:
    """Return words without what no file of Office or of pictures may hold.

    Examples
    --------
    >>> printed("a" + chr(31) + "b")
    'a b'
    """
    return UNPRINTED.sub(" ", words)


def described(shape: Any, name: str, alt: str) -> None:  # noqa: ANN401 - untyped library
    """Give a shape its name, and what a reader who cannot see it should learn."""
    shape.name = printed(name)
    said = next(shape._element.iter(qn("p:cNvPr")))  # noqa: SLF001 - no public way
    said.set("descr", printed(alt))


def colour(code: str) -> Any:  # noqa: ANN401 - untyped library
    """Return a colour such as "#1e5a69" as a slide has it."""
    return RGBColor.from_string(code.removeprefix("#").upper())  # type: ignore[no-untyped-call]


def add_diagram(slide: Any, frame: tuple[int, ...], diagram: Diagram) -> Any:  # noqa: ANN401 - untyped library
    """Add boxes and connectors as one group, as large as fits; return the group."""
    left, top, wide, high = frame
    scale = min(wide / diagram.width, high / diagram.height, PIXEL * 1.4)
    group = slide.shapes.add_group_shape()
    at = (left + (wide - scale * diagram.width) / 2, top)
    order = sorted(
        range(len(diagram.boxes)), key=lambda one: _height(diagram.boxes[one].look)
    )
    shapes: dict[int, Any] = {}
    for lower in (True, False):
        for one in order:
            if (_height(diagram.boxes[one].look) == 0) == lower:
                shapes[one] = _box(group, diagram.boxes[one], at, scale)
    pairs = {(link.source, link.target) for link in diagram.links}
    first = next(
        (shapes[one] for one in order if _height(diagram.boxes[one].look)), None
    )
    for link in diagram.links:
        line = _connector(group, link, shapes, scale)
        if first is not None:
            first._element.addprevious(line._element)  # noqa: SLF001 - below the boxes
    for link in diagram.links:
        _label(group, link, shapes, scale, both=(link.target, link.source) in pairs)
    return group


def _height(look: Look) -> int:
    """Return 0 for what lies below the links, 1 for what lies above them."""
    return 0 if look in {"lane", "tick"} else 1


def _size(scale: float) -> Pt:
    """Return the size of text in a drawing of a scale."""
    return Pt(max(LEAST, round(9.75 * scale / PIXEL, 1)))


def _box(group: Any, box: Box, at: tuple[float, float], scale: float) -> Any:  # noqa: ANN401 - untyped library
    """Add one box with its text."""
    x, y = (
        at[0] + scale * (box.x - box.width / 2),
        at[1] + scale * (box.y - box.height / 2),
    )
    wide, high = scale * box.width, scale * box.height
    if box.look == "tick":
        line = group.shapes.add_connector(
            MSO_CONNECTOR.STRAIGHT,
            Emu(int(x)),
            Emu(int(y)),
            Emu(int(x)),
            Emu(int(y + high)),
        )
        line.line.color.rgb = colour("#d3dcdf")
        _words(
            group, box.lines, (x - scale * 30, y + high, scale * 60, scale * 22), scale
        )
        return line
    if box.look == "note":
        left = x - wide / 2 if box.ends else x + wide / 2
        area = (left, at[1] + scale * (box.y - 11), wide + scale * 12, scale * 22)
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
    scale: float,
) -> Any:  # noqa: ANN401 - untyped library
    """Add text alone."""
    shape = group.shapes.add_textbox(*(Emu(int(each)) for each in area))
    _fill_text(shape, lines, scale)
    return shape


def _fill_text(shape: Any, lines: Sequence[str], scale: float) -> None:  # noqa: ANN401 - untyped library
    """Write lines into a shape, in one size of text."""
    text = shape.text_frame
    text.margin_left = text.margin_right = Emu(int(4 * scale))
    text.margin_top = text.margin_bottom = 0
    text.word_wrap = False
    text.vertical_anchor = MSO_ANCHOR.MIDDLE
    text.text = printed("\n".join(lines))
    for paragraph in text.paragraphs:
        paragraph.alignment = PP_ALIGN.CENTER
        paragraph.font.size = _size(scale)
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


def _connector(group: Any, link: Link, shapes: dict[int, Any], scale: float) -> Any:  # noqa: ANN401 - untyped library
    """Add a connector that stays joined to its two shapes."""
    is_loop = link.source == link.target
    kind = MSO_CONNECTOR.CURVE if is_loop else MSO_CONNECTOR.STRAIGHT
    line = group.shapes.add_connector(kind, 0, 0, 0, 0)
    leaves, meets = _sites(link, shapes)
    line.begin_connect(shapes[link.source], leaves)
    line.end_connect(shapes[link.target], meets)
    line.line.width = Pt(max(0.75, round(0.75 * link.wide * scale / PIXEL, 2)))
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
    shapes: dict[int, Any],
    scale: float,
    *,
    both: bool,
) -> None:
    """Write what a link says upon it; nearer its start where another comes back."""
    one, other = shapes[link.source], shapes[link.target]
    wide = scale * max(map(len, link.words)) * SMALL_LETTER + 8 * scale
    high = scale * (label_size(link.words)[1] - 10)
    part = 0.35 if both else 0.5
    x, y = (
        (1 - part) * (a + b / 2) + part * (c + d / 2)
        for a, b, c, d in (
            (one.left, one.width, other.left, other.width),
            (one.top, one.height, other.top, other.height),
        )
    )
    if one is other:
        x, y = one.left + one.width + wide / 2 + 12 * scale, one.top + one.height
    shape = _words(group, link.words, (x - wide / 2, y - high / 2, wide, high), scale)
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour("#ffffff")


def add_table(
    slide: Any,  # noqa: ANN401 - untyped library
    frame: tuple[int, ...],
    rows: Sequence[Sequence[str]],
    shades: Sequence[Sequence[int]] = (),
) -> Any:  # noqa: ANN401 - untyped library
    """Add a table with its headings first, shaded where shades are given."""
    size = Pt(11 if len(rows[0]) <= 8 else 9)  # noqa: PLR2004 - columns that fit
    left, top, wide, _ = frame
    shape = slide.shapes.add_table(
        len(rows), len(rows[0]), left, top, wide, Emu(len(rows) * 300000)
    )
    grounds = [*zip(SHADES, INKS, strict=True), *reversed(LOSSES)]
    for at, row in enumerate(rows):
        for across, words in enumerate(row):
            cell = shape.table.cell(at, across)
            cell.text = printed(words)
            cell.margin_top = cell.margin_bottom = Emu(30000)
            ink = "#ffffff" if at == 0 else "#15242b"
            ground = "#12566a" if at == 0 else "#ffffff"
            if at and across and shades:
                ground, ink = grounds[shades[at - 1][across - 1]]
            cell.fill.solid()
            cell.fill.fore_color.rgb = colour(ground)
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = size
                paragraph.font.color.rgb = colour(ink)
    return shape


def add_chart(slide: Any, frame: tuple[int, ...], plot: Plot) -> Any:  # noqa: ANN401 - untyped library
    """Add a chart with its own figures; what is not shown is a gap."""
    by = PENCE if plot.form == "pence" else 1
    data: Any = CategoryChartData(FORMS.get(plot.form, "General"))  # type: ignore[no-untyped-call]
    data.categories = [printed(name) for name in plot.names]
    for name, values in plot.series.items():
        data.add_series(
            printed(name), [None if one is None else one / by for one in values]
        )
    is_bars = plot.kind == "bars"
    kind = XL_CHART_TYPE.BAR_CLUSTERED if is_bars else XL_CHART_TYPE.LINE_MARKERS
    shape = slide.shapes.add_chart(kind, *frame, data)
    chart = shape.chart
    chart.has_title = False
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    chart.font.size = Pt(12)
    if is_bars:
        chart.category_axis.reverse_order = True
        chart.plots[0].has_data_labels = True
    return shape
