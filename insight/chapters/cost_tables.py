"""Tables and pictures of what each segment costs, through the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Rate, Sheet, release
from insight.report import Bars, Column, Picture, Table, Text, bars
from insight.spend import BUCKETS, NOT_KNOWN, cofog_1999, pounds
from insight.spend.calibration import USUAL
from insight.spend.collective import AIMS, spend_by_aim
from insight.spend.intervals import spend_intervals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend import SpendBySegment
    from insight.spend.calibration import Calibration
    from insight.spend.intervals import Draws

__all__ = [
    "UNAUDITED",
    "aims_table",
    "by_segment",
    "calibration_table",
    "functions_table",
    "picture",
    "rungs_table",
]

LABELS: Final = ("segment", "name", "label")
UNAUDITED: Final = "Spend as the place counts it, unaudited."


def _segments(
    shared: SpendBySegment, customers: pd.DataFrame | None, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return segments with their names, people, and customers whose use is known."""
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
    return frame


def by_segment(
    shared: SpendBySegment,
    draws: Draws,
    customers: pd.DataFrame | None,
    names: Mapping[str, str],
    door: Door,
) -> Released:
    """Release spend by segment, resting on the people whose use shared it."""
    frame = _segments(shared, customers, names)
    frame["of_all_pence"] = shared.total_pence
    money, rates = ["amount_pence"], {}
    if not draws.why_none:
        ends = spend_intervals(draws).reindex(frame["segment"])
        for end in ("low", "high"):
            frame[f"{end}_pence"] = ends[f"{end}_pence"].round().to_numpy()
            money.append(f"{end}_pence")
            rates[f"per_head_{end}_pence"] = Rate(f"{end}_pence", "people")
    return release(
        door,
        frame[[*LABELS, "people", "customers", *money, "of_all_pence"]],
        Sheet(
            name="spend_by_segment",
            title="Spend by segment",
            counts=["people", "customers"],
            measures=dict.fromkeys(money, "customers"),
            rates={
                "share": Rate("amount_pence", "of_all_pence"),
                "per_head_pence": Rate("amount_pence", "people"),
                **rates,
            },
            public=["of_all_pence"],
            labels=list(LABELS),
            note=f"{UNAUDITED} Customers are those whose use of a service is recorded.",
        ),
    )


def picture(table: Released) -> Picture:
    """Draw spend a head by segment, with its interval where there is one."""
    heads = table.frame.dropna(subset="per_head_pence")
    alt = "Bars of spend a head by segment. " + " ".join(
        f"{label}: {pounds(pence)}."
        for label, pence in zip(heads["label"], heads["per_head_pence"], strict=True)
    )
    drawn = "low_pence" in table.frame
    low, high = "per_head_low_pence", "per_head_high_pence"
    ends = {low: "From (95 %), a head", high: "To (95 %), a head"} if drawn else {}
    return Picture(
        drawing=bars(
            table,
            Bars(
                label="label",
                value="per_head_pence",
                segment="segment",
                low=low if drawn else None,
                high=high if drawn else None,
            ),
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
                **ends,
            },
            segment="segment",
        ),
    )


def rungs_table(shared: SpendBySegment, door: Door) -> Table:
    """Release what each pound was shared by, best evidence first."""
    released = release(
        door,
        shared.rungs.reset_index(),
        Sheet(
            name="spend_by_rung",
            title="What each pound was shared by",
            public=["amount_pence", "lines", "share"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "rung": "Shared by",
            "rests_on": "Rests on",
            "lines": "Lines of spend",
            "amount_pence": "Spend",
            "share": Column("Share of all spend", "share"),
        },
        note="Use of services is the best evidence, head count the least. What is of "
        "benefit to all, or of no known function, stands here too.",
    )


def functions_table(shared: SpendBySegment, door: Door) -> Table:
    """Release what each COFOG code was shared by."""
    names = cofog_1999()["name"]
    keys = shared.evidence.keys
    rows = pd.DataFrame(
        [
            {
                "cofog": lot.cofog or "not known",
                "function": names.get(lot.cofog or "", "not known"),
                "rung": lot.rung,
                "key": _key_name(lot.cofog, keys) if lot.rung == "proxy key" else "",
                "lines": len(lot.at),
                "amount_pence": lot.total,
            }
            for lot in shared.lots
        ]
    )
    first = [column for column in rows if column not in {"lines", "amount_pence"}]
    summed = rows.groupby(first, as_index=False, sort=True).sum()
    released = release(
        door,
        summed,
        Sheet(
            name="spend_by_function_and_rung",
            title="What each function was shared by",
            public=["lines", "amount_pence"],
            labels=["cofog"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "cofog": Column("COFOG", "text"),
            "function": "Function",
            "rung": "Shared by",
            "key": "Key",
            "lines": "Lines of spend",
            "amount_pence": "Spend",
        },
    )


def _key_name(cofog: str | None, keys: Mapping[str, pd.Series[float]]) -> str:
    code = cofog or ""
    return str(keys[code if code in keys else code.split(".", maxsplit=1)[0]].name)


def aims_table(
    shared: SpendBySegment,
    customers: pd.DataFrame | None,
    names: Mapping[str, str],
    door: Door,
) -> Table:
    """Release spend a head by segment, split by whom it is meant for."""
    frame = _segments(shared, customers, names)
    split = spend_by_aim(shared).reindex(frame["segment"])
    aims = [aim for aim in AIMS if split[aim].any()]
    money = {aim: f"{aim.replace(' ', '_')}_pence" for aim in aims}
    for aim, column in money.items():
        frame[column] = split[aim].to_numpy()
    released = release(
        door,
        frame[["segment", "name", "people", "customers", *money.values()]],
        Sheet(
            name="spend_by_aim",
            title="Spend by segment, universal and targeted",
            counts=["people", "customers"],
            measures=dict.fromkeys(money.values(), "customers"),
            rates={f"per_head_{c}": Rate(c, "people") for c in money.values()},
            labels=["segment", "name"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            **{
                f"per_head_{column}": f"{aim.capitalize()}, a head"
                for aim, column in money.items()
            },
        },
        segment="segment",
        note="Universal services stand open to all, targeted ones to those who "
        "qualify; which is which is the place's choice.",
    )


def calibration_table(calibration: Calibration, door: Door) -> list[Block]:
    """Release budgets beside what the use of their services adds up to."""
    if calibration.table.empty:
        return []
    released = release(
        door,
        calibration.table.drop(columns="flagged"),
        Sheet(
            name="spend_calibration",
            title="Budgets beside what use adds up to",
            counts=["people"],
            measures={"bottom_up_pence": "people", "factor": "people"},
            public=["amount_pence"],
            labels=["cofog"],
            note=f"{UNAUDITED} People are users recorded, or people asked.",
        ),
    )
    shown = Table(
        released=released,
        columns={
            "cofog": Column("COFOG", "text"),
            "services": "Services",
            "amount_pence": "Budget",
            "bottom_up_pence": "Use adds up to",
            "by": "Counted by",
            "people": "People",
            "factor": "Budget over use (usual: 0.5 to 2)",
        },
    )
    known = released.frame.dropna(subset="factor")
    flagged = known[~known["factor"].between(*USUAL)]
    if flagged.empty:
        return [shown]
    said = (
        f"What use adds up to is less than half of the budget, or more than twice, for "
        f"COFOG {'; '.join(flagged['cofog'])} "
        f"({pounds(int(flagged['amount_pence'].sum()))}). "
        "Such a budget pays for more than its services show, or unit costs or records "
        "are wrong: its shares are those of a part of it."
    )
    return [Text([said], tone="caution"), shown]
