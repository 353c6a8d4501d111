"""Costs and benefits over years, and what a pound of each is worth today.

A stream runs from a first year to a last one. Stated assumptions turn it into value
at the start: a discount rate, optimism bias (costs up, benefits down), and a lag of
the benefits, which can mean three things that differ much, so one is named:

- "moved on": every benefit comes so many years later, in full;
- "squeezed": it starts later, ends when it would have, and is as much in all;
- "cut short": it starts later, ends when it would have, and what is missed is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from insight.errors import InsightError
from journeys.cost.money import Range
from place.savings_tables import AMOUNT_IS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["STATED_RATE", "Assumptions", "Lag", "Stream", "streams_of", "yearly"]

Lag: TypeAlias = Literal["moved on", "squeezed", "cut short"]

STATED_RATE: Final = 0.035
"""A stated input, to be checked against the guidance in force: it was not re-read."""
NEEDED: Final = (
    "stream", "kind", "agency", "central_pence", "year", "price_base",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A cost or a benefit that runs over years.

    Parameters
    ----------
    name, agency
        What it is, and who pays it or gains by it.
    benefit
        Whether it is a benefit; else a cost.
    pence
        Least, likeliest and most, in whole pence.
    in_all
        Whether `pence` is for all years together, spread evenly; else for each year.
    year, until
        First and last year.
    price_base
        The year of its prices.
    optimism
        Optimism bias, as a share; `None` takes that of the assumptions.
    margin
        Whether low and high were stated; without, no interval is given.
    """

    name: str
    agency: str
    benefit: bool
    pence: Range
    year: int
    until: int
    price_base: str
    in_all: bool = False
    optimism: float | None = None
    margin: bool = True


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What is assumed of all streams; each is a stated input, none is measured.

    Parameters
    ----------
    rate
        Discount rate a year, real, as a share.
    cost_optimism, benefit_optimism
        Shares by which costs are raised and benefits are cut.
    lag_years
        How much later benefits come.
    lag
        What coming later means; see the module.
    """

    rate: float = STATED_RATE
    cost_optimism: float = 0.0
    benefit_optimism: float = 0.0
    lag_years: int = 0
    lag: Lag = "moved on"

    def __post_init__(self) -> None:
        """Refuse what cannot be a rate, a share or a lag."""
        fits = {
            "rate": 0 <= self.rate < 1,
            "cost_optimism": 0 <= self.cost_optimism < np.inf,
            "benefit_optimism": 0 <= self.benefit_optimism <= 1,
            "lag_years": self.lag_years >= 0,
            "lag": self.lag in get_args(Lag),
        }
        faults = [
            f"{name} is {getattr(self, name)!r}"
            for name, fit in fits.items()
            if not fit
        ]
        if faults:
            msg = (
                f"assumptions cannot hold: {'; '.join(faults)}. A rate lies from 0 to "
                "below 1, bias from 0 (on benefits, to 1), a lag is 0 or more years "
                f"and one of {get_args(Lag)}."
            )
            raise InsightError(msg)

    def __str__(self) -> str:
        """Say the assumptions."""
        lag = f" ({self.lag})" if self.lag_years else ""
        return (
            f"discount rate {self.rate:.1%} a year (stated input, check), optimism "
            f"bias {self.cost_optimism:.0%} on costs and {self.benefit_optimism:.0%} "
            f"on benefits where a stream states none, benefits {self.lag_years} years "
            f"later{lag}"
        )


def streams_of(frame: pd.DataFrame, *, margins: bool = True) -> tuple[Stream, ...]:
    """Read the streams of one programme.

    Parameters
    ----------
    frame
        Columns `stream`, `kind` ("cost" or "benefit"), `agency`, `central_pence`,
        `year`, `price_base`; `low_pence`, `high_pence`, `until`, `amount_is` ("a
        year" or "in all") and `optimism` where known.
    margins
        Whether a stream without low and high is refused; else it has no interval.

    Returns
    -------
    streams
        In an order of their own, whatever that of the rows.

    Raises
    ------
    InsightError
        If a column is missing, a stream has no margin, amounts or years are out of
        order, or prices are of several years: those are never added up.

    Examples
    --------
    >>> row = {"stream": "Visits", "kind": "cost", "agency": "Council", "year": 2011,
    ...        "until": 2013, "low_pence": 1, "central_pence": 2, "high_pence": 3,
    ...        "price_base": "2010-11"}
    >>> streams_of(pd.DataFrame([row]))[0].pence
    Range(low=1, central=2, high=3)
    """
    if lacks := sorted(set(NEEDED) - set(frame.columns)):
        msg = f"prevention lacks {lacks}; it has {list(frame.columns)}."
        raise InsightError(msg)
    wanted = [*NEEDED, "low_pence", "high_pence", "until", "amount_is", "optimism"]
    rows = frame.reindex(columns=wanted).to_dict("records")
    streams = [
        _stream(number, {str(name): cell for name, cell in row.items()}, margins)
        for number, row in enumerate(rows, start=1)
    ]
    if len(bases := sorted({each.price_base for each in streams})) > 1:
        msg = (
            f"streams are at prices of {bases}, which are not added up. Restate all at "
            "the prices of one year."
        )
        raise InsightError(msg)
    return tuple(
        sorted(
            streams, key=lambda each: (each.benefit, each.agency, each.name, each.year)
        )
    )


def _stream(number: int, row: Mapping[str, Any], margins: bool) -> Stream:  # noqa: FBT001
    """Return one stream, or say what is wrong with its row."""
    stated = not (pd.isna(row["low_pence"]) or pd.isna(row["high_pence"]))
    filled = {name: row[name] for name in NEEDED if not pd.isna(row[name])}
    central = int(filled.get("central_pence", -1))
    between = Range(
        *(
            (int(row["low_pence"]), central, int(row["high_pence"]))
            if stated
            else [central] * 3
        )
    )
    year = int(filled.get("year", 0))
    until = year if pd.isna(row["until"]) else int(row["until"])
    amount_is = AMOUNT_IS[0] if pd.isna(row["amount_is"]) else row["amount_is"]
    optimism = None if pd.isna(row["optimism"]) else float(row["optimism"])
    checks = {
        f"leaves {sorted(set(NEEDED) - set(filled))} blank": len(filled) == len(NEEDED),
        "states no margin of error: give low and high": stated or not margins,
        "its amounts are not nought or more, from low to high": (
            0 <= between.low <= between.central <= between.high
        ),
        "ends before it starts": until >= year,
        "its kind is neither cost nor benefit": row["kind"] in ("cost", "benefit"),
        f"its amount_is is not one of {AMOUNT_IS}": amount_is in AMOUNT_IS,
        "its optimism is below 0, or takes more than the benefit off": (
            optimism is None
            or 0 <= optimism <= (1 if row["kind"] == "benefit" else np.inf)
        ),
    }
    if broken := [reason for reason, holds in checks.items() if not holds]:
        msg = f"prevention, row {number}: {'; '.join(broken)}. Correct the row."
        raise InsightError(msg)
    return Stream(
        name=str(row["stream"]),
        agency=str(row["agency"]),
        benefit=row["kind"] == "benefit",
        pence=between,
        year=year,
        until=until,
        price_base=str(row["price_base"]),
        in_all=amount_is == AMOUNT_IS[1],
        optimism=optimism,
        margin=stated,
    )


def yearly(
    streams: Sequence[Stream], assumed: Assumptions, *, discounted: bool = True
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Return what one pence of each stream's amount is worth, year by year.

    Parameters
    ----------
    streams
        At least one.
    assumed
        Discounting starts after the first year of any stream: its pence count whole.
    discounted
        Whether to discount.

    Returns
    -------
    worth
        One row a stream and one column a year; costs below nought.
    years
        Of the columns.

    Raises
    ------
    InsightError
        If there is no stream, or a lag leaves a benefit without a year.

    Examples
    --------
    >>> stream = Stream(name="Visits", agency="Council", benefit=True, year=2011,
    ...                 pence=Range(1, 2, 3), until=2012, price_base="2010-11")
    >>> worth, years = yearly([stream], Assumptions(rate=0.25))
    >>> worth.tolist(), years
    ([[1.0, 0.8]], (2011, 2012))
    """
    if not streams:
        msg = "there is no stream of cost or benefit. Give at least one."
        raise InsightError(msg)
    spans = [_span(each, assumed) for each in streams]
    first = min(each.year for each in streams)
    years = tuple(range(first, max(last for _, last, _ in spans) + 1))
    worth = np.zeros((len(streams), len(years)))
    for place, (each, (start, last, a_year)) in enumerate(
        zip(streams, spans, strict=True)
    ):
        bias = each.optimism
        if each.benefit:
            factor = 1 - (assumed.benefit_optimism if bias is None else bias)
        else:
            factor = -1 - (assumed.cost_optimism if bias is None else bias)
        worth[place, start - first : last - first + 1] = factor * a_year
    rate = assumed.rate if discounted else 0.0
    return worth / (1 + rate) ** np.arange(len(years)), years


def _span(stream: Stream, assumed: Assumptions) -> tuple[int, int, float]:
    """Return the first and last year of a stream, and its share in each."""
    length = stream.until - stream.year + 1
    share = 1 / length if stream.in_all else 1.0
    later = assumed.lag_years if stream.benefit else 0
    if assumed.lag == "moved on" or not later:
        return stream.year + later, stream.until + later, share
    if later >= length:
        msg = (
            f"{stream.name}: a lag of {later} years, {assumed.lag}, leaves no year of "
            f"{length}. Shorten it, or let benefits be moved on."
        )
        raise InsightError(msg)
    if assumed.lag == "squeezed":
        share *= length / (length - later)
    return stream.year + later, stream.until, share
