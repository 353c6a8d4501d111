"""Files for other programs: valid whatever the names, and read back the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError
from journeys.exchange import gexf_text, graphml_text

if TYPE_CHECKING:
    from collections.abc import Callable

EDGES = pd.DataFrame(
    {
        "source": ["ask", "ask"],
        "target": ["treat & <close>", 'say "no"'],
        "count": pd.array([3, None], "Int64"),
        "wait_days": [1.5, 2.0],
    }
)


def read_graphml(text: str) -> nx.DiGraph:
    return nx.parse_graphml(text)


def read_gexf(text: str) -> nx.DiGraph:
    return nx.read_gexf(io.BytesIO(text.encode()))


BOTH = pytest.mark.parametrize(
    ("write", "read"), [(graphml_text, read_graphml), (gexf_text, read_gexf)]
)


@BOTH
def test_a_graph_is_read_back_the_same(
    write: Callable[[pd.DataFrame], str], read: Callable[[str], nx.DiGraph]
) -> None:
    graph = read(write(EDGES))
    label = dict(graph.nodes(data="label"))
    found = {(label[a], label[b]): said for a, b, said in graph.edges(data=True)}
    assert found["ask", "treat & <close>"]["count"] == 3
    assert found["ask", "treat & <close>"]["wait_days"] == 1.5
    assert "count" not in found["ask", 'say "no"']  # missing, not nought
    assert graph.is_directed()


@BOTH
def test_the_same_moves_make_the_same_text(
    write: Callable[[pd.DataFrame], str], read: Callable[[str], nx.DiGraph]
) -> None:
    assert write(EDGES) == write(EDGES.copy())
    assert "lastmodifieddate" not in write(EDGES)
    assert read(write(EDGES)).number_of_edges() == 2


@BOTH
def test_no_moves_make_an_empty_graph(
    write: Callable[[pd.DataFrame], str], read: Callable[[str], nx.DiGraph]
) -> None:
    assert read(write(EDGES.head(0))).number_of_edges() == 0


@BOTH
def test_a_missing_column_is_named(
    write: Callable[[pd.DataFrame], str], read: Callable[[str], nx.DiGraph]
) -> None:
    assert read
    with pytest.raises(JourneyError, match=r"lack \['count'\]"):
        write(EDGES.drop(columns="count"))


odd = st.text(
    st.characters(codec=None) | st.sampled_from("\x00\x0b\x1b\ud800\ufffe<&>\"'\n"),
    max_size=4,
)


@BOTH
@given(st.lists(st.tuples(odd, odd), unique=True, max_size=6))
def test_any_name_makes_a_valid_file_and_no_two_nodes_one(
    write: Callable[[pd.DataFrame], str],
    read: Callable[[str], nx.DiGraph],
    pairs: list[tuple[str, str]],
) -> None:
    edges = pd.DataFrame(
        {
            "source": pd.Series([a for a, _ in pairs], dtype=object),
            "target": pd.Series([b for _, b in pairs], dtype=object),
            "count": range(len(pairs)),
            "said": pd.Series([a for a, _ in pairs], dtype=object),
        }
    )
    text = write(edges)
    ET.fromstring(text.encode())  # noqa: S314 - our own text
    graph = read(text)
    assert graph.number_of_nodes() == len({name for pair in pairs for name in pair})
    assert graph.number_of_edges() == len(pairs)
