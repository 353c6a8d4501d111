"""The ladder of evidence by which a line of spend is shared among segments.

The best rung that the data allow is used, and its name stays on every figure:

1. `cost of use`: recorded cost of the services mapped to the line's COFOG code;
2. `units of use`: recorded units, where the line has one service only, since
   nights and visits cannot be added;
3. `customers`: how many customers used those services, each counted once a service;
4. `head count`: people in each segment.

A measure is used only where every cell of it is recorded, none is negative and
not all are zero. A line of a collective division to which no service is mapped is
shared among nobody and stands in a bucket of its own, and so does a line whose
COFOG code is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code, nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "BUCKETS",
    "MEASURES",
    "NOT_KNOWN",
    "Evidence",
    "Rung",
    "evidence_of",
    "rung_of",
    "services_of",
]

Rung: TypeAlias = Literal[
    "cost of use",
    "units of use",
    "customers",
    "head count",
    "collective",
    "cofog not known",
]
NOT_KNOWN: Final = "not known"
"""The segment of use by people whose segment is missing."""
BUCKETS: Final = ("collective", "cofog not known")
"""Where money stands that is shared among nobody."""
MEASURES: Final[Mapping[Rung, str]] = {
    "cost of use": "cost_pence",
    "units of use": "units",
    "customers": "customers",
}
"""The column of use behind each rung of use, best first."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What lines of spend can be shared by; made by :func:`evidence_of`."""

    use: pd.DataFrame
    sizes: pd.Series[float]
    services: Mapping[str, str]
    collective: tuple[str, ...]


def _labels(segments: pd.Series[str] | pd.Index[str]) -> list[str]:
    return [
        NOT_KNOWN if missing else str(segment)
        for segment, missing in zip(segments, segments.isna(), strict=True)
    ]


def _checked_codes(codes: Mapping[str, str], what: str) -> dict[str, str]:
    known = {name: cofog_code(code) for name, code in codes.items()}
    wrong = {name: codes[name] for name, code in known.items() if code is None}
    if wrong:
        msg = (
            f"{len(wrong)} {what} have no COFOG 1999 code: "
            f"{dict(list(wrong.items())[:5])}. Use a division such as '07' or a group "
            "such as '07.3'."
        )
        raise InsightError(msg)
    return {name: code for name, code in known.items() if code is not None}


def _checked_use(use: pd.DataFrame) -> pd.DataFrame:
    lacks = sorted({"service", "segment"} - set(use.columns))
    if lacks and not use.empty:
        msg = (
            f"use lacks {lacks}; it has {list(use.columns)}. Pass what use_by_segment "
            "returns."
        )
        raise InsightError(msg)
    checked = use.reindex(columns=["service", "segment", *MEASURES.values()])
    checked["segment"] = _labels(checked["segment"])
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
        sizes.astype("float64").to_numpy(), index=_labels(sizes.index), name="people"
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

    Raises
    ------
    InsightError
        If a code is not in COFOG 1999, a size is missing or negative, or a service
        and segment come twice.

    Examples
    --------
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
    divisions = _checked_codes({code: code for code in collective}, "collective codes")
    return Evidence(
        use=_checked_use(use),
        sizes=_checked_sizes(sizes),
        services=_checked_codes(services, "services"),
        collective=tuple(divisions.values()),
    )


def services_of(cofog: str, evidence: Evidence) -> list[str]:
    """Return the services mapped to a code, to a part of it or to its division."""
    return sorted(
        name for name, code in evidence.services.items() if nested(code, cofog)
    )


def _by_use(cofog: str, evidence: Evidence) -> tuple[Rung, dict[str, float]] | None:
    mapped = evidence.use[evidence.use["service"].isin(services_of(cofog, evidence))]
    for rung, column in MEASURES.items():
        values = mapped[column]
        mixed = rung == "units of use" and len(set(mapped["service"])) > 1
        if mixed or values.isna().any() or (values < 0).any() or not values.sum() > 0:
            continue
        weights = values.groupby(mapped["segment"], sort=True).sum()
        return rung, {str(name): float(weight) for name, weight in weights.items()}
    return None


def rung_of(cofog: str | None, evidence: Evidence) -> tuple[Rung, dict[str, float]]:
    """Return the best rung for a line, and the weight of each segment on it.

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
    if any(
        cofog == code or cofog.startswith(f"{code}.") for code in evidence.collective
    ):
        return "collective", {"collective": 1.0}
    if not evidence.sizes.sum() > 0:
        msg = (
            f"spend on COFOG {cofog} can only be shared by head count, and the "
            f"{len(evidence.sizes)} segments hold nobody. Give the people in each."
        )
        raise InsightError(msg)
    return "head count", {str(name): size for name, size in evidence.sizes.items()}
