"""What a redesign comes to: before and after, money, who gains, what it assumes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journeys.cost.money import Amount, pounds

if TYPE_CHECKING:
    import pandas as pd

    from journeys.duplication.results import Duplication
    from journeys.log import Log
    from journeys.redesign.changes import Redesign
    from journeys.redesign.money import Saved

__all__ = ["Redesigned", "with_changes"]


@dataclass(frozen=True, kw_only=True)
class Redesigned:
    """Journeys before and after a redesign.

    Attributes
    ----------
    change
        The redesign.
    before, after
        What the rules find in the log as it is, and in the new one.
    log
        The new log, where everyone whom the redesign concerns is reached; a
        table of its engine with all that a log has.
    measures
        `measure`, `unit`, `before`, `after`, `expected` (at the likeliest reach)
        and `base`.
    rules
        Findings of each rule and their cost, `before` and `after`.
    money
        Gross and avoided, the offer's cost and the net, with intervals; unaudited.
    by_segment, by_agency
        Who gains and loses: customers, contacts, hand-offs and days before and
        after, `before_pence`, and `change_pence` with `low_pence` and `high_pence`
        (negative: less is spent), which rest on `changed` customers. The changes of
        each sum to the whole.
    assumptions
        One row an input: `assumption`, `unit`, `low`, `central`, `high`, `source`.
    customers
        How many have a contact that changes.
    fallen, not_costed
        Contacts that fall away, and how many of them have no cost.
    """

    change: Redesign
    before: Duplication
    after: Duplication
    log: Log
    measures: pd.DataFrame = field(repr=False)
    rules: pd.DataFrame = field(repr=False)
    money: Saved = field(repr=False)
    by_segment: pd.DataFrame = field(repr=False)
    by_agency: pd.DataFrame = field(repr=False)
    assumptions: pd.DataFrame = field(repr=False)
    customers: int
    fallen: int
    not_costed: int

    def __str__(self) -> str:
        """Say the result as sentences for a report."""
        old = self.before.log
        said = (
            f"{self.change.name}: journeys of {self.customers:,} of "
            f"{old.n_customers:,} customers change; {self.fallen:,} of "
            f"{old.n_events:,} contacts fall away, which cost "
            f"{pounds(self.money.gross.pence)} gross. "
        )
        if self.not_costed:
            said += f"{self.not_costed:,} contacts have no cost. "
        if self.money.offer is not None:
            said += f"The offer costs {self.money.offer}. "
        net, way = self.money.net, "falls"
        if net.pence < 0:
            net, way = Amount(pence=-net.pence, low=-net.high, high=-net.low), "rises"
        return (
            f"{said}Spending {way} by {net}, unaudited, on "
            f"{len(self.assumptions)} stated assumptions."
        )


def with_changes(frame: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return segments or agencies with what is spent on them more or less.

    Parameters
    ----------
    frame
        One row a segment or agency, which is its first column.
    changes
        The same column, `change_pence`, `low_pence` and `high_pence`; what is not
        in `frame` is added to it, what is not here does not change.
    """
    what = str(frame.columns[0])
    joined = frame.merge(changes, on=what, how="outer", sort=True)
    money = list(changes.columns[1:])
    joined[money] = joined[money].astype("float").fillna(0).astype("int64")
    counts = frame.select_dtypes("integer").columns
    return joined.astype(dict.fromkeys(counts, "Int64"))
