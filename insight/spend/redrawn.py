"""What shares rest on, drawn again: use by customer, answers, and what they are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.beside import checked_labels
from insight.spend.grounds import MEASURES
from insight.spend.rungs import services_of, valued

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

    from insight.spend.grounds import Evidence
    from insight.spend.lots import Lot

    Floats = NDArray[np.float64]
    Figures = dict[tuple[str, str], Floats]
    Draws = tuple[np.random.Generator, int]

__all__ = [
    "SURVEY",
    "Source",
    "customer_rows",
    "sources_of",
    "surveyed",
    "used",
    "why_none",
]

COLUMNS: Final = ("customer_id", "service", "segment")
SURVEY: Final = "expected users"
"""The figure of a service that a survey tells."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A service that a lot is shared by: which figure of it, and at a price or not."""

    service: str
    column: str
    priced: bool = False


def sources_of(lot: Lot, evidence: Evidence) -> list[Source]:
    """Return what a lot was shared by that can be drawn again."""
    if lot.cofog is None:
        return []
    mapped = services_of(lot.cofog, evidence)
    table = evidence.survey if lot.rung == "survey of use" else evidence.use
    names = sorted(set(mapped) & set(table["service"]))
    if lot.rung == "survey of use":
        prices = [evidence.prices.get(name) for name in names]
        priced = all(price is not None and price.per == "user" for price in prices)
        return [Source(service=n, column=SURVEY, priced=priced) for n in names]
    for rung, column in MEASURES.items():
        if lot.rung == rung:
            return [Source(service=name, column=column) for name in names]
    if lot.rung != "use at unit cost":
        return []
    costs = [(name, valued(name, evidence)) for name in names]
    return [
        Source(service=name, column=cost[0], priced=cost[0] != "cost_pence")
        for name, cost in costs
        if cost is not None
    ]


def customer_rows(customers: pd.DataFrame) -> pd.DataFrame:
    """Return use by customer in an order of its own, customers numbered as `who`."""
    lacks = sorted(set(COLUMNS) - set(customers.columns))
    if lacks:
        msg = (
            f"customers lacks {lacks}; it has {list(customers.columns)}. Pass what "
            "customer_use returns."
        )
        raise InsightError(msg)
    rows = customers.reindex(columns=[*COLUMNS, "cost_pence", "units"])
    rows = rows.assign(segment=checked_labels(rows["segment"]), customers=1.0)
    rows = rows.sort_values(list(COLUMNS), kind="stable", ignore_index=True)
    for column in ("cost_pence", "units"):
        rows[column] = rows[column].astype("Float64").astype("float64")
    return rows.assign(who=pd.factorize(rows["customer_id"])[0])


def why_none(
    wanted: Collection[Source], rows: pd.DataFrame | None, evidence: Evidence
) -> str:
    """Say why there can be no draws, or nothing."""
    of_use = {one for one in wanted if one.column != SURVEY}
    if not wanted:
        return "no line of spend was shared by recorded use or a survey"
    if not of_use:
        return ""
    if rows is None or rows.empty:
        return "use by customer was not given"
    for one in of_use:
        seen = rows[rows["service"] == one.service][one.column].sum()
        whole = evidence.use[evidence.use["service"] == one.service][one.column]
        if not np.isclose(seen, float(whole.sum())):
            return "some of the use that money was shared by names no customer"
    return ""


def used(
    wanted: Iterable[Source],
    segments: list[str],
    rows: pd.DataFrame,
    draws: Draws,
) -> Figures:
    """Add up use by segment, every customer a Poisson(1) number of times over."""
    rng, replicates = draws
    place = {name: at for at, name in enumerate(segments)}
    parts = []
    for one in sorted({(one.service, one.column) for one in wanted}):
        own = rows[rows["service"] == one[0]]
        if one[1] != SURVEY:
            where = own["segment"].map(place).to_numpy()
            parts.append((one, own["who"].to_numpy(), where, own[one[1]].to_numpy()))
    found = {one: np.zeros((replicates, len(segments))) for one, *_ in parts}
    n = int(rows["who"].max()) + 1
    for replicate in range(replicates):
        times = rng.poisson(1.0, n)
        for one, who, where, value in parts:
            found[one][replicate] = np.bincount(
                where, weights=value * times[who], minlength=len(segments)
            )
    return found


def surveyed(
    wanted: Iterable[Source],
    segments: list[str],
    evidence: Evidence,
    draws: Draws,
) -> Figures:
    """Draw the users of each segment that the survey leaves likely."""
    rng, replicates = draws
    people = evidence.sizes[evidence.sizes > 0].sort_index()
    columns = [segments.index(str(name)) for name in people.index]
    found = {}
    for name in sorted({one.service for one in wanted if one.column == SURVEY}):
        said = evidence.survey[evidence.survey["service"] == name]
        said = said.set_index("segment").loc[people.index]
        users = said["users"].to_numpy("float64")
        missed = said["asked"].to_numpy("float64") - users
        rates = rng.beta(users + 0.5, missed + 0.5, (replicates, len(people)))
        found[name, SURVEY] = np.zeros((replicates, len(segments)))
        found[name, SURVEY][:, columns] = rates * people.to_numpy()
    return found
