"""Who should sit together: agencies and services that share customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.release import Rate, Sheet, release
from insight.report import Column, Matrix, Section, Table, Text, figure_of
from journeys.hubs import customers_of_hubs, find_hubs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys.hubs import Hubs

__all__ = ["hubs_chapter"]

NAMED: Final = 4  # most members of a hub named in a sentence
LONGEST: Final = 8
WIDEST: Final = 25  # most columns of a grid on the page
NAMES: Final = {"agency": "agencies", "service": "services"}
METHOD: Final = (
    "By chance, agencies would spread the customers they share over one another in "
    "proportion to what each shares (quasi-independence; Goodman 1968); `lift` is what "
    "a pair shares over that. Hubs are communities (Louvain, resolution 1) of what is "
    "shared beyond chance. Customers, not contacts, are drawn again 200 times: how "
    "often a pair falls into one hub, how like itself a hub is (Jaccard index) and how "
    "often chance alone does as well (p) come from these. Up to 60 agencies or "
    "services with 10 customers or more are looked at."
)
MEANING: Final = (
    "Sharing customers is a reason to ask whether agencies should sit together, not "
    "proof that they should: what they do for them, and where, is for people to weigh."
)


def hubs_chapter(followed: Followed) -> Chapter:
    """Find hubs of agencies, and of services, and who their customers are.

    Parameters
    ----------
    followed
        The journeys of a place. Where it has segments, the customers of each hub are
        counted by segment too.
    """
    log, door = followed.log, followed.door
    agencies = find_hubs(log)
    totals = _totals(agencies, door)
    said = _said(agencies, totals)
    blocks: list[Block] = [
        Text([MEANING]),
        *_pairs(agencies, door),
        *_members(agencies, door),
        *_by_segment(followed, agencies),
    ]
    strength = [_strength(totals, "agencies")]
    if log.names["need"]:
        services = find_hubs(log, unit="service")
        of_services = _totals(services, door)
        blocks += [Text([_said(services, of_services)]), *_members(services, door)]
        strength.append(_strength(of_services, "services"))
    blocks.append(Text([METHOD, *filter(None, strength)], tone="method"))
    return Chapter(
        section=Section("hubs", "Who should sit together", said, blocks),
        sentences=[said],
        headlines=[],
    )


def _totals(hubs: Hubs, door: Door) -> Released:
    frame = pd.DataFrame(
        {
            "what": [f"customers of the {NAMES[hubs.unit]} looked at"],
            "customers": [hubs.n_customers],
            "shared": [hubs.n_shared],
            "hubs": [len(hubs.hubs)],
            "looked_at": [len(hubs.nodes)],
            "left_out": [hubs.left_out],
            "modularity": [round(hubs.modularity, 3)],
            "by_chance": [round(hubs.by_chance, 3)],
            "p": [round(hubs.p, 3)],
        }
    )
    sheet = Sheet(
        name=f"hubs_{hubs.unit}_totals",
        title=f"Customers that {NAMES[hubs.unit]} share",
        counts=["customers", "shared"],
        measures=dict.fromkeys(("modularity", "by_chance", "p"), "shared"),
        public=["hubs", "looked_at", "left_out"],
        rates={"shared_share": Rate("shared", "customers")},
    )
    return release(door, frame, sheet)


def _said(hubs: Hubs, totals: Released) -> str:
    """Say what stands out, from what the door let out."""
    what = NAMES[hubs.unit]
    some = {
        name: figure_of(totals, name, label="").value
        for name in ("customers", "shared", "shared_share", "p")
    }
    base = (
        f"{some['shared']} of {some['customers']} customers ({some['shared_share']}) "
        f"met two or more {what}"
    )
    tested = f"p = {some['p']}"
    if totals.hidden[["shared"]].to_numpy().any() or not len(hubs.nodes):
        return f"{base}: too few to look for hubs of {what}."
    if not hubs.stand_out:
        return f"{base}. No hubs of {what} stand out from chance ({tested})."
    first = hubs.hubs.iloc[0]
    members = first["members"].split(";")
    named = ", ".join(members[:NAMED])
    if len(members) > NAMED:
        named += f" and {len(members) - NAMED} more"
    stand = number_of(len(hubs.hubs), "hub", "hubs")
    verb = "stands" if len(hubs.hubs) == 1 else "stand"
    return (
        f"{base}. {stand} of {what} {verb} out from chance ({tested}). "
        f"The one of most customers is {named}."
    )


def _strength(totals: Released, what: str) -> str:
    """Say how far customers keep inside hubs, from what the door let out."""
    ours, chance = (
        figure_of(totals, name, label="").value for name in ("modularity", "by_chance")
    )
    return f"Modularity of hubs of {what}: {ours}, and {chance} by chance."


def _pairs(hubs: Hubs, door: Door) -> list[Block]:
    """Return the pairs of agencies as a grid of lift and a table."""
    if hubs.pairs.empty:
        return []
    ranked = hubs.pairs.sort_values("lift", ascending=False, kind="stable")
    decimals = dict.fromkeys(("lift", "low", "high", "together"), 2)
    columns = ["one", "other", "customers", "handovers", "handed", *decimals]
    frame = ranked[columns].round(decimals).reset_index(drop=True)
    released = release(
        door,
        frame,
        Sheet(
            name="hubs_pairs",
            title="Pairs of agencies, against chance",
            counts=["customers", "handovers", "handed"],
            of_people={"handovers": "handed"},
            measures=dict.fromkeys(decimals, "customers"),
            labels=["one", "other"],
            note="Lift: customers shared, over what chance would have them share.",
        ),
    )
    headings: dict[str, str | Column] = {
        "one": "Agency",
        "other": "With",
        "customers": "Customers shared",
        "lift": "Against chance",
        "low": "95 % from",
        "high": "to",
        "handovers": "Passed straight between them",
        "together": Column("Together when drawn again", "share"),
    }
    table = Table(released=released, columns=headings, limit=LONGEST)
    if len(hubs.nodes) > WIDEST:
        return [table]
    return [_grid(hubs, door), table]


def _grid(hubs: Hubs, door: Door) -> Matrix:
    """Return customers shared as a grid, in which hubs stand together."""
    nodes = hubs.nodes.sort_values(["hub", "name"], na_position="last")
    at = {name: place for place, name in enumerate(nodes["name"])}
    own = hubs.pairs[["one", "other", "customers"]]
    turned = own.rename(columns={"one": "other", "other": "one"})
    both = pd.concat([own, turned], ignore_index=True)
    order = both["one"].map(at) * len(at) + both["other"].map(at)
    released = release(
        door,
        both.iloc[order.argsort()].reset_index(drop=True),
        Sheet(
            name="hubs_grid",
            title="Customers that each two agencies share",
            counts=["customers"],
            labels=["one", "other"],
        ),
    )
    return Matrix(
        released=released,
        rows="one",
        columns="other",
        count="customers",
        title="Customers that agencies share",
        corner="Agency (down), with (across)",
        note="Agencies of one hub stand next to one another.",
    )


def _members(hubs: Hubs, door: Door) -> list[Block]:
    """List hubs, and how surely each agency belongs, where hubs stand out."""
    if not hubs.stand_out:
        return []
    frame = hubs.hubs.assign(
        members=hubs.hubs["members"].str.replace(";", ", "),
        found_again=hubs.hubs["found_again"].round(2),
        loosest=[_loosest(hubs, number) for number in hubs.hubs["hub"]],
    )
    released = release(
        door,
        frame,
        Sheet(
            name=f"hubs_{hubs.unit}",
            title=f"Hubs of {NAMES[hubs.unit]}",
            counts=["customers"],
            measures={"found_again": "customers"},
            public=["size"],
            labels=["hub", "members", "loosest"],
            note=(
                "Customers met two or more of a hub's members. Found again: how like "
                "itself a hub is when customers are drawn again."
            ),
        ),
    )
    headings: dict[str, str | Column] = {
        "hub": "Hub",
        "members": NAMES[hubs.unit].capitalize(),
        "customers": "Customers",
        "found_again": "Found again (1 is whole)",
        "loosest": "Belongs least surely",
    }
    return [Table(released=released, columns=headings, limit=LONGEST)]


def _loosest(hubs: Hubs, number: int) -> str:
    """Name the member that falls together with its hub least often."""
    own = hubs.nodes[(hubs.nodes["hub"] == number).fillna(value=False)]
    least = own.sort_values(["with_hub", "name"], kind="stable").iloc[0]
    return str(least["name"])


def _by_segment(followed: Followed, hubs: Hubs) -> list[Block]:
    """Count the customers of each hub by segment."""
    if followed.segments is None or not hubs.stand_out:
        return []
    counts = customers_of_hubs(followed.log, hubs, segments=followed.segments)
    counts = counts.dropna(subset="segment")
    if counts.empty:
        return []
    frame = counts.assign(
        segment=counts["segment"].astype("str"),
        name=_named(counts["segment"].astype("str"), followed.names),
        hub="Hub " + counts["hub"].astype("str"),
    )
    released = release(
        followed.door,
        frame.reset_index(drop=True),
        Sheet(
            name=f"hubs_{hubs.unit}_segments",
            title=f"Customers of hubs of {NAMES[hubs.unit]}, by segment",
            counts=["customers"],
            labels=["segment", "name", "hub"],
        ),
    )
    grid = Matrix(
        released=released,
        rows="name",
        columns="hub",
        count="customers",
        title=f"Who the hubs of {NAMES[hubs.unit]} would serve",
        corner="Segment (down), hub (across)",
    )
    return [grid]


def _named(codes: pd.Series, names: Mapping[str, str]) -> pd.Series:
    return codes.map(lambda code: f"{code} {names.get(code, '')}".strip())
