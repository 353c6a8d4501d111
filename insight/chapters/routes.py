"""Where money comes from, whom it passes, and who spends it in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter, file_names, number_of
from insight.chapters.spend_lines import UNAUDITED, counted_lines, frame_of
from insight.release import Sheet, release
from insight.report import Column, Figure, Picture, Section, Table, Text
from insight.report.formats import said_short
from insight.report.routes import route_map
from insight.spend.cofog import cofog_1999
from insight.spend.per_segment import pounds
from insight.spend.routes import routes_by_period

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend.routes import Routes
    from place import OpenPlace

__all__ = ["routes_chapter"]

TITLE: Final = "How money reaches those who spend it"
LONGEST: Final = 15
ROLES: Final = ("source", "intermediary", "final spender")
MEANING: Final = (
    "A long or tangled route does not in itself show that money leaks or that work is "
    "done twice; it shows where money for distribution, funding and governance may be "
    "spent, and whom to ask."
)
METHOD: Final = (
    "A stream is money of one programme from one body to another: a transfer, income "
    "of a body's own, or a source that a line of spend names where no transfers show "
    "the way. Final spend is counted where it is spent, never as a sum of transfers. "
    "At each body that is paid, money in less money on, final spend and declared cost "
    "of distribution should leave nothing; what is left beyond 1 % is unexplained. "
    "Depth is the number of transfers that a body's money has been through, weighted "
    "by money (trophic level less one; Levine 1980). Rings are strongly connected "
    "components, found before anything is drawn."
)


def routes_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Trace money from source to final spender, and draw the route map.

    Parameters
    ----------
    opened
        A place with `spend` and `transfers`; with `own_income` too, money that bodies
        raise themselves is on the map.
    door
        Every figure goes through it.

    Raises
    ------
    InsightError
        If transfers or spend cannot be traced.
    """
    spend, passed = counted_lines(opened)
    transfers = frame_of(opened, "transfers")
    if transfers is None:
        said = "Routes cannot be traced without transfers. Supply the table transfers."
        return Chapter(section=Section("routes", TITLE, said), sentences=[said])
    found = routes_by_period(spend, transfers, frame_of(opened, "own_income"))
    several = len(found) > 1
    names = file_names("routes", found) if several else dict.fromkeys(found, "routes")
    sentences: list[str] = []
    blocks: list[Block] = []
    for period, routes in found.items():
        ahead = f"{period}: " if several else ""
        sentences.append(f"{ahead}{routes}")
        if ahead and period != next(iter(found)):
            blocks.append(Text([sentences[-1]], tone="finding"))
        blocks += _period(routes, names[period], door)
    if passed:
        blocks.append(Text(["What was passed over:"], passed, "caution"))
    blocks += [Text([MEANING]), Text([METHOD], tone="method")]
    last = list(found.values())[-1]
    card = Figure(
        said_short(last.spent_pence, "pence"),
        "of final spend traced",
        f"{last.steps:.1f} transfers on average, unaudited",
    )
    return Chapter(
        section=Section("routes", TITLE, sentences[0], blocks),
        sentences=sentences,
        headlines=[card],
    )


def _period(routes: Routes, name: str, door: Door) -> list[Block]:
    """Return what is shown of one period."""
    bodies = _bodies(routes, name, door)
    cautions = [*_unexplained(routes), *routes.notes]
    return [
        *([Text(["To look into:"], cautions, "caution")] if cautions else []),
        *_map(routes, bodies, name, door),
        _balance(bodies),
        _layers(routes, name, door),
        *_funders(routes, name, door),
        *_small(routes, name, door),
    ]


def _unexplained(routes: Routes) -> list[str]:
    """Say each body at which money in and money out do not agree, the most first."""
    odd = routes.bodies[routes.bodies["unexplained"]]
    odd = odd.sort_values("residual_pence", key=lambda s: -s.abs(), kind="stable")
    said = [
        f"{body}: {pounds(row['residual_pence'])} came in that no record says went out "
        "or was spent."
        if row["residual_pence"] > 0
        else f"{body}: {pounds(-row['residual_pence'])} went out or was spent that no "
        "record says came in."
        for body, row in odd.iterrows()
    ]
    rings = [f"Money goes round among {', '.join(ring)}." for ring in routes.rings]
    return said + rings


def _bodies(routes: Routes, name: str, door: Door) -> Released:
    """Release what comes to, leaves and stays at each body."""
    frame = routes.bodies.reset_index().round({"depth": 2})
    order = frame["role"].map(ROLES.index)
    frame = frame.assign(order=order).sort_values(
        ["order", "spent_pence", "out_pence", "body"],
        ascending=[True, False, False, True],
    )
    agrees = frame["unexplained"].map({True: "no", False: "yes"})
    frame["agrees"] = agrees.mask(frame["in_pence"] == 0, "starts here")
    money = [name for name in map(str, frame) if name.endswith("_pence")]
    columns = ["body", "role", "agrees", "column", *money]
    columns += ["depth", "paths", "payers", "sources"]
    return release(
        door,
        frame[columns].reset_index(drop=True),
        Sheet(
            name=f"{name}_bodies",
            title="Money in and money out, by body",
            public=[*money, "depth", "paths", "payers", "sources"],
            labels=["body", "column"],
            note=UNAUDITED,
        ),
    )


def _map(routes: Routes, bodies: Released, name: str, door: Door) -> list[Block]:
    """Return the route map, with its streams as a table."""
    if routes.streams.empty:
        return []
    frame = routes.streams.sort_values("amount_pence", ascending=False, kind="stable")
    streams = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name=f"{name}_streams",
            title="Streams of money",
            public=["amount_pence", "cost_pence"],
            labels=["payer", "payee", "programme", "conditions"],
            note=UNAUDITED,
        ),
    )
    largest = frame.iloc[0]
    roles = routes.bodies["role"].value_counts()
    sources = number_of(int(roles.get("source", 0)), "source")
    alt = (
        f"Bands of money from {sources} on the left through "
        f"{roles.get('intermediary', 0)} intermediaries "
        f"to {number_of(int(roles.get('final spender', 0)), 'final spender')} on the "
        f"right. The largest stream goes from {largest['payer']} to "
        f"{largest['payee']}: {pounds(largest['amount_pence'])}. "
        f"{pounds(routes.spent_pence)} is spent in the end."
    )
    return [
        Picture(
            drawing=route_map(streams, bodies),
            title="Route map" if name == "routes" else f"Route map, {name[7:]}",
            alt=alt,
            twin=Table(
                released=streams,
                columns={
                    "payer": "From",
                    "payee": "To",
                    "programme": "Programme",
                    "conditions": "Conditions",
                    "amount_pence": "Money",
                    "cost_pence": "Declared cost of distribution",
                    "seen_in": "Seen in",
                },
                limit=2 * LONGEST,
                note="A pound stands in every step of its way: do not add streams up.",
            ),
        )
    ]


def _balance(bodies: Released) -> Table:
    return Table(
        released=bodies,
        columns={
            "body": "Body",
            "role": "Role",
            "in_pence": "Came in",
            "out_pence": "Passed on",
            "spent_pence": "Spent here",
            "cost_pence": "Declared cost of distribution",
            "residual_pence": "Left over",
            "agrees": "Agrees",
            "depth": "Transfers so far",
            "paths": "Paths from a source",
            "payers": "Payers",
            "sources": "Sources",
        },
        note="Spent here adds up to final spend, each pound once.",
    )


def _layers(routes: Routes, name: str, door: Door) -> Table:
    frame = routes.layers.reset_index().round({"hhi": 3, "effective": 1})
    released = release(
        door,
        frame,
        Sheet(
            name=f"{name}_layers",
            title="How concentrated each layer is",
            public=["bodies", "amount_pence", "hhi", "effective"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "layer": "Layer",
            "bodies": "Bodies",
            "amount_pence": "Money",
            "hhi": "Herfindahl index",
            "effective": "As if so many alike",
        },
        note="A pound may pass through every layer: do not add them up.",
    )


def _funders(routes: Routes, name: str, door: Door) -> list[Block]:
    """Return final spenders with several sources for one function."""
    frame = routes.funders[routes.funders["sources"] > 1]
    if frame.empty:
        return []
    called = cofog_1999()["name"]
    frame = frame.assign(
        function=[
            f"{code} {called[code]}" if code in called else "COFOG code not known"
            for code in frame["division"]
        ]
    )
    columns = ["body", "function", "sources", "programmes", "amount_pence"]
    released = release(
        door,
        frame[columns].reset_index(drop=True),
        Sheet(
            name=f"{name}_funders",
            title="Spenders with several sources for one function",
            public=["sources", "programmes", "amount_pence"],
            labels=["body"],
            note=UNAUDITED,
        ),
    )
    headings: dict[str, str | Column] = {
        "body": "Body",
        "function": "Function",
        "sources": "Sources",
        "programmes": "Programmes",
        "amount_pence": "Spend",
    }
    return [Table(released=released, columns=headings, limit=LONGEST)]


def _small(routes: Routes, name: str, door: Door) -> list[Block]:
    frame = routes.small.assign(
        below=[said_short(pence, "pence") for pence in routes.small["below_pence"]]
    )
    released = release(
        door,
        frame[["below", "streams", "of_all", "amount_pence"]],
        Sheet(
            name=f"{name}_small_streams",
            title="Small streams",
            public=["streams", "of_all", "amount_pence"],
            labels=["below"],
            note=UNAUDITED,
        ),
    )
    headings: dict[str, str | Column] = {
        "below": "Less than",
        "streams": "Streams",
        "of_all": "Of all",
        "amount_pence": "Money together",
    }
    return [Table(released=released, columns=headings)]
