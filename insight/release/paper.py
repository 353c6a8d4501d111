"""How a released file gets to disk: whole, with the right mode, safe to open.

A file is written beside its place under another name, then moved there, so that a
reader sees the old one or the new one and never half of one.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release.rules import HIDDEN, NOT_KNOWN

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["append_line", "csv_bytes", "printed", "put"]

BOM: Final = b"\xef\xbb\xbf"
NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
UNPRINTED: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(frame: pd.DataFrame, hidden: pd.DataFrame) -> bytes:
    """Return a table as CSV that a spreadsheet opens as text and figures.

    Parameters
    ----------
    frame
        What may be shown.
    hidden
        True where a cell may not be; same shape and columns as `frame`.

    Returns
    -------
    text
        UTF-8 with a byte-order mark, so that Excel reads it. Hidden cells are "[c]",
        missing ones "[x]". Words that a spreadsheet would run as a formula get a
        leading apostrophe.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["=1+1"], "people": pd.array([None], "Int64")})
    >>> hidden = pd.DataFrame({"who": [False], "people": [True]})
    >>> csv_bytes(frame, hidden).decode("utf-8-sig").splitlines()
    ['who,people', "'=1+1,[c]"]
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_safe(str(name)) for name in frame.columns)
    shown = [_cells(frame[name], hidden[name]) for name in frame.columns]
    rows.writerows(zip(*shown, strict=True))
    return BOM + text.getvalue().encode()


def put(file: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write `content` to `file` in one step, readable as `mode` says.

    Parameters
    ----------
    file
        Where to; its folder must be there.
    content
        All of it.
    mode
        Permissions of a new file, less what the user's umask takes away.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, NEW_FILE, mode), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def printed(words: str) -> str:
    """Return words without what no file of Office or of pictures may hold.

    Examples
    --------
    >>> printed("a" + chr(31) + "b")
    'a b'
    """
    return UNPRINTED.sub(" ", words)


def append_line(file: Path, line: str) -> None:
    """Add one line to the end of `file`, which is made if it is not there."""
    with file.open("a", encoding="utf-8", newline="\n") as handle:
        handle.write(line.replace("\n", " ") + "\n")


def _cells(column: pd.Series, hidden: pd.Series) -> list[str]:
    """Return the cells of one column as texts."""
    return [
        HIDDEN if is_hidden else NOT_KNOWN if pd.isna(cell) else _text(cell)
        for cell, is_hidden in zip(column.tolist(), hidden.tolist(), strict=True)
    ]


def _text(cell: object) -> str:
    """Return one known cell as text: figures plainly, words made safe."""
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - beyond it repr() is as exact
    return _safe(str(cell))


def _safe(words: str) -> str:
    """Return `words` so that no spreadsheet takes them for a formula."""
    return f"'{words}" if words.lstrip(" ").startswith(FORMULA) else words
