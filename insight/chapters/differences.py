"""Whose journeys differ, and whether that is more than chance; cohorts over time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.chapters.differences_groups import asked_of, groups_of
from insight.release import Rate, Sheet, release
from insight.report import (
    Column,
    Lines,
    Picture,
    Section,
    Table,
    Text,
    figure_of,
    lines,
)
from journeys.compare import compare_journeys, follow_cohort
from journeys.errors import JourneyError
from place.settings import CompareOptions

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys.compare import Compared

__all__ = ["differences_chapter"]

LONGEST: Final = 10
FIGURES: Final = ("value", "others")  # of a group, and of all others
MOVES: Final = "customers who make the move"
TITLE: Final = "Whose journeys differ"
METHOD: Final = (
    "Labels of groups were shuffled {permutations:,} times among customers, never "
    "among contacts, and p counts how often chance did as well, itself included. Each "
    "group is held against all others together. p is adjusted for all {tests:,} tests: "
    "{how}. Intervals draw customers anew."
)
HOW: Final = {
    "max-t": "step-down largest score (Westfall and Young)",
    "bh": "false discovery rate (Benjamini and Hochberg)",
}
DECIMALS: Final = {"pence": 0, "days": 1, "share": 2}


def differences_chapter(followed: Followed) -> Chapter:
    """Compare journeys by what `[compare]` names, and follow its periods.

    Parameters
    ----------
    followed
        The journeys of a place with a block `[compare]`.

    Raises
    ------
    JourneyError
        If periods do not ascend.
    """
    options = followed.opened.place.compare or CompareOptions()
    groups = groups_of(followed, options)
    if groups is None:
        return _cannot(f"The {options.by} of customers is not known.")
    try:
        compared = compare_journeys(
            followed.log, groups, found=followed.found, asked=asked_of(options)
        )
    except JourneyError as cannot:
        return _cannot(str(cannot))
    named = followed.names if options.by == "segment" else {}
    real = compared.real()
    real["group"] = real["group"].map(lambda code: named.get(code, code))
    others = _others(real[real["measure"] != MOVES], followed.door)
    said = _said(compared, options.by) + "".join(map(_first, others))
    blocks: list[Block] = [
        *([Text(compared.refused)] if compared.refused else []),
        *others,
        *_moves(real[real["measure"] == MOVES], followed.door),
    ]
    if options.by == "period":
        blocks += _cohorts(followed, options)
    method = METHOD.format(
        permutations=compared.asked.permutations,
        tests=len(compared.differences),
        how=HOW[compared.asked.multiplicity],
    )
    within = compared.asked.within_days
    if within is not None:
        method += (
            f" Only contacts within {within:g} days of the first count, and only "
            "customers whom the log covers for so long."
        )
    blocks.append(Text([method], tone="method"))
    return Chapter(
        section=Section("differences", TITLE, said, blocks),
        sentences=[said],
        headlines=[],
    )


def _cannot(why: str) -> Chapter:
    said = f"Journeys were not compared. {why}"
    return Chapter(
        section=Section("differences", TITLE, said, []), sentences=[said], headlines=[]
    )


def _said(compared: Compared, by: str) -> str:
    """Say how many differences are real: numbers of tests, not of people."""
    tests, real = len(compared.differences), len(compared.real())
    what = number_of(len(compared.groups), "group")
    drawn = "" if compared.drawn is None else " Customers were drawn by lot."
    return (
        f"Of {tests:,} differences tested between {what} (by {by}), {real:,} "
        f"{'is' if real == 1 else 'are'} more than chance at "
        f"{compared.asked.level:.0%}, allowing for so many tests.{drawn}"
    )


def _moves(real: pd.DataFrame, door: Door) -> list[Block]:
    """Release moves that a group makes more or less often; shares from counts shown."""
    if real.empty:
        return []
    counts = ["having", "customers", "others_having", "others_customers"]
    released = release(
        door,
        real[["group", "what", *counts, "p_adjusted"]]
        .round({"p_adjusted": 3})
        .reset_index(drop=True),
        Sheet(
            name="differences_moves",
            title="Steps that some take more often than others",
            counts=counts,
            rates={
                "group_share": Rate("having", "customers"),
                "others_share": Rate("others_having", "others_customers"),
            },
            measures={"p_adjusted": "having"},
            labels=["group", "what"],
        ),
    )
    headings: dict[str, str | Column] = {
        "group": "Group",
        "what": "Step",
        "group_share": "Take it",
        "customers": "of customers",
        "others_share": "Others take it",
        "others_customers": "of others",
        "p_adjusted": "p, adjusted",
    }
    return [Table(released=released, columns=headings, limit=LONGEST)]


def _first(table: Table) -> str:
    """Say the clearest difference, from what the door let out."""
    row = table.released.frame.iloc[0]
    if pd.isna(row["difference"]):
        return ""
    ours, others = (figure_of(table.released, one, label="").value for one in FIGURES)
    return (
        f" The clearest is {row['group']}: {row['measure']}, {ours} against {others} "
        "of others."
    )


def _others(real: pd.DataFrame, door: Door) -> list[Table]:
    """Release the other differences, each resting on those who are not at nought."""
    if real.empty:
        return []
    figures = ["value", "others", "difference", "low", "high"]
    frame = real.assign(
        **{
            name: [
                round(value / (100 if unit == "pence" else 1), DECIMALS.get(unit, 2))
                for value, unit in zip(real[name], real["unit"], strict=True)
            ]
            for name in figures
        },
        measure=[
            ": ".join(filter(None, (measure, "" if pd.isna(what) else str(what))))
            + (" (pounds)" if unit == "pence" else "")
            for measure, what, unit in zip(
                real["measure"], real["what"], real["unit"], strict=True
            )
        ],
        p_adjusted=real["p_adjusted"].round(3),
        least=real[["having", "others_having"]].min(axis=1),
    )
    counts = ["base", "having", "others_having", "least"]
    columns = ["group", "measure", *figures, *counts, "p_adjusted"]
    released = release(
        door,
        frame[columns].reset_index(drop=True),
        Sheet(
            name="differences",
            title="Differences between journeys that are more than chance",
            counts=counts,
            measures=dict.fromkeys([*figures, "p_adjusted"], "least"),
            labels=["group", "measure"],
            note=(
                "From and to are the interval of the difference. What rules find is "
                "taken as found, before any audit."
            ),
        ),
    )
    headings: dict[str, str | Column] = {
        "group": "Group",
        "measure": "Measure",
        **{
            name: Column(said, "number")
            for name, said in zip(
                figures, ["Group", "Others", "Difference", "from", "to"], strict=True
            )
        },
        "base": "Customers",
    }
    return [Table(released=released, columns=headings, limit=LONGEST)]


def _cohorts(followed: Followed, options: CompareOptions) -> list[Block]:
    """Follow the customers of each period, month by month."""
    zone = followed.opened.place.place.time_zone or "UTC"
    parts = []
    for period in pairwise(options.periods):
        cohort = follow_cohort(followed.log, period, months=options.months, zone=zone)
        parts.append(cohort.months.assign(cohort=f"from {period[0]}"))
    frame = pd.concat(parts, ignore_index=True)
    released = _released(frame, followed.door)
    drawn = lines(
        released,
        Lines(
            x="month",
            y="active_share",
            series="cohort",
            x_title="Months since first contact",
            y_title="In contact that month",
        ),
    )
    twin = Table(
        released=released,
        columns={
            "cohort": "First contact",
            "month": Column("Month", "number"),
            "observed": "Customers observed",
            "active": "In contact",
            "active_share": "Share",
            "cost_pence": "Cost in that month",
        },
        limit=4 * LONGEST,
    )
    title = "Who is still in contact, by when they first came"
    alt = "Lines of the share of customers in contact, by month since first contact."
    return [Picture(drawing=drawn, title=title, alt=alt, twin=twin)]


def _released(frame: pd.DataFrame, door: Door) -> Released:
    columns = ["cohort", "month", "observed", "active", "cost_pence"]
    return release(
        door,
        frame[columns].astype({"cost_pence": "Int64"}),
        Sheet(
            name="cohorts",
            title="Cohorts by month since first contact",
            counts=["observed", "active"],
            public=["month"],
            measures={"cost_pence": "active"},
            rates={"active_share": Rate("active", "observed")},
            note="Customers whom the log does not cover to a month's end are left out.",
        ),
    )
