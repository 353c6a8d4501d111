"""A table of counts out of a file, as numbers: what a shared model is applied to.

Parquet is read by the engine itself; CSV and Excel go through the reader of places,
a batch at a time, so that no table need fit into memory.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from insight.errors import InsightError
from place import PlaceError, Source
from place.cells import literal, parsed, quoted
from place.contract import Column
from place.errors import rows_unquoted
from place.reading import open_rows
from place.scratch import scratch
from segmentation.errors import few
from segmentation.features.columns import WHOLE
from segmentation.share.feature_specs import needed_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from place.rows import Opened
    from segmentation.share.feature_specs import Feature

__all__ = ["CountedTable", "counted_table"]

GIVEN = "given_rows"
KEYS = ("customer_id", "area_code")
NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN")


@dataclass(frozen=True, kw_only=True)
class CountedTable:
    """An open table.

    Parameters
    ----------
    connection
        In which it can be read, until the block ends.
    sql
        A query in brackets: the key, and the columns that features need as numbers
        or words. What cannot be read as a number is NULL.
    columns
        The columns of the query.
    key
        The column that names a row; `None` where none was asked for.
    ragged
        Row number and fault of each row that has not as many cells as the heading;
        known once all rows have been read.
    """

    connection: duckdb.DuckDBPyConnection
    sql: str
    columns: tuple[str, ...]
    key: str | None
    ragged: Sequence[tuple[int, str]] = ()

    @property
    def set_aside(self) -> str:
        """Say which rows could not be read at all; nothing where all could."""
        rows = [row for row, _ in self.ragged]
        return (
            f" {len(rows):,} more could not be read, having more or fewer cells than "
            f"the heading: rows {few(rows)}."
            if rows
            else ""
        )


@contextmanager
def counted_table(
    file: Path,
    features: Sequence[Feature],
    variables: Mapping[str, str],
    *,
    key: str | None = None,
    memory: str = "1GB",
) -> Iterator[CountedTable]:
    """Open a file of rows as a table of counts.

    Parameters
    ----------
    file
        CSV, Excel or Parquet.
    features, variables
        Of a model or a plan.
    key
        The column that names a row; "" is the first of `customer_id` and
        `area_code` that is there, `None` is none.
    memory
        Most for the engine to use before it spills to disk.

    Raises
    ------
    PlaceError
        If the file cannot be read.
    SegmentError, InsightError
        If it lacks a column that is needed, naming the nearest.
    """
    if not file.is_file():
        msg = f"{file}: there is no such file. Correct the path."
        raise PlaceError(msg)
    with (
        scratch() as spill,
        closing(
            duckdb.connect(
                config={
                    "memory_limit": memory,
                    "temp_directory": str(spill),
                    "python_enable_replacements": False,
                }
            )
        ) as connection,
    ):
        connection.execute("SET enable_progress_bar = false")  # it goes to stdout
        opened = open_rows(Source(file=file))
        faults: list[PlaceError] = []
        source = _source(connection, file, opened, faults)
        with rows_unquoted(f"reading {file.name}"):
            described = connection.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
        numbers, words = needed_columns(features, variables, list(kinds))
        named = None if key is None else _key(key, list(kinds), file)
        cells = {name: _number(name, kinds[name]) for name in numbers}
        cells |= {name: _word(name) for name in words}
        cells |= {} if named is None else {named: quoted(named)}
        listed = ", ".join(f"{cell} AS {quoted(name)}" for name, cell in cells.items())
        try:
            yield CountedTable(
                connection=connection,
                sql=f"(SELECT {listed} FROM {source})",
                columns=tuple(cells),
                key=named,
                ragged=opened.ragged,
            )
        except PlaceError as told:  # the engine says only that its reader stopped
            raise next(iter(faults), told) from None


def _source(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    opened: Opened,
    faults: list[PlaceError],
) -> str:
    """Return what to write after FROM to read a file, and collect its faults."""
    if file.suffix.lower() in {".parquet", ".geoparquet"}:
        return f"read_parquet({literal(file)})"
    schema = pa.schema([("_row", pa.int64()), *opened.schema])
    reader = pa.RecordBatchReader.from_batches(schema, _rows(opened, faults))
    connection.register(GIVEN, reader)
    return GIVEN


def _rows(opened: Opened, faults: list[PlaceError]) -> Iterator[pa.RecordBatch]:
    try:
        yield from opened.rows()
    except PlaceError as fault:
        faults.append(fault)
        raise


def _key(wanted: str, columns: list[str], file: Path) -> str:
    found = next((each for each in KEYS if each in columns), None)
    key = wanted or found
    if key is None or key not in columns:
        what = f"no column {wanted!r}" if wanted else f"none of {', '.join(KEYS)}"
        msg = (
            f"{file.name} has {what} to name its rows. It has {len(columns)} columns; "
            "say which with --key."
        )
        raise InsightError(msg)
    return key


def _word(name: str) -> str:
    """Return SQL for a word; a whole number is written as it is counted."""
    word = f"trim(CAST({quoted(name)} AS VARCHAR))"
    return f"regexp_replace({word}, '{WHOLE}', '\\1')"


def _number(name: str, kind: str) -> str:
    if any(number in kind for number in NUMBERS):
        return f"CAST({quoted(name)} AS DOUBLE)"
    plain = f"TRY_CAST({quoted(name)} AS DOUBLE)"
    column = Column(name=name, note="a count", kind="number")
    return f"coalesce({plain}, {parsed(column, pa.string(), _ANY, None)})"


_ANY = Source.model_construct()
