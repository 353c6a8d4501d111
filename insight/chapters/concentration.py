"""Who spends most, how many spend on each function, the long tail, and overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.chapters.spend_lines import UNAUDITED, counted_lines, frame_of
from insight.release import Sheet, release
from insight.report import Bars, Column, Figure, Picture, Section, Table, Text, bars
from insight.report.formats import said_short
from insight.spend.cofog import cofog_1999
from insight.spend.concentration import NO_FUNCTION, concentration
from insight.spend.overlaps import overlapping
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from insight.spend.concentration import Concentration
    from place import OpenPlace

__all__ = ["concentration_chapter"]

TITLE: Final = "How concentrated it is"
DRAWN: Final = 10
LONGEST: Final = 15
REPORTED: Final = (
    "In the pilots of 2010, three bodies spent 70 to 80 % and ten over 90 %, more than "
    "100 bodies spent in some places, and many spent less than £50k or £100k a year."
)
METHOD: Final = (
    "The Herfindahl index is the sum of squared shares of bodies; its inverse is the "
    "number of bodies of one size that would be as concentrated (Laakso and Taagepera "
    "1979). Negative amounts are netted off in one column and left out in the other. A "
    "programme is one name with one body; the tail counts those that spend more than "
    "nothing and less than the limit."
)


def concentration_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Say how concentrated the spend of a place is.

    Parameters
    ----------
    opened
        A place with `spend`; with `programmes` too, programmes that serve one aim for
        one group of people are shown.
    door
        Every figure goes through it.
    """
    spend, passed = counted_lines(opened)
    found = concentration(spend)
    lead = str(found)
    periods = sorted(spend["period"].dropna().unique())
    if len(periods) > 1:
        passed.append(
            f"Money of {len(periods)} periods is added up: {', '.join(periods)}."
        )
    blocks: list[Block] = [
        _largest(found, door),
        *_measures(found, door),
        _functions(found, door),
        _tail(found, door),
        *_overlaps(opened, door),
    ]
    points = [*found.notes, *passed]
    if points:
        blocks.append(Text(["What to know of these lines:"], points, "caution"))
    blocks.append(Text([REPORTED, METHOD], tone="method"))
    three = found.measures["netted"].iloc[0]
    cards = (
        [Figure(f"{three:.0%}", "of spend by the top three bodies", "unaudited")]
        if pd.notna(three)
        else []
    )
    return Chapter(
        section=Section("concentration", TITLE, lead, blocks),
        sentences=[lead],
        headlines=cards,
    )


def _largest(found: Concentration, door: Door) -> Picture:
    """Return the bodies that spend most as bars, all others together."""
    frame = found.bodies.reset_index()
    shown = frame.head(DRAWN)
    rest = frame.iloc[DRAWN:]
    if len(rest):
        together = {
            "body": number_of(len(rest), "other body", "other bodies"),
            **rest[["amount_pence", "negative_pence", "lines", "share"]].sum(),
        }
        shown = pd.concat([shown, pd.DataFrame([together])], ignore_index=True)
    released = release(
        door,
        shown[["body", "amount_pence", "negative_pence", "lines", "share", "functions"]]
        .convert_dtypes()
        .round({"share": 4}),
        Sheet(
            name="spend_by_body",
            title="Who spends most",
            public=["amount_pence", "negative_pence", "lines", "share", "functions"],
            labels=["body"],
            note=UNAUDITED,
        ),
    )
    first = frame.iloc[0]
    return Picture(
        drawing=bars(released, Bars(label="body", value="amount_pence")),
        title="Who spends most",
        alt=(
            f"Bars of spend by body. {len(frame)} bodies spend; the largest is "
            f"{first['body']} with {pounds(first['amount_pence'])}."
        ),
        twin=Table(
            released=released,
            columns={
                "body": "Body",
                "amount_pence": "Spend",
                "share": Column("Share of all spend", "share"),
                "negative_pence": "Of it negative amounts",
                "lines": "Lines",
                "functions": "COFOG divisions",
            },
        ),
    )


def _measures(found: Concentration, door: Door) -> list[Block]:
    """Return the measures with and without netting of negatives."""
    if found.measures.isna().any().any():
        return []
    frame = found.measures.reset_index()
    said = frame.copy()
    for name in ("netted", "not_netted"):
        said[name] = [
            f"{value:.1%}" if at <= len("123") - 1 else f"{value:.3g}"
            for at, value in enumerate(frame[name])
        ]
    released = release(
        door,
        said,
        Sheet(
            name="spend_concentration",
            title="How concentrated spend is",
            labels=["netted", "not_netted"],
            note=UNAUDITED,
        ),
    )
    headings = {
        "measure": "Measure",
        "netted": "Negatives netted off",
        "not_netted": "Positive amounts alone",
    }
    return [Table(released=released, columns=headings)]


def _functions(found: Concentration, door: Door) -> Table:
    """Return how many bodies spend on each COFOG division."""
    names = cofog_1999()["name"]
    frame = found.functions.reset_index().rename(columns={"division": "function"})
    frame["name"] = [
        f"{code} {names[code]}" if code != NO_FUNCTION else "COFOG code not known"
        for code in frame["function"]
    ]
    released = release(
        door,
        frame[["name", "amount_pence", "share", "bodies"]].round({"share": 4}),
        Sheet(
            name="spend_by_function",
            title="Bodies that spend on each function",
            public=["amount_pence", "share", "bodies"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "name": "COFOG division",
            "bodies": "Bodies",
            "amount_pence": "Spend",
            "share": Column("Share of all spend", "share"),
        },
        note=(
            f"A body spends on {found.bodies['functions'].mean():.1f} divisions on "
            f"average (median {found.bodies['functions'].median():g})."
        ),
    )


def _tail(found: Concentration, door: Door) -> Table:
    """Return the long tail of small bodies and programmes."""
    many = {"body": "bodies", "programme": "programmes"}
    frame = found.tail.assign(
        who=[
            f"{many[what]} below {said_short(below, 'pence')}"
            for what, below in zip(
                found.tail["what"], found.tail["below_pence"], strict=True
            )
        ]
    )
    released = release(
        door,
        frame[["who", "count", "of_all", "amount_pence"]],
        Sheet(
            name="spend_tail",
            title="The long tail",
            public=["count", "of_all", "amount_pence"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "who": "Who",
            "count": "How many",
            "of_all": "Of all",
            "amount_pence": "Spend together",
        },
    )


def _overlaps(opened: OpenPlace, door: Door) -> list[Block]:
    """Return programmes of one aim for one group, where the place lists programmes."""
    programmes = frame_of(opened, "programmes")
    if programmes is None:
        return []
    found = overlapping(programmes)
    said = Text([str(found)], tone="finding" if len(found.groups) else "plain")
    if found.groups.empty:
        return [said]
    figures = ["programmes", "sources", "bodies", "amount_pence", "without_amount"]
    released = release(
        door,
        found.groups.assign(
            sources=found.groups["sources"].astype("Int64"),
            bodies=found.groups["bodies"].astype("Int64"),
        ),
        Sheet(
            name="programme_overlaps",
            title="Programmes of one aim for one group of people",
            public=figures,
            labels=["aim", "beneficiaries", "names"],
            note=UNAUDITED,
        ),
    )
    table = Table(
        released=released,
        columns={
            "aim": "Aim",
            "beneficiaries": "For whom",
            "programmes": "Programmes",
            "sources": "Funders",
            "bodies": "Bodies",
            "amount_pence": "Money",
            "names": "Which",
        },
        limit=LONGEST,
        note="A programme of several aims stands in several rows: do not add them up.",
    )
    return [said, table]
