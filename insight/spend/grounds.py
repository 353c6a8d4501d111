"""What lines of spend can be shared by: recorded use, sizes, and what stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.errors import InsightError
from insight.spend.beside import Beside, Price, checked_codes, checked_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MEASURES", "Evidence", "evidence_of"]

Measured: TypeAlias = Literal["cost of use", "units of use", "customers"]
MEASURES: Final[Mapping[Measured, str]] = {
    "cost of use": "cost_pence",
    "units of use": "units",
    "customers": "customers",
}
"""The column of use behind each rung of one measure, best first."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What lines of spend can be shared by; made by :func:`evidence_of`."""

    use: pd.DataFrame
    sizes: pd.Series[float]
    services: Mapping[str, str]
    collective: tuple[str, ...]
    survey: pd.DataFrame
    prices: Mapping[str, Price]
    keys: Mapping[str, pd.Series[float]]
    known: Mapping[str, pd.Series[int]]
    overheads: tuple[str, ...]
    universal: tuple[str, ...]
    collective_as: str


def _checked_use(use: pd.DataFrame) -> pd.DataFrame:
    lacks = sorted({"service", "segment"} - set(use.columns))
    if lacks and not use.empty:
        msg = (
            f"use lacks {lacks}; it has {list(use.columns)}. Pass what use_by_segment "
            "returns."
        )
        raise InsightError(msg)
    checked = use.reindex(columns=["service", "segment", *MEASURES.values()])
    checked["segment"] = checked_labels(checked["segment"])
    for column in MEASURES.values():
        checked[column] = checked[column].astype("Float64")
    repeats = int(checked.duplicated(["service", "segment"]).sum())
    if repeats:
        msg = (
            f"{repeats} of {len(use)} rows of use repeat a service and segment. Add "
            "them up first."
        )
        raise InsightError(msg)
    return checked


def _checked_sizes(sizes: pd.Series[float]) -> pd.Series[float]:
    checked = pd.Series(
        sizes.astype("float64").to_numpy(),
        index=checked_labels(sizes.index),
        name="people",
    )
    wrong = checked.isna() | (checked < 0)
    if wrong.any() or not checked.index.is_unique:
        msg = (
            "sizes of segments need one number each, not below zero; seen "
            f"{len(sizes)} sizes, {int(wrong.sum())} of them missing or negative, and "
            f"{checked.index.nunique()} names. Count the people of each segment."
        )
        raise InsightError(msg)
    return checked


def evidence_of(
    use: pd.DataFrame,
    sizes: pd.Series[float],
    *,
    services: Mapping[str, str],
    collective: Sequence[str],
    beside: Beside | None = None,
) -> Evidence:
    """Return what lines of spend can be shared by, checked.

    Parameters
    ----------
    use
        One row a service and segment, with any of `cost_pence`, `units` and
        `customers`; see :func:`insight.spend.use.use_by_segment`.
    sizes
        People in each segment; a missing name is people whose segment is not known.
    services
        COFOG code of each service.
    collective
        COFOG codes that are shared among nobody unless a service is mapped to them.
    beside
        Surveys, unit costs, keys, known totals, and how overheads are treated.

    Raises
    ------
    InsightError
        If a code is not in COFOG 1999, a size is missing or negative, a service
        and segment come twice, or something of `beside` is wrong.

    Examples
    --------
    >>> from insight.spend.rungs import rung_of
    >>> use = pd.DataFrame(
    ...     {"service": ["GP"] * 2, "segment": ["1", None], "units": [3.0, 1.0]}
    ... )
    >>> sizes = pd.Series({"1": 20.0, "2": 10.0})
    >>> found = evidence_of(use, sizes, services={"GP": "7.2"}, collective=["02"])
    >>> rung_of("07", found)
    ('units of use', {'1': 3.0, 'not known': 1.0})
    >>> rung_of("09", found), rung_of("02.1", found)
    (('head count', {'1': 20.0, '2': 10.0}), ('collective', {'collective': 1.0}))
    """
    beside = Beside() if beside is None else beside

    def codes(listed: Sequence[str], what: str) -> tuple[str, ...]:
        return tuple(checked_codes({code: code for code in listed}, what).values())

    return Evidence(
        use=_checked_use(use),
        sizes=_checked_sizes(sizes),
        services=checked_codes(services, "services"),
        collective=codes(collective, "collective codes"),
        survey=beside.surveyed(),
        prices=beside.prices(),
        keys=beside.key_weights(),
        known=beside.known_totals(),
        overheads=codes(beside.overheads, "overheads"),
        universal=codes(beside.universal, "universal codes"),
        collective_as=beside.collective_as,
    )
