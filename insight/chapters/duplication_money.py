"""Figures of the cost of duplication, through the door and into pictures and tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Sheet, release
from insight.report import Bars, Column, Picture, Table, bars
from journeys.cost.cells import named_rules, rules_sql

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Released
    from insight.report import Block
    from journeys.cost.money import Amount
    from journeys.cost.results import DuplicationCost

__all__ = [
    "base_of",
    "by_blocks",
    "rungs_table",
    "sheet_of",
    "three_numbers",
]

MEASURES: Final = ("gross", "preventable", "cashable")
LONGEST: Final = 8  # most rows of a table on the page
BARS: Final = 12  # most agencies of a picture
GROUPS: Final = {
    "agency": "Agency that spent it",
    "rule": "Rule",
    "need": "Need",
    "segment": "Segment",
}
CODED: Final = ("agency", "need")
ENDS: Final = {"": "", "_low": ", low", "_high": ", high"}


def base_of(cost: DuplicationCost) -> dict[str, int]:
    """Return the people and contacts that all money rests on."""
    return {"findings": cost.events - cost.not_costed, "customers": cost.customers}


def _label(cost: DuplicationCost) -> str:
    """Return what the money rests on, as a sentence."""
    return f"{cost.label[:1].upper()}{cost.label[1:]}."


def sheet_of(name: str, title: str, *money: str, note: str = "") -> Sheet:
    """Return a sheet of money that rests on contacts, and they on customers."""
    return Sheet(
        name=name,
        title=title,
        counts=["findings", "customers"],
        of_people={"findings": "customers"},
        measures=dict.fromkeys(money, "findings"),
        note=note,
    )


def three_numbers(
    followed: Followed, cost: DuplicationCost
) -> tuple[Picture, Released]:
    """Return gross, preventable and cashable as bars with whiskers, and the figures."""
    amounts: dict[str, Amount] = {
        name.capitalize(): amount
        for name in MEASURES
        if (amount := getattr(cost, name)) is not None
    }
    frame = pd.DataFrame(
        {
            "measure": list(amounts),
            "cost_pence": [each.pence for each in amounts.values()],
            "low_pence": [each.low for each in amounts.values()],
            "high_pence": [each.high for each in amounts.values()],
            **base_of(cost),
        }
    )
    title, ends = "Cost of duplication", ("cost_pence", "low_pence", "high_pence")
    sheet = sheet_of("duplication_cost", title, *ends, note=_label(cost))
    released = release(followed.door, frame, sheet)
    twin = Table(
        released=released,
        columns={
            "measure": "Cost",
            "cost_pence": "Central",
            "low_pence": "Low",
            "high_pence": "High",
            "findings": "Contacts with a cost",
            "customers": "Customers",
        },
    )
    drawn = Bars(label="measure", value="cost_pence", low=ends[1], high=ends[2])
    picture = Picture(
        drawing=bars(released, drawn),
        title=f"{title}, with {cost.confidence:.0%} intervals",
        alt="A bar each for gross, preventable and cashable cost, with its interval.",
        twin=twin,
    )
    return picture, released


def _counts(followed: Followed, group: str) -> pd.DataFrame:
    """Return costed findings and their customers for each value of a group."""
    log = followed.log
    rules = rules_sql(named_rules(followed.found))
    column, join = f"f.{group}", ""
    if group == "segment":
        column = "s.segment"
        join = f"LEFT JOIN {log.table}_segment AS s ON s.customer = f.customer"
    rows = log.engine.arrow(f"""SELECT {column} AS {group}, count(*) AS findings,
  count(DISTINCT f.customer) AS customers
FROM {followed.found.table} AS f {join}
WHERE f.cost_pence IS NOT NULL AND f.rule IN {rules} GROUP BY {column}""")
    return log.decoded(rows, {group: group} if group in CODED else {})


def by_blocks(followed: Followed, cost: DuplicationCost) -> list[Block]:
    """Return the cost by agency (with a picture), rule, need and segment."""
    blocks: list[Block] = []
    for group, heading in GROUPS.items():
        if group not in cost.by:
            continue
        table = _by(followed, cost, group, heading)
        if group == "agency" and len(table.released.frame) <= BARS:
            drawn = Bars(
                label="agency",
                value="gross_pence",
                low="gross_low_pence",
                high="gross_high_pence",
            )
            blocks.append(
                Picture(
                    drawing=bars(table.released, drawn),
                    title="Gross cost by agency, with intervals",
                    alt="A bar for each agency, the dearest first, with its interval.",
                    twin=table,
                )
            )
        else:
            blocks.append(table)
    return blocks


def _by(followed: Followed, cost: DuplicationCost, group: str, heading: str) -> Table:
    money = cost.by[group]
    frame = money.merge(_counts(followed, group), on=group, how="left")
    counts = ["findings", "customers"]
    frame[counts] = frame[counts].fillna(0).astype("Int64")
    if group == "rule":
        titles = {one.rule: f"{one.rule} {one.title}" for one in followed.found.by_rule}
        frame["rule"] = frame["rule"].map(titles)
    elif group != "segment":
        frame = frame.sort_values("gross_pence", ascending=False, kind="stable")
    frame[group] = frame[group].astype("object").fillna("not known")
    named = {} if group != "segment" else followed.names
    frame["name"] = [named.get(code, str(code)) for code in frame[group]]
    shown = [measure for measure in MEASURES if getattr(cost, measure) is not None]
    columns = [f"{name}{end}_pence" for name in shown for end in ENDS]
    title = f"Cost of duplication by {group}"
    note = f"{_label(cost)} Central figures add up to the whole; ends do not."
    sheet = sheet_of(f"duplication_cost_by_{group}", title, *columns, note=note)
    first = [group, "name"] if group == "segment" else [group]
    sheet = replace(sheet, labels=first)
    released = release(followed.door, frame[[*first, *columns, *counts]], sheet)
    headings: dict[str, str | Column] = {first[-1]: Column(heading, "text")}
    headings |= {
        f"{name}{end}_pence": f"{name.capitalize()}{word}"
        for name in shown
        for end, word in ENDS.items()
        if name == "gross" or not end
    }
    return Table(
        released=released,
        columns=headings | {"findings": "Contacts", "customers": "Customers"},
        segment="segment" if group == "segment" else None,
        note="The file has the intervals of every measure.",
        limit=None if group == "segment" else LONGEST,
    )


def rungs_table(followed: Followed, cost: DuplicationCost) -> Table:
    """Return how much of the money found rests on recorded, and on other, costs."""
    frame = cost.rungs.assign(**base_of(cost))
    total = float(frame["cost_pence"].sum()) or 1.0
    frame["of_all_share"] = frame["cost_pence"].astype(float) / total
    sheet = sheet_of(
        "duplication_cost_rungs",
        "Where the costs come from",
        "cost_pence",
        "of_all_share",
        note="Gross, as found. Recorded costs are used first, defaults last.",
    )
    return Table(
        released=release(followed.door, frame, sheet),
        columns={
            "basis": "Cost",
            "cost_pence": "Gross cost found",
            "of_all_share": "Share",
        },
    )
