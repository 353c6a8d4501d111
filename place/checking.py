"""Hold the rows of a table against its contract.

Rows that keep it go on, in stored names and units; rows that break it go aside
with their row number and every reason. Nothing is dropped in silence, and one bad
row never stops the rest.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from place.cells import literal, quoted, tidied
from place.errors import rows_unquoted
from place.faults import duplicates_sql, empty_sql, judged_sql
from place.matching import headings
from place.rows import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from place.contract import Contract
    from place.rows import Opened
    from place.settings import Source

__all__ = ["Checked", "check_frame", "check_table", "headings"]


ROWS_A_PIECE: Final = 250_000


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of one file: rows in, and those rejected (row number, reason).

    `unused` names columns of the file that the contract has no place for: a slip in
    a heading shows there.

    Examples
    --------
    >>> one = Checked(file="use.csv", rows_in=3, broken=((2, "agency is missing"),))
    >>> one.rows_out
    2
    >>> print(one)
    use.csv: 2 of 3 rows kept, 1 rejected
    """

    file: str
    rows_in: int
    broken: tuple[tuple[int, str], ...]
    unused: tuple[str, ...] = ()

    @property
    def rows_out(self) -> int:
        """How many rows kept the contract."""
        return self.rows_in - len(self.broken)

    def __str__(self) -> str:
        """Say the counts in one line."""
        kept = f"{self.rows_out:,} of {self.rows_in:,} rows kept"
        return f"{self.file}: {kept}, {len(self.broken):,} rejected"


def check_table(
    contract: Contract,
    files: Sequence[tuple[Source, Opened]],
    *,
    zone: str | None,
    target: Path,
    memory: str | None = None,
    threads: int | None = None,
) -> list[Checked]:
    r"""Write the rows that keep the contract to Parquet, and return the others.

    Parameters
    ----------
    contract
        What a row must be.
    files
        Open files, stacked in this order; each with what `place.toml` says of it.
    zone
        Time zone of times that carry none; with `None`, such times are refused.
    target
        Parquet file to write, in stored names. What else is written beside it is
        gone again at the end, however it ends.
    memory, threads
        Most to use, such as "4GB"; with `None`, DuckDB's own rule.

    Returns
    -------
    checked
        One a file: counts in and out, and the rejected rows. Wholly blank rows
        are no rows. Of rows with the same key the first is kept.

    Raises
    ------
    PlaceError
        If a file cannot be read to its end or lacks a required column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from place import CONTRACTS, Source
    >>> from place.reading import open_rows
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "flags.csv")
    ...     _ = file.write_text("place,area,colour\nLeeds,,red\nLeeds,Jobs,green\n")
    ...     source = Source(file=file)
    ...     opened = [(source, open_rows(source))]
    ...     target = pathlib.Path(folder, "flags.parquet")
    ...     print(*check_table(CONTRACTS["flags"], opened, zone=None, target=target))
    flags.csv: 1 of 2 rows kept, 1 rejected
    """
    options = {"memory_limit": memory, "threads": threads}
    given = {key: value for key, value in options.items() if value is not None}
    with (
        rows_unquoted(f"checking {contract.name}"),
        _scratch(target, given) as connection,
    ):
        _judge(connection, contract, files, zone=zone)
        kept = ", ".join(quoted(column.stored) for column in contract.columns)
        connection.execute(
            f"COPY (SELECT {kept} FROM checked WHERE fault = '') "
            f"TO {literal(target)} (FORMAT parquet)"
        )
        return [
            replace(
                _result(connection, number, source, opened),
                unused=_unused(contract, source, opened),
            )
            for number, (source, opened) in enumerate(files, start=1)
        ]


def check_frame(
    contract: Contract,
    source: Source,
    opened: Opened,
    *,
    also: Sequence[tuple[int, str]] = (),
) -> tuple[pa.Table, Checked]:
    """Check one file that is small enough to hold in memory.

    Parameters
    ----------
    contract, source, opened
        What a row must be, and the file.
    also
        Rows that are broken for a reason found elsewhere, with that reason.

    Returns
    -------
    kept
        Column `_row` and the contract's columns, in the order of the file.
    checked
        What came of the file.
    """
    with (
        rows_unquoted(f"checking {contract.name}"),
        closing(duckdb.connect()) as connection,
    ):
        _judge(connection, contract, [(source, opened)], zone=None, also=also)
        stored = ", ".join(quoted(column.stored) for column in contract.columns)
        kept = connection.sql(
            f"SELECT {ROW}, {stored} FROM checked WHERE fault = '' ORDER BY {ROW}"
        ).to_arrow_table()
        return kept, _result(connection, 1, source, opened)


@contextmanager
def _scratch(
    target: Path, options: Mapping[str, str | int]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database beside `target`, and leave nothing of it behind."""
    work = target.with_suffix(".duckdb")
    try:
        with closing(duckdb.connect(str(work), config=dict(options))) as connection:
            yield connection
    finally:
        for left in (work, work.with_name(work.name + ".wal")):
            left.unlink(missing_ok=True)


def _judge(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    files: Sequence[tuple[Source, Opened]],
    *,
    zone: str | None,
    also: Sequence[tuple[int, str]] = (),
) -> None:
    """Fill the table `checked` with the rows of all files and their faults."""
    connection.execute("SET python_enable_replacements = false")
    connection.execute(empty_sql(contract))
    for number, (source, opened) in enumerate(files, start=1):
        matched = headings(contract, source, opened)
        instead = source.time_zone or zone
        connection.execute(f"SET TimeZone = {literal(instead or 'UTC')}")
        judged = judged_sql(
            contract, source, opened, matched, zone=instead, number=number
        )
        for rows in _mapped(opened, matched, source.missing):
            connection.register("rows", rows)
            connection.execute(f"INSERT INTO checked {judged}")
            connection.unregister("rows")
    if also:
        rows, reasons = zip(*also, strict=True)
        connection.register("also", pa.table({"row": rows, "why": reasons}))
        more = "why || CASE fault WHEN '' THEN '' ELSE '; ' || fault END"
        connection.execute(
            f"UPDATE checked SET fault = {more} FROM also WHERE {ROW} = row"
        )
    if contract.key:
        names = [source.file.name for source, _ in files]
        connection.execute(duplicates_sql(contract, names))


def _mapped(
    opened: Opened, matched: Mapping[str, str], missing: Sequence[str]
) -> Iterator[pa.Table]:
    """Give the mapped columns under the contract's names, tidied, in large pieces.

    Blank rows are left out. Several batches make a piece, so that the engine has
    work for every thread.
    """
    at = [opened.columns.index(heading) + 1 for heading in matched.values()]
    piece: list[pa.RecordBatch] = []
    for batch in opened.rows():
        columns = [tidied(batch.column(place), missing) for place in at]
        mapped = pa.RecordBatch.from_arrays(
            [batch.column(0), *columns], names=[ROW, *matched]
        )
        piece.append(_not_blank(mapped, batch, missing))
        if sum(rows.num_rows for rows in piece) >= ROWS_A_PIECE:
            yield pa.Table.from_batches(piece)
            piece = []
    if any(rows.num_rows for rows in piece):
        yield pa.Table.from_batches(piece)


def _not_blank(
    mapped: pa.RecordBatch, batch: pa.RecordBatch, missing: Sequence[str]
) -> pa.RecordBatch:
    filled = _some_filled(mapped.columns[1:])
    if filled is not None and pc.all(filled).as_py():
        return mapped
    rest = _some_filled([tidied(column, missing) for column in batch.columns[1:]])
    return mapped.filter(rest)


def _some_filled(columns: Sequence[pa.Array]) -> pa.Array | None:
    filled = [pc.is_valid(column) for column in columns]
    return reduce(pc.or_, filled) if filled else None


def _unused(contract: Contract, source: Source, opened: Opened) -> tuple[str, ...]:
    used = set(headings(contract, source, opened).values())
    return tuple(name for name in opened.columns if name not in used)


def _result(
    connection: duckdb.DuckDBPyConnection, number: int, source: Source, opened: Opened
) -> Checked:
    of_file = f"FROM checked WHERE _file = {number}"
    total = connection.execute(f"SELECT count(*) {of_file}").fetchall()[0][0]
    broken = connection.execute(
        f"SELECT {ROW}, fault {of_file} AND fault <> ''"
    ).fetchall()
    return Checked(
        file=source.file.name,
        rows_in=total + len(opened.ragged),
        broken=tuple(sorted([*broken, *opened.ragged])),
    )
