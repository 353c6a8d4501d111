"""Commands on savings, prevention and residents' priorities, from files alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from insight.chapters.priorities import told_priorities
from insight.errors import InsightError
from insight.loose_tables import source_of
from insight.release import Door, rule_named
from insight.savings.prevention import prevention as weighed
from insight.savings.saving import savings_of
from insight.savings.sensitivity import by_lag, tornado
from insight.savings.streams import STATED_RATE, Assumptions, Lag, streams_of
from insight.savings.totals import saving_totals
from insight.spend.per_segment import pounds
from insight.terminal import faults_listed, out, print_frame
from place.checking import check_frame
from place.reading import open_rows
from place.savings_tables import (
    prevention,
    priority_choices,
    priority_grids,
    priority_levels,
    savings,
)

if TYPE_CHECKING:
    import pandas as pd

    from place.contract import Contract

__all__ = ["prevent", "residents", "saving"]

Given = Annotated[Path, typer.Argument(help="CSV, Excel or Parquet.")]
Seed = Annotated[int, typer.Option(help="Sets the draws of intervals.", min=0)]


def saving(file: Given, *, seed: Seed = 0) -> None:
    """Add up savings of one kind each, with their margins; one without is refused."""
    with faults_listed():
        claims = savings_of(_checked(file, savings()))
        if len(claims.refused):
            out.print(escape(str(claims)), style="yellow")
        for each in claims.savings:
            out.print(f"- {escape(str(each))}")
        out.print(escape(str(saving_totals(claims.savings, random_state=seed))))


def prevent(
    file: Given,
    *,
    rate: Annotated[
        float, typer.Option(help="Discount rate a year: a stated input, check it.")
    ] = STATED_RATE,
    lag_years: Annotated[
        int, typer.Option(help="How much later benefits come.", min=0)
    ] = 0,
    lag: Annotated[Lag, typer.Option(help="What later means.")] = "moved on",
    seed: Seed = 0,
) -> None:
    """Weigh programmes of prevention over years: who pays, who gains, when."""
    with faults_listed():
        rows = _checked(file, prevention())
        if rows.empty:
            msg = f"{file.name} has no stream that can be weighed. Correct the file."
            raise InsightError(msg)
        assumed = Assumptions(rate=rate, lag_years=lag_years, lag=lag)
        for programme, own in rows.groupby("programme", sort=True):
            streams = streams_of(own)
            found = weighed(streams, assumed, random_state=seed)
            out.print(escape(f"{programme}. {found}"))
            print_frame(_said(found.agencies), "Who pays and who gains")
            print_frame(_said(tornado(streams, assumed)), "What moves the answer")
            print_frame(_said(by_lag(streams, assumed)), "If benefits come later")


def residents(
    levels: Annotated[Path, typer.Argument(help="Levels of service on offer.")],
    *,
    grids: Annotated[
        Path | None, typer.Option(help="Budgets that residents shared out.")
    ] = None,
    choices: Annotated[
        Path | None, typer.Option(help="Choices, or best and worst, that they made.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "priorities"
    ),
    rule: Annotated[str, typer.Option(help="Of small numbers.")] = "nhs_1_7_round5",
    seed: Seed = 0,
) -> None:
    """Say which levels of service residents would miss, and what would go first."""
    with faults_listed():
        files = {
            "priority_grids": (grids, priority_grids()),
            "priority_choices": (choices, priority_choices()),
        }
        given = {
            name: _checked(file, contract)
            for name, (file, contract) in files.items()
            if file is not None
        }
        if not given:
            msg = "no answers were given. Name a file with --grids or --choices."
            raise InsightError(msg)
        door = Door(to, rule_named(rule), levels.stem, synthetic=False)
        offered = _checked(levels, priority_levels())
        chapter = told_priorities(offered, given, door, random_state=seed)
        for sentence in chapter.sentences:
            out.print(f"- {escape(sentence)}")
        out.print(f"  {to / 'tables'}", style="bold", markup=False)


def _checked(file: Path, contract: Contract) -> pd.DataFrame:
    """Return the rows of a file that keep the contract, and say why others do not."""
    source = source_of(file)
    kept, checked = check_frame(contract, source, open_rows(source))
    for number, reason in checked.broken:
        out.print(f"- Row {number} rejected: {escape(reason)}", style="yellow")
    frame: pd.DataFrame = kept.drop_columns("_row").to_pandas()
    return frame


def _said(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with pence as pounds and other figures in three digits."""
    shown = frame.copy()
    for name in shown.columns:
        if name.endswith("_pence"):
            shown[name] = shown[name].map(pounds)
        elif shown[name].dtype.kind == "f":
            shown[name] = shown[name].map("{:.3g}".format)
    return shown.rename(columns=lambda name: name.removesuffix("_pence"))
