"""A saving with its margin: how much, for whom, of what kind, on what evidence.

A saving without a margin (low and high) is refused, as is one that leaves out who
gains, or what kind of money it is: such a claim cannot be added to any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.pennies import allocate
from insight.spend.per_segment import pounds
from journeys.cost.money import Range
from place.savings_tables import CASHABLE, RECURRING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Claims", "Saving", "gainers_of", "savings_of"]

SHARE: Final = re.compile(r"\s*(?P<who>[^|;]+?)\s*\|\s*(?P<share>\d+(\.\d+)?)\s*%?\s*")
WORDS: Final = ("recurring", "cashable", "year", "price_base", "evidence")
COLUMNS: Final = (
    "saving", "low_pence", "central_pence", "high_pence", "gainers", *WORDS
)  # fmt: skip
HUNDRED: Final = 100


@dataclass(frozen=True, kw_only=True)
class Saving:
    """A saving that is claimed.

    Parameters
    ----------
    name
        What is saved.
    pence
        Least, likeliest and most, in whole pence; of a recurring saving, a year.
    gainers
        Who gains -> share of it; they sum to 1.
    recurring
        "recurring" or "one-off".
    cashable
        "cashable" (money leaves a budget) or "not cashable" (time or room is freed).
    year, price_base
        First year of the saving, and the year of its prices.
    evidence
        What it rests on.
    """

    name: str
    pence: Range
    gainers: Mapping[str, Fraction]
    recurring: str
    cashable: str
    year: str
    price_base: str
    evidence: str

    @property
    def kind(self) -> tuple[str, str, str]:
        """What must agree before two savings may be added up."""
        return self.recurring, self.cashable, self.price_base

    @property
    def who(self) -> str:
        """Who gains, with the share of each where there are several."""
        return ", ".join(
            name if share == 1 else f"{name} {float(share):.0%}"
            for name, share in self.gainers.items()
        )

    def shares(self) -> pd.Series[int]:
        """Return whole pence of the likeliest amount by who gains."""
        return allocate(int(self.pence.central), self.gainers)

    def __str__(self) -> str:
        """Say the saving with its margin, as a sentence."""
        low, central, high = map(pounds, self.pence)
        a_year = " a year" if self.recurring == "recurring" else ""
        return (
            f"{self.name}: {central}{a_year} ({low} to {high}), {self.recurring}, "
            f"{self.cashable}, from {self.year} at {self.price_base} prices; gains: "
            f"{self.who}; unaudited; evidence: {self.evidence}."
        )


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Savings that may be counted, and those refused.

    Parameters
    ----------
    savings
        By name.
    refused
        Columns `row` (from 1), `saving` and `reason`.
    """

    savings: tuple[Saving, ...]
    refused: pd.DataFrame

    def __str__(self) -> str:
        """Say how many stand and why others do not."""
        said = f"{len(self.savings)} savings stand; {len(self.refused)} refused."
        return " ".join(
            [
                said,
                *(
                    f"Row {row['row']}, {row['saving']}: {row['reason']}."
                    for row in self.refused.to_dict("records")
                ),
            ]
        )

    def check(self) -> Claims:
        """Return the claims if none is refused.

        Raises
        ------
        InsightError
            If one is, with the reason of each.
        """
        if len(self.refused):
            raise InsightError(str(self))
        return self


def savings_of(frame: pd.DataFrame) -> Claims:
    """Read savings, and refuse those that cannot be counted.

    Parameters
    ----------
    frame
        Columns `saving`, `low_pence`, `central_pence`, `high_pence`, `gainers` (one
        name, or names with shares, "Council|60; Police|40"), `recurring`,
        `cashable`, `year`, `price_base` and `evidence`.

    Returns
    -------
    claims
        The same for any order of rows, but for the row numbers of the refused. Of
        savings of one name, none is counted.

    Raises
    ------
    InsightError
        If a column is missing.

    References
    ----------
    The 2010 report, lines 2162-2169: claims are to state their margin for error.

    Examples
    --------
    >>> row = {"saving": "One visit", "central_pence": 100_00, "gainers": "Council",
    ...        "recurring": "recurring", "cashable": "cashable", "year": "2011-12",
    ...        "price_base": "2010-11", "evidence": "audit"}
    >>> bare = row | {"low_pence": 50_00, "high_pence": None}
    >>> print(savings_of(pd.DataFrame([bare])))
    0 savings stand; 1 refused. Row 1, One visit: states no margin of error: give \
low and high.
    >>> whole = bare | {"high_pence": 150_00}
    >>> print(savings_of(pd.DataFrame([whole])).savings[0])
    One visit: £100 a year (£50 to £150), recurring, cashable, from 2011-12 at 2010-11 \
prices; gains: Council; unaudited; evidence: audit.
    """
    lacks = [name for name in COLUMNS if name not in frame.columns]
    if lacks:
        msg = (
            f"savings lacks {lacks}; it has {list(frame.columns)}. Every saving needs "
            "its margin, who gains, its kind, year, prices and evidence."
        )
        raise InsightError(msg)
    twice = set(frame.loc[frame["saving"].duplicated(keep=False), "saving"].dropna())
    kept, refused = [], []
    for number, row in enumerate(frame.to_dict("records"), start=1):
        named = "not named" if pd.isna(row["saving"]) else str(row["saving"])
        try:
            if named in twice:
                _refuse("stands twice: give each saving a name of its own")
            kept.append(_saving({str(name): cell for name, cell in row.items()}))
        except InsightError as fault:
            refused.append({"row": number, "saving": named, "reason": str(fault)})
    return Claims(
        savings=tuple(sorted(kept, key=lambda each: each.name)),
        refused=pd.DataFrame(refused, columns=["row", "saving", "reason"]),
    )


def gainers_of(text: str) -> dict[str, Fraction]:
    """Return who gains and their shares, in the order of names.

    Raises
    ------
    InsightError
        If one of several has no share, a name comes twice, or shares do not make 100.

    Examples
    --------
    >>> gainers_of("Police|40; Council|60")
    {'Council': Fraction(3, 5), 'Police': Fraction(2, 5)}
    >>> gainers_of("Council")
    {'Council': Fraction(1, 1)}
    """
    if "|" not in text and ";" not in text:
        return {text.strip(): Fraction(1)}
    found = [SHARE.fullmatch(part) for part in text.split(";") if part.strip()]
    parts = [(each["who"], Fraction(each["share"]) / HUNDRED) for each in found if each]
    shares = dict(sorted(parts))
    if len(parts) < len(found) or len(shares) < len(parts):
        _refuse("does not share the gain out: write Council|60; Police|40")
    if sum(shares.values()) != 1:
        total = float(sum(shares.values()) * HUNDRED)
        _refuse(f"shares out {total:g} % of the gain: make it 100")
    return shares


def _refuse(reason: str) -> None:
    raise InsightError(reason)


def _saving(row: Mapping[str, Any]) -> Saving:
    """Return one saving, or say why it is refused."""
    if pd.isna(row["low_pence"]) or pd.isna(row["high_pence"]):
        _refuse("states no margin of error: give low and high")
    blank = [
        name
        for name in ("saving", "central_pence", "gainers", *WORDS)
        if pd.isna(row[name]) or not str(row[name]).strip()
    ]
    if blank:
        _refuse(f"leaves {', '.join(blank)} blank")
    between = Range(*(int(row[f"{at}_pence"]) for at in Range._fields))
    if not between.low <= between.central <= between.high:
        _refuse("its central amount does not lie from low to high")
    for name, known in (("recurring", RECURRING), ("cashable", CASHABLE)):
        if row[name] not in known:
            _refuse(f"its {name} is not one of {', '.join(known)}")
    return Saving(
        name=str(row["saving"]),
        pence=between,
        gainers=gainers_of(str(row["gainers"])),
        **{name: str(row[name]) for name in WORDS},
    )
