"""Write a released table of moves as a graph that other programs open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from insight.release.door import Door, _log
from insight.release.paper import put
from journeys.exchange import gexf_text, graphml_text

if TYPE_CHECKING:
    from pathlib import Path

    from insight.release.sheet import Released

__all__ = ["GraphKind", "write_graph"]

GraphKind = Literal["graphml", "gexf"]
WRITERS: Final = {"graphml": graphml_text, "gexf": gexf_text}


def write_graph(door: Door, released: Released, kind: GraphKind) -> Path:
    """Write moves beside their table, to `tables/NAME.KIND`, and log it.

    Parameters
    ----------
    door
        The door that released the table.
    released
        One row an edge: `source`, `target`, `count` and any further columns. What is
        hidden there is left out of its edge here, and the edge says `hidden`.
    kind
        "graphml" or "gexf".

    Returns
    -------
    file
        The file, in UTF-8.

    Raises
    ------
    JourneyError
        If a column is missing or an edge stands twice.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release import RULES, Sheet, release
    >>> frame = pd.DataFrame({"source": ["ask"], "target": ["assess"], "count": [3]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["threshold10"], "X", synthetic=True)
    ...     moves = release(door, frame, Sheet(name="m", title="M", counts=["count"]))
    ...     text = write_graph(door, moves, "gexf").read_text("utf-8")
    >>> 'value="3"' in text, 'value="yes"' in text
    (False, True)
    """
    said = released.hidden.any(axis=1).map({True: "yes", False: "no"})
    content = WRITERS[kind](released.frame.assign(hidden=said)).encode()
    file = (door.out / released.path).with_suffix(f".{kind}")
    put(file, content)
    _log(door, content, kind="graph", name=file.name, edges=len(released.frame))
    return file
