"""Open a whole place: every table checked, and readable through its engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from place.checking import Checked, check_table
from place.engine import start_engine
from place.errors import PlaceError
from place.reading import open_rows
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

    from place.engine import Engine
    from place.reading import Reader
    from place.settings import Place

__all__ = ["OpenPlace", "open_place", "write_rejected"]


@dataclass(frozen=True, kw_only=True)
class OpenPlace:
    """A place whose tables stand checked in its engine.

    `areas` is also there as a frame with boundaries; `checked` holds, for each
    table, what came of each of its files.
    """

    place: Place
    engine: Engine
    areas: gpd.GeoDataFrame | None
    checked: Mapping[str, tuple[Checked, ...]]

    def has(self, *tables: str) -> bool:
        """Say whether the place supplies all these tables."""
        return all(table in self.checked for table in tables)

    def counts(self) -> pd.DataFrame:
        """Return rows in, out and rejected, and columns not used, one row a file."""
        rows = [
            {
                "table": name,
                "file": one.file,
                "rows_in": one.rows_in,
                "rows_out": one.rows_out,
                "rejected": len(one.broken),
                "unused": ", ".join(one.unused),
            }
            for name, several in self.checked.items()
            for one in several
        ]
        columns = ["table", "file", "rows_in", "rows_out", "rejected", "unused"]
        return pd.DataFrame(rows, columns=columns)


def open_place(
    place: Place,
    work: Path,
    *,
    readers: Mapping[str, Reader] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> OpenPlace:
    """Check every table of a place and open it in the place's engine.

    Parameters
    ----------
    place
        The settings.
    work
        A private folder for checked copies; delete it when the engine is closed.
    readers
        Further kinds of file, such as ".xes", and what reads each.
    progress
        Told the name of each table as it is opened.

    Returns
    -------
    opened
        The place, open. Close its engine when done.

    Raises
    ------
    PlaceError
        With the faults of all tables: files that cannot be read, columns that
        are missing, tables of which no row keeps the contract.
    """
    faults: list[str] = []
    checked: dict[str, tuple[Checked, ...]] = {}
    areas = None
    for name, sources in place.tables.items():
        progress(name)
        try:
            if name == "areas":
                from place.areas import read_areas  # noqa: PLC0415 - slow to import

                areas, results = read_areas(sources)
            else:
                results = _check(place, name, work, readers)
        except PlaceError as found:
            faults += found.faults
            continue
        faults += _nothing_left(name, results)
        checked[name] = tuple(results)
    if faults:
        raise PlaceError(*faults)
    options = place.engine
    engine = start_engine(
        options.backend, memory=options.memory, threads=options.threads
    )
    try:
        for name in checked:
            if areas is not None and name == "areas":
                engine.register(name, _plain(areas))
            else:
                engine.open(name, [work / f"{name}.parquet"])
    except BaseException:
        engine.close()
        raise
    return OpenPlace(place=place, engine=engine, areas=areas, checked=checked)


def _check(
    place: Place, name: str, work: Path, readers: Mapping[str, Reader] | None
) -> list[Checked]:
    """Check a table other than areas, after opening every file of it."""
    faults: list[str] = []
    opened = []
    for source in place.tables[name]:
        try:
            opened.append((source, open_rows(source, readers=readers)))
        except PlaceError as found:
            faults += found.faults
    if faults:
        raise PlaceError(*faults)
    return check_table(
        CONTRACTS[name],
        opened,
        zone=place.place.time_zone,
        target=work / f"{name}.parquet",
        memory=place.engine.memory,
        threads=place.engine.threads,
    )


def _nothing_left(name: str, results: list[Checked]) -> Iterator[str]:
    for result in results:
        if result.rows_out:
            continue
        if not result.rows_in:
            yield f"{result.file}: has a heading but no rows. Export {name} again."
        else:
            row, reason = result.broken[0]
            yield (
                f"{result.file}: every one of {result.rows_in} rows breaks the "
                f"contract of {name}; row {row}: {reason}. Correct the file, or what "
                f"[tables.{name}] says of it."
            )


def _plain(areas: gpd.GeoDataFrame) -> pa.Table:
    """Return areas without boundaries, numbers as DOUBLE and the rest as text."""
    columns = {"area_code": pa.array(areas.index.astype(str), pa.string())}
    for name in areas.columns.drop("geometry"):
        column = areas[name]
        if pd.api.types.is_numeric_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=float("nan"))
            columns[str(name)] = pa.array(numbers, from_pandas=True)
        else:
            text = column.astype("string")
            columns[str(name)] = pa.array(text, pa.string(), from_pandas=True)
    return pa.table(columns)


def write_rejected(opened: OpenPlace, folder: Path) -> dict[str, Path]:
    """Write `rejected/TABLE.csv`: file, row number and reason, no row itself.

    Returns
    -------
    written
        Table name to file, for tables with at least one rejected row. Files of
        an earlier run are replaced or removed.
    """
    written = {}
    for name in CONTRACTS:
        target = folder / f"{name}.csv"
        rejected = [
            (one.file, *pair)
            for one in opened.checked.get(name, ())
            for pair in one.broken
        ]
        if not rejected:
            target.unlink(missing_ok=True)
            continue
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        frame = pd.DataFrame(rejected, columns=["file", "row", "reason"])
        frame.to_csv(target, index=False, encoding="utf-8-sig")
        written[name] = target
    return written
