"""A run's output appears whole or not at all.

Everything is written into a folder beside the target and moved there at the end, so
that a run that fails or is stopped leaves the target as it was, and a good one leaves
none of an earlier run's files behind.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from insight.release.paper import append_line

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["staged"]

AUDIT: Final = "audit.jsonl"
FOLDERS: Final = ("tables", "private", "rejected")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder to write into; on success its content replaces that of `out`.

    Parameters
    ----------
    out
        Where output should stand in the end; made if absent. What an earlier run put
        there is replaced, the audit log grows, and all else is left alone.

    Yields
    ------
    folder
        A fresh folder beside `out`, gone afterwards.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = Path(folder) / "out"
    ...     with staged(out) as fresh:
    ...         _ = (fresh / "report.html").write_text("<!doctype html>")
    ...     sorted(file.name for file in Path(folder).rglob("*"))
    ['out', 'report.html']
    """
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        fresh = Path(beside) / "fresh"
        fresh.mkdir()
        yield fresh
        out.mkdir(exist_ok=True)
        if (out / AUDIT).exists():  # an earlier run was here: none of it outlives this
            for name in FOLDERS:
                shutil.rmtree(out / name, ignore_errors=True)
        for each in sorted(fresh.iterdir()):
            _move(each, out / each.name)


def _move(each: Path, target: Path) -> None:
    if each.name == AUDIT:
        for line in each.read_text(encoding="utf-8").splitlines():
            append_line(target, line)
        return
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    shutil.move(each, target)
