"""What a programme of prevention is worth, said with its intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from insight.savings.streams import Assumptions

__all__ = ["Estimate", "Prevention"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure at likeliest amounts, with its two 95 % intervals.

    Parameters
    ----------
    central
        At the likeliest amount of every stream.
    alone
        Interval where streams are independent; `None` where a margin is missing.
    together
        Interval where all costs are high just when all benefits are low.
    """

    central: float
    alone: tuple[float, float] | None
    together: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Prevention:
    """What a programme of prevention is worth.

    Parameters
    ----------
    npv
        Net present value, in pence.
    ratio
        Benefit-cost ratio.
    cost_pence, benefit_pence
        Present values at likeliest amounts.
    share_worth_it
        Share of independent draws with a net present value above nought; `None`
        where a margin is missing.
    break_even_year
        First year from which discounted benefits have made good discounted costs,
        and stay so; `None` if none does.
    years
        One row a year: `cost_pence` and `benefit_pence` discounted, `running_pence`
        (net, summed up) with its independent interval.
    agencies
        One row an agency: `pays_pence`, `gains_pence`, `net_pence` with its
        independent interval, `cost_share`, `benefit_share`, and `covers`: its gain as
        a multiple of all costs.
    assumed
        What was assumed.
    price_base
        The year of all prices.
    without_margin
        How many streams state no low and high.
    draws, random_state
        Of the Monte Carlo interval.
    """

    npv: Estimate
    ratio: Estimate
    cost_pence: float
    benefit_pence: float
    share_worth_it: float | None
    break_even_year: int | None
    years: pd.DataFrame
    agencies: pd.DataFrame
    assumed: Assumptions
    price_base: str
    without_margin: int
    streams: int
    draws: int
    random_state: int

    @property
    def break_even_share(self) -> float:
        """Return the share of benefits that pays for the costs."""
        return self.cost_pence / self.benefit_pence

    def __str__(self) -> str:
        """Say what it is worth, to whom, and on what assumptions."""
        ratio, net = self.ratio, self.npv
        year = (
            f"It breaks even in {self.break_even_year}"
            if self.break_even_year is not None
            else "It does not break even in these years"
        )
        return (
            f"Each pound of cost brings {_between(ratio, _plainly)} pounds of benefit; "
            f"net {_between(net, pounds)}, present value (year of prices: "
            f"{self.price_base}). {year}, and while {self.break_even_share:.1%} of "
            f"benefits come true. {_who(self.agencies)} {self._spread()} Assumed: "
            f"{self.assumed}. Unaudited."
        )

    def _spread(self) -> str:
        if self.without_margin:
            return (
                f"No interval: {self.without_margin} of {self.streams} streams state "
                "no margin."
            )
        return (
            f"Intervals are of 95 %, over {self.streams} streams: first independent, "
            "then with all costs high when all benefits are low."
        )


def _between(figure: Estimate, said: Callable[[float], str]) -> str:
    if figure.alone is None or figure.together is None:
        return said(figure.central)
    alone, together = (
        f"{said(low)} to {said(high)}" for low, high in (figure.alone, figure.together)
    )
    return f"{said(figure.central)} ({alone}; {together})"


def _plainly(value: float) -> str:
    return f"{value:.2f}"


def _who(agencies: pd.DataFrame) -> str:
    """Say who pays most and who gains most, with what share."""
    rows = agencies.to_dict("records")
    payer = max(rows, key=lambda row: row["cost_share"])
    gainer = max(rows, key=lambda row: row["benefit_share"])
    said = (
        f"{payer['agency']} pays {payer['cost_share']:.0%} and gains "
        f"{payer['benefit_share']:.0%}"
    )
    if payer is gainer:
        return f"{said}, each the most."
    return f"{said}; {gainer['agency']} gains most, {gainer['benefit_share']:.0%}."
