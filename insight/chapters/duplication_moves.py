"""What moves the cost of duplication, and what customers pay with their own time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from insight.chapters.duplication_money import base_of, sheet_of
from insight.release import Rate, Sheet, release
from insight.report import Bars, Lines, Picture, Table, Text, bars, lines
from journeys.cost.customers_time import customers_time
from journeys.cost.window import cost_by_window

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.report import Block
    from journeys.cost.results import DuplicationCost

__all__ = ["curve_picture", "hours_table", "tornado_picture"]

WIDEST: Final = 8  # most inputs of the picture of what moves the cost
CLASSES: Final = {
    "request": "requests", "contact_in": "calls and visits to an agency",
    "contact_out": "calls and letters from an agency",
    "intake": "intakes", "assess": "assessments", "refer": "referrals",
    "service": "services", "course": "courses", "review": "reviews",
    "reset": "changes of circumstances",
}  # fmt: skip
OWN_TIME: Final = (
    "Customers' own time is not money and is not in the amounts above. The minutes a "
    "contact takes are assumed, not measured, and leave out the way there."
)


def curve_picture(followed: Followed) -> Picture:
    """Return the gross cost against the windows of the rules, as a line with a band."""
    curve = cost_by_window(followed.found)
    curve["findings"] = curve["events"] - curve["not_costed"]
    curve["scale"] = [f"{scale:.0%}" for scale in curve["scale"]]
    frame = curve[
        ["scale", "gross_pence", "low_pence", "high_pence", "findings", "customers"]
    ]
    title = "Gross cost by window"
    note = "As found, before any audit; the band is that of sampling alone."
    money = ("gross_pence", "low_pence", "high_pence")
    sheet = sheet_of("duplication_cost_by_window", title, *money, note=note)
    sheet = replace(sheet, labels=["scale"])
    released = release(followed.door, frame, sheet)
    return Picture(
        drawing=lines(
            released,
            Lines(
                x="scale",
                y="gross_pence",
                low="low_pence",
                high="high_pence",
                x_title="Window of every rule, against the one set",
                y_title="Gross cost, as found",
            ),
        ),
        title="How the gross cost changes with how long an answer stays good",
        alt=(
            "A line of the gross cost as the windows of all rules go from a quarter of "
            "what is set to twice that. No window is the right one: agree on it first."
        ),
        twin=Table(
            released=released,
            columns={
                "scale": "Window, against the one set",
                "gross_pence": "Gross cost, as found",
                "low_pence": "Low",
                "high_pence": "High",
                "findings": "Contacts with a cost",
                "customers": "Customers",
            },
        ),
    )


def tornado_picture(followed: Followed, cost: DuplicationCost) -> list[Block]:
    """Return what moves the preventable cost (or the gross one) the most, as bars."""
    measure = "gross" if cost.preventable is None else "preventable"
    moves = cost.tornado[cost.tornado["measure"] == measure].head(WIDEST)
    if moves.empty:
        return []
    frame = moves.drop(columns="measure").assign(
        input=[_said(followed, one) for one in moves["input"]],
        width_pence=moves["high_pence"] - moves["low_pence"],
        **base_of(cost),
    )
    money = ("low_pence", "high_pence", "width_pence")
    title = f"What moves the {measure} cost"
    note = "Each input from its low to its high value, the others central."
    sheet = sheet_of("duplication_cost_tornado", title, *money, note=note)
    released = release(followed.door, frame, sheet)
    twin = Table(
        released=released,
        columns={
            "input": "Input",
            "low_pence": f"{measure.capitalize()} cost at its low",
            "high_pence": "At its high",
            "width_pence": "Between the two",
        },
    )
    return [
        Picture(
            drawing=bars(released, Bars(label="input", value="width_pence")),
            title=f"{title} the most",
            alt=(
                "A bar for each uncertain input, the widest first: how far the cost "
                "moves from its low to its high value."
            ),
            twin=twin,
        )
    ]


def _said(followed: Followed, what: str) -> str:
    """Say an uncertain input by the title of its rule.

    A rule's own inputs are named after it, as "D1: preventable".
    """
    rule, _, share = what.partition(": ")
    titles = {one.rule: one.title for one in followed.found.by_rule}
    return (
        f"{rule} {titles[rule]}: {share}"
        if rule in titles
        else what[:1].upper() + what[1:]
    )


def hours_table(followed: Followed) -> list[Block]:
    """Return the customers' own hours, by class of contact; never as money.

    They are worked out from protected counts, which they would give away otherwise.
    """
    hours = customers_time(followed.found).rename(columns={"events": "findings"})
    if hours.empty:
        return []
    hours["activity_class"] = hours["activity_class"].map(CLASSES)
    ends = ("hours", "hours_low", "hours_high")
    for end in ends:
        hours[f"per_{end}"] = hours["findings"] / hours[end]
    sheet = Sheet(
        name="duplication_customers_hours",
        title="Customers' own time in duplicated contacts",
        counts=["findings", "customers"],
        of_people={"findings": "customers"},
        rates={end: Rate("findings", f"per_{end}") for end in ends},
        public=[f"per_{end}" for end in ends],
        note="In the file, per_hours is how many such contacts take an hour.",
    )
    table = Table(
        released=release(followed.door, hours.drop(columns=list(ends)), sheet),
        columns={
            "activity_class": "Kind of contact",
            "findings": "Contacts",
            "customers": "Customers",
            "hours": "Hours",
            "hours_low": "Low",
            "hours_high": "High",
        },
    )
    return [Text([OWN_TIME]), table]
