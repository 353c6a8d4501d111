"""An encoded log in a folder: written once, opened by everything that comes after.

    manifest.json        what it is: format, version, counts, names by code, checksums
    events-00.parquet    the log's first customers, in order; 64 files at most
    customers.parquet    and partners, items: the tables beside the log

The files of events hold about the same number each, whole customers, in the order of
the log, so that a pass over one needs little memory. Here tables and the manifest are
made and read; :mod:`insight.release.stores` writes them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from journeys.errors import JourneyError
from journeys.log import Log
from place.engine import start_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from place.engine import Engine

__all__ = [
    "MANIFEST",
    "PARQUET",
    "StoredFile",
    "buckets_sql",
    "checksum_of",
    "manifest_of",
    "open_store",
    "store_tables",
]

MANIFEST: Final = "manifest.json"
FORMAT: Final = "totalplace encoded log"
VERSION: Final = 1
BUCKETS: Final = 64
BESIDE: Final = ("customers", "partners", "items")
# Times of one customer lie close together; codes are few.
PARQUET: Final = {
    "compression": "zstd",
    "use_dictionary": [
        *("seq", "agency", "activity", "activity_class", "need", "channel", "outcome"),
        *("referred_to", "next_agency", "next_activity", "partner", "item"),
    ],
    "column_encoding": {"time_us": "DELTA_BINARY_PACKED"},
    "row_group_size": 1 << 22,
}


FileName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]+(-\d\d)?\.parquet$")]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoredFile(_Stored):
    """How many rows a file has, and the SHA-256 of its bytes."""

    rows: int = Field(ge=0)
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Manifest(_Stored):
    format: str
    version: int
    events: int
    customers: int
    unmapped: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    files: dict[FileName, StoredFile]


def buckets_sql(log: str, events: int) -> str:
    """Return the query for the first customer of each file of a store.

    Examples
    --------
    >>> "AS bucket" in buckets_sql("log", 1000)
    True
    """
    return f"""SELECT CAST(floor(first_event * {BUCKETS} / {events}) AS INT) AS bucket,
  min(customer) AS first_customer
FROM {log}_customers GROUP BY bucket ORDER BY bucket"""


def store_tables(log: Log) -> Iterator[tuple[str, pa.Table]]:
    """Yield the files of a store, one at a time: its name, and what it holds.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> [name for name, _ in store_tables(encode_log(pd.DataFrame([contact])))]
    ['events-00.parquet', 'customers.parquet', 'partners.parquet', 'items.parquet']
    """
    found = log.engine.arrow(buckets_sql(log.table, max(log.n_events, 1)))
    firsts = found["first_customer"].to_pylist() or [0]
    for number, first in enumerate(firsts):
        until = ""
        if number + 1 < len(firsts):
            until = f"AND customer < {firsts[number + 1]}"
        sql = f"SELECT * FROM {log.table} WHERE customer >= {first} {until}"
        yield (
            f"events-{number:02}.parquet",
            log.engine.arrow(f"{sql} ORDER BY event"),
        )
    for table, order in zip(BESIDE, ("customer", "event", "event"), strict=True):
        sql = f"SELECT * FROM {log.table}_{table} ORDER BY {order}"
        yield f"{table}.parquet", log.engine.arrow(sql)


def manifest_of(log: Log, files: dict[str, StoredFile]) -> str:
    """Return the text of the manifest of a store, given the files that were written."""
    manifest = _Manifest(
        format=FORMAT,
        version=VERSION,
        events=log.n_events,
        customers=log.n_customers,
        unmapped=log.unmapped,
        names=dict(log.names),
        files=files,
    )
    return manifest.model_dump_json(indent=1) + "\n"


def checksum_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def open_store(
    folder: Path, engine: Engine | None = None, *, table: str = "log"
) -> Log:
    """Open an encoded log that was written to a folder.

    Parameters
    ----------
    folder
        What `totalplace encode` wrote.
    engine
        Reads the files; with `None`, a DuckDB of its own.
    table
        What to call the log in the engine.

    Returns
    -------
    log
        As :func:`journeys.log.encode_log` would have returned it; its rows stay in the
        files.

    Raises
    ------
    JourneyError
        If the folder is no store, is of another version, or a file is missing, cut
        short or altered.
    """
    manifest = _read_manifest(folder)
    for name, stored in manifest.files.items():
        _check_file(folder / name, stored)
    events = sorted(folder / name for name in manifest.files if name[:7] == "events-")
    engine = start_engine() if engine is None else engine
    engine.open(table, events)
    for beside in BESIDE:
        engine.open(f"{table}_{beside}", [folder / f"{beside}.parquet"])
    return Log(
        engine=engine,
        table=table,
        n_events=manifest.events,
        n_customers=manifest.customers,
        unmapped=manifest.unmapped,
        names=manifest.names,
        files=tuple(events),
    )


def _read_manifest(folder: Path) -> _Manifest:
    file = folder / MANIFEST
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = (
            f"{folder} holds no encoded log: there is no {MANIFEST} that can be read. "
            "Name the folder that `totalplace encode` wrote, or encode again."
        )
        raise JourneyError(msg) from None
    try:
        manifest = _Manifest.model_validate_json(text)
    except ValidationError:
        msg = (
            f"{file} is not a manifest that this version can read: it was altered, or "
            "another version wrote it. Encode again."
        )
        raise JourneyError(msg) from None
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        msg = (
            f"{folder} is of format {manifest.format!r}, version {manifest.version}; "
            f"this totalplace reads {FORMAT!r}, version {VERSION}. Encode again."
        )
        raise JourneyError(msg)
    return manifest


def _check_file(file: Path, stored: StoredFile) -> None:
    if not file.is_file():
        msg = f"{file.parent} lacks {file.name}. Restore it, or encode again."
        raise JourneyError(msg)
    if checksum_of(file) != stored.sha256:
        msg = (
            f"{file} is cut short, or was altered after it was written: its checksum "
            "is not the one in the manifest. Restore it, or encode again."
        )
        raise JourneyError(msg)
