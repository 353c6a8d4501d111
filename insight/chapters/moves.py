"""Moves from one contact to the next, as several chapters show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release

if TYPE_CHECKING:
    import pandas as pd

    from insight.release import Door, Released

__all__ = ["common_rows", "in_days", "moves_sheet"]

DAY_S: Final = 86_400


def common_rows(rows: pd.DataFrame, door: Door) -> pd.DataFrame:
    """Keep rows of enough `customers`: the words of few people stay inside."""
    return rows[rows["customers"] > door.rule.hides_to].reset_index(drop=True)


def in_days(seconds: pd.Series) -> pd.Series:
    """Return waits in days, to a tenth."""
    return (seconds / DAY_S).round(1)


def moves_sheet(moves: pd.DataFrame, door: Door, name: str, title: str) -> Released:
    """Release moves with their median wait in days and, where known, their cost.

    Parameters
    ----------
    moves
        What `directly_follows` or `handovers` returned; with `cost_pence` and
        `costed`, what the contacts cost to which each move leads.
    door
        Every figure goes through it.
    name, title
        Of the table.
    """
    frame = moves.assign(wait_days=in_days(moves["median_seconds"]))
    label = ["segment"] if "segment" in frame else []
    cost = ["costed", "cost_pence"] if "cost_pence" in frame else []
    columns = [*label, "source", "target", "count", "customers", "wait_days", *cost]
    of_people = dict.fromkeys(["count", *cost[:1]], "customers")
    said = " Cost is of the contacts that the moves lead to, as recorded." * bool(cost)
    return release(
        door,
        frame[columns].reset_index(drop=True),
        Sheet(
            name=name,
            title=title,
            counts=["count", "customers", *cost[:1]],
            of_people=of_people,
            measures={"wait_days": "customers"} | dict.fromkeys(cost[1:], "costed"),
            labels=[*label, "source", "target"],
            note="Wait is the median, from the start of one contact to the next."
            f"{said}",
        ),
    )
