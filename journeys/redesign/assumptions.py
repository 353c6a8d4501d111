"""What a redesign assumes: each input as a range, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from journeys.cost.money import Range
from journeys.duplication.all_rules import ALL_RULES
from journeys.redesign.changes import WHOLE, AssessFirst, MergeSteps, OptInOffer
from journeys.redesign.relief import MOVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journeys.duplication.results import Duplication
    from journeys.duplication.rule import Ordered, Shares
    from journeys.redesign.changes import Redesign

__all__ = ["assumptions_of", "reach_of", "shares_of"]

COLUMNS: Final = ["assumption", "unit", "low", "central", "high", "source"]
SHARE: Final = "share"
ASSUMED: Final = "assumed: all"


def reach_of(change: Redesign) -> Shares:
    """Return the share of customers concerned whose journeys change."""
    if isinstance(change, OptInOffer):
        return change.take_up
    return getattr(change, "reach", WHOLE)


def shares_of(change: Redesign, found: Duplication) -> dict[str, Range]:
    """Return what share of its cost is no longer spent, by rule; "" for no rule."""
    rules = ["", *(each.rule for each in found.by_rule)]
    return {rule: _range(_share(change, found, rule)[0]) for rule in rules}


def assumptions_of(
    change: Redesign, found: Duplication, rules: Iterable[str]
) -> pd.DataFrame:
    """Return what a redesign assumes, one row an input.

    Parameters
    ----------
    change
        The redesign.
    found
        The search that it starts from, whose rules may give preventable shares.
    rules
        Those that contacts fall away by: of each, its share is a row.

    Returns
    -------
    assumptions
        `assumption`, `unit`, `low`, `central`, `high` and `source`.
    """
    offered = isinstance(change, OptInOffer)
    who = "customers offered it who take it up" if offered else "customers reached"
    reach = reach_of(change)
    source = change.source if "reach" in change.model_fields_set or offered else ASSUMED
    rows = [(who, SHARE, *_range(reach), source)]
    shares = [
        (_what(rule), SHARE, *_range(share), where)
        for rule in sorted(set(rules) - {MOVED})
        for share, where in [_share(change, found, rule)]
    ]
    rows += _alike(shares)
    if isinstance(change, OptInOffer):
        rows.append(
            (
                "cost of the offer for each who takes it up",
                "pounds",
                *_range(change.offer_pounds),
                change.source,
            )
        )
    rows += [
        (what, "days", days, days, days, change.source) for what, days in _days(change)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _days(change: Redesign) -> list[tuple[str, float]]:
    if isinstance(change, MergeSteps):
        return [
            ("longest time between steps that become one visit", change.within_days)
        ]
    if isinstance(change, AssessFirst) and change.valid_days is not None:
        return [("how long an assessment is good", change.valid_days)]
    return []


def _alike(
    rows: list[tuple[str, str, float, float, float, str]],
) -> list[tuple[str, str, float, float, float, str]]:
    """Return one row in place of several with the same figures and source."""
    if len({row[2:] for row in rows}) == 1 and len(rows) > 1:
        return [("cost that is no longer spent of contacts that fall", *rows[0][1:])]
    return rows


def _what(rule: str) -> str:
    found = f" that {rule} finds" if rule else " that no rule finds"
    return f"cost that is no longer spent of contacts{found}"


def _share(change: Redesign, found: Duplication, rule: str) -> tuple[Shares, str]:
    """Return the share no longer spent for a rule, and where it comes from."""
    own = change.effect if isinstance(change, OptInOffer) else change.avoided
    if own is not None:
        return own, change.source
    section = {each.name: each.section for each in ALL_RULES}.get(rule)
    options = found.rules.of(section) if section else None
    if options is not None and options.preventable is not None:
        return options.preventable, f"rules {found.rules.version}: preventable, {rule}"
    return WHOLE, "assumed: all (gross)"


def _range(given: Ordered) -> Range:
    return Range(given.low, given.central, given.high)
