"""A command to check journey maps and draw them, without a place."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from insight.chapters.told import maps_chapter
from insight.release import Door, rule_named, write_page
from insight.report import Report, render_page
from insight.terminal import faults_listed, out
from journeys.duplication.rules import read_rules
from journeys.maps import read_maps

__all__ = ["maps"]


def maps(
    files: Annotated[
        list[Path],
        typer.Argument(help="Maps: CSV, Excel or Parquet a row a step; or TOML."),
    ],
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
    rules: Annotated[
        Path | None, typer.Option(help="A rules.toml; without, the shipped rules.")
    ] = None,
    invented: Annotated[
        bool, typer.Option("--invented", help="Say that the families are invented.")
    ] = False,
) -> None:
    """Check journey maps that people drew, and draw them on a page of their own."""
    with faults_listed():
        drawn = read_maps(files)
        for fault in drawn.faults:
            out.print(f"- {escape(fault)}", style="yellow")
        out.print(escape(str(drawn)))
        name = files[0].stem if len(files) == 1 else f"{len(files)} files of maps"
        door = Door(to, rule_named("nhs_1_7_round5"), name, synthetic=invented)
        chapter = maps_chapter(drawn, door, rules=read_rules(rules))
        page = render_page(
            Report(
                place=name,
                period="",
                synthetic=invented,
                made=datetime.now(UTC),
                version=version("totalplace"),
                rule=door.rule,
                sections=[chapter.section],
                headlines=chapter.headlines,
                sources=[f"journey maps: {', '.join(file.name for file in files)}"],
            )
        )
        for sentence in chapter.sentences:
            out.print(f"- {escape(sentence)}")
        file = write_page(door, "maps", page)
        out.print(f"Maps: [bold]{escape(str(file.resolve()))}[/]")
