"""What a place has of what its region has: people, households, ground.

A place may be several districts, in one region or in several; they are added up.
Its region has a row of its own, so that what is left of the region is known too.
Shares are exact fractions of the figures given.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError
from insight.spend.national_words import regions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["Keys", "keys_of", "with_own_keys"]

NAMED: Final = ("place", "district", "region", "covers")
SLACK: Final = Fraction(1, 10**9)
"""How far beyond its region a place may be, for figures that were rounded."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Shares of regions by key; made by :func:`keys_of`.

    Parameters
    ----------
    names
        The keys, in the order of text.
    shares
        Region -> place -> key -> share of the region, which is missing where the key
        is not known of every district or of the region.
    people
        Place -> residents, where known.
    """

    names: tuple[str, ...]
    shares: Mapping[str, Mapping[str, Mapping[str, Fraction]]]
    people: Mapping[str, float]

    @property
    def places(self) -> tuple[str, ...]:
        """The places, in the order of text."""
        return tuple(sorted({place for each in self.shares.values() for place in each}))

    def usable(self) -> tuple[str, ...]:
        """Return the keys that are known of every place in every region."""
        known = [key for each in self.shares.values() for key in each.values()]
        return tuple(
            name for name in self.names if all(name in shares for shares in known)
        )


def keys_of(frame: pd.DataFrame) -> Keys:
    """Return what share of its region each place has, by each key.

    Parameters
    ----------
    frame
        One row a place or district, and one a region: `place`, `region`, `covers`
        ("region" where the row is the whole region), `district` if a place has
        several, and one column a key; any other column of numbers is a key too.

    Returns
    -------
    keys
        Every place of every region that has one.

    Raises
    ------
    InsightError
        If there is no key, a region has no row or several, a figure is negative, a
        district comes twice, or the places of a region have more than the region.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     {
    ...         "place": ["Northton", "East"],
    ...         "region": ["East", "East"],
    ...         "covers": ["place", "region"],
    ...         "population": [25, 100],
    ...     }
    ... )
    >>> keys_of(frame).shares["East"]["Northton"]["population"]
    Fraction(1, 4)
    """
    table, names = _checked(frame)
    whole = table["covers"] == "region"
    regions = table[whole].set_index("region")
    _check_regions(regions, table[~whole])
    shares: dict[str, dict[str, dict[str, Fraction]]] = {}
    for (region, place), rows in table[~whole].groupby(["region", "place"]):
        row = regions.loc[[region]]
        totals = {name: _sum(row[name]) for name in names}
        own = {name: _sum(rows[name]) for name in names}
        shares.setdefault(str(region), {})[str(place)] = {
            name: part / total
            for name, part in own.items()
            if part is not None and (total := totals[name])
        }
    _check_parts(shares)
    people = {}
    if "population" in names:
        for place, rows in table[~whole].groupby("place"):
            if (known := _sum(rows["population"])) is not None:
                people[str(place)] = float(known)
    return Keys(names=tuple(sorted(names)), shares=shares, people=people)


def with_own_keys(frame: pd.DataFrame, own: pd.DataFrame | None) -> pd.DataFrame:
    """Return the table of keys with a column for each key of the place's own choice.

    Parameters
    ----------
    frame
        As for :func:`keys_of`.
    own
        `place`, `region`, `key`, `value` and, where a place has several, `district`.
        With `None`, `frame` comes back as it is.

    Raises
    ------
    InsightError
        If a row of `own` answers to none of `frame`, a key comes twice for one, or it
        is called as a column of `frame` is.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"place": ["A"], "region": ["East"], "population": [5]})
    >>> own = pd.DataFrame(
    ...     {"place": ["A"], "region": ["East"], "key": ["jobs"], "value": [2]}
    ... )
    >>> with_own_keys(frame, own)["jobs"].tolist()
    [2]
    """
    if own is None or own.empty:
        return frame
    at = ["place", "district", "region"]
    base, more = (_placed(table) for table in (frame, own))
    known = set(base[at].itertuples(index=False, name=None))
    given = more[at].itertuples(index=False, name=None)
    strays = sum(each not in known for each in given)
    twice = int(more.duplicated([*at, "key"]).sum())
    taken = sorted(set(more["key"]) & set(base.columns))
    if strays or twice or taken:
        msg = (
            f"own_keys has {strays} rows of no place of place_keys, {twice} that "
            f"repeat a place and key, and keys named as columns there: {taken[:5]}. "
            "Correct these."
        )
        raise InsightError(msg)
    wide = more.set_index([*at, "key"])["value"].unstack("key")  # noqa: PD010
    return base.join(wide, on=at)


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with districts and regions that can be matched."""
    placed = table.reset_index(drop=True)
    placed["region"] = regions_of(table["region"])
    placed["district"] = placed["district"].fillna("") if "district" in placed else ""
    return placed


def _checked(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the table in one spelling, and the names of its keys."""
    lacks = sorted({"place", "region"} - set(frame.columns))
    numbers = frame.select_dtypes("number").dropna(axis=1, how="all")
    names = sorted(str(name) for name in numbers.columns.difference(list(NAMED)))
    if lacks or not names or frame.empty:
        msg = (
            f"place_keys has {len(frame)} rows, lacks {lacks or 'no name'} and has the "
            f"keys {names}. Give place, region and one column of numbers or more."
        )
        raise InsightError(msg)
    table = frame.reset_index(drop=True)
    table["region"] = regions_of(frame["region"])
    for name in ("covers", "district"):
        if name not in table:
            table[name] = None
    table["covers"] = table["covers"].fillna("place").astype(str).str.strip()
    wrong = (table[names] < 0).any(axis=1) | ~table["covers"].isin(["place", "region"])
    wrong |= table["place"].isna() | table["region"].isna()
    twice = table.duplicated(["place", "district", "region", "covers"])
    if wrong.any() or twice.any():
        msg = (
            f"{int(wrong.sum())} of {len(table)} rows of place_keys lack a name, cover "
            f"neither a place nor a region or hold a figure below zero, and "
            f"{int(twice.sum())} repeat a place and district. Correct these."
        )
        raise InsightError(msg)
    return table, names


def _check_regions(regions: pd.DataFrame, places: pd.DataFrame) -> None:
    twice = sorted(set(regions.index[regions.index.duplicated()]))
    absent = sorted(set(places["region"]) - set(regions.index))
    if twice or absent or places.empty:
        msg = (
            f"place_keys has {len(places)} rows of places; regions without a row of "
            f"their own: {absent[:5]}; with several: {twice[:5]}. Give each region one "
            "row, with covers = region and the figures of the whole region, and each "
            "place at least one."
        )
        raise InsightError(msg)


def _check_parts(shares: dict[str, dict[str, dict[str, Fraction]]]) -> None:
    """Refuse places that have more than their region."""
    for region, places in sorted(shares.items()):
        keys = sorted({key for own in places.values() for key in own})
        for key in keys:
            held = sum(
                (own.get(key, Fraction()) for own in places.values()), Fraction()
            )
            if held > 1 + SLACK:
                msg = (
                    f"the places of {region} have {float(held):.1%} of its {key}. "
                    "Check the row of the region, and that no two places overlap."
                )
                raise InsightError(msg)


def _sum(cells: pd.Series[float]) -> Fraction | None:
    """Add up exactly; what lacks a part is not known."""
    if cells.isna().any():
        return None
    return sum((Fraction(float(cell)) for cell in cells), Fraction())
