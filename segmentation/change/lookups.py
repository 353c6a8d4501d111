"""Look-ups: which area of one set lies in which of another, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from segmentation.errors import SegmentError, few
from segmentation.features.variables import counts

__all__ = ["ENDS", "Nesting", "nesting", "read_pairs", "shares_of"]

ENDS: Final = ["from_code", "to_code"]
WHOLE: Final = 1e-6  # how far shares of one area may miss 1


@dataclass(frozen=True, kw_only=True)
class Nesting:
    """How two sets of areas lie in one another, by their look-up alone.

    Parameters
    ----------
    unchanged, merged, split, irregular
        Areas of the first set that are an area of the second as they are; that went
        whole into one with others; that were parted among areas which hold nothing
        else; and the rest.
    areas, targets
        How many areas each set has.
    """

    unchanged: tuple[str, ...]
    merged: tuple[str, ...]
    split: tuple[str, ...]
    irregular: tuple[str, ...]
    areas: int
    targets: int

    @property
    def nests(self) -> bool:
        """Say whether every area lies whole in one of the second set."""
        return not (self.split or self.irregular)

    def __str__(self) -> str:
        """Say the relation as a sentence."""
        return (
            f"{'All' if self.nests else 'Not all'} of {self.areas:,} areas lie whole "
            f"in one of {self.targets:,}: {len(self.unchanged):,} unchanged, "
            f"{len(self.merged):,} merged, {len(self.split):,} split, "
            f"{len(self.irregular):,} irregular."
        )


def nesting(lookup: pd.DataFrame) -> Nesting:
    """Read from a look-up whether areas nest.

    Parameters
    ----------
    lookup
        One row a pair of areas that share ground: `from_code`, `to_code`.

    Raises
    ------
    SegmentError
        If a column is absent, a code is missing or a pair is given twice.

    Examples
    --------
    >>> pairs = [("A", "X"), ("B", "X"), ("C", "Y"), ("C", "Z")]
    >>> found = nesting(pd.DataFrame(pairs, columns=["from_code", "to_code"]))
    >>> found.merged, found.split, found.nests
    (('A', 'B'), ('C',), False)
    """
    pairs = read_pairs(lookup)
    targets = pairs.groupby("from_code")["to_code"].transform("size")
    sources = pairs.groupby("to_code")["from_code"].transform("size")
    shared = (sources > 1).groupby(pairs["from_code"]).any()
    parted = (targets > 1).groupby(pairs["from_code"]).any()
    split_beside = (targets > 1).groupby(pairs["to_code"]).any()
    beside = pairs["to_code"].map(split_beside).groupby(pairs["from_code"]).any()

    def listed(chosen: pd.Series[bool]) -> tuple[str, ...]:
        return tuple(chosen.index[chosen])

    return Nesting(
        unchanged=listed(~parted & ~shared),
        merged=listed(~parted & shared & ~beside),
        split=listed(parted & ~shared),
        irregular=listed((parted & shared) | (~parted & shared & beside)),
        areas=len(shared),
        targets=pairs["to_code"].nunique(),
    )


def read_pairs(lookup: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a look-up as text, or say what is wrong with them."""
    absent = [name for name in ENDS if name not in lookup.columns]
    if absent:
        msg = (
            f"the look-up lacks {few(absent)}; it has {few(list(lookup.columns))}. "
            "Rename its columns to from_code and to_code."
        )
        raise SegmentError(msg)
    gaps = int(lookup[ENDS].isna().any(axis=1).sum())
    twice = int(lookup.duplicated(ENDS).sum())
    if gaps or twice or lookup.empty:
        msg = (
            f"of {len(lookup)} rows of the look-up {gaps} lack a code and {twice} give "
            "a pair of areas again. Give every pair once, with both codes."
        )
        raise SegmentError(msg)
    return lookup[ENDS].astype(str)


def shares_of(lookup: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series[float]:
    """Return what share of an area each pair holds."""
    measure = next((name for name in ("share", "weight") if name in lookup), None)
    sizes = pairs.groupby("from_code")["to_code"].transform("size")
    if measure is None:
        parted = pairs["from_code"][sizes > 1].unique().tolist()
        if parted:
            msg = (
                f"{len(parted)} areas are parted among several, and the look-up has "
                f"neither share nor weight: {few(sorted(parted))}. Add a weight, such "
                "as the addresses or people of each part."
            )
            raise SegmentError(msg)
        return pd.Series(1.0, pairs.index)
    weight = counts(lookup, [measure])
    total = weight.groupby(pairs["from_code"]).transform("sum")
    off = ~(weight >= 0) | ~(total > 0)
    if measure == "share":
        off |= (total - 1).abs() > WHOLE
    if off.any():
        codes = sorted(pairs["from_code"][off].unique())
        msg = (
            f"{measure} is missing, below 0, or does not sum to "
            f"{'1' if measure == 'share' else 'more than 0'} for {len(codes)} areas: "
            f"{few(codes)}. Mend the look-up."
        )
        raise SegmentError(msg)
    return weight / total
