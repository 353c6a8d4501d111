"""Open a CSV file: text whose cells are split by a comma or another mark.

A row with more or fewer cells than the heading is put aside. A file whose text or
quotation marks do not hold to its end is an error, for then no row after the fault
can be trusted.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from place.errors import PlaceError
from place.plaintext import UNREADABLE, check_signature, misquoted, misread, open_text
from place.rows import Opened, heading_row, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place.settings import Source

__all__ = ["open_delimited"]

BLOCK_BYTES: Final = 8 << 20


def open_delimited(source: Source) -> Opened:
    """Open a CSV file, plain or gzipped; every cell is text, a blank one is NULL.

    Raises
    ------
    PlaceError
        If its beginning is not text in its encoding, or is no heading row. Faults
        further down are raised while its rows are read.
    """
    file = source.file
    tabs = file.name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = "\t" if tabs else source.delimiter
    check_signature(file, source.encoding)
    try:
        with open_text(file, source.encoding) as lines:
            names = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
            more = bool(lines.read(1))
    except csv.Error:
        msg = (
            f"{file.name}: the quotation marks in its heading row do not match. "
            "Close or double the mark."
        )
        raise PlaceError(msg) from None
    except UNREADABLE:
        raise PlaceError(_why_not(source, delimiter)) from None
    if any("\0" in name for name in names):
        msg = (
            f"{file.name}: its heading holds NUL bytes, so it is not text in "
            f"{source.encoding}. Set encoding = 'utf-16-le', or save it as 'CSV UTF-8'."
        )
        raise PlaceError(msg)
    header = heading_row(names, file)
    schema = pa.schema([(name, pa.string()) for name in header])
    if not more:
        return Opened(header, schema, rows=lambda: iter(()))
    ragged: list[tuple[int, str]] = []
    return Opened(
        header,
        schema,
        rows=lambda: _rows(source, delimiter, schema, ragged),
        ragged=ragged,
    )


def _rows(
    source: Source, delimiter: str, schema: pa.Schema, ragged: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    """Read to the end, or say why not; check quotation marks if a cell has lines."""
    ragged.clear()
    long: list[int] = []
    trusted = False
    try:
        batches = _batches(source, delimiter, schema, (ragged, long))
        for batch in numbered(batches, ragged):
            if not trusted and (long or _has_lines(batch)):
                _check_quotes(source, delimiter)
                trusted = True
            yield batch
        if long and not trusted:
            _check_quotes(source, delimiter)
    except (pa.ArrowException, *UNREADABLE):
        raise PlaceError(_why_not(source, delimiter)) from None


def _why_not(source: Source, delimiter: str) -> str:
    file, encoding = source.file, source.encoding
    return (
        misread(file, encoding)
        or misquoted(file, encoding, delimiter)
        or f"{file.name}: cannot be read as a table. Export it again as CSV UTF-8."
    )


def _check_quotes(source: Source, delimiter: str) -> None:
    fault = misquoted(source.file, source.encoding, delimiter)
    if fault:
        raise PlaceError(fault)


def _has_lines(batch: pa.RecordBatch) -> bool:
    """Say whether a cell holds a line end, as only a quoted one may."""
    return any(
        pc.any(pc.match_substring(column, mark)).as_py()
        for column in batch.columns[1:]
        for mark in ("\n", "\r")
    )


def _batches(
    source: Source,
    delimiter: str,
    schema: pa.Schema,
    aside: tuple[list[tuple[int, str]], list[int]],
) -> Iterator[pa.RecordBatch]:
    ragged, long = aside

    def skip(row: Any) -> str:  # noqa: ANN401 - pyarrow's own type has no name
        seen = f"has {row.actual_columns} cells where the heading has {len(schema)}"
        ragged.append((row.number, seen))
        if {"\n", "\r"} & set((row.text or "").rstrip("\r\n")):
            long.append(row.number)
        return "skip"

    file = source.file
    compression = "gzip" if file.suffix.lower() == ".gz" else None
    yield from pcsv.open_csv(
        pa.input_stream(str(file), compression=compression),
        read_options=pcsv.ReadOptions(
            use_threads=False,  # or the numbers of ragged rows are lost
            encoding=source.encoding,
            column_names=schema.names,
            skip_rows_after_names=1,
            block_size=BLOCK_BYTES,
        ),
        parse_options=pcsv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        convert_options=pcsv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, null_values=[""]
        ),
    )
