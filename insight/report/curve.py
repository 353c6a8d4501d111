"""Draw an emotion curve: stages across, how it felt from -2 to +2 up."""

from __future__ import annotations

import math
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.report.blocks import Drawing, Key
from insight.report.diagram import MARGIN, PAGE, fitted
from insight.report.errors import ReportError
from insight.report.formats import cell_of, check_column, said
from insight.report.palette import COLOURS
from insight.report.plots import Plot
from insight.report.strokes import knot, run, swatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.release import Released

__all__ = ["emotion_curve"]

FEELINGS: Final = {2: "very good", 1: "good", 0: "neither", -1: "bad", -2: "very bad"}
MOST: Final = 2
LEFT, TOP, STEP, FOOT = 116, 20, 56, 92
NARROW, BROAD = 100, 190
LETTERS: Final = 15
LISTED: Final = 12
"""Pains up to which each has a number and stands in the key."""


def emotion_curve(released: Released) -> Drawing:
    """Return an emotion curve of released stages.

    Parameters
    ----------
    released
        One row a stage (and map), in the order of the stages, with the columns `stage`
        and `emotion` (-2 to +2; missing where nobody said); where there are such,
        `map` (one line each, at most eight), `low` and `high` (the range about a
        median) and `pain` (words, or missing).

    Returns
    -------
    drawing
        Feelings are written beside the scale, and figures at the marks of a single
        line. Pains are numbered, and told in the key; beyond twelve, or with several
        lines, they are marked only, and the table has them.

    Raises
    ------
    ReportError
        If a column is not there, an emotion is not from -2 to +2, a stage of a map
        occurs twice, or there are more maps than can be told apart.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"stage": ["asking", "waiting"], "emotion": [0, -2]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "X", synthetic=True)
    ...     sheet = Sheet(name="felt", title="How it felt", public=["emotion"])
    ...     drawing = emotion_curve(release(door, frame, sheet))
    >>> "waiting: -2, very bad" in drawing.svg
    True
    """
    stages, maps = _read(released)
    column = min(max((PAGE - LEFT) / len(stages), NARROW), BROAD)
    across = {stage: LEFT + column * (at + 0.5) for at, stage in enumerate(stages)}
    pains = _pains(released, is_single=len(maps) == 1)
    width, height = LEFT + column * len(stages), TOP + 4 * STEP + FOOT
    drawn = _scale(width) + "".join(
        _line(released, style, rows, across, is_single=len(maps) == 1)
        for style, rows in enumerate(maps.values())
    )
    drawn += "".join(
        _pain(released, row, number, across) for row, number in pains.items()
    )
    drawn += "".join(_named(stage, x) for stage, x in across.items())
    wide, high = (math.ceil(side) + 2 * MARGIN for side in (width, height))
    keys = [Key(0, "", name, swatch(at)) for at, name in enumerate(maps) if name]
    return Drawing(
        svg=(
            f'<svg viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            'class="process curve" aria-hidden="true">'
            f'<g transform="translate({MARGIN} {MARGIN})">{drawn}</g></svg>'
        ),
        kind="process",
        keys=[*keys, *_told(released, pains)],
        note=_gaps(released),
        shapes=Plot(
            kind="lines",
            names=stages,
            series={
                name or "How it felt": [_value(released, rows, each) for each in stages]
                for name, rows in maps.items()
            },
            form="number",
        ),
    )


def _read(table: Released) -> tuple[list[str], dict[str, dict[str, int]]]:
    """Return the stages in order, and for each map the row of each stage."""
    for name in ("stage", "emotion"):
        check_column(table, name)
    felt = table.frame["emotion"]
    if table.kinds["emotion"] == "label" or (felt.dropna().abs() > MOST).any():
        msg = (
            f"An emotion of {table.name!r} is not from -2 to +2. Give it on that scale."
        )
        raise ReportError(msg)
    maps: dict[str, dict[str, int]] = {}
    stages = {}
    for row in range(len(table.frame)):
        of = cell_of(table, row, "map").text if "map" in table.kinds else ""
        stage = cell_of(table, row, "stage").text
        if stage in maps.setdefault(of, {}):
            msg = (
                f"In {table.name!r} one map has the stage {stage!r} twice. "
                "Give the mean of its steps, or name the steps."
            )
            raise ReportError(msg)
        maps[of][stage] = row
        stages[stage] = True
    if not stages or len(maps) > len(COLOURS):
        msg = (
            f"{len(maps)} maps cannot be told apart in one curve; 1 to {len(COLOURS)} "
            "can. Draw the median and its range instead."
        )
        raise ReportError(msg)
    return list(stages), maps


def _value(table: Released, rows: Mapping[str, int], stage: str) -> float | None:
    """Return how a stage felt on one map, or `None`."""
    felt = table.frame["emotion"].iloc[rows[stage]] if stage in rows else None
    return None if pd.isna(felt) else float(felt)


def _up(felt: float) -> float:
    """Return how far down a feeling stands."""
    return TOP + (MOST - felt) * STEP


def _figure(felt: float) -> str:
    """Say a feeling with its sign.

    Examples
    --------
    >>> _figure(-1.5), _figure(2), _figure(0)
    ('-1.5', '+2', '0')
    """
    figure = said(round(abs(felt), 1))
    sign = "" if figure == "0" else "+" if felt > 0 else "-"
    return f"{sign}{figure}"


def _scale(width: float) -> str:
    """Return the lines of the scale, each with its feeling in words."""
    return "".join(
        f'<line class="{"base" if felt == 0 else "grid"}" x1="{LEFT}" '
        f'x2="{width:.1f}" y1="{_up(felt)}" y2="{_up(felt)}"/>'
        f'<text class="ends" x="{LEFT - 10}" y="{_up(felt) + 4.5}">'
        f"{words} {_figure(felt)}</text>"
        for felt, words in FEELINGS.items()
    )


def _named(stage: str, x: float) -> str:
    """Return the name of a stage below its place."""
    return "".join(
        f'<text x="{x:.1f}" y="{TOP + 4 * STEP + 48 + 16 * at}">{escape(line)}</text>'
        for at, line in enumerate(fitted(stage, LETTERS))
    )


def _line(
    table: Released,
    style: int,
    rows: Mapping[str, int],
    across: Mapping[str, float],
    *,
    is_single: bool,
) -> str:
    """Return the line of one map, broken where nobody said how it felt."""
    felt = {stage: _value(table, rows, stage) for stage in across}
    runs = [
        list(part)
        for known, part in groupby(
            (stage for stage in across if stage in rows),
            lambda stage: felt[stage] is not None,
        )
        if known
    ]
    paths, marks = "", ""
    for part in runs:
        points = [(across[stage], _up(felt[stage] or 0)) for stage in part]
        paths += _band(table, [(across[one], rows[one]) for one in part])
        paths += run(style, _path(points))
        for stage, (x, y) in zip(part, points, strict=True):
            marks += _mark(table, rows[stage], style, (x, y), is_single=is_single)
    return f'<g class="t{style + 1}">{paths}{marks}</g>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _band(table: Released, places: Sequence[tuple[float, int]]) -> str:
    """Return the range about a median, where all of it is known."""
    if not {"low", "high"} <= set(table.kinds):
        return ""
    ends = table.frame[["low", "high"]].iloc[[row for _, row in places]]
    if ends.isna().to_numpy().any():
        return ""
    xs = [x for x, _ in places]
    upper = list(zip(xs, map(_up, ends["high"]), strict=True))
    lower = list(zip(xs, map(_up, ends["low"]), strict=True))
    return f'<path class="band" d="{_path([*upper, *reversed(lower)])}z"/>'


def _mark(
    table: Released, row: int, style: int, at: tuple[float, float], *, is_single: bool
) -> str:
    """Return one mark with what it says, and its figure where there is room."""
    felt = float(table.frame["emotion"].iloc[row])
    feeling = FEELINGS[round(felt)]
    words = f"{cell_of(table, row, 'stage').text}: {_figure(felt)}, {feeling}"
    if "map" in table.kinds:
        words = f"{cell_of(table, row, 'map').text}, {words}"
    figure = (
        f'<text x="{at[0]:.1f}" y="{at[1] - 11:.1f}">{_figure(felt)}</text>'
        if is_single
        else ""
    )
    return (
        f'<g transform="translate({at[0]:.1f} {at[1]:.1f})"><title>{escape(words)}'
        f"</title>{knot(style)}</g>{figure}"
    )


def _pains(table: Released, *, is_single: bool) -> dict[int, str]:
    """Return the rows that tell of a pain, each with its number in the key."""
    if "pain" not in table.kinds:
        return {}
    known = table.frame["pain"].notna() & table.frame["emotion"].notna()
    rows = [row for row, is_known in enumerate(known) if is_known]
    numbered = is_single and len(rows) <= LISTED
    return {row: str(at) if numbered else "!" for at, row in enumerate(rows, start=1)}


def _pain(table: Released, row: int, number: str, across: Mapping[str, float]) -> str:
    """Return the mark of a pain, below its place on the curve."""
    x = across[cell_of(table, row, "stage").text]
    y = _up(float(table.frame["emotion"].iloc[row])) + 21
    words = escape(cell_of(table, row, "pain").text)
    return (
        f'<g class="pain"><title>{words}</title>'
        f'<path d="M{x:.1f} {y - 12:.1f}l12 12l-12 12l-12 -12z"/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}">{number}</text></g>'
    )


def _told(table: Released, pains: Mapping[int, str]) -> list[Key]:
    """Return the pains as entries of the key."""
    numbers = set(pains.values())
    told = {number: cell_of(table, row, "pain").text for row, number in pains.items()}
    if numbers == {"!"}:
        told = {"!": "What went wrong there; the table says it"}
    return [
        Key(
            0,
            "",
            words,
            '<g class="pain"><path d="M56 0l40 40l-40 40l-40 -40z"/>'
            f'<text x="56" y="56">{number}</text></g>',
        )
        for number, words in told.items()
    ]


def _gaps(table: Released) -> str:
    """Say at how many stages nobody said how it felt."""
    gone = int(table.frame["emotion"].isna().sum())
    return f"At {gone:,} stages it is not known how it felt." if gone else ""
