"""How far spend by segment would move had the evidence come out otherwise.

Each replicate draws again what is uncertain and shares every budget anew, so that
segments add up to the budget every time:

- customers: each counts a Poisson(1) number of times, with all of its use;
- survey: the share of users of a segment from the beta distribution of its answers
  under Jeffreys' prior;
- unit costs: from the PERT distribution of low, central and high, one draw a service.

Keys, head counts, known totals, budgets, sizes and the segments themselves stay as
they are: their error is not in the intervals. Overheads follow the direct costs drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.redrawn import (
    SURVEY,
    customer_rows,
    sources_of,
    surveyed,
    used,
    why_none,
)
from journeys.cost.money import Range, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insight.spend.lots import Lot
    from insight.spend.per_segment import SpendBySegment
    from insight.spend.redrawn import Source

    Floats = NDArray[np.float64]

__all__ = ["MOST_UNDEFINED", "Draws", "spend_draws", "spend_intervals"]

LEAST: Final = 100  # replicates: fewer cannot show 2.5 % in each tail
MOST_UNDEFINED: Final = 0.05
"""Share of replicates that may lack a figure before the interval is withheld."""


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Spend by segment, drawn again and again.

    Parameters
    ----------
    amounts
        Pence: one row a replicate, one column a segment or bucket; a row is missing
        where a budget found nobody to be shared by.
    why_none
        Why there are none; then `amounts` has no rows.
    n_customers, n_asked
        Customers drawn again, and answers to the survey that shares were drawn from.
    """

    amounts: pd.DataFrame
    why_none: str = ""
    n_customers: int = 0
    n_asked: int = 0


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """What is drawn again: figures of services by segment, and prices."""

    segments: list[str]
    figures: dict[tuple[str, str], Floats]
    prices: dict[str, Floats]

    def shares(self, sources: list[Source]) -> Floats:
        """Return the share of each segment, one row a replicate."""
        whole: Floats = np.sum(
            [
                self.figures[one.service, one.column]
                * (self.prices[one.service][:, None] if one.priced else 1.0)
                for one in sources
            ],
            axis=0,
        )
        base: Floats = whole.sum(axis=1, keepdims=True)
        base[base <= 0] = np.nan
        shares: Floats = whole / base
        return shares


def spend_draws(
    found: SpendBySegment,
    customers: pd.DataFrame | None = None,
    *,
    replicates: int = 200,
    random_state: int = 0,
) -> Draws:
    """Draw again what spend by segment rests on, and share every budget anew.

    Parameters
    ----------
    found
        What :func:`insight.spend.per_segment.spend_per_segment` returned.
    customers
        Use by customer, one row a customer, service and segment; see
        :func:`insight.spend.use.customer_use`. Needed where use shared money.
    replicates
        How many times, at least 100.
    random_state
        Seed of the draws.

    Returns
    -------
    draws
        Every replicate adds up to all spend; or the reason why there are none.

    Raises
    ------
    InsightError
        If there are too few replicates, or `customers` lacks a column.

    References
    ----------
    Chamandy, N., Muralidharan, O., Najmi, A. and Naidu, S. (2012). Estimating
    uncertainty for massive data streams. Google technical report. Brown, L. D., Cai,
    T. T. and DasGupta, A. (2001). Interval estimation for a binomial proportion.
    Statistical Science 16 (2), 101-133. https://doi.org/10.1214/ss/1009213286

    Examples
    --------
    >>> from insight.spend.beside import Beside
    >>> from insight.spend.per_segment import spend_per_segment
    >>> survey = pd.DataFrame(
    ...     {"service": "GP", "segment": ["1", "2"], "users": [10, 30], "asked": 50}
    ... )
    >>> spend = pd.DataFrame({"cofog": ["07"], "amount_pence": [8000]})
    >>> nobody, sizes = survey.iloc[:0], pd.Series({"1": 10, "2": 10})
    >>> found = spend_per_segment(
    ...     spend, nobody, sizes, services={"GP": "07"}, beside=Beside(survey=survey)
    ... )
    >>> spend_intervals(spend_draws(found)).round(-2).to_numpy().tolist()
    [[1200.0, 2900.0], [5100.0, 6800.0]]
    """
    if replicates < LEAST:
        msg = f"replicates is {replicates}; an interval needs {LEAST} or more."
        raise InsightError(msg)
    evidence = found.evidence
    sources = [sources_of(lot, evidence) for lot in found.lots]
    rows = None if customers is None else customer_rows(customers)
    wanted = {source for several in sources for source in several}
    why = why_none(wanted, rows, evidence)
    names = list(map(str, found.segments.index))
    if why:
        return Draws(amounts=pd.DataFrame(columns=names), why_none=why)
    streams = np.random.default_rng(random_state).spawn(3)
    figures = surveyed(wanted, names, evidence, (streams[1], replicates))
    n = 0
    if rows is not None and any(one.column != SURVEY for one in wanted):
        figures |= used(wanted, names, rows, (streams[0], replicates))
        n = rows["who"].nunique()
    prices = {
        name: drawn(Range(*evidence.prices[name][:3]), streams[2], replicates)
        for name in sorted({one.service for one in wanted if one.priced})
    }
    drawing = _Drawing(segments=names, figures=figures, prices=prices)
    asked = {one.service for one in wanted if one.column == SURVEY}
    answers = evidence.survey[evidence.survey["service"].isin(asked)]
    amounts = _amounts(found.lots, sources, drawing, replicates)
    return Draws(
        amounts=pd.DataFrame(amounts, columns=names),
        n_customers=n,
        n_asked=int(answers["asked"].sum()),
    )


def spend_intervals(draws: Draws, *, level: float = 0.95) -> pd.DataFrame:
    """Return percentile intervals of spend by segment.

    Parameters
    ----------
    draws
        What :func:`spend_draws` returned.
    level
        Share of replicates between the ends.

    Returns
    -------
    ends
        Indexed by segment or bucket: `low_pence` and `high_pence`, missing where there
        are no draws or too many of them found nobody to share a budget by.
    """
    known = draws.amounts.dropna()
    ends = [(1 - level) / 2, (1 + level) / 2]
    if known.empty or len(known) < (1 - MOST_UNDEFINED) * len(draws.amounts):
        known = pd.DataFrame(np.nan, index=[0], columns=draws.amounts.columns)
    table = known.astype("float64").quantile(ends).T
    table.columns = pd.Index(["low_pence", "high_pence"])
    return table.rename_axis("segment")


def _amounts(
    lots: Sequence[Lot],
    sources: list[list[Source]],
    drawing: _Drawing,
    replicates: int,
) -> Floats:
    """Share every lot anew: pence by replicate and segment."""
    shape = (replicates, len(drawing.segments))
    amounts = np.zeros(shape)
    shares: list[Floats] = []
    for lot, several in zip(lots, sources, strict=True):
        if lot.follows:
            whole = np.tensordot(lot.follows, shares[: len(lot.follows)], axes=1)
            share = whole / whole.sum(axis=1, keepdims=True)
        elif several:
            share = drawing.shares(several)
        else:
            fixed = lot.by_segment().reindex(drawing.segments, fill_value=0)
            pence = fixed.to_numpy("float64")
            share = np.broadcast_to(pence / (lot.total or 1), shape)
            amounts += 0.0 if lot.total else pence
        shares.append(share)
        amounts += lot.total * share
    return amounts
