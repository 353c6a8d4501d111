"""Episodes and background factors: what lay behind what befell the families.

An *episode* is something that befell a family (an eviction, a hospital stay); a
*background factor* is what lay behind (debt, illness). The report of 2010 tells of
ten maps from Croydon that "clearly show the interaction between episodes and
background factors". A handful of maps shows that two things can go together; it
cannot show how often they do, so maps are counted and no rate is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from journeys.maps.steps import listed

if TYPE_CHECKING:
    from journeys.maps.steps import DrawnMaps

__all__ = ["EpisodeFactors", "episode_factors"]


@dataclass(frozen=True, kw_only=True)
class EpisodeFactors:
    """How episodes and background factors stand together in maps.

    Attributes
    ----------
    pairs
        One row a pair: `episode`, `factor`, `maps` (in which a step tells of both)
        and `together` (maps that tell of both anywhere). From most maps, then by
        name.
    factors
        One row a pair of factors, in the order of their names: `factor`, `other` and
        `maps` that tell of both anywhere.
    n_maps, n_telling
        All maps, and those that tell of an episode and of a factor.
    """

    pairs: pd.DataFrame
    factors: pd.DataFrame
    n_maps: int
    n_telling: int

    def graph(self) -> nx.Graph[tuple[str, str]]:
        """Return the bipartite graph: nodes ("episode", name) and ("factor", name)."""
        graph: nx.Graph[tuple[str, str]] = nx.Graph()
        for row in self.pairs.to_dict("records"):
            one, other = ("episode", row["episode"]), ("factor", row["factor"])
            graph.add_node(one, bipartite=0)
            graph.add_node(other, bipartite=1)
            graph.add_edge(one, other, maps=row["maps"], together=row["together"])
        return graph

    def __str__(self) -> str:
        """Say which factor stands behind most episodes, and in how many maps."""
        base = f"{self.n_telling} of {self.n_maps} maps tell of episodes and of what"
        if self.pairs.empty:
            return f"{base} lay behind them; no step tells of both."
        behind = self.pairs[self.pairs["maps"] > 0].groupby("factor")["episode"]
        counts = behind.nunique().sort_values(ascending=False, kind="stable")
        if counts.empty:
            return f"{base} lay behind them; no step tells of both."
        kinds = self.pairs["episode"].nunique()
        return (
            f"{base} lay behind them. {counts.index[0]} stands behind the most kinds "
            f"of episode: {counts.iloc[0]} of {kinds}. Maps are counted; how common "
            "this is, they cannot say."
        )


def episode_factors(maps: DrawnMaps) -> EpisodeFactors:
    """Count in how many maps each background factor stands behind each episode.

    Parameters
    ----------
    maps
        Their steps name episodes and background factors, several separated by ";".

    Examples
    --------
    >>> from journeys.maps.steps import maps_of
    >>> told = {"map_id": "1", "stage": "s", "step": "t", "actor": "a", "agency": "GP"}
    >>> more = {"episode": "eviction", "background_factor": "debt; illness"}
    >>> found = episode_factors(maps_of(pd.DataFrame([told | more])))
    >>> found.pairs
        episode   factor  maps  together
    0  eviction     debt     1         1
    1  eviction  illness     1         1
    >>> found.factors
      factor    other  maps
    0   debt  illness     1
    """
    steps = maps.steps
    episodes = listed(steps["episode"]).join(steps["map_id"])
    factors = listed(steps["background_factor"]).join(steps["map_id"])
    episodes = episodes.rename(columns={"value": "episode"})
    factors = factors.rename(columns={"value": "factor"})
    pair = ["episode", "factor"]
    direct = episodes.join(factors["factor"], how="inner")
    anywhere = episodes.merge(factors, on="map_id")
    told = {"maps": direct, "together": anywhere}
    counts = {
        name: each.groupby(pair)["map_id"].nunique() for name, each in told.items()
    }
    pairs = pd.DataFrame(counts).fillna(0).astype("int64").reset_index()
    pairs = pairs.sort_values(
        ["maps", "together", *pair], ascending=[False, False, True, True]
    )
    twice = factors.merge(factors, on="map_id", suffixes=("", "_other"))
    twice = twice[twice["factor"] < twice["factor_other"]]
    others = twice.groupby(["factor", "factor_other"])["map_id"].nunique()
    telling = set(episodes["map_id"]) & set(factors["map_id"])
    return EpisodeFactors(
        pairs=pairs.reset_index(drop=True),
        factors=others.to_frame("maps").reset_index(names=["factor", "other"]),
        n_maps=maps.n_maps,
        n_telling=len(telling),
    )
