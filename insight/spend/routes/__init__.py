"""The funding route: source, intermediaries, final spender.

Read in this order: `streams` (which money goes from whom to whom), `balances` (what
comes in, goes out and is spent at each body), `layers` (how far money has come, and
rings in which it goes round), `tracing` (all of it, of one period), `by_period`.
"""

from insight.spend.routes.by_period import routes_by_period
from insight.spend.routes.streams import OWN, streams_of
from insight.spend.routes.tracing import Routes, trace_routes

__all__ = ["OWN", "Routes", "routes_by_period", "streams_of", "trace_routes"]
