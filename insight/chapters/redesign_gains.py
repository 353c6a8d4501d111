"""Who gains and loses by a redesign, and what it assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Sheet, release
from insight.report import Bars, Column, Picture, Table, bars

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from journeys.redesign import Redesigned

__all__ = ["assumptions", "gains"]

LONGEST: Final = 15
GAINS: Final = {
    "changed": "Customers with money that changes",
    "contacts_before": "Contacts as it is",
    "contacts_after": "if everyone is reached",
    "before_pence": "Spent as it is",
    "change_pence": "Change",
    "low_pence": "90 % from",
    "high_pence": "to",
}


def gains(frame: pd.DataFrame, door: Door, name: str, title: str) -> Block:
    """Release who gains and loses, with bars of the change."""
    what = str(frame.columns[0])
    counts = ["customers", "changed", "contacts_before", "contacts_after"]
    money = ["before_pence", "change_pence", "low_pence", "high_pence"]
    rests = dict.fromkeys(money[1:], "changed") | {"before_pence": "customers"}
    released = release(
        door,
        frame[[what, *counts, *money]],
        Sheet(
            name=name,
            title=title,
            counts=counts,
            of_people={
                "contacts_before": "customers",
                "contacts_after": "customers",
            },
            measures=rests,
            labels=[what],
            note="Less is spent where the change is negative.",
        ),
    )
    shown = Bars(label=what, value="change_pence", low="low_pence", high="high_pence")
    return Picture(
        drawing=bars(released, shown),
        title=f"{title}, change in spending",
        alt=f"Bars of the change in spending, {title}, with intervals.",
        twin=Table(
            released=released,
            columns={what: what.capitalize(), **GAINS},
            limit=LONGEST,
        ),
    )


def assumptions(made: list[Redesigned], door: Door) -> Table:
    """Release what each redesign assumes."""
    figures = ["low", "central", "high"]
    frame = pd.concat(
        {each.change.name: each.assumptions for each in made}, names=["redesign"]
    )
    released = release(
        door,
        frame.reset_index("redesign").reset_index(drop=True),
        Sheet(
            name="redesign_assumptions",
            title="What each redesign assumes",
            public=figures,
        ),
    )
    return Table(
        released=released,
        columns={
            "redesign": "Redesign",
            "assumption": "Assumption",
            "unit": "Unit",
            **{each: Column(each.capitalize(), "number") for each in figures},
            "source": "Source",
        },
    )
