"""A command to trace money from its source to who spends it, without a place."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from insight.chapters.concentration import concentration_chapter
from insight.chapters.control import control_chapter
from insight.chapters.routes import routes_chapter
from insight.command_page import page_of
from insight.release import Door, rule_named, write_page
from insight.run import opened_place
from insight.terminal import faults_listed, out, progress_shown
from place import Source
from place.settings import About, Place, SpendOptions

__all__ = ["routes"]


class Basis(StrEnum):
    """Whether lines of spend say what was planned or what was spent."""

    budget = "budget"
    actual = "actual"


def routes(
    spend: Annotated[Path, typer.Argument(help="Lines of spend: CSV, Excel, Parquet.")],
    transfers: Annotated[Path, typer.Argument(help="Money passed on: the same.")],
    *,
    own_income: Annotated[
        Path | None, typer.Option(help="Money that bodies raise themselves.")
    ] = None,
    control: Annotated[
        Path | None, typer.Option(help="What weakens local control of which lines.")
    ] = None,
    basis: Annotated[
        Basis | None, typer.Option(help="Count lines of this basis alone.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
) -> None:
    """Trace money from source to final spender, and draw the route map."""
    given = {
        "spend": spend,
        "transfers": transfers,
        "own_income": own_income,
        "control": control,
    }
    with faults_listed():
        place = Place(
            place=About(name=spend.stem),
            tables={
                name: [Source(file=file.resolve())]
                for name, file in given.items()
                if file is not None
            },
            spend=SpendOptions(basis=None if basis is None else basis.value),
        )
        door = Door(to, rule_named("nhs_1_7_round5"), spend.stem, synthetic=False)
        with progress_shown() as progress, opened_place(place, progress) as opened:
            chapters = [
                routes_chapter(opened, door),
                concentration_chapter(opened, door),
            ]
            if control is not None:
                chapters.append(control_chapter(opened, door))
            rejected = int(opened.counts()["rejected"].sum())
        page = page_of(
            door,
            [chapter.section for chapter in chapters],
            headlines=[card for chapter in chapters for card in chapter.headlines],
            sources=[f"{name}: {file.name}" for name, file in given.items() if file],
        )
        for chapter in chapters:
            for sentence in chapter.sentences:
                out.print(f"- {escape(sentence)}")
        if rejected:
            out.print(f"- {rejected} rows break a contract and are left out.")
        file = write_page(door, "routes", page)
        out.print(f"Routes: [bold]{escape(str(file.resolve()))}[/]")
