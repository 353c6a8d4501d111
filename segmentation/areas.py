"""Segments of the areas of a place, from census counts to a result that can speak.

Rates, features, segments, stability and names in one step. Areas with a missing
value are not segmented: they are listed with what they lack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_score

from segmentation.errors import SegmentError, few
from segmentation.features import Scale, Transform, feature_pipeline
from segmentation.portraits import suggested_names
from segmentation.profiles import index_scores
from segmentation.segments import CustomerSegments
from segmentation.stability import Stability, sample_stability
from segmentation.variables import indexed_by_area, rates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.pipeline import Pipeline

__all__ = ["SegmentRecipe", "Segmentation", "segment_areas"]

SILHOUETTE_ROWS = 5_000


@dataclass(frozen=True, kw_only=True)
class SegmentRecipe:
    """How to segment: everything that decides the answer, besides the data.

    Parameters
    ----------
    k
        How many segments.
    seed
        Seed of the starts, the samples and the silhouette.
    restarts
        How many starts of k-means to try.
    transform, scale
        See :func:`segmentation.feature_pipeline`.
    samples
        How many samples of 80 % of the areas to test the stability on, each with
        50 starts.
    """

    k: int = 8
    seed: int = 0
    restarts: int = 50
    transform: Transform = "asinh"
    scale: Scale = "range"
    samples: int = 10


USUAL: Final = SegmentRecipe()
STARTS_OF_A_SAMPLE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """Areas in segments, with how well the segments stand.

    Parameters
    ----------
    segments
        Area code -> "1" (the largest) to "k", of the areas that were segmented.
    names
        Code -> suggested name.
    rates
        The variables of every area, those left out too.
    features
        The same, transformed and scaled, of the areas that were segmented.
    pipeline
        What made features of rates, fitted.
    centres
        One row a code and one column a variable, on the scale of the features.
    profile
        What :func:`segmentation.index_scores` says of the segments.
    inertia
        Sum of squared distances of the areas to their centres.
    explained
        Share of the total sum of squares that the segments explain, 0 to 1.
    hits
        How many of the restarts reached that inertia, to one part in a million.
    silhouette
        Mean silhouette, -1 to 1, over at most 5,000 areas.
    stability
        Agreement of segmentations of samples.
    left_out
        Area code -> the variables it lacks, of the areas not segmented.
    recipe
        How it was made.
    """

    segments: pd.Series[str]
    names: dict[str, str]
    rates: pd.DataFrame
    features: pd.DataFrame
    pipeline: Pipeline
    centres: pd.DataFrame
    profile: pd.DataFrame
    inertia: float
    explained: float
    hits: int
    silhouette: float
    stability: Stability
    left_out: pd.Series[str]
    recipe: SegmentRecipe

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        return (
            f"{len(self.names)} segments of {len(self.segments):,} areas from "
            f"{self.rates.shape[1]} variables explain {100 * self.explained:.1f} % of "
            f"what sets the areas apart (mean silhouette {self.silhouette:.2f}); "
            f"{self.hits:,} of {self.recipe.restarts:,} restarts of k-means reached "
            f"this best fit (seed {self.recipe.seed}). {self.stability} "
            f"Areas left out for missing values: {len(self.left_out):,}."
        )


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
    ...         "area_code": ["E1", "E2", "E3", "E4", "E5", "E6"],
    ...         "flats": [10, 12, 11, 80, 82, None],
    ...         "homes": 100,
    ...     }
    ... )
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> found = segment_areas(areas, {"flats": "flats / homes"}, recipe=recipe)
    >>> found.segments.to_dict()
    {'E1': '1', 'E2': '1', 'E3': '1', 'E4': '2', 'E5': '2'}
    >>> found.names, found.left_out.to_dict()
    ({'1': "Near the place's average", '2': 'Flats'}, {'E6': 'flats'})
    """
    place = indexed_by_area(areas)
    known = rates(place, variables)
    left_out = _left_out(known)
    complete = known.drop(index=left_out.index)
    ordered = complete.sort_values(list(complete.columns), kind="stable")
    pipeline = feature_pipeline(transform=recipe.transform, scale=recipe.scale)
    features = pipeline.fit_transform(ordered)
    estimator = CustomerSegments(
        recipe.k, n_init=recipe.restarts, random_state=recipe.seed
    ).fit(features)
    codes = [str(number + 1) for number in range(recipe.k)]
    segments = pd.Series(
        [codes[label] for label in estimator.labels_],
        index=features.index,
        name="segment",
        dtype="str",
    ).reindex(complete.index)
    profile = index_scores(place, variables, segments)
    total = float(((features - features.mean()) ** 2).to_numpy().sum())
    return Segmentation(
        segments=segments,
        names=suggested_names(profile),
        rates=known,
        features=features.reindex(complete.index),
        pipeline=pipeline,
        centres=pd.DataFrame(estimator.cluster_centers_, codes, features.columns),
        profile=profile,
        inertia=estimator.inertia_,
        explained=1 - estimator.inertia_ / total,
        hits=estimator.n_best_,
        silhouette=_silhouette(features, estimator.labels_, recipe.seed),
        stability=_stability(features, recipe),
        left_out=left_out,
        recipe=recipe,
    )


def _left_out(known: pd.DataFrame) -> pd.Series[str]:
    empty = known.columns[known.isna().all()].tolist()
    if empty:
        msg = (
            f"{len(empty)} variables are missing in all {len(known)} areas: "
            f"{few(empty)}. Leave them out, or supply their columns."
        )
        raise SegmentError(msg)
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


def _silhouette(
    features: pd.DataFrame,
    labels: np.ndarray[tuple[int], np.dtype[np.int64]],
    seed: int,
) -> float:
    if not 1 < len(np.unique(labels)) < len(labels):
        return float("nan")  # not defined for one segment, or for segments of one
    size = min(len(features), SILHOUETTE_ROWS)
    return float(
        silhouette_score(features, labels, sample_size=size, random_state=seed)
    )


def _stability(features: pd.DataFrame, recipe: SegmentRecipe) -> Stability:
    estimator = CustomerSegments(
        recipe.k,
        n_init=min(recipe.restarts, STARTS_OF_A_SAMPLE),
        random_state=recipe.seed,
    )
    return sample_stability(
        features, estimator, samples=recipe.samples, seed=recipe.seed
    )
