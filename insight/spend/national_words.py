"""The words and headings of national figures, each brought to one spelling.

The Treasury's databases differ from year to year in headings, and within a year in
capitals, blanks and the spelling of regions.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ENGLAND",
    "TOTAL",
    "Unit",
    "amounts_of",
    "column_of",
    "regions_of",
    "words_of",
]

Unit: TypeAlias = Literal["million", "thousand", "pounds"]
PENCE: Final[dict[Unit, int]] = {"million": 10**8, "thousand": 10**5, "pounds": 100}

ENGLAND: Final = (
    "East", "East Midlands", "London", "North East", "North West", "South East",
    "South West", "West Midlands", "Yorkshire and the Humber",
)  # fmt: skip
"""The nine English regions, as they are spelt here."""

TOTAL: Final = re.compile(
    r"(grand )?totals?\b.*|england|uk|united kingdom|great britain|"
    r"uk (current |capital )?identifiable expenditure"
)
"""Regions whose rows add up others, in small letters."""

HEADINGS: Final = {
    "region": ("region", "nuts_1_region", "nuts_region"),
    "cofog": ("cofog_level_0", "cofog_level_1", "cofog1", "cofog"),
    "function": ("hmt_functional_classification", "hmt_function", "function"),
    "body": ("dept_name", "department_name", "department", "dept", "body"),
    "sector": ("cg_lg_or_pc", "cg_la_or_pc", "sector"),
    "nature": ("cap_or_cur", "nature"),
    "identifiable": ("id_or_non_id", "id_non_id", "identifiable"),
    "period": ("period",),
}
SPELT: Final = {name.casefold(): name for name in ENGLAND} | {
    "eastern": "East",
    "east of england": "East",
    "yorkshire and humberside": "Yorkshire and the Humber",
    "outside the uk": "Outside the UK",
    "outside uk": "Outside the UK",
}
NOWHERE: Final = {"not identifiable", "non-identifiable", "nonidentifiable"}
CODED: Final = {
    "sector": {
        "cg": "central government",
        "lg": "local government",
        "la": "local government",
        "pc": "public corporation",
    },
    "nature": {"cur": "revenue", "current": "revenue", "cap": "capital"},
    "identifiable": {
        "id": "identifiable",
        "non-id": "not identifiable",
        "non-identifiable": "not identifiable",
    },
}


def _loosely(name: object) -> str:
    return re.sub(r"[^a-z0-9]+", "_", str(name).casefold()).strip("_")


def column_of(frame: pd.DataFrame, name: str) -> pd.Series[str] | None:
    """Return the column that holds `region`, `cofog` and so on, or `None`.

    Examples
    --------
    >>> frame = pd.DataFrame({"NUTS 1 region": ["London"]})
    >>> column_of(frame, "region").tolist(), column_of(frame, "body")
    (['London'], None)
    """
    known = {_loosely(column): column for column in frame.columns}
    found = next((known[each] for each in HEADINGS[name] if each in known), None)
    return None if found is None else frame[found]


def _tidied(cell: str | None) -> str | None:
    """Return a word without the blanks around and within it; empty is missing."""
    return None if pd.isna(cell) else " ".join(str(cell).split()) or None


def regions_of(cells: Iterable[str | None]) -> list[str | None]:
    """Return one spelling for each region: of several, the first in text order.

    Examples
    --------
    >>> regions_of(["ENGLAND_North East ", "Yorkshire and The Humber", None])
    ['North East', 'Yorkshire and the Humber', None]
    """
    tidy = [_tidied(cell) for cell in cells]
    plain = [cell and cell.removeprefix("ENGLAND_") for cell in tidy]
    spelt = {
        name.casefold(): name for name in sorted(filter(None, plain), reverse=True)
    } | SPELT
    return [name and spelt[name.casefold()] for name in plain]


def _division(written: str | None) -> str | None:
    """Return the code in "07", "7.3" or "10. Social Protection"."""
    numbered = re.match(r"(\d{1,2})\.\s*\D", written or "")
    return cofog_code(written) or (cofog_code(numbered[1]) if numbered else None)


def words_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that are words, in one spelling; missing ones as `None`.

    Parameters
    ----------
    frame
        National figures under the Treasury's headings or ours.

    Returns
    -------
    words
        `region`, `cofog` (a code, or `None` where none is known), `function`, `body`,
        `sector`, `nature`, `identifiable` and `period`. Without a column that says,
        a line is identifiable unless its region says that it is not.

    Examples
    --------
    >>> frame = pd.DataFrame({"region": ["Yorkshire and The Humber "], "cofog": ["7"]})
    >>> words_of(frame)[["region", "cofog", "identifiable"]].to_numpy().tolist()
    [['Yorkshire and the Humber', '07', 'identifiable']]
    """
    table: dict[str, list[str | None]] = {}
    for name in HEADINGS:
        column = column_of(frame, name)
        coded = CODED.get(name, {})
        cells = [] if column is None else [_tidied(cell) for cell in column]
        table[name] = [cell and coded.get(cell.casefold(), cell) for cell in cells] or [
            None
        ] * len(frame)
    table["region"] = regions_of(table["region"])
    table["cofog"] = [_division(cell) for cell in table["cofog"]]
    stated = column_of(frame, "identifiable") is not None
    table["identifiable"] = [
        "not identifiable"
        if (region or "").casefold() in NOWHERE
        else cell and cell.casefold()
        if stated
        else "identifiable"
        for region, cell in zip(table["region"], table["identifiable"], strict=True)
    ]
    return pd.DataFrame(table, index=frame.index, dtype=object)


def _pence(written: object, unit: Unit) -> int | None:
    """Return an amount in whole pence, halves to even; a dash is not known."""
    try:
        amount = Decimal(str(written).replace(",", "").replace("£", "").strip())
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    return int((amount * PENCE[unit]).to_integral_value(ROUND_HALF_EVEN))


def amounts_of(
    frame: pd.DataFrame, period: str, unit: Unit | None
) -> pd.Series[int] | None:
    """Return whole pence of a period, by the heading that holds them, or `None`.

    Raises
    ------
    InsightError
        If neither the heading nor `unit` says what an amount is counted in.

    Examples
    --------
    >>> frame = pd.DataFrame({"2008-09": ["1.5", "-", "-0.25"]})
    >>> amounts_of(frame, "2008-09", "million").tolist()
    [150000000, <NA>, -25000000]
    """
    known = {_loosely(column): column for column in frame.columns}
    if "amount_pence" in known:
        return frame[known["amount_pence"]].astype("Int64")
    year = _loosely(period)
    named: dict[str, Unit] = {"amount_pounds": "pounds", f"gbp_m_{year}": "million"}
    for heading, says in named.items():
        if heading in known:
            unit, year = says, heading
    if not year or year not in known:
        return None
    if unit is None:
        msg = (
            f"the column {known[year]!r} does not say whether it holds pounds, "
            "thousands or millions. State unit: the Treasury's database of 2010 holds "
            "'million', those from 2014 'thousand'."
        )
        raise InsightError(msg)
    cells = [_pence(cell, unit) for cell in frame[known[year]]]
    return pd.Series(cells, index=frame.index, dtype="Int64")
