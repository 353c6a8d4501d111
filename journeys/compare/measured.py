"""What is measured of each customer: one row a customer and measure, added up in SQL.

Every measure is a ratio of sums over customers, `y` over `n`: customers who make a
move over customers, days waited over waits, findings over customers. So a group's
figure, a shuffled group's and a resampled one's are sums of the same small rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.duplication.results import Duplication
    from journeys.log import Log

__all__ = [
    "Measured",
    "common_moves_sql",
    "counts_of_sql",
    "followed_sql",
    "found_in_sql",
    "measured",
    "moves_of_sql",
]

DAYS: Final = "86400e6"  # microseconds
WHOLE: Final = (
    ("contacts a customer", "contacts", "contacts"),
    ("hand-offs a customer", "hand-offs", "handoffs"),
    ("cost a customer", "pence", "pence"),
    ("days from first to last contact", "days", "days"),
)
OF_A_MOVE: Final = (
    ("customers who make the move", "share", "taken"),
    ("mean wait", "days", "days"),
    ("waits above the usual", "share", "above"),
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Measures of customers, as matrices.

    Attributes
    ----------
    measures
        One row a column of `y`: `measure`, `what` (the move or rule), `unit`.
    y
        One row a customer, in the order asked for.
    n
        What `y` is divided by, a column a measure; `None` in `each` where it is not 1
        for every customer.
    each
        Whether a measure is of every customer: its `n` is 1 for all.
    moves
        Moves of each kind a customer, the last column being all other moves.
    """

    measures: pd.DataFrame
    y: csr_array
    n: csr_array
    each: NDArray[np.bool_]
    moves: csr_array


def followed_sql(log: str, groups: str, *, within_us: int | None) -> str:
    """Return the query for the events of customers in groups, so far as compared.

    Parameters
    ----------
    log
        Table of an encoded log.
    groups
        Table of `customer` and `segment`; customers without a segment are left out.
    within_us
        How long after first contact events count, in microseconds. Customers whose
        first contact is later than that before the end of the log are left out: they
        were not observed so long.
    """
    ends = "f.first_us + " + str(within_us)
    limit, seen, among = "", "TRUE", ""
    if within_us is not None:
        limit = f"AND l.time_us <= {ends}"
        seen = f"l.next_time_us <= {ends}"
        among = f"""
  HAVING min(time_us) + {within_us} <= (SELECT max(time_us) FROM {log})"""
    ahead = ", ".join(
        f"CASE WHEN {seen} THEN l.{name} END AS {name}"
        for name in ("next_activity", "next_agency", "next_time_us")
    )
    return f"""WITH firsts AS (
  SELECT customer, min(time_us) AS first_us FROM {log} GROUP BY customer{among})
SELECT l.customer, CAST(s.segment AS STRING) AS label, l.event, l.time_us, l.agency,
  l.activity, l.cost_pence, {ahead}
FROM {log} AS l JOIN {groups} AS s ON s.customer = l.customer
JOIN firsts AS f ON f.customer = l.customer
WHERE s.segment IS NOT NULL {limit}"""


def common_moves_sql(followed: str, most: int) -> str:
    """Return the query for the moves that most customers make, and their usual wait."""
    wait = "next_time_us - time_us"
    return f"""SELECT CAST(row_number() OVER (
    ORDER BY customers DESC, activity, next_activity) - 1 AS INT) AS move, *
FROM (SELECT activity, next_activity, count(DISTINCT customer) AS customers,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY {wait}) AS usual_us
  FROM {followed} WHERE next_activity IS NOT NULL
  GROUP BY activity, next_activity) AS each_move
ORDER BY customers DESC, activity, next_activity LIMIT {most}"""


def moves_of_sql(followed: str, moves: str) -> str:
    """Return the query for each customer's moves; those that are not common as -1."""
    wait = "l.next_time_us - l.time_us"
    return f"""SELECT l.customer, coalesce(m.move, -1) AS move, count(*) AS times,
  CAST(sum({wait}) AS DOUBLE) / {DAYS} AS days,
  count(CASE WHEN {wait} > m.usual_us THEN 1 END) AS above
FROM {followed} AS l LEFT JOIN {moves} AS m
  ON m.activity = l.activity AND m.next_activity = l.next_activity
WHERE l.next_activity IS NOT NULL
GROUP BY l.customer, coalesce(m.move, -1) ORDER BY l.customer, move"""


def counts_of_sql(followed: str) -> str:
    """Return the query for each customer's contacts, hand-offs, cost and days."""
    return f"""SELECT customer, count(*) AS contacts,
  count(CASE WHEN agency <> next_agency THEN 1 END) AS handoffs,
  CAST(coalesce(sum(cost_pence), 0) AS BIGINT) AS pence,
  CAST(max(time_us) - min(time_us) AS DOUBLE) / {DAYS} AS days
FROM {followed} GROUP BY customer ORDER BY customer"""


def found_in_sql(followed: str, findings: str) -> str:
    """Return the query for each customer's findings, by rule."""
    return f"""SELECT l.customer, f.rule, count(*) AS findings
FROM {findings} AS f JOIN {followed} AS l ON l.event = f.event
GROUP BY l.customer, f.rule ORDER BY l.customer, f.rule"""


def measured(
    log: Log,
    found: Duplication | None,
    followed: str,
    customers: NDArray[np.int64],
    *,
    most_moves: int,
) -> Measured:
    """Return the measures of customers.

    Parameters
    ----------
    log
        What the events are of.
    found
        What was found in it; with `None`, no findings are measured.
    followed
        Table of what :func:`followed_sql` gave.
    customers
        Codes, ascending: a row each.
    most_moves
        How many kinds of move to look at, from the commonest.
    """
    engine = log.engine
    engine.keep(f"{followed}_common", common_moves_sql(followed, most_moves))
    common = log.decoded(
        engine.arrow(f"SELECT * FROM {followed}_common ORDER BY move"),
        {"activity": "activity", "next_activity": "activity"},
    )
    names = (common["activity"] + " → " + common["next_activity"]).tolist()
    columns = _Columns(customers)
    counts = engine.arrow(counts_of_sql(followed)).to_pandas()
    for said, unit, name in WHOLE:
        if name == "pence" and not counts[name].any():
            continue  # no contact has a cost
        columns.add(counts, name, (said, "", unit), each=True)
    if found is not None:
        findings = engine.arrow(found_in_sql(followed, found.table)).to_pandas()
        for rule in found.by_rule:
            mine = findings[findings["rule"] == rule.rule]
            told = ("findings a customer", f"{rule.rule} {rule.title}", "findings")
            columns.add(mine, "findings", told, each=True)
    moves = engine.arrow(moves_of_sql(followed, f"{followed}_common")).to_pandas()
    taken = moves.assign(taken=1)
    by_move = {move: part for move, part in taken.groupby("move") if move >= 0}
    for move, what in enumerate(names):
        for said, unit, name in OF_A_MOVE:
            columns.add(by_move[move], name, (said, what, unit), each=name == "taken")
    at = np.searchsorted(customers, moves["customer"])
    place = moves["move"].where(moves["move"] >= 0, len(names))
    shape = (len(customers), len(names) + 1)
    return columns.put_together(csr_array((moves["times"] * 1.0, (at, place)), shape))


class _Columns:
    """Columns of measures, gathered one by one."""

    def __init__(self, customers: NDArray[np.int64]) -> None:
        self.customers = customers
        self.told: list[tuple[str, str, str]] = []
        self.each: list[bool] = []
        self.rows: list[NDArray[np.int64]] = []
        self.values: list[NDArray[np.float64]] = []
        self.counts: list[NDArray[np.float64]] = []

    def add(
        self, frame: pd.DataFrame, name: str, told: tuple[str, str, str], *, each: bool
    ) -> None:
        """Add a measure; customers who are not in the frame have nought."""
        self.told.append(told)
        self.each.append(each)
        self.rows.append(np.searchsorted(self.customers, frame["customer"]))
        self.values.append(frame[name].to_numpy(np.float64))
        times = np.zeros(len(frame)) if each else frame["times"].to_numpy(np.float64)
        self.counts.append(times)

    def put_together(self, moves: csr_array) -> Measured:
        """Return the matrices."""
        sizes = [len(rows) for rows in self.rows]
        rows = np.concatenate(self.rows)
        columns = np.repeat(np.arange(len(sizes)), sizes)
        shape = (len(self.customers), len(sizes))
        y, n = (
            csr_array((np.concatenate(data), (rows, columns)), shape=shape)
            for data in (self.values, self.counts)
        )
        return Measured(
            measures=pd.DataFrame(self.told, columns=["measure", "what", "unit"]),
            y=y,
            n=n,
            each=np.array(self.each, bool),
            moves=moves,
        )
