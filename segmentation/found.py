"""What is found when areas are segmented, and the recipe that decides it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from place.settings import Block
    from segmentation.features.pipeline import Scale, Transform
    from segmentation.kmeans.grid import Grid
    from segmentation.trust.stability import Stability

__all__ = ["SegmentRecipe", "Segmentation"]


@dataclass(frozen=True, kw_only=True)
class SegmentRecipe:
    """How to segment: everything that decides the answer, besides the data.

    Parameters
    ----------
    k
        How many segments; not used where there are `levels`.
    levels
        How many supergroups, groups and subgroups a tree has; none for no tree.
    seed
        Seed of the starts, the samples and the silhouette.
    restarts
        How many starts of k-means to try.
    transform, scale, correlated, blocks, categories
        See :func:`segmentation.feature_pipeline`.
    missing
        "leave out" areas that lack a value, "refuse" them all, or fill what is
        missing with the "median" or "mean" of the others.
    samples
        How many samples of 80 % of the areas to test the stability on, each with
        50 starts.
    avoid
        Variables that no suggested name is made of.
    """

    k: int = 8
    levels: tuple[int, ...] = ()
    seed: int = 0
    restarts: int = 50
    transform: Transform = "asinh"
    scale: Scale = "range"
    missing: Literal["leave out", "refuse", "median", "mean"] = "leave out"
    correlated: float | None = None
    blocks: Mapping[str, Block] = field(default_factory=dict)
    categories: Sequence[str] = ()
    samples: int = 10
    avoid: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """Areas in segments, with how well the segments stand.

    Parameters
    ----------
    segments
        Area code -> "1" (the largest) to "k", of the areas that were segmented; in
        a tree its supergroup.
    tree
        Area code -> its code on every level, one column a level.
    nodes
        Code of every segment of every level -> `parent` ("" at the top), `level`,
        `areas`, `inertia`, `starts` and `hits` of parting it further.
    names
        Code -> suggested name, of the segments of the top level.
    node_names
        The same of every level.
    variables
        Label -> notation of what the areas were segmented by.
    rates
        The variables of every area, those left out too, and its categories.
    features
        The same, transformed and scaled, of the areas that were segmented.
    pipeline
        What made features of rates, fitted; `None` where a model was applied.
    centres
        One row a code of the top level and one column a variable, on the scale of
        the features.
    node_centres
        The same for the segments of every level.
    grid
        The whole steps in which distances are taken.
    profile
        What :func:`segmentation.index_scores` says of the segments.
    inertia
        Sum of squared distances of the areas to their centres.
    explained
        Share of the total sum of squares that the segments explain, 0 to 1.
    starts, hits
        How many starts were tried, and how many of them reached that inertia, to
        one part in a million.
    silhouette
        Mean silhouette, -1 to 1, over at most 5,000 areas.
    stability
        Agreement of segmentations of samples; `None` where a model was applied.
    left_out
        Area code -> the variables it lacks, of the areas not segmented.
    recipe
        How it was made.
    """

    segments: pd.Series[str]
    tree: pd.DataFrame
    nodes: pd.DataFrame
    names: dict[str, str]
    node_names: dict[str, str]
    variables: Mapping[str, str]
    rates: pd.DataFrame
    features: pd.DataFrame
    pipeline: Pipeline | None
    centres: pd.DataFrame
    node_centres: pd.DataFrame
    grid: Grid
    profile: pd.DataFrame
    inertia: float
    explained: float
    starts: int
    hits: int
    silhouette: float
    stability: Stability | None
    left_out: pd.Series[str]
    recipe: SegmentRecipe

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        fit = (
            f"{len(self.names)} segments of {len(self.segments):,} areas from "
            f"{self.rates.shape[1]} variables explain {100 * self.explained:.1f} % of "
            f"what sets the areas apart (mean silhouette {self.silhouette:.2f})"
        )
        many = self.nodes["level"].value_counts()
        below = [
            f"{many[at]} {level}s"
            for at, level in enumerate(self.tree.columns[1:], start=2)
        ]
        if below:
            fit += f", and are parted into {' and then '.join(below)}"
        left = f"Areas left out for missing values: {len(self.left_out):,}."
        if self.stability is None:
            return f"{fit}; they were found elsewhere and are applied here. {left}"
        return (
            f"{fit}; "
            f"{self.hits:,} of {self.starts:,} restarts of k-means reached "
            f"this best fit (seed {self.recipe.seed}). {self.stability} {left}"
        )
