"""Drawn maps as tables: episodes and factors, records beside, rules run on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import number_of
from insight.release import Rate, Sheet, release
from insight.report import Column, Matrix, Table, Text
from journeys.maps import episode_factors

if TYPE_CHECKING:
    import pandas as pd

    from insight.release import Door
    from insight.report import Block
    from journeys.maps import DrawnMaps, FoundOnMaps, Overlay

__all__ = ["episode_blocks", "overlay_blocks", "overlay_said", "rules_blocks"]

SEVERAL: Final = 2  # maps that must tell of a pair before the pair is named
LONGEST: Final = 8
COUNTED: Final = "Maps are counted, not people."


def episode_blocks(maps: DrawnMaps, door: Door) -> list[Block]:
    """Return which background factors stand beside which episodes.

    What one map alone tells together is that family's own: it is counted, not named.
    """
    found = episode_factors(maps)
    if found.pairs.empty:
        return []
    named = found.pairs[found.pairs["together"] >= SEVERAL].reset_index(drop=True)
    alone = len(found.pairs) - len(named)
    said = (
        f"{found.n_telling} of {found.n_maps} maps tell of episodes and of background "
        f"factors. {number_of(len(named), 'pair')} stand together in two or more maps; "
        f"{alone:,} more, each told by one map, are not named."
    )
    if named.empty:
        return [Text([said])]
    pairs = release(
        door,
        named,
        Sheet(
            name="told_episodes",
            title="Episodes and what lay behind them",
            public=["maps", "together"],
            labels=["episode", "factor"],
            note=f"{COUNTED} Of {found.n_telling} maps.",
        ),
    )
    grid = Matrix(
        released=pairs,
        rows="episode",
        columns="factor",
        count="together",
        title="Episodes and background factors",
        corner="Episode (down), background factor (across)",
        note="Maps that tell of both; no rate follows.",
    )
    return [Text([said]), grid, *_factors(found.factors, door)]


def _factors(factors: pd.DataFrame, door: Door) -> list[Block]:
    several = factors[factors["maps"] >= SEVERAL]
    if several.empty:
        return []
    ranked = several.sort_values("maps", ascending=False, kind="stable")
    released = release(
        door,
        ranked.reset_index(drop=True),
        Sheet(
            name="told_factors",
            title="Background factors that stand together",
            public=["maps"],
            labels=["factor", "other"],
            note=COUNTED,
        ),
    )
    columns = {"factor": "Factor", "other": "With", "maps": "Maps"}
    return [Table(released=released, columns=columns, limit=LONGEST)]


def overlay_said(overlay: Overlay) -> str:
    """Say how much is told only: kinds of step, not people."""
    told = overlay.steps[overlay.steps["maps"] > 0]
    only = int((told["customers"] == 0).sum())
    return (
        f" Of {len(told)} kinds of step they tell of, records show no trace of {only}."
    )


def overlay_blocks(overlay: Overlay, door: Door) -> list[Block]:
    """Return the steps that are only told, told and recorded, and only recorded."""
    steps = overlay.steps.assign(all_customers=overlay.n_customers)
    hides = door.rule.hides_to
    told = steps[steps["maps"] > 0].sort_values("maps", ascending=False, kind="stable")
    shown = steps[(steps["maps"] == 0) & (steps["customers"] > hides)]
    shown = shown.sort_values("customers", ascending=False, kind="stable")
    parts = (
        ("told_only", "Only people tell of", told[told["customers"] == 0]),
        ("told_and_recorded", "Told and recorded", told[told["customers"] > 0]),
        ("recorded_only", "Only records show", shown),
    )
    blocks: list[Block] = [
        _overlaid(name, title, part, door) for name, title, part in parts if len(part)
    ]
    return [*blocks, *_unknown(overlay)]


def _overlaid(name: str, title: str, part: pd.DataFrame, door: Door) -> Table:
    frame = part.drop(columns=["where", "share"]).reset_index(drop=True)
    released = release(
        door,
        frame,
        Sheet(
            name=name,
            title=title,
            counts=["customers", "all_customers"],
            public=["maps", "strength"],
            rates={"customer_share": Rate("customers", "all_customers")},
            labels=["activity", "agency"],
            note=(
                ""
                if name == "recorded_only"
                else "Strength of evidence: 1, one person told it; 2, several did; "
                "3, records show it too."
            ),
        ),
    )
    columns: dict[str, str | Column] = {
        "activity": "Step",
        "agency": "Agency",
        "maps": "Maps",
        "strength": "Evidence",
        "customers": "Customers",
        "customer_share": "Of all customers",
    }
    hidden = {
        "told_only": ("customers", "customer_share"),
        "recorded_only": ("maps", "strength"),
    }
    columns = {
        key: said for key, said in columns.items() if key not in hidden.get(name, ())
    }
    return Table(released=released, columns=columns, limit=LONGEST)


def _unknown(overlay: Overlay) -> list[Block]:
    """Name agencies of the maps that records do not know: often who is forgotten."""
    lost = overlay.unknown[overlay.unknown["what"] == "agency"]
    if lost.empty:
        return []
    points = [
        f"{row['name']} (in {number_of(row['maps'], 'map')})"
        + (
            f": {row['nearest']} in the records?"
            if isinstance(row["nearest"], str)
            else ""
        )
        for row in lost.to_dict("records")
    ]
    said = number_of(len(lost), "agency of the maps is", "agencies of the maps are")
    return [Text([f"{said} not in the records."], points)]


def rules_blocks(found: FoundOnMaps, door: Door) -> list[Block]:
    """Return what rules of duplication found on the maps: counts, no rates."""
    if found.findings.empty:
        return [Text([str(found)])]
    frame = found.findings.drop(columns=["step_id", "evidence", "kind"])
    released = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name="told_duplication",
            title="What was done twice, as told",
            labels=[
                "rule",
                "title",
                "map_id",
                "stage",
                "step",
                "agency",
                "first_agency",
            ],
            note="As told; no rate and no cost follows.",
        ),
    )
    table = Table(
        released=released,
        columns={
            "title": "What",
            "map_id": "Map",
            "step": "Step",
            "agency": "Agency",
            "first_agency": "After",
        },
        limit=LONGEST,
    )
    return [Text([str(found)]), table]
