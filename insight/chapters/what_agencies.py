"""The agencies' part in journeys: lanes, hand-overs, waits, working together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.moves import common_rows, in_days, moves_sheet
from insight.release import Sheet, release
from insight.report import Column, Picture, Table, Text, swim_lanes
from journeys import handovers
from journeys.agency_steps import steps_by_agency
from journeys.together import working_together
from journeys.waiting import waits

if TYPE_CHECKING:
    import pandas as pd

    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Log

__all__ = ["agencies_blocks"]

LONGEST: Final = 8  # most rows of a table on the page
ARROWS: Final = 20  # most arrows between lanes that a person can follow
SUMMARY: Final = ("mean", "q25", "median", "q75", "q90")


def agencies_blocks(followed: Followed) -> list[Block]:
    """Return what agencies do one after another, and together.

    Parameters
    ----------
    followed
        The journeys.
    """
    log, door = followed.log, followed.door
    return [
        *_lanes(log, door),
        *_handovers(log, door),
        *_waits(log, door),
        *_together(log, door),
    ]


def _lanes(log: Log, door: Door) -> list[Block]:
    steps = common_rows(steps_by_agency(log), door)
    if steps.empty:
        return []
    ranked = steps.sort_values("count", ascending=False, kind="stable").head(ARROWS)
    released = release(
        door,
        ranked.reset_index(drop=True),
        Sheet(
            name="lanes",
            title="Steps by agency",
            counts=["count", "customers"],
            of_people={"count": "customers"},
            labels=["source_agency", "source", "target_agency", "target"],
        ),
    )
    top = released.frame.iloc[0]
    twin = Table(
        released=released,
        columns={
            "source_agency": "From agency",
            "source": "From",
            "target_agency": "To agency",
            "target": "To",
            "count": "Times",
            "customers": "Customers",
        },
        limit=ARROWS,
    )
    alt = (
        f"One lane an agency, with the {len(ranked)} steps most often taken. The "
        f"commonest is from {top['source']} ({top['source_agency']}) to "
        f"{top['target']} ({top['target_agency']})."
    )
    drawing = swim_lanes(released, limit=ARROWS)
    return [Picture(drawing=drawing, title="Who does what next", alt=alt, twin=twin)]


def _handovers(log: Log, door: Door) -> list[Block]:
    moves = handovers(log).sort_values("count", ascending=False, kind="stable")
    if moves.empty:
        return [Text(["No customer was handed from one agency to another."])]
    columns: dict[str, str | Column] = {
        "source": "From agency",
        "target": "To agency",
        "count": "Hand-overs",
        "customers": "Customers",
        "wait_days": Column("Median wait", "days"),
    }
    released = moves_sheet(moves, door, "handovers", "Hand-overs between agencies")
    return [Table(released=released, columns=columns, limit=LONGEST)]


def _waits(log: Log, door: Door) -> list[Block]:
    """Say how long customers wait inside agencies and between them."""
    found = waits(log, of="all")
    if found.empty:
        return []
    in_all = _waits_sheet(found, door, "waits", "Waits inside and between agencies")
    pairs = waits(log).sort_values("total_seconds", ascending=False, kind="stable")
    by_pair = _waits_sheet(pairs, door, "waits_by_agency", "Waits by pair of agencies")
    columns: dict[str, str | Column] = {
        "place": "Wait",
        "count": "Waits",
        "customers": "Customers",
        "q25_days": "A quarter within",
        "median_days": "Median",
        "q75_days": "Three quarters within",
        "q90_days": "Nine in ten within",
        "time_share": "Share of all time",
    }
    ends = {"place": "Wait", "source": "From agency", "target": "To agency"}
    said = (
        "A wait runs from one contact to the next: inside an agency where the next is "
        "with the same one, between agencies where it is with another."
    )
    return [
        Text([said]),
        Table(released=in_all, columns=columns),
        Table(released=by_pair, columns=ends | columns, limit=LONGEST),
    ]


def _waits_sheet(found: pd.DataFrame, door: Door, name: str, title: str) -> Released:
    days = {f"{one}_days": in_days(found[f"{one}_seconds"]) for one in SUMMARY}
    frame = found.assign(**days, time_share=found["share"].round(4))
    labels = [each for each in ("place", "source", "target") if each in frame]
    columns = [*labels, "count", "customers", *days, "time_share"]
    sheet = Sheet(
        name=name,
        title=title,
        counts=["count", "customers"],
        of_people={"count": "customers"},
        measures=dict.fromkeys([*days, "time_share"], "customers"),
        labels=labels,
        note="Share of all time: of the time from first to last contact of everyone.",
    )
    return release(door, frame[columns].reset_index(drop=True), sheet)


def _together(log: Log, door: Door) -> list[Block]:
    met = working_together(log)
    pairs = common_rows(met, door)
    if pairs.empty:
        said = (
            "No two agencies met enough customers jointly, or on one day, to be shown."
        )
        return [] if met.empty else [Text([said])]
    order = {"joint": "recorded as joint", "same day": "on the same day"}
    ranked = pairs.sort_values(
        ["how", "customers", "count"], ascending=[True, False, False], kind="stable"
    )
    sheet = Sheet(
        name="together",
        title="Agencies that work together",
        counts=["count", "customers"],
        of_people={"count": "customers"},
        labels=["how", "agency", "other"],
        note="On the same day: both met a customer on one day of universal time, "
        "knowing of each other or not.",
    )
    columns: dict[str, str | Column] = {
        "how": "How",
        "agency": "Agency",
        "other": "With",
        "count": "Times",
        "customers": "Customers",
    }
    frame = ranked.assign(how=ranked["how"].map(order)).reset_index(drop=True)
    released = release(door, frame, sheet)
    return [Table(released=released, columns=columns, limit=LONGEST)]
