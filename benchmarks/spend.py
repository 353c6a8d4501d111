"""A million spend lines shared among thirty segments, exact to the penny.

A whole process: read the lines from a Parquet file of strings, find the best rung for
each, share every line to the penny, and add up. A second run also lays out one row a
line and segment. The script refuses to end well unless every line, every segment and
the whole add up exactly, and a sample of lines is as one sharing at a time deals it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.bars import Bar
from benchmarks.contenders import compete

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

LINES: Final = {False: 1_000_000, True: 50_000}
SEGMENTS: Final = 30


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield CPU seconds and peak memory.

    Parameters
    ----------
    quick
        Fifty thousand lines in place of a million; goals are then not set.
    """
    lines = LINES[quick]
    compete("spend_ours.py", "make", lines)
    shared = compete("spend_ours.py", "share", lines, SEGMENTS)
    laid_out = compete("spend_ours.py", "rows", lines, SEGMENTS)
    size = f"{lines:,} lines x {SEGMENTS} segments"
    yield Bar(
        bar=f"spend: CPU s, {size}, exact to the penny",
        value=round(shared.cpu_s, 1),
        goal=None if quick else "<= 10",
    )
    yield Bar(bar="spend: peak GB", value=round(shared.peak_gb, 2))
    yield Bar(
        bar=f"spend: CPU s with {laid_out.found['rows']:,} rows laid out",
        value=round(laid_out.cpu_s, 1),
        goal=None if quick else "<= 10",
    )
    yield Bar(bar="spend: peak GB with rows", value=round(laid_out.peak_gb, 2))
