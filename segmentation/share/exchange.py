"""A federated fit over ordinary folders: what the files of each round say.

`plan.json` is what was agreed; `round-0001/centres.json` what the round begins with;
`round-0001/AGENCY.json` what an agency says of its rows. All are texts here: reading
and writing files is left to the release door. Each file repeats the checksums of
those it rests on, so that one of another plan or another round is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from segmentation.errors import SegmentError, few
from segmentation.share.feature_specs import feature_values
from segmentation.share.federated import Search, advanced
from segmentation.share.federated_round import (
    Contribution,
    TooFewError,
    agency_round,
    check_reach,
)
from segmentation.share.sealed import Written, seal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from segmentation.share.federated_plan import Plan

__all__ = [
    "Round",
    "Said",
    "contribution",
    "first_round",
    "next_round",
]


class Round(Written):
    """What a round begins with: the file `centres.json`.

    Parameters
    ----------
    plan
        Checksum of the plan.
    number
        1 for the first.
    searches
        One a start.
    rows
        Agency -> rows that it counted in the round before, where nothing was
        withheld or refused.
    """

    format: Literal["totalplace federated round"] = "totalplace federated round"
    schema_version: Literal[1] = 1
    plan: str
    number: int = Field(ge=1)
    searches: tuple[Search, ...] = Field(min_length=1)
    rows: dict[str, int] = Field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether every start has come to its end."""
        return all(each.settled for each in self.searches)


class Said(Written):
    """What an agency says in a round: the file `AGENCY.json`.

    Parameters
    ----------
    plan, round
        Checksums of the plan and of the round's `centres.json`.
    number
        Of the round.
    agency
        Who says it.
    parts
        Number of a start -> what it says of it; 0 is the first.
    refused
        Starts of which it must not speak, since they lead to sums over few rows.
    """

    format: Literal["totalplace contribution"] = "totalplace contribution"
    schema_version: Literal[1] = 1
    plan: str
    round: str
    number: int
    agency: str
    parts: dict[int, Contribution] = Field(default_factory=dict)
    refused: tuple[int, ...] = ()


def first_round(plan: Plan) -> Round:
    """Return what the first round of a plan begins with."""
    return Round(
        plan=plan.checksum,
        number=1,
        searches=tuple(Search(centres=np.array(start)) for start in plan.starts),
    )


def contribution(
    plan: Plan, now: Round, agency: str, table: pd.DataFrame
) -> tuple[Said, int]:
    """Return what an agency says of its own table in a round.

    Parameters
    ----------
    plan, now
        As read.
    agency
        Its name in the plan.
    table
        Its rows, with the columns that the plan's variables name.

    Returns
    -------
    said, left_out
        What it says, and how many rows it leaves out since they lack a value.

    Raises
    ------
    SegmentError
        If the round is of another plan, the plan knows no such agency, a column is
        missing, no row is complete, or a row lies beyond the reach of the grid.
    """
    _check_round(plan, now)
    _check_agency(plan, agency)
    values = feature_values(plan.features, plan.variables, table)
    complete = np.isfinite(values).all(axis=1)
    rows = plan.grid.steps(values[complete])
    check_reach(rows, plan.grid.grid)
    parts: dict[int, Contribution] = {}
    refused = []
    for at, search in enumerate(now.searches):
        if search.settled:
            continue
        try:
            parts[at] = agency_round(
                rows, search.centres, minimum=plan.minimum, withhold=plan.withhold
            )
        except TooFewError:
            refused.append(at)
    says = Said(
        plan=plan.checksum,
        round=seal(now),
        number=now.number,
        agency=agency,
        parts=parts,
        refused=tuple(refused),
    )
    return says, int((~complete).sum())


def next_round(plan: Plan, now: Round, said: Mapping[str, Said]) -> Round:
    """Return the round that follows, from what every agency said in this one.

    Parameters
    ----------
    plan, now
        As read.
    said
        Name of each file, without ".json" -> what it says.

    Raises
    ------
    SegmentError
        If an agency is missing or unknown; or a contribution is another agency's,
        of another plan or round, of another shape, has a negative count, or counts
        other rows than the agency's last one did.
    """
    _check_round(plan, now)
    for name in said:
        _check_agency(plan, name)
    waiting = [name for name in plan.agencies if name not in said]
    if waiting:
        msg = (
            f"round {now.number} still waits for {len(waiting)} of "
            f"{len(plan.agencies)} agencies: {few(waiting)}. Combine once they have "
            "contributed."
        )
        raise SegmentError(msg)
    given = {
        name: _contributions(plan, now, name, said[name]) for name in plan.agencies
    }
    rows = {name: _rows(now, name, parts) for name, parts in given.items()}
    return Round(
        plan=now.plan,
        number=now.number + 1,
        searches=tuple(
            search
            if search.settled
            else advanced(search, [parts[at] for parts in given.values()])
            for at, search in enumerate(now.searches)
        ),
        rows={name: n for name, n in rows.items() if n is not None},
    )


def _rows(
    now: Round, name: str, parts: Mapping[int, Contribution | None]
) -> int | None:
    """Return how many rows an agency counts, where it speaks of all of them."""
    if any(part is None or part.withheld for part in parts.values()):
        return now.rows.get(name)
    counted = {sum(part.counts) for part in parts.values() if part}
    before = now.rows.get(name, min(counted))
    if counted != {before}:
        msg = (
            f"{name} counts {few(sorted(counted))} rows in round {now.number}, and "
            f"{before} otherwise. Contribute from one table in every round, or agree "
            "on a new plan."
        )
        raise SegmentError(msg)
    return before


def _check_round(plan: Plan, now: Round) -> None:
    if now.plan != plan.checksum:
        msg = (
            f"round {now.number} was begun from another plan: the plan was changed "
            "since. Restore plan.json, or begin again in a new folder."
        )
        raise SegmentError(msg)
    if now.settled:
        msg = f"round {now.number} has settled: there is nothing left to contribute."
        raise SegmentError(msg)


def _check_agency(plan: Plan, name: str) -> None:
    if name not in plan.agencies:
        msg = (
            f"the plan knows no agency {name!r}; it names {few(plan.agencies)}. Use "
            "the name in the plan, or take the file away."
        )
        raise SegmentError(msg)


def _contributions(
    plan: Plan, now: Round, name: str, said: Said
) -> dict[int, Contribution | None]:
    """Return what an agency said of each start that still moves; `None` is refused."""
    wrong = {
        f"is {said.agency}'s": said.agency != name,
        "is of another plan": said.plan != plan.checksum,
        f"is of round {said.number}, not {now.number}": said.number != now.number,
        "answers to other centres": said.round != seal(now),
    }
    moving = {at for at, each in enumerate(now.searches) if not each.settled}
    spoken = {*said.parts, *said.refused}
    wrong[f"speaks of starts {sorted(spoken)}, not {sorted(moving)}"] = spoken != moving
    faults = [fault for fault, holds in wrong.items() if holds]
    if faults:
        msg = (
            f"the contribution {name}.json {faults[0]}. Take it away, and contribute "
            "again from this folder."
        )
        raise SegmentError(msg)
    return {**said.parts, **dict.fromkeys(said.refused)}
