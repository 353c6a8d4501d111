"""What happens to customers: the process map, the commonest journeys, their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.moves import common_rows, moves_sheet
from insight.chapters.what_agencies import agencies_blocks
from insight.chapters.what_is_unmapped import unmapped_blocks
from insight.release import Rate, Sheet, release
from insight.report import (
    Column,
    Picture,
    Section,
    Table,
    Text,
    figure_of,
    process_map,
)
from journeys import directly_follows, most_travelled, variants
from journeys.agency_steps import costs_of_moves, ends_by_agency
from journeys.graph import returns_sql
from journeys.whole_journeys import journeys_kept

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block, Drawing
    from journeys import Log
    from journeys.whole_journeys import JourneysKept

__all__ = ["journeys_chapter", "moves_sheet"]

RETURNS: Final = ("direct_returns", "revisits")
READABLE: Final = 25  # most edges of a map that a person can follow
LONGEST: Final = 8  # most rows of a table on the page


def journeys_chapter(followed: Followed) -> Chapter:
    """Turn the journeys of a place into a map, its agencies' part, and variants.

    Parameters
    ----------
    followed
        The journeys. Where there are segments, the map is drawn for each too.
    """
    log, door = followed.log, followed.door
    totals = _totals(log, door)
    blocks: list[Block] = [
        *_process(followed),
        *_variants(log, door),
        *_ends(log, door),
        *agencies_blocks(followed),
        *unmapped_blocks(followed),
    ]
    people = figure_of(totals, "customers", label="customers with a contact")
    contacts, handed = (
        figure_of(totals, name, label="").value for name in ("events", "handovers")
    )
    again = figure_of(totals, "revisits", label="").value
    lead = (
        f"{people.value} customers had {contacts} contacts, and were handed from one "
        f"agency to another {handed} times; {again} of these times they came back to "
        "one that they had met before."
    )
    return Chapter(
        section=Section("journeys", "What happens to them", lead, blocks),
        sentences=[lead],
        headlines=[people],
    )


def _totals(log: Log, door: Door) -> Released:
    back = log.engine.arrow(returns_sql(log.table)).to_pylist()[0]
    frame = pd.DataFrame(
        {
            "what": ["all journeys"],
            "events": [log.n_events],
            "customers": [log.n_customers],
            "handovers": [back["handovers"]],
            "direct_returns": [back["direct"]],
            "revisits": [back["again"]],
        }
    )
    sheet = Sheet(
        name="journeys",
        title="All journeys",
        counts=["events", "customers", "handovers", *RETURNS],
        of_people=dict.fromkeys(["events", "handovers", *RETURNS], "customers"),
    )
    return release(door, frame, sheet)


def _process(followed: Followed) -> list[Block]:
    log, door = followed.log, followed.door
    moves = directly_follows(log)
    if moves.empty:
        return [Text(["No customer has two contacts, so there is no process to draw."])]
    common = common_rows(moves, door)
    if common.empty:
        return [Text(["Too few customers take any one step for it to be drawn."])]
    kept = most_travelled(common, share=1, most=READABLE)
    drawn = kept.edges
    costs = costs_of_moves(log)
    if costs["costed"].any():
        drawn = drawn.merge(costs, on=["source", "target"], how="left")
    edges = moves_sheet(drawn, door, "process", "What follows what")
    held = _held(int(moves["count"].sum()), journeys_kept(log, drawn), edges, door)
    cost = "cost_pence" if "cost_pence" in edges.kinds else None
    title = "What customers do next"
    top = edges.frame.iloc[0]
    alt = (
        f"Map of the {len(drawn)} most travelled steps between activities. {held} The "
        f"most travelled is from {top['source']} to {top['target']}."
    )
    headings: dict[str, str | Column] = {
        "source": "From",
        "target": "To",
        "count": "Times",
        "customers": "Customers",
        "wait_days": Column("Median wait", "days"),
    }
    said = (
        f"Each box is an activity and each arrow a step to the next; the number is how "
        f"often, and the median wait. The {len(drawn)} most travelled of "
        f"{len(moves):,} kinds of step are drawn. {held}"
    )
    picture = Picture(
        drawing=process_map(edges, wait="wait_days", cost=cost, sliders=True),
        title=title,
        alt=alt,
        twin=Table(
            released=edges,
            columns=headings | ({cost: "Recorded cost"} if cost else {}),
            limit=READABLE,
        ),
        variants=_by_segment(followed),
    )
    return [Text([said]), picture]


def _by_segment(followed: Followed) -> dict[str, Drawing]:
    """Return the map of each segment."""
    if not followed.segments:
        return {}
    moves = directly_follows(followed.log, segments=followed.segments)
    drawn = {}
    common = common_rows(moves.dropna(subset="segment"), followed.door)
    for code, part in common.groupby("segment"):
        own = most_travelled(part, share=1, most=READABLE).edges
        title = f"What follows what, segment {code}"
        edges = moves_sheet(own, followed.door, f"process-segment-{code}", title)
        drawn[str(code)] = process_map(edges, wait="wait_days", sliders=True)
    return drawn


def _held(total: int, kept: JourneysKept, edges: Released, door: Door) -> str:
    """Say what share of steps and of journeys the drawn steps hold, as released."""
    broken = kept.customers - kept.kept
    few = 0 < broken <= door.rule.hides_to  # their number would follow by subtraction
    frame = pd.DataFrame({"what": ["all steps"], "steps": [total]})
    frame["customers"] = kept.customers
    frame["journeys_kept"] = pd.array([None if few else kept.kept], "Int64")
    sheet = Sheet(
        name="steps",
        title="All steps",
        counts=["steps", "customers", "journeys_kept"],
        of_people={"steps": "customers"},
        rates={"kept_share": Rate(count="journeys_kept", base="customers")},
        note="Journeys kept are those all of whose steps are drawn.",
    )
    row = release(door, frame, sheet).frame.iloc[0]
    steps = edges.frame["count"].sum() / row["steps"]
    whole = "nearly all" if few else _percent(row["kept_share"])
    return (
        f"They hold {_percent(steps)} of all steps; {whole} of the journeys of more "
        "than one contact can be followed whole on them."
    )


def _percent(share: float | None) -> str:
    unknown = share is None or pd.isna(share)
    return "an unknown share" if unknown else f"{min(float(share or 0), 1.0):.0%}"


def _variants(log: Log, door: Door) -> list[Block]:
    """Show the journeys that most customers share, where enough do."""
    top = common_rows(variants(log, most=LONGEST), door)
    if top.empty:
        return [Text(["No journey is shared by enough customers to be shown."])]
    said = [" → ".join(path) for path in top["activities"]]
    frame = pd.DataFrame({"journey": said, "customers": top["customers"]})
    frame["steps"] = [len(path) for path in top["activities"]]
    released = release(
        door,
        frame.assign(all_customers=log.n_customers),
        Sheet(
            name="variants",
            title="The commonest journeys",
            counts=["customers", "all_customers"],
            rates={"customers_share": Rate(count="customers", base="all_customers")},
            public=["steps"],
            labels=["journey"],
            note="A journey is all activities of a customer in order.",
        ),
    )
    columns: dict[str, str | Column] = {
        "journey": Column("Journey", "text"),
        "steps": "Contacts",
        "customers": "Customers",
        "customers_share": "Share of all",
    }
    return [Table(released=released, columns=columns, limit=LONGEST)]


def _ends(log: Log, door: Door) -> list[Block]:
    """Show where journeys begin and end, by agency."""
    frame = ends_by_agency(log)
    most = frame[["starts", "ends"]].max(axis=1)
    frame = frame[most > door.rule.hides_to]
    if frame.empty:
        return []
    sheet = Sheet(
        name="journey_ends",
        title="Where journeys begin and end",
        counts=["starts", "ends"],
        labels=["agency", "activity"],
        note="The end is the last contact so far.",
    )
    ranked = frame.assign(most=most).sort_values("most", ascending=False, kind="stable")
    columns = {
        "agency": "Agency",
        "activity": "Activity",
        "starts": "Journeys begun",
        "ends": "Journeys ended",
    }
    released = release(door, ranked.drop(columns="most"), sheet)
    return [Table(released=released, columns=columns, limit=LONGEST)]
