"""The money behind a cost of duplication, by customer and by what makes it uncertain.

A *cell* is one rule, agency, need and segment, the unit cost that was used, and
whether the rules *found* the events or not. Those not found are the *pool* in which
an audit looks for omissions: events that no rule found, of a class in which some rule
found others. So that none is counted twice, an event of the pool belongs to one rule:
the first by name that finds events of its class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.cost.weights import resampled_sums
from journeys.segments import by_segment_sql, segments_of
from place.sqltext import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from journeys.cost.options import CostOptions
    from journeys.cost.unit_costs import Costed
    from journeys.duplication.results import Duplication
    from place.engine import Frame

__all__ = [
    "CELL",
    "Cells",
    "cells_of",
    "cells_sql",
    "keep_pool",
    "named_rules",
    "pool_sql",
    "rules_sql",
]

CELL: Final = ("rule", "found", "agency", "need", "segment", "line")


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Money of each cell, as it is and resampled.

    Attributes
    ----------
    cells
        One row a cell: `rule`, `found`, `agency`, `need`, `segment`, `line` (of the
        unit costs; missing where costs are recorded), `events` and `customers`.
    sums
        Pence: one row a cell, the first column as it is, the others resampled.
    """

    cells: pd.DataFrame
    sums: NDArray[np.float64]


def named_rules(found: Duplication) -> tuple[str, ...]:
    """Return the rules whose findings cost money."""
    return tuple(rule.rule for rule in found.by_rule if rule.redundant)


def rules_sql(rules: Iterable[str]) -> str:
    """Return names of rules as a list for IN; an empty list matches nothing.

    Examples
    --------
    >>> rules_sql(["D1", "D3"]), rules_sql([])
    ("('D1', 'D3')", '(NULL)')
    """
    return "(" + (", ".join(map(literal, rules)) or "NULL") + ")"


def pool_sql(findings: str, log: str, rules: Iterable[str]) -> str:
    """Return the query for the events in which an omission would lie.

    Parameters
    ----------
    findings, log
        Tables of findings and of the log.
    rules
        Names of the rules whose findings cost money.

    Examples
    --------
    >>> "min(f.rule) AS rule" in pool_sql("findings", "log", ["D1"])
    True
    """
    listed = rules_sql(rules)
    return f"""WITH looked AS (
  SELECT l.activity_class, min(f.rule) AS rule
  FROM {findings} AS f JOIN {log} AS l ON l.event = f.event
  WHERE f.rule IN {listed} AND l.activity_class IS NOT NULL
  GROUP BY l.activity_class),
there AS (SELECT DISTINCT event FROM {findings} WHERE rule IN {listed})
SELECT l.event, l.event_id, l.customer, l.agency, l.need, l.activity, l.cost_pence,
  k.rule
FROM {log} AS l JOIN looked AS k ON k.activity_class = l.activity_class
LEFT JOIN there AS t ON t.event = l.event
WHERE t.event IS NULL"""


def keep_pool(found: Duplication) -> str:
    """Keep the events in which an omission would lie, and return the table's name."""
    name = f"{found.table}_pool"
    sql = pool_sql(found.table, found.log.table, named_rules(found))
    found.log.engine.keep(name, sql)
    return name


def cells_sql(
    rows: str, rules: Iterable[str], *, filled: str | None, segments: str | None
) -> str:
    """Return the query for money by customer and cell, found or not as `rows` are.

    Parameters
    ----------
    rows
        Table of findings, or of the pool.
    rules
        Names of the rules to take.
    filled
        Table of `event_id` and the `line` its cost is from, if there is one.
    segments
        Table of `customer` and `segment`, if there is one.
    """
    by = by_segment_sql("f", segments)
    line, joined = "CAST(NULL AS INT)", ""
    if filled is not None:
        line = "u.line"
        joined = f"LEFT JOIN {filled} AS u ON u.event_id = f.event_id"
    segment = by.column or "CAST(NULL AS STRING) AS segment, "
    return f"""SELECT customer, rule, agency, need, segment, line, count(*) AS events,
  CAST(sum(cost_pence) AS BIGINT) AS pence
FROM (SELECT {segment}f.customer, f.rule, f.agency, f.need, {line} AS line,
    f.cost_pence FROM {rows} AS f {joined} {by.join}
  WHERE f.cost_pence IS NOT NULL AND f.rule IN {rules_sql(rules)}) AS costed
GROUP BY customer, rule, agency, need, segment, line
ORDER BY customer, rule, agency, need NULLS FIRST, segment NULLS FIRST,
  line NULLS FIRST"""


def cells_of(
    found: Duplication,
    *,
    costs: Costed | None,
    segments: str | Frame | None,
    pool: bool,
    options: CostOptions,
) -> Cells:
    """Return the money of each cell, resampled by customer.

    Parameters
    ----------
    found
        What was found twice.
    costs
        Where costs come from, if any were filled in.
    segments
        Table or frame of `customer_id` and `segment`.
    pool
        Whether to take in the events in which an omission would lie.
    options
        How many replicates, and the seed.
    """
    log, rules = found.log, named_rules(found)
    filled = None if costs is None else f"{costs.table}_filled"
    coded = segments_of(log, segments)
    sources = {True: found.table} | ({False: keep_pool(found)} if pool else {})
    parts = []
    for is_found, table in sources.items():
        rows = log.engine.arrow(cells_sql(table, rules, filled=filled, segments=coded))
        frame = log.decoded(rows, {"agency": "agency", "need": "need"})
        frame["line"] = frame["line"].astype("Int32")
        parts.append(frame.assign(found=is_found))
    rows = pd.concat(parts, ignore_index=True)
    rows["segment"] = rows["segment"].astype("string")
    rows = rows.sort_values("customer", kind="stable", ignore_index=True)
    grouped = rows.groupby(list(CELL), dropna=False, sort=True, observed=True)
    cells = grouped.agg(events=("events", "sum"), customers=("customer", "nunique"))
    sums = resampled_sums(
        rows["customer"].to_numpy(np.int64),
        np.asarray(grouped.ngroup(), dtype=np.int64),
        rows["pence"].to_numpy(np.int64),
        replicates=options.replicates if options.resample_customers else 0,
        seed=options.seed,
    )
    if not options.resample_customers:
        sums = np.repeat(sums, options.replicates + 1, axis=1)
    return Cells(cells=cells.reset_index(), sums=sums)
