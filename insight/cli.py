"""The command line: parse, call, show progress. Thin on purpose.

Exit codes: 0 done, 1 the place has errors (all are listed), 2 wrong usage.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from insight.errors import InsightError
from insight.release import ReleaseError
from insight.run import check_place, run_place
from insight.shipped import build_example
from insight.spend import check_tables
from insight.templates import write_templates
from journeys import JourneyError
from place import PlaceError, read_place
from segmentation import SegmentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

__all__ = ["app", "main"]

app = typer.Typer(
    name="totalplace",
    help="Who a place's customers are, what happens to them across agencies, "
    "and what that costs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold people's data
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

PlaceFile = Annotated[Path, typer.Argument(help="A place.toml, or its folder.")]


@contextmanager
def _faults_listed() -> Iterator[None]:
    """End with code 1 and every fault of the place, one a line, no traceback."""
    try:
        yield
    except PlaceError as found:
        many = f"{len(found.faults)} errors" if found.faults[1:] else "An error"
        err.print(f"[bold red]{many}. Nothing was written.[/]")
        for fault in found.faults:
            err.print(f"  - {escape(fault)}")
        raise typer.Exit(1) from None
    except (InsightError, JourneyError, ReleaseError, SegmentError) as wrong:
        err.print(f"[bold red]An error.[/]\n  - {escape(str(wrong))}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        err.print("Stopped. Nothing half-done was left behind.")
        raise typer.Exit(130) from None


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
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
        yield lambda said: bar.update(step, description=said)


def _print_frame(frame: pd.DataFrame, title: str) -> None:
    table = Table(title=title, title_justify="left")
    for name in frame.columns:
        numbers = frame[name].dtype.kind in "iuf"
        table.add_column(str(name), justify="right" if numbers else "left")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(str(value)) for value in row))
    out.print(table)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
) -> None:
    """Lay down a commented place.toml and an empty template of every table."""
    with _faults_listed():
        written = write_templates(folder)
        out.print(f"{len(written)} files in {folder}. Fill tables/, then edit:")
        out.print(f"  {written[0]}", style="bold")


@app.command()
def example(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    *,
    customers: Annotated[
        int, typer.Option(help="How many, from 2000 to 10000000.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another place.")] = 2010,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an example already there.")
    ] = False,
) -> None:
    """Build the synthetic example place."""
    with _faults_listed(), _progress() as step:
        step(f"Building an example of {customers:,} synthetic customers")
        file = build_example(folder, customers=customers, seed=seed, replace=replace)
    out.print(f"A synthetic place of {customers:,} customers: [bold]{file}[/]")


@app.command()
def check(place: PlaceFile) -> None:
    """Read a place and every table of it; list all that is wrong. Writes nothing."""
    with _faults_listed(), _progress() as step:
        counts = check_place(read_place(place), progress=step)
    _print_frame(counts, "Rows in, kept and rejected")
    rejected = int(counts["rejected"].sum())
    out.print(
        f"The place can be run. {rejected:,} rows would be rejected; `run` writes why."
        if rejected
        else "The place can be run. No row is rejected."
    )


@app.command()
def run(
    place: PlaceFile,
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
) -> None:
    """Run a place and write its report, tables and list of rejected rows."""
    with _faults_listed(), _progress() as step:
        done = run_place(read_place(place), to, progress=step)
    for sentence in done.sentences:
        out.print(f"- {escape(sentence)}")
    for sentence in done.left_out:
        out.print(f"- Left out: {escape(sentence)}", style="yellow")
    out.print(f"Report: [bold]{done.report.resolve()}[/]")


@app.command("report-tables")
def report_tables() -> None:
    """Recompute Tables 1, 2 and 3 of the 2010 report and say what does not add up."""
    with _faults_listed():
        for result in check_tables():
            out.print(escape(str(result)))


def main() -> None:
    """Run the command line."""
    app()
