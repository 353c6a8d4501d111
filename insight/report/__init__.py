"""Findings made into one page that opens from disk.

Read in this order: `blocks` and `sections` (what a report is made of), `maps`,
`process` and `charts` (drawings of released tables), `page` (one HTML file). `formats`,
`palette`, `layout`, `grids` and `views` serve these.
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
from insight.report.errors import ReportError
from insight.report.maps import segment_map
from insight.report.page import render_page
from insight.report.process import process_map
from insight.report.sections import LeftOut, Report, Section

__all__ = [
    "Bars",
    "Block",
    "Column",
    "Drawing",
    "Figure",
    "Figures",
    "Key",
    "LeftOut",
    "Matrix",
    "Picture",
    "Report",
    "ReportError",
    "Section",
    "Table",
    "Text",
    "bars",
    "figure_of",
    "process_map",
    "render_page",
    "segment_map",
]
