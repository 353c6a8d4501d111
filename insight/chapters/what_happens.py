"""What happens to customers: the process map, hand-overs and waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.duplication import duplication_blocks
from insight.release import Sheet, release
from insight.report import (
    Column,
    Picture,
    Section,
    Table,
    Text,
    figure_of,
    process_map,
)
from journeys import (
    direct_returns,
    directly_follows,
    encode_log,
    find_duplication,
    handovers,
    most_travelled,
    read_rules,
    revisits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Duplication, Log
    from place import OpenPlace

__all__ = ["journeys_chapter"]

DAY_S: Final = 86_400
RETURNS: Final = ("direct_returns", "revisits")
READABLE: Final = 25  # most edges of a map that a person can follow
LONGEST: Final = 12  # most rows of a table on the page


def journeys_chapter(
    opened: OpenPlace, door: Door, *, names: Mapping[str, str]
) -> Chapter:
    """Turn the events of a place into its graph, hand-overs and duplication.

    Parameters
    ----------
    opened
        A place with `events`. Where its engine also holds `customer_segment`, every
        figure is given by segment too.
    door
        Every figure goes through it.
    names
        Segment code to name; empty where there are no segments.

    Raises
    ------
    JourneyError
        If events or rules cannot be read as such.
    """
    options = opened.place.journeys
    engine = opened.engine
    log = encode_log("events", engine=engine, classes=options.classes)
    found = find_duplication(log, read_rules(options.rules))
    segments = "customer_segment" if names else None
    totals = _totals(log, found, door)
    blocks: list[Block] = [
        *_process(log, door, segments),
        *_handovers(log, door),
        *duplication_blocks(found, door, segments),
    ]
    blocks += _unmapped(log, door)
    people = figure_of(totals, "customers", label="customers with a contact")
    handed = figure_of(totals, "handovers", label="hand-overs between agencies")
    again = figure_of(
        totals,
        "duplicates",
        label="contacts that duplicate another",
        note="by rules D1 and D3",
    )
    money = figure_of(
        totals, "cost_pence", label="gross cost of duplication", note="unaudited"
    )
    lead = (
        f"{people.value} customers had a contact, and were handed from one agency to "
        f"another {handed.value} times. {again.value} of the contacts repeat what "
        f"another agency had done or send the customer back"
        f"{_cost(found, totals, money.value)}"
    )
    return Chapter(
        section=Section("journeys", "What happens to them", lead, blocks),
        sentences=[lead],
        headlines=[people, handed, again, *([money] if found.cost_pence else [])],
    )


def _cost(found: Duplication, totals: Released, money: str) -> str:
    """Say what duplication costs, with its base, from what the door let out."""
    if not found.events:
        return "."
    if found.cost_pence is None:
        return ". What they cost is not recorded."
    said = f"; they cost {money} gross, unaudited"
    if not found.not_costed:
        return f"{said}."
    without = figure_of(totals, "not_costed", label="").value
    return f"{said}, {without} of them without a recorded cost."


def _totals(log: Log, found: Duplication, door: Door) -> Released:
    back = direct_returns(log)
    frame = pd.DataFrame(
        {
            "what": ["all journeys"],
            "events": [log.n_events],
            "customers": [log.n_customers],
            "handovers": [back.handovers],
            "direct_returns": [back.count],
            "revisits": [revisits(log).count],
            "duplicates": [found.events],
            "duplicate_customers": [found.customers],
            "not_costed": [found.not_costed],
            "costed": [found.events - found.not_costed],
            "cost_pence": pd.array([found.cost_pence], "Int64"),
        }
    )
    counts = frame.columns.drop(["what", "cost_pence"]).tolist()
    return release(
        door,
        frame,
        Sheet(
            name="journeys",
            title="All journeys",
            counts=counts,
            of_people={
                **dict.fromkeys(["events", "handovers", *RETURNS], "customers"),
                "duplicates": "duplicate_customers",
                "not_costed": "duplicate_customers",
                "costed": "duplicate_customers",
            },
            measures={"cost_pence": "costed"},
            note="Cost is gross and unaudited.",
        ),
    )


def _edges(moves: pd.DataFrame, door: Door, name: str, title: str) -> Released:
    """Release moves with their median wait in days."""
    frame = moves.assign(wait_days=(moves["median_seconds"] / DAY_S).round(1))
    label = ["segment"] if "segment" in frame else []
    columns = [*label, "source", "target", "count", "customers", "wait_days"]
    return release(
        door,
        frame[columns].reset_index(drop=True),
        Sheet(
            name=name,
            title=title,
            counts=["count", "customers"],
            of_people={"count": "customers"},
            measures={"wait_days": "customers"},
            labels=[*label, "source", "target"],
            note="Wait is the median, from the start of one contact to the next.",
        ),
    )


def _common(moves: pd.DataFrame, door: Door) -> pd.DataFrame:
    """Keep steps that enough customers take: the words of few people stay inside."""
    return moves[moves["customers"] > door.rule.hides_to]


def _process(log: Log, door: Door, segments: str | None) -> list[Block]:
    moves = directly_follows(log)
    if moves.empty:
        return [Text(["No customer has two contacts, so there is no process to draw."])]
    common = _common(moves, door)
    if common.empty:
        return [Text(["Too few customers take any one step for it to be drawn."])]
    kept = most_travelled(common, most=READABLE)
    edges = _edges(kept.edges, door, "process", "What follows what")
    variants = {}
    if segments:
        by_segment = directly_follows(log, segments=segments).dropna(subset="segment")
        for code, part in _common(by_segment, door).groupby("segment"):
            own = most_travelled(part, most=READABLE).edges
            title = f"What follows what, segment {code}"
            drawn = _edges(own, door, f"process-segment-{code}", title)
            variants[str(code)] = process_map(drawn, wait="wait_days")
    steps = _steps(log, int(moves["count"].sum()), edges, door)
    share = f"{steps:.0%}" if steps is not None else "an unknown share"
    title = "What customers do next"
    top = edges.frame.iloc[0]
    alt = (
        f"Map of the {len(kept.edges)} most travelled steps between activities, which "
        f"hold {share} of all steps. The most travelled is from {top['source']} to "
        f"{top['target']}."
    )
    headings: dict[str, str | Column] = {
        "source": "From",
        "target": "To",
        "count": "Times",
        "customers": "Customers",
        "wait_days": Column("Median wait", "days"),
    }
    twin = Table(released=edges, columns=headings, limit=READABLE)
    said = (
        f"Each box is an activity and each arrow a step to the next; the number is how "
        f"often, and the median wait. The {len(kept.edges)} most travelled of "
        f"{kept.n_edges:,} kinds of step are drawn: they hold {share} of all steps."
    )
    picture = Picture(
        drawing=process_map(edges, wait="wait_days"),
        title=title,
        alt=alt,
        twin=twin,
        variants=variants,
    )
    return [Text([said]), picture]


def _unmapped(log: Log, door: Door) -> list[Block]:
    """Name activities without a class, but none that few customers have."""
    if not log.unmapped:
        return []
    common = log.engine.arrow(
        f"SELECT activity FROM {log.table} WHERE activity_class IS NULL "
        "GROUP BY activity "
        f"HAVING count(DISTINCT customer_id) > {door.rule.hides_to} ORDER BY activity"
    )["activity"].to_pylist()
    listed = ", ".join(common[:LONGEST]) + (" …" if common[LONGEST:] else "")
    said = (
        f"{len(log.unmapped)} activities have no class, so no rule of duplication can "
        f"see them{': ' + listed if listed else ''}. Give classes under "
        "[journeys.classes]."
    )
    return [Text([said], tone="caution")]


def _steps(log: Log, total: int, edges: Released, door: Door) -> float | None:
    """Return the share of all steps that the drawn ones hold, from released counts."""
    frame = pd.DataFrame({"what": ["all steps"], "steps": [total]})
    frame["customers"] = log.n_customers
    sheet = Sheet(
        name="steps",
        title="All steps",
        counts=["steps", "customers"],
        of_people={"steps": "customers"},
    )
    steps = release(door, frame, sheet).frame["steps"].iloc[0]
    drawn = edges.frame["count"].sum()
    return None if pd.isna(steps) else min(float(drawn / steps), 1.0)


def _handovers(log: Log, door: Door) -> list[Block]:
    moves = handovers(log).sort_values("count", ascending=False, kind="stable")
    if moves.empty:
        return [Text(["No customer was handed from one agency to another."])]
    edges = _edges(moves, door, "handovers", "Hand-overs between agencies")
    table = Table(
        released=edges,
        columns={
            "source": "From agency",
            "target": "To agency",
            "count": "Hand-overs",
            "customers": "Customers",
            "wait_days": Column("Median wait", "days"),
        },
        limit=LONGEST,
    )
    return [table]
