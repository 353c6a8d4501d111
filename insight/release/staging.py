"""A run's output appears whole or not at all.

Everything is written into a folder beside the target and moved there at the end, so
that a run that fails or is stopped leaves the target as it was, and a good one leaves
none of an earlier run's files behind.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from insight.release.errors import ReleaseError
from insight.release.paper import append_line
from place.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

__all__ = ["staged"]

AUDIT: Final = "audit.jsonl"
FOLDERS: Final = ("tables", "private", "rejected", "pictures")


@contextmanager
def staged(out: Path, *, inputs: Collection[Path] = ()) -> Iterator[Path]:
    """Give a folder to write into; on success its content replaces that of `out`.

    Parameters
    ----------
    out
        Where output should stand in the end; made if absent. What an earlier run put
        there is replaced, the audit log grows, and all else is left alone.
    inputs
        Files that must survive: what the run reads.

    Yields
    ------
    folder
        A fresh folder beside `out`, gone afterwards.

    Raises
    ------
    ReleaseError
        If `out` holds a folder of ours that no run of ours made, or an input lies in
        one: nothing of the user's is ever replaced.

    Examples
    --------
    >>> with scratch() as folder:
    ...     out = folder / "out"
    ...     with staged(out) as fresh:
    ...         _ = (fresh / "report.html").write_text("<!doctype html>")
    ...     sorted(file.name for file in folder.rglob("*"))
    ['out', 'report.html']
    """
    out = out.resolve()
    _check_ours(out, inputs)
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch(f".{out.name}", out.parent) as beside:
        fresh = beside / "fresh"
        fresh.mkdir()
        yield fresh
        out.mkdir(exist_ok=True)
        for name in FOLDERS:  # an earlier run's: none of it outlives this
            shutil.rmtree(out / name, ignore_errors=True)
        for each in sorted(fresh.iterdir()):
            _move(each, out / each.name)


def _check_ours(out: Path, inputs: Collection[Path]) -> None:
    """Refuse to replace what a run did not make."""
    ours = [out / name for name in FOLDERS]
    linked = [folder.name for folder in ours if folder.is_symlink()]
    if linked:
        msg = f"{out}: {', '.join(linked)} is a link to elsewhere. Remove the link."
        raise ReleaseError(msg)
    strange = [folder.name for folder in ours if folder.exists()]
    if strange and not (out / AUDIT).exists():
        msg = (
            f"{out} holds {', '.join(strange)}, which no run of totalplace made (there "
            f"is no {AUDIT}). Choose another folder for results."
        )
        raise ReleaseError(msg)
    for file in inputs:
        if any(file.resolve().is_relative_to(folder) for folder in ours):
            msg = (
                f"{file.name} is read by this run and lies in a folder of {out} that "
                "the run replaces. Choose another folder for results."
            )
            raise ReleaseError(msg)


def _move(each: Path, target: Path) -> None:
    if each.name == AUDIT:
        for line in each.read_text(encoding="utf-8").splitlines():
            append_line(target, line)
        return
    shutil.move(each, target)
