"""Where the bodies of a route map stand, and how bands of money run between them.

Columns from left to right; the bodies of one from the top down, each near the middle
of what pays it. Small bodies of one column and role stand together.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from insight.report.diagram import fitted
from insight.report.errors import ReportError
from insight.report.formats import said_short
from insight.report.layout import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from insight.release import Released

__all__ = [
    "BAR",
    "HEADS",
    "LABEL",
    "ROOM",
    "Band",
    "Stop",
    "bands_of",
    "stops_of",
]

HEADS: Final = {
    "source": "Sources",
    "intermediary": "Intermediaries",
    "final spender": "Final spenders",
}
BAR: Final = 14.0
ROOM: Final = 166.0  # beside a bar, for its name
LETTERS: Final = 20
HIGH: Final = 400.0  # of the column with most money
LABEL: Final = 15.0  # a line of text
GAP: Final = 9.0
TOP: Final = 26.0  # below the heads of columns
LEAST: Final = 1.0
ALONE: Final = 2  # so many are needed to stand together
UNPAID: Final = 1e9  # below all that is paid


class Band(NamedTuple):
    """Money from one stop to another: pence, where it runs, and how wide."""

    payer: Stop
    payee: Stop
    pence: int
    line: Line
    wide: float


@dataclass(kw_only=True)
class Stop:
    """A body, or several small ones, with its place on the map."""

    name: str
    role: str
    column: int
    spent: int
    come: int = 0
    gone: int = 0
    x: float = 0.0
    y: float = 0.0
    high: float = 0.0
    members: list[str] = field(default_factory=list)

    @property
    def money(self) -> int:
        """Return what passes here, or is spent here, whichever is more."""
        return max(self.come, self.gone + max(self.spent, 0))

    @property
    def lines(self) -> list[str]:
        """Return what stands beside the bar: its name, and its money."""
        spent, money = said_short(self.spent, "pence"), said_short(self.money, "pence")
        both = self.role != "final spender" and self.spent > 0
        words = f"{money}, {spent} spent here" if both else money
        return [*fitted(self.name, LETTERS), words]

    @property
    def room(self) -> float:
        """Return the height that the bar and its words need."""
        return max(self.high, LABEL * len(self.lines) + 2)


def stops_of(
    streams: Released, bodies: Released, most: int
) -> tuple[list[Stop], list[tuple[Stop, Stop, int]]]:
    """Return stops with their places, and the money between each two of them.

    Parameters
    ----------
    streams, bodies, most
        As for :func:`insight.report.routes.route_map`.

    Raises
    ------
    ReportError
        If there is no stream or no money, a figure is not known, or a stream names a
        body that is not there.
    """
    stops, money = _read(streams, bodies)
    _bundle(stops, money, most)
    between = _merged(stops, money)
    drawn = list({stop.name: stop for stop in stops.values()}.values())
    _place(drawn, between)
    return drawn, between


def _read(
    streams: Released, bodies: Released
) -> tuple[dict[str, Stop], dict[tuple[str, str], int]]:
    """Return stops by name, final spenders in the last column, and bands."""
    frame = bodies.frame
    _refuse_unknown(streams, ["amount_pence"])
    _refuse_unknown(bodies, ["column", "spent_pence"])
    last = max((int(column) for column in frame["column"]), default=0)
    stops = {
        str(name): Stop(
            name=str(name),
            role=str(role),
            column=last if role == "final spender" else int(column),
            spent=int(spent),
            members=[str(name)],
        )
        for name, role, column, spent in frame[
            ["body", "role", "column", "spent_pence"]
        ].itertuples(index=False)
    }
    bands: dict[tuple[str, str], int] = defaultdict(int)
    columns = ["payer", "payee", "amount_pence"]
    for payer, payee, pence in streams.frame[columns].itertuples(index=False):
        bands[payer, payee] += int(pence)
    absent = sorted({end for ends in bands for end in ends} - set(stops))
    if absent or not bands:
        msg = (
            f"The route map has {len(bands)} streams, and {absent[:3]} are no bodies "
            f"of {bodies.name!r}. Give one stream or more, and every body they name."
        )
        raise ReportError(msg)
    if not any(bands.values()):
        msg = f"No money runs along the streams of {streams.name!r}. Leave the map out."
        raise ReportError(msg)
    for (payer, payee), pence in bands.items():
        stops[payer].gone += pence
        stops[payee].come += pence
    return stops, bands


def _refuse_unknown(table: Released, columns: list[str]) -> None:
    """Refuse a table with a figure that is hidden or not known."""
    unknown = int(table.frame[columns].isna().any(axis=1).sum())
    if unknown:
        msg = (
            f"{unknown} rows of {table.name!r} have no figure in {columns}, and what "
            "is not known has no width. Leave these rows out."
        )
        raise ReportError(msg)


def _bundle(
    stops: dict[str, Stop], bands: Mapping[tuple[str, str], int], most: int
) -> None:
    """Let the smallest of a crowded column stand together, in one stop."""
    columns: dict[tuple[int, str], list[Stop]] = defaultdict(list)
    for stop in stops.values():
        columns[stop.column, stop.role].append(stop)
    for (column, role), own in columns.items():
        few = sorted(own, key=lambda stop: (-stop.money, stop.name))[most - 1 :]
        if len(few) < ALONE:
            continue
        inside = {stop.name for stop in few}
        kept = sum(
            pence for ends, pence in bands.items() if inside.issuperset(ends)
        )  # among themselves
        both = Stop(
            name=f"{len(few)} smaller {HEADS[role].lower()}",
            role=role,
            column=column,
            spent=sum(stop.spent for stop in few),
            come=sum(stop.come for stop in few) - kept,
            gone=sum(stop.gone for stop in few) - kept,
            members=sorted(inside),
        )
        for name in inside:
            stops[name] = both


def _merged(
    stops: Mapping[str, Stop], bands: Mapping[tuple[str, str], int]
) -> list[tuple[Stop, Stop, int]]:
    """Return bands between the stops that are drawn."""
    money: dict[tuple[str, str], int] = defaultdict(int)
    named = {stop.name: stop for stop in stops.values()}
    for (payer, payee), pence in bands.items():
        ends = stops[payer].name, stops[payee].name
        if ends[0] != ends[1]:
            money[ends] += pence
    return [(named[a], named[b], pence) for (a, b), pence in money.items()]


def _place(stops: Sequence[Stop], between: Sequence[tuple[Stop, Stop, int]]) -> None:
    """Put bars in columns, each near the middle of what pays it."""
    columns: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        columns[stop.column].append(stop)
    scale = HIGH / (max(sum(s.money for s in own) for own in columns.values()) or 1)
    middle = _middles(between)
    for at, column in enumerate(sorted(columns)):
        order = sorted(columns[column], key=lambda stop: (-stop.money, stop.name))
        if at:
            order.sort(key=lambda stop: middle(stop.name))
        top = TOP
        for stop in order:
            stop.x, stop.y = at * (BAR + ROOM), top
            stop.high = max(stop.money * scale, LEAST)
            top += stop.room + GAP
    _centre(list(columns.values()))


def _middles(
    between: Sequence[tuple[Stop, Stop, int]],
) -> Callable[[str], float]:
    """Return how far down the money of a stop comes from, once its payers stand."""
    before: dict[str, list[tuple[Stop, int]]] = defaultdict(list)
    for payer, payee, pence in between:
        if payer.column < payee.column:
            before[payee.name].append((payer, pence))

    def middle(name: str) -> float:
        whole = sum(pence for _, pence in before[name])
        paid = ((payer.y + payer.high / 2) * pence for payer, pence in before[name])
        return sum(paid) / whole if whole else UNPAID

    return middle


def _centre(columns: Sequence[Sequence[Stop]]) -> None:
    """Move shorter columns down to the middle of the tallest."""
    feet = [max(stop.y + stop.room for stop in own) for own in columns]
    for own, foot in zip(columns, feet, strict=True):
        for stop in own:
            stop.y += (max(feet) - foot) / 2


def bands_of(
    stops: Sequence[Stop], between: Sequence[tuple[Stop, Stop, int]]
) -> list[Band]:
    """Return bands with their curves and widths, side by side at each bar.

    Parameters
    ----------
    stops, between
        What :func:`stops_of` returned. What leads back runs below all bars.
    """
    foot = max(stop.y + stop.room for stop in stops)
    tall = max(stops, key=lambda stop: stop.money)
    scale = tall.high / (tall.money or 1)
    taken: dict[tuple[str, str], float] = defaultdict(float)
    into: dict[tuple[str, str], float] = {}
    for payer, payee, pence in sorted(between, key=lambda b: (b[0].y, b[0].name)):
        into[payer.name, payee.name] = taken["in", payee.name] + pence * scale / 2
        taken["in", payee.name] += pence * scale
    found, back = [], 0
    for payer, payee, pence in sorted(
        between, key=lambda b: (b[1].x, b[1].y, b[1].name)
    ):
        out = taken["out", payer.name] + pence * scale / 2
        taken["out", payer.name] += pence * scale
        start = (payer.x + BAR, payer.y + out)
        end = (payee.x, payee.y + into[payer.name, payee.name])
        back += payer.x >= payee.x
        low = foot + 12 * back if payer.x >= payee.x else 0.0
        line = _line(start, end, low)
        found.append(Band(payer, payee, pence, line, max(pence * scale, LEAST)))
    return found


def _line(start: tuple[float, float], end: tuple[float, float], low: float) -> Line:
    """Return the way from one bar to another, or back below all of them."""
    half = (start[0] + end[0]) / 2
    label = (half, low or (start[1] + end[1]) / 2)
    if not low:
        return Line([start, (half, start[1]), (half, end[1]), end], end, label)
    right, left = start[0] + 30, end[0] - 30
    curve = [
        start, (right, start[1]), (right, low), (start[0], low),
        (half, low), (half, low), (end[0], low),
        (left, low), (left, end[1]), end,
    ]  # fmt: skip
    return Line(curve, end, label)
