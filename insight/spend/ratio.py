"""How many times more the dearest segment costs a head than the cheapest.

The interval says how far the ratio would move had other customers of the same
kinds come to the services. Customers are the units: in each replicate every
customer counts a Poisson(1) number of times, with all of that customer's use,
and budgets, segment sizes and rungs stay as they are. It does not cover error in
the budgets, the sizes or the segments. The pair is the one found in the data, so
the ratio itself leans high where segments differ little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.rungs import MEASURES, NOT_KNOWN, rung_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from insight.spend.per_segment import SpendBySegment
    from insight.spend.rungs import Rung

__all__ = ["SpendRatio", "spend_ratio"]

COLUMNS: Final = ("customer_id", "service", "segment")
MOST_UNDEFINED: Final = 0.05
"""Share of replicates that may lack a ratio before the interval is withheld."""


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
    replicates
        How many times they were drawn again.
    """

    dearest: str
    cheapest: str
    ratio: float
    interval: tuple[float, float] | None = None
    why_none: str = ""
    n_customers: int = 0
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
            f"{said}; 95 % interval {low:.2f} to {high:.2f}, {self.n_customers:,} "
            f"customers drawn again {self.replicates:,} times)."
        )


@dataclass(frozen=True)
class _Rows:
    """Use by customer, as numbers: one entry a customer, service and segment."""

    customer: NDArray[np.int64]
    cell: NDArray[np.int64]
    values: dict[Rung, NDArray[np.float64]]
    services: list[str]
    segments: list[str]

    def cells(self, rung: Rung, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Add up a measure by service and segment, each customer `times` over."""
        shape = len(self.services), len(self.segments)
        weights = self.values[rung] * times[self.customer]
        summed = np.zeros(shape[0] * shape[1])
        summed += np.bincount(self.cell, weights=weights, minlength=summed.size)
        return summed.reshape(shape)


def _rows(customers: pd.DataFrame) -> _Rows:
    lacks = sorted(set(COLUMNS) - set(customers.columns))
    if lacks:
        msg = (
            f"customers lacks {lacks}; it has {list(customers.columns)}. Pass what "
            "customer_use returns."
        )
        raise InsightError(msg)
    segment = customers["segment"].astype(object).where(customers["segment"].notna())
    names = segment.fillna(NOT_KNOWN).astype(str)
    service, services = pd.factorize(customers["service"], sort=True)
    place, segments = pd.factorize(names, sort=True)
    columns = customers.reindex(columns=["cost_pence", "units"])
    return _Rows(
        customer=pd.factorize(customers["customer_id"])[0].astype(np.int64),
        cell=service.astype(np.int64) * len(segments) + place,
        values={
            "cost of use": columns["cost_pence"].to_numpy("float64", na_value=np.nan),
            "units of use": columns["units"].to_numpy("float64", na_value=np.nan),
            "customers": np.ones(len(customers)),
        },
        services=list(map(str, services)),
        segments=list(map(str, segments)),
    )


@dataclass(frozen=True)
class _Budget:
    """A budget that is shared by use: pence, rung, and the services it pays for."""

    pence: float
    rung: Rung
    pays: NDArray[np.bool_]


def _budgets(found: SpendBySegment, rows: _Rows) -> list[_Budget]:
    used = found.lines[found.lines["rung"].isin(list(MEASURES))]
    return [
        _Budget(
            float(used.loc[used["cofog"] == cofog, "amount_pence"].sum()),
            rung_of(cofog, found.evidence)[0],
            np.isin(rows.services, services_of(cofog, found.evidence)),
        )
        for cofog in sorted(set(used["cofog"]))
    ]


def _why_none(found: SpendBySegment, customers: pd.DataFrame | None) -> str:
    if customers is None or customers.empty:
        return "use by customer was not given"
    if not found.lines["rung"].isin(list(MEASURES)).any():
        return "no line of spend was shared by recorded use"
    rows = _rows(customers)
    once = np.ones(int(rows.customer.max()) + 1, dtype=np.int64)
    use = found.evidence.use
    for budget in _budgets(found, rows):
        seen = rows.cells(budget.rung, once)[budget.pays].sum()
        paid = use["service"].isin(np.array(rows.services)[budget.pays])
        whole = float(use.loc[paid, MEASURES[budget.rung]].sum())
        if not np.isclose(seen, whole):
            return "some of the use that money was shared by names no customer"
    return ""


def _replicates(
    found: SpendBySegment, rows: _Rows, times: Iterator[NDArray[np.int64]]
) -> Iterator[float]:
    """Yield the ratio for each way of drawing the customers."""
    dearest, cheapest = found.extremes or ("", "")
    other = found.lines[~found.lines["rung"].isin(list(MEASURES))]
    fixed = other.groupby("segment")["amount_pence"].sum()
    base = fixed.reindex(rows.segments, fill_value=0).to_numpy("float64")
    people = found.segments["people"]
    budgets = _budgets(found, rows)
    for drawn in times:
        spent = base.copy()
        for budget in budgets:
            use = rows.cells(budget.rung, drawn)[budget.pays].sum(axis=0)
            spent += budget.pence * use / use.sum() if use.sum() else np.nan
        pence = dict(zip(rows.segments, spent, strict=True))
        top = pence.get(dearest, float(fixed.get(dearest, 0.0))) / people[dearest]
        low = pence.get(cheapest, float(fixed.get(cheapest, 0.0))) / people[cheapest]
        yield top / low if low > 0 else np.nan


def spend_ratio(
    found: SpendBySegment,
    customers: pd.DataFrame | None = None,
    *,
    replicates: int = 200,
    random_state: int = 0,
) -> SpendRatio:
    """Compare spend a head of the dearest and the cheapest segment.

    Parameters
    ----------
    found
        What :func:`insight.spend.per_segment.spend_per_segment` returned.
    customers
        Use by customer, one row a customer, service and segment; see
        :func:`insight.spend.use.customer_use`. Without it there is no interval.
    replicates
        How many times customers are drawn again, at least 100.
    random_state
        Seed of the draws.

    Returns
    -------
    ratio
        With a 95 % percentile interval of a Poisson bootstrap over customers, or
        the reason why there is none.

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
    if replicates < 100:  # noqa: PLR2004 - fewer cannot show 2.5 % in each tail
        msg = f"replicates is {replicates}; an interval needs 100 or more."
        raise InsightError(msg)
    dearest, cheapest = extremes
    ratio = float(heads[dearest] / heads[cheapest])
    why = _why_none(found, customers)
    if why or customers is None:
        return SpendRatio(dearest=dearest, cheapest=cheapest, ratio=ratio, why_none=why)
    rows = _rows(customers)
    n = int(rows.customer.max()) + 1
    rng = np.random.default_rng(random_state)
    draws = (rng.poisson(1.0, n) for _ in range(replicates))
    ratios = np.array(list(_replicates(found, rows, draws)))
    ratios = ratios[np.isfinite(ratios)]
    if len(ratios) < (1 - MOST_UNDEFINED) * replicates:
        return SpendRatio(
            dearest=dearest,
            cheapest=cheapest,
            ratio=ratio,
            why_none="with so few customers the cheapest segment often costs nothing",
        )
    low, high = np.quantile(ratios, [0.025, 0.975])
    return SpendRatio(
        dearest=dearest,
        cheapest=cheapest,
        ratio=ratio,
        interval=(float(low), float(high)),
        n_customers=n,
        replicates=replicates,
    )
