"""Whether open national figures bear out what the 2010 report prints.

The report used HM Treasury's analyses of 2009; the database of 2010, of the same year
2008-09 as outturn, is open. Where the two differ, the edition may be the reason, so a
difference is shown with its size and is not called an error.

References
----------
HM Treasury (2010). Public Expenditure Statistical Analyses 2010, Cm 7890, database
tables of chapters 9 and 10 (Open Government Licence).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd

from insight.shipped import shipped
from insight.spend.report_tables import table_1, table_2
from insight.spend.rounding import HUNDRED, Interval, round_like

__all__ = ["Against", "check_national", "odd_digits", "weighted_functions"]

WITHIN: Final = Decimal("0.02")
"""How far from a figure "nearly" or "about" may be, as a share of it."""
FUNCTIONS: Final = ("social_protection_pct", "health_pct", "education_pct")


@dataclass(frozen=True, kw_only=True)
class Against:
    """A figure of the report beside an open one.

    Parameters
    ----------
    says, lines
        What the figure is, and where.
    printed, found
        The two figures, in `unit`.
    hedge
        "almost", "nearly" or "about", where the report says so.
    note
        What may explain a difference.
    """

    says: str
    lines: str
    printed: Decimal
    found: Decimal
    unit: str
    hedge: str = ""
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the open figure rounds to what is printed, or nearly so if hedged."""
        if round_like(self.found, self.printed) == self.printed:
            return True
        return bool(self.hedge) and abs(self.found - self.printed) <= (
            WITHIN * self.printed
        )

    def __str__(self) -> str:
        """Say both figures and how far apart they are."""
        printed = " ".join(filter(None, (self.hedge, _said(self.printed, self.unit))))
        found = _said(self.found, self.unit)
        where = f"{self.says} (line{'s' * ('-' in self.lines)} {self.lines})"
        where = where[0].upper() + where[1:]
        if self.agrees:
            return f"{where}: {printed} agrees with {found}. {self.note}".rstrip()
        by = HUNDRED * (self.found - self.printed) / self.printed
        said = (
            f"{where}: printed {printed}; open figures have {found}, "
            f"{abs(by):.1f} % {'more' if by > 0 else 'less'}."
        )
        return f"{said} {self.note}".rstrip()


def _said(figure: Decimal, unit: str) -> str:
    return f"£{figure}bn" if unit == "£bn" else f"{figure} {unit}"


def check_national() -> tuple[Against, ...]:
    """Hold the report's national figures against the Treasury's open database.

    Returns
    -------
    against
        Thirteen figures, in the order of `data/reference/national_claims.csv`.

    Examples
    --------
    >>> print(check_national()[7])  # doctest: +NORMALIZE_WHITESPACE
    The Department of Health's share (lines 590-591): printed 22 %; open figures have
    21.37 %, 2.9 % less. It rounds to 21.
    """
    rows = pd.read_csv(
        shipped("reference", "national_claims.csv"), dtype=str, keep_default_na=False
    )
    return tuple(
        Against(
            says=str(row["says"]),
            lines=str(row["lines"]),
            printed=Decimal(str(row["printed"])),
            found=Decimal(str(row["found"])),
            unit=str(row["unit"]),
            hedge=str(row["hedge"]),
            note=str(row["note"]),
        )
        for row in rows.to_dict("records")
    )


def weighted_functions(*, mended: bool = False) -> Decimal:
    """Return Table 2's totals averaged over the pilots, by the money of Table 1.

    Parameters
    ----------
    mended
        Whether the one total that does not add up is replaced by the sum of its
        parts.

    Returns
    -------
    share
        Per cent of all spend counted locally. The report does not print it; England's
        share by national figures is 78.77.

    Examples
    --------
    >>> print(round(weighted_functions(), 1), round(weighted_functions(mended=True), 1))
    79.1 78.9
    """
    shares, counts = table_2(), table_1()["b_bn"]
    total = counted = Decimal(0)
    for key, row in shares.to_dict("index").items():
        parts = sum(int(row[name]) for name in FUNCTIONS)
        printed = int(row["total_pct"])
        wrong = abs(parts - printed) > len(FUNCTIONS) - 1
        weight = Decimal(str(counts[str(key)]))
        total += weight * (parts if mended and wrong else printed)
        counted += weight
    return total / counted


def odd_digits() -> tuple[str, ...]:
    """Say which figures of Table 1 are printed to other digits than their column.

    Returns
    -------
    sentences
        Column B of Birmingham and Bradford, to one decimal where the others have
        two; and the difference of Kent, alone with one.

    Examples
    --------
    >>> print(odd_digits()[0])  # doctest: +NORMALIZE_WHITESPACE
    Table 1, Birmingham (line 674): column B is 7.5, with 1 decimal where the others
    have 2; it stands for anything from 7.45 to 7.55.
    """
    table, said = table_1().drop(index="total"), []
    names = {"a_bn": "column A", "b_bn": "column B", "difference_pct": "difference"}
    for column, name in names.items():
        digits = table[column].map(lambda one: -int(one.as_tuple().exponent))
        usual = int(digits.mode().iloc[0])
        for row in table[digits != usual].to_dict("records"):
            own = -row[column].as_tuple().exponent
            said.append(
                f"Table 1, {row['pilot']} (line{'s' * ('-' in row['lines'])} "
                f"{row['lines']}): {name} is {row[column]}, with {own} "
                f"decimal{'s' * (own != 1)} where the others have {usual or 'none'}; "
                f"it stands for anything from {Interval.printed(row[column])}."
            )
    return tuple(said)
