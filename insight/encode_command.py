"""The command that writes a place's events as an encoded log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from insight.errors import InsightError
from insight.journey_log import log_of
from insight.release.stores import write_store
from insight.run import opened_place
from insight.terminal import faults_listed, out, progress_shown
from place import read_place

__all__ = ["encode"]


def encode(
    place: Annotated[Path, typer.Argument(help="A place.toml, or its folder.")],
    *,
    to: Annotated[
        Path, typer.Option("--out", help="Folder for the encoded log; private.")
    ] = Path("store"),
) -> None:
    """Write a place's events once, in codes and in order, for quick work after."""
    with faults_listed():
        with (
            progress_shown() as step,
            opened_place(read_place(place), step) as opened,
        ):
            if not opened.has("events"):
                msg = (
                    f"{place}: it has no table of events, so there is nothing to "
                    "encode. Name one as [tables.events]."
                )
                raise InsightError(msg)
            step("Encoding events")
            log = log_of(opened)
            step("Writing the encoded log")
            written = write_store(to, log)
        out.print(escape(f"{log} Whoever reads it can follow each customer: keep it"))
        out.print("inside the partnership, and delete it when the work is done.")
        out.print(f"  {written}", style="bold", markup=False)
