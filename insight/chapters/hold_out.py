"""Areas held out of a campaign: how it can be judged, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.release import Sheet, release
from insight.report import Table, Text

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from segmentation.action.campaigns import HoldOut

__all__ = ["hold_out_blocks"]


def hold_out_blocks(design: HoldOut, door: Door) -> list[Block]:
    """Say how a campaign can be judged, and how alike the two sides are.

    Parameters
    ----------
    design
        Which areas are held out.
    door
        Every figure goes through it.
    """
    sides = design.table.groupby("side")["base"].agg(areas="size", base="sum")
    held = int(sides["areas"]["held out"])
    balance = design.balance.rename_axis("measure").reset_index()
    balance = balance.rename(columns={"held out": "held_out"}).round(2)
    balance["measure"] = balance["measure"].map(
        {
            "expected_rate": "Expected rate (per cent)",
            "rate": "Rate as counted (per cent)",
            "base": "To reach in an area",
        }
    )
    balance["people"] = round(float(sides["base"]["held out"]))
    figures = ["treated", "held_out", "difference"]
    released = release(
        door,
        balance[["measure", *figures, "people"]],
        Sheet(
            name="targets_balance",
            title="Areas to reach against those held out",
            counts=["people"],
            measures=dict.fromkeys(figures, "people"),
            note="Means of areas; the difference is in standard deviations, and above "
            "0.1 the sides are not quite alike (Austin 2009).",
        ),
    )
    said = (
        f"Leave {held} of the {len(design.table)} areas alone for now, to judge the "
        "campaign by: once outcomes are in, comparing the two sides shows a difference "
        f"of {design.detectable:.1f} percentage points or more, four times in five."
    )
    how = f"Drawn by lot within segment and need (seed {design.seed})."
    return [
        Text([said], tone="finding"),
        Table(
            released=released,
            columns={
                "measure": "Measure",
                "treated": "To reach",
                "held_out": "Held out",
                "difference": "Standardised difference",
            },
            note=how,
        ),
    ]
