"""One programme of prevention on the page: its worth, to whom, when, what moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release
from insight.report import (
    Bars,
    Column,
    Lines,
    Matrix,
    Picture,
    Table,
    Text,
    bars,
    lines,
)
from insight.report.formats import said_short
from insight.savings.sensitivity import by_lag, tornado

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Door
    from insight.report import Block
    from insight.savings.results import Prevention
    from insight.savings.streams import Stream

__all__ = ["programme_blocks"]

UNAUDITED: Final = "Stated costs and benefits at present value, unaudited."
WHAT: Final = {"pays_pence": "Pays", "gains_pence": "Gains", "net_pence": "Net"}


def programme_blocks(
    programme: str, streams: Sequence[Stream], found: Prevention, name: str, door: Door
) -> list[Block]:
    """Return what a programme is worth, to whom, when, and what moves the answer.

    Parameters
    ----------
    programme, name
        What it is called, and what its files are.
    streams, found
        Its costs and benefits, and what came of weighing them.
    door
        Every figure goes through it; streams are about money, not about people.
    """
    return [
        Text([f"{programme}. {found}"]),
        *_who(programme, found, name, door),
        _when(programme, found, name, door),
        _tornado(programme, streams, found, name, door),
        _lags(programme, streams, found, name, door),
    ]


def _who(programme: str, found: Prevention, name: str, door: Door) -> list[Block]:
    money = [*WHAT, "low_pence", "high_pence"]
    shares = ["cost_share", "benefit_share", "covers"]
    frame = found.agencies.round(dict.fromkeys(money, 0) | dict.fromkeys(shares, 4))
    table = release(
        door,
        frame,
        Sheet(
            name=f"{name}_agencies",
            title=f"Who pays and who gains: {programme}",
            public=[*money, *shares],
            note=UNAUDITED,
        ),
    )
    signed = frame.assign(pays_pence=0 - frame["pays_pence"])
    long = signed.melt("agency", list(WHAT), "what", "amount_pence")
    grid = release(
        door,
        long.assign(what=long["what"].map(WHAT)),
        Sheet(
            name=f"{name}_pays_and_gains",
            title=f"Paid, gained and net by agency: {programme}",
            public=["amount_pence"],
            note=UNAUDITED,
        ),
    )
    return [
        Matrix(
            released=grid,
            rows="agency",
            columns="what",
            measure="amount_pence",
            scale="diverging",
            title=f"Who pays and who gains: {programme}",
            corner="Agency (down), present value (across)",
            note=UNAUDITED,
        ),
        Table(
            released=table,
            columns={
                "agency": "Agency",
                **WHAT,
                "low_pence": "Net, low",
                "high_pence": "Net, high",
                "cost_share": Column("Of all costs", "share"),
                "benefit_share": Column("Of all benefits", "share"),
                "covers": "Its gain, times all costs",
            },
            note="95 % intervals, streams independent.",
        ),
    ]


def _when(programme: str, found: Prevention, name: str, door: Door) -> Picture:
    money = [column for column in found.years.columns if column != "year"]
    released = release(
        door,
        found.years.round(dict.fromkeys(money, 0)),
        Sheet(
            name=f"{name}_years",
            title=f"Benefits less costs, summed up: {programme}",
            labels=["year"],
            public=money,
            note=UNAUDITED,
        ),
    )
    drawing = lines(
        released,
        Lines(
            x="year",
            y="running_pence",
            low="low_pence",
            high="high_pence",
            x_title="Year",
            y_title="Benefits less costs so far",
        ),
    )
    year = found.break_even_year
    reached = f"stays above nought from {year}" if year else "does not reach nought"
    alt = (
        "A line of benefits less costs, discounted and summed up by year. It "
        f"{reached} and ends at {said_short(found.npv.central, 'pence')}."
    )
    return Picture(
        drawing=drawing,
        title=f"When it pays back: {programme}",
        alt=alt,
        twin=Table(
            released=released,
            columns={
                "year": "Year",
                "cost_pence": "Cost",
                "benefit_pence": "Benefit",
                "running_pence": "Net so far",
                "low_pence": "Low",
                "high_pence": "High",
            },
            note="95 % interval, streams independent.",
        ),
    )


def _tornado(
    programme: str,
    streams: Sequence[Stream],
    found: Prevention,
    name: str,
    door: Door,
) -> Picture:
    swings = tornado(streams, found.assumed)
    ends = ["npv_low_pence", "npv_high_pence"]
    swings["npv_pence"] = found.npv.central
    swings["worst_pence"] = swings[[*ends, "npv_pence"]].min(axis=1)
    swings["best_pence"] = swings[[*ends, "npv_pence"]].max(axis=1)
    words = swings["at_low"] + " to " + swings["at_high"]
    swings["moved"] = swings["input"] + ": " + words
    money = ["npv_pence", "worst_pence", "best_pence"]
    released = release(
        door,
        swings[["moved", *money]].round(0),
        Sheet(
            name=f"{name}_tornado",
            title=f"What moves the answer: {programme}",
            public=money,
            note=f"{UNAUDITED} Ends of stated assumptions are ours.",
        ),
    )
    drawing = bars(
        released,
        Bars(label="moved", value="npv_pence", low="worst_pence", high="best_pence"),
    )
    widest = swings["moved"].iloc[0] if len(swings) else "nothing"
    return Picture(
        drawing=drawing,
        title=f"What moves the answer: {programme}",
        alt=(
            "Net present value with one input at a time from its low to its high, the "
            f"widest first. Widest: {widest}."
        ),
        twin=Table(
            released=released,
            columns={
                "moved": "Input, and its ends",
                "npv_pence": "Net, as assumed",
                "worst_pence": "Net, at worst",
                "best_pence": "Net, at best",
            },
        ),
    )


def _lags(
    programme: str,
    streams: Sequence[Stream],
    found: Prevention,
    name: str,
    door: Door,
) -> Picture:
    lags = by_lag(streams, found.assumed)
    released = release(
        door,
        lags.round({"ratio": 4, "npv_pence": 0}),
        Sheet(
            name=f"{name}_lags",
            title=f"If benefits come later: {programme}",
            labels=["break_even_year"],
            public=["lag_years", "ratio", "npv_pence"],
            note=(
                f"{UNAUDITED} Moved on: later, in full. Squeezed: in fewer years, in "
                "full. Cut short: what is missed is lost."
            ),
        ),
    )
    latest = lags[lags["lag"] == "moved on"].iloc[-1]
    return Picture(
        drawing=lines(
            released,
            Lines(
                x="lag_years",
                y="ratio",
                series="lag",
                x_title="Years later",
                y_title="Benefit for each pound of cost",
            ),
        ),
        title=f"If benefits come later: {programme}",
        alt=(
            "Lines of the benefit-cost ratio by years of lag, one for each sense of "
            f"later. Moved on {latest['lag_years']} years it is {latest['ratio']:.2f}."
        ),
        twin=Table(
            released=released,
            columns={
                "lag": "Later, how",
                "lag_years": "Years",
                "ratio": "Ratio",
                "npv_pence": "Net",
                "break_even_year": "Breaks even",
            },
        ),
    )
