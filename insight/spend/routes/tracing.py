"""Trace money of one period from source through intermediaries to final spender.

Final spend is counted once: what is spent at the end of the route, never the sum of
transfers, in which a pound counts at every step. That a route has many steps, rings
or small streams shows where distribution may cost; it does not show that money leaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import networkx as nx
import pandas as pd

from insight.errors import InsightError
from insight.spend.concentration import SMALL
from insight.spend.per_segment import pounds
from insight.spend.routes.balances import balances_of
from insight.spend.routes.funders import funders_of, small_streams
from insight.spend.routes.layers import (
    columns_of,
    depths_of,
    layers_of,
    paths_of,
    rings_of,
)
from insight.spend.routes.periods import periods_of
from insight.spend.routes.streams import spent_by, streams_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TOLERANCE", "Routes", "trace_routes"]

TOLERANCE: Final = 0.01


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Where money comes from, whom it passes, and who spends it in the end.

    Parameters
    ----------
    graph
        Who pays whom: `amount_pence`, `cost_pence` and `streams` on each edge.
    bodies
        What :func:`~insight.spend.routes.balances.balances_of` returns, with
        `depth` (transfers that its money has been through, weighted by money),
        `column` (its place on a map, from nought), `paths` (ways from a source to
        it), `payers` and `sources` (bodies that pay it, and at which its money
        starts) and `in_ring`.
    streams
        As :func:`~insight.spend.routes.streams.streams_of` returns them.
    layers
        As :func:`~insight.spend.routes.layers.layers_of` returns them.
    small
        One row for each `below_pence`: streams below it, and their money.
    funders
        One row for each final spender and COFOG division: how many `sources` and
        `programmes` lines of spend name, and `amount_pence`.
    rings
        Bodies among which money goes round.
    incoherence
        Standard deviation of how far a stream leads on, in transfers; 0 where every
        one leads exactly one layer on.
    notes
        What was passed over, in sentences.
    """

    graph: nx.DiGraph[str] = field(repr=False)
    bodies: pd.DataFrame
    streams: pd.DataFrame
    layers: pd.DataFrame
    small: pd.DataFrame
    funders: pd.DataFrame
    rings: tuple[tuple[str, ...], ...]
    incoherence: float
    notes: tuple[str, ...] = ()

    @property
    def spent_pence(self) -> int:
        """Return final spend, each pound once."""
        return int(self.bodies["spent_pence"].sum())

    @property
    def cost_pence(self) -> int:
        """Return the declared cost of distribution."""
        return int(self.bodies["cost_pence"].sum())

    @property
    def steps(self) -> float:
        """Return how many transfers a pound of final spend has been through."""
        known = self.bodies.dropna(subset="depth")
        spent = known["spent_pence"].clip(lower=0)
        total = int(spent.sum())
        return float((known["depth"] * spent).sum()) / total if total else float("nan")

    def __str__(self) -> str:
        """Say the routes in a few sentences."""
        roles = self.bodies["role"].value_counts()
        odd = self.bodies[self.bodies["unexplained"]]
        spenders = int((self.bodies["spent_pence"] != 0).sum())
        counts = (
            _number(spenders, "body", "bodies"),
            _number(int(roles.get("source", 0)), "source", "sources"),
            _number(
                int(roles.get("intermediary", 0)), "intermediary", "intermediaries"
            ),
        )
        said = (
            f"{pounds(self.spent_pence)} of final spend, each pound counted once, by "
            f"{counts[0]}, from {counts[1]} through {counts[2]}: "
            f"{self.steps:.1f} transfers on average, weighted by money. "
        )
        cost = (
            f"{pounds(self.cost_pence)} is declared as cost of distribution. "
            if self.cost_pence
            else "No cost of distribution is declared. "
        )
        left = (
            f"At {_number(len(odd), 'body', 'bodies')} money in and money out do not "
            f"agree ({pounds(int(odd['residual_pence'].abs().sum()))} unexplained): a "
            "gap in the records until it is looked into."
            if len(odd)
            else "Money in and money out agree at every body that is paid by another."
        )
        round_it = "".join(
            f" Money goes round among {', '.join(ring)}." for ring in self.rings
        )
        return said + cost + left + round_it


def _number(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def trace_routes(
    spend: pd.DataFrame,
    transfers: pd.DataFrame,
    own_income: pd.DataFrame | None = None,
    *,
    tolerance: float = TOLERANCE,
    small: Sequence[int] = SMALL,
) -> Routes:
    """Trace money of one period from source to final spender.

    Parameters
    ----------
    spend, transfers, own_income
        As :func:`~insight.spend.routes.streams.streams_of` says; `cofog` of lines of
        spend too, if known. One basis (budget or actual) only.
    tolerance
        Part of a body's money that may be left unaccounted for; 0 for none.
    small
        Pence below which a stream is small, the end left out.

    Returns
    -------
    routes
        The same for any order of rows. Rings are found, and nothing hangs on them.

    Raises
    ------
    InsightError
        If a column is not there, several periods are mixed, or `tolerance` is not
        from 0 to 1.

    References
    ----------
    Johnson, S., Dominguez-Garcia, V., Donetti, L. and Munoz, M. A. (2014). Trophic
    coherence determines food-web stability. PNAS 111 (50), 17923-17928.
    https://doi.org/10.1073/pnas.1409077111

    Examples
    --------
    >>> spend = pd.DataFrame({"source": ["Treasury"], "body": ["trust"]})
    >>> transfers = pd.DataFrame(
    ...     {"payer": ["Treasury", "PCT"], "payee": ["PCT", "trust"]}
    ... )
    >>> routes = trace_routes(
    ...     spend.assign(amount_pence=9_000),
    ...     transfers.assign(
    ...         amount_pence=[10_000, 9_000], distribution_cost_pence=[0, 1_000]
    ...     ),
    ... )
    >>> print(routes)  # doctest: +NORMALIZE_WHITESPACE
    £90 of final spend, each pound counted once, by 1 body, from 1 source through 1
    intermediary: 2.0 transfers on average, weighted by money. £10 is declared as cost
    of distribution. Money in and money out agree at every body that is paid by another.
    """
    if not 0 <= tolerance <= 1:
        msg = f"tolerance is {tolerance}, a part of money. Give a number from 0 to 1."
        raise InsightError(msg)
    periods = periods_of(spend, transfers, own_income)
    if len(periods) > 1:
        msg = (
            f"money of {len(periods)} periods is mixed: {periods[:4]}. Trace each of "
            "them with routes_by_period."
        )
        raise InsightError(msg)
    streams, notes = streams_of(spend, transfers, own_income)
    graph = _graph(streams)
    bodies = balances_of(
        graph, spent_by(spend, transfers), _own(spend, graph), tolerance=tolerance
    )
    graph.add_nodes_from(bodies.index)
    bodies["depth"] = depths_of(graph, bodies)
    rings = rings_of(graph)
    _place(graph, bodies, rings)
    return Routes(
        graph=graph,
        bodies=bodies,
        streams=streams,
        layers=layers_of(bodies),
        small=small_streams(streams, small),
        funders=funders_of(spend),
        rings=rings,
        incoherence=_incoherence(graph, bodies["depth"]),
        notes=notes,
    )


def _graph(streams: pd.DataFrame) -> nx.DiGraph[str]:
    """Return who pays whom, all programmes of two bodies together."""
    sums = streams.groupby(["payer", "payee"]).agg(
        amount_pence=("amount_pence", "sum"),
        cost_pence=("cost_pence", "sum"),
        streams=("amount_pence", "size"),
    )
    graph: nx.DiGraph[str] = nx.DiGraph()
    for payer, payee, amount, cost, several in sums.reset_index().itertuples(
        index=False
    ):
        if amount:
            graph.add_edge(
                payer,
                payee,
                amount_pence=int(amount),
                cost_pence=int(cost),
                streams=int(several),
            )
    return graph


def _own(spend: pd.DataFrame, graph: nx.DiGraph[str]) -> pd.Series[int]:
    """Return what bodies spend that name themselves as source and that nobody pays.

    Where others pay a body, that it names itself does not say what came from whom.
    """
    source, body = (
        spend[name].astype("str").str.strip() for name in ("source", "body")
    )
    paid = {name for name, n in graph.in_degree() if n}
    itself = (source == body) & spend["body"].notna() & ~body.isin(paid)
    own = spend[itself].groupby(body[itself])["amount_pence"].sum().astype("int64")
    return own.clip(lower=0)


def _place(
    graph: nx.DiGraph[str], bodies: pd.DataFrame, rings: Sequence[Sequence[str]]
) -> None:
    """Add to each body where it stands on the way."""
    starts = set(bodies.index[bodies["in_pence"] == 0])
    owners = set(bodies.index[bodies["own_pence"] > 0])
    before = {name: nx.ancestors(graph, name) | {name} for name in graph}
    facts = {
        "column": columns_of(graph, bodies["depth"]),
        "paths": paths_of(graph),
        "payers": dict(graph.in_degree()),
        "sources": {name: len(met & (starts | owners)) for name, met in before.items()},
    }
    for name, found in facts.items():
        bodies[name] = bodies.index.map(found).astype("int64")
    bodies["in_ring"] = bodies.index.isin([name for ring in rings for name in ring])


def _incoherence(graph: nx.DiGraph[str], depths: pd.Series[float]) -> float:
    """Return how unevenly payments lead on, each edge counting alike."""
    spans = pd.Series(
        [depths[payee] - depths[payer] for payer, payee in graph.edges], dtype=float
    ).dropna()
    return float((spans - 1).pow(2).mean() ** 0.5) if len(spans) else float("nan")
