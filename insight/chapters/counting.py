"""Counting spend: what the place counted, and what to ask of it before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.centre_out_read import table_of
from insight.chapters.chapter import Chapter
from insight.chapters.counting_parts import negatives, own_headings_used, what_for
from insight.chapters.counting_read import count_spend
from insight.release import Sheet, release
from insight.report import Column, Figure, Matrix, Section, Table, Text
from insight.report.formats import said_short

if TYPE_CHECKING:
    from insight.chapters.counting_read import Counted
    from insight.release import Door
    from insight.report import Block
    from insight.spend.moderation import PlacesModerated
    from place import OpenPlace

__all__ = ["counting_blocks", "counting_chapter", "places_section"]

TITLE: Final = "Counting spend"
METHOD: Final = (
    "Nothing is corrected: each remark says which lines, how much money, and what to "
    "ask. Totals and shares are held against the lines, and what rounding can explain "
    "is no remark. An amount is out of scale if it is some 300 to 3,000 times the "
    "median of at least four peers of which three in four lie within thirty times of "
    "it. Own headings are split by weights that sum to 1, to the penny, left-over "
    "pennies to the largest remainders. COFOG is the edition of 1999."
)


def counting_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Moderate the place's spend count and show what is in it.

    Parameters
    ----------
    opened
        A place with `spend`; `spend_expected` and `headings` are used where it has
        them.
    door
        Every figure goes through it; none is about people.

    Raises
    ------
    InsightError
        If no line can be counted, or the mapping of headings cannot be used.
    """
    counted = count_spend(
        opened.place.place.name,
        opened.place.tables["spend"],
        basis=opened.place.spend.basis,
        expected=table_of(opened, "spend_expected"),
        headings=table_of(opened, "headings"),
    )
    said = str(counted)
    card = Figure(
        said_short(counted.total_pence, "pence"), "spend counted", "unaudited"
    )
    return Chapter(
        section=Section("spend", TITLE, said, counting_blocks(counted, door)),
        sentences=[said],
        headlines=[card],
    )


def counting_blocks(counted: Counted, door: Door, name: str = "spend") -> list[Block]:
    """Return what to ask of a count, and the count itself.

    Parameters
    ----------
    counted
        What :func:`count_spend` made.
    door
        Every figure goes through it.
    name
        What the names of its tables begin with.
    """
    return [
        *_remarks(counted, door, name),
        *_files(counted, door, name),
        *what_for(counted, door, name),
        *negatives(counted, door, name),
        *own_headings_used(counted, door, name),
        Text([METHOD], tone="method"),
    ]


def _remarks(counted: Counted, door: Door, name: str) -> list[Block]:
    if not counted.remarks:
        return []
    frame = pd.DataFrame(
        {
            "rule": [one.rule for one in counted.remarks],
            "lines": [one.lines for one in counted.remarks],
            "amount_pence": [one.amount_pence for one in counted.remarks],
            "said": [str(one) for one in counted.remarks],
        }
    )
    frame["amount_pence"] = frame["amount_pence"].astype("Int64")
    frame["lines"] = frame["lines"].astype("Int64").where(frame["amount_pence"].notna())
    released = release(
        door,
        frame,
        Sheet(
            name=f"{name}_remarks",
            title="What to ask of the spend count",
            public=["lines", "amount_pence"],
            labels=["said"],
            note="A line is named by its line_id, or by its row in the file.",
        ),
    )
    columns = {
        "rule": "What",
        "lines": "Lines",
        "amount_pence": "Their money",
        "said": "What was found, and what to do",
    }
    return [Table(released=released, columns=columns)]


def _files(counted: Counted, door: Door, name: str) -> list[Block]:
    figures = ["rows_in", "lines", "totals", "not_read"]
    released = release(
        door,
        counted.count.files,
        Sheet(
            name=f"{name}_files",
            title="Rows of the spend count in and out",
            public=figures,
            labels=["file"],
        ),
    )
    headings = ("Rows in", "Lines", "Rows of totals, kept apart", "Not read")
    columns = {"file": "File", **dict(zip(figures, headings, strict=True))}
    return [Table(released=released, columns=columns)]


def places_section(moderated: PlacesModerated, door: Door) -> Section:
    """Return what to ask of several places: each beside the others, place by rule.

    Parameters
    ----------
    moderated
        What `moderate_places` made.
    door
        Every figure goes through it; none is about people.
    """
    totals = release(
        door,
        moderated.totals.reset_index(),
        Sheet(
            name="moderation_places",
            title="Places and their counts",
            public=["lines", "amount_pence", "remarks"],
            labels=["place"],
            note="Unaudited.",
        ),
    )
    columns: dict[str, str | Column] = {
        "place": Column("Place", "text"),
        "lines": "Lines",
        "amount_pence": "Spend",
        "remarks": "Things to ask",
    }
    blocks: list[Block] = [Table(released=totals, columns=columns)]
    if len(moderated.table):
        rules = release(
            door,
            moderated.table,
            Sheet(
                name="moderation_rules",
                title="What to ask, by place and rule",
                public=["remarks", "lines", "amount_pence"],
                labels=["place"],
            ),
        )
        blocks += [
            Matrix(
                released=rules,
                rows="place",
                columns="rule",
                measure="remarks",
                title="What to ask, by place and rule",
                corner="Place (down), rule (across)",
                note="How many remarks; the table below has their lines and money.",
            ),
            Table(
                released=rules,
                columns={
                    "place": Column("Place", "text"),
                    "rule": "What",
                    "remarks": "Remarks",
                    "lines": "Lines",
                    "amount_pence": "Their money",
                },
            ),
        ]
    beside = [
        f"{place}: {one}"
        for place, several in moderated.remarks.items()
        for one in several
        if one.amount_pence is None
    ]
    if beside:
        blocks.append(Text(["What no single line shows:"], beside, "caution"))
    return Section("places", "Counts side by side", str(moderated), blocks)
