"""Segments grown from features: one level of them, or a tree.

One level is a tree whose segments all hang from the root, so both have one form:
nodes with a parent, and for each row its code on every level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.kmeans.hierarchy import SegmentHierarchy
from segmentation.kmeans.segments import CustomerSegments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentation.kmeans.grid import Grid

__all__ = ["Grown", "grow_segments", "level_names"]

LEVELS: Final = ("supergroup", "group", "subgroup")


@dataclass(frozen=True, kw_only=True)
class Grown:
    """Segments of rows, on one level or more.

    Parameters
    ----------
    tree
        One row a row and one column a level: "segment", or "supergroup" and so on.
    nodes
        Code -> `parent` ("" at the top), `level`, `areas`, `inertia`.
    centres
        One row a code of `nodes`, one column a feature.
    grid
        The whole steps in which distances are taken.
    starts, hits
        How many starts were tried for the top level, and how many reached the best.
    """

    tree: pd.DataFrame
    nodes: pd.DataFrame
    centres: pd.DataFrame
    grid: Grid
    starts: int
    hits: int


def level_names(count: int) -> list[str]:
    """Return what the levels of a tree are called, the top first.

    Examples
    --------
    >>> level_names(1), level_names(2)
    (['segment'], ['supergroup', 'group'])
    """
    if count == 1:
        return ["segment"]
    return [
        LEVELS[at] if at < len(LEVELS) else f"level {at + 1}" for at in range(count)
    ]


def grow_segments(
    features: pd.DataFrame, levels: Sequence[int], *, restarts: int, seed: int
) -> Grown:
    """Find segments of rows.

    Parameters
    ----------
    features
        One row an area, scaled, in any order.
    levels
        How many segments each level has in all, the top first.
    restarts
        How many starts of k-means to try at each parting.
    seed
        Of the starts.

    Raises
    ------
    SegmentError
        If there are more segments than different rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [0, 1, 2, 9, 10.5, 50, 51, 59]})
    >>> grown = grow_segments(rows, (2, 4), restarts=5, seed=0)
    >>> grown.tree.loc[7].tolist(), grown.nodes["parent"].to_dict()
    (['2', '2b'], {'1': '', '2': '', '1a': '1', '1b': '1', '2a': '2', '2b': '2'})
    """
    if len(levels) == 1:
        return _flat(features, levels[0], restarts, seed)
    fitted = SegmentHierarchy(tuple(levels), n_init=restarts, random_state=seed).fit(
        features
    )
    inner = {code: node for code, node in fitted.nodes_.items() if code}
    parent = {
        child: code for code, node in fitted.nodes_.items() for child in node.children
    }
    level = {"": 0}
    for code in inner:
        level[code] = level[parent[code]] + 1
    return Grown(
        tree=pd.DataFrame(
            fitted.codes_, features.index, level_names(len(levels)), dtype="str"
        ),
        nodes=pd.DataFrame(
            {
                "parent": [parent[code] for code in inner],
                "level": [level[code] for code in inner],
                "areas": [node.n for node in inner.values()],
                "inertia": [node.inertia for node in inner.values()],
            },
            index=list(inner),
        ),
        centres=pd.DataFrame(
            np.array([node.centre for node in inner.values()]),
            list(inner),
            features.columns,
        ),
        grid=fitted.grid_,
        starts=fitted.nodes_[""].starts,
        hits=fitted.nodes_[""].hits,
    )


def _flat(features: pd.DataFrame, k: int, restarts: int, seed: int) -> Grown:
    fitted = CustomerSegments(k, n_init=restarts, random_state=seed).fit(features)
    codes = np.array([str(number + 1) for number in range(k)])
    own = fitted.cluster_centers_[fitted.labels_]
    away = ((features.to_numpy() - own) ** 2).sum(axis=1)
    return Grown(
        tree=pd.DataFrame(
            {level_names(1)[0]: codes[fitted.labels_]}, features.index, dtype="str"
        ),
        nodes=pd.DataFrame(
            {
                "parent": "",
                "level": 1,
                "areas": np.bincount(fitted.labels_, minlength=k),
                "inertia": np.bincount(fitted.labels_, away, minlength=k),
            },
            index=codes.tolist(),
        ),
        centres=pd.DataFrame(fitted.cluster_centers_, codes.tolist(), features.columns),
        grid=fitted.grid_,
        starts=fitted.n_starts_,
        hits=fitted.n_best_,
    )
