"""What if: journeys under the redesigns that `place.toml` asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, file_names, number_of
from insight.chapters.duplication_pairs import NO_SEGMENT
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

AS_IT_IS: Final = "As it is"
SHORT: Final = {
    "contacts": "contacts",
    "hand-offs": "handoffs",
    "mean time from first to last contact": "mean_days",
    "median time from first to last contact": "median_days",
    "median wait between agencies": "between_days",
    "median wait inside an agency": "inside_days",
}
MEANING: Final = (
    "Journeys are worked out again from the contacts on record, as each redesign would "
    "have them; no contact is added. Gross is what contacts cost that fall away where "
    "everyone is reached. Avoided is what is no longer spent at the stated reach and "
    "shares: the preventable share of the rule that found a contact, unless the "
    "redesign states its own. All money is an unaudited estimate, whatever audit "
    "stands behind the cost of what is done twice."
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
    blocks: list[Block] = [
        Text([MEANING]),
        *_overview(totals),
        _journeys(made, followed.door),
        _rules(made, followed.door),
    ]
    said = [_said(totals, row) for row in range(len(made))]
    for each, sentence in zip(made, said, strict=True):
        blocks += _one(each, sentence, followed, files[each.change.name])
    blocks += [assumptions(made, followed.door), Text([METHOD], tone="method")]
    return Chapter(
        section=Section("redesign", "What if", _lead(totals), blocks),
        sentences=said,
        headlines=[],
    )


def _lead(totals: Released) -> str:
    """Say which redesign saves most, of the figures that may be shown."""
    known = totals.frame["net_pence"].astype("Float64")
    if known.isna().all():
        return "No redesign changes enough journeys for its money to be shown."
    best = int(known.fillna(known.min()).to_numpy().argmax())
    net, low, high = (
        figure_of(totals, f"{name}_pence", label="", row=best).value
        for name in ("net", "net_low", "net_high")
    )
    asked = number_of(len(known), "redesign")
    return (
        f"Of {asked} asked about, the most would be saved by "
        f"{totals.frame['redesign'].iloc[best]}: {net} ({low} to {high}), an "
        "unaudited estimate, net of any offer."
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
        f"customers change and {some['fallen']} contacts fall away; with work that "
        f"is not repeated they cost {some['gross_pence']} gross. Net of any offer, "
        f"{some['net_pence']} ({some['net_low_pence']} to "
        f"{some['net_high_pence']}) is no longer spent, an unaudited estimate."
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


def _one(made: Redesigned, said: str, followed: Followed, file: str) -> list[Block]:
    """Return who gains and loses by one redesign."""
    name, door = made.change.name, followed.door
    what = (type(made.change).__doc__ or "").splitlines()[0]
    blocks: list[Block] = [
        Text([f"{said} What it does: {what[:1].lower()}{what[1:]}"]),
        gains(made.by_agency, door, f"{file}_agencies", f"{name}: by agency"),
    ]
    if followed.segments:
        by = made.by_segment.assign(
            segment=_named(made.by_segment["segment"], followed.names)
        )
        blocks.append(gains(by, door, f"{file}_segments", f"{name}: by segment"))
    return blocks


def _named(codes: pd.Series[str], names: Mapping[str, str]) -> pd.Series[str]:
    return codes.map(lambda code: names.get(code, code), na_action="ignore").fillna(
        NO_SEGMENT
    )


def _journeys(made: list[Redesigned], door: Door) -> Table:
    """Release how journeys are as they are, and under each redesign."""
    as_it_is = made[0].measures.set_index("measure")["before"]
    after = [each.measures.set_index("measure")["after"] for each in made]
    frame = pd.DataFrame([as_it_is, *after])[list(SHORT)].rename(columns=SHORT)
    days = [str(each) for each in frame if str(each).endswith("_days")]
    frame[days] = frame[days].round(1)
    frame = frame.astype({"contacts": "int64", "handoffs": "int64"})
    frame.insert(0, "journeys", [AS_IT_IS, *(each.change.name for each in made)])
    frame["customers"] = made[0].before.log.n_customers
    released = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name="redesign_journeys",
            title="Journeys as they are, and if everyone were reached",
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


def _rules(made: list[Redesigned], door: Door) -> Table:
    """Release what the rules find as it is, and under each redesign."""
    first = made[0].rules
    frame = pd.DataFrame({"rule": first["rule"] + " " + first["title"]})
    frame["found"], frame["customers"] = first["before"], first["customers_before"]
    of_people = {"found": "customers"}
    headings = {"rule": "Rule", "found": "As it is"}
    for at, each in enumerate(made, start=1):
        after = f"found_{at}"
        frame[after] = each.rules["after"]
        frame[f"customers_{at}"] = each.rules["customers_after"]
        of_people[after] = f"customers_{at}"
        headings[after] = each.change.name
    released = release(
        door,
        frame,
        Sheet(
            name="redesign_rules",
            title="What the rules would find, if everyone were reached",
            counts=[str(each) for each in frame.columns[1:]],
            of_people=of_people,
            note="The file names redesigns by number, in this order.",
        ),
    )
    return Table(released=released, columns=headings)
