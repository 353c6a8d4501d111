"""Choices that residents made between options: one of several, or best and worst.

An option is a bundle of one or more services, each at a level. Of each task either
one option was picked (best), or one as best and another as worst.
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

    Floats = NDArray[np.float64]

__all__ = ["Choices", "choices_of"]

NEEDED: Final = ("respondent", "task", "option", "service", "level", "picked")
TASK: Final = ["respondent", "task"]
OPTION: Final = [*TASK, "option"]


@dataclass(frozen=True, kw_only=True)
class Choices(Answers):
    """Choices made, each from a set of options.

    A worst choice is one from what the best left over, of the least utility.

    Parameters
    ----------
    tasks
        How many questions were answered.
    options
        One row an option of a choice and one column a level on offer: 1 where it is
        in the option; turned in sign where the worst was picked.
    choice
        Of each option: the number of its choice.
    picked
        Of each choice: the row of `options` that was picked.
    owner
        Of each choice: the place of its respondent.
    """

    tasks: int
    options: NDArray[np.float64]
    choice: NDArray[np.int64]
    picked: NDArray[np.int64]
    owner: NDArray[np.int64]

    def __str__(self) -> str:
        """Say how many choices count, and what was put aside."""
        said = (
            f"{self.n:,} respondents made {len(self.owner):,} choices in "
            f"{self.tasks:,} tasks over {len(self.levels.services)} services; "
            f"{len(self.rejected):,} rows were rejected."
        )
        return " ".join([said, *self.remarks])


def choices_of(frame: pd.DataFrame, levels: Levels) -> Choices:
    """Check choices and keep the tasks that are whole.

    Parameters
    ----------
    frame
        Columns `respondent`, `task`, `option`, `service`, `level` and `picked`
        ("best", "worst" or missing); `segment` and `weight` where known. An option of
        several services has a row for each.
    levels
        What was on offer.

    Returns
    -------
    choices
        The same for any order of rows, but for the row numbers of the rejected.

    Raises
    ------
    InsightError
        If a column is missing, or no task is whole.

    Examples
    --------
    >>> from insight.priorities.answers import levels_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1), ("Parks", 2), ("Bins", 1), ("Bins", 2)],
    ...     columns=["service", "level"]))
    >>> rows = [("a", 1, 1, "Parks", 2, "best"), ("a", 1, 2, "Bins", 2, None)]
    >>> print(choices_of(pd.DataFrame(rows, columns=list(NEEDED)), levels))
    1 respondents made 1 choices in 1 tasks over 2 services; 0 rows were rejected.
    """
    lacks = [name for name in NEEDED if name not in frame.columns]
    if lacks:
        msg = f"choices lacks {lacks}; it has {list(frame.columns)}."
        raise InsightError(msg)
    rows = frame.reset_index(drop=True)
    people, torn = people_of(rows)
    reason = _reasons(rows, levels).where(~torn, TORN)
    kept = rows[reason == ""]
    if kept.empty:
        msg = f"none of {len(rows)} rows is part of a whole task."
        raise InsightError(msg)
    people = people.loc[people.index.isin(kept["respondent"])]
    return _whole(kept, levels, people, put_aside(reason))


def _reasons(rows: pd.DataFrame, levels: Levels) -> pd.Series:
    """Return why each row is put aside, or nothing."""
    offered = pd.MultiIndex.from_frame(levels.table[["service", "level"]])
    key = pd.MultiIndex.from_frame(rows[["service", "level"]])
    blank = rows[list(NEEDED[:-1])].isna().any(axis=1)
    unknown = ~pd.Series(key.isin(offered), index=rows.index) & ~blank
    twice = rows.duplicated([*OPTION, "service"], keep=False)
    task = [rows[name] for name in TASK]
    option = rows.groupby(OPTION, dropna=False)["picked"]
    filled = option.transform("count")
    torn = option.transform("nunique").gt(1) | (
        filled.gt(0) & (filled < option.transform("size"))
    )
    single = rows.drop_duplicates(OPTION)
    by = single.groupby(TASK, dropna=False)
    counts = pd.DataFrame(
        {
            "options": by.size(),
            "best": by["picked"].agg(lambda cells: cells.eq("best").sum()),
            "worst": by["picked"].agg(lambda cells: cells.eq("worst").sum()),
        }
    ).reindex(pd.MultiIndex.from_frame(rows[TASK]))
    counts.index = rows.index
    checks = {
        "leaves a cell blank": blank,
        "names a level that is not on offer": unknown,
        "contradicts itself: an option has a service twice": twice,
        "contradicts itself: an option is picked in one row and not another": torn,
        "is of a task with a row that cannot be read": (
            (blank | unknown | twice | torn)
            .groupby(task, dropna=False)
            .transform("any")
        ),
        "is of a task of one option": counts["options"] < 2,  # noqa: PLR2004 - a choice
        "is of a task without one best, and at most one worst": (
            (counts["best"] != 1) | (counts["worst"] > 1)
        ),
    }
    return first_reason(checks)


def _whole(
    kept: pd.DataFrame, levels: Levels, people: pd.DataFrame, aside: pd.DataFrame
) -> Choices:
    options = kept[[*OPTION, "picked"]].drop_duplicates(OPTION)
    options = options.sort_values(OPTION, ignore_index=True)
    design = np.zeros((len(options), len(levels.table)))
    design[
        places_in(options[OPTION], kept[OPTION]),
        places_in(levels.table[LEVEL], kept[LEVEL]),
    ] = 1.0
    task = options.groupby(TASK, sort=True).ngroup().to_numpy()
    best = options["picked"].eq("best").to_numpy("bool")
    worst = options["picked"].eq("worst").to_numpy("bool")
    again = ~best & np.isin(task, task[worst])
    again &= np.bincount(task[again], minlength=task.max() + 1)[task] > 1
    tasks = int(task.max()) + 1
    number = np.concatenate(
        [task, tasks + np.unique(task[again], return_inverse=True)[1]]
    )
    took = np.concatenate([best, worst[again]])
    who = people.index.get_indexer(pd.Index(options["respondent"])).astype(np.int64)
    owner = np.concatenate([who, who[again]])
    picked = np.flatnonzero(took)
    return Choices(
        levels=levels,
        respondents=people.reset_index(drop=True),
        rejected=aside,
        remarks=[],
        tasks=tasks,
        options=np.concatenate([design, -design[again]]),
        choice=number.astype(np.int64),
        picked=picked,
        owner=owner[picked],
    )
