"""How much of what is spent is under local control, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.spend_lines import UNAUDITED, counted_lines, frame_of
from insight.release import Sheet, release
from insight.report import Column, Figure, Picture, Section, Table, Text
from insight.report.spectrum import spectrum
from insight.spend.control import NOT_SCORED, SHIFTS, local_control, shares_by_body
from insight.spend.control_rules import CLASSES, FACTORS, control_rubric, from_points
from insight.spend.control_scores import between
from insight.spend.per_segment import pounds
from insight.spend.routes import routes_by_period

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from insight.spend.control import LocalControl
    from place import OpenPlace

__all__ = ["control_chapter"]

TITLE: Final = "How much is under local control"
LONGEST: Final = 15
HEADINGS: Final[dict[str, str | Column]] = {
    "statutory_duty": "Duty in law",
    "central_targets": "Central targets",
    "conditions": "Conditions",
    "intermediaries": "Bodies in between",
}
UPPER: Final = (
    "Who spends is an upper bound of who controls: in 2010 Worcestershire's local "
    "authorities spent 27 % (Table 3), and the pilot found that local government "
    "controlled only about 25 %."
)


def control_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Class spend by local control, and show how far the rules decide it.

    Parameters
    ----------
    opened
        A place with `spend`. With `control`, lines are classed; without, only who
        spends is shown. With `transfers`, bodies in between are counted on the
        routes, of the last period where there are several.
    door
        Every figure goes through it.
    """
    spend, passed = counted_lines(opened)
    scores = frame_of(opened, "control")
    if scores is None:
        bodies = shares_by_body(spend)
        lead = (
            f"Local authorities spend {bodies['share']['local authorities']:.0%} of "
            f"{pounds(int(bodies['amount_pence'].sum()))}. How much of it is under "
            "local control is not known: supply the table control."
        )
        blocks: list[Block] = [_bodies(bodies, door)]
        return Chapter(
            section=Section("control", TITLE, lead, blocks), sentences=[lead]
        )
    found = local_control(spend, scores, between=_between(opened, spend))
    lead = str(found)
    blocks = [
        _picture(found, door),
        _shares(found, door),
        _bodies(found.bodies, door),
        _lines(spend, found, door),
        *([Text(["What was passed over:"], passed, "caution")] if passed else []),
        Text([], _method(), "method"),
    ]
    held = found.shares.loc[["some", "high"], "as scored"].sum()
    card = Figure(
        f"{held:.0%}", "of spend under some or high local control", "unaudited"
    )
    return Chapter(
        section=Section("control", TITLE, lead, blocks),
        sentences=[lead],
        headlines=[card],
    )


def _between(opened: OpenPlace, spend: pd.DataFrame) -> dict[str, float]:
    """Return how many bodies stand between the source and each, where it is known."""
    transfers = frame_of(opened, "transfers")
    if transfers is None:
        return {}
    by_period = routes_by_period(spend, transfers, frame_of(opened, "own_income"))
    return between(list(by_period.values())[-1])


def _picture(found: LocalControl, door: Door) -> Picture:
    whole = found.shares[["amount_pence"]].reset_index()
    whole["share"] = whole["amount_pence"] / found.total_pence
    rows = [whole[whole["amount_pence"] != 0].assign(body_kind="all spend")]
    frame = pd.concat([*rows, found.spectrum.drop(columns="lines")], ignore_index=True)
    released = release(
        door,
        frame[["body_kind", "control", "amount_pence", "share"]].round({"share": 4}),
        Sheet(
            name="local_control",
            title="Spend by local control and kind of body",
            public=["amount_pence", "share"],
            note=UNAUDITED,
        ),
    )
    shares = found.shares["as scored"]
    alt = "Bars cut into classes of local control, all spend first. " + " ".join(
        f"{name.capitalize()}: {shares[name]:.0%}." for name in shares.index
    )
    return Picture(
        drawing=spectrum(released, ("body_kind", "control", "share"), classes=CLASSES),
        title="Spectrum of local control",
        alt=alt,
        twin=Table(
            released=released,
            columns={
                "body_kind": "Spent by",
                "control": "Local control",
                "amount_pence": "Spend",
                "share": Column("Share of its spend", "share"),
            },
        ),
    )


def _shares(found: LocalControl, door: Door) -> Table:
    """Return the share of each class, and what it is when scores are shifted."""
    frame = found.shares.reset_index().round(4)
    released = release(
        door,
        frame,
        Sheet(
            name="local_control_shares",
            title="Share of spend by local control, if scores were other",
            public=["amount_pence", *SHIFTS],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "control": "Local control",
            "amount_pence": "Spend",
            **{name: Column(name.capitalize(), "share") for name in SHIFTS},
        },
        note="More points, less control. Scores are a judgement: see how far it moves.",
    )


def _bodies(bodies: pd.DataFrame, door: Door) -> Table:
    released = release(
        door,
        bodies.reset_index().round({"share": 4}),
        Sheet(
            name="spend_by_kind_of_body",
            title="Who spends, as Table 3 of the 2010 report has it",
            public=["lines", "amount_pence", "share"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "group": "Kind of body",
            "lines": "Lines",
            "amount_pence": "Spend",
            "share": Column("Share of all spend", "share"),
        },
        note=UPPER,
    )


def _lines(spend: pd.DataFrame, found: LocalControl, door: Door) -> Table:
    """Return lines with their scores, those of most money first."""
    columns = ["programme", "body", "cofog", "amount_pence"]
    frame = spend[columns].join(found.lines).fillna({"programme": "not named"})
    frame = frame.sort_values(
        ["amount_pence", *columns[:3]], ascending=[False, True, True, True]
    )
    released = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name="local_control_lines",
            title="Lines of spend and what weakens local control of them",
            public=["amount_pence", *FACTORS, "points"],
            labels=["programme", "body", "cofog"],
            note=UNAUDITED,
        ),
    )
    return Table(
        released=released,
        columns={
            "programme": "Programme",
            "body": "Body",
            "amount_pence": "Spend",
            **HEADINGS,
            "points": "Points",
            "control": "Local control",
        },
        limit=LONGEST,
        note="Each factor scores 0 (does not weaken control) to 2 (decides).",
    )


def _method() -> list[str]:
    rubric = control_rubric()
    version = rubric["version"].iloc[0]
    steps = ", ".join(f"{name} from {points}" for name, points in from_points().items())
    rules = (
        f"Points are the sum of four scores; class: {steps} (rules version {version}, "
        "`control_rubric.csv` and `control_classes.csv`; the four factors are the 2010 "
        "report's, their scores and the rules are ours). Spend of central government "
        "is under no local control, that of regional bodies under low at most. A line "
        f'is "{NOT_SCORED}" unless its class is the same whatever its missing scores.'
    )
    factors = rubric["factor"].str.replace("_", " ").str.capitalize()
    anchors = zip(factors, rubric["score"], rubric["anchor"], strict=True)
    return [rules, *(f"{factor} {n}: {anchor}" for factor, n, anchor in anchors)]
