"""Residents' answers, checked: budgets shared out, or options chosen between.

Rows that contradict one another, are incomplete or do not fit the levels on offer go
aside with the reason, never with who answered; what is left is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "LEVEL",
    "TORN",
    "UNKNOWN",
    "Answers",
    "Levels",
    "first_reason",
    "levels_of",
    "people_of",
    "places_in",
    "put_aside",
]

UNKNOWN: Final = "not known"
LEVEL: Final = ["service", "level"]
TORN: Final = "the respondent is in two segments, or of two weights or none"


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The levels of service on offer.

    Parameters
    ----------
    table
        Columns `service`, `level`, `points` (missing where not stated), `description`
        and `today` (true or false), by service and level.
    """

    table: pd.DataFrame

    @property
    def services(self) -> list[str]:
        """Return the services by name."""
        return list(self.table["service"].unique())

    @property
    def priced(self) -> bool:
        """Say whether every level has its points."""
        return bool(self.table["points"].notna().all())

    @property
    def free(self) -> NDArray[np.int64]:
        """Return the places in `table` of levels above the lowest of their service."""
        return np.flatnonzero(self.table["service"].duplicated().to_numpy())

    def steps(self) -> pd.DataFrame:
        """Return each level above the lowest of its service, and what it adds.

        Returns
        -------
        steps
            Columns `service`, `level`, `below`, `points` (what giving it up saves),
            `description`, `from_today` (it goes from the level given today), and
            `upper`, `lower`: places of the two levels in `table`.
        """
        rows = []
        for service, levels in self.table.groupby("service", sort=False):
            places = levels.index.to_list()
            for lower, upper in pairwise(places):
                high, low = levels.loc[upper], levels.loc[lower]
                rows.append(
                    {
                        "service": service,
                        "level": high["level"],
                        "below": low["level"],
                        "points": high["points"] - low["points"],
                        "description": high["description"],
                        "from_today": bool(high["today"]),
                        "upper": upper,
                        "lower": lower,
                    }
                )
        return pd.DataFrame(rows)


def levels_of(frame: pd.DataFrame) -> Levels:
    """Read the levels of service on offer.

    Parameters
    ----------
    frame
        Columns `service` and `level` (whole numbers, more is better); `points`,
        `description` and `today` ("yes" for the level given today) where known.

    Raises
    ------
    InsightError
        If a column is missing, a level stands twice, a service has one level only, a
        better level costs fewer points, or a service gives two levels today.

    Examples
    --------
    >>> rows = [("Parks", 1, 0), ("Parks", 2, 5), ("Bins", 1, 0), ("Bins", 2, 3)]
    >>> levels = levels_of(pd.DataFrame(rows, columns=["service", "level", "points"]))
    >>> levels.steps()[["service", "level", "points"]].to_numpy().tolist()
    [['Bins', 2, 3], ['Parks', 2, 5]]
    """
    lacks = [name for name in ("service", "level") if name not in frame.columns]
    if lacks:
        msg = f"levels lacks {lacks}; it has {list(frame.columns)}."
        raise InsightError(msg)
    columns = ["service", "level", "points", "description", "today"]
    table = frame.reindex(columns=columns).sort_values(
        ["service", "level"], ignore_index=True
    )
    table["level"] = table["level"].astype("int64")
    table["today"] = table["today"].eq("yes").fillna(value=False).astype(bool)
    table["points"] = pd.to_numeric(table["points"])
    by = table.groupby("service")
    faults = {
        "stands twice at one level": table.duplicated(["service", "level"]),
        "has one level only": by["level"].transform("size") < 2,  # noqa: PLR2004 - a choice
        "costs fewer points at a better level": by["points"].diff() < 0,
        "costs a part of a point": table["points"] % 1 > 0,
        "gives two levels today": by["today"].transform("sum") > 1,
    }
    said = [
        f"{', '.join(sorted(set(table.loc[rows, 'service'])))} {fault}"
        for fault, rows in faults.items()
        if rows.any()
    ]
    if said or table.empty:
        msg = (
            f"the levels on offer cannot be used: {'; '.join(said) or 'there is none'}."
        )
        raise InsightError(msg)
    return Levels(table=table)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What respondents answered, whole and consistent.

    Parameters
    ----------
    levels
        What was on offer.
    respondents
        One row a respondent, on a number of their own: `segment` and `weight`.
    rejected
        Columns `row` (from 1; of the table given) and `reason`.
    remarks
        What was kept and should be known.
    """

    levels: Levels
    respondents: pd.DataFrame
    rejected: pd.DataFrame
    remarks: Sequence[str]

    @property
    def n(self) -> int:
        """Return how many respondents answered."""
        return len(self.respondents)

    @property
    def effective_n(self) -> float:
        """Return the size of an unweighted sample that would tell as much (Kish)."""
        weight = self.respondents["weight"].to_numpy("float64")
        return float(weight.sum() ** 2 / (weight**2).sum())

    def members(self, segment: str) -> NDArray[np.bool_]:
        """Say of each respondent whether they are of a segment."""
        return self.respondents["segment"].eq(segment).to_numpy("bool")


def people_of(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return respondents with segment and weight, and which rows contradict that.

    A respondent in two segments, or of two weights, or of no weight above nought,
    answers for nobody.
    """
    given = rows.reindex(columns=["respondent", "segment", "weight"])
    given["segment"] = (
        given["segment"].astype("object").where(given["segment"].notna(), UNKNOWN)
    )
    given["weight"] = pd.to_numeric(given["weight"]).fillna(1.0)
    by = given.groupby("respondent", sort=True, dropna=False)
    several = by[["segment", "weight"]].transform("nunique").gt(1).any(axis=1)
    broken = several | (given["weight"] <= 0) | ~np.isfinite(given["weight"])
    people = given[~broken].drop_duplicates("respondent").sort_values("respondent")
    return people.set_index("respondent"), broken


def first_reason(checks: Mapping[str, pd.Series]) -> pd.Series:
    """Return why each row is put aside: the first check that found it, or nothing."""
    reason = pd.Series("", index=next(iter(checks.values())).index, dtype="object")
    for said, found in checks.items():
        reason = reason.where((reason != "") | ~found, said)
    return reason


def put_aside(reason: pd.Series) -> pd.DataFrame:
    """Return the number of each row with a reason, from 1, and the reason."""
    broken = reason[reason != ""]
    return pd.DataFrame({"row": broken.index + 1, "reason": broken.to_numpy()})


def places_in(known: pd.DataFrame, rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return the place among `known` of each of the rows, which are all known."""
    return pd.MultiIndex.from_frame(known).get_indexer(pd.MultiIndex.from_frame(rows))
