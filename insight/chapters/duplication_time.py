"""Time that duplication takes, and ways that lead back, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.moves import common_rows
from insight.release import Rate, Sheet, release
from insight.report import Table, Text, figure_of
from journeys import directly_follows
from journeys.duplication.handoff_delay import handoffs_judged
from journeys.duplication.parallel_holding import depths_of, excess_holding
from journeys.duplication.rework import backward_steps

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Door
    from insight.report import Block
    from journeys import Duplication, Log
    from journeys.duplication import RuleCount

__all__ = ["time_blocks"]

LONGEST: Final = 8  # most rows of a table on the page


def time_blocks(followed: Followed) -> list[Block]:
    """Return what cases side by side, slow hand-offs and circles amount to.

    Parameters
    ----------
    followed
        The journeys of a place.
    """
    found, log, door = followed.found, followed.log, followed.door
    counts = {one.rule: one for one in found.by_rule if one.findings}
    blocks: list[Block] = []
    if "D2" in counts:
        blocks += _side_by_side(log, counts["D2"], door)
    if "D8" in counts:
        blocks += _slow(log, counts["D8"], door)
    if "D3" in counts and found.cycles:
        blocks += _circles(found, counts["D3"], door)
    return [*blocks, *_backward(log, door)]


def _side_by_side(log: Log, count: RuleCount, door: Door) -> list[Block]:
    days = pd.DataFrame(
        {
            "what": ["cases opened beside another agency's"],
            "findings": [count.findings],
            "customers": [count.customers],
            "agency_days": [round(excess_holding(log).agency_days)],
        }
    )
    sheet = Sheet(
        name="parallel_days",
        title="Days that agencies beyond the first held cases",
        counts=["findings", "customers"],
        of_people={"findings": "customers"},
        measures={"agency_days": "findings"},
    )
    told = release(door, days, sheet)
    depths = release(
        door,
        depths_of(log),
        Sheet(
            name="parallel_depths",
            title="Agencies that held one customer for one need at once",
            counts=["findings", "customers"],
            of_people={"findings": "customers"},
            labels=["at_once"],
        ),
    )
    shown = depths.frame[depths.frame["findings"].notna()]
    most = f", and up to {shown['at_once'].iloc[-1]} at once" if len(shown) else ""
    cases = figure_of(told, "findings", label="").value
    held = figure_of(told, "agency_days", label="").value
    said = (
        f"{cases} cases were opened while another agency held one for the same need. "
        f"Agencies beyond the first held them for {held} in all{most}, as far as may "
        "be shown."
    )
    return [Text([said])]


def _slow(log: Log, count: RuleCount, door: Door) -> list[Block]:
    judged = handoffs_judged(log)
    frame = pd.DataFrame(
        {
            "what": ["hand-offs between agencies"],
            "handoffs": [judged.handoffs],
            "judged": [judged.judged],
            "slow": [judged.slow],
            "customers": [count.customers],
            "all_customers": [log.n_customers],
            "excess_days": [round(judged.excess_days)],
        }
    )
    sheet = Sheet(
        name="handoff_delays",
        title="Hand-offs slower than the same step inside one agency",
        counts=["handoffs", "judged", "slow", "customers", "all_customers"],
        of_people={
            "handoffs": "all_customers",
            "judged": "all_customers",
            "slow": "customers",
        },
        measures={"excess_days": "slow"},
    )
    told = release(door, frame, sheet)
    value = {name: figure_of(told, name, label="").value for name in told.kinds}
    said = (
        f"{value['slow']} of {value['judged']} hand-offs between agencies took much "
        "longer than the same step inside one agency, and customers waited "
        f"{value['excess_days']} longer in all. The other hand-offs, of "
        f"{value['handoffs']}, have no such step to be compared with."
    )
    return [Text([said])]


def _circles(found: Duplication, count: RuleCount, door: Door) -> list[Block]:
    frame = pd.DataFrame({"what": ["circles closed"], "cycles": [found.cycles]})
    frame["customers"] = count.customers
    sheet = Sheet(
        name="ping_pong_cycles",
        title="Circles that referrals closed",
        counts=["cycles", "customers"],
        of_people={"cycles": "customers"},
    )
    told = figure_of(release(door, frame, sheet), "cycles", label="").value
    said = (
        f"Referrals closed {told} circles, each counted once however long it went on."
    )
    return [Text([said])]


def _backward(log: Log, door: Door) -> list[Block]:
    """Show steps that lead back, of those that enough customers take."""
    moves = directly_follows(log, measures=["customers"])
    back = backward_steps(common_rows(moves, door))
    if back.steps.empty:
        return []
    frame = pd.DataFrame({"what": ["all steps"], "steps": [back.n_moves]})
    frame["back"] = int(back.steps["count"].sum())
    frame["customers"] = log.n_customers
    sheet = Sheet(
        name="steps_back_totals",
        title="Steps that lead back",
        counts=["steps", "back", "customers"],
        of_people={"steps": "customers", "back": "customers"},
        rates={"back_share": Rate("back", "steps")},
    )
    share = figure_of(release(door, frame, sheet), "back_share", label="").value
    released = release(
        door,
        back.steps[["source", "target", "count", "customers"]],
        Sheet(
            name="steps_back",
            title="Steps that lead back to an earlier activity",
            counts=["count", "customers"],
            of_people={"count": "customers"},
            labels=["source", "target"],
        ),
    )
    said = (
        f"{share} of the common steps go against the order that most steps follow, "
        "back to an earlier activity or to the same one."
    )
    table = Table(
        released=released,
        columns={
            "source": "From",
            "target": "Back to",
            "count": "Times",
            "customers": "Customers",
        },
        limit=LONGEST,
    )
    return [Text([said]), table]
