"""How many hands money has been through, and where it goes round in a ring.

The depth of a body is how many transfers its money has been through, weighted by
money: nought where money starts, one more at each transfer. Where all money starts
at bodies that nobody pays, it is the trophic level of food webs less one. Rings are
strongly connected components: inside one, money may come back to who sent it.

References
----------
Levine, S. (1980). Several measures of trophic structure applicable to complex food
webs. Journal of Theoretical Biology 83 (2), 195-207.
https://doi.org/10.1016/0022-5193(80)90288-X
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from insight.spend.herfindahl import effective_number, herfindahl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["columns_of", "depths_of", "layers_of", "paths_of", "rings_of"]


def rings_of(graph: nx.DiGraph[str]) -> tuple[tuple[str, ...], ...]:
    """Return sets of bodies among which money goes round, in the order of names.

    Examples
    --------
    >>> rings_of(nx.DiGraph([("A", "B"), ("B", "A"), ("B", "C")]))
    (('A', 'B'),)
    """
    found = nx.strongly_connected_components(graph)
    return tuple(sorted(tuple(sorted(each)) for each in found if len(each) > 1))


def depths_of(graph: nx.DiGraph[str], bodies: pd.DataFrame) -> pd.Series[float]:
    """Return the money-weighted number of transfers to each body.

    Parameters
    ----------
    graph
        Who pays whom, with `amount_pence`.
    bodies
        What :func:`insight.spend.routes.balances.balances_of` returned.

    Returns
    -------
    depths
        By body. Money of a body's own starts there, and so does what goes out of it
        without having come in. In a ring that nothing enters, depth is missing.

    Examples
    --------
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("A", "B", amount_pence=60, cost_pence=0)
    >>> graph.add_edge("A", "C", amount_pence=20, cost_pence=0)
    >>> graph.add_edge("B", "C", amount_pence=60, cost_pence=0)
    >>> from insight.spend.routes.balances import balances_of
    >>> none = pd.Series(dtype="int64")
    >>> spent = pd.Series({"C": 80})
    >>> bodies = balances_of(graph, spent, none, tolerance=0.0)
    >>> depths_of(graph, bodies).to_dict()
    {'A': 0.0, 'B': 1.0, 'C': 1.75}
    """
    gone = bodies["out_pence"] + bodies["spent_pence"] + bodies["cost_pence"]
    short = (gone - bodies["in_pence"] - bodies["own_pence"]).clip(lower=0)
    starts = bodies["own_pence"] + short
    starts = starts.where(bodies["in_pence"] > 0, 1)  # nobody pays: it starts there
    begun = [name for name in bodies.index if starts[name] > 0]
    met = set(begun).union(*(nx.descendants(graph, b) for b in begun if b in graph))
    known = [name for name in bodies.index if name in met]
    place = {name: at for at, name in enumerate(known)}
    shares, hops = np.eye(len(known)), np.zeros(len(known))
    for name in known:
        through = int(starts[name]) + int(bodies.loc[name, "in_pence"])
        for payer in graph.pred[name]:
            pence = graph.edges[payer, name]["amount_pence"]
            shares[place[name], place[payer]] -= pence / through
            hops[place[name]] += pence / through
    found = np.linalg.solve(shares, hops) if known else hops
    return pd.Series(found, index=known, dtype=float).reindex(bodies.index)


def columns_of(graph: nx.DiGraph[str], depths: pd.Series[float]) -> dict[str, int]:
    """Return a column for each body: one right of all that pay it, rings told apart.

    Parameters
    ----------
    graph
        Who pays whom.
    depths
        By body; inside a ring, money counts as going forward where depth grows.

    Returns
    -------
    columns
        From nought. A payment that leads back within a ring is left out of the count.

    Examples
    --------
    >>> graph = nx.DiGraph([("A", "B"), ("B", "C"), ("C", "B")])
    >>> columns_of(graph, pd.Series({"A": 0.0, "B": 1.5, "C": 2.5}))
    {'A': 0, 'B': 1, 'C': 2}
    """
    ring = {
        name: at
        for at, each in enumerate(nx.strongly_connected_components(graph))
        for name in each
    }
    rank = {name: (depths.fillna(0).get(name, 0.0), name) for name in graph}
    forward: nx.DiGraph[str] = nx.DiGraph()
    forward.add_nodes_from(sorted(graph))
    forward.add_edges_from(
        (payer, payee)
        for payer, payee in graph.edges
        if ring[payer] != ring[payee] or rank[payer] < rank[payee]
    )
    columns: dict[str, int] = {}
    for name in nx.lexicographical_topological_sort(forward):
        columns[name] = max((columns[one] + 1 for one in forward.pred[name]), default=0)
    return columns


def paths_of(graph: nx.DiGraph[str]) -> dict[str, int]:
    """Return how many ways money comes to each body from where it starts.

    Several programmes between the same two bodies are one way. A ring counts as one
    body, so the number is finite; a body that nobody pays has one way, its own.

    Examples
    --------
    >>> ways = [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("C", "B")]
    >>> paths_of(nx.DiGraph(ways))["D"]
    3
    """
    whole = nx.condensation(graph)
    ring = whole.graph["mapping"]
    joined: dict[int, dict[int, int]] = {each: {} for each in whole}
    for payer, payee in graph.edges:
        if ring[payer] != ring[payee]:
            into = joined[ring[payee]]
            into[ring[payer]] = into.get(ring[payer], 0) + 1
    ways: dict[int, int] = {}
    for each in nx.topological_sort(whole):
        before = joined[each]
        ways[each] = sum(ways[one] * n for one, n in before.items()) if before else 1
    return {name: ways[ring[name]] for name in graph}


def layers_of(bodies: pd.DataFrame) -> pd.DataFrame:
    """Return how concentrated the money of each layer is.

    Parameters
    ----------
    bodies
        As :func:`insight.spend.routes.balances.balances_of` returned them.

    Returns
    -------
    layers
        Indexed by `layer`: "source" (all that starts there), "intermediary" (what
        they pass on) and "final spender" (all final spend, of whichever role), with
        `bodies`, `amount_pence`, `hhi` and `effective`. Layers overlap: do not add
        them up, as a pound may pass through each.

    Examples
    --------
    >>> bodies = pd.DataFrame({"role": ["source", "final spender"]})
    >>> bodies = bodies.assign(out_pence=[9, 0], spent_pence=[1, 9])
    >>> layers_of(bodies)["amount_pence"].to_dict()
    {'source': 10, 'intermediary': 0, 'final spender': 10}
    """
    starts = bodies["out_pence"] + bodies["spent_pence"]
    money: Mapping[str, pd.Series[int]] = {
        "source": starts[bodies["role"] == "source"],
        "intermediary": bodies.loc[bodies["role"] == "intermediary", "out_pence"],
        "final spender": bodies.loc[bodies["spent_pence"] != 0, "spent_pence"],
    }
    rows: Sequence[dict[str, object]] = [
        {
            "layer": layer,
            "bodies": len(amounts),
            "amount_pence": int(amounts.sum()),
            "hhi": herfindahl(amounts),
            "effective": effective_number(amounts),
        }
        for layer, amounts in money.items()
    ]
    return pd.DataFrame(rows).set_index("layer")
