"""Prevention over years: what it is worth today, who pays, who gains, and when.

The net present value is benefits less costs, both discounted; the benefit-cost ratio
is one over the other. Where they fall at different agencies, a programme that is
worth it for a place may not be for whoever pays: so both are given by agency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.savings.ranges import ENDS, draws_of, ends_of, quantiles_of
from insight.savings.results import Estimate, Prevention
from insight.savings.streams import Assumptions, Stream, yearly
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["prevention"]

FEWEST: Final = 100


def prevention(
    streams: Sequence[Stream],
    assumed: Assumptions | None = None,
    *,
    draws: int = 10_000,
    random_state: int = 0,
) -> Prevention:
    """Weigh a programme's benefits against its costs, over years and by agency.

    Parameters
    ----------
    streams
        Of one programme, at prices of one year; at least one cost and one benefit.
    assumed
        By default 3.5 % a year, no optimism bias and no lag: stated, to be checked.
    draws
        Of the independent interval.
    random_state
        Seed of the draws; the same result for any order of streams.

    Raises
    ------
    InsightError
        If costs or benefits are missing or nought, or fewer than 100 draws are asked
        for.

    References
    ----------
    HM Treasury, The Green Book: discounting to present values, optimism bias that
    takes costs up and benefits down or later, and who bears and who gains.

    Examples
    --------
    >>> from journeys.cost.money import Range
    >>> made = dict(year=2011, until=2011, price_base="2010-11")
    >>> cost = Stream(name="Visits", agency="Council", benefit=False,
    ...               pence=Range(80_00, 100_00, 120_00), **made)
    >>> gain = Stream(name="Fewer stays", agency="Trust", benefit=True,
    ...               pence=Range(100_00, 200_00, 300_00), **made)
    >>> found = prevention([cost, gain])
    >>> found.ratio.central, found.break_even_share, found.break_even_year
    (2.0, 0.5, 2011)
    >>> found.agencies.set_index("agency")["net_pence"].to_dict()
    {'Council': -10000.0, 'Trust': 20000.0}
    """
    if draws < FEWEST:
        msg = f"draws is {draws}; ask for at least {FEWEST}."
        raise InsightError(msg)
    assumed = assumed or Assumptions()
    ordered = sorted(
        streams, key=lambda each: (each.benefit, each.agency, each.name, each.year)
    )
    worth, years = yearly(ordered, assumed)
    central = np.array([float(each.pence.central) for each in ordered])
    gains = np.array([each.benefit for each in ordered])
    value = worth.sum(axis=1)
    cost, benefit = -(central * value)[~gains].sum(), (central * value)[gains].sum()
    if not (cost > 0 and benefit > 0):
        msg = (
            f"costs are {pounds(cost)} and benefits {pounds(benefit)} at present "
            "value; both must be above nought for a ratio. Supply streams of both."
        )
        raise InsightError(msg)
    bare = sum(not each.margin for each in ordered)
    drawn = draws_of([each.pence for each in ordered], draws, random_state)
    spread = _Spread(drawn, value, gains, known=not bare)
    return Prevention(
        npv=spread.net(benefit - cost, ordered),
        ratio=spread.ratio(benefit / cost, ordered),
        cost_pence=float(cost),
        benefit_pence=float(benefit),
        share_worth_it=None if bare else float(((drawn @ value) > 0).mean()),
        break_even_year=_breaks_even(central @ worth, years),
        years=_by_year(worth, years, central, gains, None if bare else drawn),
        agencies=_by_agency(ordered, central * value, None if bare else drawn * value),
        assumed=assumed,
        price_base=ordered[0].price_base,
        without_margin=bare,
        streams=len(ordered),
        draws=draws,
        random_state=random_state,
    )


@dataclass(frozen=True)
class _Spread:
    """Draws of every stream, and what they make of the net value and the ratio."""

    drawn: Floats
    value: Floats
    gains: NDArray[np.bool_]
    known: bool

    def _ends(self, streams: Sequence[Stream]) -> tuple[Floats, Floats]:
        """Return costs and benefits at worst and at best: against each other."""
        at = quantiles_of([each.pence for each in streams], np.array(ENDS))
        worth = at * self.value
        return -worth[::-1, ~self.gains].sum(axis=1), worth[:, self.gains].sum(axis=1)

    def net(self, central: float, streams: Sequence[Stream]) -> Estimate:
        """Return the net present value with its intervals."""
        if not self.known:
            return Estimate(central=float(central), alone=None, together=None)
        costs, benefits = self._ends(streams)
        low, high = benefits - costs
        return Estimate(
            central=float(central),
            alone=ends_of(self.drawn @ self.value),
            together=(float(low), float(high)),
        )

    def ratio(self, central: float, streams: Sequence[Stream]) -> Estimate:
        """Return the benefit-cost ratio with its intervals."""
        if not self.known:
            return Estimate(central=float(central), alone=None, together=None)
        costs, benefits = self._ends(streams)
        low, high = benefits / costs
        worth = self.drawn * self.value
        return Estimate(
            central=float(central),
            alone=ends_of(
                worth[:, self.gains].sum(axis=1) / -worth[:, ~self.gains].sum(axis=1)
            ),
            together=(float(low), float(high)),
        )


def _breaks_even(net: Floats, years: Sequence[int]) -> int | None:
    """Return the first year from which the running sum stays at nought or above."""
    short = np.flatnonzero(np.cumsum(net) < -1e-6)  # noqa: PLR2004 - a millionth penny
    if not len(short):
        return years[0]
    return None if short[-1] == len(years) - 1 else years[short[-1] + 1]


def _by_year(
    worth: Floats,
    years: Sequence[int],
    central: Floats,
    gains: NDArray[np.bool_],
    drawn: Floats | None,
) -> pd.DataFrame:
    value = worth * central[:, None]
    running = np.cumsum(worth, axis=1)
    ends = np.full((2, len(years)), np.nan)
    if drawn is not None:
        ends = np.quantile(drawn @ running, ENDS, axis=0)
    return pd.DataFrame(
        {
            "year": years,
            "cost_pence": -value[~gains].sum(axis=0),
            "benefit_pence": value[gains].sum(axis=0),
            "running_pence": central @ running,
            "low_pence": ends[0],
            "high_pence": ends[1],
        }
    )


def _by_agency(
    streams: Sequence[Stream], value: Floats, drawn: Floats | None
) -> pd.DataFrame:
    cost = -sum(value[place] for place, each in enumerate(streams) if not each.benefit)
    benefit = sum(value[place] for place, each in enumerate(streams) if each.benefit)
    rows = []
    for agency in sorted({each.agency for each in streams}):
        own = np.array([each.agency == agency for each in streams])
        gains = np.array([each.benefit for each in streams]) & own
        low, high = (
            (np.nan, np.nan) if drawn is None else ends_of(drawn[:, own].sum(axis=1))
        )
        pays, gained = 0.0 - value[own & ~gains].sum(), value[gains].sum()
        rows.append(
            {
                "agency": agency,
                "pays_pence": pays,
                "gains_pence": gained,
                "net_pence": gained - pays,
                "low_pence": low,
                "high_pence": high,
                "cost_share": pays / cost,
                "benefit_share": gained / benefit,
                "covers": gained / cost,
            }
        )
    return pd.DataFrame(rows)
