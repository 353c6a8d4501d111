"""What it costs: each line of spend shared among segments, to the penny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.release import Rate, Sheet, release
from insight.report import (
    Bars,
    Column,
    Figure,
    Picture,
    Section,
    Table,
    Text,
    bars,
)
from insight.report.formats import said_short
from insight.spend import (
    BUCKETS,
    COLLECTIVE,
    NOT_KNOWN,
    customer_use,
    moderate,
    pounds,
    spend_per_segment,
    spend_ratio,
    use_by_segment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend import SpendBySegment
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["cost_chapter"]

NO_USE: Final = ["service", "segment", "units", "cost_pence", "customers", "uses"]
BY_NO_USE: Final = {"head count", "collective", "cofog not known"}
TITLE: Final = "What it costs"
LABELS: Final = ("segment", "name", "label")
UNAUDITED: Final = "Spend as the place counts it, unaudited."


def cost_chapter(
    opened: OpenPlace, door: Door, found: Segmentation, *, names: Mapping[str, str]
) -> Chapter:
    """Share the spend of a place among its segments.

    Parameters
    ----------
    opened
        A place with `spend`; with `service_use` too, budgets follow real use where
        `[spend.services]` says which.
    door
        Every figure goes through it.
    found
        The place's segmentation.
    names
        Segment code to name.

    Raises
    ------
    InsightError
        If spend or use cannot be shared.
    """
    engine, options = opened.engine, opened.place.spend
    spend = engine.arrow("SELECT * FROM spend").to_pandas()
    counted, passed_over = _of_one_basis(spend, options.basis)
    sizes = _sizes(opened, found)
    if sizes is None:
        said = (
            "Spend cannot be shared: the table of areas lacks population somewhere, "
            "and no customer is known. Supply either."
        )
        return Chapter(section=Section("cost", TITLE, said), sentences=[said])
    use, customers = pd.DataFrame(columns=NO_USE), None
    if opened.has("service_use"):
        tables = ("service_use", "customer_segment")
        use = use_by_segment(*tables, area_segment="area_segment", engine=engine)
        customers = customer_use(*tables, area_segment="area_segment", engine=engine)
    shared = spend_per_segment(
        counted,
        use,
        sizes,
        services=options.services,
        collective=COLLECTIVE if options.collective is None else options.collective,
    )
    table = _by_segment(shared, customers, names, door)
    apart = shared.segments["amount_pence"].reindex(list(BUCKETS)).fillna(0).sum()
    lead = (
        f"{pounds(shared.total_pence)} of spend is counted, to the penny: "
        f"{pounds(shared.total_pence - int(apart))} is shared among the segments, and "
        f"{pounds(int(apart))} is kept apart, as of benefit to all or of no known "
        "function."
    )
    ratio = _ratio(shared, customers, table)
    blocks: list[Block] = [
        Text([ratio], tone="finding"),
        _picture(table),
        *_where(shared, door),
        *_remarks(counted, [*passed_over, *shared.notes]),
    ]
    card = Figure(said_short(shared.total_pence, "pence"), "spend counted", "unaudited")
    return Chapter(
        section=Section("cost", TITLE, lead, blocks),
        sentences=[lead, ratio],
        headlines=[card],
    )


def _sizes(opened: OpenPlace, found: Segmentation) -> pd.Series[float] | None:
    """People in each segment: residents where the areas count them, else customers."""
    if opened.areas is not None:
        residents = opened.areas["population"].reindex(found.segments.index)
        if residents.notna().all():
            people: pd.Series[float] = residents.groupby(found.segments).sum()
            return people
    if not opened.engine.has("customer_segment"):
        return None
    counted: pd.DataFrame = opened.engine.arrow(
        "SELECT segment, count(*) AS people FROM customer_segment "
        "WHERE segment IS NOT NULL GROUP BY segment"
    ).to_pandas()
    known = counted.set_index("segment")["people"].astype(float)
    return known if len(known) else None


def _by_segment(
    shared: SpendBySegment,
    customers: pd.DataFrame | None,
    names: Mapping[str, str],
    door: Door,
) -> Released:
    """Release spend by segment, resting on the people whose use shared it."""
    frame = shared.segments.drop(index=list(BUCKETS), errors="ignore").reset_index()
    frame["name"] = frame["segment"].map(dict(names)).fillna("segment not known")
    known = frame["segment"] != NOT_KNOWN
    frame["label"] = frame["name"].mask(known, frame["segment"] + " " + frame["name"])
    frame["people"] = frame["people"].round().astype("Int64")
    frame["customers"] = frame["people"]
    if customers is not None and len(customers):
        seen = customers.groupby("segment")["customer_id"].nunique()
        unplaced = customers[customers["segment"].isna()]
        seen[NOT_KNOWN] = unplaced["customer_id"].nunique()
        frame["customers"] = frame["segment"].map(seen).fillna(0).astype("Int64")
    frame["of_all_pence"] = shared.total_pence
    return release(
        door,
        frame[[*LABELS, "people", "customers", "amount_pence", "of_all_pence"]],
        Sheet(
            name="spend_by_segment",
            title="Spend by segment",
            counts=["people", "customers"],
            measures={"amount_pence": "customers"},
            rates={
                "share": Rate("amount_pence", "of_all_pence"),
                "per_head_pence": Rate("amount_pence", "people"),
            },
            public=["of_all_pence"],
            labels=["segment", "name", "label"],
            note=f"{UNAUDITED} Customers are those whose use of a service is recorded.",
        ),
    )


def _picture(table: Released) -> Picture:
    heads = table.frame.dropna(subset="per_head_pence")
    alt = "Bars of spend a head by segment. " + " ".join(
        f"{label}: {pounds(pence)}."
        for label, pence in zip(heads["label"], heads["per_head_pence"], strict=True)
    )
    return Picture(
        drawing=bars(
            table, Bars(label="label", value="per_head_pence", segment="segment")
        ),
        title="Spend a head, by segment",
        alt=alt,
        twin=Table(
            released=table,
            columns={
                "segment": Column("Segment", "text"),
                "name": "Name",
                "amount_pence": "Spend",
                "share": Column("Share of all spend", "share"),
                "people": "People",
                "customers": "Customers with recorded use",
                "per_head_pence": "Spend a head",
            },
            segment="segment",
        ),
    )


def _ratio(
    shared: SpendBySegment, customers: pd.DataFrame | None, table: Released
) -> str:
    """Say the dearest segment against the cheapest, from what the door let out."""
    if set(shared.rungs.index) <= BY_NO_USE:
        return (
            "No budget could be shared by use of a service, so every segment costs the "
            "same a head. Supply service_use and [spend.services] to tell them apart."
        )
    heads = table.frame.dropna(subset="per_head_pence").set_index("segment")
    paid = heads[heads["per_head_pence"] > 0]
    if shared.extremes is None or not set(shared.extremes) <= set(paid.index):
        return (
            "The dearest and the cheapest segment cannot be compared: too few people "
            "lie behind one of them, or it costs nothing."
        )
    ratio = spend_ratio(shared, customers)
    said = (
        f"A head, segment {heads['label'][ratio.dearest]} costs {ratio.ratio:.1f} "
        f"times what segment {heads['label'][ratio.cheapest]} costs"
    )
    if ratio.interval is None:
        return f"{said}. No interval: {ratio.why_none}."
    low, high = ratio.interval
    base = table.frame["customers"][table.frame["segment"] != NOT_KNOWN].sum()
    return (
        f"{said} (95 % interval {low:.1f} to {high:.1f}, over {base:,} customers; "
        "spend unaudited)."
    )


def _where(shared: SpendBySegment, door: Door) -> list[Block]:
    lines = shared.rungs.reset_index()
    released = release(
        door,
        lines,
        Sheet(
            name="spend_by_rung",
            title="What each pound was shared by",
            public=["amount_pence", "lines"],
            note=UNAUDITED,
        ),
    )
    return [
        Table(
            released=released,
            columns={
                "rung": "Shared by",
                "lines": "Lines of spend",
                "amount_pence": "Spend",
            },
            note="Use of services is the best evidence, head count the least.",
        )
    ]


def _of_one_basis(
    spend: pd.DataFrame, basis: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """Keep lines of the basis that the place chose, and say what was passed over."""
    other = spend["basis"].notna() & (spend["basis"] != basis)
    if basis is None or not other.any():
        return spend, []
    said = (
        f"{other.sum()} lines that are not of the basis {basis!r} were passed over: "
        f"{pounds(int(spend.loc[other, 'amount_pence'].sum()))}."
    )
    return spend[~other], [said]


def _remarks(spend: pd.DataFrame, more: list[str]) -> list[Block]:
    points = [*map(str, moderate(spend)), *more]
    if not points:
        return []
    asked = "What to ask of the spend count before relying on it:"
    return [Text([asked], points, "caution")]
