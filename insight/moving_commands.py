"""A command to move counts to other boundaries, by a look-up or by shared ground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import pandas as pd
import pyarrow as pa
import typer
from rich.markup import escape

from insight.errors import InsightError
from insight.release import Door, Sheet, release, rule_named
from insight.release.rules import protect
from insight.release.sheet import TOTALS
from insight.terminal import faults_listed, out, progress_shown
from place import Source
from place.areas import read_areas
from place.reading import ROW, open_rows
from segmentation.change.boundaries import by_lookup
from segmentation.change.overlay import by_area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from insight.release import Released
    from segmentation.change.boundaries import Rebased
    from segmentation.change.overlay import Overlaid

__all__ = ["counts_of", "rebase"]

SHOWN: Final = 5  # rows that were set aside, told one by one


def rebase(
    values: Annotated[
        Path, typer.Argument(help="Counts on area_code: CSV, Excel or Parquet.")
    ],
    lookup: Annotated[
        Path | None,
        typer.Argument(help="from_code, to_code and, if parted, share or weight."),
    ] = None,
    *,
    boundaries: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Without a look-up: old boundaries, then new ones."),
    ] = None,
    control: Annotated[
        str, typer.Option(help="A count that the new boundaries hold too.")
    ] = "",
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
    rule: Annotated[str, typer.Option(help="Of small numbers.")] = "nhs_1_7_round5",
) -> None:
    """Move counts to other boundaries; nothing is lost, and the error is stated."""
    with faults_listed():
        door = Door(to, rule_named(rule), values.stem, synthetic=False)
        if (lookup is None) == (boundaries is None):
            msg = "name either a look-up, or --boundaries OLD NEW."
            raise InsightError(msg)
        with progress_shown() as step:
            step(f"Reading {values.name}")
            counts, words = counts_of(values)
            step(f"Moving {len(counts):,} areas")
            if lookup is not None:
                moved = by_lookup(counts, _lookup(lookup))
                told = str(moved.nesting)
                released = _by_lookup(moved, door)
            else:
                old, new = map(_drawn, boundaries or ())
                laid = by_area(counts, old, new, control=control or None)
                told = str(laid)
                released = _by_area(laid, door)
        if words:
            out.print(f"Columns that are no counts stay behind: {', '.join(words)}.")
        out.print(escape(told))
        for table in released:
            out.print(escape(f"- {table}"))
        out.print(f"  {to / released[0].path}", style="bold", markup=False)


def _source(file: Path) -> Source:
    if not file.is_file():
        msg = f"{file}: there is no such file. Correct the path."
        raise InsightError(msg)
    return Source(file=file)


def counts_of(file: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns of counts, whole numbers as such, and the other columns."""
    areas = _drawn(file)
    total = [
        str(code) for code in areas.index if str(code).strip().casefold() in TOTALS
    ]
    if total:
        msg = (
            f"{file.name}: the row {total[0]!r} adds up others, and is no area. Leave "
            "it out."
        )
        raise InsightError(msg)
    table = pd.DataFrame(areas.drop(columns="geometry")).dropna(axis=1, how="all")
    numbers = table.select_dtypes("number")
    whole = [name for name in numbers if (numbers[name].fillna(0.0) % 1 == 0).all()]
    numbers = numbers.astype(dict.fromkeys(whole, "Int64"))
    return numbers, [str(name) for name in table.columns.drop(numbers.columns)]


def _lookup(file: Path) -> pd.DataFrame:
    opened = open_rows(_source(file))
    schema = pa.schema([(ROW, pa.int64()), *opened.schema])
    table: pd.DataFrame = pa.Table.from_batches(opened.rows(), schema).to_pandas()
    for name in ("share", "weight"):
        if name in table:
            table[name] = pd.to_numeric(table[name], errors="coerce")
    _tell(file, opened.ragged)
    return table.drop(columns=ROW)


def _drawn(file: Path) -> gpd.GeoDataFrame:
    areas, (checked,) = read_areas([_source(file)])
    _tell(file, checked.broken)
    return areas


def _tell(file: Path, aside: Sequence[tuple[int, str]]) -> None:
    """Say which rows of a file could not be used."""
    if aside:
        some = "; ".join(f"row {row}: {reason}" for row, reason in aside[:SHOWN])
        said = f"{len(aside):,} rows of {file.name} were set aside. {some}"
        out.print(escape(said + "; and more" * (len(aside) > SHOWN)), style="yellow")


def _by_lookup(moved: Rebased, door: Door) -> list[Released]:
    names = [str(name) for name in moved.table]
    table = moved.table.assign(from_split_share=moved.from_split.round(4))
    sheet = Sheet(
        name="rebased",
        title="Counts on the new boundaries",
        counts=names,
        measures={"from_split_share": names[0]},
        labels=["area_code"],
        note="from_split_share: how much of the first count comes from areas that were "
        "parted; 0 is exact.",
    )
    released = {"moved": release(door, _whole(table, names), sheet)}
    if len(moved.unmatched):
        unmatched = Sheet(
            name="rebased-unmatched",
            title="Areas without a target",
            counts=names,
            labels=["area_code"],
        )
        released["unmatched"] = release(door, _whole(moved.unmatched, names), unmatched)
    return [*released.values(), _balance(moved.balance, released, door)]


def _by_area(laid: Overlaid, door: Door) -> list[Released]:
    names = [str(name) for name in laid.table]
    trust = laid.trust.rename(columns={"from_split": "from_split_share"})
    sheet = Sheet(
        name="rebased",
        title="Counts on the new boundaries",
        counts=names,
        public=["from_split_share"],
        labels=["area_code"],
        note="Shared by ground: exact where no area was parted; close, rough or a "
        "guess by the share of ground of areas that were.",
    )
    table = _whole(laid.table.join(trust.round(4)), names)
    released = release(door, table, sheet)
    return [released, _balance(laid.balance, {"moved": released}, door)]


def _balance(
    balance: pd.DataFrame, released: Mapping[str, Released], door: Door
) -> Released:
    """Add up what was released: other sums would tell what is hidden there."""
    given, *parts = map(str, balance)
    table = _whole(balance.rename_axis("column"), [given, *parts])
    for part, cells in released.items():
        hidden = cells.hidden[table.index].any()
        table[part] = cells.frame[table.index].sum().mask(hidden).astype("Int64")
    shown = pd.DataFrame({part: protect(table[part], door.rule)[0] for part in parts})
    table[given] = shown.sum(axis=1, skipna=False)
    sheet = Sheet(
        name="rebased-balance",
        title="What went where, in all",
        counts=[given, *parts],
        labels=["column"],
        note="Sums of figures that are shown; none where one of them is hidden.",
    )
    return release(door, table, sheet)


def _whole(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return counts as whole numbers: a part of a person is nobody's to see."""
    return table.assign(**{name: table[name].round().astype("Int64") for name in names})
