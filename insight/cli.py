"""The command line: parse, call, show progress. Thin on purpose."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from insight.audit_commands import audit
from insight.campaign_commands import evaluate
from insight.centre_out_commands import (
    centre_out_command,
    heads,
    table_one,
    weights_template,
)
from insight.customer_commands import customer
from insight.encode_command import encode
from insight.evidence_commands import code, examples
from insight.graph_commands import activities, graph
from insight.map_commands import maps
from insight.moving_commands import rebase
from insight.route_commands import routes
from insight.run import check_place, run_place
from insight.savings_commands import prevent, residents, saving
from insight.sharing_commands import assign, federate
from insight.shipped import FEWEST, MOST, build_example
from insight.spend import check_tables, check_text
from insight.spend.report_national import check_national
from insight.spend_commands import spend
from insight.templates import write_templates
from insight.terminal import faults_listed, out, print_frame, progress_shown
from place import read_place

__all__ = ["app", "main"]

app = typer.Typer(
    name="totalplace",
    help="Who a place's customers are, what happens to them across agencies, "
    "and what that costs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold people's data
)
PlaceFile = Annotated[Path, typer.Argument(help="A place.toml, or its folder.")]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
) -> None:
    """Lay down a commented place.toml and an empty template of every table."""
    with faults_listed():
        written = write_templates(folder)
        out.print(f"{len(written)} files in {folder}. Fill tables/, then edit:")
        out.print(f"  {written[0]}", style="bold")


@app.command()
def example(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    *,
    customers: Annotated[
        int, typer.Option(help="How many.", min=FEWEST, max=MOST)
    ] = FEWEST,
    seed: Annotated[
        int, typer.Option(help="Another seed, another place.", min=0)
    ] = 2010,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an example already there.")
    ] = False,
) -> None:
    """Build the synthetic example place."""
    with faults_listed():
        with progress_shown() as step:
            step(f"Building an example of {customers:,} synthetic customers")
            file = build_example(
                folder,
                customers=customers,
                seed=seed,
                replace=replace,
                progress=lambda done, to_do: step(
                    f"Made {done:,} of {to_do:,} synthetic customers"
                ),
            )
        out.print(f"A synthetic place of {customers:,} customers:")
        out.print(f"  {file}", style="bold", markup=False)


@app.command()
def check(place: PlaceFile) -> None:
    """Read a place and every table of it; list all that is wrong. Writes nothing."""
    with faults_listed():
        with progress_shown() as step:
            counts = check_place(read_place(place), progress=step)
        print_frame(counts, "Rows in, kept and rejected")
        rejected = int(counts["rejected"].sum())
        out.print(
            f"The place can be run. {rejected:,} rows would be rejected; `run` writes "
            "why."
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
    with faults_listed():
        with progress_shown() as step:
            done = run_place(read_place(place), to, progress=step)
        for sentence in done.sentences:
            out.print(f"- {escape(sentence)}")
        for sentence in done.left_out:
            out.print(f"- Left out: {escape(sentence)}", style="yellow")
        if done.rejected:
            out.print(
                f"- {done.rejected:,} rows were set aside; rejected/ beside the report "
                "says why.",
                style="yellow",
            )
        out.print(f"Report: [bold]{escape(str(done.report.resolve()))}[/]")


@app.command("report-tables")
def report_tables() -> None:
    """Recompute what the 2010 report prints and say what does not add up."""
    with faults_listed():
        for result in (*check_tables(), *check_text(), *check_national()):
            out.print(escape(str(result)))


app.command()(assign)
app.add_typer(federate)
app.command()(rebase)
app.command()(evaluate)
app.command()(examples)
app.command()(encode)
app.command()(activities)
app.command()(graph)
app.command()(maps)
app.command()(customer)
app.add_typer(code)
app.add_typer(audit)
app.add_typer(spend)
app.command()(routes)
app.command()(saving)
app.command("prevention")(prevent)
app.command("priorities")(residents)
app.command("centre-out")(centre_out_command)
app.command("reconcile")(table_one)
app.command("per-head")(heads)
app.command("allocation-weights")(weights_template)


def main() -> None:
    """Run the command line; SIGTERM and a closed terminal clean up like Ctrl-C."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old console lacks some letters
    app()
