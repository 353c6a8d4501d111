"""Open a sheet of an Excel workbook: its cells as the text that a CSV would hold.

A formula counts as the result that was saved with it. A row with a formula whose
result was never saved, or with a value beside the last heading, is put aside.
"""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from contextlib import closing, contextmanager
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pyarrow as pa

from place.errors import PlaceError
from place.rows import ROWS_AT_ONCE, Opened, heading_row, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from place.settings import Source

__all__ = ["open_workbook"]

_MIDNIGHT: Final = dt.time()
_AT_ONCE: Final = 1 << 20


def open_workbook(source: Source) -> Opened:
    """Open a sheet, by name or the first that is not hidden.

    Raises
    ------
    PlaceError
        If it is no workbook, is locked, lacks the sheet or has no heading row.
    """
    file = source.file
    with _damage_said(file), closing(_load(file)) as book:
        names = [sheet.title for sheet in book.worksheets]
        shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
        name = source.sheet or next(iter(shown or names), "")
        if name not in names:
            msg = (
                f"{file.name}: there is no sheet {name!r} of cells; it has {names}. "
                "Correct `sheet`."
            )
            raise PlaceError(msg)
        cells = [_text(value) for value in next(_cells(book, name), ())]
    while cells and not (cells[-1] or "").strip():
        cells.pop()
    header = heading_row(cells, file)
    schema = pa.schema([(heading, pa.string()) for heading in header])
    ragged: list[tuple[int, str]] = []
    note = f" The sheet read is {name!r}, of {names}." if names[1:] else ""

    def rows() -> Iterator[pa.RecordBatch]:
        ragged.clear()
        with _damage_said(file):
            kept = _kept(file, name, len(header), ragged)
            batches = iter(lambda: list(islice(kept, ROWS_AT_ONCE)), [])
            yield from numbered((_batch(some, schema) for some in batches), ragged)

    return Opened(header, schema, rows, ragged, note)


@contextmanager
def _damage_said(file: Path) -> Iterator[None]:
    """Turn what openpyxl says of a broken file, which may quote it, into a remedy."""
    try:
        yield
    except PlaceError:
        raise
    except Exception as unreadable:  # noqa: BLE001 - openpyxl raises whatever it meets
        msg = (
            f"{file.name}: is not an Excel workbook, is locked by a password, or is "
            f"damaged ({type(unreadable).__name__}). Save it again as .xlsx."
        )
        raise PlaceError(msg) from None


def _load(file: Path, *, formulae: bool = False) -> Any:  # noqa: ANN401 - untyped library
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and menus, which do not matter here
        return openpyxl.load_workbook(file, read_only=True, data_only=not formulae)


def _cells(book: Any, name: str, *, values: bool = True) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - untyped library
    sheet = book[name]
    sheet.reset_dimensions()  # some programs write a size that is too small
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=values)
    return rows


def _kept(
    file: Path, name: str, width: int, ragged: list[tuple[int, str]]
) -> Iterator[list[str | None]]:
    """Give the rows below the heading, and put aside those that cannot be trusted."""
    with closing(_load(file)) as book:
        unsaved = _unsaved(file, name) if _has_formulae(file) else repeat("")
        numbers = enumerate(zip(_cells(book, name), unsaved, strict=False), start=1)
        for number, (values, fault) in islice(numbers, 1, None):
            row = [_text(value) for value in values]
            if any(row[width:]):
                ragged.append((number, "has a value beside the last heading"))
            elif fault:
                ragged.append((number, fault))
            else:
                yield (row + [None] * width)[:width]


def _has_formulae(file: Path) -> bool:
    """Look for a formula in any sheet, without parsing: it costs a second reading."""
    with zipfile.ZipFile(file) as parts:
        for part in parts.namelist():
            if not part.startswith("xl/worksheets/"):
                continue
            with parts.open(part) as sheet:
                tail = b""
                while chunk := sheet.read(_AT_ONCE):
                    if b"<f>" in (seen := tail + chunk) or b"<f " in seen:
                        return True
                    tail = chunk[-2:]
    return False


def _unsaved(file: Path, name: str) -> Iterator[str]:
    """Say of each row whether a formula in it has no saved result."""
    with closing(_load(file)) as book, closing(_load(file, formulae=True)) as written:
        cached, said = (_cells(one, name, values=False) for one in (book, written))
        for results, formulae in zip(cached, said, strict=False):
            lacks = any(
                formula.data_type == "f"
                and result.value is None
                and result.data_type != "str"  # a text of no letters is a result
                for result, formula in zip(results, formulae, strict=False)
                if formula.value is not None
            )
            yield "has a formula whose result was not saved" if lacks else ""


def _batch(rows: Iterable[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _text(value: object) -> str | None:
    """Write an Excel value as the text that a CSV would hold."""
    match value:
        case None | "":
            return None
        case dt.datetime() if value.time() == _MIDNIGHT:
            return value.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
