"""Commands on the locally led count: a template to fill, and what to ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer
from rich.markup import escape

from insight.chapters.chapter import file_names, number_of
from insight.chapters.counting import counting_blocks, places_section
from insight.chapters.counting_read import count_spend
from insight.command_page import page_of
from insight.errors import InsightError
from insight.loose_tables import source_of
from insight.release import Door, rule_named, write_page
from insight.release.forms import write_forms
from insight.report import Section
from insight.spend.moderation import moderate_places
from insight.spend.template import headings_form, template_form
from insight.terminal import faults_listed, out, progress_shown
from place import read_place
from place.checking import check_frame
from place.reading import open_rows
from place.spend_tables import headings, spend_expected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.chapters.counting_read import Counted
    from place import Source
    from place.contract import Contract

__all__ = ["spend"]

spend = typer.Typer(
    name="spend",
    help="Count spend locally: a template to fill, and what to ask of what is filled.",
    no_args_is_help=True,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One count to moderate: its name, its files and what goes with them."""

    name: str
    sources: Sequence[Source]
    basis: str | None = None
    synthetic: bool = False
    headings: Sequence[Source] = ()
    expected: Sequence[Source] = ()


@spend.command()
def template(
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for the template.")] = Path(
        "spend"
    ),
) -> None:
    """Write the template for the locally led count, as a workbook and as CSV."""
    with faults_listed():
        forms = {"spend": template_form(), "headings": headings_form()}
        for file in write_forms(to, forms):
            out.print(f"  {file}", style="bold", markup=False)
        out.print(
            "Fill spend.xlsx or spend.csv; headings are needed only for own headings "
            "in place of COFOG codes. Then: totalplace spend moderate FILE"
        )


@spend.command()
def moderate(
    counts: Annotated[
        list[Path],
        typer.Argument(help="Filled templates (CSV, Excel, Parquet), or places."),
    ],
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "moderation"
    ),
    own: Annotated[
        Path | None,
        typer.Option("--headings", help="Own headings in COFOG, as a table."),
    ] = None,
    expected: Annotated[
        Path | None,
        typer.Option(help="Sources and bodies that should be there: what, name."),
    ] = None,
) -> None:
    """Say what to ask of each spend count, and of several beside one another."""
    with faults_listed():
        beside = {"headings": _sources(own), "expected": _sources(expected)}
        asked = [_asked(path, **beside) for path in counts]
        names = [one.name for one in asked]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            msg = f"two counts are called {twice[0]!r}. Rename a file, or a place."
            raise InsightError(msg)
        with progress_shown() as step:
            done = {}
            for one in asked:
                step(f"Moderating {one.name}")
                done[one.name] = _counted(one)
            known = {name: counted.count.lines for name, counted in done.items()}
            moderated = moderate_places(known, lambda name, _: done[name].remarks)
            title = names[0] if len(names) == 1 else f"{len(names)} places"
            synthetic = any(one.synthetic for one in asked)
            door = Door(to, rule_named("nhs_1_7_round5"), title, synthetic)
            files = file_names("spend", names)
            sections = [] if len(names) == 1 else [places_section(moderated, door)]
            sections += [
                Section(
                    f"count-{number}",
                    f"The count of {name}",
                    str(counted),
                    counting_blocks(counted, door, files[name]),
                )
                for number, (name, counted) in enumerate(done.items(), start=1)
            ]
            page = write_page(door, "moderation", page_of(door, sections))
        for name, several in moderated.remarks.items():
            out.print(escape(f"{name}: {done[name]}"))
            for remark in several:
                out.print(f"- {escape(str(remark))}")
        if len(names) > 1:
            out.print(escape(str(moderated)))
        out.print(
            f"{number_of(len(names), 'count')} moderated: [bold]{escape(str(page))}[/]"
        )


def _sources(file: Path | None) -> list[Source]:
    return [] if file is None else [source_of(file)]


def _asked(
    path: Path, *, headings: Sequence[Source], expected: Sequence[Source]
) -> Asked:
    """Return a file's count, or a place's with what it says itself."""
    if not path.is_dir() and path.suffix.lower() != ".toml":
        return Asked(
            name=path.stem,
            sources=_sources(path),
            headings=headings,
            expected=expected,
        )
    place = read_place(path)
    if "spend" not in place.tables:
        msg = f"{place.place.name} has no spend count. Name one as [tables.spend]."
        raise InsightError(msg)
    return Asked(
        name=place.place.name,
        sources=place.tables["spend"],
        basis=place.spend.basis,
        synthetic=place.place.synthetic,
        headings=place.tables.get("headings") or headings,
        expected=place.tables.get("spend_expected") or expected,
    )


def _counted(one: Asked) -> Counted:
    return count_spend(
        one.name,
        one.sources,
        basis=one.basis,
        headings=_table(one.headings, headings()),
        expected=_table(one.expected, spend_expected()),
    )


def _table(sources: Sequence[Source], contract: Contract) -> pd.DataFrame | None:
    """Return the rows of a small table, or say which of them breaks its contract."""
    parts = []
    for source in sources:
        kept, checked = check_frame(contract, source, open_rows(source))
        if checked.broken:
            row, reason = checked.broken[0]
            msg = f"{source.file.name}, row {row}: {reason}. Correct the file."
            raise InsightError(msg)
        parts.append(kept.to_pandas())
    return pd.concat(parts, ignore_index=True) if parts else None
