"""How many red and green flags a place has, and over how many areas.

The Comprehensive Area Assessment of 2009 gave flags to areas, and a place may hold
several areas, so a count means nothing without its exposure: the number of areas.
An area's count may be known, or bounded, or not known at all. A place has a count
only if all its areas have one; otherwise it has bounds. A missing row is not a
zero, for an area without flags was assessed and is written down as 0.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import pandas as pd

from insight.errors import InsightError

__all__ = ["COLOURS", "Colour", "flags_per_place", "unsourced_zeros"]

Colour: TypeAlias = Literal["red", "green"]
COLOURS: Final[tuple[Colour, ...]] = ("red", "green")
NEEDED: Final = ("place", "area", "colour")
FIGURES: Final = ["count", "minimum", "maximum"]
NOT_COUNTED: Final = ("not found", "partial", "unknown", "missing")
"""Words of `status` that no count can stand beside."""


def flags_per_place(flags: pd.DataFrame) -> pd.DataFrame:
    """Add up flags over the areas of each place.

    Parameters
    ----------
    flags
        One row an area and colour: `place`, `area`, `colour` ("red" or "green") and
        `count`, or `minimum` and `maximum`. An area with no row for a colour, or
        with a blank count and unequal bounds, is not known. With a column `status`,
        a count of 0 beside "not found", "partial", "unknown" or "missing" is refused:
        it is a gap filled with zero.

    Returns
    -------
    flags
        Indexed by `place`, in the order of text. `areas` is the exposure. For each
        colour: `red`, the sum over areas, missing unless every area is known;
        `red_minimum` and `red_maximum`, the least and most it can be (the least is
        0 for an area of which nothing is known, the most is missing); and
        `red_unknown`, the areas without a count.

    Raises
    ------
    InsightError
        If a column is missing, a colour is another word, a figure is negative or
        not whole, bounds contradict each other, or an area has two rows of one colour.

    Examples
    --------
    >>> rows = [("North", "Ayton", "red", 2), ("North", "Beeford", "red", None)]
    >>> flags = pd.DataFrame(rows, columns=["place", "area", "colour", "count"])
    >>> flags_per_place(flags).loc["North", ["areas", "red", "red_minimum"]].tolist()
    [2, <NA>, 2]
    """
    checked = _checked(flags)
    areas = checked[["place", "area"]].drop_duplicates()
    table = areas.groupby("place", sort=True).size().rename("areas").to_frame()
    for colour in COLOURS:
        coloured = checked[checked["colour"] == colour].drop(columns="colour")
        every = areas.merge(coloured, on=["place", "area"], how="left")
        every["minimum"] = every["minimum"].fillna(0)
        by_place = every.groupby("place", sort=True)
        for column, name in (
            ("count", colour),
            ("minimum", f"{colour}_minimum"),
            ("maximum", f"{colour}_maximum"),
        ):
            known = by_place[column].count() == table["areas"]
            table[name] = by_place[column].sum().where(known).astype("Int64")
        table[f"{colour}_unknown"] = table["areas"] - by_place["count"].count()
    return table.rename_axis("place")


def unsourced_zeros(flags: pd.DataFrame, colour: Colour) -> tuple[str, ...]:
    """Return a warning if counts of 0 name no source though others do.

    Examples
    --------
    >>> flags = pd.DataFrame({"colour": "red", "count": [0, 1], "source": [None, "x"]})
    >>> unsourced_zeros(flags, "red")[0][:38]
    '1 counts of 0 red flags name no source'
    """
    if "source" not in flags:
        return ()
    zero = pd.to_numeric(flags["count"], errors="coerce") == 0
    bare = flags["source"].isna() | (flags["source"].astype(str).str.strip() == "")
    found = int((zero & bare & (flags["colour"] == colour)).sum())
    said = (
        f"{found} counts of 0 {colour} flags name no source: check that none of them "
        "is a gap filled with zero."
    )
    return (said,) if found else ()


def _refuse_filled_gaps(flags: pd.DataFrame) -> None:
    if "status" not in flags or "count" not in flags:
        return
    told = flags["status"].astype("string").str.strip().str.casefold()
    filled = told.isin(NOT_COUNTED) & (
        pd.to_numeric(flags["count"], errors="coerce") == 0
    )
    if filled.any():
        first = flags[filled].iloc[0]
        msg = (
            f"{int(filled.sum())} counts of 0 have a status of {list(NOT_COUNTED)}, "
            f"first {first['area']!r}: what was not found is not zero. Leave the count "
            "blank and give the least and most it can be."
        )
        raise InsightError(msg)


def _checked(flags: pd.DataFrame) -> pd.DataFrame:
    lacks = [name for name in NEEDED if name not in flags]
    if lacks or flags.empty:
        msg = (
            f"flags has {len(flags)} rows and lacks {lacks}; it has "
            f"{list(flags.columns)}. Give one row an area and colour."
        )
        raise InsightError(msg)
    _refuse_filled_gaps(flags)
    checked = flags.reindex(columns=[*NEEDED, *FIGURES])
    if checked[list(NEEDED)].isna().any(axis=None):
        msg = (
            f"{int(checked[list(NEEDED)].isna().any(axis=1).sum())} rows of flags lack "
            "a place, area or colour. Name all three."
        )
        raise InsightError(msg)
    strange = sorted(set(checked["colour"]) - set(COLOURS))
    if strange:
        msg = f"colours of flags are {list(COLOURS)}; seen {strange[:5]}. Use those."
        raise InsightError(msg)
    for column in FIGURES:
        figures = pd.to_numeric(checked[column], errors="coerce").astype("Float64")
        wrong = checked[column].notna() & ~(
            (figures >= 0).fillna(value=False) & (figures % 1 == 0).fillna(value=False)
        )
        if wrong.any():
            seen = sorted({str(figure) for figure in checked.loc[wrong, column]})
            msg = (
                f"{int(wrong.sum())} figures in {column!r} are not whole numbers of "
                f"flags from 0 up: {seen[:5]}. Leave it blank where it is not known."
            )
            raise InsightError(msg)
        checked[column] = figures.astype("Int64")
    return _bounded(checked)


def _bounded(checked: pd.DataFrame) -> pd.DataFrame:
    """Let a count stand for both bounds, and equal bounds for a count."""
    count, least, most = (checked[name] for name in FIGURES)
    astray = (
        (count < least).fillna(value=False)
        | (count > most).fillna(value=False)
        | (least > most).fillna(value=False)
    )
    repeats = checked.duplicated(list(NEEDED))
    for wrong, what, do in (
        (astray, "contradict their own bounds", "Correct the count or its bounds"),
        (repeats, "repeat an area and colour", "Keep one row for each"),
    ):
        if wrong.any():
            first = checked[wrong].iloc[0]
            msg = (
                f"{int(wrong.sum())} rows of flags {what}, first {first['area']!r}, "
                f"{first['colour']}. {do}."
            )
            raise InsightError(msg)
    same = (least == most).fillna(value=False)
    checked["count"] = count.fillna(least.where(same))
    checked["minimum"] = checked["count"].fillna(least)
    checked["maximum"] = checked["count"].fillna(most)
    return checked
