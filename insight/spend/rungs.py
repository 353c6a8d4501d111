"""The ladder of evidence by which a line of spend is shared among segments.

The best rung that the data allow is used, and its name stays on every figure:

1. `known totals`: what segments are known to have got, kept exactly (`two_margins`);
2. `cost of use`: recorded cost of the services mapped to the line's COFOG code;
3. `use at unit cost`: recorded units or users times a stated unit cost, where cost is
   not recorded for every service;
4. `units of use`: recorded units, where the line has one service only, since
   nights and visits cannot be added;
5. `customers`: how many customers used those services, each counted once a service;
6. `survey of use`: the share of a segment's people who say they use a service, times
   its people and, of several services, times the cost of a user of each;
7. `proxy key`: a stated key, such as children of an age;
8. `head count`: people in each segment.

A measure is used only where every cell of it is recorded, none is negative and
not all are zero; a survey, only where it reached every segment that has people. A
line of a collective division to which no service and no key is mapped stands in a
bucket of its own or, if the place so chose, is shared a head; overheads follow the
direct costs of their body; a line whose COFOG code is not known stands apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.errors import InsightError
from insight.spend.beside import NOT_KNOWN, within
from insight.spend.cofog import nested
from insight.spend.grounds import MEASURES, Evidence, evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "BUCKETS",
    "LEVELS",
    "MEASURES",
    "NOT_KNOWN",
    "PRICED",
    "Evidence",
    "Rung",
    "evidence_of",
    "expected_users",
    "rung_of",
    "services_of",
    "valued",
]

Rung: TypeAlias = Literal[
    "known totals",
    "cost of use",
    "use at unit cost",
    "units of use",
    "customers",
    "survey of use",
    "proxy key",
    "head count",
    "overhead",
    "collective by head count",
    "collective",
    "cofog not known",
]
BUCKETS: Final = ("collective", "cofog not known")
"""Where money stands that is shared among nobody."""
PRICED: Final[Mapping[str, str]] = {"unit": "units", "user": "customers"}
"""The column of use that a unit cost is of."""
LEVELS: Final[Mapping[str, str]] = {
    "known totals": "totals known from elsewhere",
    "cost of use": "use of cases",
    "use at unit cost": "use of cases",
    "units of use": "use of cases",
    "customers": "use of cases",
    "survey of use": "survey",
    "proxy key": "key",
    "head count": "head count",
    "overhead": "direct costs",
    "collective by head count": "head count",
    "collective": "not shared",
    "cofog not known": "not shared",
}
"""What each rung rests on, best first."""
FINE: Final = 1_000_000
"""Expected users of one service count in millionths, so that weights are whole."""


def services_of(cofog: str, evidence: Evidence) -> list[str]:
    """Return the services mapped to a code, to a part of it or to its division."""
    return sorted(
        name for name, code in evidence.services.items() if nested(code, cofog)
    )


def _complete(values: pd.Series[float]) -> bool:
    return bool(values.notna().all() and (values >= 0).all() and values.sum() > 0)


def valued(service: str, evidence: Evidence) -> tuple[str, pd.Series[float]] | None:
    """Return the column that tells the cost of a service's use, and pence by segment.

    Recorded cost, or else units or customers (as its unit cost is of one or the
    other) times the central unit cost, in whole pence; `None` where neither is there.
    """
    cells = evidence.use[evidence.use["service"] == service].set_index("segment")
    if _complete(cells["cost_pence"]):
        return "cost_pence", cells["cost_pence"].astype("float64")
    price = evidence.prices.get(service)
    if price is None or not _complete(cells[PRICED[price.per]]):
        return None
    column = PRICED[price.per]
    return column, (cells[column] * price.central).round().astype("float64")


def _summed(parts: Iterable[pd.Series[float]]) -> dict[str, float]:
    """Add up weights by segment; the order of the parts does not matter."""
    whole = pd.concat(list(parts))
    weights = whole.groupby(level=0, sort=True).sum()
    return {str(name): float(weight) for name, weight in weights.items()}


def _by_use(cofog: str, evidence: Evidence) -> tuple[Rung, dict[str, float]] | None:
    mapped = evidence.use[evidence.use["service"].isin(services_of(cofog, evidence))]
    if mapped.empty:
        return None
    names = sorted(set(mapped["service"]))
    if _complete(mapped["cost_pence"]):
        return "cost of use", _summed([mapped.set_index("segment")["cost_pence"]])
    costs = [valued(name, evidence) for name in names]
    known = [pence for cost in costs if cost is not None for pence in [cost[1]]]
    if len(known) == len(names) and sum(each.sum() for each in known) > 0:
        return "use at unit cost", _summed(known)
    for rung in ("units of use", "customers"):
        values = mapped.set_index("segment")[MEASURES[rung]]
        if _complete(values) and not (rung == "units of use" and len(names) > 1):
            return rung, _summed([values])
    return None


def expected_users(service: str, evidence: Evidence) -> pd.Series[float] | None:
    """Return the users of a service that a survey leads one to expect, by segment.

    The share of those asked who use it, times the people of the segment; `None`
    where the survey asked nobody in some segment that has people.
    """
    said = evidence.survey[evidence.survey["service"] == service].set_index("segment")
    people = evidence.sizes[evidence.sizes > 0]
    asked = said["asked"].reindex(people.index).astype("float64")
    if said.empty or people.empty or not (asked > 0).all():
        return None
    users = said["users"].reindex(people.index).astype("float64")
    return people * users / asked


def _by_survey(cofog: str, evidence: Evidence) -> dict[str, float] | None:
    asked = set(evidence.survey["service"])
    names = [name for name in services_of(cofog, evidence) if name in asked]
    users = [expected_users(name, evidence) for name in names]
    prices = [evidence.prices.get(name) for name in names]
    priced = [price.central for price in prices if price and price.per == "user"]
    if len(priced) < len(names):
        if len(names) > 1:
            return None
        priced = [FINE] * len(names)
    weights = [
        (each * price).round()
        for each, price in zip(users, priced, strict=True)
        if each is not None
    ]
    if not weights or len(weights) < len(names):
        return None
    summed = _summed(weights)
    return summed if sum(summed.values()) > 0 else None


def _by_key(cofog: str, evidence: Evidence) -> dict[str, float] | None:
    """Return the key of a code, or else of its division."""
    for code in (cofog, cofog.split(".", maxsplit=1)[0]):
        if code in evidence.keys:
            return {str(name): float(w) for name, w in evidence.keys[code].items()}
    return None


def rung_of(cofog: str | None, evidence: Evidence) -> tuple[Rung, dict[str, float]]:
    """Return the best rung for a line by itself, and the weight of each segment on it.

    Known totals and overheads, which rest on other lines too, are not looked at.

    Parameters
    ----------
    cofog
        Code of the line, or `None` where it has none.
    evidence
        What :func:`evidence_of` returned.

    Returns
    -------
    rung, weights
        Weights are in the rung's own unit; a bucket has the weight 1.

    Raises
    ------
    InsightError
        If only head count is left and there are no people in any segment.
    """
    if cofog is None:
        return "cofog not known", {"cofog not known": 1.0}
    found = _by_use(cofog, evidence)
    if found is not None:
        return found
    surveyed = _by_survey(cofog, evidence)
    if surveyed is not None:
        return "survey of use", surveyed
    key = _by_key(cofog, evidence)
    if key is not None:
        return "proxy key", key
    together = within(cofog, evidence.collective)
    if together and evidence.collective_as == "bucket":
        return "collective", {"collective": 1.0}
    if not evidence.sizes.sum() > 0:
        msg = (
            f"spend on COFOG {cofog} can only be shared by head count, and the "
            f"{len(evidence.sizes)} segments hold nobody. Give the people in each."
        )
        raise InsightError(msg)
    heads = {str(name): size for name, size in evidence.sizes.items()}
    return "collective by head count" if together else "head count", heads
