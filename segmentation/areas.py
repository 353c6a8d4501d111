"""Segments of the areas of a place, from census counts to a result that can speak.

Rates, features, segments, stability and names in one step. Areas with a missing
value are not segmented, unless a rule to fill it is declared: they are listed with
what they lack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_score

from segmentation.errors import SegmentError, few
from segmentation.explain.portraits import suggested_names
from segmentation.explain.profiles import index_scores
from segmentation.features.columns import as_words
from segmentation.features.pipeline import feature_pipeline
from segmentation.features.variables import indexed_by_area, rates
from segmentation.found import Segmentation, SegmentRecipe
from segmentation.kmeans.grown import grow_segments
from segmentation.kmeans.segments import CustomerSegments
from segmentation.trust.stability import Stability, sample_stability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

__all__ = [
    "SegmentRecipe",
    "Segmentation",
    "categories_of",
    "mean_silhouette",
    "names_of_tree",
    "pipeline_of",
    "profile_of",
    "segment_areas",
]

SILHOUETTE_ROWS: Final = 5_000
STARTS_OF_A_SAMPLE: Final = 50
USUAL: Final = SegmentRecipe()


def segment_areas(
    areas: pd.DataFrame,
    variables: Mapping[str, str],
    *,
    recipe: SegmentRecipe = USUAL,
) -> Segmentation:
    """Group the areas of a place into segments that are alike inside.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index, in any
        order. A GeoDataFrame will do. Left as it is.
    variables
        Label -> notation; see :func:`segmentation.read_variables`. Write a label as
        it would stand inside a sentence: names are made of labels.
    recipe
        How to segment.

    Returns
    -------
    segmentation
        The same for any order of the rows.

    Raises
    ------
    SegmentError
        If areas or variables cannot be read, a variable is missing in every area
        or does not vary, or there are fewer different areas than segments.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {
    ...         "area_code": ["E1", "E2", "E3", "E4", "E5", "E6", "E7"],
    ...         "flats": [10, 12, 11, 80, 82, 81, None],
    ...         "homes": 100,
    ...     }
    ... )
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> found = segment_areas(areas, {"flats": "flats / homes"}, recipe=recipe)
    >>> found.segments.to_dict()
    {'E1': '1', 'E2': '1', 'E3': '1', 'E4': '2', 'E5': '2', 'E6': '2'}
    >>> found.names, found.left_out.to_dict()
    ({'1': "Near the place's average", '2': 'Flats'}, {'E7': 'flats'})
    """
    place = indexed_by_area(areas)
    known = rates(place, variables).join(categories_of(place, recipe.categories))
    left_out = _left_out(known, leave=recipe.missing == "leave out")
    complete = known.drop(index=left_out.index)
    pipeline = pipeline_of(recipe)
    ordered = pipeline.fit_transform(complete.sort_index())
    levels = recipe.levels or (recipe.k,)
    grown = grow_segments(ordered, levels, restarts=recipe.restarts, seed=recipe.seed)
    features, tree = (frame.reindex(complete.index) for frame in (ordered, grown.tree))
    segments = tree.iloc[:, 0].rename("segment")
    profile = profile_of(place, variables, segments, recipe.categories)
    names = suggested_names(profile, avoid=recipe.avoid)
    below = tree.iloc[:, 1:]
    top = grown.nodes["level"] == 1
    inertia = float(grown.nodes.loc[top, "inertia"].sum())
    total = float(((ordered - ordered.mean()) ** 2).to_numpy().sum())
    return Segmentation(
        segments=segments,
        tree=tree,
        nodes=grown.nodes,
        names=names,
        node_names=names
        | names_of_tree(place, variables, below, recipe.categories, recipe.avoid),
        variables=dict(variables),
        rates=known,
        features=features,
        pipeline=pipeline,
        centres=grown.centres[top],
        node_centres=grown.centres,
        grid=grown.grid,
        profile=profile,
        inertia=inertia,
        explained=1 - inertia / total,
        starts=grown.starts,
        hits=grown.hits,
        silhouette=mean_silhouette(ordered, grown.tree.iloc[:, 0], recipe.seed),
        stability=_stability(ordered, levels[0], recipe),
        left_out=left_out,
        recipe=recipe,
    )


def pipeline_of(recipe: SegmentRecipe) -> Pipeline:
    """Return the pipeline from rates to features that a recipe asks for.

    Examples
    --------
    >>> [name for name, _ in pipeline_of(SegmentRecipe(correlated=0.9)).steps]
    ['complete', 'transform', 'scale', 'prune']
    """
    return feature_pipeline(
        transform=recipe.transform,
        scale=recipe.scale,
        missing="refuse" if recipe.missing == "leave out" else recipe.missing,
        correlated=recipe.correlated,
        blocks=recipe.blocks or None,
        categories=recipe.categories,
    )


def categories_of(place: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return columns of areas that hold words, as text.

    Raises
    ------
    SegmentError
        If there is no such column.

    Examples
    --------
    >>> categories_of(pd.DataFrame({"kind": ["rural"], "homes": [3]}), ["kind"])
        kind
    0  rural
    """
    absent = [name for name in names if name not in place]
    if absent:
        msg = (
            f"areas have no columns {few(absent)} to take categories from; they have "
            f"{few(list(place.columns))}. Correct the names."
        )
        raise SegmentError(msg)
    return as_words(place, names)


def profile_of(
    place: pd.DataFrame,
    variables: Mapping[str, str],
    segments: pd.Series[str],
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    """Return index scores of variables, and of each category as a share of areas.

    Parameters
    ----------
    place
        One row an area, indexed by `area_code`.
    variables
        Label -> notation.
    segments
        Segment of each area.
    categories
        Columns that hold words.

    Examples
    --------
    >>> place = pd.DataFrame({"kind": ["rural", "urban"], "flats": [1, 2], "homes": 3})
    >>> place.index = pd.Index(["E1", "E2"], name="area_code")
    >>> segments = pd.Series({"E1": "1", "E2": "2"})
    >>> found = profile_of(place, {"flats": "flats / homes"}, segments, ["kind"])
    >>> found["variable"].unique().tolist()
    ['flats', 'kind: rural', 'kind: urban']
    """
    words = categories_of(place, categories)
    shares = {
        f"{name}: {word}": (words[name] == word)
        .astype("float64")
        .where(words[name].notna())
        for name in categories
        for word in sorted(words[name].dropna().unique())
    }
    known = place.drop(columns=list(shares), errors="ignore")
    known = known.join(pd.DataFrame(shares, place.index))
    return index_scores(
        known, {**variables, **{label: label for label in shares}}, segments
    )


def names_of_tree(
    place: pd.DataFrame,
    variables: Mapping[str, str],
    tree: pd.DataFrame,
    categories: Sequence[str],
    avoid: Sequence[str] = (),
) -> dict[str, str]:
    """Return a name for each segment of the levels given, from its index scores."""
    names: dict[str, str] = {}
    for level in tree:
        profile = profile_of(place, variables, tree[level], categories)
        names |= suggested_names(profile, avoid=avoid)
    return names


def _left_out(known: pd.DataFrame, *, leave: bool) -> pd.Series[str]:
    empty = known.columns[known.isna().all()].tolist()
    if empty:
        msg = (
            f"{len(empty)} variables are missing in all {len(known)} areas: "
            f"{few(empty)}. Leave them out, or supply their columns."
        )
        raise SegmentError(msg)
    if not leave:
        return pd.Series([], pd.Index([]), name="missing", dtype="str")
    incomplete = known[known.isna().any(axis=1)]
    lacks = [
        ", ".join(known.columns[row]) for row in incomplete.isna().to_numpy(dtype=bool)
    ]
    if len(incomplete) == len(known):
        msg = (
            f"each of the {len(known)} areas lacks a variable, such as "
            f"{incomplete.index[0]!r}, which lacks {lacks[0]}. Leave out the variables "
            "that are rarely known."
        )
        raise SegmentError(msg)
    return pd.Series(lacks, incomplete.index, name="missing", dtype="str")


def mean_silhouette(
    features: pd.DataFrame, segments: pd.Series[str], seed: int
) -> float:
    """Return the mean silhouette of rows, over a sample where they are many."""
    labels: NDArray[np.int64] = pd.factorize(segments)[0]
    if not 1 < len(np.unique(labels)) < len(labels):
        return float("nan")  # not defined for one segment, or for segments of one
    size = min(len(features), SILHOUETTE_ROWS)
    return float(
        silhouette_score(features, labels, sample_size=size, random_state=seed)
    )


def _stability(features: pd.DataFrame, k: int, recipe: SegmentRecipe) -> Stability:
    estimator = CustomerSegments(
        k,
        n_init=min(recipe.restarts, STARTS_OF_A_SAMPLE),
        random_state=recipe.seed,
    )
    return sample_stability(
        features, estimator, samples=recipe.samples, seed=recipe.seed
    )
