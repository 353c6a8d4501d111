"""Commands to audit findings: draw a sample to look up, and read the answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import pandas as pd
import typer
from rich.markup import escape

from insight.errors import InsightError
from insight.evidence.coding import seal_of, texts
from insight.journey_log import duplication_in
from insight.loose_tables import rows_of_file
from insight.release.forms import Form, write_forms, write_tables
from insight.run import opened_place
from insight.terminal import faults_listed, out, progress_shown
from journeys.cost.audit import VERDICTS, audit_size, draw_audit
from journeys.cost.audited import read_audit
from place import read_place

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["audit"]

audit = typer.Typer(
    name="audit",
    help="Check findings against case files: a sheet to fill, and what comes of it.",
    no_args_is_help=True,
)
PlaceFile = Annotated[Path, typer.Argument(help="A place.toml, or its folder.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]
SEALED: Final = ("audit_id", "rule", "version", "event_id", "found", "weight")
ANSWERS: Final = ("verdict", "auditor", "remark")
ALLOWED: Final[Sequence[Any]] = VERDICTS
HOW: Final = """\
Look the contact of event_id up in the agency's own system, and the contacts of
evidence_ids in theirs.

A row that is "found": say duplicate if the contact did again what those had done, for
the same person and need, and nothing had changed that made it right.

A row that is "not found": look the person up wherever they are known, under any
spelling. Say duplicate if the contact did again what any agency had done.

Say cannot tell where the files do not show it. Leave a verdict blank only until it is
looked up: blank rows leave a smaller sample.

Change nothing but verdict, auditor and remark. Several people may fill copies; hand in
all of them.

The sheet names records: it stays inside the partnership."""


@audit.command()
def sheet(
    place: PlaceFile,
    *,
    to: Out = Path("audit"),
    size: Annotated[
        int | None, typer.Option(help="Contacts to look up, half of them findings.")
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(
            help="In place of --size: how well to know the share that is right, such "
            "as 0.05 for five points."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another sample.", min=0)] = 0,
) -> None:
    """Draw contacts to look up, found and not found, and write the sheet to fill."""
    with faults_listed():
        if size is not None and within is not None:
            msg = "--size and --within were both given. Give one of them."
            raise InsightError(msg)
        if within is not None:
            size = 2 * audit_size(within)
        with progress_shown() as step, opened_place(read_place(place), step) as opened:
            found = duplication_in(opened)
            drawn = draw_audit(found, size=400 if size is None else size, seed=seed)
        drawn["weight"] = [f"{weight:.8g}" for weight in drawn["weight"]]
        drawn["check"] = [
            seal_of(row) for row in drawn[list(SEALED)].itertuples(index=False)
        ]
        form = Form(
            rows=drawn,
            choice=("verdict", ALLOWED),
            words=ANSWERS[1:],
            beside={"How to check": _how()},
        )
        written = write_forms(to, {"audit": form})
        out.print(
            f"{len(drawn)} contacts to look up, as a workbook and as CSV: fill one of "
            "the two. They name records, so keep them inside the partnership."
        )
        for file in written:
            out.print(f"  {file}", style="bold", markup=False)


def _how() -> pd.DataFrame:
    parts = [" ".join(part.split()) for part in HOW.split("\n\n")]
    return pd.DataFrame({"passage": parts})


@audit.command()
def read(
    place: PlaceFile,
    sheets: Annotated[list[Path], typer.Argument(help="The sheets that were filled.")],
    *,
    to: Out = Path("audited"),
) -> None:
    """Read filled sheets into the table audit of a place, and say what they show."""
    with faults_listed():
        rows = filled({file.name: rows_of_file(file) for file in sheets})
        with progress_shown() as step, opened_place(read_place(place), step) as opened:
            result = read_audit(rows, duplication_in(opened))
        (file,) = write_tables(to, {"audit": rows})
        out.print(f"- {escape(str(result))}")
        out.print("- For `run` to use it, say in place.toml:")
        for line in ("[tables.audit]", f'file = "{file}"'):
            out.print(f"  {line}", style="bold", markup=False)


def filled(sheets: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of filled sheets as the table `audit` of a place.

    Parameters
    ----------
    sheets
        Name of a file to its rows, as texts. A row may be filled in one sheet and
        blank in another; answers that differ are refused.

    Raises
    ------
    InsightError
        If a sheet lacks columns or was changed in more than its answers, or two
        sheets give different verdicts on a contact.
    """
    parts = []
    for name, given in sheets.items():
        lacks = [each for each in (*SEALED, *ANSWERS, "check") if each not in given]
        if lacks:
            msg = f"{name} lacks the columns {lacks}. Hand in the sheet that was made."
            raise InsightError(msg)
        rows = texts(given, [*SEALED, *ANSWERS, "check"])
        seals = [seal_of(row) for row in rows[list(SEALED)].itertuples(index=False)]
        changed = rows["check"] != seals
        if changed.any():
            first = rows.loc[changed, "audit_id"].iloc[0]
            msg = (
                f"{name}: {int(changed.sum())} rows, {first!r} the first, were changed "
                "in more than verdict, auditor and remark. Copy them from a fresh "
                "sheet, and answer there."
            )
            raise InsightError(msg)
        parts.append(rows.drop(columns="check"))
    together = pd.concat(parts, ignore_index=True)
    together["verdict"] = together["verdict"].str.strip().str.casefold()
    answered = together[together["verdict"] != ""]
    many = answered.groupby("audit_id")["verdict"].nunique()
    differ = many.index[many > 1]
    if len(differ):
        msg = (
            f"the sheets differ on {len(differ)} contacts, {differ[0]!r} the first. "
            "Agree on a verdict, and give it in one sheet or in all."
        )
        raise InsightError(msg)
    both = pd.concat([answered, together]).drop_duplicates("audit_id")
    return both.sort_values("audit_id", ignore_index=True)
