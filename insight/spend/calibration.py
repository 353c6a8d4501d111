"""Budgets held against what the use of their services adds up to.

Money is shared from the top: the budget is certain, and use only says who had how
much of it. Counted from the bottom, use times unit cost makes a sum of its own. Budget
over that sum is the calibration factor: near 1, the two tell one story; far from it,
a budget pays for more than its services show, a unit cost is another year's, or use
is recorded twice or not at all. Codes that share a service are held against it as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import networkx as nx
import pandas as pd

from insight.spend.rungs import expected_users, services_of, valued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from insight.spend.grounds import Evidence
    from insight.spend.per_segment import SpendBySegment

__all__ = ["USUAL", "Calibration", "calibrate"]

USUAL: Final = (0.5, 2.0)
"""Factors outside these are flagged."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Budgets over what use adds up to.

    Parameters
    ----------
    table
        One row a set of codes that share services: `cofog` and `services` (joined by
        commas), `amount_pence` (the budget), `bottom_up_pence` and `factor`, both
        missing where the cost of a service is not known, `by` (recorded cost, unit
        cost or survey), `people` (users recorded, or people asked, behind it), and
        `flagged`, where the factor lies outside 0.5 to 2.
    """

    table: pd.DataFrame

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        known = self.table.dropna(subset="factor")
        if known.empty:
            return (
                "No budget can be held against the cost of use: neither costs nor unit "
                "costs are recorded for its services."
            )
        flagged = known[known["flagged"]]
        said = (
            f"{len(known)} of {len(self.table)} budgets with services can be held "
            "against what use adds up to"
        )
        if flagged.empty:
            return f"{said}; each lies between half of it and twice."
        worst = ", ".join(
            f"{cofog} ({factor:.2f} times)"
            for cofog, factor in zip(flagged["cofog"], flagged["factor"], strict=True)
        )
        return f"{said}; outside half to twice are COFOG {worst}."


def calibrate(found: SpendBySegment) -> Calibration:
    """Hold budgets against the use of their services, counted from the bottom.

    Parameters
    ----------
    found
        What :func:`insight.spend.per_segment.spend_per_segment` returned.

    Returns
    -------
    calibration
        Sets of codes in the order of their first. The cost of a service is what is
        recorded, else its units or users times its unit cost, else the users that a
        survey leads one to expect times the cost of a user.

    References
    ----------
    Drummond, M. F., Sculpher, M. J., Claxton, K., Stoddart, G. L. and Torrance, G. W.
    (2015). Methods for the Economic Evaluation of Health Care Programmes, 4th ed.,
    Oxford University Press, ch. 7 (gross costing and micro-costing).

    Examples
    --------
    >>> from insight.spend.per_segment import spend_per_segment
    >>> use = pd.DataFrame(
    ...     {"service": "GP", "segment": ["1", "2"], "cost_pence": [300, 100]}
    ... )
    >>> spend = pd.DataFrame({"cofog": ["07"], "amount_pence": [1000]})
    >>> sizes = pd.Series({"1": 10, "2": 10})
    >>> found = spend_per_segment(spend, use, sizes, services={"GP": "07.2"})
    >>> print(calibrate(found))
    1 of 1 budgets with services can be held against what use adds up to; outside half \
to twice are COFOG 07 (2.50 times).
    """
    amounts: dict[str, int] = {}
    for lot in found.lots:
        if lot.cofog is not None:
            amounts[lot.cofog] = amounts.get(lot.cofog, 0) + lot.total
    rows = [_row(*group, amounts, found.evidence) for group in _groups(found)]
    columns = ["cofog", "services", "amount_pence", "bottom_up_pence", "by", "people"]
    table = pd.DataFrame(rows, columns=columns)
    for column in ("bottom_up_pence", "people"):
        table[column] = table[column].astype("Int64")
    below = table["bottom_up_pence"].astype("Float64")
    table["factor"] = (table["amount_pence"] / below).mask(below <= 0)
    low, high = USUAL
    table["flagged"] = (
        (~table["factor"].between(low, high))
        .where(table["factor"].notna(), other=False)
        .astype(bool)
    )
    return Calibration(table=table)


def _groups(found: SpendBySegment) -> Iterator[tuple[list[str], list[str]]]:
    """Yield codes that share services, with those services, each in order."""
    evidence = found.evidence
    seen = {*evidence.use["service"], *evidence.survey["service"]}
    tied: nx.Graph[tuple[str, str]] = nx.Graph()
    for code in sorted({lot.cofog for lot in found.lots if lot.cofog is not None}):
        names = [name for name in services_of(code, evidence) if name in seen]
        if names:
            tied.add_edges_from(
                pairwise([("code", code), *(("service", name) for name in names)])
            )
    for group in sorted(map(sorted, nx.connected_components(tied))):
        yield (
            [name for kind, name in group if kind == "code"],
            [name for kind, name in group if kind == "service"],
        )


def _row(
    codes: Sequence[str],
    services: Sequence[str],
    amounts: dict[str, int],
    evidence: Evidence,
) -> tuple[object, ...]:
    costs = [_cost(name, evidence) for name in services]
    known = [cost for cost in costs if cost is not None]
    whole = len(known) == len(costs)
    return (
        ", ".join(codes),
        ", ".join(services),
        sum(amounts[code] for code in codes),
        sum(pence for _, pence, _ in known) if whole else None,
        ", ".join(sorted({by for by, _, _ in known})) if whole else "not known",
        _fewest([people for _, _, people in known]) if whole else None,
    )


def _fewest(people: Sequence[int | None]) -> int | None:
    """Return the fewest behind any; not known if those behind one are not."""
    known = [each for each in people if each is not None]
    return min(known) if len(known) == len(people) else None


def _cost(service: str, evidence: Evidence) -> tuple[str, int, int | None] | None:
    """Return what told the cost of a service, the pence, and the people behind it."""
    found = valued(service, evidence)
    if found is not None:
        column, pence = found
        users = evidence.use.loc[evidence.use["service"] == service, "customers"]
        people = None if users.isna().any() else int(users.sum())
        by = "recorded cost" if column == "cost_pence" else "unit cost"
        return by, round(float(pence.sum())), people
    price = evidence.prices.get(service)
    expected = expected_users(service, evidence)
    if price is None or price.per != "user" or expected is None:
        return None
    asked = evidence.survey.loc[evidence.survey["service"] == service, "asked"]
    return "survey", round(float(expected.sum()) * price.central), int(asked.sum())
