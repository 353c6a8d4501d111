"""Read the sheets that coders filled, once nothing is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.evidence.coding import SEALED, SHEET_COLUMNS, UNIT, seal_of, texts
from insight.evidence.rubric import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["level_of", "read_coding_sheets"]

ROW: Final = re.compile(r"(\d+) of (\d+)")


def level_of(cell: str, where: str) -> int | None:
    """Return the level that a cell holds, or `None` for a blank.

    Raises
    ------
    InsightError
        If it is another word or figure; `where` says which cell it is.

    Examples
    --------
    >>> level_of(" 3.0", "row 1 of 31"), level_of("", "row 2 of 31")
    (3, None)
    """
    plain = cell.strip().removesuffix(".0")
    if not plain:
        return None
    if plain not in {str(level) for level in LEVELS}:
        msg = (
            f"{where}: {cell!r} is no level. Give 1, 2, 3 or 4, or leave it blank "
            "where the passage says nothing of the component."
        )
        raise InsightError(msg)
    return int(plain)


def read_coding_sheets(sheets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return filled sheets as the table `maturity` of a place.

    Parameters
    ----------
    sheets
        Name of a file to its rows, as texts; their order does not matter.

    Returns
    -------
    maturity
        `place`, `component`, `coder`, `score` (missing where blank), `evidence`,
        `phase` and `remark`; sorted by place, component, phase and coder.

    Raises
    ------
    InsightError
        If a sheet lacks columns or rows, was changed, holds what is no level, has no
        level at all, has the coder of another, or is of other evidence than another.

    Examples
    --------
    >>> from insight.evidence.coding import coding_sheets
    >>> from insight.evidence.facts import evidence_index
    >>> sheets = coding_sheets(evidence_index(), ["Ann", "Bob"], seed=6)
    >>> filled = {name: sheet.assign(level="2") for name, sheet in sheets.items()}
    >>> bool(read_coding_sheets(filled)["score"].eq(2).all())
    True
    """
    if not sheets:
        msg = "no sheet was given. Name the sheets that coders handed in."
        raise InsightError(msg)
    read = {name: _read(sheet, name) for name, sheet in sheets.items()}
    coders: dict[str, str] = {}
    first = next(iter(read))
    for name, sheet in read.items():
        coder = str(sheet["coder"].iloc[0]).casefold()
        if coder in coders:
            msg = (
                f"{coders[coder]} and {name} are both by {sheet['coder'].iloc[0]!r}. "
                "Give one sheet a coder, and each coder another name."
            )
            raise InsightError(msg)
        coders[coder] = name
        _same_evidence(read[first], sheet, f"{first} and {name}")
    table = pd.concat(read.values(), ignore_index=True)
    table["score"] = table["score"].astype("Int64")
    cited = table["lines"].where(table["lines"] == "", table["lines"] + ": ")
    table["evidence"] = cited + table["passage"]
    columns = ["place", "component", "coder", "score", "evidence", "phase", "remark"]
    return table.sort_values([*UNIT, "coder"], ignore_index=True)[columns]


def _read(sheet: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one sheet with `score`, once nothing is wrong with it."""
    lacks = [column for column in SHEET_COLUMNS if column not in sheet]
    if lacks:
        msg = f"{name} lacks the columns {lacks}. Hand in the sheet that was made."
        raise InsightError(msg)
    rows = texts(sheet, SHEET_COLUMNS)
    cells: list[dict[str, str]] = rows.to_dict("records")  # type: ignore[assignment]
    for row in cells:
        if seal_of([row[column] for column in SEALED]) != row["check"]:
            msg = (
                f"{name}: row {row['row'] or '?'} ({row['component']!r} of "
                f"{row['place']!r}) was changed in more than its level and remark. "
                "Copy it from a fresh sheet, and give its level there."
            )
            raise InsightError(msg)
    _complete(rows["row"].tolist(), name)
    rows["score"] = [
        level_of(row["level"], f"{name}: row {row['row']}") for row in cells
    ]
    if rows["score"].isna().all():
        msg = f"{name} holds no level at all. Hand in the sheet that was filled."
        raise InsightError(msg)
    return rows


def _complete(seen: list[str], name: str) -> None:
    """Refuse a sheet with rows that are missing, or there twice."""
    found = [ROW.fullmatch(each) for each in seen]
    numbers = [int(each[1]) for each in found if each]
    many = int(found[0][2]) if found and found[0] else 0
    lost = sorted(set(range(1, many + 1)) - set(numbers))
    if lost or not many:
        shown = ", ".join(map(str, lost[:5])) or "all"
        msg = f"{name} lacks rows: {shown} of {many or '?'}. Hand in every row."
        raise InsightError(msg)
    twice = sorted({each for each in numbers if numbers.count(each) > 1})
    if twice:
        msg = f"{name} has row {twice[0]} more than once. Keep one of each."
        raise InsightError(msg)


def _same_evidence(one: pd.DataFrame, other: pd.DataFrame, names: str) -> None:
    columns = [*UNIT, "lines", "passage"]
    plain = [
        {seal_of(row) for row in sheet[columns].itertuples(index=False)}
        for sheet in (one, other)
    ]
    if plain[0] != plain[1]:
        msg = (
            f"{names} are not of the same evidence: {len(plain[0] ^ plain[1])} rows "
            "differ. Coders must read the same: make the sheets in one go."
        )
        raise InsightError(msg)
