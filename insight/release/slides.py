"""Make slides of a report's pictures, in shapes, tables and charts that can be edited.

Boxes and links become shapes and connectors that stay joined when they are moved;
figures of charts become charts with their numbers; the rest becomes its table.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from pptx import Presentation
from pptx.util import Emu, Pt

from insight.release.paper import printed
from insight.release.slide_diagrams import add_diagram
from insight.release.slide_shapes import add_chart, add_table, colour, described
from insight.report.blocks import Column, Matrix, Picture
from insight.report.diagram import Diagram
from insight.report.formats import cell_of
from insight.report.grids import shaded
from insight.report.plots import Plot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.report.blocks import Table
    from insight.report.sections import Report

__all__ = ["slides_of"]

WIDE, HIGH = Emu(12192000), Emu(6858000)  # 16:9
LEFT, TOP = Emu(457200), Emu(1005840)
ROOM = (Emu(11277600), Emu(4937760))
TITLE_ONLY: Final = 5
ROWS: Final = 14
MADE: Final = dt.datetime(2010, 1, 1)  # noqa: DTZ001 - Office knows no zones; the same bytes
OLD: Final = (1980, 1, 1, 0, 0, 0)
WHEN: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def slides_of(report: Report) -> bytes:
    """Return the pictures and grids of a report as a presentation; b"" if it has none.

    Parameters
    ----------
    report
        What is printed as a page. The same report gives the same bytes, and the file
        does not say who made it.
    """
    shown = [
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, (Picture, Matrix))
    ]
    if not shown:
        return b""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    about = deck.core_properties
    about.author = about.last_modified_by = "totalplace"
    about.title = f"{printed(report.place)}: pictures of the customer insight report"
    about.created = about.modified = MADE
    about.revision = 1
    for block in shown:
        _slide(deck, block, report)
    content = io.BytesIO()
    deck.save(content)
    return _timeless(content.getvalue())


def _slide(deck: Any, block: Picture | Matrix, report: Report) -> None:  # noqa: ANN401 - untyped library
    """Add one slide: a title, the picture, and where it comes from."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    title = slide.shapes.title
    title.left, title.top = LEFT, Emu(228600)
    title.width, title.height = ROOM[0], Emu(685800)
    title.text_frame.text = printed(block.title)
    font = title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(24), True, colour("#15242b")
    frame = (LEFT, TOP, *ROOM)
    if isinstance(block, Matrix):
        grid = shaded(block)
        alt = f"{block.title}. {block.corner}."
        rows = [[block.corner, *grid.across]] + [
            [name, *(cell.text or "–" for cell, _ in cells)]  # noqa: RUF001 - a dash
            for name, cells in zip(grid.down, grid.cells, strict=True)
        ]
        shades = [[shade for _, shade in cells] for cells in grid.cells]
        shape = add_table(slide, frame, rows[: ROWS + 1], shades)
        many, released = len(grid.down), block.released
    elif isinstance(block.drawing.shapes, Diagram):
        shape, alt = add_diagram(slide, frame, block.drawing.shapes), block.alt
        many, released = 0, block.twin.released
    elif isinstance(block.drawing.shapes, Plot):
        shape, alt = add_chart(slide, frame, block.drawing.shapes), block.alt
        many, released = 0, block.twin.released
    else:
        rows = _rows(block.twin)
        shape, alt = add_table(slide, frame, rows[: ROWS + 1]), block.alt
        many, released = len(rows) - 1, block.twin.released
    described(shape, block.title, alt)
    cut = f"The first {ROWS} of {many} rows." if many > ROWS else ""
    _source(slide, [cut, released.note, f"Figures: {released.path}."], report)


def _rows(table: Table) -> list[list[str]]:
    """Return a table as texts, its headings first."""
    columns = {
        name: each if isinstance(each, Column) else Column(each)
        for name, each in table.columns.items()
    }
    return [[each.heading for each in columns.values()]] + [
        [
            cell_of(table.released, row, name, each.form).text
            for name, each in columns.items()
        ]
        for row in range(len(table.released.frame))
    ]


def _source(slide: Any, parts: Sequence[str], report: Report) -> None:  # noqa: ANN401 - untyped library
    """Say below the picture where it comes from, and under which rule."""
    made_up = "Synthetic data: invented people and places." if report.synthetic else ""
    period = f", {report.period}" if report.period else ""
    words = (made_up, *parts, str(report.rule), f"{report.place}{period}.")
    box = slide.shapes.add_textbox(LEFT, Emu(6035040), ROOM[0], Emu(640080))
    box.name = "Source"
    box.text_frame.word_wrap = True
    box.text_frame.text = printed(" ".join(filter(None, words)))
    for run in box.text_frame.paragraphs[0].runs:
        run.font.size = Pt(10)
        run.font.color.rgb = colour("#46565e")


def _timeless(content: bytes) -> bytes:
    """Return an Office file without the times at which it and its parts were made."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = _timeless(part)
            elif name == "docProps/core.xml":
                stamp = MADE.isoformat().encode() + b"Z"
                part = WHEN.sub(rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, OLD)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return out.getvalue()
