"""Graphs that a person can read, checked on edges made by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError, most_travelled, to_networkx

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
