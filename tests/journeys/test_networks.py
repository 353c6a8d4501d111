"""Graphs that a person can read, checked on edges made by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import (
    JourneyError,
    directly_follows,
    encode_log,
    handovers,
    most_travelled,
    to_networkx,
)
from journeys.networks import from_networkx
from journeys.whole_journeys import journeys_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Log
    from place.engine import DuckDBEngine

EDGES = pd.DataFrame(
    [("a", "b", 50), ("b", "c", 30), ("c", "a", 15), ("c", "b", 5)],
    columns=["source", "target", "count"],
)


def test_edges_are_kept_until_they_hold_the_share() -> None:
    kept = most_travelled(EDGES, share=0.8)
    assert list(kept.edges["count"]) == [50, 30]
    assert kept.share == 0.8
    assert str(kept) == ("2 of 4 kinds of move shown, which hold 80.0% of 100 moves.")


def test_no_more_edges_than_a_person_can_read() -> None:
    kept = most_travelled(EDGES, share=1, most=1)
    assert kept.share == 0.5
    assert kept.n_edges == 4


def test_equals_are_taken_by_name() -> None:
    edges = EDGES.assign(count=1).iloc[::-1]
    assert list(most_travelled(edges, share=1, most=2).edges["source"]) == ["a", "b"]


def test_no_moves_hold_all_moves() -> None:
    assert most_travelled(EDGES.head(0)).share == 1


def test_edges_become_a_directed_graph_with_their_attributes() -> None:
    graph = to_networkx(EDGES.assign(customers=2, segment="old"))
    assert graph["a"]["b"] == {"count": 50, "customers": 2}
    assert not graph.has_edge("b", "a")


@pytest.mark.parametrize(("share", "most"), [(0, 5), (1.1, 5), (0.5, 0)])
def test_options_out_of_range_are_refused(share: float, most: int) -> None:
    with pytest.raises(JourneyError, match="share must be above 0 and at most 1"):
        most_travelled(EDGES, share=share, most=most)


@pytest.mark.parametrize("of", [most_travelled, to_networkx])
def test_edges_of_several_segments_are_refused(of: object) -> None:
    with pytest.raises(JourneyError, match="4 edges stand twice among 8"):
        of(pd.concat([EDGES, EDGES]))  # type: ignore[operator]


@pytest.mark.parametrize("of", [most_travelled, to_networkx])
def test_a_missing_column_is_named(of: object) -> None:
    with pytest.raises(JourneyError, match=r"lack \['count'\]"):
        of(EDGES.drop(columns="count"))  # type: ignore[operator]


edges = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(1, 99)),
    min_size=1,
    unique_by=lambda edge: edge[:2],
).map(lambda rows: pd.DataFrame(rows, columns=["source", "target", "count"]))


@given(edges, st.floats(0.05, 1), st.floats(0.05, 1))
def test_a_larger_share_keeps_all_that_a_smaller_one_keeps(
    frame: pd.DataFrame, one: float, other: float
) -> None:
    small = most_travelled(frame, share=min(one, other))
    large = most_travelled(frame, share=max(one, other))
    assert small.share >= min(one, other) - 1e-9
    pd.testing.assert_frame_equal(large.edges.head(len(small.edges)), small.edges)


@given(edges)
def test_no_edge_and_no_count_is_lost_in_the_graph(frame: pd.DataFrame) -> None:
    graph = to_networkx(frame)
    assert graph.number_of_edges() == len(frame)
    assert sum(n for *_, n in graph.edges(data="count")) == frame["count"].sum()


@given(edges)
def test_a_graph_gives_its_moves_back(frame: pd.DataFrame) -> None:
    back = from_networkx(to_networkx(frame.assign(customers=1)))
    ordered = frame.sort_values(["source", "target"], ignore_index=True)
    pd.testing.assert_frame_equal(back, ordered.assign(customers=1), check_dtype=False)


def test_how_often_may_have_another_name() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("b", "a", weight=2)
    graph.add_edge("a", "b", weight=0, note="x")
    rows = from_networkx(graph, count="weight", segment="old").to_dict("records")
    assert rows[0] == {
        "segment": "old",
        "source": "a",
        "target": "b",
        "count": 0,
        "note": "x",
    }
    assert rows[1]["count"] == 2


def test_a_graph_without_edges_is_no_moves() -> None:
    empty = from_networkx(nx.DiGraph())
    assert empty.columns.tolist() == ["source", "target", "count"]
    assert most_travelled(empty).share == 1


@pytest.mark.parametrize(
    ("graph", "match"),
    [
        (nx.Graph([("a", "b", {"count": 1})]), "The graph is a Graph; journeys are"),
        (nx.MultiDiGraph([("a", "b", {"count": 1})]), "The graph is a MultiDiGraph"),
        (nx.DiGraph([(1, 2, {"count": 1})]), "2 of 2 nodes are not texts, and 0 of 1"),
        (nx.DiGraph([("a", "b")]), "1 of 1 edges do not say how often in 'count'"),
        (nx.DiGraph([("a", "b", {"count": 1.5})]), "and 1 of 1 edges do not"),
        (nx.DiGraph([("a", "b", {"count": -1})]), "and 1 of 1 edges do not"),
        (nx.DiGraph([("a", "b", {"count": True})]), "and 1 of 1 edges do not"),
    ],
)
def test_a_graph_of_another_kind_is_refused(graph: Any, match: str) -> None:  # noqa: ANN401 - any graph
    with pytest.raises(JourneyError, match=match):
        from_networkx(graph)


def test_a_journey_is_kept_only_whole(log_of: Callable[..., Log]) -> None:
    days = [("x", "A", 1), ("x", "B", 2), ("y", "A", 1), ("y", "B", 2), ("y", "C", 3)]
    log = log_of(
        *((who, agency, "assess", day) for who, agency, day in days),
        ("z", "A", "assess", 1),
    )
    kept = journeys_kept(log, handovers(log).query("target == 'B'"), of="agency")
    assert (kept.kept, kept.customers, kept.share) == (1, 2, 0.5)
    assert str(kept).startswith("1 of 2 journeys (50.0%) can be followed whole")


def test_where_nobody_moves_no_journey_is_kept(log_of: Callable[..., Log]) -> None:
    kept = journeys_kept(log_of(("x", "A", "assess", 1)), EDGES)
    assert kept.share is None
    assert "no journey to follow" in str(kept)


@pytest.mark.parametrize("of", ["activity", "agency"])
@settings(max_examples=15)
@given(data=st.data())
def test_journeys_kept_equal_a_plain_count(
    engine: DuckDBEngine,
    events_of: Callable[..., pd.DataFrame],
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    of: Any,  # noqa: ANN401 - one of two words
    data: st.DataObject,
) -> None:
    events = data.draw(random_events)
    log = encode_log(events_of(events), engine=engine)
    moves = directly_follows(log) if of == "activity" else handovers(log)
    most = data.draw(st.integers(1, 6))
    kept = most_travelled(moves, share=1, most=most).edges
    known = set(zip(kept["source"], kept["target"], strict=True))
    journeys: dict[str, list[str]] = {}
    for _, event in sorted(enumerate(events), key=lambda e: (e[1]["day"], e[0])):
        journeys.setdefault(event["customer_id"], []).append(event[of])
    steps = [
        [pair for pair in pairwise(each) if of == "activity" or pair[0] != pair[1]]
        for each in journeys.values()
    ]
    moving = [each for each in steps if each]
    found = journeys_kept(log, kept, of=of)
    assert found.customers == len(moving)
    assert found.kept == sum(set(each) <= known for each in moving)
