"""A command to see one customer's journey whole, inside the partnership."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from insight.chapters.one_customer import customer_page
from insight.journey_log import duplication_in
from insight.release import Door, rule_named
from insight.run import opened_place
from insight.terminal import faults_listed, out, progress_shown
from place import read_place

__all__ = ["customer"]


def customer(
    place: Annotated[Path, typer.Argument(help="A place.toml, or its folder.")],
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
    finding: Annotated[
        str | None, typer.Option(help="A finding_id of private/findings.csv.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Draws one of all with a finding.", min=0)
    ] = None,
) -> None:
    """Draw one customer's journey, without name or date, into private/."""
    with faults_listed():
        described = read_place(place)
        with progress_shown() as step, opened_place(described, step) as opened:
            found = duplication_in(opened)
            rule, about = rule_named(described.release.rule), described.place
            door = Door(to, rule, about.name, about.synthetic)
            page = customer_page(found, door, finding=finding, seed=seed)
        out.print("One customer's journey, without name or date. Keep it inside the")
        out.print("partnership: whoever knows parts of it may know whose it is.")
        out.print(f"  {page}", style="bold", markup=False)
