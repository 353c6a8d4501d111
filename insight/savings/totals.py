"""Add savings up, but only those of one kind, with what the sum may be.

Cashable is not added to what is not, one-off not to recurring, nor one year's prices
to another's: there is a total for each kind, and none over all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.savings.ranges import ASSUMED, ENDS, draws_of, ends_of, quantiles_of
from insight.spend.per_segment import pounds
from journeys.cost.money import Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.savings.saving import Saving

__all__ = ["SavingTotals", "at_prices", "saving_totals"]

KIND: Final = ["recurring", "cashable", "price_base"]
COUNTED: Final = (
    "savings", "first_year", "last_year", "central_pence", "low_pence", "high_pence",
    "together_low_pence", "together_high_pence",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SavingTotals:
    """Totals of savings of one kind each.

    Parameters
    ----------
    totals
        One row a kind (`recurring`, `cashable`, `price_base`): how many `savings`,
        `first_year` and `last_year` of their starts, `central_pence`, the 95 %
        interval where they are independent (`low_pence`, `high_pence`) and where they
        move together (`together_low_pence`, `together_high_pence`).
    by_gainer
        The same by who gains; likeliest amounts are shared to the penny.
    draws, random_state
        Of the Monte Carlo sum.
    """

    totals: pd.DataFrame
    by_gainer: pd.DataFrame
    draws: int
    random_state: int

    def __str__(self) -> str:
        """Say each total with both intervals."""
        said = [
            (
                f"{row['cashable'].capitalize()}, {row['recurring']}, "
                f"{row['price_base']} prices: {pounds(row['central_pence'])}"
                f"{' a year' * (row['recurring'] == 'recurring')} from "
                f"{row['savings']} saving{'s' * (row['savings'] != 1)} (95 % interval "
                f"{pounds(row['low_pence'])} to {pounds(row['high_pence'])} if "
                f"independent, {pounds(row['together_low_pence'])} to "
                f"{pounds(row['together_high_pence'])} if they move together; "
                "unaudited)."
            )
            for row in self.totals.to_dict("records")
        ]
        return " ".join([*said, ASSUMED]) if said else "No saving stands."


def saving_totals(
    savings: Sequence[Saving], *, draws: int = 10_000, random_state: int = 0
) -> SavingTotals:
    """Add savings up by kind, and by kind and who gains.

    Parameters
    ----------
    savings
        Whose gains are not of one kind never meet in a total. Years in which they
        start may differ: a recurring total is a year's, once all have started.
    draws
        Of the sum where savings are independent.
    random_state
        Seed of the draws; the same for any order of savings.

    Raises
    ------
    InsightError
        If fewer than 100 draws are asked for.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from insight.savings.saving import Saving
    >>> made = dict(gainers={"Council": Fraction(1)}, recurring="recurring",
    ...             cashable="cashable", year="2011-12", price_base="2010-11",
    ...             evidence="audit")
    >>> two = [Saving(name=name, pence=Range(0, 500, 1000), **made) for name in "ab"]
    >>> found = saving_totals(two).totals.iloc[0]
    >>> int(found["central_pence"]), int(found["together_high_pence"])
    (1000, 1707)
    >>> bool(found["high_pence"] < found["together_high_pence"])
    True
    """
    if draws < 100:  # noqa: PLR2004 - an interval of fewer says nothing
        msg = f"draws is {draws}; ask for at least 100."
        raise InsightError(msg)
    ordered = sorted(savings, key=lambda each: each.name)
    ranges = [each.pence for each in ordered]
    alone = draws_of(ranges, draws, random_state)
    ends = quantiles_of(ranges, np.array(ENDS))
    kinds = sorted({each.kind for each in ordered}, key=lambda kind: (kind[2], *kind))
    totals, gainers = [], []
    for kind in kinds:
        at = [place for place, each in enumerate(ordered) if each.kind == kind]
        of_kind = [ordered[place] for place in at]
        label = dict(zip(KIND, kind, strict=True))
        ones = np.ones(len(at))
        totals.append(label | _total(of_kind, ones, alone[:, at], ends[:, at]))
        for name in sorted({name for each in of_kind for name in each.gainers}):
            share = np.array([float(each.gainers.get(name, 0)) for each in of_kind])
            some = [each for each in of_kind if name in each.gainers]
            row = _total(some, share, alone[:, at], ends[:, at])
            row["central_pence"] = sum(int(each.shares()[name]) for each in some)
            gainers.append(label | {"gainer": name} | row)
    return SavingTotals(
        totals=pd.DataFrame(totals, columns=[*KIND, *COUNTED]),
        by_gainer=pd.DataFrame(gainers, columns=[*KIND, "gainer", *COUNTED]),
        draws=draws,
        random_state=random_state,
    )


def _total(
    savings: Sequence[Saving],
    share: np.ndarray[tuple[int], np.dtype[np.float64]],
    alone: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    ends: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> dict[str, object]:
    low, high = ends_of(alone @ share)
    together_low, together_high = ends @ share
    years = sorted(each.year for each in savings)
    return {
        "savings": len(savings),
        "first_year": years[0],
        "last_year": years[-1],
        "central_pence": sum(int(each.pence.central) for each in savings),
        "low_pence": round(low),
        "high_pence": round(high),
        "together_low_pence": round(together_low),
        "together_high_pence": round(together_high),
    }


def at_prices(
    savings: Sequence[Saving], base: str, index: Mapping[str, float]
) -> tuple[Saving, ...]:
    """Restate savings at the prices of one year, so that they may be added up.

    Parameters
    ----------
    savings
        At prices of any year of `index`.
    base
        The year whose prices to use.
    index
        Year -> price index, the user's own, such as a GDP deflator.

    Raises
    ------
    InsightError
        If a year has no index above nought.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from insight.savings.saving import Saving
    >>> old = Saving(name="a", pence=Range(0, 500, 1000), recurring="one-off",
    ...              gainers={"Council": Fraction(1)}, cashable="cashable",
    ...              year="2011-12", price_base="2009-10", evidence="audit")
    >>> at_prices([old], "2010-11", {"2009-10": 100, "2010-11": 102})[0].pence
    Range(low=0, central=510, high=1020)
    """
    wanted = {base, *(each.price_base for each in savings)}
    lacks = sorted(year for year in wanted if not index.get(year, 0) > 0)
    if lacks:
        msg = f"no price index above nought for {lacks}; it has {sorted(index)}."
        raise InsightError(msg)
    return tuple(
        replace(
            each,
            price_base=base,
            pence=Range(
                *(
                    round(amount * index[base] / index[each.price_base])
                    for amount in each.pence
                )
            ),
        )
        for each in savings
    )
