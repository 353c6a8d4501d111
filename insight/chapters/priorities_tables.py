"""Tables of residents' priorities: the order of giving up, by segment, as chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from insight.chapters.chapter import file_names
from insight.priorities.answers import UNKNOWN
from insight.priorities.grids import Grids
from insight.priorities.preferences import ALL, LEVEL
from insight.priorities.shares import level_shares
from insight.release import Sheet, release
from insight.report import Column, Matrix, Table

if TYPE_CHECKING:
    from insight.priorities.answers import Answers
    from insight.priorities.preferences import Preferences
    from insight.release import Door
    from insight.report import Block

__all__ = [
    "NOTE",
    "by_segment_tables",
    "chosen_tables",
    "order_table",
    "rejected_tables",
    "unit_of",
]

NOTE: Final = "Respondents of a survey; 95 % intervals from respondents drawn again."
LEVELS: Final = {"level": "Level", "below": "Down to"}
ORDER: Final = ("position", "position_low", "position_high")


def unit_of(answers: Answers) -> str:
    """Say what steps are compared by."""
    of_points = " for a point saved" if isinstance(answers, Grids) else ""
    return f"Loss{of_points}, above the mean"


def order_table(found: Preferences, table: str, door: Door) -> Table:
    """Return steps in the order of being given up, with the places they may take."""
    rows = found.order[found.order["segment"] == ALL].drop(columns=["segment"])
    rows["respondents"] = found.n
    figures = [*ORDER, "first_share"]
    released = release(
        door,
        rows.drop(columns=["loss"]).round({"first_share": 3}),
        Sheet(
            name=f"{table}_given_up",
            title="What residents would give up first as the budget falls",
            counts=["respondents"],
            measures=dict.fromkeys(figures, "respondents"),
            public=["points", "saved"],
            labels=["level", "below"],
            note=NOTE,
        ),
    )
    saved = {"points": "Points saved", "saved": "Saved so far"}
    priced = saved if rows["points"].notna().all() else {}
    return Table(
        released=released,
        columns={
            "position": "Place",
            "service": "Service",
            **LEVELS,
            "description": "What is given up",
            **priced,
            "position_low": "Place, low",
            "position_high": "Place, high",
            "first_share": Column("First, of resamples", "share"),
        },
    )


def by_segment_tables(
    found: Preferences, answers: Answers, table: str, door: Door
) -> list[Block]:
    """Return losses by segment, and where segments differ beyond chance."""
    if found.differences.empty:
        return []
    rows = found.steps[(found.steps["segment"] != ALL) & found.steps["now"]]
    frame = rows[["segment", "service", "relative", "respondents"]]
    grid = release(
        door,
        frame.round({"relative": 3}),
        Sheet(
            name=f"{table}_by_segment",
            title="What each segment would miss, one level down",
            counts=["respondents"],
            measures={"relative": "respondents"},
            labels=["segment"],
            note=NOTE,
        ),
    )
    least = int(rows["respondents"].min())
    real = found.differences.assign(respondents=least)
    tested = release(
        door,
        real.round({"q": 2, "p": 4, "holm": 4}),
        Sheet(
            name=f"{table}_differences",
            title="Steps on which segments differ",
            counts=["respondents"],
            measures=dict.fromkeys(["q", "p", "holm"], "respondents"),
            labels=["level", "below", "most", "least"],
            note="Respondents: of the smallest segment.",
        ),
    )
    return [
        Matrix(
            released=grid,
            rows="service",
            columns="segment",
            measure="relative",
            title=f"What each segment would miss: {unit_of(answers).lower()}",
            corner="Service (down), segment (across)",
        ),
        Table(
            released=tested,
            columns={
                "service": "Service",
                **LEVELS,
                "most": "Missed most by",
                "least": "Missed least by",
                "holm": "p, of all steps (Holm)",
            },
            note=f"Below {LEVEL}, a difference is more than chance.",
        ),
    ]


def chosen_tables(grids: Grids, door: Door) -> list[Block]:
    """Return how many took each level, by budget: one table a budget."""
    shares = level_shares(grids)
    names = file_names("priority_shares", map(str, grids.budgets))
    figures = ["share", "low", "high"]
    tables: list[Block] = []
    for budget in grids.budgets:
        rows = shares[shares["budget"] == budget].drop(columns=["budget"])
        # Ends in whole per cent, outwards: finer ones would give exact counts away.
        rows["low"] = np.floor(rows["low"] * 100) / 100
        rows["high"] = np.ceil(rows["high"] * 100) / 100
        released = release(
            door,
            rows.round(dict.fromkeys(figures, 3)),
            Sheet(
                name=names[str(budget)],
                title=f"Levels that residents took with {budget} points",
                counts=["chosen", "respondents"],
                measures=dict.fromkeys(figures, "chosen"),
                labels=["level"],
                note="Shares are weighted; 95 % Wilson intervals.",
            ),
        )
        tables.append(
            Table(
                released=released,
                columns={
                    "service": "Service",
                    "level": "Level",
                    "description": "Description",
                    "chosen": "Took it",
                    "respondents": "Of respondents",
                    "share": Column("Share", "share"),
                    "low": Column("Low", "share"),
                    "high": Column("High", "share"),
                },
            )
        )
    return tables


def rejected_tables(answers: Answers, table: str, door: Door) -> list[Block]:
    """Return how many rows of answers were put aside, by reason."""
    if answers.rejected.empty:
        return []
    counts = answers.rejected["reason"].value_counts().sort_index()
    released = release(
        door,
        counts.rename_axis("reason").rename("rows").reset_index(),
        Sheet(
            name=f"{table}_rejected",
            title="Answers that were put aside, by reason",
            counts=["rows"],
            note=f"Segment {UNKNOWN}: counted among all respondents only.",
        ),
    )
    return [Table(released=released, columns={"reason": "Reason", "rows": "Rows"})]
