"""A text file: open it, and say where it stops being what it was said to be.

No sentence here quotes the text: it may be a person's.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from typing import IO, TYPE_CHECKING, Final, cast

from place.errors import PlaceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["UNREADABLE", "check_signature", "misquoted", "misread", "open_text"]

UNREADABLE: Final = (UnicodeError, csv.Error, OSError, EOFError, zlib.error)
_AT_ONCE: Final = 1 << 20
_SIGNATURES: Final = (
    (b"PK\x03\x04", "an Excel workbook or ZIP archive", "Name it .xlsx"),
    (b"\xd0\xcf\x11\xe0", "an old or a locked Excel workbook", "Save it as .xlsx"),
    (b"PAR1", "a Parquet file", "Name it .parquet"),
    (b"SQLite format 3", "a SQLite or GeoPackage file", "Name it .gpkg"),
    (b"\x1f\x8b", "compressed by gzip", "Name it .csv.gz"),
    (b"%PDF", "a PDF", "Export the table as CSV"),
    (b"\xff\xfe", "UTF-16 text", "Set encoding = 'utf-16'"),
    (b"\xfe\xff", "UTF-16 text", "Set encoding = 'utf-16'"),
)


def _zipped(file: Path) -> bool:
    return file.suffix.lower() == ".gz"


def _open_bytes(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if _zipped(file) else file.open("rb")


def open_text(file: Path, encoding: str) -> IO[str]:
    """Open text, plain or gzipped, with its line ends as they are."""
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    if _zipped(file):
        return cast("IO[str]", gzip.open(file, "rt", encoding=encoding, newline=""))
    return file.open(encoding=encoding, newline="")


def check_signature(file: Path, encoding: str) -> None:
    """Refuse a file that begins like something other than text.

    Raises
    ------
    PlaceError
        Naming what it is and how to say so.
    """
    try:
        with _open_bytes(file) as start:
            begins = start.read(16)
    except UNREADABLE as unreadable:
        raise PlaceError(_damaged(file, unreadable)) from None
    for signature, what, remedy in _SIGNATURES:
        said = "UTF-16" in what and encoding.startswith("utf-16")
        if begins.startswith(signature) and not said:
            msg = f"{file.name}: is {what}, not text in {encoding}. {remedy}."
            raise PlaceError(msg)


def misread(file: Path, encoding: str) -> str | None:
    """Say where a file is damaged or not in its encoding; None if it is neither."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _open_bytes(file) as raw:
            while chunk := raw.read(_AT_ONCE):
                decoder.decode(chunk)
                line += chunk.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeError as bad:
        return _not_in(encoding, bad, file, line)
    except UNREADABLE as damaged:
        return _damaged(file, damaged)
    return None


def _not_in(encoding: str, bad: UnicodeError, file: Path, line: int) -> str:
    where, byte = f"near line {line}", ""
    if isinstance(bad, UnicodeDecodeError):
        line += bad.object[: bad.start].count(b"\n")
        where = f"in line {line}"
        byte = f" byte 0x{bad.object[bad.start]:02x}"
    remedy = (
        "Save it as 'CSV UTF-8', or set encoding = 'cp1252'"
        if encoding == "utf-8"
        else "Set encoding to what it is written in; 'utf-8' is the usual one"
    )
    return f"{file.name}: is not text in {encoding}:{byte} {where}. {remedy}."


def _damaged(file: Path, wrong: Exception) -> str:
    if isinstance(wrong, gzip.BadGzipFile | EOFError | zlib.error):
        return (
            f"{file.name}: is not a whole gzip file: it is cut short or damaged. "
            "Copy or export it again."
        )
    why = getattr(wrong, "strerror", None) or type(wrong).__name__
    return f"{file.name}: cannot be opened ({why}). Check that you may read it."


def misquoted(file: Path, encoding: str, delimiter: str) -> str | None:
    """Say where quotation marks stop matching, or return None if they all match.

    A mark that is never closed swallows the rows below it, and a second such mark
    further down makes the loss hard to see.
    """
    line = 1
    with open_text(file, encoding) as lines:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for _ in rows:
                line = rows.line_num + 1
        except csv.Error:
            return (
                f"{file.name}: the quotation marks in line {line} do not match, and "
                "rows below run together. Close or double the mark in that line."
            )
    return None
