"""Who is far from an access point, and where another would go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from insight.chapters.chapter import number_of
from insight.chapters.where_part import Part, drawn_only, map_of
from insight.release import Rate, Sheet, release
from insight.report import Column, Figure, MapClass, Table, Text
from segmentation import SegmentError
from segmentation.where.access import coverage
from segmentation.where.siting import choose_sites
from segmentation.where.travel import Reach, straight_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation
    from segmentation.where.access import Coverage
    from segmentation.where.siting import Siting

__all__ = ["access_part", "sites_of", "travel_of"]

LEGEND: Final = (
    MapClass("B", "beyond reach", "warm"),
    MapClass("R", "no known route", "mark"),
    MapClass("W", "within reach", "plain"),
)
PAIRS: Final = 20_000  # of areas and sites, up to which the mean way is weighed too
UNIT: Final = "One point stands for all people of an area."


def access_part(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: Mapping[str, str],
    door: Door,
) -> Part:
    """Say who is within reach of an open site, and which sites to open next.

    Parameters
    ----------
    opened
        A place with `[access]` and the table `sites`; `travel` where ways are known.
    areas
        Its areas, with `population`.
    found, names
        Its segments, and what they are called.
    door
        All counts of people go through it.

    Raises
    ------
    SegmentError
        If there is no `[access]`, or ways are not known.
    """
    options = opened.place.access
    if options is None:
        msg = "the place has no [access]. Say within how many minutes or metres."
        raise SegmentError(msg)
    reach = Reach(within=options.within, unit=options.unit)
    sites, residents = sites_of(opened), areas["population"]
    travel = travel_of(opened, areas, sites, reach)
    now = coverage(residents, travel, sites, reach, found.segments)
    by_segment = _by_segment(now, names, door)
    possible = int((sites["status"] == "possible").sum())
    new = min(options.new, possible)
    chosen = choose_sites(residents, travel, sites, reach, new=new) if new else None
    blocks: list[Block] = [
        _map(areas, now, _points(areas, sites, chosen), door),
        _table(by_segment),
        *_left_out(now),
    ]
    if chosen is not None:
        called = dict(zip(sites["site_id"], sites["name"], strict=True))
        blocks.append(Text([_said(chosen, called)], tone="finding"))
        if possible * len(now.table) <= PAIRS:
            nearest = choose_sites(
                residents, travel, sites, reach, new=new, aim="distance"
            )
            blocks.append(Text([_said(nearest, called)]))
    lead, card = _lead(by_segment, now)
    return Part(lead=lead, blocks=blocks, headline=card)


def sites_of(opened: OpenPlace) -> pd.DataFrame:
    """Return the sites of a place, by id; one without a name has its id for it."""
    sites: pd.DataFrame = opened.engine.arrow(
        "SELECT site_id, area_code, name, status FROM sites ORDER BY site_id"
    ).to_pandas()
    return sites.assign(name=sites["name"].fillna(sites["site_id"]))


def travel_of(
    opened: OpenPlace, areas: gpd.GeoDataFrame, sites: pd.DataFrame, reach: Reach
) -> pd.DataFrame:
    """Return the ways from areas to sites: the place's own, or straight lines."""
    if opened.has("travel"):
        known: pd.DataFrame = opened.engine.arrow(
            f"SELECT area_code, site_id, {reach.unit} FROM travel "
            f"WHERE {reach.unit} IS NOT NULL ORDER BY area_code, site_id"
        ).to_pandas()
        if len(known) or reach.unit == "minutes":
            return known
    return straight_lines(drawn_only(areas), sites)


def _points(
    areas: gpd.GeoDataFrame, sites: pd.DataFrame, chosen: Siting | None
) -> gpd.GeoDataFrame | None:
    if drawn_only(areas).empty:
        return None
    inside = areas.geometry.representative_point().reindex(sites["area_code"])
    taken = sites["site_id"].isin(chosen.chosen if chosen is not None else ())
    return gpd.GeoDataFrame(
        {"name": sites["name"], "status": sites["status"].mask(taken, "chosen")},
        geometry=inside.to_numpy(),
        crs=areas.crs,
    )


def _map(
    areas: gpd.GeoDataFrame,
    now: Coverage,
    points: gpd.GeoDataFrame | None,
    door: Door,
) -> Block:
    frame = now.table.reset_index()
    frame = frame.sort_values("travel", ascending=False, na_position="first")
    frame["travel"] = frame["travel"].round(1)
    twin = release(
        door,
        frame[["area_code", "class", "site_id", "travel"]],
        Sheet(
            name="access",
            title=f"Who is within {now.reach} of an open site",
            labels=["area_code", "class", "site_id"],
            public=["travel"],
            note=UNIT,
        ),
    )
    columns: dict[str, str | Column] = {
        "area_code": "Area",
        "class": "Class",
        "site_id": Column("Nearest open site", "text"),
        "travel": f"Way there ({now.reach.unit})",
    }
    return map_of(areas, twin, LEGEND, columns, sites=points)


def _by_segment(now: Coverage, names: Mapping[str, str], door: Door) -> Released:
    frame = now.by_segment.reset_index()
    frame["name"] = frame["segment"].map(names).fillna("no segment")
    frame["within"] = frame["residents"] - frame["beyond"] - frame["no_route"]
    people = ["residents", "within", "beyond", "no_route"]
    frame[people] = frame[people].round().astype("Int64")
    return release(
        door,
        frame[["segment", "name", "areas", *people]],
        Sheet(
            name="access_by_segment",
            title="Who is left out, by segment",
            labels=["segment", "name"],
            public=["areas"],
            counts=people,
            rates={
                "within_share": Rate("within", "residents"),
                "beyond_share": Rate("beyond", "residents"),
            },
            note="All residents counted, not a sample: no interval.",
        ),
    )


def _table(by_segment: Released) -> Table:
    return Table(
        released=by_segment,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            "areas": "Areas",
            "residents": "Residents",
            "within": "Within reach",
            "beyond": "Beyond reach",
            "no_route": "No known route",
            "beyond_share": "Share beyond reach",
        },
        segment="segment",
    )


def _left_out(now: Coverage) -> list[Block]:
    said = []
    if now.without_route:
        said.append(
            f"From {number_of(len(now.without_route), 'area')} no way to an open site "
            "is known."
        )
    if len(now.left_out):
        said.append(
            f"{number_of(len(now.left_out), 'area does', 'areas do')} not count: "
            "residents are not known."
        )
    return [Text([" ".join(said)], tone="caution")] if said else []


def _lead(by_segment: Released, now: Coverage) -> tuple[str, Figure]:
    """Say the whole from the protected parts."""
    shown = by_segment.frame
    people, within = shown["residents"].sum(), shown["within"].sum()
    near = int((now.table["class"] == "within reach").sum())
    share = f"{100 * within / people:.0f} %" if people else "No"
    worst = shown.sort_values("beyond_share", ascending=False, kind="stable").iloc[0]
    lead = (
        f"{share} of residents, in {near:,} of {len(now.table):,} areas, live within "
        f"{now.reach} of {_of_sites(now.sites)}."
    )
    if pd.notna(worst["beyond_share"]) and worst["beyond_share"] > 0:
        lead += (
            f" Most often left out is segment {worst['segment']} ({worst['name']}), "
            f"of whom {100 * worst['beyond_share']:.0f} % live beyond."
        )
    card = Figure(share, f"of residents within {now.reach} of a site", "")
    return lead, card


def _of_sites(n: int) -> str:
    return "the open site" if n == 1 else f"one of {n:,} open sites"


def _said(siting: Siting, called: Mapping[str, str]) -> str:
    """Say a choice of sites, in whole per cent, without the counts behind it."""
    *most, last = (called[site] for site in siting.chosen)
    sites = f"{', '.join(most)} and {last}" if most else last
    proof = (
        "no other choice of as many does better"
        if siting.optimal
        else "the best that was found, not proved to be the best"
    )
    if siting.aim == "coverage":
        return (
            f"Opening {sites}, of {number_of(siting.possible, 'possible site')}, would "
            f"raise the share of residents within {siting.reach} from "
            f"{siting.before:.0f} to {siting.after:.0f} % ({proof}; one at a time, the "
            f"best each time, would reach {siting.greedy_after:.0f} %)."
        )
    unknown = (
        "; where no way is known, twice the longest is counted"
        if siting.assumed
        else ""
    )
    return (
        f"To shorten the mean way to a site most, open {sites}: from "
        f"{siting.before:,.0f} to {siting.after:,.0f} {siting.reach.unit} "
        f"({proof}{unknown})."
    )
