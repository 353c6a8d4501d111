"""Tables and charts of a slide, and how all of its shapes are named and coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from insight.release.paper import printed
from insight.report.palette import INKS, LOSSES, SHADES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.report.plots import Plot

__all__ = ["add_chart", "add_table", "colour", "described"]

FORMS: Final = {"share": "0%", "pence": "£#,##0", "pounds": "£#,##0", "days": "0.0"}
PENCE: Final = 100


def described(shape: Any, name: str, alt: str) -> None:  # noqa: ANN401 - untyped library
    """Give a shape its name, and what a reader who cannot see it should learn."""
    shape.name = printed(name)
    said = next(shape._element.iter(qn("p:cNvPr")))  # noqa: SLF001 - no public way
    said.set("descr", printed(alt))


def colour(code: str) -> Any:  # noqa: ANN401 - untyped library
    """Return a colour such as "#1e5a69" as a slide has it."""
    return RGBColor.from_string(code.removeprefix("#").upper())  # type: ignore[no-untyped-call]


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
