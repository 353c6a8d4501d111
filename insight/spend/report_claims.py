"""Whether the running text of the 2010 report agrees with its own tables.

Each claim of `data/reference/statements.csv` that a table or an outside figure
can answer is recomputed. A claim may be right and still mislead, such as an
"average" that is the difference of two totals; then it adds up, with a note.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from insight.spend.per_head_claims import check_per_head
from insight.spend.report_checks import FUNCTIONS, Check
from insight.spend.report_tables import (
    outside_facts,
    statements,
    table_1,
    table_2,
    table_3,
)
from insight.spend.rounding import HUNDRED, Interval, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["check_text"]

WIDER: Final = "local authorities with housing revenue accounts and public corporations"


def _claim(name: str) -> Decimal:
    return Decimal(str(statements().loc[name, "low"]))


def _fact(name: str) -> Decimal:
    return Decimal(str(outside_facts().loc[name, "value"]))


def _amount(figure: object, unit: object) -> str:
    return f"£{figure}bn" if unit == "£bn" else f"{figure} {unit}"


def _check(name: str, found: str, verdict: Verdict, note: str = "") -> Check:
    claim = statements().loc[name].to_dict()
    ends = dict.fromkeys(
        end for end in (claim["low"], claim["high"]) if end is not None
    )
    figure = _amount(" to ".join(map(str, ends)), claim["unit"])
    return Check(
        place=f"Text, {claim['says']}",
        lines=claim["lines"],
        printed=figure if ends else "the claim",
        found=found,
        verdict=verdict,
        note=note,
    )


def _figure(name: str, found: Decimal, possible: Interval, note: str = "") -> Check:
    """Check one figure; `note` is said where it does not agree."""
    verdict = judge(_claim(name), found, possible)
    shown = _amount(found.quantize(Decimal("0.01")), statements().loc[name, "unit"])
    return _check(name, shown, verdict, "" if verdict == "adds up" else note)


def _share(part: Decimal, whole: Decimal) -> Interval:
    high, low = Interval.printed(part), Interval.printed(whole)
    return Interval(HUNDRED * high.low / low.high, HUNDRED * high.high / low.low)


def _national() -> list[Check]:
    total, placed = _claim("total"), _claim("identifiable")
    only, wider = _fact("local authorities only"), _fact(WIDER)
    parts = [
        _claim(name) for name in ("local authorities again", "nine departments", "tail")
    ]
    summed = sum(parts, Decimal(0))
    return [
        _figure(
            "identifiable total",
            placed,
            Interval.printed(placed),
            f"£{total}bn is all public spending (line 572); only £{placed}bn of it is "
            "identifiable by region.",
        ),
        _figure(
            "unidentifiable", total - placed, Interval(total - placed, total - placed)
        ),
        _figure("local authorities", only, Interval.printed(only)),
        _check(
            "local authorities again",
            f"{wider} %",
            judge(_claim("local authorities again"), wider, Interval.printed(wider)),
            f"The text has 31 % and 32 %; both hold, by definition: {only} % counts "
            f"local authorities alone, {wider} % adds housing revenue accounts and "
            "public corporations.",
        ),
        _check(
            "tail",
            f"{' + '.join(map(str, parts))} = {summed} %",
            judge(HUNDRED, summed, Interval.of_sum(parts)),
            "The three shares make 101 only because each was rounded.",
        ),
    ]


def _pilots() -> list[Check]:
    total = table_1().loc["total"]
    a, b = Decimal(str(total["a_bn"])), Decimal(str(total["b_bn"]))
    people, everyone = _fact("population of the pilots"), _fact("population of England")
    share = HUNDRED * people / everyone
    return [
        _figure("pilots by column A", a, Interval.printed(a)),
        _figure("pilots by column B", b, Interval.printed(b)),
        _figure(
            "pilots share of spending",
            HUNDRED * a / _claim("england"),
            _share(a, _claim("england")),
        ),
        _figure(
            "pilots share of population",
            share,
            Interval(share, share),
            f"The pilots had {people:,} of {everyone:,} people in mid-2008, so 22 % of "
            "spending goes with about 22 % of people and shows no underspend.",
        ),
    ]


def _differences() -> list[Check]:
    table = table_1()
    pilots = table.drop(index="total")
    rows = [
        HUNDRED - HUNDRED * Decimal(str(b)) / Decimal(str(a))
        for a, b in zip(pilots["a_bn"], pilots["b_bn"], strict=True)
    ]
    low, high = round(min(rows)), round(max(rows))
    claim = statements().loc["range of differences"]
    a, b = (Decimal(str(table.loc["total", column])) for column in ("a_bn", "b_bn"))
    mean = sum(rows, Decimal(0)) / len(rows)
    size = sum(map(abs, rows), Decimal(0)) / len(rows)
    tenth = Decimal("0.1")
    return [
        _check(
            "range of differences",
            f"{low} to {high} %",
            _same((low, high) == (claim["low"], claim["high"])),
        ),
        _check(
            "average difference",
            f"{(HUNDRED - HUNDRED * b / a).quantize(tenth)} %",
            judge(
                _claim("average difference"),
                HUNDRED - HUNDRED * b / a,
                Interval.of_difference(a, b),
            ),
            "It is the difference of the two totals; the mean of the thirteen "
            f"differences is {mean.quantize(tenth)} %, and of their sizes "
            f"{size.quantize(tenth)} %.",
        ),
        _check(
            "table label",
            "Table 1",
            "does not add up",
            "There is no Table 1.1; the table meant is Table 1.",
        ),
    ]


def _same(agrees: bool) -> Verdict:  # noqa: FBT001 - the fact that is put into words
    return "adds up" if agrees else "does not add up"


def _range(table: pd.DataFrame, column: str) -> tuple[int, int]:
    return int(table[column].min()), int(table[column].max())


def _fits(row: Mapping[str, Any], rest: pd.DataFrame, column: str) -> bool:
    low, high = _range(rest, column)
    return low <= int(row[column]) <= high


def _position(row: Mapping[str, Any], rest: pd.DataFrame) -> str:
    """Say where a pilot of Table 2 lies against the rest."""
    where = "inside" if _fits(row, rest, "total_pct") else "outside"
    words = f"{row['pilot']} at {row['total_pct']} % is {where}"
    beyond = [
        f"{column.removesuffix('_pct').replace('_', ' ')} ({row[column]} %)"
        for column in FUNCTIONS
        if not _fits(row, rest, column)
    ]
    if where == "inside" and beyond:
        words += f", though its {' and '.join(beyond)} is outside"
    return words


def _functions() -> list[Check]:
    table, claim = table_2(), statements().loc["three functions"]
    low, high = _range(table, "total_pct")
    named = table.loc[["kent", "birmingham"]]
    rest = table.drop(index=named.index)
    least, largest = _range(rest, "total_pct")
    rows = [named.loc[key].to_dict() for key in named.index]
    positions = [_position(row, rest) for row in rows]
    outside = [not _fits(row, rest, "total_pct") for row in rows]
    found, most = f"{low} to {high} %", f"The largest total in Table 2 is {high} %."
    brief = statements().loc["three functions in summary"].to_dict()
    return [
        _check(
            "three functions in summary",
            found,
            _same(brief["low"] <= low and high <= brief["high"]),
            most,
        ),
        _check(
            "three functions",
            found,
            _same((low, high) == (claim["low"], claim["high"])),
            most,
        ),
        _check(
            "outside the range",
            f"{least} to {largest} % for the other eleven totals",
            _same(all(outside)),
            f"{'; '.join(positions)}.",
        ),
    ]


def _bodies() -> list[Check]:
    table = table_3()
    central = table["central_government_pct"].dropna().astype(int).sort_values()
    claim = statements().loc["highest central shares"]
    high = central.tail(3)
    pilots = len(table_1()) - 1
    return [
        _figure(
            "lowest central share",
            Decimal(int(central["lewisham"])),
            Interval.printed(Decimal(int(central["lewisham"]))),
        ),
        _check(
            "highest central shares",
            ", ".join(
                f"{name} {share} %"
                for name, share in zip(
                    table["pilot"].loc[high.index], high, strict=True
                )
            ),
            _same((high.iloc[0], high.iloc[-1]) == (claim["low"], claim["high"])),
        ),
        _check(
            "not all represented",
            f"{len(table)} of {pilots} pilots",
            _same(len(table) < pilots),
            "Every pilot has a line in Table 3, though two of the lines lack figures.",
        ),
    ]


def check_text() -> tuple[Check, ...]:
    """Check the claims of the running text against the tables and outside figures.

    Returns
    -------
    checks
        National figures, then the pilots as a whole, then claims about Tables 1,
        2 and 3.

    Examples
    --------
    >>> [check.lines for check in check_text() if check.flagged]
    ['81-82', '597', '658', '98-99', '848', '896-898', '1102', '706-707']
    """
    return (
        *_national(),
        *_pilots(),
        *_differences(),
        *_functions(),
        *_bodies(),
        *check_per_head(),
    )
