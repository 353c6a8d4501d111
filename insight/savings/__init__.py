"""Savings with their margin, and prevention over years.

Read in this order: `saving` (one claim, or its refusal), `ranges` (sums of uncertain
amounts), `totals` (savings of one kind added up), `streams` (costs and benefits by
year), `prevention` and `results` (present value, who
pays, who gains), `sensitivity` (what moves
the answer), `brighter_futures` (the 2010 report's own example).
"""

from insight.savings.brighter_futures import brighter_futures, ten_times
from insight.savings.prevention import prevention
from insight.savings.results import Estimate, Prevention
from insight.savings.saving import Claims, Saving, savings_of
from insight.savings.sensitivity import by_lag, tornado
from insight.savings.streams import Assumptions, Stream, streams_of
from insight.savings.totals import SavingTotals, at_prices, saving_totals

__all__ = [
    "Assumptions",
    "Claims",
    "Estimate",
    "Prevention",
    "Saving",
    "SavingTotals",
    "Stream",
    "at_prices",
    "brighter_futures",
    "by_lag",
    "prevention",
    "saving_totals",
    "savings_of",
    "streams_of",
    "ten_times",
    "tornado",
]
