"""Open a table whose columns have types: Parquet, or Arrow in memory.

Types that SQL does not know are turned into ones that it does; NaN is NULL, since
it is how some programs write that nothing is known. A column of lists or records
stays as it is: it cannot answer to a contract, and says so if it is asked to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from place.errors import PlaceError
from place.rows import ROWS_AT_ONCE, Opened, heading_row, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["arrow_of", "open_parquet", "open_table", "plain", "plain_type"]


def open_parquet(file: Path) -> Opened:
    """Open a Parquet file; a column named `geometry` is left to `areas`.

    Raises
    ------
    PlaceError
        If it is not Parquet, is damaged, or holds bytes where text should be.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            stored = parquet.schema_arrow
    except (pa.ArrowException, OSError):
        msg = f"{file.name}: is not a Parquet file, or a damaged one. Export it again."
        raise PlaceError(msg) from None
    keep = [at for at, name in enumerate(stored.names) if name != "geometry"]
    schema = pa.schema([stored.field(at) for at in keep])

    def batches() -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=ROWS_AT_ONCE):
                yield batch.select(keep)

    return _opened(schema, batches, file)


def open_table(table: pa.Table, file: Path) -> Opened:
    """Open a table in memory, which some reader made of `file`.

    Raises
    ------
    PlaceError
        If two columns have the same name, or none has one.
    """
    return _opened(
        table.schema, lambda: iter(table.to_batches(max_chunksize=ROWS_AT_ONCE)), file
    )


def _opened(
    schema: pa.Schema, batches: Callable[[], Iterator[pa.RecordBatch]], file: Path
) -> Opened:
    header = heading_row(schema.names, file)
    known = pa.schema(
        [
            (name, plain_type(kind))
            for name, kind in zip(header, schema.types, strict=True)
        ]
    )

    def plainly() -> Iterator[pa.RecordBatch]:
        for batch in batches():
            columns = [
                _without_nan(plain(column, field.type))
                for column, field in zip(batch.columns, known, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=known)

    def rows() -> Iterator[pa.RecordBatch]:
        try:
            yield from numbered(plainly())
        except (pa.ArrowException, OSError) as wrong:
            msg = (
                f"{file.name}: is damaged, or holds bytes that are not UTF-8 text "
                f"({type(wrong).__name__}). Export it again."
            )
            raise PlaceError(msg) from None

    return Opened(header, known, rows)


def _without_nan(column: pa.Array) -> pa.Array:
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), None, column)
    return column


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type, of those that both engines know, that holds a column's values.

    Examples
    --------
    >>> plain_type(pa.dictionary(pa.int8(), pa.string()))
    DataType(string)
    """
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if types.is_decimal(kind) and kind.bit_width < pa.decimal128(1).bit_width:
        return pa.decimal128(kind.precision, kind.scale)
    wider = {
        pa.float16(): pa.float32(),
        pa.uint8(): pa.int64(),
        pa.uint16(): pa.int64(),
        pa.uint32(): pa.int64(),
        pa.uint64(): pa.decimal128(20, 0),
    }
    bytes_like = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary)
    views = (types.is_binary_view, types.is_string_view)
    as_text = (*bytes_like, *views, types.is_decimal256, types.is_null)
    if any(is_one(kind) for is_one in as_text):
        return pa.string()
    return wider.get(kind, kind)


def plain(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column as `plain_type` of its own type; bytes are read as UTF-8."""
    if isinstance(column, pa.ExtensionArray):
        return plain(column.storage, kind)
    if isinstance(column, pa.RunEndEncodedArray):
        return plain(pc.run_end_decode(column), kind)
    if isinstance(column, pa.DictionaryArray):
        return plain(column.dictionary_decode(), kind)
    if pa.types.is_fixed_size_binary(column.type):
        column = column.cast(pa.binary())
    return column if column.type == kind else column.cast(kind)


def arrow_of(frame: pd.DataFrame | pa.Table, name: str) -> pa.Table:
    """Return a frame with the types that both engines read alike, and no index.

    Parameters
    ----------
    frame
        A frame in memory; as pandas means it, NaN is NULL.
    name
        What to call it in an error.

    Raises
    ------
    PlaceError
        If a column is no column of one kind.

    Examples
    --------
    >>> arrow_of(pd.DataFrame({"n": [1]}, index=[7]), "numbers").column_names
    ['n']
    """
    try:
        if isinstance(frame, pd.DataFrame):
            frame = pa.Table.from_pandas(frame, preserve_index=False)
        schema = pa.schema([(one.name, plain_type(one.type)) for one in frame.schema])
        batches = [
            pa.RecordBatch.from_arrays(
                [
                    plain(*pair)
                    for pair in zip(batch.columns, schema.types, strict=True)
                ],
                schema=schema,
            )
            for batch in frame.to_batches()
        ]
        return pa.Table.from_batches(batches, schema)
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        msg = (
            f"frame {name!r}: a column mixes kinds of value, or holds a kind that no "
            "table has. Make each column one kind: numbers, text or times."
        )
        raise PlaceError(msg) from None
