"""Hubs: agencies and services that share customers, and would do well to sit together.

Read in this order: `sharing` (who shares how many customers, counted in the engine),
`communities` (what is beyond chance, and which groups it makes), `finding`, `result`
and `customers`.
"""

from journeys.hubs.customers import customers_of_hubs
from journeys.hubs.finding import find_hubs
from journeys.hubs.result import Hubs

__all__ = ["Hubs", "customers_of_hubs", "find_hubs"]
