"""Segments that were found elsewhere, applied to the areas of this place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segmentation.areas import (
    categories_of,
    mean_silhouette,
    names_of_tree,
    profile_of,
)
from segmentation.errors import SegmentError
from segmentation.explain.portraits import suggested_names
from segmentation.features.variables import indexed_by_area, rates
from segmentation.found import Segmentation, SegmentRecipe
from segmentation.kmeans.grown import level_names
from segmentation.share.assigning import assign
from segmentation.share.feature_specs import feature_values, needed_columns

if TYPE_CHECKING:
    from segmentation.share.model import SharedModel

__all__ = ["apply_model"]


def apply_model(model: SharedModel, areas: pd.DataFrame) -> Segmentation:
    """Give each area its segment of a model, and say how the segments fit here.

    Parameters
    ----------
    model
        What :func:`segmentation.share.model.read_model` read.
    areas
        One row an area, with `area_code` as a column or as the index, and the
        columns that the model needs. Left as it is.

    Returns
    -------
    segmentation
        Segments, profile and fit are those of the areas here; names, centres, starts
        and hits are the model's. Segments that no area here falls into stand in
        `nodes` with no areas.

    Raises
    ------
    SegmentError
        If a column is missing, or no area has every variable.

    Examples
    --------
    >>> from segmentation import SegmentRecipe, segment_areas
    >>> from segmentation.share.sharing import shared_model
    >>> areas = pd.DataFrame({"area_code": list("abcd"), "flats": [1, 2, 8, 9]})
    >>> areas["homes"] = 10
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> made = segment_areas(areas, {"flats": "flats / homes"}, recipe=recipe)
    >>> applied = apply_model(shared_model(made, made.variables), areas)
    >>> bool((applied.segments == made.segments).all()), applied.stability
    (True, None)
    """
    place = indexed_by_area(areas)
    given = assign(model, place)
    known = given.segments.dropna()
    if known.empty:
        msg = (
            f"none of {len(place)} areas has every variable of the model, such as "
            f"{place.index[0]!r}, which lacks {given.left_out.iloc[0]}. Supply them."
        )
        raise SegmentError(msg)
    names = [each.name for each in model.features]
    values = feature_values(model.features, model.variables, place.loc[known.index])
    features = pd.DataFrame(values, known.index, names)
    tree = _tree(model, known)
    segments = tree.iloc[:, 0].rename("segment")
    codes = list(model.codes)
    centres = pd.DataFrame(model.grid.grid.values(model.centres), codes, names)
    nodes = _nodes(model, tree, features, centres)
    _, words = needed_columns(model.features, model.variables)
    categories = tuple(words)
    profile = profile_of(place, model.variables, segments, categories)
    top = nodes["level"] == 1
    below = tree.iloc[:, 1:]
    suggested = suggested_names(profile) | names_of_tree(
        place, model.variables, below, categories
    )
    named = {code: code for code in codes} | suggested | model.names
    inertia = float(nodes.loc[top, "inertia"].sum())
    total = float(((features - features.mean()) ** 2).to_numpy().sum())
    return Segmentation(
        segments=segments,
        tree=tree,
        nodes=nodes,
        names={code: named[code] for code in centres[top].index},
        node_names=named,
        variables=dict(model.variables),
        rates=rates(place, model.variables).join(categories_of(place, categories)),
        features=features,
        pipeline=None,
        centres=centres[top],
        node_centres=centres,
        grid=model.grid.grid,
        profile=profile,
        inertia=inertia,
        explained=1 - inertia / total if total else float("nan"),
        starts=model.made.restarts or 0,
        hits=model.made.hits or 0,
        silhouette=mean_silhouette(features, segments, 0),
        stability=None,
        left_out=given.left_out,
        recipe=SegmentRecipe(k=int(top.sum()), categories=categories),
    )


def _tree(model: SharedModel, leaves: pd.Series[str]) -> pd.DataFrame:
    """Return the code of each row on every level, from the code of the last."""
    parent = {each.code: each.parent for each in model.segments}
    paths = {}
    for leaf in model.leaves:
        path = [leaf]
        while (above := parent[path[0]]) is not None:
            path.insert(0, above)
        paths[leaf] = path
    deepest = max(map(len, paths.values()))
    padded = {
        leaf: [*path, *path[-1:] * (deepest - len(path))]
        for leaf, path in paths.items()
    }
    rows = [padded[leaf] for leaf in leaves]
    return pd.DataFrame(rows, leaves.index, level_names(deepest), dtype="str")


def _nodes(
    model: SharedModel,
    tree: pd.DataFrame,
    features: pd.DataFrame,
    centres: pd.DataFrame,
) -> pd.DataFrame:
    """Return every segment with its parent, its level, and the areas here."""
    level: dict[str | None, int] = {None: 0}
    for each in model.segments:
        level[each.code] = level[each.parent] + 1
    rows = []
    for each in model.segments:
        own = tree.iloc[:, level[each.code] - 1] == each.code
        away = features[own].to_numpy() - centres.loc[each.code].to_numpy()
        rows.append(
            {
                "parent": each.parent or "",
                "level": level[each.code],
                "areas": int(own.sum()),
                "inertia": float(np.square(away).sum()),
            }
        )
    return pd.DataFrame(rows, list(model.codes))
