"""Find what is wrong with rows: the SQL that words every fault of each.

A reason shows the value that was seen only in tables that are not about people;
in the others it shows how the value is written, `99/99/9999`, for a row whose
cells slipped may hold a name or a date of birth in any column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from place.cells import literal, parsed, quoted, tidied, written
from place.rows import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from place.contract import Column, Contract
    from place.rows import Opened
    from place.settings import Source

__all__ = ["duplicates_sql", "empty_sql", "judged_sql"]

_SPREADSHEET_ERRORS: Final = (
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!",
)  # fmt: skip
_NOT_READ: Final = {
    "time": "is not a time that can be placed",
    "pounds": "is not an amount",
    "integer": "is not a whole number",
}
_FILE: Final = 1 << 40  # more rows than a file has: file and row fit one number


def empty_sql(contract: Contract) -> str:
    """Return SQL that makes the empty table `checked`."""
    stored = [
        f"{quoted(column.stored)} {column.sql_type}" for column in contract.columns
    ]
    columns = ["_file INTEGER", f"{ROW} BIGINT", "fault VARCHAR", *stored]
    return f"CREATE TABLE checked ({', '.join(columns)})"


def judged_sql(
    contract: Contract,
    source: Source,
    opened: Opened,
    matched: Mapping[str, str],
    *,
    zone: str | None,
    number: int,
) -> str:
    """Return SQL that reads `rows` of file `number`, each with its faults in words.

    `rows` has the contract's own column names; `matched` says which of them.
    """
    cells = [ROW]
    for column in contract.columns:
        kind, cell = pa.string(), "CAST(NULL AS VARCHAR)"
        if column.name in matched:
            kind = opened.schema.field(matched[column.name]).type
            cell = quoted(column.name)
        elif column.name in source.constants:
            words = pa.array([str(source.constants[column.name])])
            constant = tidied(words, source.missing)[0].as_py()
            cell = cell if constant is None else literal(constant)
        elif column.counts_rows:
            prefix = "r" if number == 1 else f"f{number}r"
            cell = f"{literal(prefix)} || lpad(CAST({ROW} AS VARCHAR), 10, '0')"
        value = parsed(column, kind, source, zone, cell=cell)
        seen = written(cell, kind)
        cells += [
            f"{value} AS {quoted(column.stored)}",
            f"{seen} AS {quoted('seen ' + column.name)}",
        ]
    tests = [
        f"CASE WHEN {condition} THEN {words} ELSE '' END"
        for column in contract.columns
        for condition, words in _faults(column, contract, zone)
    ]
    tests += [
        f"CASE WHEN NOT ({rule}) THEN {literal(words + '; ')} ELSE '' END"
        for rule, words in contract.rules
    ]
    stored = ", ".join(quoted(column.stored) for column in contract.columns)
    return (
        f"SELECT {number}, {ROW}, rtrim({' || '.join(tests)}, '; '), {stored} "
        f"FROM (SELECT {', '.join(cells)} FROM rows)"
    )


def _faults(
    column: Column, contract: Contract, zone: str | None
) -> Iterator[tuple[str, str]]:
    """Pair each way to break a column with an expression that words it."""
    value, seen = quoted(column.stored), quoted("seen " + column.name)
    shown = _shown(column, contract, seen)

    def words(what: str) -> str:
        return f"{literal(f'{column.name} {what}')}{shown} || '; '"

    if column.required:
        yield f"{seen} IS NULL", literal(f"{column.name} is missing; ")
    if column.kind == "text":
        errors = ", ".join(map(literal, _SPREADSHEET_ERRORS))
        yield f"contains({seen}, chr(0))", literal(f"{column.name} has a NUL byte; ")
        yield f"{seen} IN ({errors})", literal(f"{column.name} is an error of Excel; ")
    else:
        what = _NOT_READ.get(column.kind, "is not a number")
        if column.kind == "time" and zone is None:
            what = "is not a time with a zone, and no time_zone is declared"
        yield f"{seen} IS NOT NULL AND {value} IS NULL", words(what)
    if column.one_of:
        known = ", ".join(literal(choice) for choice in column.one_of)
        listed = words(f"is not one of {', '.join(column.one_of)}")
        yield f"{value} NOT IN ({known})", listed
    scale = 100 if column.kind == "pounds" else 1
    if column.least is not None:
        yield f"{value} < {column.least * scale}", words(f"is under {column.least:g}")
    if column.most is not None:
        yield f"{value} > {column.most * scale}", words(f"is over {column.most:g}")


def _shown(column: Column, contract: Contract, seen: str) -> str:
    """Return SQL that adds what was seen, as far as a reason may show it."""
    if column.personal:
        return ""
    short = rf"left(regexp_replace({seen}, '\s+', ' ', 'g'), 40)"
    if not contract.about_people:
        return f" || ' (seen: ' || {short} || ')'"
    digits = rf"regexp_replace({short}, '\p{{N}}', '9', 'g')"
    shape = rf"regexp_replace({digits}, '[\p{{L}}\p{{M}}]', 'a', 'g')"
    return f" || ' (written like ' || {shape} || ')'"


def duplicates_sql(contract: Contract, files: Sequence[str]) -> str:
    """Return SQL that keeps the first row of each key; others say where it stands."""
    by = {column.name: column.stored for column in contract.columns}
    keys = [quoted(by[name]) for name in contract.key]
    same = " AND ".join(f"checked.{key} IS NOT DISTINCT FROM f.{key}" for key in keys)
    stood = f"CAST(_file AS BIGINT) * {_FILE} + {ROW}"
    file, row = f"first // {_FILE}", f"first % {_FILE}"
    names = ", ".join(literal(f" of {name}") for name in files)
    elsewhere = f"CASE WHEN {file} <> _file THEN [{names}][{file}] ELSE '' END"
    said = literal(f"{' and '.join(contract.key)} already stands in row ")
    return (
        f"UPDATE checked SET fault = {said} || ({row}) || {elsewhere} FROM ("
        f"SELECT {', '.join(keys)}, min({stood}) AS first "
        f"FROM checked WHERE fault = '' GROUP BY {', '.join(keys)} "
        f"HAVING count(*) > 1) AS f WHERE {same} AND fault = '' AND {stood} <> first"
    )
