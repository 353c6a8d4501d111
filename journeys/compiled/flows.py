"""Run the compiled pass over a log, a store or a file, and name what it counted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from journeys.compiled.counting import COUNT, CUSTOMERS, LEAST, MOST, exact_sums
from journeys.compiled.reading import has_ties, part_of, read_events, stored_part
from journeys.compiled.tallying import tally
from journeys.flows import Flows
from journeys.paths import listed_variants
from journeys.waits import QUANTILES, SECOND_US, WAITS, said_of_waits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from journeys.compiled.tallying import Part, Parts, Tallied
    from journeys.log import Log

__all__ = ["flows_of_file", "flows_of_log"]


def flows_of_log(log: Log, most: int, *, customers: bool) -> Flows:
    """Return the flows of an encoded log; see :func:`journeys.following.follow`."""
    names = log.names["activity"], log.names["agency"]
    if log.files:
        parts: Parts = partial(_stored, log.files)
    else:
        wanted = "seq, time_us, activity, agency"
        rows = log.engine.arrow(f"SELECT {wanted} FROM {log.table} ORDER BY event")
        parts = partial(_in_memory, [part_of(rows)])
    tallied = tally(parts, *map(len, names), events=log.n_events)
    return _named(tallied, names, most, customers=customers)


def _stored(files: Sequence[Path], *, times: bool) -> Iterator[Part]:
    return (stored_part(file, times=times) for file in files)


def _in_memory(parts: list[Part], *, times: bool) -> list[Part]:  # noqa: ARG001 - they have them
    return parts


def flows_of_file(
    file: Path, most: int, *, customers: bool, by_identifier: bool
) -> Flows | None:
    """Return the flows of a file of events; see :func:`journeys.following.follow_file`.

    Parameters
    ----------
    file, most, customers
        As there.
    by_identifier
        Do identifiers break ties in time?

    Returns
    -------
    flows
        `None` if there are such ties, which only SQL breaks.
    """
    parts, names = read_events(file)
    if by_identifier and any(map(has_ties, parts)):
        return None
    told = names["activity"], names["agency"]
    events = sum(len(part.codes) for part in parts)
    tallied = tally(partial(_in_memory, parts), *map(len, told), events=events)
    return _named(tallied, told, most, customers=customers)


def _named(
    tallied: Tallied,
    names: tuple[Sequence[str], Sequence[str]],
    most: int,
    *,
    customers: bool,
) -> Flows:
    activities, rank = _in_order(names[0])
    moves = _pairs(tallied.moves, names[0], customers=customers)
    waits = _waits(tallied, moves.pop("pair").to_numpy())
    between = _pairs(tallied.handovers, names[1], customers=customers)
    paths, taken = tallied.paths.commonest(most, rank)
    return Flows(
        moves=moves.assign(**waits),
        handovers=between.drop(columns="pair"),
        starts=_ends(tallied.ends[0], names[0]),
        ends=_ends(tallied.ends[1], names[0]),
        variants=listed_variants(paths, taken, activities, tallied.customers),
        n_events=tallied.events,
        n_customers=tallied.customers,
        n_variants=tallied.paths.different,
    )


def _in_order(names: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return names in their order, and the place of each in it."""
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return [names[code] for code in order], rank


def _pairs(
    table: NDArray[np.int64], names: Sequence[str], *, customers: bool
) -> pd.DataFrame:
    """Return the pairs that occur, by name, and which row of the table each is."""
    at = np.flatnonzero(table[:, COUNT])
    listed = np.array(names, object)
    frame = pd.DataFrame(
        {
            "source": pd.array(listed[at // max(len(names), 1)], "str"),
            "target": pd.array(listed[at % max(len(names), 1)], "str"),
            "count": table[at, COUNT],
        }
    )
    if customers:
        frame["customers"] = table[at, CUSTOMERS]
    frame["pair"] = at
    return frame.sort_values(["source", "target"], ignore_index=True)


def _waits(tallied: Tallied, pairs: NDArray[np.int64]) -> dict[str, list[float]]:
    table = tallied.moves[pairs]
    sums = [exact_sums(row) for row in table]
    said = said_of_waits(
        table[:, COUNT].tolist(), [t for t, _ in sums], [s for _, s in sums]
    )
    for column, name in enumerate(QUANTILES):
        said[name] = (tallied.quantiles[pairs, column] / SECOND_US).tolist()
    said["min_seconds"] = (table[:, LEAST] / SECOND_US).tolist()
    said["max_seconds"] = (table[:, MOST] / SECOND_US).tolist()
    return {name: said[name] for name in WAITS}


def _ends(counts: NDArray[np.int64], names: Sequence[str]) -> pd.DataFrame:
    at = np.flatnonzero(counts)
    told = pd.array(np.array(names, object)[at], "str")
    frame = pd.DataFrame({"activity": told, "customers": counts[at]})
    return frame.sort_values("activity", ignore_index=True)
