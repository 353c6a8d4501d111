"""Routes small enough to draw on paper, and conservation as a property."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.routes import OWN, Routes, routes_by_period, streams_of, trace_routes
from insight.spend.routes.layers import columns_of, paths_of

if TYPE_CHECKING:
    from random import Random

Passed = tuple[str, str, int]


def spend_of(*lines: tuple[str | None, str | None, int]) -> pd.DataFrame:
    """Build lines of spend from (source, body, pence)."""
    return pd.DataFrame(lines, columns=["source", "body", "amount_pence"])


def transfers_of(*rows: Passed, **more: list[object]) -> pd.DataFrame:
    """Build transfers from (payer, payee, pence) and further columns."""
    frame = pd.DataFrame(rows, columns=["payer", "payee", "amount_pence"])
    return frame.assign(**more)


def health(**more: list[object]) -> Routes:
    """Trace the Treasury's money through a department and a trust of care."""
    return trace_routes(
        spend_of(("HMT", "trust", 80), ("HMT", "PCT", 10)),
        transfers_of(
            ("HMT", "DH", 100), ("DH", "PCT", 95), ("PCT", "trust", 80), **more
        ),
    )


def test_final_spend_is_counted_once_and_not_as_a_sum_of_transfers() -> None:
    routes = health()
    assert routes.spent_pence == 90
    assert routes.streams["amount_pence"].sum() == 275


def test_a_source_that_transfers_lead_from_makes_no_stream_of_its_own() -> None:
    assert set(health().streams["seen_in"]) == {"transfers"}


def test_a_source_that_nothing_leads_from_is_a_stream() -> None:
    streams, _ = streams_of(
        spend_of(("tax", "council", 5)), transfers_of(("a", "b", 1))
    )
    named = streams[streams["seen_in"] == "spend"]
    assert named[["payer", "payee", "amount_pence"]].to_numpy().tolist() == [
        ["tax", "council", 5]
    ]


def test_a_programme_that_is_named_as_source_leads_on_with_its_payee() -> None:
    streams, _ = streams_of(
        spend_of(("Formula grant", "housing", 5)),
        transfers_of(
            ("CLG", "council", 9),
            ("council", "housing", 5),
            programme=["Formula grant", ""],
        ),
    )
    assert set(streams["seen_in"]) == {"transfers"}


def test_what_is_left_is_unexplained_and_what_is_declared_is_a_cost() -> None:
    routes = health()
    left = routes.bodies["residual_pence"]
    assert left.loc[["DH", "PCT", "trust"]].to_list() == [5, 5, 0]
    assert pd.isna(left["HMT"])
    assert set(routes.bodies.index[routes.bodies["unexplained"]]) == {"DH", "PCT"}
    declared = health(distribution_cost_pence=[0, 5, 5])
    assert declared.cost_pence == 10
    assert not declared.bodies["unexplained"].any()
    assert "agree at every body" in str(declared)


def test_a_little_left_is_within_tolerance() -> None:
    spend, passed = spend_of(("A", "B", 99)), transfers_of(("A", "B", 100))
    assert not trace_routes(spend, passed).bodies.loc["B", "unexplained"]
    exact = trace_routes(spend, passed, tolerance=0)
    assert exact.bodies.loc["B", "unexplained"]


def test_roles_depth_paths_and_sources() -> None:
    routes = trace_routes(
        spend_of(("A", "D", 60), ("E", "D", 20), ("E", "E", 7)),
        transfers_of(("A", "B", 40), ("A", "C", 20), ("B", "D", 40), ("C", "D", 20)),
    )
    bodies = routes.bodies
    assert bodies["role"].to_dict() == {
        "A": "source",
        "B": "intermediary",
        "C": "intermediary",
        "D": "final spender",
        "E": "source",
    }
    assert bodies.loc["D", "depth"] == pytest.approx((60 * 2 + 20 * 1) / 80)
    assert bodies.loc["D", ["paths", "payers", "sources"]].to_list() == [3, 3, 2]
    assert bodies.loc["E", "own_pence"] == 7


def test_own_income_comes_from_its_source_or_has_a_name_of_its_own() -> None:
    own = pd.DataFrame({"body": ["council"] * 2, "amount_pence": [70, 30]})
    routes = trace_routes(
        spend_of(("council tax", "council", 100)),
        transfers_of(("CLG", "other", 1)),
        own.assign(source=["council tax", None]),
    )
    payers = routes.streams.set_index("payer")["amount_pence"]
    assert payers[["council tax", OWN]].to_list() == [70, 30]
    assert routes.bodies.loc["council", "residual_pence"] == 0


def test_money_returned_is_a_stream_the_other_way_and_makes_a_ring() -> None:
    routes = trace_routes(
        spend_of(("A", "B", 80)), transfers_of(("A", "B", 100), ("A", "B", -20))
    )
    assert routes.graph.edges["B", "A"]["amount_pence"] == 20
    assert routes.rings == (("A", "B"),)
    assert "Money goes round among A, B" in str(routes)


def test_a_ring_is_found_and_nothing_hangs_on_it() -> None:
    routes = trace_routes(
        spend_of(("A", "B", 50), ("A", "C", 50)),
        transfers_of(("A", "B", 100), ("B", "C", 60), ("C", "B", 10)),
    )
    assert routes.rings == (("B", "C"),)
    assert routes.bodies["in_ring"].to_dict() == {"A": False, "B": True, "C": True}
    # B = (100 (0 + 1) + 10 (C + 1)) / 110 and C = B + 1
    assert routes.bodies.loc["B", "depth"] == pytest.approx(1.2)
    assert routes.bodies["column"].to_dict() == {"A": 0, "B": 1, "C": 2}
    assert routes.bodies["unexplained"].sum() == 0


def test_a_ring_that_nothing_enters_has_no_depth() -> None:
    routes = trace_routes(
        spend_of(("A", "A", 1)), transfers_of(("B", "C", 5), ("C", "B", 5))
    )
    assert routes.bodies["depth"].isna().to_dict() == {"A": False, "B": True, "C": True}


def test_final_spend_by_a_body_without_lines_is_a_kind_of_transfer() -> None:
    passed = transfers_of(
        ("A", "B", 9), ("A", "C", 5), kind=["transfer", "final spend"]
    )
    routes = trace_routes(spend_of(("A", "B", 9)), passed)
    assert routes.spent_pence == 14
    with pytest.raises(InsightError, match=r"\['C'\].*would count twice"):
        trace_routes(spend_of(("A", "C", 9)), passed)


def test_small_streams_leave_their_end_out() -> None:
    passed = transfers_of(("A", "B", 4_999_999), ("A", "C", 5_000_000))
    small = trace_routes(spend_of(("A", "B", 1)), passed).small
    assert small["streams"].to_list() == [1, 2]


def test_funders_are_counted_by_body_and_function() -> None:
    spend = spend_of(("A", "X", 1), ("B", "X", 1), ("B", "X", 1), ("B", "Y", 1))
    routes = trace_routes(
        spend.assign(cofog=["06.1", "06", "07", None]), transfers_of(("A", "X", 1))
    )
    found = routes.funders.set_index(["body", "division"])["sources"].to_dict()
    assert found == {("X", "06"): 2, ("X", "07"): 1, ("Y", "not known"): 1}


def test_lines_below_nought_and_without_names_are_told() -> None:
    routes = trace_routes(
        spend_of(("A", "B", -5), (None, "C", 7), ("A", None, 1)),
        transfers_of(("A", "C", 7)),
    )
    assert "nought or less (-£0)" in routes.notes[0]
    assert "2 lines of spend lack a source or a body" in routes.notes[1]
    assert routes.spent_pence == 3
    assert "body not stated" in routes.bodies.index


def test_periods_are_traced_apart_and_never_mixed() -> None:
    spend = spend_of(("A", "B", 1), ("A", "B", 2), ("A", "B", 4))
    spend["period"] = ["2008-09", "2009-10", None]
    passed = transfers_of(("A", "B", 1), period=["2008-09"])
    found = routes_by_period(spend, passed)
    assert {period: routes.spent_pence for period, routes in found.items()} == {
        "2008-09": 1,
        "2009-10": 2,
        "period not stated": 4,
    }
    with pytest.raises(InsightError, match="money of 2 periods is mixed"):
        trace_routes(spend, passed)


@pytest.mark.parametrize(
    ("passed", "match"),
    [
        (pd.DataFrame({"payer": ["A"], "amount_pence": [1]}), r"lacks \['payee'\]"),
        (transfers_of(("A", "A", 1)), "from a body to itself; the first is row 1"),
        (transfers_of(("A", " ", 1)), "lack a payer or a payee"),
    ],
)
def test_transfers_that_lead_nowhere_are_refused(
    passed: pd.DataFrame, match: str
) -> None:
    with pytest.raises(InsightError, match=match):
        trace_routes(spend_of(("A", "B", 1)), passed)


def test_bad_own_income_and_tolerance_are_refused() -> None:
    spend, passed = spend_of(("A", "B", 1)), transfers_of(("A", "B", 1))
    own = pd.DataFrame({"body": ["B"], "amount_pence": [-1]})
    with pytest.raises(InsightError, match="own_income has a row below nought"):
        trace_routes(spend, passed, own)
    with pytest.raises(InsightError, match="tolerance is 2"):
        trace_routes(spend, passed, tolerance=2)


bodies = st.sampled_from("ABCDEF")
moves = st.lists(
    st.tuples(bodies, bodies, st.integers(1, 1000)).filter(
        lambda row: row[0] != row[1]
    ),
    min_size=1,
    max_size=20,
)
lines = st.lists(st.tuples(bodies, bodies, st.integers(-50, 1000)), max_size=12)


@settings(max_examples=12)
@given(lines, moves)
def test_every_penny_that_goes_out_comes_in_and_the_rest_is_told(
    lines: list[tuple[str, str, int]], moves: list[Passed]
) -> None:
    routes = trace_routes(spend_of(*lines), transfers_of(*moves))
    money = routes.bodies
    assert money["in_pence"].sum() == money["out_pence"].sum()
    assert routes.spent_pence == sum(pence for *_, pence in lines)
    paid = money[money["in_pence"] > 0]
    gone = paid["out_pence"] + paid["spent_pence"] + paid["cost_pence"]
    assert (paid["in_pence"] + paid["own_pence"] - gone == paid["residual_pence"]).all()


@settings(max_examples=12)
@given(lines, moves, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    lines: list[tuple[str, str, int]], moves: list[Passed], random: Random
) -> None:
    one = trace_routes(spend_of(*lines), transfers_of(*moves))
    other = trace_routes(
        spend_of(*random.sample(lines, len(lines))),
        transfers_of(*random.sample(moves, len(moves))),
    )
    pd.testing.assert_frame_equal(one.bodies, other.bodies)
    pd.testing.assert_frame_equal(one.streams, other.streams)
    assert str(one) == str(other)


@settings(max_examples=12)
@given(moves)
def test_depth_is_the_trophic_level_less_one_where_all_adds_up(
    moves: list[Passed],
) -> None:
    forward = [(a, b, pence) for a, b, pence in moves if a < b] or [("A", "B", 1)]
    graph: nx.DiGraph[str] = nx.DiGraph()
    for payer, payee, pence in forward:
        before = graph.get_edge_data(payer, payee, {"weight": 0})["weight"]
        graph.add_edge(payer, payee, weight=before + pence)
    # each body spends what is left with it, or is given what it lacks by a source
    spend = []
    for name in list(graph):
        left = graph.in_degree(name, "weight") - graph.out_degree(name, "weight")
        if graph.in_degree(name) and left > 0:
            spend.append((next(iter(graph.pred[name])), name, left))
        elif graph.in_degree(name) and left < 0:
            graph.add_edge("0", name, weight=-left)
            forward.append(("0", name, -left))
    routes = trace_routes(spend_of(*spend), transfers_of(*forward))
    levels = nx.trophic_levels(graph)
    for name, level in levels.items():
        assert math.isclose(routes.bodies.loc[name, "depth"], level - 1, abs_tol=1e-9)


@settings(max_examples=12)
@given(moves)
def test_paths_agree_with_walking_all_of_them(moves: list[Passed]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph([(a, b) for a, b, _ in moves if a < b])
    starts = [name for name in graph if not graph.in_degree(name)]
    ways = paths_of(graph)
    for name in graph:
        walked = sum(
            1 for start in starts for _ in nx.all_simple_paths(graph, start, name)
        )
        assert ways[name] == (walked or 1)


@settings(max_examples=12)
@given(moves)
def test_columns_grow_along_every_stream_outside_rings(moves: list[Passed]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph([(a, b) for a, b, _ in moves])
    columns = columns_of(graph, pd.Series(dtype=float))
    rings = [ring for ring in nx.strongly_connected_components(graph) if len(ring) > 1]
    for payer, payee in graph.edges:
        if not any({payer, payee} <= ring for ring in rings):
            assert columns[payer] < columns[payee]
    used = sorted(set(columns.values()))
    assert all(after - before == 1 for before, after in pairwise(used))
