"""Draw one customer's journey by day: a lane an agency, a mark a contact.

Days count from the first contact, so that nothing says when it was. What duplicates
earlier work stands on a corner and says so; what has an end is a bar up to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.report.axes import round_axis
from insight.report.blocks import Drawing, Key
from insight.report.diagram import PAGE, SMALL_LETTER, Box, Diagram, diagram_svg
from insight.report.errors import ReportError
from insight.report.formats import cell_of, check_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released

__all__ = ["timeline"]

LEFT, RIGHT = 24, 40
STRIP: Final = 34  # the top of a lane, where its name stands
ROW: Final = 26
MARK: Final = 14
APART: Final = 12  # pixels between a mark and its words, and what comes next
LETTERS: Final = 30
KEYS: Final = (
    ("mark", "A contact", '<g class="is-mark"><circle cx="56" cy="40" r="30"/></g>'),
    (
        "again",
        "Duplicates earlier work, by the rule named beside it",
        '<g class="is-again"><path d="M56 4l36 36l-36 36l-36 -36z"/></g>',
    ),
    (
        "spell",
        "From its start to its end",
        '<g class="is-spell"><rect x="4" y="24" width="104" height="32"/></g>',
    ),
)


@dataclass(frozen=True)
class _Contact:
    """One contact: its lane, its days, what is written beside it."""

    agency: str
    words: str
    start: float
    end: float | None
    is_again: bool


def timeline(released: Released) -> Drawing:
    """Return a timeline of one customer.

    Parameters
    ----------
    released
        One row a contact, in any order, with the columns `day` (since the first
        contact, from 0), `agency` and `activity`; where there are such, `until_day` (of
        a spell) and `duplicate` (the rule that found it, such as "D1"; missing for
        none).

    Returns
    -------
    drawing
        Lanes in the order in which agencies were met. Contacts whose day is not known
        are not drawn, and its note says how many.

    Raises
    ------
    ReportError
        If a column is not there, a spell ends before it starts, or there is no
        contact with a known day.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release import RULES, Door, Sheet, release
    >>> frame = pd.DataFrame({"day": [0, 14], "agency": ["council", "health"]})
    >>> frame = frame.assign(activity="assess", duplicate=[None, "D1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "X", synthetic=True)
    ...     sheet = Sheet(name="one", title="One customer", public=["day"])
    ...     drawing = timeline(release(door, frame, sheet))
    >>> "health: assess, day 14, duplicate (D1)" in drawing.svg
    True
    """
    for name in ("day", "agency", "activity"):
        check_column(released, name)
    found = _contacts(released)
    if not found:
        msg = (
            f"The table {released.name!r} has no contact with a known day and agency, "
            "so there is no timeline to draw. Leave the picture out."
        )
        raise ReportError(msg)
    diagram = _laid(found)
    looks = {box.look for box in diagram.boxes}
    left = len(released.frame) - len(found)
    note = f"{left:,} contacts without a known day are not drawn. " if left else ""
    return Drawing(
        svg=diagram_svg(diagram, "timeline"),
        kind="process",
        keys=[Key(0, "", name, swatch) for look, name, swatch in KEYS if look in looks],
        note=f"{note}Days are counted from the first contact.",
        shapes=diagram,
    )


def _contacts(table: Released) -> list[_Contact]:
    """Return the contacts whose day and agency are known, in order."""
    found = []
    for row in range(len(table.frame)):
        start = table.frame["day"].iloc[row]
        if pd.isna(start) or pd.isna(table.frame["agency"].iloc[row]):
            continue
        end = table.frame["until_day"].iloc[row] if "until_day" in table.kinds else None
        end = None if pd.isna(end) else float(end)
        if end is not None and end < start:
            msg = (
                f"In {table.name!r} a spell ends before it starts (row {row + 1}). "
                "Leave its end out."
            )
            raise ReportError(msg)
        again = table.frame["duplicate"].iloc[row] if "duplicate" in table.kinds else ""
        again = "" if pd.isna(again) else str(again)
        activity = cell_of(table, row, "activity").text
        short = activity if len(activity) <= LETTERS else f"{activity[: LETTERS - 1]}…"
        words = f"{short}, day {float(start):g}"
        if end is not None and end > start:
            words += f" to {end:g}"
        found.append(
            _Contact(
                agency=cell_of(table, row, "agency").text,
                words=words + (f", duplicate ({again})" if again else ""),
                start=float(start),
                end=end,
                is_again=bool(again),
            )
        )
    return sorted(found, key=lambda each: each.start)


def _laid(contacts: Sequence[_Contact]) -> Diagram:
    """Return lanes, marks and words with their places."""
    axis = round_axis(
        [0, *(each.end or each.start for each in contacts)], "number", from_nought=True
    )
    room = PAGE - LEFT - RIGHT

    def at(day: float) -> float:
        return LEFT + room * axis.share(day)

    lanes: list[Box] = []
    boxes: list[Box] = []
    top = 0.0
    for agency in dict.fromkeys(each.agency for each in contacts):
        rows: list[list[tuple[float, float]]] = []
        for each in contacts:
            if each.agency == agency:
                left, right = at(each.start), at(each.end or each.start)
                boxes += _drawn(each, left, right, top + STRIP, rows)
        high = STRIP + ROW * len(rows)
        lanes.append(
            Box(
                name=agency,
                lines=[agency],
                x=PAGE / 2,
                y=top + high / 2,
                width=PAGE,
                height=high,
                look="lane",
            )
        )
        top += high
    ticks = [
        Box(
            name=f"day {tick}",
            lines=[f"day {tick}"],
            x=at(day),
            y=top / 2,
            width=0,
            height=top,
            look="tick",
        )
        for day, tick in axis.ticks
    ]
    return Diagram(width=PAGE, height=top + 24, boxes=[*lanes, *ticks, *boxes])


def _drawn(
    each: _Contact,
    left: float,
    right: float,
    top: float,
    rows: list[list[tuple[float, float]]],
) -> list[Box]:
    """Return a contact's mark and words, in the first row where they find room."""
    wide = len(each.words) * SMALL_LETTER
    start, end = left - MARK, right + APART + wide
    ends = end > PAGE
    if ends:
        start, end = left - APART - wide, right + MARK
    is_free = (
        all(end + APART < low or start > high + APART for low, high in row)
        for row in rows
    )
    at = next((place for place, free in enumerate(is_free) if free), len(rows))
    if at == len(rows):
        rows.append([])
    rows[at].append((start, end))
    y = top + ROW * at + MARK / 2
    name = f"{each.agency}: {each.words}"
    boxes = []
    if right > left:
        boxes.append(
            Box(
                name=name,
                lines=(),
                x=(left + right) / 2,
                y=y,
                width=right - left,
                height=10,
                look="spell",
            )
        )
    boxes.append(
        Box(
            name=name,
            lines=(),
            x=left,
            y=y,
            width=MARK + 4 if each.is_again else MARK,
            height=MARK + 4 if each.is_again else MARK,
            look="again" if each.is_again else "mark",
        )
    )
    note = Box(
        name=name,
        lines=[each.words],
        x=left - APART if ends else right + APART,
        y=y,
        width=wide,
        height=ROW,
        look="note",
        ends=ends,
    )
    return [*boxes, note]
