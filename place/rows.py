"""A file of rows once it is open: its columns, and its rows on demand.

Row numbers are those a person sees when the file is open in a spreadsheet: the
heading is row 1. Rows that cannot be rows are handed aside with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from place.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["ROW", "ROWS_AT_ONCE", "Opened", "heading_row", "numbered"]

ROW: Final = "_row"
ROWS_AT_ONCE: Final = 50_000


@dataclass(frozen=True)
class Opened:
    """A file's columns, and its rows on demand.

    `rows` gives record batches that begin with the column `_row`, from the top of
    the file each time it is called. `ragged` fills meanwhile: row number and what
    is wrong with it. `note` says what else a reader of the file should know.
    """

    columns: tuple[str, ...]
    schema: pa.Schema
    rows: Callable[[], Iterator[pa.RecordBatch]]
    ragged: list[tuple[int, str]] = field(default_factory=list)
    note: str = ""


def numbered(
    batches: Iterable[pa.RecordBatch], aside: Sequence[tuple[int, str]] = ()
) -> Iterator[pa.RecordBatch]:
    """Give each row its number in the file, stepping over those put aside.

    Parameters
    ----------
    batches
        The rows that were not put aside, in the order of the file.
    aside
        Row numbers, rising, of those that were; when a batch comes, all that stand
        before its last row are there.

    Examples
    --------
    >>> batch = pa.record_batch({"a": ["x", "y", "z"]})
    >>> next(numbered([batch], aside=[(3, "too short")]))[ROW].to_pylist()
    [2, 4, 5]
    """
    at, passed = 2, 0
    for batch in batches:
        stood = np.array([row for row, _ in aside[passed:]], dtype=np.int64)
        kept = np.arange(batch.num_rows)
        kept_before = stood - at - np.arange(len(stood))
        numbers = at + kept + np.searchsorted(kept_before, kept, side="right")
        if batch.num_rows:
            at = int(numbers[-1]) + 1
            passed += int(np.sum(stood < at))
        yield pa.RecordBatch.from_arrays(
            [pa.array(numbers, pa.int64()), *batch.columns],
            names=[ROW, *batch.schema.names],
        )


def heading_row(names: Iterable[str | None], file: Path) -> tuple[str, ...]:
    """Return the names of a file's columns; a blank one is called by its place.

    Raises
    ------
    PlaceError
        If all are blank, or two are the same. None is quoted: in a file without a
        heading row they would be a person's data.
    """
    trimmed = [(name or "").strip(" \t\r\n\u00a0\ufeff") for name in names]
    if not any(trimmed):
        msg = f"{file.name}: has no heading row. Put column names in its first row."
        raise PlaceError(msg)
    header = [name or f"column {at}" for at, name in enumerate(trimmed, start=1)]
    first: dict[str, int] = {}
    twice = [
        f"{first[name]} and {at}"
        for at, name in enumerate(header, start=1)
        if first.setdefault(name, at) != at
    ]
    if twice:
        msg = (
            f"{file.name}: two columns have the same heading (columns "
            f"{', '.join(twice[:5])}). Rename one of each pair in the file."
        )
        raise PlaceError(msg)
    return tuple(header)
