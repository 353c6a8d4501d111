"""What moves the answer: each input at its ends, and benefits that come later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, get_args

import pandas as pd

from insight.errors import InsightError
from insight.savings.prevention import prevention
from insight.savings.streams import Assumptions, Lag
from insight.spend.per_segment import pounds
from journeys.cost.money import Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.savings.results import Prevention
    from insight.savings.streams import Stream

__all__ = ["SWINGS", "by_lag", "tornado"]

SWINGS: Final[Mapping[str, tuple[float, float]]] = {
    "rate": (0.015, 0.055),
    "cost_optimism": (0.0, 0.2),
    "benefit_optimism": (0.0, 0.2),
    "lag_years": (0, 5),
}
"""Ends to which assumptions are moved where the user states none: ours, to replace."""
SAID: Final = {
    "rate": "Discount rate",
    "cost_optimism": "Optimism bias on costs",
    "benefit_optimism": "Optimism bias on benefits",
    "lag_years": "Years until benefits start",
}


def tornado(
    streams: Sequence[Stream],
    assumed: Assumptions | None = None,
    *,
    swings: Mapping[str, tuple[float, float]] = SWINGS,
) -> pd.DataFrame:
    """Return the net present value with one input at a time at each of its ends.

    Parameters
    ----------
    streams, assumed
        As for :func:`insight.savings.prevention.prevention`.
    swings
        Field of `Assumptions` -> its least and most. Optimism bias of a stream that
        states its own is not moved.

    Returns
    -------
    inputs
        Columns `input`, `at_low` and `at_high` (words), `npv_low_pence` and
        `npv_high_pence` (the net value with the input at its low and its high),
        `swing_pence`; the widest first, then by name. Streams without a margin, and
        inputs that move nothing, are left out.

    Raises
    ------
    InsightError
        If a swing names no assumption, or the programme cannot be weighed.

    Examples
    --------
    >>> from journeys.cost.money import Range
    >>> from insight.savings.streams import Stream
    >>> made = dict(agency="Council", year=2011, until=2011, price_base="2010-11")
    >>> two = [Stream(name="Visits", benefit=False, pence=Range(90, 100, 110), **made),
    ...        Stream(name="Gain", benefit=True, pence=Range(100, 200, 300), **made)]
    >>> tornado(two, swings={})[["input", "npv_low_pence", "npv_high_pence"]]
                       input  npv_low_pence  npv_high_pence
    0  Gain, Council benefit            0.0           200.0
    1   Visits, Council cost          110.0            90.0
    """
    assumed = assumed or Assumptions()
    unknown = sorted(set(swings) - set(SAID))
    if unknown:
        msg = f"swings names {unknown}; it may name {list(SAID)}."
        raise InsightError(msg)
    rows = []
    for place, each in enumerate(streams):
        if not each.margin:
            continue
        ends = [
            _with_amount(streams, place, amount)
            for amount in (each.pence.low, each.pence.high)
        ]
        kind = "benefit" if each.benefit else "cost"
        values = [_net(moved, assumed) for moved in ends]
        words = [pounds(amount) for amount in (each.pence.low, each.pence.high)]
        rows.append((f"{each.name}, {each.agency} {kind}", *words, *values))
    for name, ends_of_it in swings.items():
        values = [
            _net(streams, replace(assumed, **_changed(name, end))) for end in ends_of_it
        ]
        words = [
            f"{end:g}" if name == "lag_years" else f"{end:.1%}" for end in ends_of_it
        ]
        rows.append((SAID[name], *words, *values))
    columns = ["input", "at_low", "at_high", "npv_low_pence", "npv_high_pence"]
    found = pd.DataFrame(rows, columns=columns)
    found["swing_pence"] = (found["npv_high_pence"] - found["npv_low_pence"]).abs()
    found = found[found["swing_pence"] > 0]
    return found.sort_values(
        ["swing_pence", "input"], ascending=[False, True], ignore_index=True
    )


def _changed(name: str, value: float) -> dict[str, Any]:
    """Return an assumption by its name; years are whole."""
    return {name: int(value) if name == "lag_years" else value}


def _with_amount(streams: Sequence[Stream], place: int, amount: float) -> list[Stream]:
    moved = list(streams)
    moved[place] = replace(moved[place], pence=Range(amount, amount, amount))
    return moved


def _net(streams: Sequence[Stream], assumed: Assumptions) -> float:
    return _weighed(streams, assumed).npv.central


def _weighed(streams: Sequence[Stream], assumed: Assumptions) -> Prevention:
    return prevention(streams, assumed, draws=100)


def by_lag(
    streams: Sequence[Stream],
    assumed: Assumptions | None = None,
    *,
    years: Sequence[int] = (0, 1, 2, 3, 5, 7, 10),
) -> pd.DataFrame:
    """Return what a programme is worth if benefits come later, in each sense.

    Parameters
    ----------
    streams, assumed
        As for :func:`insight.savings.prevention.prevention`.
    years
        By how many years; those that leave a benefit without a year are passed over.

    Returns
    -------
    lags
        Columns `lag` (the sense), `lag_years`, `ratio`, `npv_pence`,
        `break_even_year`.

    Examples
    --------
    >>> from insight.savings.brighter_futures import streams_for
    >>> found = by_lag(streams_for("council"), years=[5]).set_index("lag")
    >>> found["ratio"].round(2).to_dict()
    {'moved on': 2.02, 'squeezed': 2.19, 'cut short': 1.46}
    """
    assumed = assumed or Assumptions()
    shortest = min(
        (each.until - each.year + 1 for each in streams if each.benefit), default=0
    )
    rows = []
    for lag in get_args(Lag):
        for later in years:
            if lag != "moved on" and later >= shortest:
                continue
            found = _weighed(streams, replace(assumed, lag=lag, lag_years=later))
            rows.append(
                {
                    "lag": lag,
                    "lag_years": later,
                    "ratio": found.ratio.central,
                    "npv_pence": found.npv.central,
                    "break_even_year": found.break_even_year,
                }
            )
    columns = ["lag", "lag_years", "ratio", "npv_pence", "break_even_year"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"break_even_year": "Int64"})
