"""How many times more the dearest segment costs a head than the cheapest.

The interval says how far the ratio would move had other customers of the same
kinds come to the services, had others been asked, and were unit costs elsewhere in
their range (see `intervals`); budgets, segment sizes and rungs stay as they are. It
does not cover error in the budgets, the sizes or the segments. The pair is the one
found in the data, so the ratio itself leans high where segments differ little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError
from insight.spend.intervals import MOST_UNDEFINED, spend_draws

if TYPE_CHECKING:
    import pandas as pd

    from insight.spend.intervals import Draws
    from insight.spend.per_segment import SpendBySegment

__all__ = ["SpendRatio", "spend_ratio"]


@dataclass(frozen=True, kw_only=True)
class SpendRatio:
    """Spend a head of the dearest segment, as a multiple of the cheapest's.

    Parameters
    ----------
    dearest, cheapest
        The two segments.
    ratio
        Dearest over cheapest.
    interval
        95 % interval, or `None`; then `why_none` says why.
    n_customers
        Customers the interval rests on.
    n_asked
        Answers to a survey that it rests on.
    replicates
        How many times they were drawn again.
    """

    dearest: str
    cheapest: str
    ratio: float
    interval: tuple[float, float] | None = None
    why_none: str = ""
    n_customers: int = 0
    n_asked: int = 0
    replicates: int = 0

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        said = (
            f"A head, segment {self.dearest} costs {self.ratio:.2f} times what segment "
            f"{self.cheapest} costs (spend unaudited; the two are the dearest and the "
            "cheapest found"
        )
        if self.interval is None:
            return f"{said}; no interval: {self.why_none})."
        low, high = self.interval
        return (
            f"{said}; 95 % interval {low:.2f} to {high:.2f}, {self.base} drawn again "
            f"{self.replicates:,} times)."
        )

    @property
    def base(self) -> str:
        """What the interval rests on, in words."""
        bases = ((self.n_customers, "customers"), (self.n_asked, "answers to a survey"))
        return " and ".join(f"{n:,} {what}" for n, what in bases if n)


def spend_ratio(
    found: SpendBySegment,
    customers: pd.DataFrame | None = None,
    *,
    replicates: int = 200,
    random_state: int = 0,
    draws: Draws | None = None,
) -> SpendRatio:
    """Compare spend a head of the dearest and the cheapest segment.

    Parameters
    ----------
    found
        What :func:`insight.spend.per_segment.spend_per_segment` returned.
    customers
        Use by customer, one row a customer, service and segment; see
        :func:`insight.spend.use.customer_use`. Where use shared money, there is no
        interval without it.
    replicates
        How many times customers are drawn again, at least 100.
    random_state
        Seed of the draws.
    draws
        What :func:`insight.spend.intervals.spend_draws` returned, if it was called
        already; the three options before are then not looked at.

    Returns
    -------
    ratio
        With a 95 % percentile interval, or the reason why there is none.

    Raises
    ------
    InsightError
        If fewer than two segments have a figure a head, or the cheapest costs
        nothing, so that there is no ratio.

    References
    ----------
    Chamandy, N., Muralidharan, O., Najmi, A. and Naidu, S. (2012). Estimating
    uncertainty for massive data streams. Google technical report. Efron, B. (1979).
    Bootstrap methods. Annals of Statistics 7 (1), 1-26.
    https://doi.org/10.1214/aos/1176344552

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.spend.per_segment import spend_per_segment
    >>> use = pd.DataFrame({"service": "GP", "segment": ["1", "2"], "units": [3, 1]})
    >>> spend = pd.DataFrame({"cofog": ["07"], "amount_pence": [8000]})
    >>> sizes = pd.Series({"1": 10, "2": 10})
    >>> found = spend_per_segment(spend, use, sizes, services={"GP": "07"})
    >>> spend_ratio(found).ratio
    3.0
    """
    extremes = found.extremes
    heads = found.segments["per_head_pence"]
    if extremes is None or not heads[extremes[1]] > 0:
        msg = (
            "a ratio needs two segments that cost something a head; seen "
            f"{heads.dropna().round(2).to_dict()} pence. Give sizes for the segments."
        )
        raise InsightError(msg)
    drawn = draws or spend_draws(
        found, customers, replicates=replicates, random_state=random_state
    )
    dearest, cheapest = extremes
    both = SpendRatio(
        dearest=dearest,
        cheapest=cheapest,
        ratio=float(heads[dearest] / heads[cheapest]),
        why_none=drawn.why_none,
    )
    if drawn.why_none:
        return both
    a_head = drawn.amounts / found.segments["people"]
    above = a_head[cheapest] > 0
    ratios = (a_head[dearest] / a_head[cheapest].where(above)).dropna()
    if len(ratios) < (1 - MOST_UNDEFINED) * len(a_head):
        why = "with so few customers the cheapest segment often costs nothing"
        return replace(both, why_none=why)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return replace(
        both,
        interval=(float(low), float(high)),
        n_customers=drawn.n_customers,
        n_asked=drawn.n_asked,
        replicates=len(a_head),
    )
