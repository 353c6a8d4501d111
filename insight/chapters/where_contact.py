"""Where fewer people make contact than their segments would lead to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import number_of
from insight.chapters.where_part import Part, map_of
from insight.release import Rate, Sheet, release
from insight.report import Column, Figure, MapClass, Table, Text
from segmentation import SegmentError
from segmentation.where.contact import HIGH, LOW, USUAL, expected_contacts
from segmentation.where.contacting import contact_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from insight.release import Door
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation
    from segmentation.where.contact import Contacts

__all__ = ["contact_part"]

LEGEND: Final = (
    MapClass("L", LOW, "cold"),
    MapClass("H", HIGH, "warm"),
    MapClass("E", USUAL, "plain"),
)
ABOUT: Final = (
    "A contact is a customer who came, once, however often. Expected: what the same "
    "segments do in the place as a whole. 1 is as expected. An area that no customer "
    "names counts as one without contacts."
)


def contact_part(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: Mapping[str, str],
    door: Door,
) -> Part:
    """Hold each area's contacts against what its segment would lead to expect.

    Parameters
    ----------
    opened
        A place with `[contact]`; its engine holds `customer_segment`.
    areas
        Its areas, with `population`.
    found, names
        Its segments, and what they are called.
    door
        All counts of people go through it.
    """
    options = opened.place.contact
    services = list(options.services) if options is not None else []
    level = options.level if options is not None else 0.05
    try:
        counts = contact_counts(opened.engine, areas, found.segments, services)
        judged = expected_contacts(counts, level=level)
    except SegmentError as cannot:
        return Part(lead=f"Contact could not be judged: {cannot}", blocks=[])
    counted = judged.table["class"].value_counts()
    low, high = int(counted.get(LOW, 0)), int(counted.get(HIGH, 0))
    came = f" to {', '.join(services)}" if services else ""
    lead = (
        f"In {low:,} of {len(judged.table):,} areas fewer people made contact{came} "
        f"than their segments would lead to expect, and in {high:,} more."
    )
    if not low and not high:
        lead = (
            f"In none of {len(judged.table):,} areas did clearly fewer people make "
            f"contact{came}, or more, than their segments would lead to expect."
        )
    shown = _map(areas, judged, door)
    return Part(
        lead=lead,
        blocks=[
            *([shown] if low or high else []),
            _rates(judged.rates, names, door),
            Text([_how(judged, level)], tone="method"),
        ],
        headline=Figure(
            f"{low:,}", "low-contact areas", f"of {len(judged.table):,} areas judged"
        ),
    )


def _how(judged: Contacts, level: float) -> str:
    spread = (
        f"Areas vary {judged.spread:.1f} times as much as chance alone would have "
        "them; that much is taken as usual, and only what goes beyond it is named."
        if judged.tau > 0
        else "Areas vary no more than chance would have them."
    )
    left_out = f" {number_of(len(judged.left_out), 'area')} could not be judged."
    rest = left_out if len(judged.left_out) else ""
    return (
        f"Of the areas named for contact, about {100 * level:g} % at most are so by "
        f"chance (Benjamini-Hochberg). {spread}{rest}"
    )


def _map(areas: gpd.GeoDataFrame, judged: Contacts, door: Door) -> Block:
    order = {LOW: 0, HIGH: 1}
    frame = judged.table.reset_index().sort_values(
        "class", key=lambda column: column.map(order).fillna(2), kind="stable"
    )
    wanted = ["contacts", "expected", "residents"]
    frame[wanted] = frame[wanted].round().astype("Int64")
    frame[["low", "high"]] = frame[["low", "high"]].round(1)
    twin = release(
        door,
        frame[["area_code", "class", *wanted, "low", "high"]],
        Sheet(
            name="contact",
            title="Contacts against what segments would lead to expect",
            labels=["area_code", "class"],
            counts=wanted,  # an expected count may be that of the one area of a segment
            measures={"low": "contacts", "high": "contacts"},
            rates={"ratio": Rate("contacts", "expected")},
            note=ABOUT,
        ),
    )
    return map_of(
        areas,
        twin,
        LEGEND,
        {
            "area_code": "Area",
            "class": "Class",
            "contacts": "Customers who came",
            "expected": "Expected",
            "ratio": "Ratio",
            "low": "Low (95 %)",
            "high": "High (95 %)",
            "residents": "Residents",
        },
    )


def _rates(rates: pd.DataFrame, names: Mapping[str, str], door: Door) -> Table:
    frame = rates.reset_index()
    frame["name"] = frame["segment"].map(names)
    counts = ["contacts", "residents"]
    frame[counts] = frame[counts].round().astype("Int64")
    frame[["low", "high"]] = frame[["low", "high"]].round(1)
    columns = ["segment", "name", "areas", *counts, "low", "high"]
    released = release(
        door,
        frame[columns],
        Sheet(
            name="contact_by_segment",
            title="Contact by segment",
            labels=["segment", "name"],
            public=["areas"],
            counts=counts,
            measures={"low": "contacts", "high": "contacts"},
            rates={"came_share": Rate("contacts", "residents")},
        ),
    )
    return Table(
        released=released,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            "areas": "Areas",
            "contacts": "Customers who came",
            "residents": "Residents",
            "came_share": "Share who came",
            "low": "Low (95 %, per cent)",
            "high": "High (95 %, per cent)",
        },
        segment="segment",
    )
