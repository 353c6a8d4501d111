"""Write each picture of a report as files that an office can edit.

Each is an SVG file that stands alone, and all are slides of one PPTX. They hold what
the report's page holds, which has been through the door, and nothing of who made it.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from insight.release.door import _log
from insight.release.forms import file_stem
from insight.release.paper import printed, put
from insight.report.blocks import Picture
from insight.report.page import drawing_fills, drawing_styles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insight.release.door import Door
    from insight.report.blocks import Drawing
    from insight.report.sections import Report

__all__ = ["alone", "export_pictures", "source_of"]

LEFT, TOP, MARGIN = 24, 56, 72
CHART: Final = 640  # pixels that a chart which fits any width is given
LETTERS: Final = 110
LONGEST: Final = 60
SIZE: Final = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)(%?)" height="([\d.]+)"')
BOX: Final = re.compile(r'<svg\b[^>]*?\bviewBox="0 0 ([\d.]+) ([\d.]+)"')
FONT: Final = (
    'svg text{font-family:"Segoe UI",Roboto,Helvetica,Arial,sans-serif}'
    ".above{font-size:20px;font-weight:650;fill:#15242b}"
    ".below{font-size:12px;fill:#46565e}.keyed{font-size:14px;fill:#15242b}"
)


def export_pictures(door: Door, report: Report) -> list[Path]:
    """Write `pictures/NAME.svg` for each picture, and `pictures.pptx` with them all.

    Parameters
    ----------
    door
        Where to, and under which rule.
    report
        What :func:`insight.report.render_page` prints. A picture that differs by
        segment is written for each; grids of pairs are slides alone.

    Returns
    -------
    written
        The files; none where the report has no picture and no grid. The same report
        gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door
    >>> from insight.report import Report
    >>> made = datetime(2026, 11, 23, tzinfo=UTC)
    >>> said = {"place": "X", "period": "", "synthetic": True, "version": "0.1.0"}
    >>> report = Report(**said, made=made, rule=RULES["none"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_pictures(Door(Path(folder), RULES["none"], "X", True), report)
    []
    """
    from insight.release.slides import slides_of  # noqa: PLC0415 - slow to import

    contents = {
        f"pictures/{name}.svg": printed(svg).encode() for name, svg in _drawn(report)
    }
    slides = slides_of(report)
    if slides:
        contents["pictures.pptx"] = slides
    written = []
    for name, content in contents.items():
        file = door.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, content)
        _log(door, content, kind="picture", name=name)
        written.append(file)
    return written


def source_of(report: Report, picture: Picture) -> str:
    """Say where a picture comes from, and under which rule it was let out."""
    made_up = "Synthetic data: invented people and places." if report.synthetic else ""
    released = picture.twin.released
    parts = (
        made_up, released.note, picture.drawing.note, str(report.rule),
        f"{report.place}{f', {report.period}' if report.period else ''}.",
        f"Figures: {released.path}.",
    )  # fmt: skip
    return " ".join(filter(None, parts))


def _drawn(report: Report) -> Iterator[tuple[str, str]]:
    """Give each picture's name and SVG, in the order of the report."""
    used: set[str] = set()
    for section in report.sections:
        for picture in section.blocks:
            if not isinstance(picture, Picture):
                continue
            stem = file_stem(picture.title)[:LONGEST].strip("-")
            name = stem if stem not in used else f"{stem}-{len(used) + 1}"
            used.add(name)
            source = source_of(report, picture)
            words = (picture.title, picture.alt, source)
            yield name, alone(picture.drawing, words)
            for code, drawing in picture.variants.items():
                title = f"{picture.title}: {report.segments.get(code, code)}"
                yield (
                    f"{name}-{file_stem(code)}",
                    alone(drawing, (title, title, source)),
                )


def alone(drawing: Drawing, words: tuple[str, str, str]) -> str:
    """Return a drawing as an SVG file with all that it needs inside.

    Parameters
    ----------
    drawing
        What `process_map`, `bars` and their like gave back.
    words
        Its title, what a reader who cannot see it should learn, and its source.
    """
    title, alt, source = words
    width, height, inner = _sized(drawing.svg)
    keys, foot = _keys(drawing, TOP + height + 14)
    lines = wrap(source, max(40, int(width / 6.2)))
    whole = foot + 17 * len(lines) + 12
    below = "".join(
        f'<text class="below" x="{LEFT}" y="{foot + 17 * (at + 1)}">{escape(line)}'
        "</text>"
        for at, line in enumerate(lines)
    )
    fills = f"<defs>{drawing_fills()}</defs>" if drawing.kind == "map" else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" '
        f'height="{whole:g}" viewBox="0 0 {width:g} {whole:g}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(f'{alt} {source}')}</desc>"
        f"<style>{escape(drawing_styles(), quote=False)}{FONT}</style>{fills}"
        f'<rect width="{width:g}" height="{whole:g}" fill="#fff"/>'
        f'<text class="above" x="{LEFT}" y="36">{escape(title)}</text>'
        f"{inner}{keys}{below}</svg>\n"
    )


def _sized(svg: str) -> tuple[float, float, str]:
    """Return width and height of the file's ground, and the drawing on it."""
    found, box = SIZE.search(svg), BOX.search(svg)
    if found and found[2]:
        high = float(found[3])
        put_at = f'<svg x="{MARGIN}" y="{TOP}" width="{CHART}" height="{high:g}"'
        shown = svg.replace("<svg ", f'{put_at} overflow="visible"><svg ', 1)
        return CHART + 2.0 * MARGIN, high, f"{shown}</svg>"
    wide, high = (float(each) for each in (box[1], box[2])) if box else (900.0, 600.0)
    if not found:  # a map, in steps of its own
        wide, high = 900.0, 900.0 * high / wide
        svg = svg.replace("<svg ", f'<svg width="900" height="{high:g}" ', 1)
    placed = svg.replace("<svg ", f'<svg x="{LEFT}" y="{TOP}" ', 1)
    return wide + 2 * LEFT, high, placed


def _keys(drawing: Drawing, top: float) -> tuple[str, float]:
    """Return the key of a drawing below it, and where it ends."""
    rows = "".join(
        f'<g transform="translate({LEFT} {top + 26 * at})"><g transform="scale(0.25)">'
        f"{key.swatch or _plain(key.style)}</g>"
        f'<text class="keyed" x="38" y="15">{escape(f"{key.code}  {key.name}".strip())}'
        "</text></g>"
        for at, key in enumerate(drawing.keys)
    )
    return rows, top + 26 * len(drawing.keys)


def _plain(style: int) -> str:
    """Return what stands for a segment."""
    return f'<rect class="s{style}" width="112" height="80"/>'
