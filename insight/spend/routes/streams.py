"""Which money goes from whom to whom: transfers, own income, and named sources.

A stream is money of one programme from a payer to a payee. Transfers are streams as
they stand; one below nought is money returned, and so a stream the other way. Income
of a body's own is a stream from where it comes. A line of spend names its source too:
that is a stream only where transfers do not show how the money came, or the same
pound would come twice. They show it where the source is a body, or a programme, from
which transfers lead to the spender.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import pandas as pd

from insight.errors import InsightError
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FINAL", "OWN", "UNNAMED", "known_routes", "spent_by", "streams_of"]

OWN: Final = "own income"
"""The payer of income of a body's own whose source is not named."""

UNNAMED: Final = "body not stated"
FINAL: Final = "final spend"
STREAM: Final = ["payer", "payee", "programme", "conditions", "amount_pence"]
STREAM_MORE: Final = ["cost_pence", "seen_in"]
NEEDED: Final = {
    "spend": ("source", "body", "amount_pence"),
    "transfers": ("payer", "payee", "amount_pence"),
    "own_income": ("body", "amount_pence"),
}


def streams_of(
    spend: pd.DataFrame,
    transfers: pd.DataFrame,
    own_income: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return streams of money between bodies, each pound once on each step.

    Parameters
    ----------
    spend
        `source`, `body` and `amount_pence`, and `programme` if known: lines of what
        is finally spent.
    transfers
        `payer`, `payee` and `amount_pence`, and any of `programme`, `conditions`,
        `kind` and `distribution_cost_pence` (what passing it on costs the payer).
    own_income
        `body` and `amount_pence`, and `source` if known, such as council tax.

    Returns
    -------
    streams, notes
        One row a stream: `payer`, `payee`, `programme`, `conditions`, `amount_pence`
        (above nought), `cost_pence` and `seen_in` ("transfers", "own income" or
        "spend"), in the order of names; and what was passed over, in sentences. A
        line of spend whose source is the spender itself makes no stream.

    Raises
    ------
    InsightError
        If a column is not there, a transfer lacks an end, or someone pays himself.

    Examples
    --------
    >>> spend = pd.DataFrame(
    ...     {
    ...         "source": ["Treasury", "council tax"],
    ...         "body": ["trust", "council"],
    ...         "amount_pence": [90, 50],
    ...     }
    ... )
    >>> transfers = pd.DataFrame(
    ...     {"payer": ["Treasury", "PCT"], "payee": ["PCT", "trust"]}
    ... ).assign(amount_pence=[100, 90])
    >>> streams, _ = streams_of(spend, transfers)
    >>> streams[["payer", "payee", "amount_pence"]].to_numpy().tolist()
    [['PCT', 'trust', 90], ['Treasury', 'PCT', 100], ['council tax', 'council', 50]]
    """
    _check(spend, "spend")
    passed = _passed_on(transfers)
    own = _own(own_income)
    named, notes = _named(spend, pd.concat([passed, own]))
    parts = [part for part in (passed, own, named) if len(part)]
    if not parts:
        return passed, tuple(notes)
    streams = pd.concat(parts, ignore_index=True)
    return (
        streams.sort_values([*STREAM, "seen_in"], kind="stable", ignore_index=True),
        tuple(notes),
    )


def spent_by(spend: pd.DataFrame, transfers: pd.DataFrame) -> pd.Series[int]:
    """Return what each body finally spends, in pence, each pound once.

    Parameters
    ----------
    spend, transfers
        As for :func:`streams_of`. Lines of spend count, and transfers of the kind
        "final spend": those whose payee spends them and declares no line itself.

    Raises
    ------
    InsightError
        If a payee of "final spend" has lines of spend of its own, so that some
        money would count twice.

    Examples
    --------
    >>> spend = pd.DataFrame({"source": ["A"], "body": ["B"], "amount_pence": [70]})
    >>> transfers = pd.DataFrame({"payer": ["B"], "payee": ["C"], "kind": [FINAL]})
    >>> spent_by(spend, transfers.assign(amount_pence=30)).to_dict()
    {'B': 70, 'C': 30}
    """
    body = _words(spend, "body").replace("", UNNAMED)
    own = spend.groupby(body)["amount_pence"].sum().astype("int64")
    kind = transfers.get("kind", pd.Series(index=transfers.index, dtype="str"))
    ends = transfers[kind == FINAL]
    paid = ends.groupby(_words(ends, "payee"))["amount_pence"].sum().astype("int64")
    both = sorted(set(own.index) & set(paid.index))
    if both:
        msg = (
            f"{len(both)} bodies have lines of spend and are also payees of transfers "
            f'of kind "{FINAL}", such as {both[:3]}: that money would count twice. '
            'Call those transfers "transfer", or leave out the lines.'
        )
        raise InsightError(msg)
    return pd.concat([own, paid]).astype("int64").sort_index()


def known_routes(streams: pd.DataFrame) -> nx.DiGraph[str]:
    """Return who pays whom, and each programme as a node that leads to its payees.

    Parameters
    ----------
    streams
        With `payer`, `payee` and `programme`.

    Examples
    --------
    >>> streams = pd.DataFrame({"payer": ["A"], "payee": ["B"], "programme": ["Aid"]})
    >>> sorted(known_routes(streams).edges)
    [('A', 'B'), ('Aid', 'B')]
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(zip(streams["payer"], streams["payee"], strict=True))
    titled = streams[streams["programme"] != ""]
    graph.add_edges_from(zip(titled["programme"], titled["payee"], strict=True))
    return graph


def _check(table: pd.DataFrame, name: str) -> None:
    lacks = [column for column in NEEDED[name] if column not in table.columns]
    if lacks:
        msg = (
            f"{name} lacks {lacks}; it has {list(table.columns)}. Add them, or name "
            f"them in [tables.{name}]."
        )
        raise InsightError(msg)


def _words(table: pd.DataFrame, column: str) -> pd.Series[str]:
    """Return a column of names without outer spaces; "" where it has none."""
    if column not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].astype("str").where(table[column].notna(), "").str.strip()


def _passed_on(transfers: pd.DataFrame) -> pd.DataFrame:
    """Return transfers as streams, money returned the other way."""
    _check(transfers, "transfers")
    table = transfers.reset_index(drop=True)
    payer, payee = _words(table, "payer"), _words(table, "payee")
    faults = {
        "lack a payer or a payee": (payer == "") | (payee == ""),
        "go from a body to itself": payer == payee,
    }
    for what, are in faults.items():
        if are.any():
            first = are.to_list().index(True) + 1
            msg = (
                f"{are.sum()} transfers {what}; the first is row {first}. "
                "Name two bodies, or leave the row out."
            )
            raise InsightError(msg)
    amount = table["amount_pence"].astype("int64")
    back = amount < 0
    cost = table.get("distribution_cost_pence", pd.Series(0, index=table.index))
    streams = pd.DataFrame(
        {
            "payer": payer.where(~back, payee),
            "payee": payee.where(~back, payer),
            "programme": _words(table, "programme"),
            "conditions": _words(table, "conditions").mask(back, "returned"),
            "amount_pence": amount.abs(),
            "cost_pence": cost.fillna(0).astype("int64"),
        }
    )
    return streams.assign(seen_in="transfers")


def _own(own_income: pd.DataFrame | None) -> pd.DataFrame:
    if own_income is None:
        return pd.DataFrame(columns=[*STREAM, *STREAM_MORE])
    _check(own_income, "own_income")
    source = _words(own_income, "source")
    income = pd.DataFrame(
        {
            "payer": source.mask(source == "", OWN),
            "payee": _words(own_income, "body"),
            "programme": "",
            "conditions": "",
            "amount_pence": own_income["amount_pence"].astype("int64"),
            "cost_pence": 0,
        }
    )
    if (income["amount_pence"] < 0).any() or (income["payee"] == "").any():
        msg = (
            "own_income has a row below nought or without a body. Give what comes in, "
            "and name whose it is."
        )
        raise InsightError(msg)
    return income.assign(seen_in=OWN)


def _named(spend: pd.DataFrame, seen: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return streams from sources that lines of spend name and nothing else shows."""
    lines = pd.DataFrame(
        {
            "payer": _words(spend, "source"),
            "payee": _words(spend, "body"),
            "programme": _words(spend, "programme"),
            "amount_pence": spend["amount_pence"].astype("int64"),
        }
    )
    nameless = (lines["payer"] == "") | (lines["payee"] == "")
    keys = ["payer", "payee", "programme"]
    sums = lines[~nameless & (lines["payer"] != lines["payee"])].groupby(keys).sum()
    sums = sums.reset_index()
    reached = _reached(seen)
    is_new = [
        payee not in reached.get(payer, set())
        for payer, payee in zip(sums["payer"], sums["payee"], strict=True)
    ]
    streams = sums[pd.Series(is_new, index=sums.index, dtype=bool)]
    notes = []
    below = streams["amount_pence"] <= 0
    if below.any():
        taken = int(streams.loc[below, "amount_pence"].sum())
        notes.append(
            f"{below.sum()} streams named on lines of spend are nought or less "
            f"({pounds(taken)}): they count in final spend and are not drawn."
        )
    if nameless.any():
        pence = int(lines.loc[nameless, "amount_pence"].sum())
        notes.append(
            f"{nameless.sum()} lines of spend lack a source or a body "
            f"({pounds(pence)}): where that money came from is not known."
        )
    found = streams[~below].assign(conditions="", cost_pence=0, seen_in="spend")
    return found[[*STREAM, *STREAM_MORE]], notes


def _reached(seen: pd.DataFrame) -> Mapping[str, set[str]]:
    """Return the bodies that money from each body or programme comes to."""
    graph = known_routes(seen)
    return {name: nx.descendants(graph, name) for name in graph}
