"""How many agencies deal with each need, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release
from insight.report import Column, Table, Text
from journeys.duplication.need_breadth import need_breadth

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Log
    from journeys.duplication.need_breadth import NeedBreadth

__all__ = ["breadth_blocks"]

LONGEST: Final = 8  # most rows of a table on the page
METHOD: Final = (
    "The effective number of agencies is exp(H), H being the entropy of how many "
    "customers with the need each agency has met: twenty-four agencies of which four "
    "do nearly all the work are as if four. Its interval ({level:.0%}) is by the delta "
    "method, over customers. Whether two agencies share more customers with a need "
    "than by chance is tested against the hypergeometric distribution, one-sided; over "
    "all {pairs:,} pairs and needs, false discoveries are kept to {rate:.0%} "
    "(Benjamini and Hochberg)."
)


def breadth_blocks(log: Log, door: Door) -> tuple[list[str], list[Block]]:
    """Return what to say of the broadest need, and tables of needs and of pairs.

    Parameters
    ----------
    log
        An encoded log.
    door
        Every figure goes through it.
    """
    breadth = need_breadth(log)
    if breadth.needs.empty:
        return [], [Text([str(breadth)])]
    released = _needs(breadth, door)
    said = _said(released)
    how = METHOD.format(
        level=breadth.level, pairs=breadth.pairs, rate=breadth.false_discoveries
    )
    table = Table(
        released=released,
        columns={
            "need": "Need",
            "agencies": "Agencies",
            "effective": "As many equal ones",
            "low": "from",
            "high": "to",
            "customers": "Customers with the need",
        },
        note="Ten agencies of which two do nearly all the work are as many as two.",
        limit=LONGEST,
    )
    blocks: list[Block] = [Text(said), table, *_shared(breadth, door)]
    return said, [*blocks, Text([how], tone="method")]


def _needs(breadth: NeedBreadth, door: Door) -> Released:
    columns = ["need", "agencies", "customers", "effective", "low", "high"]
    sheet = Sheet(
        name="need_breadth",
        title="Agencies for each need",
        counts=["customers"],
        measures=dict.fromkeys(("agencies", "effective", "low", "high"), "customers"),
        labels=["need"],
    )
    return release(door, breadth.needs[columns].round(1), sheet)


def _said(released: Released) -> list[str]:
    """Say the broadest need that may be shown."""
    shown = released.frame[released.frame["agencies"].notna()]
    if shown.empty:
        return []
    row = shown.iloc[0]
    deals = "agency deals" if row["agencies"] == 1 else "agencies deal"
    said = (
        f"{row['agencies']} {deals} with {row['need']}, for {row['customers']:,} "
        "customers"
    )
    if row["agencies"] > 1:
        said += (
            f": as many as {row['effective']:.1f} that share the work equally "
            f"(95% interval {row['low']:.1f} to {row['high']:.1f})"
        )
    return [f"{said}."]


def _shared(breadth: NeedBreadth, door: Door) -> list[Block]:
    """Show pairs of agencies that share more customers than by chance."""
    pairs = breadth.overlaps
    kept = pairs[pairs["beyond_chance"] & (pairs["shared"] > door.rule.hides_to)]
    if kept.empty:
        said = (
            "No two agencies share more customers with one need than chance would have "
            "it, as far as may be shown."
        )
        return [Text([said])]
    counts = ["first_customers", "second_customers", "shared", "customers"]
    released = release(
        door,
        kept[["need", "first", "second", *counts, "expected"]].round({"expected": 0}),
        Sheet(
            name="need_overlaps",
            title="Agencies that share customers with a need, beyond chance",
            counts=counts,
            measures={"expected": "shared"},
            labels=["need", "first", "second"],
            note="Pairs that chance would explain are left out.",
        ),
    )
    table = Table(
        released=released,
        columns={
            "need": "Need",
            "first": "Agency",
            "second": "and agency",
            "shared": "Customers of both",
            "expected": Column("By chance", "number"),
            "first_customers": "of the first",
            "second_customers": "of the second",
            "customers": "with the need",
        },
        limit=LONGEST,
    )
    return [table]
