"""Count the customers that agencies, or services, share, and pass to one another.

A *node* is an agency, or a service: an agency and a need. Customers are dealt into
*parts* by their code in the log; whatever is counted is counted by part, so that a
sample of customers drawn again is a sum of parts drawn again, with no second look at
the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from journeys.log import Log

__all__ = [
    "Sharing",
    "Unit",
    "count_sharing",
    "members_sql",
    "passed_sql",
    "shared_sql",
]

Unit: TypeAlias = Literal["agency", "service"]
PARTS: Final = 500  # above so many customers, a part holds several
MOST: Final = 60  # nodes looked at
JOIN: Final = ": "  # between the agency and the need of a service


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Who shares how many customers.

    Attributes
    ----------
    members
        Table of `customer` and `node`, each once, in the log's engine.
    names
        Of the nodes that are looked at, by their place.
    codes
        Their code in `members`.
    customers
        Customers of each node.
    one, other
        Places of the two nodes of each pair, `one` before `other`.
    by_part
        Customers shared, one row a part and one column a pair.
    handovers, handed
        For each pair, how often a customer passed straight from the one to the other,
        either way, and how many customers did.
    n_customers
        Customers who met a node that is looked at.
    left_out
        How many nodes are not looked at.
    """

    members: str
    names: tuple[str, ...]
    codes: tuple[int, ...]
    customers: NDArray[np.int64]
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    by_part: NDArray[np.float64]
    handovers: NDArray[np.int64]
    handed: NDArray[np.int64]
    n_customers: int
    left_out: int


def members_sql(log: str, node: str) -> str:
    """Return the query that lists each customer's nodes once.

    Examples
    --------
    >>> "SELECT DISTINCT customer" in members_sql("log", "agency")
    True
    """
    return (
        f"SELECT DISTINCT customer, {node} AS node FROM {log} WHERE {node} IS NOT NULL"
    )


def sizes_sql(members: str) -> str:
    """Return the query that counts the customers of each node."""
    return (
        f"SELECT node, count(*) AS customers FROM {members} GROUP BY node ORDER BY node"
    )


def shared_sql(members: str, parts: int) -> str:
    """Return the query that counts the customers of each pair of nodes, by part.

    Examples
    --------
    >>> "a.node < b.node" in shared_sql("members", 500)
    True
    """
    return f"""SELECT a.node AS one, b.node AS other, a.customer % {parts} AS part,
  count(*) AS customers
FROM {members} AS a JOIN {members} AS b
  ON a.customer = b.customer AND a.node < b.node
GROUP BY a.node, b.node, a.customer % {parts}
ORDER BY one, other, part"""


def passed_sql(log: str, node: str) -> str:
    """Return the query that counts moves straight from one node to another.

    Examples
    --------
    >>> "lead(node) OVER" in passed_sql("log", "agency")
    True
    """
    return f"""WITH met AS (
  SELECT customer, seq, {node} AS node FROM {log} WHERE {node} IS NOT NULL),
moves AS (
  SELECT customer, node,
    lead(node) OVER (PARTITION BY customer ORDER BY seq) AS following
  FROM met)
SELECT CASE WHEN node < following THEN node ELSE following END AS one,
  CASE WHEN node < following THEN following ELSE node END AS other,
  count(*) AS handovers, count(DISTINCT customer) AS handed
FROM moves WHERE node <> following
GROUP BY one, other ORDER BY one, other"""


def count_sharing(log: Log, *, unit: Unit, least: int) -> Sharing:
    """Count in the engine who shares how many customers.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    unit
        What a node is.
    least
        Nodes with fewer customers are left out, and all but the 60 with most.
    """
    needs = log.names["need"]
    node = "agency" if unit == "agency" else f"(agency * {len(needs)} + need)"
    members, every = f"{log.table}_{unit}_members", f"{log.table}_{unit}_every"
    engine = log.engine
    engine.keep(every, members_sql(log.table, node))
    sizes = engine.arrow(sizes_sql(every)).to_pandas()
    found = len(sizes)
    sizes = sizes[sizes["customers"] >= least].sort_values(
        ["customers", "node"], ascending=[False, True]
    )
    sizes = sizes.head(MOST).sort_values("node", ignore_index=True)
    kept = ", ".join(map(str, sizes["node"])) or "NULL"
    engine.keep(members, f"SELECT * FROM {every} WHERE node IN ({kept})")
    met = engine.arrow(f"SELECT count(DISTINCT customer) AS n FROM {members}")
    codes = sizes["node"].to_numpy(dtype="int64")
    size = len(codes)
    one, other = np.triu_indices(size, k=1)
    column = np.zeros((size, size), dtype="int64")
    column[one, other] = np.arange(len(one))
    parts = max(1, min(PARTS, log.n_customers))
    by_part = np.zeros((parts, len(one)))
    shared = engine.arrow(shared_sql(members, parts)).to_pandas()
    by_part[shared["part"], column[_places(codes, shared)]] = shared["customers"]
    passed = engine.arrow(passed_sql(log.table, node)).to_pandas()
    passed = passed[passed["one"].isin(codes) & passed["other"].isin(codes)]
    counts = np.zeros((2, len(one)), dtype="int64")
    counts[:, column[_places(codes, passed)]] = (
        passed[["handovers", "handed"]].to_numpy().T
    )
    return Sharing(
        members=members,
        names=tuple(_name(log, unit, int(code)) for code in codes),
        codes=tuple(int(code) for code in codes),
        customers=sizes["customers"].to_numpy(dtype="int64"),
        one=one,
        other=other,
        by_part=by_part,
        handovers=counts[0],
        handed=counts[1],
        n_customers=int(met["n"][0].as_py()),
        left_out=found - size,
    )


def _places(
    codes: NDArray[np.int64], pairs: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the two nodes of each pair."""
    return np.searchsorted(codes, pairs["one"]), np.searchsorted(codes, pairs["other"])


def _name(log: Log, unit: Unit, code: int) -> str:
    if unit == "agency":
        return log.names["agency"][code]
    needs = log.names["need"]
    agency, need = divmod(code, len(needs))
    return f"{log.names['agency'][agency]}{JOIN}{needs[need]}"
