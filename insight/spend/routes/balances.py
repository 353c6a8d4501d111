"""What comes in, goes out and is spent at each body, and whether it adds up.

At a body that is paid by another: in + own money - out - final spend - declared cost of
distribution = what is left. Money left, or spent without having come in, beyond a
tolerance is unexplained: a fact about the records, and not a finding of waste. Only
a declared cost of distribution may be called a leak on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

__all__ = ["MONEY", "Role", "balances_of"]

Role: TypeAlias = Literal["source", "intermediary", "final spender"]
MONEY: Final = ("in", "own", "out", "spent", "cost")


def balances_of(
    graph: nx.DiGraph[str],
    spent: pd.Series[int],
    own: pd.Series[int],
    *,
    tolerance: float,
) -> pd.DataFrame:
    """Return one row a body, in the order of names.

    Parameters
    ----------
    graph
        Who pays whom, with `amount_pence` and `cost_pence` on each edge.
    spent, own
        Pence that a body finally spends, and that it says is its own.
    tolerance
        Largest part of what comes in or goes out, whichever is more, that may be
        left without being called unexplained.

    Returns
    -------
    bodies
        Indexed by `body`: `role`, `in_pence`, `own_pence`, `out_pence`,
        `spent_pence`, `cost_pence`, `residual_pence` (missing at a source, whose own
        funding is not on the map) and `unexplained`. A body that is paid and pays
        others is an intermediary, though it may spend too; one that nobody pays and
        that only spends is both first and last, and stands as a final spender.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("Treasury", "PCT", amount_pence=100, cost_pence=0)
    >>> graph.add_edge("PCT", "trust", amount_pence=80, cost_pence=5)
    >>> spent = pd.Series({"PCT": 10, "trust": 80})
    >>> found = balances_of(graph, spent, pd.Series(dtype="int64"), tolerance=0.01)
    >>> found[["role", "residual_pence", "unexplained"]].to_numpy().tolist()
    [['intermediary', 5, True], ['source', <NA>, False], ['final spender', 0, False]]
    """
    names = sorted({*graph, *spent.index, *own.index})
    money: Mapping[str, Mapping[Any, int]] = {
        "in": {name: graph.in_degree(name, "amount_pence") for name in graph},
        "own": own.to_dict(),
        "out": {name: graph.out_degree(name, "amount_pence") for name in graph},
        "spent": spent.to_dict(),
        "cost": {name: graph.out_degree(name, "cost_pence") for name in graph},
    }
    bodies = pd.DataFrame(
        {
            f"{what}_pence": [int(found.get(name, 0)) for name in names]
            for what, found in money.items()
        },
        index=pd.Index(names, name="body", dtype="str"),
    )
    paid, pays = bodies["in_pence"] > 0, bodies["out_pence"] > 0
    roles = pd.Series("final spender", index=bodies.index)
    bodies.insert(
        0, "role", roles.mask(pays, "intermediary").mask(pays & ~paid, "source")
    )
    come = bodies["in_pence"] + bodies["own_pence"]
    gone = bodies["out_pence"] + bodies["spent_pence"] + bodies["cost_pence"]
    left = (come - gone).astype("Int64")
    bodies["residual_pence"] = left.mask(~paid)
    most = pd.concat([come, gone], axis=1).max(axis=1)
    bodies["unexplained"] = (left.abs() > tolerance * most) & paid
    bodies["unexplained"] = bodies["unexplained"].astype(bool)
    return bodies
