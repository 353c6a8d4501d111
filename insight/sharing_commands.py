"""Commands to share one segmentation: apply a model, or fit one with others."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.markup import escape

from insight.counted_tables import counted_table
from insight.errors import InsightError
from insight.release.exchanges import (
    begin,
    combine_round,
    contribute,
    read_text,
    standing,
)
from insight.release.models import write_assignments
from insight.terminal import faults_listed, out, progress_shown
from place.errors import rows_unquoted
from segmentation.share.exchange import Said
from segmentation.share.federated_plan import Agreement, plan_of, plan_on
from segmentation.share.model import read_model
from segmentation.share.model_sql import assign_sql
from segmentation.share.sealed import faults_of, read_sealed

if TYPE_CHECKING:
    from segmentation.share.federated_plan import Plan

__all__ = ["assign", "federate"]

federate = typer.Typer(
    name="federate",
    help="Fit segments together with other agencies: sums and counts leave, rows "
    "never do.",
    no_args_is_help=True,
)
Shared = Annotated[Path, typer.Argument(help="The folder that agencies share.")]
Key = Annotated[
    str, typer.Option(help="Column that names a row; else customer_id or area_code.")
]


def assign(
    model: Annotated[Path, typer.Argument(help="A segments.json.")],
    table: Annotated[
        Path | None, typer.Argument(help="CSV, Excel or Parquet of counts.")
    ] = None,
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
    key: Key = "",
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the query instead of running it.")
    ] = False,
    dialect: Annotated[str, typer.Option(help="Of --sql: duckdb or spark.")] = "duckdb",
) -> None:
    """Give each row of a table its segment of a shared model."""
    with faults_listed():
        known = read_model(read_text(model), what=model.name)
        if sql:
            if dialect not in {"duckdb", "spark"}:
                msg = f"--dialect is {dialect!r}. Choose duckdb or spark."
                raise InsightError(msg)
            name = _named(table.stem if table else "my_table", dialect)
            print_plainly(
                assign_sql(
                    known,
                    name,
                    key or "customer_id",
                    dialect="spark" if dialect == "spark" else "duckdb",
                )
            )
            return
        if table is None:
            msg = "name a table to assign, or ask for the query with --sql."
            raise InsightError(msg)
        kind = "parquet" if table.suffix.lower() == ".parquet" else "csv"
        with (
            progress_shown() as step,
            counted_table(table, known.features, known.variables, key=key) as opened,
        ):
            step(f"Assigning {table.name}")
            written = write_assignments(to, known, opened, table.stem, kind=kind)
        out.print(escape(f"{known} {written}{opened.set_aside}"))
        out.print(f"  {written.file}", style="bold", markup=False)


def _named(table: str, dialect: str) -> str:
    """Return a table's name as it stands after FROM."""
    mark = "`" if dialect == "spark" else '"'
    plain = table.isidentifier() and table.isascii()
    return table if plain else f"{mark}{table.replace(mark, 2 * mark)}{mark}"


def print_plainly(text: str) -> None:
    """Print a text as it is, to be read by a machine."""
    typer.echo(text)


@federate.command()
def plan(
    agreement: Annotated[
        Path,
        typer.Argument(
            help="What was agreed, as TOML; or a segments.json to begin from."
        ),
    ],
    folder: Shared,
    *,
    agency: Annotated[
        list[str] | None,
        typer.Option(help="With a segments.json: an agency; repeat for each."),
    ] = None,
    minimum: Annotated[
        int, typer.Option(help="With a segments.json: least rows of a sum.", min=1)
    ] = 10,
) -> None:
    """Lay down the plan of a fit, and its first round."""
    with faults_listed():
        agreed = (
            plan_on(
                read_model(read_text(agreement), what=agreement.name),
                agency or [],
                minimum=minimum,
            )
            if agreement.suffix.lower() == ".json"
            else _plan_from(agreement)
        )
        stands = begin(folder, agreed)
        out.print(escape(f"Plan {agreed.checksum[:19]}... {stands}"))


@federate.command("contribute")
def contribute_rows(
    folder: Shared,
    agency: Annotated[str, typer.Argument(help="Your name in the plan.")],
    table: Annotated[
        Path, typer.Argument(help="Your rows: CSV, Excel or Parquet. They stay here.")
    ],
) -> None:
    """Write the sums and counts of your rows for the round that is open."""
    with faults_listed():
        agreed = standing(folder).plan
        with (
            counted_table(table, agreed.features, agreed.variables) as opened,
            rows_unquoted(f"reading {table.name}"),
        ):
            rows = opened.connection.sql(f"SELECT * FROM {opened.sql}").df()
        file, left_out = contribute(folder, agency, rows)
        said = read_sealed(read_text(file), Said, file.name)
        out.print(
            escape(
                f"{file.name}: sums and counts of {len(rows) - left_out:,} rows; "
                f"{left_out:,} were left out, since they lack a value."
                f"{opened.set_aside}{_refused(said, agreed)}"
            )
        )
        out.print(escape(str(standing(folder))))


def _refused(said: Said, agreed: Plan) -> str:
    few, all_ = len(said.refused), len(said.refused) + len(said.parts)
    return (
        f" Of {few} of {all_} starts nothing was told: a sum would be over fewer than "
        f"{agreed.minimum} rows."
        if few
        else ""
    )


@federate.command()
def combine(folder: Shared) -> None:
    """Combine the round that is open, once all have contributed."""
    with faults_listed():
        when = datetime.now(UTC).isoformat(timespec="seconds")
        out.print(escape(str(combine_round(folder, when=when))))


@federate.command()
def status(folder: Shared) -> None:
    """Say where a fit stands, and whom it waits for."""
    with faults_listed():
        out.print(escape(str(standing(folder))))


def _plan_from(file: Path) -> Plan:
    """Read what was agreed out of a TOML file."""
    try:
        content: dict[str, Any] = tomllib.loads(read_text(file))
        return plan_of(Agreement.model_validate(content))
    except tomllib.TOMLDecodeError as wrong:
        msg = f"{file.name}: cannot be read as TOML: {wrong}. Correct that line."
        raise InsightError(msg) from None
    except ValidationError as wrong:
        msg = f"{file.name}: {faults_of(wrong)}. Correct what was agreed."
        raise InsightError(msg) from None
