"""Match the columns of a contract to the headings of a file.

Headings are not quoted in an error unless one of them is known: in a file that
lacks a heading row they would be the data of the first person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from place.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from place.contract import Column, Contract
    from place.rows import Opened
    from place.settings import Source

__all__ = ["headings"]


def headings(contract: Contract, source: Source, opened: Opened) -> dict[str, str]:
    """Match the contract's columns to the file's.

    A column answers to the heading that `source.columns` gives it, or else to its
    own name; capitals, blanks and hyphens do not matter where it can be only one.

    Returns
    -------
    matched
        Contract name to file heading, for each column that the file supplies.

    Raises
    ------
    PlaceError
        Naming every column mapped to a heading that is not there, every one that
        is supplied twice or holds lists, and every required one that nothing
        supplies, with the headings seen.
    """
    matched = {}
    for column in contract.columns:
        wanted = source.columns.get(column.name, column.name)
        found = _alike(wanted, opened.columns)
        if len(found) == 1:
            matched[column.name] = found[0]
    where = f"{source.file.name}: [tables.{contract.name}]"
    faults = [
        f"{where} {fault}"
        for column in contract.columns
        for fault in _faults(column, source, opened, matched)
    ]
    if faults:
        seen = _seen(contract, source, opened) + opened.note
        raise PlaceError(*(fault.replace("SEEN", seen) for fault in faults))
    return matched


def _alike(wanted: str, columns: Iterable[str]) -> list[str]:
    columns = list(columns)
    if wanted in columns:
        return [wanted]
    return [name for name in columns if _loosely(name) == _loosely(wanted)]


def _loosely(name: str) -> str:
    return re.sub(r"[\s\-_]+", "_", name.strip()).casefold()


def _faults(
    column: Column, source: Source, opened: Opened, matched: dict[str, str]
) -> Iterator[str]:
    name, constant = column.name, column.name in source.constants
    wanted = source.columns.get(name, name)
    if name in matched:
        kind = opened.schema.field(matched[name]).type
        if constant:
            yield (
                f"gives {name} one value under `constants`, and the file has a column "
                "for it. Take one of them away."
            )
        if pa.types.is_nested(kind):
            yield f"needs plain values in {name}, which holds {kind}. Flatten it."
    elif found := _alike(wanted, opened.columns):
        yield f"finds {found} alike for {name}. Name one under `columns`."
    elif name in source.columns:
        yield f"maps {name} to {wanted!r}, which is not there. SEEN Correct `columns`."
    elif column.required and not (constant or column.counts_rows):
        what = column.note or f"one of {', '.join(column.one_of)}"
        yield (
            f"needs a column {name} ({what}). SEEN Map it under `columns` or "
            f"give one value under `constants`.{_delimiter_hint(opened)}"
        )


def _seen(contract: Contract, source: Source, opened: Opened) -> str:
    names = list(opened.columns)
    wanted = [source.columns.get(one.name, one.name) for one in contract.columns]
    if contract.about_people and not any(_alike(one, names) for one in wanted):
        many = f"{len(names)} columns" if names[1:] else "one column"
        return (
            f"It has {many}, none under a name that is known here; if its first row "
            "holds data, put a heading above it."
        )
    return f"It has {names[:30]}{' and more' if names[30:] else ''}."


def _delimiter_hint(opened: Opened) -> str:
    if len(opened.columns) == 1:
        for mark in ";\t|":
            if mark in opened.columns[0]:
                return f" The heading seems to be split by {mark!r}: set `delimiter`."
    return ""
