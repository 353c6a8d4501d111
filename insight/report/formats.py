"""How figures are said on the page: pounds, shares, days and plain numbers.

A short form is for cards and pictures ("£1.2m"), an exact one for tables and for
those who ask ("£1,234,567").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.release.rules import HIDDEN, NOT_KNOWN
from insight.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released

__all__ = [
    "Cell",
    "Form",
    "cell_of",
    "check_column",
    "decimals_of",
    "form_of",
    "said",
    "said_short",
]

Form: TypeAlias = Literal["auto", "number", "pence", "pounds", "share", "days", "text"]

ENDINGS: Final[dict[str, Form]] = {
    "_pence": "pence",
    "_pounds": "pounds",
    "_share": "share",
    "_days": "days",
}
PENCE: Final = 100
THOUSAND: Final = 1_000
TENS: Final = 100  # from here on a figure needs no decimals to be read
SIZES: Final = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
MOST_DECIMALS: Final = 3  # to line a column up with
HOURS: Final = 24
MINUTES: Final = 60
LONG_WAIT: Final = 10  # days, from which a tenth of a day says nothing


@dataclass(frozen=True)
class Cell:
    """One cell as the page shows it, with what it says when asked."""

    text: str
    exact: str = ""
    hidden: bool = False


def form_of(column: str, form: Form = "auto") -> Form:
    """Return how a column's figures are said, by the ending of its name.

    Examples
    --------
    >>> form_of("spend_pence"), form_of("people"), form_of("rate", "share")
    ('pence', 'number', 'share')
    """
    if form != "auto":
        return form
    ends = (said for ending, said in ENDINGS.items() if column.endswith(ending))
    return next(ends, "number")


def said(value: float, form: Form = "number") -> str:
    """Say a figure in full.

    Parameters
    ----------
    value
        Pence, pounds, a share of 1, days, or a plain number, as `form` says.
    form
        What the figure is.

    Examples
    --------
    >>> said(123456789, "pence"), said(-5, "pounds"), said(0.1234, "share")
    ('£1,234,568', '-£5', '12.3%')
    >>> said(1234567), said(0.125), said(3.5, "days"), said(0.25, "days")
    ('1,234,567', '0.125', '3.5 days', '6 hours')
    """
    if form == "pence":
        return said(value / PENCE, "pounds")
    if form == "pounds":
        small = abs(value) < TENS and value % 1
        return _signed(value, f"£{abs(value):,.{2 if small else 0}f}")
    if form == "share":
        return f"{value:.1%}"
    if form == "days":
        return _days(value)
    if value % 1 == 0:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= TENS else f"{value:,.3g}"


def said_short(value: float, form: Form = "number") -> str:
    """Say a figure in few letters, for a card or a picture.

    Examples
    --------
    >>> said_short(123456789, "pence"), said_short(950, "pounds"), said_short(12345)
    ('£1.2m', '£950', '12.3k')
    >>> said_short(999_960, "pounds")
    '£1m'
    """
    if form == "pence":
        return said_short(value / PENCE, "pounds")
    if form not in {"number", "pounds"} or abs(value) < THOUSAND:
        return said(value, form)
    if form == "number" and abs(value) < 10 * THOUSAND:
        return said(round(value))
    size, letter = _size(abs(value))
    mark = "£" if form == "pounds" else ""
    return _signed(
        value, f"{mark}{f'{abs(value) / size:.1f}'.removesuffix('.0')}{letter}"
    )


def cell_of(
    released: Released,
    row: int,
    column: str,
    form: Form = "auto",
    *,
    decimals: int | None = None,
) -> Cell:
    """Return one cell of a released table as the page shows it.

    Parameters
    ----------
    released
        A table that has been through the door.
    row
        Its position, from 0.
    column
        Its name.
    form
        What the figures of the column are.
    decimals
        How many to give each plain number, as `decimals_of` found.

    Raises
    ------
    ReportError
        If the table has no such column.
    """
    check_column(released, column)
    if released.hidden[column].iloc[row]:
        return Cell(HIDDEN, hidden=True)
    value = released.frame[column].iloc[row]
    if pd.isna(value):
        return Cell(NOT_KNOWN)
    if released.kinds[column] == "label":
        return Cell(str(value))
    what = form_of(column, form)
    if what == "number" and decimals is not None:
        return Cell(f"{value:,.{decimals}f}")
    exact = f"£{value / PENCE:,.2f}" if what == "pence" else ""
    return Cell(said(float(value), what), exact)


def decimals_of(released: Released, column: str, rows: Sequence[int]) -> int | None:
    """Return the decimals that line a column of small plain numbers up, if any do.

    Parameters
    ----------
    released
        A table that has been through the door.
    column
        Its name.
    rows
        Positions of the rows to be shown.
    """
    shown = released.frame[column].iloc[list(rows)].dropna()
    if released.kinds[column] == "label" or (shown.abs() >= TENS).any():
        return None
    texts = [said(float(value)) for value in shown]
    most = max((len(text.partition(".")[2]) for text in texts), default=0)
    return most if 0 < most <= MOST_DECIMALS else None


def check_column(released: Released, column: str) -> None:
    """Raise `ReportError` where a released table has no such column."""
    if column not in released.kinds:
        msg = (
            f"The table {released.name!r} has no column {column!r}; it has "
            f"{list(released.kinds)}. Name one of these."
        )
        raise ReportError(msg)


def _signed(value: float, words: str) -> str:
    """Put the sign of a figure before its currency."""
    return f"-{words}" if value < 0 else words


def _size(value: float) -> tuple[float, str]:
    """Return the unit that keeps a figure short, also after it has been rounded."""
    return next((size, letter) for size, letter in SIZES if round(value / size, 1) >= 1)


def _days(value: float) -> str:
    """Say a wait: minutes below two hours, hours below two days, then days."""
    minutes = value * HOURS * MINUTES
    if minutes < 2 * MINUTES:
        return "under 1 min" if minutes < 1 else f"{minutes:.0f} min"
    if value < 2:  # noqa: PLR2004 - two days
        return f"{value * HOURS:.0f} hours"
    days = f"{value:,.0f}" if value >= LONG_WAIT else f"{value:.1f}".removesuffix(".0")
    return f"{days} days"
