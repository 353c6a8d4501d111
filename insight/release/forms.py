"""Write sheets for people to fill: as CSV and as a workbook with the choices in it.

A sheet holds passages and no figure about anybody, so no rule of small numbers goes
over it. Nothing that is there already is written over: it may be filled.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from insight.release.errors import ReleaseError
from insight.release.paper import csv_bytes, put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Form", "Listed", "file_stem", "write_forms", "write_tables"]

WIDTHS: Final = {"place": 24, "component": 18, "lines": 16, "passage": 80, "anchor": 80}
OTHER_WIDTHS: Final = {
    "evidence": 80, "remark": 30, "levels": 24, "decided_by": 20, "note": 80,
    "covers": 60, "name": 40, "column": 16, "source": 24, "body": 24, "body_kind": 20,
    "amount_pounds": 16, "programme": 24, "heading": 28,
}  # fmt: skip
WIDTH: Final = 11
MADE: Final = dt.datetime(2010, 1, 1)  # noqa: DTZ001 - Excel knows no zones; the same bytes
OPEN: Final = PatternFill("solid", fgColor="FFF7DB")
AS_TEXT: Final = "@"  # or Excel makes the number 7 of "07", and a date of "2008-09"


@dataclass(frozen=True)
class Listed:
    """Choices that stand in a column of a sheet beside: for lists that are long."""

    sheet: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """A sheet to fill.

    Parameters
    ----------
    rows
        Texts and whole numbers; missing ones are left blank.
    choice
        The column to choose in, and what may be chosen besides a blank.
    choices
        Further columns to choose in.
    words, amounts
        Other columns to fill, with words or with numbers.
    beside
        Name of a further sheet of the workbook to a table, such as a rubric.
    room
        Blank rows to fill below those that are there.
    """

    rows: pd.DataFrame
    choice: tuple[str, Sequence[int] | Sequence[str]] | None = None
    choices: Mapping[str, Sequence[str] | Listed] = field(
        default_factory=lambda: MappingProxyType({})
    )
    words: Sequence[str] = ()
    amounts: Sequence[str] = ()
    beside: Mapping[str, pd.DataFrame]
    room: int = 0


def file_stem(words: str) -> str:
    """Return words as a name that a file can have anywhere.

    Examples
    --------
    >>> file_stem("Ann O'Neil (NHS)")
    'ann-o-neil-nhs'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-") or "sheet"


def write_forms(folder: Path, forms: Mapping[str, Form]) -> list[Path]:
    """Write each form as NAME.csv and NAME.xlsx.

    Parameters
    ----------
    folder
        Made if absent.
    forms
        Name of the file, without its ending, to the form.

    Returns
    -------
    written
        The files, workbooks and CSV files in turn.

    Raises
    ------
    ReleaseError
        If any of the files is there already; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> rows = pd.DataFrame({"passage": ["It is planned."], "level": [""]})
    >>> form = Form(rows=rows, choice=("level", (1, 2)), beside={})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [file.name for file in write_forms(Path(folder), {"ann": form})]
    ['ann.xlsx', 'ann.csv']
    """
    contents = {}
    for name, form in forms.items():
        contents[f"{name}.xlsx"] = _workbook(form)
        contents[f"{name}.csv"] = _csv(form.rows)
    return _written(folder, contents)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write tables of levels that coders gave as NAME.csv; see `write_forms`."""
    return _written(folder, {f"{name}.csv": _csv(one) for name, one in tables.items()})


def _written(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    files = {folder / name: content for name, content in contents.items()}
    there = [file.name for file in files if file.exists()]
    if there:
        msg = (
            f"{folder} already holds {', '.join(there)}, which may be filled: nothing "
            "was written. Name another folder, or move them."
        )
        raise ReleaseError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        put(file, content)
    return list(files)


def _blanked(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype("object").where(rows.notna(), "")


def _csv(rows: pd.DataFrame) -> bytes:
    shown = _blanked(rows)
    hidden = pd.DataFrame(data=False, index=shown.index, columns=shown.columns)
    return csv_bytes(shown, hidden)


def _workbook(form: Form) -> bytes:
    book = Workbook()
    book.properties.created = book.properties.modified = MADE
    sheet = book.active
    sheet.title = "To fill"
    _fill(sheet, form.rows)
    _open(sheet, form)
    for title, table in form.beside.items():
        _fill(book.create_sheet(title), table)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Any, rows: pd.DataFrame) -> None:  # noqa: ANN401 - untyped library
    """Write a heading and rows; words are never a formula."""
    table = [list(rows.columns), *_blanked(rows).to_numpy().tolist()]
    for at, cells in enumerate(table, start=1):
        for across, value in enumerate(cells, start=1):
            cell = sheet.cell(at, across)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value) or None
                cell.data_type = "s" if value else "n"
            else:
                cell.value = value
    for across, name in enumerate(rows.columns, start=1):
        sheet.cell(1, across).font = Font(bold=True)
        letter = get_column_letter(across)
        sheet.column_dimensions[letter].width = {**WIDTHS, **OTHER_WIDTHS}.get(
            name, WIDTH
        )
    sheet.freeze_panes = "A2"


def _open(sheet: Any, form: Form) -> None:  # noqa: ANN401 - untyped library
    """Open the columns to fill, and close the rest against a slip of the hand.

    Without rows of its own there is nothing to close, and rows may be put in.
    """
    last = len(form.rows) + form.room + 1
    columns = list(form.rows.columns)
    offered = dict([form.choice] if form.choice else ()) | dict(form.choices)
    for column in (*offered, *form.words, *form.amounts):
        letter = get_column_letter(columns.index(column) + 1)
        cells = f"{letter}2:{letter}{last}"
        if column in offered:
            _add(sheet, _choice(form, offered[column]), cells)
        elif column in form.amounts:
            _add(sheet, _amount(), cells)
        for (cell,) in sheet[cells]:
            cell.protection = Protection(locked=False)
            cell.fill = OPEN
            if column in form.choices or column in form.words:
                cell.number_format = AS_TEXT
    if len(form.rows):
        sheet.protection.enable()


def _add(sheet: Any, rule: DataValidation, cells: str) -> None:  # noqa: ANN401 - untyped library
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(cells)


def _choice(form: Form, allowed: Sequence[Any] | Listed) -> DataValidation:
    """Return a list to choose from: in the cell itself, or in a sheet beside."""
    if isinstance(allowed, Listed):
        table = form.beside[allowed.sheet]
        letter = get_column_letter(list(table.columns).index(allowed.column) + 1)
        where = f"'{allowed.sheet}'!${letter}$2:${letter}${len(table) + 1}"
        said = f"Choose one of the sheet {allowed.sheet!r}, or leave it blank."
    else:
        listed = ",".join(map(str, allowed))
        where = f'"{listed}"'
        said = f"Choose one of {listed}, or leave it blank."
    rule = DataValidation(type="list", formula1=where, allow_blank=True)
    rule.errorTitle, rule.error = "Not one of them", said
    return rule


def _amount() -> DataValidation:
    rule = DataValidation(type="decimal", operator="between", allow_blank=True)
    rule.formula1, rule.formula2 = "-1000000000000", "1000000000000"
    rule.errorTitle, rule.error = "No number", "Write a number, or leave it blank."
    return rule
