"""Write a table bit by bit: CSV while it is small, Parquet when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["Kind", "Sheet"]

Kind: TypeAlias = Literal["csv", "parquet"]


class Sheet:
    """A file that grows: each batch is appended, none is kept in memory.

    Parameters
    ----------
    path
        The file to make, without its ending.
    kind
        `csv`, which opens in a spreadsheet, or `parquet`, where each batch becomes
        one row group.

    Attributes
    ----------
    rows
        How many rows were written so far.
    """

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path.with_name(f"{path.name}.{kind}")
        self.kind = kind
        self.rows = 0
        self._parquet: pq.ParquetWriter | None = None
        self._text = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "csv":
            self._text = self.path.open("w", encoding="utf-8", newline="")

    def __enter__(self) -> Self:
        """Return the open sheet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file."""
        if self._text is not None:
            self._text.close()
        if self._parquet is not None:
            self._parquet.close()

    def append(self, batch: pa.Table) -> None:
        """Write one more batch of rows; money has two decimals in CSV."""
        if self._text is not None:
            batch.to_pandas().to_csv(
                self._text,
                index=False,
                header=self.rows == 0,
                float_format="%.2f",
                date_format="%Y-%m-%dT%H:%M:%S",
                lineterminator="\n",
            )
        else:
            if self._parquet is None:
                self._parquet = pq.ParquetWriter(
                    self.path, batch.schema, compression="zstd"
                )
            self._parquet.write_table(batch, row_group_size=max(1, batch.num_rows))
        self.rows += batch.num_rows
