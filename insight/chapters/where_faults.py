"""Faults of `[hotspots]`, `[contact]` and `[access]`: what no room could do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from insight.chapters.where_access import sites_of
from insight.chapters.where_hotspots import drivers_of
from insight.chapters.where_part import drawn_only
from insight.hints import nearest
from segmentation import SegmentError, rates
from segmentation.where.hotspots import LEAST
from segmentation.where.neighbours import located

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from place import OpenPlace, Place
    from place.settings import AccessOptions, HotspotOptions

__all__ = ["where_faults"]


def where_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what is wrong with the settings of the chapter on where.

    Parameters
    ----------
    opened
        The place, open. Its tables are looked at where a setting names what should
        be in them; a place without areas is not looked at.
    """
    if opened.areas is None:
        return
    yield from _of_hotspots(opened.place, opened.areas)
    yield from _of_contact(opened)
    yield from _of_access(opened, opened.areas)


def _of_hotspots(place: Place, areas: gpd.GeoDataFrame) -> Iterator[str]:
    options = place.hotspots
    if options is None:
        return
    known = place.outcomes | place.segments.variables
    unknown = [
        f"[hotspots] {where}: nothing is called {label!r}. {nearest(label, among)}"
        for where, labels, among in (
            ("outcomes", options.outcomes, place.outcomes),
            ("drivers", options.drivers, known),
        )
        for label in labels
        if label not in among
    ]
    yield from unknown
    drawn = drawn_only(areas)
    if not unknown:
        for label in options.outcomes:
            yield from _of_outcome(place, label, drawn)
    yield from _of_testing(options, drawn)


def _of_testing(options: HotspotOptions, drawn: gpd.GeoDataFrame) -> Iterator[str]:
    yield from _unmeasured(drawn, "[hotspots]")
    many = options.neighbours
    if many != "touching" and not 1 <= many < len(drawn):
        yield (
            f"[hotspots] neighbours: {many} were asked of {len(drawn)} areas with a "
            "boundary. Ask for 1 or more, and fewer than there are areas."
        )
    if options.permutations < 2 / options.level - 1:
        yield (
            f"[hotspots] permutations: {options.permutations} are too few to name any "
            f"area at level {options.level}. Ask for at least "
            f"{math.ceil(2 / options.level)}."
        )


def _unmeasured(drawn: gpd.GeoDataFrame, block: str) -> Iterator[str]:
    if drawn.empty:
        yield f"{block}: areas have no boundaries. Add a file that has."
        return
    try:
        located(drawn)
    except SegmentError as cannot:
        yield f"{block} {cannot}"


def _of_outcome(place: Place, label: str, areas: gpd.GeoDataFrame) -> Iterator[str]:
    table = pd.DataFrame(areas.drop(columns="geometry"))
    drivers = drivers_of(place, label)
    if label in drivers or place.outcomes[label] in drivers.values():
        yield (
            f"[hotspots] drivers: {label!r} cannot be a driver of itself. Leave it out."
        )
    if not drivers:
        yield (
            f"[hotspots] drivers: none is left for {label!r}. Name some, or add "
            "variables to [segments.variables]."
        )
    try:
        known = rates(table, {label: place.outcomes[label]} | drivers)[label].dropna()
    except SegmentError as cannot:
        yield f"[hotspots] {label!r}: {cannot}"
        return
    if len(known) < LEAST or known.min() == known.max():
        yield (
            f"[hotspots] outcomes: {label!r} is known of {len(known)} areas with a "
            f"boundary, or is the same in all. Hotspots need {LEAST} that differ."
        )


def _of_contact(opened: OpenPlace) -> Iterator[str]:
    options = opened.place.contact
    if options is None:
        return
    held = {
        table: column
        for table, column in (("service_use", "service"), ("events", "activity"))
        if opened.has(table)
    }
    if not held or not (opened.has("people") or opened.has("service_use")):
        yield (
            "[contact]: needs service_use, or events and people, to tell who came and "
            "where they live. Supply them, or take [contact] away."
        )
        return
    if opened.areas is not None and opened.areas["population"].isna().all():
        yield "[contact]: areas have no population. Add the column, or map it."
    known = {
        row[column]
        for table, column in held.items()
        for row in opened.engine.arrow(
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
        ).to_pylist()
    }
    for service in options.services:
        if service not in known:
            hint = nearest(service, sorted(known))
            yield f"[contact] services: nothing is called {service!r}. {hint}"


def _of_access(opened: OpenPlace, areas: gpd.GeoDataFrame) -> Iterator[str]:
    options = opened.place.access
    if options is None:
        return
    if not opened.has("sites"):
        yield "[access]: needs the table sites. Supply it, or take [access] away."
        return
    if areas["population"].isna().all():
        yield "[access]: areas have no population. Add the column, or map it."
    yield from _of_sites(sites_of(opened), options, areas)
    if opened.has("travel") and _any_travel(opened, options.unit):
        return
    if options.unit == "minutes":
        yield (
            "[access] unit: no travel gives minutes. Supply the table travel, or set "
            "unit = 'metres' for straight lines."
        )
    else:
        yield from _unmeasured(drawn_only(areas), "[access]")


def _of_sites(
    sites: pd.DataFrame, options: AccessOptions, areas: gpd.GeoDataFrame
) -> Iterator[str]:
    possible = int((sites["status"] == "possible").sum())
    if possible == len(sites):
        yield "[access]: no site is open. Say which are, in the column status."
    if options.new > possible:
        yield (
            f"[access] new: {options.new} sites are to be opened, and {possible} are "
            "possible. Ask for fewer, or add possible sites."
        )
    stray = sites.loc[~sites["area_code"].isin(areas.index), "site_id"].tolist()
    if stray:
        yield (
            f"[access]: {len(stray)} of {len(sites)} sites lie in no known area, such "
            f"as {stray[0]!r}. Give each the area_code of the area it lies in."
        )


def _any_travel(opened: OpenPlace, unit: str) -> bool:
    sql = f"SELECT count({unit}) AS n FROM travel"
    return bool(opened.engine.arrow(sql)["n"][0].as_py())
