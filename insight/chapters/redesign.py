"""What if: journeys under the redesigns that `place.toml` asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, file_names
from insight.chapters.redesign_gains import assumptions, gains
from insight.release import Sheet, release
from insight.report import (
    Bars,
    Picture,
    Section,
    Table,
    Text,
    bars,
    figure_of,
)
from journeys.redesign import redesign, redesign_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys.redesign import Redesigned

__all__ = ["redesign_chapter"]

NO_SEGMENT: Final = "No known segment"
MEANING: Final = (
    "Journeys are worked out again from the contacts on record, as each redesign would "
    "have them; no contact is added. Gross is what contacts cost that fall away where "
    "everyone is reached. Avoided is what is no longer spent at the stated reach and "
    "shares: the preventable share of the rule that found a contact, unless the "
    "redesign states its own. All money is unaudited."
)
METHOD: Final = (
    "Intervals (90 %) draw customers anew (Poisson bootstrap) and each assumption from "
    "its range (PERT) together. At worst and at best, every assumption stands at one "
    "end. The rules of duplication are run again on the new journeys: they may find "
    "more than before where work that parted two referrals falls away."
)


def redesign_chapter(followed: Followed) -> Chapter:
    """Work out every `[[redesigns]]` block: journeys, money, who gains and loses.

    Parameters
    ----------
    followed
        The journeys of a place that asks about one redesign or more.

    Raises
    ------
    JourneyError
        If a redesign is not one, or names what the log does not have.
    """
    changes = [redesign_of(each) for each in followed.opened.place.redesigns]
    files = file_names("redesign", [change.name for change in changes])
    made = [
        redesign(
            followed.found,
            change,
            segments=followed.segments,
            table=f"{followed.log.table}_redesign_{number}",
        )
        for number, change in enumerate(changes, start=1)
    ]
    totals = _totals(made, followed.door)
    blocks: list[Block] = [Text([MEANING]), *_overview(totals)]
    for each in made:
        blocks += _one(each, followed, files[each.change.name])
    blocks.append(Text([METHOD], tone="method"))
    said = [_said(totals, row) for row in range(len(made))]
    return Chapter(
        section=Section("redesign", "What if", " ".join(said[:1]), blocks),
        sentences=said,
        headlines=[],
    )


def _totals(made: list[Redesigned], door: Door) -> Released:
    """Release what each redesign comes to."""
    rows = [
        {
            "redesign": each.change.name,
            "customers": each.customers,
            "fallen": each.fallen,
            "gross_pence": each.money.gross.pence,
            "avoided_pence": each.money.avoided.pence,
            "offer_pence": each.money.offer.pence if each.money.offer else 0,
            "net_pence": each.money.net.pence,
            "net_low_pence": each.money.net.low,
            "net_high_pence": each.money.net.high,
            "worst_pence": each.money.least,
            "best_pence": each.money.most,
        }
        for each in made
    ]
    frame = pd.DataFrame(rows)
    money = [str(name) for name in frame if str(name).endswith("_pence")]
    return release(
        door,
        frame,
        Sheet(
            name="redesigns",
            title="What each redesign comes to",
            counts=["customers", "fallen"],
            of_people={"fallen": "customers"},
            measures=dict.fromkeys(money, "customers"),
            note="Money is unaudited; net is avoided less the cost of an offer.",
        ),
    )


def _said(totals: Released, row: int) -> str:
    """Say one redesign from what the door let out."""
    some = {
        name: figure_of(totals, name, label="", row=row).value
        for name in totals.kinds
        if totals.kinds[name] != "label"
    }
    return (
        f"{totals.frame['redesign'].iloc[row]}: the journeys of {some['customers']} "
        f"customers change and {some['fallen']} contacts fall away; what falls away, "
        f"work that is not repeated included, costs {some['gross_pence']} gross. Net "
        f"of any offer, {some['net_pence']} ({some['net_low_pence']} to "
        f"{some['net_high_pence']}) is no longer spent, unaudited."
    )


def _overview(totals: Released) -> list[Block]:
    columns = Bars(
        label="redesign", value="net_pence", low="net_low_pence", high="net_high_pence"
    )
    twin = Table(
        released=totals,
        columns={
            "redesign": "Redesign",
            "customers": "Customers whose journeys change",
            "fallen": "Contacts that fall away",
            "gross_pence": "Gross",
            "avoided_pence": "Avoided",
            "offer_pence": "Cost of the offer",
            "net_pence": "Net",
            "net_low_pence": "90 % from",
            "net_high_pence": "to",
            "worst_pence": "At worst",
            "best_pence": "At best",
        },
    )
    picture = Picture(
        drawing=bars(totals, columns),
        title="What each redesign would save",
        alt="Bars of net money no longer spent under each redesign, with intervals.",
        twin=twin,
    )
    return [picture]


def _one(made: Redesigned, followed: Followed, file: str) -> list[Block]:
    """Return the tables of one redesign."""
    name, door = made.change.name, followed.door
    blocks: list[Block] = [
        Text([f"{name}. {(type(made.change).__doc__ or '').splitlines()[0]}"]),
        _journeys(made, door, file),
        _rules(made, door, file),
        gains(made.by_agency, door, f"{file}_agencies", f"{name}: by agency"),
    ]
    if followed.segments:
        by = made.by_segment.assign(
            segment=_named(made.by_segment["segment"], followed.names)
        )
        blocks.append(gains(by, door, f"{file}_segments", f"{name}: by segment"))
    return [*blocks, assumptions(made, door, file)]


def _named(codes: pd.Series[str], names: Mapping[str, str]) -> pd.Series[str]:
    return codes.map(lambda code: names.get(code, code), na_action="ignore").fillna(
        NO_SEGMENT
    )


def _journeys(made: Redesigned, door: Door, file: str) -> Table:
    """Release how journeys are before and after."""
    measures = made.measures.set_index("measure")
    short = {
        "contacts": "contacts",
        "hand-offs": "handoffs",
        "mean time from first to last contact": "mean_days",
        "median time from first to last contact": "median_days",
        "median wait between agencies": "between_days",
        "median wait inside an agency": "inside_days",
    }
    frame = measures.loc[list(short), ["before", "after"]].T.rename(columns=short)
    days = [str(each) for each in frame if str(each).endswith("_days")]
    frame[days] = frame[days].round(1)
    frame = frame.astype({"contacts": "int64", "handoffs": "int64"})
    frame.insert(0, "journeys", ["as they are", "as redesigned, everyone reached"])
    frame["customers"] = made.before.log.n_customers
    released = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name=f"{file}_journeys",
            title=f"{made.change.name}: journeys before and after",
            counts=["customers", "contacts", "handoffs"],
            of_people={"contacts": "customers", "handoffs": "customers"},
            measures=dict.fromkeys(days, "customers"),
        ),
    )
    return Table(
        released=released,
        columns={
            "journeys": "Journeys",
            "customers": "Customers",
            "contacts": "Contacts",
            "handoffs": "Hand-offs",
            "mean_days": "Mean time, first to last contact",
            "median_days": "Median time",
            "between_days": "Median wait between agencies",
            "inside_days": "Median wait inside an agency",
        },
    )


def _rules(made: Redesigned, door: Door, file: str) -> Table:
    """Release what the rules find before and after."""
    counts = ["before", "after", "customers_before", "customers_after"]
    frame = made.rules[["rule", "title", *counts]]
    released = release(
        door,
        frame,
        Sheet(
            name=f"{file}_rules",
            title=f"{made.change.name}: what the rules find",
            counts=counts,
            of_people={"before": "customers_before", "after": "customers_after"},
        ),
    )
    headings = {"rule": "Rule", "title": "Finds", "before": "As it is"}
    return Table(
        released=released, columns={**headings, "after": "If everyone is reached"}
    )
