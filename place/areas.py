"""Open the areas of a place: boundaries, census counts and codes, one row an area.

The first file names the areas; each further file adds columns to them by
`area_code`. A place without boundaries is still a place: it has no map.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from place.boundaries import holds_boundaries, open_boundaries, undrawable
from place.cells import tidied
from place.checking import Checked, check_frame, headings
from place.columnar import arrow_of, open_table
from place.errors import PlaceError
from place.reading import open_rows
from place.rows import ROW
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from place.rows import Opened
    from place.settings import Source

__all__ = ["read_areas"]

AREAS: Final = CONTRACTS["areas"]
_COUNTS: Final = ("population", "households")
_NUMBER: Final = r"^[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][-+]?\d{1,2})?$"
_CODE: Final = r"^0\d"  # 007 is a code: its zeros matter


def read_areas(sources: Sequence[Source]) -> tuple[gpd.GeoDataFrame, list[Checked]]:
    r"""Read and check the areas of a place.

    Parameters
    ----------
    sources
        The files. One that names areas of an earlier file adds columns to them;
        one that names none of them adds its areas.

    Returns
    -------
    areas
        Indexed by `area_code`; `population`, `households`, every other column of
        the files under its own heading, and `geometry` (missing where there is
        none) in metres. A column of numbers is numbers, unless one is written with
        a zero in front, as codes are.
    checked
        One a file: rows in, out, and rejected with the reason.

    Raises
    ------
    PlaceError
        If a file cannot be read, lacks `area_code`, has no coordinate system, or
        two files disagree about a column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from place import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "areas.csv")
    ...     _ = file.write_text("area_code,population\nE01,\"1,204\"\n,7\n")
    ...     areas, checked = read_areas([Source(file=file)])
    >>> areas.loc["E01", "population"], checked[0].broken
    (np.float64(1204.0), ((3, 'area_code is missing'),))
    """
    areas, first = _read_file(sources[0])
    checked = [first]
    for source in sources[1:]:
        more, result = _read_file(source)
        if not more.index.isin(areas.index).any():  # other areas: below, not beside
            areas = gpd.GeoDataFrame(pd.concat([areas, more]))
            checked.append(result)
            continue
        unknown = more.index.difference(areas.index)
        stray = f"area_code is not an area of {sources[0].file.name}: "
        broken = [(int(more.loc[code, ROW]), stray + code) for code in unknown]
        checked.append(replace(result, broken=tuple(sorted([*result.broken, *broken]))))
        areas = _joined(areas, more.drop(index=unknown), source.file.name)
    areas = areas.drop(columns=ROW)
    for name in _COUNTS:
        if name not in areas:
            areas[name] = float("nan")
    if "geometry" not in areas:
        areas["geometry"] = None
    return gpd.GeoDataFrame(areas, geometry="geometry"), checked


def _read_file(source: Source) -> tuple[pd.DataFrame, Checked]:
    """Read a file whole (areas are few enough to look at) and keep its good rows."""
    drawn = open_boundaries(source) if holds_boundaries(source.file) else None
    if drawn is None:
        opened = open_rows(source)
    else:
        flat = pd.DataFrame(drawn.select_dtypes(exclude="geometry"))
        opened = open_table(arrow_of(flat, source.file.name), source.file)
    matched = headings(AREAS, source, opened)
    batches = list(opened.rows())
    also = undrawable(drawn) if drawn is not None else {}
    kept, checked = check_frame(
        AREAS,
        source,
        replace(opened, rows=lambda: iter(batches)),
        also=[(at + 2, reason) for at, reason in also.items()],
    )
    good = cast("pd.DataFrame", kept.to_pandas()).set_index(ROW, drop=False)
    supplied = {*matched, *source.constants}
    good = good.drop(columns=[name for name in _COUNTS if name not in supplied])
    frame = pd.concat([good, _others(source, opened, matched, batches)], axis=1)
    frame = frame.loc[good.index]
    if drawn is not None:
        frame["geometry"] = drawn.geometry.iloc[good.index - 2].set_axis(good.index)
    return frame.set_index("area_code"), checked


def _others(
    source: Source,
    opened: Opened,
    matched: dict[str, str],
    batches: list[pa.RecordBatch],
) -> pd.DataFrame:
    """Return the columns that no contract knows, by row number."""
    known = {column.name for column in AREAS.columns}
    read = {name for name in matched.values() if name.casefold() in known}
    names: dict[str, str] = {}
    for name in opened.columns:
        if name == matched.get("area_code") or name in read:
            continue
        if name.casefold() in {*names, *known, "geometry", ROW}:
            msg = (
                f"{source.file.name}: there is another column called {name!r} but for "
                "its capitals, or totalplace calls its own so. Rename it."
            )
            raise PlaceError(msg)
        names[name.casefold()] = name
    at = [opened.columns.index(name) + 1 for name in names.values()]
    rows = pd.Index([row for batch in batches for row in batch.column(0).to_pylist()])
    columns = {
        opened.columns[place - 1]: _plain(
            pa.chunked_array(
                [batch.column(place) for batch in batches],
                type=opened.schema.field(place - 1).type,
            ),
            source.missing,
        )
        for place in at
    }
    return pd.DataFrame(columns).set_axis(rows) if columns else pd.DataFrame(index=rows)


def _plain(column: pa.ChunkedArray, missing: Sequence[str]) -> pd.Series:
    """Return numbers where all that is there is a number, else text as it stands."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_string(column.type):
        parts = [tidied(part, missing) for part in column.chunks]
        column = pa.chunked_array(parts, pa.string())
        there = column.drop_null()
        fits = pc.match_substring_regex(there, _NUMBER)
        is_code = pc.match_substring_regex(there, _CODE)
        if len(there) and pc.all(fits).as_py() and not pc.any(is_code).as_py():
            digits = pc.replace_substring_regex(column, "^[+]|,", "")
            column = digits.cast(pa.float64())
    return cast("pd.Series", column.to_pandas())


def _joined(areas: pd.DataFrame, more: pd.DataFrame, file: str) -> pd.DataFrame:
    """Add columns; one that stands on both sides must say the same."""
    both = [name for name in more.columns if name in areas and name != ROW]
    for name in both:
        old, new = areas.loc[more.index, name], more[name]
        if name == "geometry" or not ((old == new) | (old.isna() & new.isna())).all():
            msg = (
                f"{file}: column {name!r} stands in an earlier file of areas too, "
                "maybe with other values. Rename it, or leave one out."
            )
            raise PlaceError(msg)
    known = {str(name).casefold(): name for name in areas.columns}
    for name in more.columns.difference([*both, ROW]):
        if str(name).casefold() in known:
            msg = (
                f"{file}: column {name!r} and {known[str(name).casefold()]!r} of an "
                "earlier file differ only in capitals. Rename one of them."
            )
            raise PlaceError(msg)
    return areas.join(more.drop(columns=[*both, ROW]))
