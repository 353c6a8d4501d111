"""Findings made into one page that opens from disk.

Read in this order: `blocks` and `sections` (what a report is made of), `maps`,
`classes`, `process`, `lanes`, `timeline`, `charts`, `lines`, `curve` and `clustergram`
(drawings), `page` (one HTML file). `diagram` and `plots` say a drawing in plain values,
for slides too; `formats`, `palette`, `shapes`, `axes`, `strokes`, `layout`, `grids` and
`views` serve these.
"""

from insight.report.blocks import (
    Block,
    Column,
    Drawing,
    Figure,
    Figures,
    Key,
    Matrix,
    Picture,
    Table,
    Text,
    figure_of,
)
from insight.report.charts import Bars, bars
from insight.report.classes import MapClass, class_map
from insight.report.clustergram import clustergram
from insight.report.curve import emotion_curve
from insight.report.errors import ReportError
from insight.report.lanes import swim_lanes
from insight.report.lines import Lines, lines
from insight.report.maps import segment_map
from insight.report.page import render_page
from insight.report.process import process_map
from insight.report.sections import LeftOut, Report, Section
from insight.report.timeline import timeline

__all__ = [
    "Bars",
    "Block",
    "Column",
    "Drawing",
    "Figure",
    "Figures",
    "Key",
    "LeftOut",
    "Lines",
    "MapClass",
    "Matrix",
    "Picture",
    "Report",
    "ReportError",
    "Section",
    "Table",
    "Text",
    "bars",
    "class_map",
    "clustergram",
    "emotion_curve",
    "figure_of",
    "lines",
    "process_map",
    "render_page",
    "segment_map",
    "swim_lanes",
    "timeline",
]
