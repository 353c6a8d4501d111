"""What a spend count holds: by function and kind of body, negatives, own headings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import number_of
from insight.release import Sheet, release
from insight.report import Bars, Matrix, Picture, Table, Text, bars
from insight.spend.cofog import cofog_1999, cofog_code
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    import pandas as pd

    from insight.chapters.counting_read import Counted
    from insight.release import Door
    from insight.report import Block

__all__ = ["negatives", "own_headings_used", "what_for"]

UNAUDITED: Final = "As the place counts it, unaudited; amounts below nought are netted."
NOT_KNOWN: Final = "not known"


def what_for(counted: Counted, door: Door, name: str) -> list[Block]:
    """Return spend by function, by kind of body, and by both."""
    lines, names = counted.mapped.lines, cofog_1999()["name"]
    codes = {code: cofog_code(code) for code in lines["cofog"].unique()}
    code = lines["cofog"].map(codes).astype("object").str[:2]
    function = (code + " " + code.map(names)).fillna(NOT_KNOWN)
    both = lines.assign(function=function).groupby(["body_kind", "function"])
    table = both["amount_pence"].sum().reset_index()
    grid = release(
        door,
        table,
        Sheet(
            name=f"{name}_by_function_and_kind",
            title="Spend by kind of body and function",
            public=["amount_pence"],
            note=UNAUDITED,
        ),
    )
    blocks: list[Block] = [
        _picture(table, by, what, door, f"{name}_by_{file}")
        for by, file, what in (
            ("function", "function", "COFOG division"),
            ("body_kind", "kind", "kind of body"),
        )
    ]
    matrix = Matrix(
        released=grid,
        rows="body_kind",
        columns="function",
        measure="amount_pence",
        title="Spend by kind of body and function",
        corner="Kind of body (down), COFOG division (across)",
        note=UNAUDITED,
    )
    return [*blocks, matrix]


def _picture(table: pd.DataFrame, by: str, what: str, door: Door, name: str) -> Picture:
    title = f"Spend by {what}"
    sums = table.groupby(by)["amount_pence"].sum().reset_index()
    released = release(
        door,
        sums,
        Sheet(name=name, title=title, public=["amount_pence"], note=UNAUDITED),
    )
    alt = f"Bars of spend by {what}. " + " ".join(
        f"{label}: {pounds(pence)}."
        for label, pence in zip(sums[by], sums["amount_pence"], strict=True)
    )
    return Picture(
        drawing=bars(released, Bars(label=by, value="amount_pence")),
        title=title,
        alt=alt,
        twin=Table(
            released=released,
            columns={by: what[0].upper() + what[1:], "amount_pence": "Spend"},
        ),
    )


def negatives(counted: Counted, door: Door, name: str) -> list[Block]:
    """List amounts below nought, largest first, so that nothing is netted unseen."""
    lines = counted.count.lines
    below = lines[lines["amount_pence"] < 0].sort_values("amount_pence", kind="stable")
    if below.empty:
        return []
    shown = below.assign(row=below.index.astype("str"))
    words = ["row", "source", "body", "cofog", "heading", "programme"]
    released = release(
        door,
        shown[[*words, "amount_pence"]].reset_index(drop=True),
        Sheet(
            name=f"{name}_negatives",
            title="Amounts below nought",
            public=["amount_pence"],
            labels=words,
        ),
    )
    positive = int(lines.loc[lines["amount_pence"] > 0, "amount_pence"].sum())
    said = (
        f"{number_of(len(below), 'amount is', 'amounts are')} below nought: "
        f"{pounds(int(below['amount_pence'].sum()))} beside {pounds(positive)} above."
    )
    columns = {each: each.capitalize() for each in words} | {"cofog": "COFOG"}
    return [
        Text([said]),
        Table(released=released, columns={**columns, "amount_pence": "Amount"}),
    ]


def own_headings_used(counted: Counted, door: Door, name: str) -> list[Block]:
    """Show what own headings were taken for, and those that no mapping knows."""
    mapped = counted.mapped
    blocks: list[Block] = []
    shown = {
        "heading": "Own heading",
        "cofog": "COFOG",
        "weight": "Share of the heading",
        "amount_pence": "Spend",
        "whose": "Whose mapping",
        "version": "Version",
        "note": "Why",
    }
    if len(mapped.used):
        blocks.append(Text([str(mapped)]))
        sheet = Sheet(
            name=f"{name}_headings",
            title="Own headings in COFOG",
            public=["weight", "amount_pence", "lines"],
            labels=["heading", "cofog", "version", "note"],
            note="totalplace's mapping is its own judgement, not CIPFA's.",
        )
        blocks.append(Table(released=release(door, mapped.used, sheet), columns=shown))
    if len(mapped.unmapped):
        sheet = Sheet(
            name=f"{name}_headings_unmapped",
            title="Own headings that no mapping knows",
            public=["lines", "amount_pence"],
            labels=["heading", "nearest"],
        )
        columns = {
            "heading": "Own heading",
            "lines": "Lines",
            "amount_pence": "Spend",
            "nearest": "Nearest that are known",
        }
        released = release(door, mapped.unmapped, sheet)
        blocks.append(Table(released=released, columns=columns))
    return blocks
