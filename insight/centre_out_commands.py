"""Commands on national figures: bring them down to places, compare, say it a head."""

from __future__ import annotations

from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import pandas as pd
import pyarrow as pa
import typer
from rich.markup import escape

from insight.chapters.centre_out import centre_out_chapter
from insight.chapters.per_head import per_head_chapter
from insight.command_page import page_of
from insight.errors import InsightError
from insight.loose_tables import source_of
from insight.release import Door, Sheet, release, rule_named, write_page
from insight.release.forms import write_tables
from insight.spend.centre_out import (
    centre_out,
    centre_out_interval,
    described_weights,
    keys_of,
)
from insight.spend.headings import with_headings
from insight.spend.national import read_national
from insight.spend.per_head import per_head
from insight.spend.place_counts import place_counts
from insight.terminal import faults_listed, out, progress_shown
from place import open_place, read_place
from place.cells import tidied
from place.reading import ROW, open_rows
from place.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.release import Released
    from insight.spend.national_words import Unit as NationalUnit
    from place import OpenPlace

__all__ = ["centre_out_command", "heads", "table_one", "weights_template"]

TABLES: Final = (
    "regional_spend", "place_keys", "allocation_weights", "local_figures",
    "own_keys", "place_totals", "need_indices", "spend", "headings",
)  # fmt: skip
WORDS: Final = {
    "place", "district", "region", "covers", "cofog", "key", "index", "kind", "source",
    "note", "body", "evidence", "period",
}  # fmt: skip
PENCE: Final = 100
MOST: Final = 1e15  # beyond it, and beyond pence that can be counted, is no figure
NOTE: Final = "As published and as allocated, unaudited."
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]


class Unit(StrEnum):
    """What a column of a year holds."""

    million = "million"
    thousand = "thousand"
    pounds = "pounds"


_UNITS: Final[dict[Unit | None, NationalUnit]] = {
    Unit.million: "million",
    Unit.thousand: "thousand",
    Unit.pounds: "pounds",
}


@contextmanager
def _opened(file: Path) -> Iterator[OpenPlace]:
    """Open the tables of a place that national figures need, and no other."""
    place = read_place(file)
    only = {name: place.tables[name] for name in TABLES if name in place.tables}
    with scratch() as work:
        opened = open_place(place.model_copy(update={"tables": only}), work)
        with closing(opened.engine):
            if opened.has("spend"):
                with_headings(opened.engine)
            yield opened


def _frame(file: Path) -> pd.DataFrame:
    """Return a small table: words under the headings that are words, else numbers."""
    opened = open_rows(source_of(file))
    schema = pa.schema([(ROW, pa.int64()), *opened.schema])
    rows = pa.Table.from_batches(opened.rows(), schema).drop_columns([ROW])
    frame: pd.DataFrame = pd.DataFrame(
        {
            name: tidied(rows[name].combine_chunks(), ("NULL",)).to_pandas()
            for name in rows.column_names
        }
    )
    if opened.ragged:
        said = f"{len(opened.ragged):,} rows of {file.name} cannot be read as rows."
        out.print(escape(said), style="yellow")
    for name in frame.columns.difference(list(WORDS)):
        frame[name] = _numbers(frame[name], file)
    return frame


def _numbers(cells: pd.Series[str], file: Path) -> pd.Series[float]:
    plain = cells.astype("string").str.replace(r"[£,]", "", regex=True)
    numbers = pd.to_numeric(plain, errors="coerce").astype("Float64")
    numbers = numbers.where(numbers.abs() < MOST)
    bad = int((numbers.isna() & cells.notna()).sum())
    if bad:
        msg = (
            f"{file.name}: {bad} cells of {cells.name!r} are no numbers. Correct them, "
            "or leave the column out."
        )
        raise InsightError(msg)
    return numbers.astype(float)


def _money(frame: pd.DataFrame, column: str, file: Path) -> dict[str, int]:
    """Return pence by place."""
    lacks = sorted({"place", column} - set(frame.columns))
    if lacks or frame[["place", column]].isna().any(axis=None):
        msg = (
            f"{file.name}: lacks {lacks or 'cells'} of place and {column}; it has "
            f"{list(frame.columns)}. Give both in each row."
        )
        raise InsightError(msg)
    pence = (frame[column] * PENCE).round().astype("int64")
    if frame["place"].duplicated().any():
        msg = f"{file.name}: a place comes twice. Give each one row."
        raise InsightError(msg)
    return dict(zip(frame["place"], map(int, pence), strict=True))


def _released(door: Door, frame: pd.DataFrame, name: str, title: str) -> Released:
    figures = [str(each) for each in frame.select_dtypes("number")]
    labels = [each for each in ("cofog",) if each in frame]
    sheet = Sheet(name=name, title=title, public=figures, labels=labels, note=NOTE)
    return release(door, frame, sheet)


def _door(to: Path, file: Path) -> Door:
    return Door(to, rule_named("nhs_1_7_round5"), file.stem, synthetic=False)


def centre_out_command(
    source: Annotated[
        Path,
        typer.Argument(
            help="A place.toml or its folder; or a file of national figures."
        ),
    ],
    *,
    keys: Annotated[
        Path | None, typer.Option(help="With a file: place, region, covers and keys.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="cofog, key, weight; else population alone.")
    ] = None,
    period: Annotated[str, typer.Option(help="Year to take, such as 2008-09.")] = "",
    unit: Annotated[
        Unit | None, typer.Option(help="What a column of a year holds.")
    ] = None,
    to: Out = Path("out"),
) -> None:
    """Bring national figures down to places, with intervals; hold counts against."""
    with faults_listed():
        if source.is_dir() or source.suffix == ".toml":
            _of_place(source, to)
            return
        if keys is None:
            msg = f"{source.name} is a file of national figures: name --keys too."
            raise InsightError(msg)
        with progress_shown() as step:
            step(f"Reading {source.name}")
            spend = read_national(source, period=period, unit=_UNITS.get(unit))
            step("Allocating")
            made = centre_out(
                spend,
                keys_of(_frame(keys)),
                weights=None if weights is None else _frame(weights),
            )
            found = centre_out_interval(made)
        door = _door(to, source)
        for said in (str(spend), *spend.notes, str(made), str(found)):
            out.print(f"- {escape(said)}")
        shown = found.places.rename(
            columns={name: f"{name}_share" for name in ("weights", "keys", "residual")}
        )
        by_place = _released(
            door, shown.reset_index(), "centre_out_places", "National figures by place"
        )
        _released(
            door,
            found.cofogs.reset_index(),
            "centre_out_by_cofog",
            "National figures by place and function",
        )
        out.print(f"  {to / by_place.path}", style="bold", markup=False)


def _of_place(file: Path, to: Path) -> None:
    """Write a page of what a place's own tables tell."""
    with progress_shown() as step, _opened(file) as opened:
        about = opened.place.place
        rule = rule_named(opened.place.release.rule)
        door = Door(to, rule, about.name, about.synthetic)
        step("Bringing national figures down to the place")
        spend = opened.place.spend
        chapters = [
            centre_out_chapter(opened, door, bodies=spend.bodies, prices=spend.prices)
        ]
        if opened.has("spend") or opened.has("place_totals"):
            chapters.append(per_head_chapter(opened, door))
    page = page_of(
        door,
        [chapter.section for chapter in chapters],
        headlines=[card for chapter in chapters for card in chapter.headlines],
        sources=list(opened.checked),
        period=about.period or "",
    )
    for sentence in (said for chapter in chapters for said in chapter.sentences):
        out.print(f"- {escape(sentence)}")
    written = write_page(door, "centre-out", page)
    out.print(f"National figures: [bold]{escape(str(written.resolve()))}[/]")


def table_one(
    counts: Annotated[
        Path, typer.Argument(help="place, centre_pounds (A) and local_pounds (B).")
    ],
    *,
    to: Out = Path("out"),
) -> None:
    """Hold two counts of places against one another, as the report's Table 1 does."""
    with faults_listed():
        frame = _frame(counts)
        done = place_counts(
            _money(frame, "centre_pounds", counts),
            _money(frame, "local_pounds", counts),
        )
        released = _released(
            _door(to, counts), done.table.reset_index(), "two_counts", "Two counts"
        )
        out.print(f"- {escape(str(done))}\n- {escape(str(done.residual))}")
        out.print(f"  {to / released.path}", style="bold", markup=False)


def heads(
    places: Annotated[Path, typer.Argument(help="place, people and amount_pounds.")],
    needs: Annotated[
        Path | None, typer.Argument(help="place, index, value and kind.")
    ] = None,
    *,
    to: Out = Path("out"),
) -> None:
    """Say spend a head of places, raw beside adjusted for need."""
    with faults_listed():
        frame = _frame(places)
        spend = _money(frame, "amount_pounds", places)
        if "people" not in frame:
            msg = f"{places.name}: lacks people, the residents of each place. Add them."
            raise InsightError(msg)
        people = dict(zip(frame["place"], frame["people"].fillna(0.0), strict=True))
        found = per_head(spend, people, needs=None if needs is None else _frame(needs))
        door = _door(to, places)
        released = _released(
            door, found.table.reset_index(), "per_head", "Spend a head, raw"
        )
        if len(found.adjusted):
            _released(door, found.adjusted, "per_head_adjusted", "Adjusted for need")
        out.print(f"- {escape(str(found))}")
        out.print(f"  {to / released.path}", style="bold", markup=False)


def weights_template(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
) -> None:
    """Write weights to begin with: what the report describes, and what is ours."""
    with faults_listed():
        (file,) = write_tables(folder, {"allocation_weights": described_weights()})
        out.print("Each row says whether the report describes it or it is ours:")
        out.print(f"  {file}", style="bold", markup=False)
