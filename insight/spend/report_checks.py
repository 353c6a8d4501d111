"""Whether the tables of the 2010 report add up, line by line.

A figure is recomputed from the others as printed. Where the two differ, the
figures' own rounding decides whether unrounded figures could have given what is
printed ("possible") or not ("does not add up"). A line that lacks a part is
"incomplete": its sum says nothing. Claims of the running text are checked in
`report_claims`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.spend.report_tables import table_1, table_2, table_3
from insight.spend.rounding import HUNDRED, Interval, Verdict, judge, round_like

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Check",
    "check_table_1",
    "check_table_2",
    "check_table_3",
    "check_tables",
]

FUNCTIONS: Final = ("social_protection_pct", "health_pct", "education_pct")
BODIES: Final = (
    "local_authorities_pct",
    "nhs_pct",
    "central_government_pct",
    "other_pct",
)
MOST_GAP: Final = 2
"""Points by which four figures rounded to whole per cents can miss their total."""
FAR_APART: Final = 10
"""Points between the share of NHS bodies and the share of health spending beyond
which a pilot cannot have put the same bodies in the same column as the rest."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One printed figure, and what the other figures make of it.

    Parameters
    ----------
    place
        Where in the report: "Table 1, Kent".
    lines
        Line or lines of the report's text.
    printed, found
        The figure printed and the figure recomputed, with units.
    verdict
        "adds up", "possible", "does not add up" or "incomplete".
    note
        A sentence on what differs; empty where nothing does.
    """

    place: str
    lines: str
    printed: str
    found: str
    verdict: Verdict
    note: str = ""

    @property
    def flagged(self) -> bool:
        """Whether no rounding can explain the line, or parts of it are missing."""
        return self.verdict in ("does not add up", "incomplete")

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        said = f"{self.place} (line{'s' * ('-' in self.lines)} {self.lines})"
        if self.verdict == "adds up":
            words = f"{said}: {self.printed} agrees with {self.found}."
        else:
            words = (
                f"{said}: {self.verdict}; printed {self.printed}, found {self.found}."
            )
        return f"{words} {self.note}".rstrip()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its key."""
    return [
        {str(name): value for name, value in row.items()}
        for row in table.reset_index().to_dict("records")
    ]


def _per_cent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01'))} %"


def _difference(row: Mapping[str, Any], name: str) -> Check:
    a, b, printed = row["a_bn"], row["b_bn"], row["difference_pct"]
    found = HUNDRED - HUNDRED * b / a
    possible = Interval.of_difference(a, b)
    verdict = judge(printed, found, possible)
    note = ""
    if verdict != "adds up":
        ends = f"{_per_cent(possible.low)} to {_per_cent(possible.high)}"
        so = "no error" if verdict == "possible" else "an error"
        note = (
            f"The figures printed give {round_like(found, printed)} %; before rounding "
            f"they could have given {ends}, so this is {so}."
        )
    return Check(
        place=f"Table 1, {name}",
        lines=row["lines"],
        printed=f"{printed} %",
        found=_per_cent(found),
        verdict=verdict,
        note=note,
    )


def _sum_of(figures: list[Decimal], printed: Decimal, place: str, lines: str) -> Check:
    found = sum(figures, Decimal(0))
    return Check(
        place=place,
        lines=lines,
        printed=f"£{printed}bn",
        found=f"£{found}bn",
        verdict=judge(printed, found, Interval.of_sum(figures)),
    )


def check_table_1() -> tuple[Check, ...]:
    """Recompute Table 1: thirteen differences, two sums and the total difference.

    Returns
    -------
    checks
        In the order printed; the sums of columns A and B and the difference of the
        totals come last.

    Examples
    --------
    >>> [check.place for check in check_table_1() if check.verdict != "adds up"]
    ['Table 1, Kent', 'Table 1, Lewisham']
    """
    *pilots, total = _rows(table_1())
    checks = [_difference(row, row["pilot"]) for row in pilots]
    checks += [
        _sum_of(
            [row[column] for row in pilots],
            total[column],
            f"Table 1, total of column {letter}",
            total["lines"],
        )
        for letter, column in (("A", "a_bn"), ("B", "b_bn"))
    ]
    return (*checks, _difference(total, "Total"))


def check_table_2() -> tuple[Check, ...]:
    """Recompute the totals of Table 2 from the three functions.

    Returns
    -------
    checks
        One a pilot, in the order printed. Three parts and a total, each rounded to
        a whole per cent, may differ by up to 2 points, ends included.

    Examples
    --------
    >>> [check.place for check in check_table_2() if check.flagged]
    ['Table 2, Bournemouth, Dorset and Poole']
    """
    checks = []
    for row in _rows(table_2()):
        parts = [Decimal(int(row[column])) for column in FUNCTIONS]
        printed, found = Decimal(int(row["total_pct"])), sum(parts, Decimal(0))
        verdict = judge(printed, found, Interval.of_sum(parts))
        note = (
            f"Parts of {' + '.join(map(str, parts))} make {found}; a gap of "
            f"{abs(printed - found)} points exceeds the 2 that rounding allows, so a "
            "part or the total is an error."
        )
        checks.append(
            Check(
                place=f"Table 2, {row['pilot']}",
                lines=row["lines"],
                printed=f"{printed} %",
                found=f"{found} %",
                verdict=verdict,
                note=note if verdict == "does not add up" else "",
            )
        )
    return tuple(checks)


def _parts(row: Mapping[str, Any], health: Decimal) -> Check:
    given = {
        column: Decimal(int(row[column]))
        for column in BODIES
        if not pd.isna(row[column])
    }
    found = sum(given.values(), Decimal(0))
    absent = [
        column.removesuffix("_pct").replace("_", " ")
        for column in BODIES
        if column not in given
    ]
    verdict, note = judge(HUNDRED, found, Interval.of_sum(given.values())), ""
    if absent:
        verdict = "incomplete"
        note = f"No figure is printed for {', '.join(absent)}; {_where(found)}"
    elif found != HUNDRED:
        note = "Four rounded parts may differ from 100 by up to 2 points."
    nhs = given.get("nhs_pct")
    if nhs is not None and abs(nhs - health) > FAR_APART:
        note += (
            f" NHS bodies have {nhs} % here and health {health} % in Table 2: the "
            "bodies were not classified as elsewhere, so this line cannot be ranked "
            f"with the others. It is no misprint: with {health} % the parts would make "
            f"{found - nhs + health}."
        )
    return Check(
        place=f"Table 3, {row['pilot']}",
        lines=row["lines"],
        printed="shares of 100 % in all",
        found=f"{found} %",
        verdict=verdict,
        note=note.strip(),
    )


def _where(found: Decimal) -> str:
    """Say where spend of a kind of body without a figure must be."""
    if abs(found - HUNDRED) <= MOST_GAP:
        return "the rest make a whole, so that spend sits under another heading."
    return f"{HUNDRED - found} % of spend is not given to any kind of body."


def check_table_3() -> tuple[Check, ...]:
    """Check that the shares of Table 3 make a whole, and of the same bodies.

    Returns
    -------
    checks
        One a pilot, in the order printed. Four parts rounded to a whole per cent
        may differ from 100 by up to 2 points. The share of NHS bodies is held
        against the share of health in Table 2.

    Examples
    --------
    >>> [check.lines for check in check_table_3() if check.flagged]
    ['1088-1089', '1092']
    """
    health = table_2()["health_pct"]
    return tuple(
        _parts(row, Decimal(int(health[row["pilot_key"]]))) for row in _rows(table_3())
    )


def check_tables() -> tuple[Check, ...]:
    """Recompute Tables 1, 2 and 3 of the report.

    Returns
    -------
    checks
        One a printed figure that the others determine, in the order printed.

    Examples
    --------
    >>> [check.verdict for check in check_tables() if check.flagged]
    ['does not add up', 'incomplete', 'incomplete']
    """
    return (*check_table_1(), *check_table_2(), *check_table_3())
