"""What every command shares: faults said in words, progress, and printing.

Exit codes: 0 done; 1 the place has errors (all are listed), or the run could not be
done; 2 wrong usage; 130 stopped by Ctrl-C. With `TOTALPLACE_DEBUG=1` in the
environment a fault of the toolkit itself shows its whole traceback, which may hold
values of data; without it, none are shown.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from insight.errors import InsightError
from insight.release import ReleaseError
from journeys import JourneyError
from place import PlaceError
from segmentation import SegmentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

__all__ = ["err", "faults_listed", "out", "print_frame", "progress_shown"]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("place", "segmentation", "journeys", "insight")
DEBUG: Final = "TOTALPLACE_DEBUG"
REMEDIES: Final = {
    errno.ENOSPC: "Make room on that disk, or use a folder on another.",
    errno.EDQUOT: "Make room in your quota, or use a folder on another disk.",
    errno.EACCES: "See that you may use it and that no other program holds it open.",
    errno.EPERM: "See that you may use it and that no other program holds it open.",
    errno.EROFS: "Name a folder on a disk that can be written to.",
    errno.ENOTDIR: "A file stands where a folder should be: name another folder.",
    errno.EEXIST: "A file stands where a folder should be: name another folder.",
    errno.ENAMETOOLONG: "Use a shorter path.",
}
INTERRUPTED: Final = "Query interrupted"  # what DuckDB makes of Ctrl-C


@contextmanager
def faults_listed() -> Iterator[None]:
    """End with a code and every fault in words: no traceback, nobody's data."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except (Exception, KeyboardInterrupt) as fault:  # noqa: BLE001 - its text may hold data
        raise typer.Exit(_told(fault)) from None


def _told(fault: BaseException) -> int:
    """Print what went wrong, and return the exit code that says so."""
    match fault:
        case PlaceError():
            many = f"{len(fault.faults)} errors" if fault.faults[1:] else "An error"
            err.print(f"[bold red]{many}. Nothing was written.[/]")
            for each in fault.faults:
                err.print(f"  - {escape(each)}")
        case InsightError() | JourneyError() | ReleaseError() | SegmentError():
            err.print(f"[bold red]An error.[/]\n  - {escape(str(fault))}")
        case OSError(strerror=str()):
            err.print(f"[bold red]An error.[/]\n  - {escape(_shut(fault))}")
        case KeyboardInterrupt():
            err.print("Stopped. Nothing half-done was left behind.")
            return 130
        case RuntimeError() if str(fault) == INTERRUPTED:
            return _told(KeyboardInterrupt())
        case _:
            err.print(f"[bold red]{escape(_unexpected(fault))}[/]")
    return 1


def _shut(fault: OSError) -> str:
    """Say what the machine refused, on which path, and what to do."""
    where = fault.filename2 or fault.filename or "a file"
    remedy = REMEDIES.get(fault.errno or 0, "Check the path and the disk.")
    return f"{where} could not be used: {fault.strerror}. {remedy}"


def _unexpected(fault: BaseException) -> str:
    """Say where a fault of the toolkit lies, and nothing of what it met there."""
    if os.environ.get(DEBUG) == "1":
        err.print(escape("".join(traceback.format_exception(fault))))
    frames = [
        (Path(frame.f_code.co_filename), line)
        for frame, line in traceback.walk_tb(fault.__traceback__)
    ]
    ours = [
        (file.relative_to(ROOT), line)
        for file, line in frames
        if any(file.is_relative_to(ROOT / room) for room in ROOMS)
    ]
    file, line = (ours or [(Path(frames[-1][0].name), frames[-1][1])])[-1]
    return (
        f"An unexpected fault ({type(fault).__name__} at {file.as_posix()}:{line}). "
        "No data is shown here. It is a fault of totalplace: please report this line. "
        f"With {DEBUG}=1 set it shows all, and that may hold values of data: look "
        "before you send it."
    )


@contextmanager
def progress_shown() -> Iterator[Callable[[str], None]]:
    """Show the step at work, on a terminal only."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        step = bar.add_task("Starting", total=None)
        yield lambda said: bar.update(step, description=said, refresh=True)


def print_frame(frame: pd.DataFrame, title: str) -> None:
    """Print a small table, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for name in frame.columns:
        numbers = frame[name].dtype.kind in "iuf"
        table.add_column(str(name), justify="right" if numbers else "left")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(str(value)) for value in row))
    out.print(table)
