"""The one exception of the ground floor, and how an engine's become it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PlaceError", "rows_unquoted"]

# These speak of our SQL text, not of anybody's data: the text has a fault.
_OF_TEXT: Final = (
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.BinderException,
    duckdb.CatalogException,
)


class PlaceError(ValueError):
    """What is wrong with a place: every fault found, not only the first.

    Parameters
    ----------
    *faults
        Sentences, each saying what is wrong, what was seen and what to do.

    Examples
    --------
    >>> PlaceError("a.csv: is empty. Export it.", "b.csv: is a PDF. Export it.").faults
    ('a.csv: is empty. Export it.', 'b.csv: is a PDF. Export it.')
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@contextmanager
def rows_unquoted(doing: str) -> Iterator[None]:
    """Turn an exception that may quote a row of data into one that does not.

    DuckDB and Arrow name the value that they could not read, which may be a
    person's. Faults of the SQL text itself pass: they quote only that text.

    Parameters
    ----------
    doing
        What could not be done, for the sentence.

    Raises
    ------
    PlaceError
        In place of what DuckDB or Arrow raised.
    """
    try:
        yield
    except _OF_TEXT:
        raise
    except (duckdb.Error, pa.ArrowException, MemoryError) as wrong:
        kind = type(wrong).__name__
        short = {"OutOfMemoryException", "MemoryError", "ArrowMemoryError"}
        remedy = "If it comes again, it is a fault of totalplace: please report it"
        if kind in short:
            remedy = "Set [engine] memory lower than what is free, or use less data"
        elif isinstance(wrong, duckdb.IOException | OSError):
            remedy = "See that its files are there and that the disk has room"
        msg = f"{doing} could not be done: the engine stopped ({kind}). {remedy}."
        raise PlaceError(msg) from None
