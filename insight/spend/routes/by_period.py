"""Trace each period by itself, so that no two years are added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.spend.routes.periods import period_of, periods_of
from insight.spend.routes.tracing import TOLERANCE, Routes, trace_routes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOT_STATED", "routes_by_period"]

NOT_STATED: Final = "period not stated"


def routes_by_period(
    spend: pd.DataFrame,
    transfers: pd.DataFrame,
    own_income: pd.DataFrame | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> dict[str, Routes]:
    """Trace money of each period by itself.

    Parameters
    ----------
    spend, transfers, own_income, tolerance
        As for :func:`trace_routes`, with `period` where it is known.

    Returns
    -------
    routes
        Period to routes, in the order of text. Rows that state no period stand under
        "period not stated", unless all the others are of one period: then they are
        taken to be of it too.

    Examples
    --------
    >>> import pandas as pd
    >>> spend = pd.DataFrame({"source": ["A", "A"], "body": ["B", "B"]})
    >>> spend = spend.assign(amount_pence=[1, 2], period=["2008-09", "2009-10"])
    >>> transfers = pd.DataFrame(columns=["payer", "payee", "amount_pence", "period"])
    >>> found = routes_by_period(spend, transfers)
    >>> {period: routes.spent_pence for period, routes in found.items()}
    {'2008-09': 1, '2009-10': 2}
    """
    periods = periods_of(spend, transfers, own_income)
    if len(periods) <= 1:
        only = trace_routes(spend, transfers, own_income, tolerance=tolerance)
        return {next(iter(periods), NOT_STATED): only}
    tables = (spend, transfers, own_income)
    if any(t is not None and len(t) and period_of(t).isna().any() for t in tables):
        periods = [*periods, NOT_STATED]
    return {
        period: trace_routes(
            _of(spend, period),
            _of(transfers, period),
            None if own_income is None else _of(own_income, period),
            tolerance=tolerance,
        )
        for period in periods
    }


def _of(table: pd.DataFrame, period: str) -> pd.DataFrame:
    own = period_of(table)
    return table[own.isna() if period == NOT_STATED else own == period]
