"""Moves as the text of a file that programs for graphs read: GraphML and GEXF.

Nodes are numbered; their names are labels, in which a letter that XML cannot hold is
written as "�". So no two nodes become one, and any name makes a valid file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import networkx as nx
import pandas as pd

from journeys.networks import to_networkx

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["gexf_text", "graphml_text"]

NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DATED: Final = re.compile(r' lastmodifieddate="[^"]*"')


def graphml_text(edges: pd.DataFrame) -> str:
    """Return moves as GraphML, which Gephi, yEd and Cytoscape open.

    Parameters
    ----------
    edges
        One row an edge: `source`, `target`, `count` and any further columns. A
        missing value is left out of its edge.

    Raises
    ------
    JourneyError
        If a column is missing or an edge stands twice.

    References
    ----------
    Brandes, U. et al. (2002). GraphML progress report. Graph Drawing 2001.
    https://doi.org/10.1007/3-540-45848-4_59

    Examples
    --------
    >>> moves = pd.DataFrame({"source": ["ask"], "target": ["treat"], "count": [3]})
    >>> '<data key="d1">3</data>' in graphml_text(moves)
    True
    """
    return _declared("\n".join(nx.generate_graphml(_numbered(edges))))


def gexf_text(edges: pd.DataFrame) -> str:
    """Return moves as GEXF 1.2, which Gephi opens; see :func:`graphml_text`.

    References
    ----------
    https://gexf.net

    Examples
    --------
    >>> moves = pd.DataFrame({"source": ["ask"], "target": ["treat"], "count": [3]})
    >>> 'label="treat"' in gexf_text(moves)
    True
    """
    text = "\n".join(nx.generate_gexf(_numbered(edges)))
    return _declared(DATED.sub("", text))


def _declared(text: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _numbered(edges: pd.DataFrame) -> nx.DiGraph[str]:
    """Return a graph of plain values; what is missing is not there."""
    graph = to_networkx(edges)
    plain: nx.DiGraph[str] = nx.DiGraph()
    number: dict[Hashable, str] = {}
    for at, name in enumerate(sorted(graph)):
        number[name] = f"n{at}"
        plain.add_node(number[name], label=_clean(name))
    real = {n for n in edges if pd.api.types.is_float_dtype(edges[n].dtype)}
    for source, target, said in graph.edges(data=True):
        values = {
            _clean(name): _value(value, real=name in real)
            for name, value in said.items()
            if not pd.isna(value)
        }
        plain.add_edge(number[source], number[target], **values)
    return plain


def _value(value: object, *, real: bool) -> str | int | float:
    """Return a number as Python's own, and anything else as text."""
    if real:
        return float(value)  # type: ignore[arg-type]
    if hasattr(value, "__index__") and not isinstance(value, bool):
        return int(value)
    return _clean(str(value))


def _clean(name: str) -> str:
    return NOT_XML.sub("�", str(name))
