"""Whom spend is meant for: all alike, those in need of it, or everybody at once.

Universal services stand open to all, targeted ones to those who qualify; collective
goods (defence, streets, the environment) are everybody's at once and have no users;
overheads keep the rest going. Which COFOG codes are which is the place's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.spend.beside import within

if TYPE_CHECKING:
    from insight.spend.lots import Lot
    from insight.spend.per_segment import SpendBySegment

__all__ = ["AIMS", "aim_of", "spend_by_aim"]

AIMS: Final = ("universal", "targeted", "collective", "overhead", "not known")


def aim_of(lot: Lot, universal: tuple[str, ...]) -> str:
    """Return whom the lines of a lot are meant for, one of `AIMS`.

    Parameters
    ----------
    lot
        Lines that were shared alike.
    universal
        COFOG codes of services that stand open to all.
    """
    if lot.cofog is None:
        return "not known"
    if lot.rung in {"collective", "collective by head count"}:
        return "collective"
    if lot.rung == "overhead":
        return "overhead"
    return "universal" if within(lot.cofog, universal) else "targeted"


def spend_by_aim(found: SpendBySegment) -> pd.DataFrame:
    """Return what each segment costs, split by whom spend is meant for.

    Parameters
    ----------
    found
        What :func:`insight.spend.per_segment.spend_per_segment` returned.

    Returns
    -------
    pence
        Indexed by `segment`, in the order of `found.segments`, one column an aim:
        universal, targeted, collective, overhead, not known. All cells add up to all
        spend.

    Examples
    --------
    >>> from insight.spend.per_segment import spend_per_segment
    >>> spend = pd.DataFrame({"cofog": ["09", "10", "02"], "amount_pence": [90, 60, 5]})
    >>> nobody = pd.DataFrame(columns=["service", "segment"])
    >>> sizes = pd.Series({"1": 10, "2": 20})
    >>> found = spend_per_segment(spend, nobody, sizes, services={})
    >>> spend_by_aim(found)[["universal", "targeted", "collective"]].T.to_dict("list")
    {'1': [30, 20, 0], '2': [60, 40, 0], 'collective': [0, 0, 5]}
    """
    table = pd.DataFrame(0, index=found.segments.index, columns=list(AIMS))
    for lot in found.lots:
        pence = lot.by_segment().reindex(table.index, fill_value=0)
        table[aim_of(lot, found.evidence.universal)] += pence
    return table
