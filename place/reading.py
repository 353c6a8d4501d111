"""Open a file of rows by the kind that its name says: CSV, Excel or Parquet.

A file that cannot be read is an error with what was seen and what to do; what is
wrong with single rows is left to `rows` and `checking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from place.columnar import open_parquet, open_table
from place.delimited import open_delimited
from place.errors import PlaceError
from place.rows import ROW, Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from place.settings import Source

__all__ = ["ROW", "Opened", "Reader", "open_rows"]

Reader: TypeAlias = "Callable[[Path], pa.Table]"


def open_rows(source: Source, *, readers: Mapping[str, Reader] | None = None) -> Opened:
    r"""Open one file of rows.

    Parameters
    ----------
    source
        The file and how it is written.
    readers
        Further kinds of file: a suffix such as ".xes", and what reads it whole. A
        `ValueError` of such a reader is taken to speak to the user.

    Returns
    -------
    opened
        Its columns; its rows as record batches that begin with the column `_row`.

    Raises
    ------
    PlaceError
        If the file is of no known kind, or cannot be read as what it says it is.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from place import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "flags.csv")
    ...     _ = file.write_text("place,colour\nLeicester,red\n")
    ...     opened = open_rows(Source(file=file))
    ...     next(opened.rows()).to_pylist()
    [{'_row': 2, 'place': 'Leicester', 'colour': 'red'}]
    """
    file = source.file
    name = file.name.lower()
    for suffix, read in (readers or {}).items():
        if name.endswith(suffix):
            return open_table(_read_whole(file, read), file)
    kind = "".join(file.suffixes[-2:] if name.endswith(".gz") else file.suffixes[-1:])
    match kind.lower():
        case ".csv" | ".txt" | ".tsv" | ".csv.gz" | ".txt.gz" | ".tsv.gz":
            return open_delimited(source)
        case ".xlsx" | ".xlsm":
            from place.workbooks import open_workbook  # noqa: PLC0415 - slow to import

            return open_workbook(source)
        case ".parquet" | ".geoparquet":
            return open_parquet(file)
    known = ".csv, .csv.gz, .tsv, .txt, .xlsx, .parquet", *sorted(readers or {})
    msg = (
        f"{file.name}: totalplace does not read files of this kind. "
        f"Save it as one of: {', '.join(known)}."
    )
    raise PlaceError(msg)


def _read_whole(file: Path, read: Reader) -> pa.Table:
    try:
        return read(file)
    except (pa.ArrowException, UnicodeError, OSError) as wrong:
        msg = (
            f"{file.name}: cannot be read as what its name says "
            f"({type(wrong).__name__}). Export it again."
        )
        raise PlaceError(msg) from None
    except ValueError as said:
        raise PlaceError(*getattr(said, "faults", (str(said),))) from said
