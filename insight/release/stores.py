"""Write an encoded log for good: a private folder, whole or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from insight.release.errors import ReleaseError
from insight.release.inside import PRIVATE_README
from insight.release.paper import put
from journeys.store import (
    MANIFEST,
    PARQUET,
    StoredFile,
    checksum_of,
    manifest_of,
    store_tables,
)
from place.scratch import scratch

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.log import Log

__all__ = ["write_store"]

STORE_README: Final = f"""{PRIVATE_README}
This is an encoded log of events: `totalplace` reads it in place of the tables that it
was made of, and refuses it if a file was changed. Anyone who can read it can follow
each customer. To replace it, run `totalplace encode` again.
"""


def write_store(folder: Path, log: Log) -> Path:
    """Write an encoded log into a folder that its owner alone can read.

    Parameters
    ----------
    folder
        Made if absent. An encoded log that stands there already is replaced once the
        new one is whole.
    log
        What :func:`journeys.log.encode_log` returned.

    Returns
    -------
    manifest
        The file that says what the folder holds.

    Raises
    ------
    ReleaseError
        If the folder holds something else, or the log is read from it.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys import encode_log
    >>> from journeys.store import open_store
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> with scratch() as folder:
    ...     _ = write_store(folder / "store", encode_log(pd.DataFrame([contact])))
    ...     open_store(folder / "store").n_events
    1
    """
    folder = folder.resolve()
    if folder.exists() and not _ours(folder):
        msg = f"{folder} holds something else. Name a new folder for the encoded log."
        raise ReleaseError(msg)
    if folder in {file.parent.resolve() for file in log.files}:
        msg = f"{folder} is where this log is read from. Name another folder."
        raise ReleaseError(msg)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(f".{folder.name}", folder.parent) as beside:
        fresh = beside / "fresh"
        fresh.mkdir(mode=0o700)
        files: dict[str, StoredFile] = {}
        for name, table in store_tables(log):
            pq.write_table(table, fresh / name, **PARQUET)
            (fresh / name).chmod(0o600)
            checksum = checksum_of(fresh / name)
            files[name] = StoredFile(rows=len(table), sha256=checksum)
        put(fresh / "README.txt", STORE_README.encode(), mode=0o600)
        put(fresh / MANIFEST, manifest_of(log, files).encode(), mode=0o600)
        if folder.exists():
            shutil.move(folder, beside / "old")
        fresh.replace(folder)
    return folder / MANIFEST


def _ours(folder: Path) -> bool:
    """Say whether a folder holds an encoded log, or nothing."""
    return folder.is_dir() and (
        (folder / MANIFEST).is_file() or not any(folder.iterdir())
    )
