"""A log as arrays in its order, for rules that look back in machine code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from journeys.compiled.compiling import compiled
from journeys.compiled.looking_back import last_marked, last_other
from journeys.compiled.reading import ints_of
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from journeys.log import Log

__all__ = ["NEVER", "Scan", "chosen", "looked_up", "or_missing", "scanned"]

CODED: Final = (
    *("agency", "activity", "activity_class", "need", "outcome", "channel"),
    *("referred_to", "episode"),
)
NEVER: Final = -(2**63)
NUMBERS: Final = ("time_us", "end_time_us", "cost_pence")
# Columns, of which kind of number, and what stands for none.
READ: Final[tuple[tuple[tuple[str, ...], Any, int], ...]] = (
    (CODED, np.int32, -1),
    (NUMBERS, np.int64, NEVER),
)


@dataclass(frozen=True)
class Scan:
    """The columns of a log, each by the code of its event.

    A code of -1 is missing, and so is a number of `NEVER`.
    """

    log: Log
    starts: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        """Return how many events there are."""
        return self.log.n_events

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return a column."""
        return self.columns[column]

    @cached_property
    def customer(self) -> NDArray[np.int32]:
        """The customer of each event."""
        many = np.diff(np.append(self.starts, len(self)))
        return np.repeat(np.arange(len(many), dtype=np.int32), many)

    @cached_property
    def before(self) -> NDArray[np.int32]:
        """The last event of the customer for the same need, if one is named."""
        return self.last(self["need"])

    def before_of(self, *, need_may_be_missing: bool) -> NDArray[np.int32]:
        """Return the last event for the same need, or for no need where that may be."""
        return self.last(self["need"] + 1) if need_may_be_missing else self.before

    def firsts(self) -> NDArray[np.bool_]:
        """Mark the first event of each customer."""
        marks = np.zeros(len(self), np.bool_)
        marks[self.starts] = True
        return marks

    def of_class(self, classes: Iterable[str]) -> NDArray[np.bool_]:
        """Mark the events of some classes."""
        codes = (ACTIVITY_CLASSES.index(name) for name in classes)
        return chosen(self["activity_class"], codes)

    def last(
        self,
        groups: NDArray[np.int32],
        marks: NDArray[np.bool_] | None = None,
        among: NDArray[np.int64] | None = None,
    ) -> NDArray[Any]:
        """Return the last event before each in its group, or the last marked one.

        Groups and marks are of the events `among` which to look, or of all.
        """
        customer = self.customer if among is None else self.customer[among]
        marks = np.ones(len(groups), np.bool_) if marks is None else marks
        many = int(groups.max(initial=0)) + 1
        return _placed(last_marked(customer, groups, marks, many), among)

    def last_elsewhere(
        self, groups: NDArray[np.int32], among: NDArray[np.int64]
    ) -> NDArray[Any]:
        """Return the last event before each in its group by another agency."""
        many = int(groups.max(initial=0)) + 1
        customer, agency = self.customer[among], self["agency"][among]
        return _placed(last_other(customer, groups, agency, many), among)

    def last_reset(
        self, classes: Iterable[str], events: NDArray[np.int64]
    ) -> NDArray[Any]:
        """Return the last reset before each of some events, of its or of all needs."""
        resets = self.of_class(classes)
        looked = resets.copy()
        looked[events] = True
        among = np.flatnonzero(looked)
        resets, need = resets[among], self["need"][among]
        everything = np.zeros(len(among), np.int32)
        for_it = self.last(need + 1, resets, among)
        for_all = self.last(everything, resets & (need < 0), among)
        here = np.searchsorted(among, events)
        last: NDArray[Any] = np.maximum(for_it[here], for_all[here])
        return last

    def beside(self, table: str, *columns: str) -> list[NDArray[Any]]:
        """Return columns of a table that stands beside the log; none is missing."""
        name = f"{self.log.table}_{table}"
        rows = self.log.engine.arrow(f"SELECT {', '.join(columns)} FROM {name}")
        return [rows[column].to_numpy() for column in columns]

    def keep(
        self,
        name: str,
        at: NDArray[Any],
        evidence: NDArray[Any],
        kind: pa.Array,
        **more: pa.Array,
    ) -> str:
        """Register findings at some places as a table, and return its name."""
        time, agency = self["time_us"], self["agency"]
        columns = {
            "event": at,
            "evidence": pa.array(evidence).cast(pa.string()),
            "first_agency": agency[evidence],
            "kind": kind,
            "gap_us": time[at] - time[evidence],
            "part_pence": or_missing(self["cost_pence"][at]),
            "measure": pa.nulls(len(at), pa.int64()),
        }
        self.log.engine.register(name, pa.table(columns | more))
        return name


def chosen(codes: NDArray[Any], some: Iterable[int]) -> NDArray[np.bool_]:
    """Mark the codes that are among some; -1 never is.

    Examples
    --------
    >>> chosen(np.array([-1, 0, 2]), [2, 5]).tolist()
    [False, False, True]
    """
    some = tuple(some)
    table = np.zeros(max(int(codes.max(initial=0)), *some, 0) + 2, np.bool_)
    table[list(some)] = True
    return looked_up(codes, table)


@compiled
def looked_up(codes: NDArray[Any], table: NDArray[Any]) -> NDArray[Any]:
    """Return what a table has at each code; -1 is its last place."""
    found = np.empty(len(codes), table.dtype)
    for at in range(len(codes)):
        found[at] = table[codes[at]]
    return found


def or_missing(numbers: NDArray[np.int64]) -> pa.Array:
    """Return numbers for Arrow, where what is missing is so."""
    return pa.array(numbers, mask=numbers == NEVER)


def _placed(rows: NDArray[np.int32], among: NDArray[np.int64] | None) -> NDArray[Any]:
    """Return the events at some rows of those looked among; -1 stays so."""
    return rows if among is None else looked_up(rows, np.append(among, -1))


@compiled
def _fill(
    events: NDArray[np.int64], values: NDArray[Any], column: NDArray[Any]
) -> None:
    for row in range(len(events)):
        column[events[row]] = values[row]


def scanned(log: Log) -> Scan:
    """Read a log from its engine; the order of its rows does not matter."""
    columns: dict[str, NDArray[Any]] = {}
    for names, kind, none in READ:
        columns |= {name: np.empty(log.n_events, kind) for name in names}
        rows = log.engine.arrow(f"SELECT event, {', '.join(names)} FROM {log.table}")
        for batch in rows.to_batches():
            events = ints_of(batch["event"], np.int64)
            for name in names:
                # Filled here: `coalesce` in SQL takes several times as long.
                values = ints_of(batch[name].fill_null(none), kind)
                _fill(events, values, columns[name])
    customers = f"SELECT first_event FROM {log.table}_customers ORDER BY customer"
    starts = log.engine.arrow(customers)["first_event"].to_numpy()
    return Scan(log, starts, columns)
