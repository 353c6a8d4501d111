"""Private folders for people's data at work: gone afterwards, whatever happens.

A folder is readable by its owner alone and named for the process that made it. What
a killed process left behind is removed by the next one that makes such a folder.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["make_scratch", "scratch"]

OURS: Final = re.compile(r".+-pid(?P<process>\d+)-[a-z0-9_]+")


def make_scratch(stem: str = "totalplace", parent: Path | None = None) -> Path:
    """Make a private folder; whoever asks removes it.

    Parameters
    ----------
    stem
        What its name begins with.
    parent
        Where; with `None`, the system's place for temporary files.

    Examples
    --------
    >>> folder = make_scratch()
    >>> str(os.getpid()) in folder.name
    True
    >>> folder.rmdir()
    """
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    _sweep(stem, parent)
    return Path(tempfile.mkdtemp(prefix=f"{stem}-pid{os.getpid()}-", dir=parent))


@contextmanager
def scratch(stem: str = "totalplace", parent: Path | None = None) -> Iterator[Path]:
    """Give a private folder and remove it on the way out, on errors too.

    Yields
    ------
    folder
        Fresh and empty; see :func:`make_scratch`.
    """
    folder = make_scratch(stem, parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(stem: str, parent: Path) -> None:
    """Remove folders of that stem whose process is no more."""
    for folder in parent.glob(f"{stem}-pid*-*"):
        made = OURS.fullmatch(folder.name)
        if made and folder.is_dir() and not _runs(int(made["process"])):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    """Say whether a process runs; where that cannot be told, it does."""
    if os.name == "nt":
        return True  # os.kill would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
