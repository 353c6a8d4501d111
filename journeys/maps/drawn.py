"""Drawn maps as the same graph as a log: what follows what, in how many maps.

People tell what happened, not how often: the weight of an edge is the number of maps
that draw it, and there are no waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from journeys.networks import to_networkx
from journeys.waits import WAITS

if TYPE_CHECKING:
    import networkx as nx

    from journeys.maps.steps import DrawnMaps

__all__ = ["drawn_graph", "drawn_network", "drawn_nodes"]


def drawn_graph(maps: DrawnMaps) -> pd.DataFrame:
    """Return the links of maps with the columns of `directly_follows`.

    Parameters
    ----------
    maps
        What :func:`journeys.maps.steps.maps_of` or `read_maps` returned.

    Returns
    -------
    edges
        One row a pair of names: `source`, `target`, `count` (maps that draw it, each
        once), `customers` (the same: a map is one journey), the waits, which are
        missing, and `kind`: the kinds of the link, separated by ";". Ordered by name.

    Examples
    --------
    >>> from journeys.maps.steps import maps_of
    >>> told = {"map_id": "1", "stage": "Asking", "actor": "Mother", "agency": "GP"}
    >>> maps = maps_of(pd.DataFrame([told | {"step": "ask"}, told | {"step": "wait"}]))
    >>> drawn_graph(maps)[["source", "target", "count", "median_seconds", "kind"]]
      source target  count  median_seconds  kind
    0    ask   wait      1             NaN  flow
    """
    names = maps.steps.set_index(["map_id", "step_id"])["name"]
    links = maps.links
    ends = {
        end: names.reindex(pd.MultiIndex.from_frame(links[["map_id", end]])).to_numpy()
        for end in ("source", "target")
    }
    edges = (
        links.assign(**ends)
        .groupby(["source", "target"])
        .agg(count=("map_id", "nunique"), kind=("kind", _together))
        .reset_index()
    )
    kinds = edges.pop("kind")
    waits = dict.fromkeys(WAITS, float("nan"))
    return edges.assign(customers=edges["count"], **waits, kind=kinds.astype("str"))


def drawn_nodes(maps: DrawnMaps) -> pd.DataFrame:
    """Return what is told of each step: one row a name.

    Returns
    -------
    nodes
        `name`; `agencies`, `stages` and `actors`, each once and separated by ";";
        `maps` that hold it; `emotion`, the mean of those told (-2 to 2); and
        `strength`, the strongest evidence. Ordered by name.
    """
    by_name = maps.steps.groupby("name")
    return by_name.agg(
        agencies=("agency", _together),
        stages=("stage", _together),
        actors=("actor", _together),
        maps=("map_id", "nunique"),
        emotion=("emotion", "mean"),
        strength=("evidence_strength", "max"),
    ).reset_index()


def drawn_network(maps: DrawnMaps) -> nx.DiGraph[str]:
    """Return maps as a NetworkX graph, with what is told of each step on its node.

    Examples
    --------
    >>> from journeys.maps.steps import maps_of
    >>> told = {"map_id": "1", "stage": "Asking", "actor": "Mother", "agency": "GP"}
    >>> maps = maps_of(pd.DataFrame([told | {"step": "ask"}, told | {"step": "wait"}]))
    >>> network = drawn_network(maps)
    >>> network["ask"]["wait"]["count"], network.nodes["ask"]["agencies"]
    (1, 'GP')
    """
    network = to_networkx(drawn_graph(maps))
    told = drawn_nodes(maps).set_index("name")
    network.add_nodes_from(
        (str(name), {str(key): value for key, value in row.items() if pd.notna(value)})
        for name, row in told.to_dict("index").items()
    )
    return network


def _together(values: pd.Series) -> str:
    return ";".join(sorted(set(values)))
