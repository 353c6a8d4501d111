"""Moves as a NetworkX graph, and the part of them that a person can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from journeys.errors import JourneyError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MostTravelled", "most_travelled", "to_networkx"]


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
    _check_edges(edges)
    kept = edges.drop(columns="segment", errors="ignore")
    return nx.from_pandas_edgelist(kept, edge_attr=True, create_using=nx.DiGraph)


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
