"""Open a file of rows (CSV, Excel, Parquet) and stream it, each row numbered.

Row numbers are those a person sees when the file is open in a spreadsheet: the
heading is row 1. Rows whose cells do not fit the heading are handed aside with a
reason; a file that cannot be read at all is an error.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

import openpyxl
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from place.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from place.config import Source

__all__ = ["ROW", "Opened", "Reader", "open_rows"]

Reader: TypeAlias = "Callable[[Path], pa.Table]"

ROW: Final = "_row"
ROWS_AT_ONCE: Final = 50_000
_SIGNATURES: Final = (
    (b"PK\x03\x04", "an Excel workbook or ZIP archive", "Name it .xlsx"),
    (b"PAR1", "a Parquet file", "Name it .parquet"),
    (b"\xff\xfe", "UTF-16 text", "Set encoding = 'utf-16'"),
    (b"\xfe\xff", "UTF-16 text", "Set encoding = 'utf-16'"),
    (b"SQLite format 3", "a SQLite or GeoPackage file", "Name it .gpkg"),
)


@dataclass(frozen=True)
class Opened:
    """A file's columns, and its rows on demand.

    `ragged` fills while `rows` is read: row number and what is wrong with it.
    """

    columns: tuple[str, ...]
    schema: pa.Schema
    rows: Callable[[], Iterator[pa.RecordBatch]]
    ragged: list[tuple[int, str]] = field(default_factory=list)


def open_rows(source: Source, *, readers: Mapping[str, Reader] | None = None) -> Opened:
    """Open one file of rows.

    Parameters
    ----------
    source
        The file and how it is written.
    readers
        Further kinds of file: a suffix such as ".xes", and what reads it whole.

    Returns
    -------
    opened
        Its columns; its rows as record batches that begin with the column `_row`.

    Raises
    ------
    PlaceError
        If the file is of no known kind, or cannot be read as what it says it is.
    """
    file = source.file
    name = file.name.lower()
    for suffix, read in (readers or {}).items():
        if name.endswith(suffix):
            return _of_table(read(file))
    match "".join(file.suffixes[-2:]).lower() if name.endswith(".gz") else file.suffix:
        case kind if kind.lower() in {".csv", ".txt", ".tsv", ".csv.gz"}:
            return _open_csv(source)
        case kind if kind.lower() in {".xlsx", ".xlsm"}:
            return _open_excel(source)
        case kind if kind.lower() in {".parquet", ".geoparquet"}:
            return _open_parquet(file)
    known = ".csv, .csv.gz, .tsv, .txt, .xlsx, .parquet", *sorted(readers or {})
    msg = (
        f"{file.name}: totalplace does not read files of this kind. "
        f"Save it as one of: {', '.join(known)}."
    )
    raise PlaceError(msg)


def _numbered(batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
    rows = pa.array(range(first, first + batch.num_rows), pa.int64())
    return pa.RecordBatch.from_arrays(
        [rows, *batch.columns], names=[ROW, *batch.schema.names]
    )


def _count_from_two(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    first = 2
    for batch in batches:
        yield _numbered(batch, first)
        first += batch.num_rows


def _of_table(table: pa.Table) -> Opened:
    return Opened(
        columns=tuple(table.column_names),
        schema=table.schema,
        rows=lambda: _count_from_two(table.to_batches(max_chunksize=ROWS_AT_ONCE)),
    )


def _open_parquet(file: Path) -> Opened:
    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as unreadable:
        msg = f"{file.name}: is not a Parquet file, or a damaged one. Export it again."
        raise PlaceError(msg) from unreadable
    schema = parquet.schema_arrow
    keep = [column.name for column in schema if column.name != "geometry"]
    return Opened(
        columns=tuple(keep),
        schema=schema,
        rows=lambda: _count_from_two(
            parquet.iter_batches(batch_size=ROWS_AT_ONCE, columns=keep)
        ),
    )


def _open_excel(source: Source) -> Opened:
    file = source.file
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as unreadable:
        msg = f"{file.name}: is not an Excel workbook, or a damaged one. Save it again."
        raise PlaceError(msg) from unreadable
    if source.sheet is not None and source.sheet not in book.sheetnames:
        msg = (
            f"{file.name}: there is no sheet {source.sheet!r}; "
            f"it has {book.sheetnames}. Correct `sheet`."
        )
        raise PlaceError(msg)
    sheet = book[source.sheet] if source.sheet else book.worksheets[0]
    cells = sheet.iter_rows(values_only=True)
    header = _headings([_cell(value) for value in next(cells, ())], file)
    schema = pa.schema([(name, pa.string()) for name in header])

    def rows() -> Iterator[pa.RecordBatch]:
        ready: list[list[str | None]] = []
        for values in cells:
            row = [_cell(value) for value in values[: len(header)]]
            ready.append(row + [None] * (len(header) - len(row)))
            if len(ready) == ROWS_AT_ONCE:
                yield _text_batch(ready, schema)
                ready = []
        if ready:
            yield _text_batch(ready, schema)
        book.close()

    return Opened(tuple(header), schema, rows=lambda: _count_from_two(rows()))


def _text_batch(rows: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cell(value: object) -> str | None:
    """Write an Excel value as the text that a CSV would hold."""
    match value:
        case None:
            return None
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _headings(names: Iterable[str | None], file: Path) -> list[str]:
    header = [(name or "").strip() for name in names]
    while header and not header[-1]:
        header.pop()
    if not header:
        msg = f"{file.name}: has no heading row. Put column names in its first row."
        raise PlaceError(msg)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        msg = f"{file.name}: columns {twice} stand there twice. Rename one of each."
        raise PlaceError(msg)
    return [name or f"column {at}" for at, name in enumerate(header, start=1)]


def _open_csv(source: Source) -> Opened:
    file = source.file
    delimiter = "\t" if file.suffix.lower() == ".tsv" else source.delimiter
    _check_signature(file, source.encoding)
    try:
        with _text(file, source.encoding) as lines:
            first = next(csv.reader(lines, delimiter=delimiter), [])
    except (UnicodeDecodeError, LookupError, csv.Error, EOFError, OSError) as wrong:
        raise PlaceError(_misread(file, source.encoding, wrong)) from wrong
    header = _headings(first, file)
    ragged: list[tuple[int, str]] = []
    schema = pa.schema([(name, pa.string()) for name in header])

    def aside(row: Any) -> str:  # noqa: ANN401 - pyarrow's own type has no name
        seen = f"has {row.actual_columns} cells where the heading has {len(header)}"
        ragged.append((row.number, seen))
        return "skip"

    def batches() -> Iterator[pa.RecordBatch]:
        reader = pc.open_csv(
            pa.input_stream(str(file), compression="detect"),
            read_options=pc.ReadOptions(
                use_threads=False,  # or the numbers of ragged rows are lost
                encoding=source.encoding,
                column_names=header,
                skip_rows_after_names=1,
                block_size=8 << 20,
            ),
            parse_options=pc.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=aside,
            ),
            convert_options=pc.ConvertOptions(
                column_types=schema, strings_can_be_null=True, null_values=[""]
            ),
        )
        yield from _around_ragged(reader, ragged)

    def rows() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches()
        except (pa.ArrowInvalid, UnicodeDecodeError, OSError, EOFError) as wrong:
            raise PlaceError(_misread(file, source.encoding, wrong)) from wrong

    return Opened(tuple(header), schema, rows, ragged)


def _around_ragged(
    reader: Iterable[pa.RecordBatch], ragged: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    """Give each row its number in the file, stepping over the ragged ones."""
    at, passed = 2, 0
    for batch in reader:
        numbers = list(range(at, at + batch.num_rows))
        while passed < len(ragged) and ragged[passed][0] <= numbers[-1]:
            numbers.remove(ragged[passed][0])
            numbers.append(numbers[-1] + 1)
            passed += 1
        at = numbers[-1] + 1
        rows = pa.array(numbers, pa.int64())
        yield pa.RecordBatch.from_arrays(
            [rows, *batch.columns], names=[ROW, *batch.schema.names]
        )


def _text(file: Path, encoding: str) -> IO[str]:
    encoding = "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding
    if file.suffix.lower() == ".gz":
        return cast("IO[str]", gzip.open(file, "rt", encoding=encoding, newline=""))
    return file.open(encoding=encoding, newline="")


def _check_signature(file: Path, encoding: str) -> None:
    with file.open("rb") as start:
        begins = start.read(16)
    for signature, what, remedy in _SIGNATURES:
        if begins.startswith(signature) and "16" not in encoding:
            msg = f"{file.name}: is {what}, not text in {encoding}. {remedy}."
            raise PlaceError(msg)


def _misread(file: Path, encoding: str, wrong: Exception) -> str:
    """Say where the text stops being what it was declared to be."""
    if isinstance(wrong, LookupError):
        return (
            f"{file.name}: no encoding is called {encoding!r}. "
            "Set encoding = 'utf-8' or 'cp1252'."
        )
    line = 1
    try:
        with _text(file, encoding) as lines:
            for _ in lines:
                line += 1
    except UnicodeDecodeError as bad:
        return (
            f"{file.name}: is not text in {encoding}: byte "
            f"0x{bad.object[bad.start]:02x} near line {line}. "
            "Save it as 'CSV UTF-8', or set encoding = 'cp1252'."
        )
    except (OSError, EOFError) as damaged:
        return f"{file.name}: is damaged ({damaged}). Export it again."
    return f"{file.name}: cannot be read as a table: {wrong}. Export it again."
