"""Savings with their margins, and prevention over years: who pays and who gains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.brighter_futures import reference_blocks
from insight.chapters.chapter import Chapter, file_names, number_of
from insight.chapters.savings_over_years import programme_blocks
from insight.chapters.spend_lines import frame_of
from insight.release import Sheet, release
from insight.report import Bars, Figure, Picture, Section, Table, Text, bars
from insight.report.formats import said_short
from insight.savings.prevention import prevention
from insight.savings.ranges import ASSUMED
from insight.savings.saving import savings_of
from insight.savings.streams import Assumptions, streams_of
from insight.savings.totals import saving_totals

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from insight.savings.results import Prevention
    from insight.savings.saving import Claims
    from insight.savings.totals import SavingTotals
    from place import OpenPlace

__all__ = ["savings_chapter"]

TITLE: Final = "Savings and prevention"
UNAUDITED: Final = "Claims, unaudited."
METHOD: Final = (
    (
        "Cashable and not cashable, one-off and recurring, and prices of different "
        "years are never added up. A recurring total is a year's, once all have begun."
    ),
    ASSUMED,
    "The 2010 report asks that claims state their margin for error (lines 2162-2169).",
)
MONEY: Final = [
    "central_pence", "low_pence", "high_pence", "together_low_pence",
    "together_high_pence",
]  # fmt: skip
KINDS: Final = {"cashable": "Cashable", "recurring": "Recurring"}
COLUMNS: Final = {
    "savings": "Savings",
    "central_pence": "Likeliest",
    "low_pence": "Low, if independent",
    "high_pence": "High, if independent",
    "together_low_pence": "Low, if together",
    "together_high_pence": "High, if together",
}


def savings_chapter(
    opened: OpenPlace,
    door: Door,
    *,
    assumed: Assumptions | None = None,
    random_state: int = 0,
) -> Chapter:
    """Add up savings of one kind each, and weigh prevention over years.

    Parameters
    ----------
    opened
        A place with `savings`, `prevention` or both.
    door
        Every figure goes through it; claims are about money, not about people.
    assumed
        Of prevention; by default 3.5 % a year, a stated input to be checked.
    random_state
        Seed of the intervals.

    Raises
    ------
    InsightError
        If a programme of prevention cannot be weighed.
    """
    blocks: list[Block] = []
    sentences: list[str] = []
    cards: list[Figure] = []
    savings = frame_of(opened, "savings")
    if savings is not None:
        claims = savings_of(savings)
        totals = saving_totals(claims.savings, random_state=random_state)
        blocks += _claims(claims, totals, door)
        sentences.append(_said(claims, totals))
        cards += _cards(totals)
    streams = frame_of(opened, "prevention")
    if streams is not None:
        programmes = sorted(streams["programme"].unique())
        names = file_names("prevention", programmes)
        for name in programmes:
            own = streams_of(streams[streams["programme"] == name])
            found = prevention(own, assumed, random_state=random_state)
            blocks += programme_blocks(name, own, found, names[name], door)
            sentences.append(f"{name}: {found}")
            cards.append(_ratio_card(name, found))
        blocks += reference_blocks(door)
    lead = " ".join(sentences[:1])
    return Chapter(
        section=Section("savings", TITLE, lead, blocks),
        sentences=sentences,
        headlines=cards[:2],
    )


def _said(claims: Claims, totals: SavingTotals) -> str:
    refused = len(claims.refused)
    said = (
        f"{number_of(len(claims.savings), 'saving')} counted, in "
        f"{number_of(len(totals.totals), 'kind')} that are never added to one another"
    )
    return f"{said}; {refused} refused. {totals}" if refused else f"{said}. {totals}"


def _cards(totals: SavingTotals) -> list[Figure]:
    rows = totals.totals
    if rows.empty:
        return []
    row = rows.sort_values(["cashable", "recurring"]).iloc[0]
    low, high = (
        said_short(row[f"together_{end}_pence"], "pence") for end in ("low", "high")
    )
    a_year = " a year" if row["recurring"] == "recurring" else ""
    return [
        Figure(
            said_short(row["central_pence"], "pence"),
            f"{row['cashable']} {row['recurring']} savings claimed{a_year}",
            f"{low} to {high}; unaudited",
        )
    ]


def _ratio_card(programme: str, found: Prevention) -> Figure:
    note = "no interval: no margin stated"
    if found.ratio.together is not None:
        low, high = found.ratio.together
        note = f"{low:.1f} to {high:.1f}; unaudited"
    return Figure(
        f"{found.ratio.central:.1f}", f"pounds back for each pound: {programme}", note
    )


def _claims(claims: Claims, totals: SavingTotals, door: Door) -> list[Block]:
    blocks: list[Block] = []
    if len(claims.refused):
        points = [
            f"{row['saving']}: {row['reason']}."
            for row in claims.refused.to_dict("records")
        ]
        blocks.append(Text(["Refused, and in no total:"], points, "caution"))
    if not claims.savings:
        return blocks
    blocks += [_one_by_one(claims, door), _totals(totals, door), _gainers(totals, door)]
    blocks.append(Text([], METHOD, "method"))
    return blocks


def _one_by_one(claims: Claims, door: Door) -> Picture:
    frame = pd.DataFrame(
        {
            "saving": each.name,
            "central_pence": int(each.pence.central),
            "low_pence": int(each.pence.low),
            "high_pence": int(each.pence.high),
            "recurring": each.recurring,
            "cashable": each.cashable,
            "gainers": each.who,
            "year": f"from {each.year}",
            "price_base": f"prices of {each.price_base}",
            "evidence": each.evidence,
        }
        for each in claims.savings
    ).sort_values(["central_pence", "saving"], ascending=[False, True])
    released = release(
        door,
        frame,
        Sheet(
            name="savings",
            title="Savings claimed, with their margins",
            public=["central_pence", "low_pence", "high_pence"],
            note=UNAUDITED,
        ),
    )
    drawing = bars(
        released,
        Bars(label="saving", value="central_pence", low="low_pence", high="high_pence"),
    )
    said = " ".join(
        f"{row['saving']}: {said_short(row['central_pence'], 'pence')}."
        for row in frame.to_dict("records")
    )
    return Picture(
        drawing=drawing,
        title="Savings claimed, each with its margin",
        alt=f"Bars of savings with whiskers from low to high. {said}",
        twin=Table(
            released=released,
            columns={
                "saving": "Saving",
                "central_pence": "Likeliest",
                "low_pence": "Low",
                "high_pence": "High",
                "recurring": "Recurring",
                "cashable": "Cashable",
                "gainers": "Who gains",
                "year": "Year",
                "price_base": "Prices",
                "evidence": "Evidence",
            },
        ),
    )


def _totals(totals: SavingTotals, door: Door) -> Table:
    return Table(
        released=_added_up(
            totals.totals, "savings_totals", "Savings added up, by kind", door
        ),
        columns={**KINDS, "price_base": "Prices", **COLUMNS},
        note="There is no total over kinds. Ends of 95 % intervals.",
    )


def _gainers(totals: SavingTotals, door: Door) -> Table:
    return Table(
        released=_added_up(
            totals.by_gainer, "savings_by_gainer", "Who gains by savings, by kind", door
        ),
        columns={"gainer": "Who gains", **KINDS, **COLUMNS},
    )


def _added_up(sums: pd.DataFrame, name: str, title: str, door: Door) -> Released:
    """Release savings added up within kinds."""
    frame = sums.drop(columns=["first_year", "last_year"])
    frame["price_base"] = "prices of " + frame["price_base"]
    return release(
        door,
        frame,
        Sheet(name=name, title=title, public=["savings", *MONEY], note=UNAUDITED),
    )
