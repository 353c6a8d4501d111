"""Boundaries: counts moved from one set of areas to another, with the error stated.

Where a look-up says which area went where, counts move by it and add up exactly;
where there is none, `overlay.by_area` shares them by the ground that areas share. Only
counts are moved: work rates out again from them, with :func:`segmentation.rates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from segmentation.change.lookups import ENDS, nesting, read_pairs, shares_of
from segmentation.errors import SegmentError, few
from segmentation.features.variables import counts, indexed_by_area

if TYPE_CHECKING:
    from segmentation.change.lookups import Nesting

__all__ = ["Rebased", "by_lookup", "labels_by_lookup"]


@dataclass(frozen=True, kw_only=True)
class Rebased:
    """Counts on new boundaries, with what went where.

    Parameters
    ----------
    table
        One row an area of the second set, on `area_code`. A count is missing where a
        part of it is missing: never nought, never the sum of the rest.
    unmatched
        Rows of `values` as given whose area has no target, in full.
    balance
        One row a column: `given` = `moved` + `unmatched` + `withheld` (that went to
        an area where another part is missing).
    from_split
        Of each target, the share of its first column that came from areas which were
        parted: 0 where the figure is exact.
    nesting
        How the two sets lie in one another.
    """

    table: pd.DataFrame
    unmatched: pd.DataFrame
    balance: pd.DataFrame
    from_split: pd.Series[float]
    nesting: Nesting

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        exact = int((self.from_split == 0).sum())
        first = self.balance.iloc[0]
        return (
            f"{self.nesting} {exact:,} of {len(self.table):,} areas have exact "
            "figures, the others rest on shares. Of "
            f"{first['given']:,.0f} in {self.balance.index[0]!r}, "
            f"{first['moved']:,.0f} were moved, {first['unmatched']:,.0f} lie in "
            f"{len(self.unmatched):,} areas without a target and "
            f"{first['withheld']:,.0f} in areas where another part is missing."
        )


def by_lookup(values: pd.DataFrame, lookup: pd.DataFrame) -> Rebased:
    """Move counts to other boundaries by a look-up; they add up exactly.

    Parameters
    ----------
    values
        One row an area, with `area_code` as a column or as the index, and counts
        only: people, homes, pence. Columns of whole numbers (of an integer type) stay
        whole numbers. Left as it is.
    lookup
        One row a pair of areas: `from_code`, `to_code`, and where an area is parted
        either `share` of it (each area's sum to 1) or `weight` (people, addresses,
        ground).

    Returns
    -------
    rebased
        One row an area of the look-up's second set, by code, of those that take in
        an area of `values`. Whole numbers are
        parted by largest remainders, ties to the lower code, so that no person and no
        penny is lost or made.

    Raises
    ------
    SegmentError
        If `values` or the look-up cannot be read, an area is parted and nothing says
        how, or shares do not sum to 1.

    Examples
    --------
    >>> values = pd.DataFrame({"area_code": ["A", "B", "N"], "people": [10, 5, 7]})
    >>> lookup = pd.DataFrame(
    ...     {
    ...         "from_code": ["A", "A", "B"],
    ...         "to_code": ["X", "Y", "Y"],
    ...         "share": [0.75, 0.25, 1.0],
    ...     }
    ... )
    >>> found = by_lookup(values, lookup)
    >>> found.table["people"].to_dict(), found.unmatched["people"].to_dict()
    ({'X': 8, 'Y': 7}, {'N': 7})
    >>> found.balance.loc["people"].to_dict()
    {'given': 22.0, 'moved': 15.0, 'unmatched': 7.0, 'withheld': 0.0}
    """
    given = indexed_by_area(values)
    given = given.set_axis(given.index.astype(str)).rename_axis("area_code")
    pairs = read_pairs(lookup)
    pairs["share"] = shares_of(lookup, pairs)
    pairs = pairs[pairs["share"] > 0].sort_values(ENDS, ignore_index=True)
    ours = pairs["from_code"].isin(given.index).groupby(pairs["to_code"])
    pairs = pairs[ours.transform("any")]
    columns = {name: counts(given, [str(name)]) for name in given.columns}
    if not columns or pairs.empty:
        msg = (
            f"no count of {len(given)} areas can be moved: the columns are "
            f"{few(list(given.columns)) or 'none'}, the areas such as "
            f"{few(given.index.tolist(), shown=2)}, the look-up is from areas such as "
            f"{few(lookup['from_code'].tolist(), shown=2)}. Give counts on the codes "
            "of from_code."
        )
        raise SegmentError(msg)
    targets = pd.Index(sorted(pairs["to_code"].unique()), name="area_code")
    moved = pd.DataFrame(index=targets)
    balance = {}
    unmatched = given[~given.index.isin(pairs["from_code"])]
    for name, column in columns.items():
        parts = _parted(pairs, column, whole=_is_whole(given[name]))
        known = parts.groupby(pairs["to_code"]).sum().reindex(targets)
        gaps = pairs["to_code"][parts.isna()].unique()
        moved[name] = known.mask(known.index.isin(gaps))
        if _is_whole(given[name]):
            moved[name] = moved[name].astype("Int64" if len(gaps) else "int64")
        balance[name] = {
            "given": column.sum(),
            "moved": known[~known.index.isin(gaps)].sum(),
            "unmatched": column[unmatched.index].sum(),
            "withheld": known[known.index.isin(gaps)].sum(),
        }
    return Rebased(
        table=moved,
        unmatched=unmatched,
        balance=pd.DataFrame.from_dict(balance, orient="index").astype(float),
        from_split=_from_split(pairs, next(iter(columns.values())), targets),
        nesting=nesting(pairs),
    )


def _is_whole(column: pd.Series) -> bool:
    return pd.api.types.is_integer_dtype(column)


def _parted(
    pairs: pd.DataFrame, column: pd.Series[float], *, whole: bool
) -> pd.Series[float]:
    """Return the part of each pair, missing where the area's figure is."""
    source = pairs["from_code"]
    given = source.map(column)
    exact = given * pairs["share"]
    if not whole:
        return exact
    parts = exact // 1
    short = given - parts.groupby(source).transform("sum")
    order = (parts - exact).groupby(source).rank(method="first")  # greatest first
    return parts + (order <= short)


def _from_split(
    pairs: pd.DataFrame, column: pd.Series[float], targets: pd.Index[str]
) -> pd.Series[float]:
    parts = _parted(pairs, column, whole=False)
    parted = pairs["from_code"].duplicated(keep=False)
    all_of = parts.groupby(pairs["to_code"]).sum(min_count=1)
    split = parts.where(parted, 0.0).groupby(pairs["to_code"]).sum(min_count=1)
    share: pd.Series[float] = (split / all_of.where(all_of > 0)).reindex(targets)
    return share.rename("from_split")


def labels_by_lookup(
    segments: pd.Series[str],
    lookup: pd.DataFrame,
    people: pd.Series[float],
) -> pd.DataFrame:
    """Give each new area the segment that most of its people have.

    Parameters
    ----------
    segments
        Segment of each old area, indexed by area code; missing where it has none.
    lookup
        See :func:`by_lookup`.
    people
        People of each old area, indexed by area code.

    Returns
    -------
    labels
        One row a new area, by code: `segment` (missing where no part has one; a tie
        goes to the code that sorts first), `agreement` (share of all its people who
        have that segment, 0 to 1), `people`, and `unknown` (share of its people whose
        segment is not known).

    Raises
    ------
    SegmentError
        As :func:`by_lookup`; and if people of a segmented area are not known.

    Examples
    --------
    >>> lookup = pd.DataFrame({"from_code": ["A", "B"], "to_code": ["X", "X"]})
    >>> people = pd.Series({"A": 300, "B": 100})
    >>> segments = pd.Series({"A": "1", "B": "2"})
    >>> labels_by_lookup(segments, lookup, people).to_dict("index")
    {'X': {'segment': '1', 'agreement': 0.75, 'people': 400.0, 'unknown': 0.0}}
    """
    given = pd.DataFrame({"segment": segments, "people": people})
    lost = given.index[given["people"].isna() & given["segment"].notna()].tolist()
    if lost:
        msg = (
            f"people of {len(lost)} of {len(segments)} segmented areas are not known: "
            f"{few(lost)}. Supply them, or leave the areas out."
        )
        raise SegmentError(msg)
    known = given["segment"].astype("str").where(given["segment"].notna(), "")
    table = pd.get_dummies(known, dtype=float).mul(given["people"], axis=0)
    moved = by_lookup(table.rename_axis("area_code"), lookup).table
    everyone = moved.sum(axis=1, skipna=False)
    unknown = moved[""] if "" in moved else everyone * 0
    named = moved.drop(columns="", errors="ignore")
    some = named.gt(0).any(axis=1)
    label = named.loc[some].idxmax(axis=1).reindex(named.index).rename("segment")
    base = everyone.where(everyone > 0)
    return pd.DataFrame(
        {
            "segment": label.astype("str").where(some),
            "agreement": (named.max(axis=1) / base).where(some),
            "people": everyone,
            "unknown": unknown / base,
        }
    )
