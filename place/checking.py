"""Hold the rows of a table against its contract.

Rows that keep it go on, in stored names and units; rows that break it go aside
with their row number and every reason. A reason shows the value seen unless the
column is about a person. Nothing is dropped in silence, and one bad row never
stops the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from place.cells import literal, parsed, quoted
from place.errors import PlaceError
from place.reading import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from place.config import Source
    from place.reading import Opened
    from place.tables import Column, Contract

__all__ = ["Checked", "check_table", "headings"]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of one file: rows in, and those rejected (row number, reason)."""

    file: str
    rows_in: int
    broken: tuple[tuple[int, str], ...]

    @property
    def rows_out(self) -> int:
        """How many rows kept the contract."""
        return self.rows_in - len(self.broken)


def headings(contract: Contract, source: Source, opened: Opened) -> dict[str, str]:
    """Match the contract's columns to the file's.

    Returns
    -------
    matched
        Contract name to file heading, for each column that the file supplies.

    Raises
    ------
    PlaceError
        Naming every column mapped to a heading that is not there, and every
        required column that nothing supplies, with the headings seen.
    """
    seen = f"It has {list(opened.columns)[:30]}."
    faults, matched = [], {}
    for column in contract.columns:
        heading = source.columns.get(column.name, column.name)
        supplied = column.name in source.constants
        if heading in opened.columns:
            matched[column.name] = heading
        elif column.name in source.columns:
            faults.append(
                f"{source.file.name}: [tables.{contract.name}] maps {column.name} to "
                f"{heading!r}, which is not there. {seen} Correct `columns`."
            )
        elif not (supplied or column.counts_rows) and column.required:
            faults.append(
                f"{source.file.name}: {contract.name} needs a column {column.name} "
                f"({column.note}). {seen} Map it under `columns` or give one value "
                f"under `constants`.{_delimiter_hint(opened)}"
            )
    if faults:
        raise PlaceError(*faults)
    return matched


def _delimiter_hint(opened: Opened) -> str:
    only = opened.columns[0]
    for mark in ";\t|":
        if len(opened.columns) == 1 and mark in only:
            return f" The heading seems to be split by {mark!r}: set `delimiter`."
    return ""


def check_table(
    contract: Contract,
    files: Sequence[tuple[Source, Opened]],
    *,
    zone: str | None,
    target: Path,
) -> list[Checked]:
    """Write the rows that keep the contract to Parquet, and return the others.

    Parameters
    ----------
    contract
        What a row must be.
    files
        Open files, stacked in this order; each with what `place.toml` says of it.
    zone
        Time zone of times that carry none; with `None`, such times are refused.
    target
        Parquet file to write, in stored names.

    Returns
    -------
    checked
        One a file: counts in and out, and the rejected rows. Wholly blank rows
        are no rows. Of rows with the same key the first is kept.

    Raises
    ------
    PlaceError
        If a file cannot be read to its end or lacks a required column.
    """
    work = target.with_suffix(".duckdb")
    with duckdb.connect(str(work)) as connection:
        connection.execute(_empty_sql(contract))
        for number, (source, opened) in enumerate(files, start=1):
            matched = headings(contract, source, opened)
            instead = source.time_zone or zone
            connection.execute(f"SET TimeZone = {literal(instead or 'UTC')}")
            _stage(connection, matched, opened)
            cells = _cells_sql(contract, source, matched, opened, instead, number)
            connection.execute(f"CREATE OR REPLACE TABLE parsed AS {cells}")
            connection.execute(f"INSERT INTO checked {_fault_sql(contract, number)}")
        connection.execute(_duplicate_sql(contract))
        kept = ", ".join(quoted(column.stored) for column in contract.columns)
        connection.execute(
            f"COPY (SELECT {kept} FROM checked WHERE fault = '') "
            f"TO {literal(target)} (FORMAT parquet)"
        )
        checked = [
            _result(connection, number, source, opened)
            for number, (source, opened) in enumerate(files, start=1)
        ]
    work.unlink()
    return checked


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


def _empty_sql(contract: Contract) -> str:
    stored = [
        f"{quoted(column.stored)} {column.sql_type}" for column in contract.columns
    ]
    columns = ["_file INTEGER", f"{ROW} BIGINT", "fault VARCHAR", *stored]
    return f"CREATE TABLE checked ({', '.join(columns)})"


def _stage(
    connection: duckdb.DuckDBPyConnection, matched: Mapping[str, str], opened: Opened
) -> None:
    """Copy the mapped columns, and no others, out of the file."""
    types = {name: opened.schema.field(at).type for name, at in matched.items()}
    schema = pa.schema([(ROW, pa.int64()), *types.items()])
    at = [opened.columns.index(heading) + 1 for heading in matched.values()]

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in opened.rows():
            columns = [batch.column(0), *(batch.column(place) for place in at)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    connection.register("rows", reader)
    blank = " AND ".join(f"{quoted(name)} IS NULL" for name in matched) or "false"
    connection.execute(
        f"CREATE OR REPLACE TABLE staged AS SELECT * FROM rows WHERE NOT ({blank})"
    )
    connection.unregister("rows")


def _cells_sql(
    contract: Contract,
    source: Source,
    matched: Mapping[str, str],
    opened: Opened,
    zone: str | None,
    number: int,
) -> str:
    """Read each cell as its kind: `name` as stored, `seen name` as written."""
    chosen = [ROW]
    for column in contract.columns:
        if column.name in matched:
            kind = opened.schema.field(matched[column.name]).type
            cell, seen = parsed(column, kind, source, zone), quoted(column.name)
        elif column.name in source.constants:
            seen = literal(source.constants[column.name])
            cell = parsed(column, pa.string(), source, zone, cell=seen)
        elif column.counts_rows:
            prefix = "r" if number == 1 else f"f{number}r"
            seen = f"{literal(prefix)} || lpad(CAST({ROW} AS VARCHAR), 10, '0')"
            cell = seen
        else:
            seen, cell = "NULL", f"CAST(NULL AS {column.sql_type})"
        written = f"nullif(trim(CAST({seen} AS VARCHAR)), '')"
        chosen += [
            f"{cell} AS {quoted(column.stored)}",
            f"{written} AS {quoted('seen ' + column.name)}",
        ]
    return f"SELECT {', '.join(chosen)} FROM staged"


def _fault_sql(contract: Contract, number: int) -> str:
    tests = [
        f"CASE WHEN {condition} THEN {words} ELSE '' END"
        for column in contract.columns
        for condition, words in _faults(column)
    ]
    tests += [
        f"CASE WHEN NOT ({rule}) THEN {literal(words + '; ')} ELSE '' END"
        for rule, words in contract.rules
    ]
    joined = " || ".join(tests) or "''"
    stored = ", ".join(quoted(column.stored) for column in contract.columns)
    return f"SELECT {number}, {ROW}, rtrim({joined}, '; '), {stored} FROM parsed"


def _faults(column: Column) -> list[tuple[str, str]]:
    """Pair each way to break a column with an expression that words it."""
    value, seen = quoted(column.stored), quoted("seen " + column.name)
    shown = "''" if column.personal else f"' (seen: ' || left({seen}, 40) || ')'"

    def words(what: str) -> str:
        return f"{literal(f'{column.name} {what}')} || {shown} || '; '"

    found = []
    if column.required:
        found.append((f"{seen} IS NULL", literal(f"{column.name} is missing; ")))
    if column.kind != "text":
        what = {"time": "is not a time that can be placed"}.get(
            column.kind,
            "is not an amount" if column.kind == "pounds" else "is not a number",
        )
        found.append((f"{seen} IS NOT NULL AND {value} IS NULL", words(what)))
    if column.one_of:
        known = ", ".join(literal(choice) for choice in column.one_of)
        listed = words(f"is not one of {', '.join(column.one_of)}")
        found.append((f"{value} NOT IN ({known})", listed))
    if column.least is not None:
        found.append((f"{value} < {column.least}", words(f"is under {column.least:g}")))
    if column.most is not None:
        found.append((f"{value} > {column.most}", words(f"is over {column.most:g}")))
    return found


def _duplicate_sql(contract: Contract) -> str:
    """Keep the first row of each key; later ones say where the first stands."""
    if not contract.key:
        return "SELECT 1"
    by = {column.name: column.stored for column in contract.columns}
    keys = [quoted(by[name]) for name in contract.key]
    whole = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    same = " AND ".join(f"checked.{key} = firsts.{key}" for key in keys)
    said = literal(f"{' and '.join(contract.key)} already stands in row ")
    return (
        f"UPDATE checked SET fault = {said} || firsts.at.{ROW} FROM ("
        f"SELECT {', '.join(keys)}, min({{'_file': _file, '{ROW}': {ROW}}}) AS at "
        f"FROM checked WHERE fault = '' AND {whole} "
        f"GROUP BY {', '.join(keys)} HAVING count(*) > 1) AS firsts "
        f"WHERE {same} AND fault = '' "
        f"AND (_file, {ROW}) <> (firsts.at._file, firsts.at.{ROW})"
    )
