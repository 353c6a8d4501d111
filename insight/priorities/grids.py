"""Budgets that residents shared out: a level of each service, within some points.

The answers of one respondent at one budget are a grid. It counts only whole: every
service has one level that is on offer, and all together cost no more than the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.priorities.answers import (
    LEVEL,
    TORN,
    Answers,
    Levels,
    first_reason,
    people_of,
    places_in,
    put_aside,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Grids", "grids_of"]

NEEDED: Final = ("respondent", "budget", "service", "level")
GRID: Final = ["respondent", "budget"]


@dataclass(frozen=True, kw_only=True)
class Grids(Answers):
    """Whole grids.

    Parameters
    ----------
    budgets
        Points that were to be shared out, from the least up.
    owner, budget
        Of each grid: the place of its respondent, and of its budget.
    chosen
        One row a grid and one column a level on offer: 1 where it was chosen.
    """

    budgets: tuple[int, ...]
    owner: NDArray[np.int64]
    budget: NDArray[np.int64]
    chosen: NDArray[np.float64]

    def __str__(self) -> str:
        """Say how many grids count, and what was put aside."""
        said = (
            f"{self.n:,} respondents shared out {len(self.owner):,} budgets over "
            f"{len(self.levels.services)} services, at {_listed(self.budgets)} points; "
            f"{len(self.rejected):,} rows were rejected."
        )
        return " ".join([said, *self.remarks])


def _listed(budgets: tuple[int, ...]) -> str:
    return ", ".join(map(str, budgets))


def grids_of(frame: pd.DataFrame, levels: Levels) -> Grids:
    """Check grids and keep those that are whole.

    Parameters
    ----------
    frame
        Columns `respondent`, `budget`, `service` and `level`; `segment` and `weight`
        where known.
    levels
        What was on offer, with points.

    Returns
    -------
    grids
        The same for any order of rows, but for the row numbers of the rejected.

    Raises
    ------
    InsightError
        If a column is missing, levels have no points, or no grid is whole.

    Examples
    --------
    >>> from insight.priorities.answers import levels_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1, 0), ("Parks", 2, 5), ("Bins", 1, 0), ("Bins", 2, 3)],
    ...     columns=["service", "level", "points"]))
    >>> rows = [("a", 5, "Parks", 2), ("a", 5, "Bins", 1), ("b", 5, "Parks", 2)]
    >>> print(grids_of(pd.DataFrame(rows, columns=list(NEEDED)), levels))
    1 respondents shared out 1 budgets over 2 services, at 5 points; 1 rows were \
rejected.
    """
    lacks = [name for name in NEEDED if name not in frame.columns]
    if lacks:
        msg = f"grids lacks {lacks}; it has {list(frame.columns)}."
        raise InsightError(msg)
    if not levels.priced:
        msg = "levels have no points, so no budget can be shared out. Give points."
        raise InsightError(msg)
    rows = frame.reset_index(drop=True)
    people, torn = people_of(rows)
    reason = _reasons(rows, levels).where(~torn, TORN)
    kept = rows[reason == ""]
    if kept.empty:
        msg = f"none of {len(rows)} rows is part of a whole grid: {_counts(reason)}."
        raise InsightError(msg)
    people = people.loc[people.index.isin(kept["respondent"])]
    return _whole(kept, levels, people, put_aside(reason))


def _counts(reason: pd.Series) -> str:
    counts = reason[reason != ""].value_counts().sort_index()
    return "; ".join(f"{said} ({many} rows)" for said, many in counts.items())


def _reasons(rows: pd.DataFrame, levels: Levels) -> pd.Series:
    """Return why each row is put aside, or nothing."""
    offered = levels.table.set_index(["service", "level"])["points"]
    key = pd.MultiIndex.from_frame(rows[["service", "level"]])
    points = pd.Series(offered.reindex(key).to_numpy(), index=rows.index)
    blank = rows[list(NEEDED)].isna().any(axis=1)
    unknown = points.isna() & ~blank
    by = rows.groupby(GRID, dropna=False)
    broken = (blank | unknown).groupby([rows[name] for name in GRID], dropna=False)
    twice = rows.duplicated([*GRID, "service"], keep=False)
    some_twice = twice.groupby([rows[name] for name in GRID], dropna=False)
    spent = points.groupby([rows[name] for name in GRID], dropna=False)
    checks = {
        "leaves a cell blank": blank,
        "names a level that is not on offer": unknown,
        "contradicts itself: a service has two levels at one budget": twice,
        "is of a grid that contradicts itself": some_twice.transform("any"),
        "is of a grid with a row that cannot be read": broken.transform("any"),
        "is of a grid that lacks services": (
            by["service"].transform("nunique") < len(levels.services)
        ),
        "is of a grid that costs more than its budget": (
            spent.transform("sum") > pd.to_numeric(rows["budget"])
        ),
    }
    return first_reason(checks)


def _whole(
    kept: pd.DataFrame, levels: Levels, people: pd.DataFrame, aside: pd.DataFrame
) -> Grids:
    grids = kept[GRID].drop_duplicates().sort_values(GRID, ignore_index=True)
    chosen = np.zeros((len(grids), len(levels.table)))
    chosen[
        places_in(grids, kept[GRID]),
        places_in(levels.table[LEVEL], kept[LEVEL]),
    ] = 1.0
    budgets = sorted({int(each) for each in grids["budget"]})
    owner = people.index.get_indexer(pd.Index(grids["respondent"])).astype(np.int64)
    turned = _turned(chosen, owner, levels)
    remarks = (
        [f"{turned:,} of them gave a service more at a smaller budget; they count."]
        if turned
        else []
    )
    return Grids(
        levels=levels,
        respondents=people.reset_index(drop=True),
        rejected=aside,
        remarks=remarks,
        budgets=tuple(budgets),
        owner=owner,
        budget=np.searchsorted(budgets, grids["budget"]).astype(np.int64),
        chosen=chosen,
    )


def _turned(
    chosen: NDArray[np.float64], owner: NDArray[np.int64], levels: Levels
) -> int:
    """Count respondents who took more of a service when there was less to spend."""
    services = levels.table["service"]
    rank = services.groupby(services).cumcount().to_numpy()
    of = [services.eq(name).to_numpy() for name in levels.services]
    level = np.stack([chosen[:, one] @ rank[one] for one in of], axis=1)
    same = owner[1:] == owner[:-1]
    fell = (np.diff(level, axis=0) < 0).any(axis=1)
    return len(set(owner[1:][same & fell]))
