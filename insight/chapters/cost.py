"""What it costs: each line of spend shared among segments, to the penny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.release import Sheet, release
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
    check_tables,
    check_text,
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
    use, customers = pd.DataFrame(columns=NO_USE), None
    if opened.has("service_use"):
        use = use_by_segment("service_use", "customer_segment", engine=engine)
        customers = customer_use("service_use", "customer_segment", engine=engine)
    shared = spend_per_segment(
        counted,
        use,
        _sizes(opened, found),
        services=options.services,
        collective=COLLECTIVE if options.collective is None else options.collective,
    )
    table = _by_segment(shared, names, door)
    total = pounds(shared.total_pence)
    lead = (
        f"{total} of spend is shared among the segments to the penny: what benefits "
        "all is kept apart, and each line says what it was shared by."
    )
    ratio = _ratio(shared, customers, names, door)
    blocks: list[Block] = [
        Text([ratio], tone="finding"),
        _picture(table),
        *_where(shared, door),
        *_remarks(counted, [*passed_over, *shared.notes]),
    ]
    return Chapter(
        section=Section("cost", "What it costs", lead, blocks),
        sentences=[lead, ratio],
        headlines=[
            Figure(
                said_short(shared.total_pence, "pence"), "spend counted", "unaudited"
            )
        ],
    )


def reference_section() -> Section:
    """Return the 2010 report's own tables, held against their own arithmetic."""
    checks = check_tables()
    flagged = [str(one) for one in checks if one.verdict != "adds up"]
    text = [str(one) for one in check_text() if one.flagged]
    lead = (
        f"Of {len(checks)} figures of the 2010 report's Tables 1 to 3 that can be "
        f"recomputed from the report itself, {len(checks) - len(flagged)} add up as "
        "printed. The toolkit shows the others rather than mending them."
    )
    blocks = [Text([], flagged), Text(["And in the report's own words:"], text)]
    return Section("report-tables", "The 2010 report's own tables", lead, blocks)


def _sizes(opened: OpenPlace, found: Segmentation) -> pd.Series[float]:
    """People in each segment: residents where the areas count them, else customers."""
    if opened.areas is not None and opened.areas["population"].notna().all():
        residents = opened.areas["population"].reindex(found.segments.index)
        people: pd.Series[float] = residents.groupby(found.segments).sum()
        return people
    counted: pd.DataFrame = opened.engine.arrow(
        "SELECT segment, count(*) AS people FROM customer_segment "
        "WHERE segment IS NOT NULL GROUP BY segment"
    ).to_pandas()
    return counted.set_index("segment")["people"].astype(float)


def _by_segment(
    shared: SpendBySegment, names: Mapping[str, str], door: Door
) -> Released:
    frame = shared.segments.drop(index=list(BUCKETS), errors="ignore").reset_index()
    frame["name"] = frame["segment"].map(dict(names))
    frame["people"] = frame["people"].round().astype("Int64")
    frame["label"] = frame["segment"] + " " + frame["name"]
    measured = ["amount_pence", "share", "per_head_pence"]
    return release(
        door,
        frame[["segment", "name", "label", "people", *measured]],
        Sheet(
            name="spend_by_segment",
            title="Spend by segment",
            counts=["people"],
            measures=dict.fromkeys(measured, "people"),
            labels=["segment"],
            note=UNAUDITED,
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
                "per_head_pence": "Spend a head",
            },
            segment="segment",
        ),
    )


def _ratio(
    shared: SpendBySegment,
    customers: pd.DataFrame | None,
    names: Mapping[str, str],
    door: Door,
) -> str:
    """Say the dearest segment against the cheapest, from what the door lets out."""
    if set(shared.rungs.index) <= BY_NO_USE:
        return (
            "No budget could be shared by use of a service, so every segment costs the "
            "same a head. Supply service_use and [spend.services] to tell them apart."
        )
    if shared.extremes is None:
        return "Fewer than two segments have spend a head, so none can be compared."
    ratio = spend_ratio(shared, customers)
    low, high = ratio.interval or (None, None)
    people = round(shared.segments["people"].sum())
    frame = pd.DataFrame(
        {
            "dearest": [f"{ratio.dearest} {names.get(ratio.dearest, '')}".strip()],
            "cheapest": [f"{ratio.cheapest} {names.get(ratio.cheapest, '')}".strip()],
            "customers": pd.array([ratio.n_customers or people], "Int64"),
            "ratio": [ratio.ratio],
            "low": [low],
            "high": [high],
        }
    )
    out = release(
        door,
        frame.astype({"low": "float64", "high": "float64"}),
        Sheet(
            name="spend_ratio",
            title="Spend a head: the dearest segment against the cheapest",
            counts=["customers"],
            measures=dict.fromkeys(("ratio", "low", "high"), "customers"),
            note="Customers whose use is recorded; where none is, residents.",
        ),
    )
    row = out.frame.iloc[0]
    if pd.isna(row["ratio"]):
        return "Too few customers to compare spend a head between segments."
    said = (
        f"A head, segment {row['dearest']} costs {row['ratio']:.2f} times what segment "
        f"{row['cheapest']} costs"
    )
    if pd.isna(row["low"]):
        return f"{said}. No interval: {ratio.why_none or 'too few customers'}."
    return (
        f"{said} (95 % interval {row['low']:.2f} to {row['high']:.2f}, over "
        f"{row['customers']:,} customers; spend unaudited)."
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
