"""Count and time moves in SQL, with exact sums, and say the waits in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from journeys.segments import by_segment_sql
from journeys.waits import QUANTILES, SECOND_US, WAITS, said_of_waits

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["MEASURES", "Code", "Measure", "in_seconds", "moves_sql"]

Code: TypeAlias = Literal["activity", "agency"]
Measure: TypeAlias = Literal["customers", "waits"]
MEASURES: Final[tuple[Measure, ...]] = ("customers", "waits")
PARTS: Final = ("total_us", "squares", "min_us", "max_us")


def moves_sql(
    log: str,
    column: Code,
    *,
    segments: str | None = None,
    measures: Collection[Measure] = MEASURES,
) -> str:
    """Return the query that counts and times moves from one value to the next.

    Parameters
    ----------
    log
        Table of an encoded log.
    column
        "activity", or "agency", where staying with an agency is no move.
    segments
        Table of segments, or `None`.
    measures
        What to tell beside the count: "customers", and "waits" in microseconds, with
        exact sums (`total_us`, `squares`).

    Examples
    --------
    >>> "l.agency <> l.next_agency" in moves_sql("log", "agency")
    True
    """
    by = by_segment_sql("l", segments)
    between = "AND l.agency <> l.next_agency" if column == "agency" else ""
    wait = "(l.next_time_us - l.time_us)"
    exact = f"CAST({wait} AS DECIMAL(19, 0))"
    told = ["count(*) AS count"]
    if "customers" in measures:
        told.append("count(DISTINCT l.customer) AS customers")
    if "waits" in measures:
        told += [
            f"sum({exact}) AS total_us",
            f"sum({exact} * {exact}) AS squares",
            f"min({wait}) AS min_us",
            f"max({wait}) AS max_us",
            *(
                f"percentile_cont({share}) WITHIN GROUP (ORDER BY {wait}) "
                f"AS {_us(name)}"
                for name, share in QUANTILES.items()
            ),
        ]
    measured = ",\n  ".join(told)
    return f"""SELECT {by.column}l.{column} AS source, l.next_{column} AS target,
  {measured}
FROM {log} AS l {by.join}
WHERE l.next_time_us IS NOT NULL {between}
GROUP BY {by.group}source, target
ORDER BY {by.order}source, target"""


def in_seconds(moves: pd.DataFrame) -> pd.DataFrame:
    """Return moves with waits in seconds where :func:`moves_sql` has microseconds."""
    totals = said_of_waits(
        moves["count"].tolist(),
        [int(total) for total in moves["total_us"]],
        [int(squares) for squares in moves["squares"]],
    )
    said = {
        name: totals[name] if name in totals else moves[_us(name)] / SECOND_US
        for name in WAITS
    }
    kept = moves.drop(columns=[*PARTS, *map(_us, QUANTILES)])
    return kept.assign(
        **{name: pd.Series(column, moves.index, float) for name, column in said.items()}
    )


def _us(name: str) -> str:
    return name.replace("seconds", "us")
