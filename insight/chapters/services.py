"""Who uses each service: customers by segment, against the residents there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Sheet, release
from insight.release.rules import protect
from insight.report import Matrix
from segmentation.explain.penetration import profile_customers, service_customers

if TYPE_CHECKING:
    from insight.chapters.chapter import Chapter
    from insight.release import Door, Released, Rule
    from insight.report import Block
    from place import OpenPlace

__all__ = ["with_services"]

MEASURED: Final = {
    "percent": 2,
    "comparison_percent": 2,
    "penetration": 2,
    "index": 0,
    "low": 0,
    "high": 0,
}  # column of the standard report: decimals


def with_services(
    chapter: Chapter,
    opened: OpenPlace,
    residents: pd.Series[float],
    names: dict[str, str],
    door: Door,
) -> Chapter:
    """Add to a chapter who uses each service, by segment.

    Parameters
    ----------
    chapter
        The one on segments.
    opened
        A place with `service_use`, whose engine holds `customer_segment`.
    residents
        Residents of each segment, indexed by its code. Where one is not known, the
        comparison is with all customers who have a segment.
    names
        Segment code to name.
    door
        Counts are protected first and all else is worked out from what may be
        shown: shares of a true whole would tell the hidden part.
    """
    customers = service_customers(opened.engine).dropna(subset="segment")
    if customers.empty:
        return chapter
    counted = customers.set_index(["service", "segment"])["customers"]
    services = counted.index.unique("service")
    cells = pd.MultiIndex.from_product(
        [services, list(names)], names=counted.index.names
    )
    against, whom = _comparison(opened, residents.reindex(list(names)))
    frame = counted.reindex(cells, fill_value=0).rename("count").reset_index()
    frame["comparison_count"] = frame["segment"].map(against).astype("Int64")
    frame["name"] = frame["segment"] + " " + frame["segment"].map(names)
    measures = _measures(frame, door.rule)
    released = release(
        door,
        frame.merge(measures, how="left", on=["service", "segment"]).round(MEASURED),
        Sheet(
            name="services_by_segment",
            title="Who uses each service, by segment",
            counts=["count", "comparison_count"],
            measures=dict.fromkeys(MEASURED, "count"),
            labels=["service", "segment", "name"],
            note=(
                "Shares and indexes are of the counts shown: a segment with a hidden "
                "count is left out on both sides. Customers of no known segment are "
                "left out."
            ),
        ),
    )
    blocks = [*chapter.section.blocks, *_grids(released, whom)]
    return replace(chapter, section=replace(chapter.section, blocks=blocks))


def _comparison(
    opened: OpenPlace, residents: pd.Series[float]
) -> tuple[pd.Series[float], str]:
    if residents.notna().all():
        return residents.round(), "residents"
    everyone = opened.engine.arrow("""
SELECT segment, CAST(count(*) AS BIGINT) AS customers
FROM customer_segment WHERE segment IS NOT NULL GROUP BY segment""").to_pandas()
    known = everyone.set_index("segment")["customers"]
    return known.reindex(residents.index, fill_value=0), "customers of any service"


def _measures(frame: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return the standard report of the counts that may be shown."""
    comparison = protect(frame["comparison_count"], rule)[0]
    shown = frame[["service", "segment"]].assign(
        customers=protect(frame["count"], rule)[0].astype("Float64"),
        comparison=comparison.astype("Float64"),
    )
    kept = shown.dropna().astype({"customers": "float64", "comparison": "float64"})
    against = kept.drop_duplicates("segment").set_index("segment")["comparison"]
    return profile_customers(kept, against)[["service", "segment", *MEASURED]]


def _grids(released: Released, whom: str) -> list[Block]:
    """Return customers and indexes as grids; shares and intervals are in the file."""
    customers = Matrix(
        released=released,
        rows="service",
        columns="name",
        count="count",
        title="Who uses each service: customers of each segment",
        corner="Service",
    )
    index = replace(
        customers,
        count="index",
        title=f"Use of each service against {whom} (100 = as all segments together)",
        note=(
            "The file also has shares, customers per 100 of the comparison and 95 % "
            "intervals. An index of few customers is uncertain: see its interval."
        ),
    )
    return [customers, index]
