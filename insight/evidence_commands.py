"""Commands to find worked examples and to code maturity, blind and twice over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape

from insight.errors import InsightError
from insight.evidence.agreement_said import said_of_agreement
from insight.evidence.coding import coding_sheets, quoting
from insight.evidence.examples import find_examples
from insight.evidence.facts import evidence_index
from insight.evidence.filled_sheets import read_coding_sheets
from insight.evidence.maturity import maturity_scores
from insight.evidence.rubric import LEVELS, OURS, RUBRIC_RULES, rubric
from insight.evidence.settling import disagreements, settle
from insight.loose_tables import rows_of_file
from insight.release.exchanges import read_text
from insight.release.forms import Form, file_stem, write_forms, write_tables
from insight.terminal import faults_listed, out

__all__ = ["code", "examples"]

code = typer.Typer(
    name="code",
    help="Code maturity of insight: sheets for coders who do not see the flags, and "
    "what comes of them.",
    no_args_is_help=True,
)
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]
Evidence = Annotated[
    Path | None,
    typer.Argument(
        help="Passages by place and component: CSV, Excel or Parquet. Without it, the "
        "index of the 2010 report."
    ),
]


def examples(
    words: Annotated[
        list[str] | None, typer.Argument(help="All must be in an example.")
    ] = None,
    *,
    evidence: Annotated[
        Path | None, typer.Option(help="A table of your own, in place of the report's.")
    ] = None,
) -> None:
    """Find worked examples of customer insight by their words."""
    with faults_listed():
        index = None if evidence is None else rows_of_file(evidence)
        found = find_examples(" ".join(words or []), index)
        out.print(escape(str(found)))


@code.command()
def sheets(
    evidence: Evidence = None,
    *,
    coder: Annotated[
        list[str], typer.Option(help="A coder's name or code; repeat for each.")
    ],
    to: Out = Path("coding"),
    seed: Annotated[
        int, typer.Option(help="Sets the order of each coder's rows.", min=0)
    ] = 0,
    text: Annotated[
        Path | None,
        typer.Option(help="The text that lines are of, to quote them in the sheets."),
    ] = None,
    after: Annotated[
        bool, typer.Option("--after", help="Also evidence from after the flags.")
    ] = False,
) -> None:
    """Make a sheet for each coder: the passages in an order of its own, no flags."""
    with faults_listed():
        index = evidence_index() if evidence is None else rows_of_file(evidence)
        if text is not None:
            index = quoting(index, read_text(text))
        made = coding_sheets(index, coder, seed=seed, after=after)
        names = {name: f"coding-{file_stem(name)}" for name in made}
        if len(set(names.values())) < len(names):
            msg = f"coders {list(names)} are too alike to name files by. Rename one."
            raise InsightError(msg)
        forms = {names[name]: _coding_form(sheet) for name, sheet in made.items()}
        written = write_forms(to, forms)
        rows = len(next(iter(made.values())))
        out.print(
            escape(
                f"{len(made)} coders, {rows} rows each, as a workbook and as CSV: fill "
                f"one of the two. {OURS}"
            )
        )
        for file in written:
            out.print(f"  {file}", style="bold", markup=False)


@code.command()
def read(
    sheets: Annotated[list[Path], typer.Argument(help="The sheets that were filled.")],
    *,
    agreed: Annotated[
        Path | None,
        typer.Option(help="The sheet of disagreements, once it is filled."),
    ] = None,
    to: Out = Path("coded"),
) -> None:
    """Read filled sheets into the table maturity, and say how far coders agree."""
    with faults_listed():
        coded = read_coding_sheets({file.name: rows_of_file(file) for file in sheets})
        differ = disagreements(coded)
        if agreed is None:
            forms = {"disagreements": _settling_form(differ)} if len(differ) else {}
        else:
            coded = settle(coded, rows_of_file(agreed), name=agreed.name)
            forms = {}
        found = maturity_scores(coded)
        tables = {
            "maturity": coded,
            "agreement": found.agreement.reset_index(),
            "profile": found.profile.reset_index(),
        }
        written = [*write_tables(to, tables), *write_forms(to, forms)]
        for sentence in [*said_of_agreement(found.agreement), str(found)]:
            out.print(escape(f"- {sentence}"))
        if forms:
            out.print(
                f"- Coders differ on {len(differ)} rows: settle them on the sheet of "
                "disagreements, then read again with --agreed."
            )
        for file in written:
            out.print(f"  {file}", style="bold", markup=False)


def _coding_form(sheet: pd.DataFrame) -> Form:
    return Form(
        rows=sheet, choice=("level", LEVELS), words=("remark",), beside=_beside()
    )


def _settling_form(sheet: pd.DataFrame) -> Form:
    return Form(
        rows=sheet, choice=("agreed", LEVELS), words=("decided_by",), beside=_beside()
    )


def _beside() -> dict[str, pd.DataFrame]:
    return {
        "Rubric": rubric(),
        "How to code": pd.DataFrame({"passage": list(RUBRIC_RULES)}),
    }
