"""Read an XES file as a table: one row an event, in the order of the file.

XES is the XML that process-mining tools exchange: a log of traces (here, the
journeys of customers), each a list of events. The file is parsed as a stream, so
that no tree of it is ever built, and a document type is refused, since that is
where entity bombs live. CSV and Parquet files are opened by `place`.
"""

from __future__ import annotations

import gzip
import zlib
from itertools import repeat
from typing import IO, TYPE_CHECKING, Final
from xml.parsers import expat

import pyarrow as pa

from journeys.errors import JourneyError
from journeys.readers.dates import timestamps

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NotXesError", "read_xes", "refuse_doctype"]

VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
CHUNK_BYTES: Final = 1 << 16
CHUNK_EVENTS: Final = 50_000
GZIP: Final = b"\x1f\x8b"


class _Rows:
    """Columns of text that grow by one event at a time."""

    def __init__(self) -> None:
        self.columns: dict[str, list[str | None]] = {}
        self.n = 0

    def put(self, name: str, value: str, times: int = 1) -> None:
        """Give the last `times` rows a value; rows not given one are missing."""
        column = self.columns.setdefault(name, [])
        column.extend(repeat(None, self.n - times - len(column)))
        column.extend(repeat(value, times))

    def table(self) -> pa.Table:
        """Return the rows as text columns of one length."""
        for column in self.columns.values():
            column.extend(repeat(None, self.n - len(column)))
        text = {name: pa.array(c, pa.string()) for name, c in self.columns.items()}
        return pa.table(text)


class _Reader:
    """What to do at each tag; knows where in the log the parser stands."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] = {}
        self.since_trace = 0
        self.rows = _Rows()
        self.chunks: list[pa.Table] = []
        self.kinds: dict[str, set[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an attribute that stands directly in a trace or an event."""
        tag = tag.rpartition(":")[2]
        path = self.path
        if not path and tag != "log":
            msg = f"its outermost tag is <{tag}>, where an XES file has <log>"
            raise NotXesError(msg)
        path.append(tag)
        parent = path[-2] if len(path) > 1 else ""
        if tag not in VALUES or "key" not in attributes or "value" not in attributes:
            return
        key = attributes["key"]
        if parent == "event":
            self.event[key] = attributes["value"]
        elif parent == "trace":
            key = f"case:{key}"
            self.trace[key] = attributes["value"]
        else:
            return
        self.kinds.setdefault(key, set()).add(tag)

    def end(self, tag: str) -> None:
        """Close an event as a row, and a trace by repeating its attributes."""
        del self.path[-1]
        tag = tag.rpartition(":")[2]
        if tag == "event":
            self.rows.n += 1
            self.since_trace += 1
            for name, value in self.event.items():
                self.rows.put(name, value)
            self.event.clear()
        elif tag == "trace":
            if self.since_trace:
                self.end_trace()
            self.trace.clear()
            self.since_trace = 0
            if self.rows.n >= CHUNK_EVENTS:
                self.flush()

    def end_trace(self) -> None:
        """Write the trace's attributes beside each of its events."""
        for name, value in self.trace.items():
            if len(self.rows.columns.get(name, ())) > self.rows.n - self.since_trace:
                msg = f"an event and its trace both give a column {name!r}"
                raise NotXesError(msg)
            self.rows.put(name, value, self.since_trace)

    def flush(self) -> None:
        """Turn the rows so far into Arrow, which holds them in far less memory."""
        if self.rows.n:
            self.chunks.append(self.rows.table())
        self.rows = _Rows()


class NotXesError(Exception):
    """The file is XML, or pretends to be, but not what is read here."""


def read_xes(path: Path) -> pa.Table:
    """Return the events of an XES file, plain or gzipped.

    Parameters
    ----------
    path
        The file. Gzip is told from its first bytes, not from its name.

    Returns
    -------
    events
        One row an event, in the order of the file. Attributes of the event keep
        their key (`concept:name`, `org:group`, `time:timestamp`); those of its
        trace are prefixed (`case:concept:name`). Columns of `date` attributes are
        timestamps in microseconds, in UTC where the file gives an offset, without
        a zone where it gives none; all others are text. Global defaults and nested
        attributes are left out.

    Raises
    ------
    JourneyError
        If the file cannot be opened, is cut short, is not XES, declares a document
        type, holds no event, or holds a date that is none.

    References
    ----------
    IEEE 1849-2016, Standard for eXtensible Event Stream (XES) for Achieving
    Interoperability in Event Logs and Event Streams.
    https://doi.org/10.1109/IEEESTD.2016.7740858

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '<log><trace><string key="concept:name" value="case 1"/><event>'
    >>> text += '<string key="org:group" value="Housing"/></event></trace></log>'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "small.xes")
    ...     _ = path.write_text(text)
    ...     read_xes(path).to_pylist()
    [{'org:group': 'Housing', 'case:concept:name': 'case 1'}]
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == GZIP
            raw.seek(0)
            reader = _parse(gzip.GzipFile(fileobj=raw) if zipped else raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        msg = (
            f"{path.name} cannot be unpacked: it is cut short or damaged "
            f"({type(broken).__name__}). Copy or download it again."
        )
        raise JourneyError(msg) from broken
    except OSError as broken:
        msg = (
            f"{path.name} cannot be opened: {broken.strerror}. Check that the path "
            "names a file that you may read."
        )
        raise JourneyError(msg) from broken
    except (expat.ExpatError, NotXesError) as broken:
        msg = (
            f"{path.name} is not an XES file: {broken}. Export the log as XES again, "
            "or give it as CSV or Parquet."
        )
        raise JourneyError(msg) from broken
    if not reader.chunks:
        msg = f"{path.name} is XES but holds no event. Export the log again."
        raise JourneyError(msg)
    events = pa.concat_tables(reader.chunks, promote_options="default")
    for name in events.column_names:
        if reader.kinds[name] == {"date"}:
            at = events.schema.get_field_index(name)
            dates = timestamps(events[name], name, path)
            events = events.set_column(at, name, dates)
    return events


def _parse(source: IO[bytes] | gzip.GzipFile) -> _Reader:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = refuse_doctype
    while chunk := source.read(CHUNK_BYTES):
        parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
    parser.Parse(b"", True)  # noqa: FBT003 - the same
    reader.flush()
    return reader


def refuse_doctype(*_: object) -> None:
    """Stop at a document type: entities that grow without end are declared there."""
    msg = "it declares a document type (<!DOCTYPE>), which is refused for safety"
    raise NotXesError(msg)
