"""Read a table that stands alone, such as a sheet that somebody filled, as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from insight.errors import InsightError
from place import Source
from place.reading import ROW, open_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["rows_of_file", "source_of"]


def source_of(file: Path) -> Source:
    """Return a CSV, Excel or Parquet file to read.

    Raises
    ------
    InsightError
        If there is no such file.
    """
    if not file.is_file():
        msg = f"{file}: there is no such file. Correct the path."
        raise InsightError(msg)
    return Source(file=file)


def rows_of_file(file: Path) -> pd.DataFrame:
    r"""Return the rows of a CSV, Excel or Parquet file, every cell as text.

    Parameters
    ----------
    file
        The file; blanks are missing.

    Raises
    ------
    InsightError
        If there is no such file.
    PlaceError
        If it cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "sheet.csv")
    ...     _ = file.write_text("place,score\nKent,3\n")
    ...     rows_of_file(file).to_dict("records")
    [{'place': 'Kent', 'score': '3'}]
    """
    opened = open_rows(source_of(file))
    schema = pa.schema([(ROW, pa.int64()), *opened.schema])
    table: pd.DataFrame = pa.Table.from_batches(opened.rows(), schema).to_pandas()
    return table.drop(columns=ROW)
