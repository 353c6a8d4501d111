"""Read a spend count from its files: its lines, its totals, and what is neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.moderation.remarks import on_count
from insight.spend.names import listed
from place.checking import check_frame
from place.contract import Column, Contract
from place.reading import ROW, open_rows
from place.spend_tables import TOTAL_WORDS, spend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.spend.moderation.remarks import Remark
    from place import Source

__all__ = ["Count", "read_count"]

WORDS: Final = ("source", "body", "programme", "heading", "cofog", "line_id")
TOTALS: Final = Contract(
    name="spend",
    row_is="a row that may be a total",
    unlocks="",
    columns=(
        *(Column(name=name, note="") for name in WORDS),
        Column(name="amount_pounds", note="", kind="pounds", required=True),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Count:
    """A spend count as read from its files.

    Parameters
    ----------
    lines
        The columns of the contract `spend` as stored. The index is the row of the
        file, or "file: row" where there are several files.
    stated
        Rows of totals, which are no lines: `body` (blank for all) and
        `amount_pence`.
    broken
        Row and reason of those that could not be read.
    files
        One row a file: `file`, `rows_in`, `lines`, `totals` and `not_read`.
    """

    lines: pd.DataFrame
    stated: pd.DataFrame
    broken: tuple[tuple[str, str], ...]
    files: pd.DataFrame

    def unread(self) -> list[Remark]:
        """Return the remark on rows that could not be read, or none."""
        if not self.broken:
            return []
        row, reason = self.broken[0]
        rows = listed(row for row, _ in self.broken)
        many = f"{len(self.broken):,} rows are" if self.broken[1:] else "1 row is"
        return [
            on_count(
                "not read",
                f"{many} not counted, for want of what a line needs (row {rows}); "
                f"row {row}: {reason}",
                "Correct the file",
            )
        ]


def read_count(sources: Sequence[Source]) -> Count:
    r"""Read the files of one place's spend count.

    Parameters
    ----------
    sources
        The files, as `place.toml` says of them.

    Returns
    -------
    count
        Rows that say "Total" are no lines, whatever else they say.

    Raises
    ------
    InsightError
        If no row can be counted.
    PlaceError
        If a file cannot be read or lacks a column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from place import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "spend.csv")
    ...     _ = file.write_text(
    ...         "source,body,body_kind,cofog,amount_pounds\n"
    ...         "grant,council,local authority,09.1,2.50\nTotal,,,,2.50\n"
    ...     )
    ...     count = read_count([Source(file=file)])
    >>> count.lines["amount_pence"].to_dict(), len(count.stated), count.broken
    ({2: 250}, 1, ())
    """
    lines, stated, broken, files = [], [], [], []
    for source in sources:
        several = f"{source.file.name}: " * (len(sources) > 1)
        kept, checked = check_frame(spend(), source, open_rows(source))
        loose, _ = check_frame(TOTALS, source, open_rows(source))
        rows = _labelled(loose.to_pandas(), several)
        total = pd.Series(data=False, index=rows.index)
        for name in WORDS:
            said = rows[name].fillna("").astype("str").str.strip().str.casefold()
            total |= said.str.fullmatch(TOTAL_WORDS)
        totals = rows.loc[total, ["body", "amount_pence"]]
        named = totals["body"].fillna("").astype("str").str.casefold()
        totals["body"] = totals["body"].where(~named.str.fullmatch(TOTAL_WORDS))
        apart = [
            (f"{several}{row}", reason)
            for row, reason in checked.broken
            if _label(row, several) not in totals.index
        ]
        own = _labelled(kept.to_pandas(), several).drop(
            index=totals.index, errors="ignore"
        )
        lines.append(own)
        stated.append(totals)
        broken += apart
        files.append(
            {
                "file": source.file.name,
                "rows_in": checked.rows_in,
                "lines": len(own),
                "totals": len(totals),
                "not_read": len(apart),
            }
        )
    count = Count(
        lines=pd.concat(lines),
        stated=pd.concat(stated),
        broken=tuple(broken),
        files=pd.DataFrame(files),
    )
    if count.lines.empty:
        why = "".join(f" Row {row}: {reason}." for row, reason in broken[:1])
        msg = f"no row of {files[0]['file']} is a line of spend.{why} Correct the file."
        raise InsightError(msg)
    return count


def _label(row: int, several: str) -> int | str:
    return f"{several}{row}" if several else row


def _labelled(rows: pd.DataFrame, several: str) -> pd.DataFrame:
    labels = [_label(int(row), several) for row in rows[ROW]]
    return rows.drop(columns=ROW).set_axis(pd.Index(labels, dtype=object))
