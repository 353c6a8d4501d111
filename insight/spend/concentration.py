"""How few bodies spend most of the money, and how many spend very little.

The 2010 report finds 70-80 % of spend with three bodies, over 90 % with ten, many
bodies on one function and a long tail below £50k and £100k, and reads the tail as
effort spent on running small funds. Here the same is counted for any spend count.
A negative amount (income, a refund, a correction) is shown apart; every measure is
given with negatives netted off and without, because a share depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.herfindahl import effective_number, herfindahl
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "NO_FUNCTION",
    "SMALL",
    "Concentration",
    "concentration",
    "divisions_of",
]

SMALL: Final = (5_000_000, 10_000_000)
"""The report's £50k and £100k a year, in pence."""

NO_FUNCTION: Final = "not known"
"""Where the money of lines stands whose COFOG code is not known."""

TOPS: Final = (3, 10)
FUNCTIONS: Final = 3
MEASURES: Final = (
    "top three bodies",
    "top ten bodies",
    "three largest functions",
    "Herfindahl index",
    "effective number of bodies",
)


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """How concentrated a spend count is.

    Parameters
    ----------
    bodies
        Indexed by `body`, most spend first, ties by name: `amount_pence` (negatives
        netted), `paid_pence` (positive amounts alone), `negative_pence`, `lines`,
        `functions` (COFOG divisions), `share` and `paid_share`.
    functions
        Indexed by COFOG division, or "not known": `amount_pence`, `paid_pence`,
        `bodies`, `share` and `paid_share`, most spend first.
    measures
        Indexed by measure, columns `netted` and `not_netted`: shares of spend from 0
        to 1, the index, and a number of bodies. Missing where spend is not positive.
    tail
        One row for `what` ("body", "programme") and `below_pence`: `count` and
        `amount_pence` of those that spend more than nothing and less than that,
        and their `of_all`, all that spend more than nothing.
    total_pence, paid_pence, lines
        All spend, positive amounts alone, and lines.
    notes
        What a reader must know, such as one body under two spellings.
    """

    bodies: pd.DataFrame
    functions: pd.DataFrame
    measures: pd.DataFrame
    tail: pd.DataFrame
    total_pence: int
    paid_pence: int
    lines: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say the result in two sentences."""
        if self.measures["netted"].isna().any():
            return (
                f"Spend adds up to {pounds(self.total_pence)} over {self.lines} lines, "
                "which is not above nought: no share of it can be taken."
            )
        netted, apart = self.measures["netted"], self.measures["not_netted"]
        below = (
            f"; negatives netted, {apart.iloc[0]:.1%} and {apart.iloc[1]:.1%} without"
            if self.paid_pence != self.total_pence
            else ""
        )
        return (
            f"The top three of {len(self.bodies)} bodies spend {netted.iloc[0]:.1%} "
            f"and the top ten {netted.iloc[1]:.1%} of {pounds(self.total_pence)} "
            f"({self.lines} lines{below}). The Herfindahl index is "
            f"{netted.iloc[3]:.3f}, as if {netted.iloc[4]:.1f} bodies spent alike."
        )


def concentration(
    spend: pd.DataFrame, *, small: Sequence[int] = SMALL
) -> Concentration:
    """Count who spends most, how many spend on each function, and the long tail.

    Parameters
    ----------
    spend
        `body`, `cofog` and `amount_pence`, and `programme` if known. One basis and
        one period, or sums mix them. Spaces around a name do not matter.
    small
        Pence below which a body's or a programme's spend is small, the end left out.

    Returns
    -------
    found
        A line without a body is not in `bodies` and is told in `notes`; its money
        stays in every total. A programme is one name with one body.

    Raises
    ------
    InsightError
        If there are no lines or a column is not there.

    Examples
    --------
    >>> spend = pd.DataFrame(
    ...     {
    ...         "body": ["council", "council", "trust", "charity"],
    ...         "cofog": ["09.1", "10.2", "07.3", "10.2"],
    ...         "amount_pence": [60_000_000, -10_000_000, 45_000_000, 4_000_000],
    ...     }
    ... )
    >>> found = concentration(spend)
    >>> found.functions["bodies"].to_dict()
    {'09': 1, '07': 1, '10': 2}
    >>> print(*found.tail.loc[0, ["what", "below_pence", "count", "of_all"]])
    body 5000000 1 3
    """
    lines = _checked(spend)
    total, paid = int(lines["amount_pence"].sum()), int(lines["paid_pence"].sum())
    bodies = _summed(lines, "body", ("division", "functions"))
    functions = _summed(lines, "division", ("body", "bodies"))
    for table in (bodies, functions):
        table["share"] = table["amount_pence"] / total if total > 0 else float("nan")
        table["paid_share"] = table["paid_pence"] / paid if paid > 0 else float("nan")
    return Concentration(
        bodies=bodies,
        functions=functions.drop(columns=["lines", "negative_pence"]),
        measures=_measures(lines, total, paid),
        tail=_tail(lines, small),
        total_pence=total,
        paid_pence=paid,
        lines=len(lines),
        notes=tuple(_notes(lines)),
    )


def _checked(spend: pd.DataFrame) -> pd.DataFrame:
    """Return lines with a division, and positive and negative amounts apart."""
    lacks = sorted({"body", "cofog", "amount_pence"} - set(spend.columns))
    if lacks or spend.empty:
        msg = (
            f"spend has {len(spend)} lines and lacks {lacks}; it has "
            f"{list(spend.columns)}. Give at least one line with all three columns."
        )
        raise InsightError(msg)
    amount = spend["amount_pence"].astype("int64")
    return pd.DataFrame(
        {
            "body": spend["body"]
            .astype("str")
            .str.strip()
            .where(spend["body"].notna()),
            "division": divisions_of(spend["cofog"]),
            "programme": spend.get(
                "programme", pd.Series(index=spend.index, dtype=str)
            ),
            "amount_pence": amount,
            "paid_pence": amount.clip(lower=0),
            "negative_pence": amount.clip(upper=0),
        }
    )


def divisions_of(cofog: pd.Series[str]) -> pd.Series[str]:
    """Return the COFOG division of each code, "not known" where there is none.

    Examples
    --------
    >>> divisions_of(pd.Series(["7.3", "99", None])).to_list()
    ['07', 'not known', 'not known']
    """
    codes = {one: (cofog_code(one) or NO_FUNCTION) for one in cofog.dropna().unique()}
    found = [
        codes.get(one, NO_FUNCTION) if isinstance(one, str) else NO_FUNCTION
        for one in cofog
    ]
    return pd.Series(found, index=cofog.index, dtype="str").str.partition(".")[0]


def _summed(lines: pd.DataFrame, by: str, counted: tuple[str, str]) -> pd.DataFrame:
    """Return sums of lines by a column, and how many of another column it meets."""
    other, name = counted
    known = lines[other].where(lines[other] != NO_FUNCTION)
    table = (
        lines.assign(**{other: known})
        .groupby(by)
        .agg(
            amount_pence=("amount_pence", "sum"),
            paid_pence=("paid_pence", "sum"),
            negative_pence=("negative_pence", "sum"),
            lines=("amount_pence", "size"),
            **{name: (other, "nunique")},
        )
    )
    return table.sort_values("amount_pence", ascending=False, kind="stable")


def _measures(lines: pd.DataFrame, total: int, paid: int) -> pd.DataFrame:
    """Return each measure with negatives netted, and of positive amounts alone."""

    def of(column: str, whole: int) -> list[float]:
        bodies = lines.groupby("body")[column].sum().sort_values(ascending=False)
        uses = lines[lines["division"] != NO_FUNCTION].groupby("division")[column].sum()
        if whole <= 0:
            return [float("nan")] * len(MEASURES)
        return [
            *(int(bodies.head(top).sum()) / whole for top in TOPS),
            int(uses.nlargest(FUNCTIONS).sum()) / whole,
            herfindahl(bodies),
            effective_number(bodies),
        ]

    columns = {
        "netted": of("amount_pence", total),
        "not_netted": of("paid_pence", paid),
    }
    return pd.DataFrame(columns, index=pd.Index(MEASURES, name="measure"))


def _tail(lines: pd.DataFrame, small: Sequence[int]) -> pd.DataFrame:
    """Count bodies and programmes that spend something, but little."""
    rows = []
    for what, keys in (("body", ["body"]), ("programme", ["body", "programme"])):
        sums = lines.groupby(keys)["amount_pence"].sum()
        spending = sums[sums > 0]
        for below in small:
            few = spending[spending < below]
            rows.append(
                {
                    "what": what,
                    "below_pence": int(below),
                    "count": len(few),
                    "of_all": len(spending),
                    "amount_pence": int(few.sum()),
                }
            )
    return pd.DataFrame(rows)


def _notes(lines: pd.DataFrame) -> list[str]:
    notes = []
    below = lines["amount_pence"] < 0
    if below.any():
        notes.append(
            f"{below.sum()} of {len(lines)} lines are negative "
            f"({pounds(int(lines['negative_pence'].sum()))}): shares are given with "
            "them netted off, and of positive amounts alone."
        )
    nameless = lines["body"].isna()
    if nameless.any():
        notes.append(
            f"{nameless.sum()} lines name no body "
            f"({pounds(int(lines.loc[nameless, 'amount_pence'].sum()))}): they stand "
            "in the total, with no body."
        )
    names = pd.Series(lines["body"].dropna().unique(), dtype="str")
    alike = names[names.str.casefold().duplicated(keep=False)].sort_values()
    if len(alike):
        notes.append(
            f"Some bodies differ by capitals only, such as {list(alike[:2])}: they "
            "count as two. Give each one spelling."
        )
    return notes
