"""Make a report one HTML file that opens from disk and asks for nothing else.

Styles and script stand in the page, and a content security policy names each by its
hash: nothing else may load or run, and no element carries a style of its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from itertools import count, product
from typing import TYPE_CHECKING, Final

import jinja2
from markupsafe import Markup, escape

from insight.report.errors import ReportError
from insight.report.palette import COLOURS, INKS, LOSSES, PATTERNS, SHADES, TONES
from insight.report.views import BlockView, views_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.report.sections import Report, Section

__all__ = ["drawing_fills", "drawing_styles", "render_page"]

LEFT_OUT: Final = "left-out"
VARIABLE: Final = re.compile(r"(--[a-z-]+): ([^;]+);")
USED: Final = re.compile(r"var\((--[a-z-]+)\)")
ZOOMED: Final = re.compile(r"calc\(([\d.]+(?:px)?) / var\(--zoom, 1\)\)")
CODE: Final = re.compile(r"`([^`]+)`")

IN_PRINT: Final = """
@media print {
  @page { @top-center { content: "Synthetic data: invented people and places"; } }
}
"""


def render_page(report: Report) -> str:
    """Return a report as one HTML page.

    Parameters
    ----------
    report
        What to print.

    Returns
    -------
    html
        Readable without its script; hand it to `insight.release.write_page`.

    Raises
    ------
    ReportError
        If two sections have one anchor, or the time it was made has no zone.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from insight.release import RULES
    >>> from insight.report.sections import Report
    >>> report = Report(
    ...     place="Anytown",
    ...     period="2009-10",
    ...     synthetic=True,
    ...     made=datetime(2026, 11, 23, tzinfo=UTC),
    ...     version="0.1.0",
    ...     rule=RULES["nhs_1_7_round5"],
    ... )
    >>> "SYNTHETIC DATA" in render_page(report).upper()
    True
    """
    _check(report)
    in_print = IN_PRINT if report.synthetic else ""
    styles = _squeezed(_drawing_css() + _text("page.css") + in_print)
    script = _squeezed(_text("page.js"))
    ids = count(1)
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            sections=[(each, _views(each, ids, report)) for each in report.sections],
            rejected=_rejected(report, ids),
            left_out_id=LEFT_OUT,
            patterns=[each for each in _fills() if each[2] != "plain"],
            styles=Markup(styles),  # noqa: S704 - our own file and palette
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(styles),
            script_hash=_hash(script),
            day=f"{report.made.day} {report.made:%B %Y}",
            made=f"{report.made.day} {report.made:%B %Y, %H:%M %Z}",
            unprotected=not report.rule.hides_to and not report.synthetic,
        )
    )
    return _squeezed(page)


def _check(report: Report) -> None:
    """Refuse a report whose links or date would mislead."""
    anchors = [section.id for section in report.sections] + [LEFT_OUT]
    twice = sorted({each for each in anchors if anchors.count(each) > 1})
    if twice:
        msg = (
            f"Several sections have the anchors {twice}; the page itself uses "
            f"{LEFT_OUT!r}. Give each section its own `id`."
        )
        raise ReportError(msg)
    if report.made.tzinfo is None:
        msg = (
            f"The report says it was made at {report.made}, without a time zone. "
            "Use datetime.now(UTC)."
        )
        raise ReportError(msg)


def _views(section: Section, ids: Iterator[int], report: Report) -> list[BlockView]:
    """Return what the template prints for a section."""
    return views_of(section.blocks, ids, report.segments)


def _rejected(report: Report, ids: Iterator[int]) -> list[BlockView]:
    """Return the table of rejected rows, where there is one."""
    if report.rejected is None:
        return []
    return views_of([report.rejected], ids, report.segments)


def _environment() -> jinja2.Environment:
    """Return where templates are, in which every text is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("insight.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = _coded
    return environment


def _coded(text: str) -> Markup:
    """Return `text` escaped, backticked as code, no "%" apart from its figure."""
    whole = str(escape(text)).replace(" %", "\N{NO-BREAK SPACE}%")
    return Markup(CODE.sub(r"<code>\1</code>", whole))  # noqa: S704 - is escaped


def _text(name: str) -> str:
    """Return one of the files beside this module."""
    return (files("insight.report") / name).read_text(encoding="utf-8")


def _squeezed(text: str) -> str:
    """Return `text` without blank lines and trailing spaces; twice is as once."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())


def _drawing_css() -> str:
    """Return the styles of drawings, and what colours segments, tones and shades."""
    return _text("drawings.css") + _palette_css()


def drawing_styles() -> str:
    """Return the styles of drawings for a file that stands alone.

    Programs that edit drawings know neither variables nor sums in styles, so both are
    put in.

    Examples
    --------
    >>> "var(" in drawing_styles() or "calc(" in drawing_styles()
    False
    """
    known = dict(VARIABLE.findall(_text("page.css")))
    styles = ZOOMED.sub(r"\1", _drawing_css())
    return _squeezed(USED.sub(lambda found: known[found[1]], styles))


def drawing_fills() -> str:
    """Return the patterns that areas of a map are filled with."""
    patterned = [each for each in _fills() if each[2] != "plain"]
    return _squeezed(
        _environment().get_template("fills.svg.j2").render(patterns=patterned)
    )


def _palette_css() -> str:
    """Return the styles that colour segments, tones, lines and shades."""
    fills = "".join(
        f".{name}{{fill:{colour if pattern == 'plain' else f'url(#fill-{name})'}}}\n"
        for name, colour, pattern in _fills()
    )
    strokes = "".join(
        f".t{style}{{color:{colour}}}\n"
        for style, colour in enumerate(COLOURS, start=1)
    )
    edges = "".join(
        f".fine .{name} path{{stroke:{colour}}}\n" for name, colour, _ in _fills()
    )
    pairs = [
        *enumerate(zip(SHADES, INKS, strict=True)),
        *((-depth, pair) for depth, pair in enumerate(LOSSES, start=1)),
    ]
    shades = "".join(
        f".shade-{shade}{{background:{ground};color:{ink}}}\n"
        for shade, (ground, ink) in pairs
    )
    return fills + strokes + edges + shades


def _fills() -> list[tuple[str, str, str]]:
    """Return class, colour and pattern of each fill."""
    segments = enumerate(product(PATTERNS, COLOURS), start=1)
    return [(f"s{style}", colour, pattern) for style, (pattern, colour) in segments] + [
        (tone, colour, pattern) for tone, (colour, pattern) in TONES.items()
    ]


def _hash(text: str) -> str:
    """Return the hash by which the policy lets one style or script be."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b64encode(digest).decode()
