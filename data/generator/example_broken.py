"""Spoil a few rows on purpose, so that the page of rejected rows has some to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from example_files import Kind

__all__ = ["FIRST_ROW", "broken_events", "broken_rows", "broken_spend"]

FIRST_ROW = 2  # the heading is row 1, as in a spreadsheet
IMPOSSIBLE = ("2008-02-31T09:00:00", "2008-13-01T10:30:00", "2008-11-05T27:15:00")
HARMLESS = "Advice given"  # no rule looks at these events


def broken_events(events: pa.Table, kind: Kind) -> pa.Table:
    """Return five rows to put after the events.

    Three have an impossible time (in Parquet, which cannot hold one, none at all);
    two have the id of an event that stands already.
    """
    some = events.filter(pc.equal(events["activity"], HARMLESS)).slice(0, 5)
    ids = some["event_id"].to_pylist()
    ids[:3] = [f"{event}-broken" for event in ids[:3]]
    times = [*IMPOSSIBLE, *some["time"].slice(3).cast(pa.string()).to_pylist()]
    if kind == "csv":
        when = pa.array([time.replace(" ", "T") for time in times])
    else:
        when = pc.if_else(
            [False, False, False, True, True], some["time"].combine_chunks(), None
        )
    return _with(_with(some, "event_id", pa.array(ids)), "time", when)


def broken_spend(spend: pd.DataFrame) -> pd.DataFrame:
    """Return one line of spend whose amount is not known yet."""
    return spend.tail(1).assign(amount_pounds="tbc", programme="To be confirmed")


def broken_rows(
    events: pa.Table, first: int, spend: int, savings: pd.DataFrame
) -> pd.DataFrame:
    """Return where the spoilt rows stand, as a spreadsheet numbers them.

    Parameters
    ----------
    events
        What :func:`broken_events` returned.
    first
        The row of the first of them.
    spend
        The row of the spoilt line of spend.
    savings
        What is to be saved; one claim states no margin.
    """
    why = ["time is impossible or missing"] * 3 + ["event_id stands already"] * 2
    ids = events["event_id"].to_pylist()
    rows = [("events", first + at, ids[at], why[at]) for at in range(len(ids))]
    rows.append(("spend", spend, "", "amount_pounds is not an amount"))
    at = int(savings["low_pounds"].isna().to_numpy().argmax())
    rows.append(("savings", FIRST_ROW + at, "", "states no margin of error"))
    return pd.DataFrame(rows, columns=["table", "row", "id", "why"])


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)
