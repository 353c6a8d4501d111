"""Moves as a NetworkX graph, and the part of them that a person can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from journeys.errors import JourneyError

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "MostTravelled",
    "from_networkx",
    "most_travelled",
    "to_networkx",
]

ENDS = ["source", "target"]


@dataclass(frozen=True, kw_only=True)
class MostTravelled:
    """The edges with most moves, and what share of all moves they hold.

    Attributes
    ----------
    edges
        The edges kept, from most to fewest moves.
    n_edges, n_moves
        How many edges and moves there were before.
    share
        Share of the moves that are kept, from 0 to 1; 1 where there were none.
    """

    edges: pd.DataFrame
    n_edges: int
    n_moves: int
    share: float

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        return (
            f"{len(self.edges):,} of {self.n_edges:,} kinds of move shown, which hold "
            f"{self.share:.1%} of {self.n_moves:,} moves."
        )


def most_travelled(
    edges: pd.DataFrame, *, share: float = 0.95, most: int = 120
) -> MostTravelled:
    """Keep the edges with most moves, so that the graph can be read.

    Parameters
    ----------
    edges
        What :func:`journeys.graph.directly_follows` or `handovers` returned, for
        one segment.
    share
        Stop once the kept edges hold this share of the moves, above 0 to 1.
    most
        Keep at most so many edges, even if they hold less than `share`.

    Returns
    -------
    kept
        Edges with equally many moves are taken in the order of their names.

    Raises
    ------
    JourneyError
        If an option is out of range, a column is missing, or an edge stands twice.

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"]})
    >>> print(most_travelled(moves.assign(count=[1, 9]), share=0.9))
    1 of 2 kinds of move shown, which hold 90.0% of 10 moves.
    """
    _check_edges(edges)
    if not 0 < share <= 1 or most < 1:
        msg = (
            "share must be above 0 and at most 1, and most at least 1; they are "
            f"{share!r} and {most!r}. Use share=1 and a large most to keep all."
        )
        raise JourneyError(msg)
    ranked = edges.sort_values(
        ["count", "source", "target"], ascending=[False, True, True], ignore_index=True
    )
    total = int(ranked["count"].sum())
    before = ranked["count"].cumsum() - ranked["count"]
    kept = ranked[before < share * total].head(most)
    held = int(kept["count"].sum())
    return MostTravelled(
        edges=kept,
        n_edges=len(edges),
        n_moves=total,
        share=held / total if total else 1.0,
    )


def to_networkx(edges: pd.DataFrame) -> nx.DiGraph[str]:
    """Return moves as a directed graph; other columns become edge attributes.

    Parameters
    ----------
    edges
        One row an edge: `source`, `target`, `count` and any further columns, for
        one segment.

    Raises
    ------
    JourneyError
        If a column is missing or an edge stands twice.

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"source": ["a"], "target": ["b"], "count": [3]})
    >>> to_networkx(moves)["a"]["b"]
    {'count': 3}
    """
    import networkx as nx  # noqa: PLC0415 - slow to import, and often not needed

    _check_edges(edges)
    kept = edges.drop(columns="segment", errors="ignore")
    return nx.from_pandas_edgelist(kept, edge_attr=True, create_using=nx.DiGraph)


def from_networkx(
    graph: nx.DiGraph[str], *, count: str = "count", segment: str | None = None
) -> pd.DataFrame:
    """Return a directed graph as moves, the way the rest of the room takes them.

    Parameters
    ----------
    graph
        Nodes are names. Edges carry how often, and any further attributes.
    count
        The attribute of an edge that says how often.
    segment
        Written beside each edge, if given.

    Returns
    -------
    edges
        `source`, `target`, `count`, then the other attributes, missing where an edge
        has none; ordered by name.

    Raises
    ------
    JourneyError
        If the graph is undirected or has parallel edges, a node is not a text, or an
        edge does not say how often in a whole number of 0 or more.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("ask", "assess", count=3, weight=0.5)
    >>> from_networkx(graph).to_dict("records")
    [{'source': 'ask', 'target': 'assess', 'count': 3, 'weight': 0.5}]
    """
    if not graph.is_directed() or graph.is_multigraph():
        msg = (
            f"The graph is a {type(graph).__name__}; journeys are directed, with one "
            "edge from one name to another. Give a networkx.DiGraph."
        )
        raise JourneyError(msg)
    unnamed = sum(not isinstance(node, str) for node in graph)
    wrong = sum(not _is_count(said.get(count)) for *_, said in graph.edges(data=True))
    if unnamed or wrong:
        msg = (
            f"{unnamed} of {len(graph)} nodes are not texts, and {wrong} of "
            f"{graph.number_of_edges()} edges do not say how often in {count!r}. Name "
            "nodes with texts and give each edge a whole number of 0 or more."
        )
        raise JourneyError(msg)
    rows = [
        {"source": source, "target": target, "count": int(said[count])}
        | {str(name): value for name, value in said.items() if name != count}
        for source, target, said in graph.edges(data=True)
    ]
    first = [*ENDS, "count"]
    edges = pd.DataFrame(rows, columns=None if rows else first)
    edges = edges.sort_values(ENDS, ignore_index=True)
    if segment is not None:
        edges.insert(0, "segment", segment)
    return edges


def _is_count(n: object) -> bool:
    number = hasattr(n, "__index__") and not isinstance(n, bool)
    return number and int(n) >= 0  # type: ignore[call-overload]


def _check_edges(edges: pd.DataFrame) -> None:
    missing = [n for n in ("source", "target", "count") if n not in edges.columns]
    if missing:
        msg = (
            f"The edges lack {missing}; they have {list(edges.columns)}. Pass what "
            "directly_follows or handovers returned."
        )
        raise JourneyError(msg)
    twice = int(edges.duplicated(["source", "target"]).sum())
    if twice:
        msg = (
            f"{twice} edges stand twice among {len(edges)}. Choose one segment first: "
            "edges[edges['segment'] == ...]."
        )
        raise JourneyError(msg)
