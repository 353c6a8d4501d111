"""Lay drawn maps over a log: what only people tell, what only records show.

A step of a map and events of a log are the same where activity and agency are. Maps
call an activity as the log does in their column `activity`, or a table says which is
which.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.graph import directly_follows
from journeys.maps.drawn import drawn_graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journeys.log import Log
    from journeys.maps.steps import DrawnMaps

__all__ = ["Overlay", "met_sql", "overlay_maps"]

TOLD, BOTH, SHOWN = "only told", "told and recorded", "only recorded"
KEY: Final = ["activity", "agency"]


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What maps tell beside what a log shows.

    Attributes
    ----------
    steps
        One row an activity and agency: `where` ("only told", "told and recorded" or
        "only recorded"), `maps` that tell it and the strongest `strength` of evidence
        (1 to 3, or missing), `customers` of the log with such an event and their
        `share` of all customers. What is not there is nought, and shares of it too.
    moves
        One row a move between activities: `source`, `target`, `where`, `maps`, and
        `count` and `customers` of the log.
    unknown
        Agencies and activities of maps that the log lacks: `what`, `name`, `maps`, and
        the `nearest` name of the log, or missing.
    n_maps, n_customers
        What the counts are of.
    """

    steps: pd.DataFrame
    moves: pd.DataFrame
    unknown: pd.DataFrame
    n_maps: int
    n_customers: int

    def __str__(self) -> str:
        """Say how many steps are told, recorded, or both."""
        counts = self.steps["where"].value_counts()
        told, both, shown = (int(counts.get(key, 0)) for key in (TOLD, BOTH, SHOWN))
        lost = int((self.unknown["what"] == "agency").sum())
        unknown = f" {lost} agencies of the maps are not in the log." if lost else ""
        return (
            f"Of the kinds of step in {self.n_maps} maps, {told} are only told and "
            f"{both} are recorded too; {shown} are only in the records of "
            f"{self.n_customers:,} customers.{unknown}"
        )


def met_sql(log: str) -> str:
    """Return the query that counts the customers of each activity and agency.

    Examples
    --------
    >>> "GROUP BY activity, agency" in met_sql("log")
    True
    """
    return f"""SELECT activity, agency, count(DISTINCT customer) AS customers
FROM {log} GROUP BY activity, agency ORDER BY activity, agency"""


def overlay_maps(
    maps: DrawnMaps, log: Log, *, activities: Mapping[str, str] | None = None
) -> Overlay:
    """Lay maps over a log.

    Parameters
    ----------
    maps
        Drawn maps.
    log
        What :func:`journeys.log.encode_log` returned.
    activities
        Words of a step, or an activity, of the maps -> activity of the log, where
        the maps do not say it themselves.

    Returns
    -------
    overlay
        Ordered by activity and agency. Agencies are the same where their names are,
        to the letter; others are listed as unknown.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> from journeys.maps.steps import maps_of
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> event = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> told = {"map_id": "1", "stage": "s", "actor": "Mother", "agency": "GP"}
    >>> maps = maps_of(pd.DataFrame([told | {"step": "sees a doctor"}]))
    >>> log = encode_log(pd.DataFrame([event]))
    >>> found = overlay_maps(maps, log, activities={"sees a doctor": "visit"})
    >>> found.steps[["activity", "agency", "where", "maps", "customers"]]
      activity agency              where  maps  customers
    0    visit     GP  told and recorded     1          1
    """
    names = dict(activities or {})
    steps = maps.steps.assign(activity=maps.steps["name"].replace(names))
    told = steps.groupby(KEY).agg(
        maps=("map_id", "nunique"), strength=("evidence_strength", "max")
    )
    rows = log.engine.arrow(met_sql(log.table))
    met = log.decoded(rows, {"activity": "activity", "agency": "agency"})
    both = _beside(told, met.set_index(KEY))
    share = both["customers"] / log.n_customers if log.n_customers else np.nan
    edges = drawn_graph(maps).rename(columns={"count": "maps"})
    ends = {end: edges[end].replace(names) for end in ("source", "target")}
    drawn = edges.assign(**ends).groupby(["source", "target"])["maps"].sum().to_frame()
    moves = directly_follows(log, measures=["customers"]).set_index(
        ["source", "target"]
    )
    return Overlay(
        steps=both.assign(share=share),
        moves=_beside(drawn, moves[["count", "customers"]]),
        unknown=_unknown(steps, log),
        n_maps=maps.n_maps,
        n_customers=log.n_customers,
    )


def _beside(told: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """Lay what is told beside what is recorded, and say where each stands."""
    both = told.join(met, how="outer").sort_index()
    counts = [name for name in both.columns if name != "strength"]
    both[counts] = both[counts].fillna(0).astype("int64")
    is_told, is_met = both["maps"] > 0, both["customers"] > 0
    where = np.select([is_told & is_met, is_told], [BOTH, TOLD], SHOWN)
    both.insert(0, "where", where)
    return both.reset_index()


def _unknown(steps: pd.DataFrame, log: Log) -> pd.DataFrame:
    """List agencies and activities of maps that the log lacks, with the nearest."""
    rows = []
    for what in KEY[::-1]:
        known = list(log.names[what])
        counts = steps.groupby(what)["map_id"].nunique()
        for name, maps in counts[~counts.index.isin(known)].items():
            near = get_close_matches(str(name), known, 1)
            rows.append((what, str(name), int(maps), near[0] if near else None))
    frame = pd.DataFrame(rows, columns=["what", "name", "maps", "nearest"])
    return frame.astype({"what": "str", "name": "str", "nearest": "str"})
