"""National figures brought down to the place, and held against its own count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.centre_out_read import centre_of, count_of, table_of
from insight.chapters.chapter import Chapter
from insight.release import Sheet, release
from insight.report import (
    Bars,
    Column,
    Figure,
    Picture,
    Section,
    Table,
    Text,
    bars,
)
from insight.report.formats import said_short
from insight.spend.centre_out import Doubt, leave_one_out
from insight.spend.per_segment import pounds
from insight.spend.place_counts import place_counts
from insight.spend.reconcile import reconcile
from insight.spend.report_tables import table_1

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.chapters.centre_out_read import Centre
    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend.reconcile import Reconciliation
    from place import OpenPlace

__all__ = ["centre_out_chapter"]

TITLE: Final = "National figures of this place"
UNAUDITED: Final = "As published and as allocated, unaudited."
DIFFERENCE: Final = {
    "difference_pct": "Difference (100 % less B/A)",
    "low_pct": "from",
    "high_pct": "to",
}


def centre_out_chapter(
    opened: OpenPlace,
    door: Door,
    *,
    bodies: Mapping[str, str] | None = None,
    prices: Mapping[str, float] | None = None,
) -> Chapter:
    """Allocate national figures to the place and hold its own count against them.

    Parameters
    ----------
    opened
        A place with `regional_spend` and `place_keys`; with `spend` it is held
        against its own count, and with `place_totals` against other places.
    door
        Every figure goes through it; none is about people.
    bodies, prices
        As for :func:`insight.spend.reconcile.reconcile`.

    Raises
    ------
    InsightError
        If the tables do not fit together, or the place is not among them.
    """
    centre, count = centre_of(opened), count_of(opened)
    row = centre.found.places.to_dict("index")[centre.place]
    rungs = centre.made.places.to_dict("index")[centre.place]
    by_key = rungs["key"] / (row["amount_pence"] or 1)
    amount, low, high = (
        said_short(row[name], "pence")
        for name in ("amount_pence", "low_pence", "high_pence")
    )
    lead = (
        f"National figures give {centre.place} {amount} "
        f"({100 * centre.found.level:.0f} % interval {low} to {high}, unaudited). "
        f"{by_key:.0%} of it is allocated by keys such as population, which tell what "
        "a place has of its region and not what is spent there."
    )
    blocks: list[Block] = []
    sentences = [lead]
    notes = list(centre.made.spend.notes)
    if count is None:
        blocks.append(_cofogs_alone(centre, door))
    else:
        held = reconcile(
            centre.made,
            count,
            place=centre.place,
            found=centre.found,
            bodies=bodies,
            prices=prices,
        )
        sentences.append(str(held))
        notes += held.notes
        blocks += [Text([str(held)], tone="finding"), *_held(held, door)]
    blocks += _places(opened, centre, count, door)
    blocks += [_weights(centre, door), _doubt(centre)]
    if notes:
        blocks.append(Text(["What limits these figures:"], notes, "caution"))
    blocks.append(_method())
    said = f"{low} to {high}, unaudited"
    card = Figure(amount, "spend by national figures", said)
    return Chapter(
        section=Section("centre-out", TITLE, lead, blocks),
        sentences=sentences,
        headlines=[card],
    )


def _public(
    door: Door, frame: pd.DataFrame, name: str, title: str, note: str = UNAUDITED
) -> Released:
    """Release a table in which nothing is about people."""
    figures = [str(each) for each in frame.select_dtypes("number")]
    codes = [name for name in ("cofog",) if name in frame]
    sheet = Sheet(name=name, title=title, public=figures, labels=codes, note=note)
    return release(door, frame, sheet)


def _cofogs_alone(centre: Centre, door: Door) -> Table:
    """Return national figures by code, for a place without a count of its own."""
    table = centre.found.cofogs.loc[[centre.place]].reset_index().drop(columns="place")
    return Table(
        released=_public(door, table, "centre_out", "National figures by COFOG code"),
        columns={
            "cofog": Column("COFOG", "text"),
            "amount_pence": "National figures",
            "low_pence": "from",
            "high_pence": "to",
        },
    )


def _held(held: Reconciliation, door: Door) -> list[Block]:
    """Return the two counts by function and body, and what makes them differ."""
    title = "Two counts of the same place, by function"
    released = _public(door, held.cofogs.reset_index(), "centre_out", title)
    shown = [
        f"{row['name']}: {pounds(row['centre_pence'])} nationally, "
        f"{pounds(row['local_pence'])} by its own count."
        for row in held.cofogs.to_dict("records")
    ]
    drawing = bars(
        released,
        Bars(label="name", value="centre_pence", low="low_pence", high="high_pence"),
    )
    picture = Picture(
        drawing=drawing,
        title="National figures by function, with intervals",
        alt="Bars of national figures by function. " + " ".join(shown),
        twin=Table(
            released=released,
            columns={
                "cofog": Column("COFOG", "text"),
                "name": "Function",
                "centre_pence": "A: national figures",
                "low_pence": "from",
                "high_pence": "to",
                "local_pence": "B: own count",
                **DIFFERENCE,
            },
        ),
    )
    parts = _public(
        door, held.parts.reset_index(), "centre_out_parts", "What makes A - B differ"
    )
    tables: list[Block] = [
        Table(
            released=parts,
            columns={"part": "Part", "amount_pence": "Of A - B", "how": "What it is"},
            note="A line is in one part alone, the first that holds.",
        )
    ]
    for what, frame in (("body", held.bodies), ("sector", held.sectors)):
        if len(frame):
            made = _public(
                door,
                frame.reset_index(),
                f"centre_out_{what}",
                f"Two counts by {what}",
            )
            tables.append(
                Table(
                    released=made,
                    columns={
                        what: what.capitalize(),
                        "centre_pence": "A: national figures",
                        "local_pence": "B: own count",
                    },
                )
            )
    return [picture, *tables]


def _places(
    opened: OpenPlace, centre: Centre, count: pd.DataFrame | None, door: Door
) -> list[Block]:
    """Return the report's Table 1 for this place and others that counted."""
    own: dict[str, int] = {}
    totals = table_of(opened, "place_totals")
    if totals is not None:
        every = totals[totals["cofog"].isna()] if "cofog" in totals else totals
        own = dict(zip(every["place"], map(int, every["amount_pence"]), strict=True))
    if count is not None:
        own[centre.place] = int(count["amount_pence"].sum())
    amounts = centre.made.places["amount_pence"]
    both = sorted(set(own) & set(amounts[amounts > 0].index))
    if len(both) < 2:  # noqa: PLR2004 - alone it is what stands above
        return []
    counts = place_counts(
        {name: int(amounts[name]) for name in both}, {name: own[name] for name in both}
    )
    released = _public(
        door, counts.table.reset_index(), "two_counts", "Two counts of several places"
    )
    return [
        Text([str(counts)]),
        Table(
            released=released,
            columns={
                "place": "Place",
                "centre_pence": "A: national figures",
                "local_pence": "B: own count",
                **DIFFERENCE,
            },
        ),
    ]


def _weights(centre: Centre, door: Door) -> Table:
    """Return what each function was allocated by."""
    rows = [
        (code, key, float(weight))
        for code, weights in centre.made.weights.items()
        for key, weight in weights.items()
    ]
    frame = pd.DataFrame(rows, columns=["cofog", "key", "weight_share"])
    said = "supplied" if len({key for _, key, _ in rows}) > 1 else "population alone"
    return Table(
        released=_public(
            door, frame, "centre_out_weights", "What each function is allocated by"
        ),
        columns={
            "cofog": Column("COFOG", "text"),
            "key": "Key",
            "weight_share": "Weight",
        },
        note=f"Weights: {said}. The report's own weights are not known, and thirteen "
        "places cannot tell them: none are recovered here.",
    )


def _doubt(centre: Centre) -> Text:
    row = centre.found.places.loc[centre.place]
    said = {
        "weights": "how much each key should count",
        "keys": "which keys to use",
        "residual": "what no key can tell",
    }
    told = [
        f"{words} {row[name]:.0%}"
        for name, words in said.items()
        if pd.notna(row[name])
    ]
    said_all = (
        f"Of the variance behind the interval, each source alone: {', '.join(told)}. "
        f"{centre.found.residual} It was measured on totals: a single function may be "
        "further off than its interval says."
    )
    return Text([said_all])


def _method() -> Text:
    """Say how the intervals did where the truth is known."""
    pilots = table_1().drop(index="total")
    counts = [[float(each) for each in pilots[name]] for name in ("b_bn", "a_bn")]
    tried = [str(leave_one_out(*counts, level=level)) for level in (0.8, 0.95)]
    shared = (
        "Each line of national figures is shared among the places of its region and "
        "the rest of the region, to the penny. What is observed of a place is taken "
        "first, then what is modelled, and keys share only what remains."
    )
    known = (
        "The intervals were tried on the thirteen pilots of the 2010 report, whose own "
        f"counts are known (Table 1). {' '.join(tried)}"
    )
    drawn = (
        f"Weights are drawn around those given (Dirichlet, as if seen "
        f"{Doubt().concentration:.0f} times, which is ours); other keys for everything "
        f"({', '.join(Doubt().alternatives)}) are each as likely as the weights."
    )
    return Text([shared, drawn, known], tone="method")
