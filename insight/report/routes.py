"""Draw a route map of money: sources on the left, final spenders on the right.

A bar is as high as the money that passes a body, dark where the body spends it: the
dark parts add up to final spend, each pound once. A band is as wide as the money that
goes along it; one that leads back, in a ring, is dashed and runs below. Small bodies
of a column stand together as "n smaller". On a slide it is boxes and connectors.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

from insight.report.blocks import Drawing, Key
from insight.report.diagram import MARGIN, PAGE, SMALLEST, Box, Diagram, Link
from insight.report.errors import ReportError
from insight.report.formats import check_column, said_short
from insight.report.route_places import (
    BAR,
    HEADS,
    LABEL,
    ROOM,
    Band,
    Stop,
    bands_of,
    stops_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released

__all__ = ["route_map"]

STREAM: Final = ("payer", "payee", "amount_pence")
BODY: Final = ("body", "role", "column", "spent_pence")
DARK: Final = '<rect class="bar" width="112" height="80"/>'
PALE: Final = '<g class="is-spell"><rect width="112" height="80"/></g>'
HALO: Final = 'stroke="#fff" stroke-width="3.5" stroke-linejoin="round"'
WIDEST_BACK: Final = 8.0  # what leads back says its money when pointed at


def route_map(streams: Released, bodies: Released, *, most: int = 8) -> Drawing:
    """Return a route map of released streams.

    Parameters
    ----------
    streams
        `payer`, `payee` and `amount_pence`, above nought; several rows of two bodies
        are drawn as one band.
    bodies
        `body`, `role` ("source", "intermediary", "final spender"), `column` (from
        nought, as a label) and `spent_pence`. Every payer and payee must be here.
    most
        Most bodies to draw in a column; of more, the smallest stand together. Ties
        go by name.

    Returns
    -------
    drawing
        As wide as its names need; a phone scrolls it sideways. Rings are drawn too.

    Raises
    ------
    ReportError
        If a column is not there, `most` is below 2, there is no stream or no money, a
        figure is not known, or a stream names a body that is not there.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release import RULES, Door, Sheet, release
    >>> streams = pd.DataFrame({"payer": ["Treasury"], "payee": ["trust"]})
    >>> bodies = pd.DataFrame({"body": ["Treasury", "trust"], "column": [0, 1]})
    >>> bodies = bodies.assign(role=["source", "final spender"], spent_pence=[0, 900])
    >>> money = {"public": ["amount_pence"]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["nhs_1_7_round5"], "X", synthetic=True)
    ...     one = Sheet(name="streams", title="Streams", public=["amount_pence"])
    ...     other = Sheet(
    ...         name="bodies", title="Bodies", public=["spent_pence"], labels=["column"]
    ...     )
    ...     drawing = route_map(
    ...         release(door, streams.assign(amount_pence=900), one),
    ...         release(door, bodies, other),
    ...     )
    >>> "Treasury to trust: £9" in drawing.svg
    True
    """
    for table, columns in ((streams, STREAM), (bodies, BODY)):
        for column in columns:
            check_column(table, column)
    if most < 2:  # noqa: PLR2004 - one and the rest
        msg = f"a route map of {most} bodies a column shows nothing. Ask for 2 or more."
        raise ReportError(msg)
    stops, between = stops_of(streams, bodies, most)
    bands = bands_of(stops, between)
    diagram = _diagram(stops, bands)
    return Drawing(
        svg=_svg(stops, bands, diagram),
        kind="process",
        keys=(
            Key(0, "", "Spent here: all dark parts add up to final spend", DARK),
            Key(0, "", "Passed on", PALE),
        ),
        note=_note(stops, bands),
        shapes=diagram,
    )


def _note(stops: Sequence[Stop], bands: Sequence[Band]) -> str:
    """Say what stands together, and what leads back."""
    said = [
        f"{stop.name.capitalize()}: {', '.join(stop.members)}."
        for stop in stops
        if len(stop.members) > 1
    ]
    back = [
        f"{band.payer.name} to {band.payee.name}"
        for band in bands
        if band.payer.x >= band.payee.x
    ]
    if back:
        said.append(f"Dashed, money that leads back in a ring: {'; '.join(back)}.")
    return " ".join(said)


def _svg(stops: Sequence[Stop], bands: Sequence[Band], diagram: Diagram) -> str:
    """Return the map as SVG: bands lowest, then bars, and words on top."""
    wide, high = (
        math.ceil(side) + 2 * MARGIN for side in (diagram.width, diagram.height)
    )
    drawn = "".join(map(_band, sorted(bands, key=lambda band: -band.wide)))
    bars = "".join(map(_bar, stops))
    words = _heads(stops) + "".join(
        _text(
            stop.x + BAR + 6,
            stop.y + 11 + LABEL * at,
            line,
            bold=at < len(stop.lines) - 1,
        )
        for stop in stops
        for at, line in enumerate(stop.lines)
    )
    return (
        f'<svg viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'class="process{" fits" if wide * SMALLEST <= PAGE else ""} routes" '
        'aria-hidden="true">'
        f'<g transform="translate({MARGIN} {MARGIN})">{drawn}{bars}{words}</g></svg>'
    )


def _band(band: Band) -> str:
    """Return one band, with what it says when pointed at."""
    words = f"{band.payer.name} to {band.payee.name}: {said_short(band.pence, 'pence')}"
    is_back = band.payer.x >= band.payee.x
    dashes = ' stroke-dasharray="6 4"' if is_back else ""
    wide = min(band.wide, WIDEST_BACK) if is_back else band.wide
    return (
        f'<g><title>{escape(words)}</title><path class="link" d="{band.line.path}" '
        f'stroke-width="{wide:.1f}" stroke-opacity="0.4"{dashes}/></g>'
    )


def _bar(stop: Stop) -> str:
    """Return a bar, its dark part as high as what is spent there."""
    spent = stop.high * max(stop.spent, 0) / (stop.money or 1)
    parts = [
        f'<rect{kind} x="{stop.x:.1f}" y="{top:.1f}" width="{BAR:g}" '
        f'height="{high:.1f}"/>'
        for kind, top, high in (
            ("", stop.y, stop.high),
            (' class="bar"', stop.y + stop.high - spent, spent),
        )
        if high > 0
    ]
    pale = f'<g class="is-spell">{parts[0]}</g>'
    words = escape(f"{stop.name}: {stop.lines[-1]}")
    return f"<g><title>{words}</title>{pale}{''.join(parts[1:])}</g>"


def _heads(stops: Sequence[Stop]) -> str:
    """Return the head of each layer, over the first of its columns."""
    first = {
        role: min((stop.x for stop in stops if stop.role == role), default=None)
        for role in HEADS
    }
    return "".join(
        _text(x, 12, HEADS[role], bold=True)
        for role, x in first.items()
        if x is not None
    )


def _text(x: float, y: float, words: str, *, bold: bool = False) -> str:
    """Return one line of text that can be read upon a band."""
    weight = ' font-weight="650"' if bold else ""
    return (
        f'<text class="starts" x="{x:.1f}" y="{y:.1f}" paint-order="stroke" {HALO}'
        f"{weight}>{escape(words)}</text>"
    )


def _diagram(stops: Sequence[Stop], bands: Sequence[Band]) -> Diagram:
    """Return the map as boxes and connectors, for a slide."""
    at = {stop.name: place for place, stop in enumerate(stops)}
    most = max(band.pence for band in bands)
    points = [point for band in bands for point in band.line.points()]
    return Diagram(
        width=max(stop.x for stop in stops) + BAR + ROOM,
        height=max(*(y for _, y in points), *(stop.y + stop.room for stop in stops))
        + 4,
        boxes=[
            Box(
                name=stop.name,
                lines=stop.lines,
                x=stop.x + ROOM / 2,
                y=stop.y + LABEL * len(stop.lines) / 2,
                width=ROOM - 30,
                height=LABEL * len(stop.lines) + 2,
            )
            for stop in stops
        ],
        links=[
            Link(
                source=at[band.payer.name],
                target=at[band.payee.name],
                words=(said_short(band.pence, "pence"),),
                line=band.line,
                use=band.pence / most,
            )
            for band in bands
        ],
    )
