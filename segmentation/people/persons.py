"""Segments of persons: by what they use themselves, and by the area they live in.

Census rates say how people live around a person, service use what this one needs.
Features of all persons are worked out in the engine; segments are found in a sample
drawn by a hash of the customer, and given to everyone by one SQL text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from place.settings import Block
from segmentation.explain.portraits import suggested_names
from segmentation.features.pipeline import Scale, Transform, feature_pipeline
from segmentation.features.service_use import check_services
from segmentation.kmeans.grid import grid_for
from segmentation.kmeans.segments import CustomerSegments
from segmentation.people.homes import customer_tables
from segmentation.people.person_features import (
    FEATURES,
    feature_columns,
    known_rates,
    person_features_sql,
    person_sample,
    register_rates,
    use_measures,
)
from segmentation.people.person_profiles import person_profile, without_segment
from segmentation.share.model import GridSteps, Made, SharedModel
from segmentation.share.model_sql import assign_sql
from segmentation.share.pipeline_features import features_of
from segmentation.share.sharing import written_segments
from segmentation.trust.stability import Stability, sample_stability

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from place.engine import Engine, Frame
    from segmentation.people.person_features import Measure

__all__ = ["PersonRecipe", "PersonSegmentation", "segment_persons"]

TABLE: Final = "person_segment"
STABILITY_ROWS: Final = 5_000
STABILITY_STARTS: Final = 10


@dataclass(frozen=True, kw_only=True)
class PersonRecipe:
    """How to segment persons: everything that decides the answer, besides the data.

    Parameters
    ----------
    k
        How many segments.
    seed
        Seed of the sample of persons, the starts and the stability.
    restarts
        How many starts of k-means to try.
    sample
        Find the segments in so many persons at most; everyone is assigned.
    area_weight
        What the rates of the home area count together, own use counting 1.
    transform, scale
        See :func:`segmentation.feature_pipeline`.
    """

    k: int = 5
    seed: int = 0
    restarts: int = 50
    sample: int = 100_000
    area_weight: float = 1.0
    transform: Transform = "asinh"
    scale: Scale = "range"


USUAL: Final = PersonRecipe()


@dataclass(frozen=True, kw_only=True)
class PersonSegmentation:
    """Persons in segments, with how well the segments stand.

    Counts and profile are about people: they leave only through the release door.

    Parameters
    ----------
    sizes
        Code -> customers. Codes are numbered from the largest segment of the sample.
    names
        Code -> suggested name.
    profile
        One row a segment and variable, with the columns of
        :func:`segmentation.index_scores`; see :func:`person_profile`.
    model
        What gives anyone a segment; its variables are columns of the table
        `person_features`. Its ranges are those of single persons: not to be handed on.
    without_area, area_incomplete
        Customers without a segment: of no known area, and of an area whose variables
        are not all known. 0 where only own use counts.
    sampled
        How many persons the segments were found in.
    explained
        Share of the sum of squares of the sample that the segments explain.
    hits
        How many of the restarts reached the best fit, to one part in a million.
    stability
        Agreement of segmentations of samples of at most 5,000 of these persons.
    measures
        Label of each service -> "units" or "uses"; see :func:`use_measures`.
    recipe
        How it was made.
    """

    sizes: pd.Series[int]
    names: dict[str, str]
    profile: pd.DataFrame
    model: SharedModel
    without_area: int
    area_incomplete: int
    sampled: int
    explained: float
    hits: int
    stability: Stability
    measures: dict[str, Measure]
    recipe: PersonRecipe

    @property
    def quality(self) -> str:
        """Say how well the segments stand, without any count of people in them."""
        recipe, test = self.recipe, self.stability
        return (
            f"{len(self.sizes)} segments of customers from {len(self.model.variables)} "
            f"variables explain {100 * self.explained:.1f} % of what sets customers "
            f"apart; {self.hits:,} of {recipe.restarts:,} restarts of k-means reached "
            f"this best fit (seed {recipe.seed}). Segmentations of {test.n_samples} "
            f"samples of {100 * test.share:.0f} % of the customers tested agree, two "
            f"by two, at an adjusted Rand index of {test.mean:.2f} on average and "
            f"{test.minimum:.2f} at worst."
        )

    def __str__(self) -> str:
        """Say the result in sentences."""
        return (
            f"{self.quality} They were found in {self.sampled:,} customers and given "
            f"to {int(self.sizes.sum()):,}. Without a segment: {self.without_area:,} "
            f"customers of no known area, and {self.area_incomplete:,} of an area "
            "whose variables are not all known."
        )


def segment_persons(
    engine: Engine,
    services: Mapping[str, str],
    areas: pd.DataFrame | None = None,
    variables: Mapping[str, str] | None = None,
    *,
    tables: tuple[str | Frame, str | Frame] = ("people", "service_use"),
    recipe: PersonRecipe = USUAL,
) -> PersonSegmentation:
    """Group the persons of a place by their own use and the area of home.

    Parameters
    ----------
    engine
        Where the tables are, and where two results are kept: `person_features` and
        `person_segment` (`customer_id`, `segment`, one row a customer; NULL where a
        rate of the home area is not known).
    services
        Label -> name of the service as the table has it.
    areas, variables
        One row an area, and label -> notation; see
        :func:`segmentation.read_variables`. Without them own use alone counts.
    tables
        Of people, which may be absent, and of service use: a name or a frame.
    recipe
        How to segment.

    Returns
    -------
    segmentation
        The same for any order of the rows, on either engine. Equally near to two
        segments, a person gets the one with the lower number.

    Raises
    ------
    SegmentError
        If a service or variable cannot be read, two share a label, a feature does
        not vary in the sample, codes of areas do not match, or there are fewer
        different persons than segments.

    Examples
    --------
    >>> import pandas as pd
    >>> from place.engine import start_engine
    >>> use = pd.DataFrame({"customer_id": list("abcdeeeff"), "service": "Care"})
    >>> use["area_code"] = "E1"
    >>> people = pd.DataFrame({"customer_id": list("abcdefgh"), "area_code": "E1"})
    >>> engine = start_engine()
    >>> recipe = PersonRecipe(k=2, restarts=5)
    >>> found = segment_persons(
    ...     engine, {"care": "Care"}, tables=(people, use), recipe=recipe
    ... )
    >>> found.sizes.to_dict(), found.profile["rate"].tolist()
    ({'1': 6, '2': 2}, [1.5, 0.0])
    >>> engine.close()
    """
    table, sources = customer_tables(engine, *tables)
    check_services(engine, table, services)
    measures = use_measures(engine, table, services)
    area_rates = known_rates(areas, variables)
    columns = feature_columns(services, area_rates)
    sql = person_features_sql(
        sources,
        table,
        services,
        measures=measures,
        area_rates=register_rates(engine, area_rates),
        n_rates=len(area_rates.columns),
    )
    engine.keep(FEATURES, sql)
    drawn = person_sample(engine, columns, sample=recipe.sample, seed=recipe.seed)
    pipeline = feature_pipeline(
        transform=recipe.transform,
        scale=recipe.scale,
        blocks=_blocks(services, area_rates, recipe),
    )
    features = pipeline.fit_transform(drawn)
    estimator = CustomerSegments(
        recipe.k, n_init=recipe.restarts, random_state=recipe.seed
    ).fit(features)
    model = _model(estimator, features, pipeline, columns)
    assigned = assign_sql(model, FEATURES, "customer_id", dialect=engine.dialect)
    engine.keep(TABLE, f"SELECT customer_id, segment FROM (\n{assigned}\n) AS assigned")
    profile, sizes = person_profile(engine, (FEATURES, TABLE), services, area_rates)
    total = float(((features - features.mean()) ** 2).to_numpy().sum())
    return PersonSegmentation(
        sizes=sizes.reindex(list(model.codes), fill_value=0),
        names=suggested_names(profile),
        profile=profile,
        model=model,
        sampled=len(features),
        explained=1 - estimator.inertia_ / total,
        hits=int(estimator.n_best_),
        stability=_stability(features, recipe),
        measures=measures,
        recipe=recipe,
        **without_segment(engine, (FEATURES, TABLE)),
    )


def _blocks(
    services: Mapping[str, str], area_rates: pd.DataFrame, recipe: PersonRecipe
) -> dict[str, Block]:
    parts = {
        "own use": (1.0, list(services)),
        "home area": (recipe.area_weight, [str(name) for name in area_rates]),
    }
    return {
        name: Block(weight=weight, variables=variables)
        for name, (weight, variables) in parts.items()
        if variables
    }


def _model(
    estimator: CustomerSegments,
    features: pd.DataFrame,
    pipeline: Pipeline,
    columns: Mapping[str, str],
) -> SharedModel:
    """Return the segments as a text that gives anyone of them theirs."""
    values = features.to_numpy(dtype=np.float64)
    grid = grid_for(values.min(axis=0).tolist(), values.max(axis=0).tolist())
    written = features_of(pipeline, list(columns))
    steps = grid.steps(estimator.cluster_centers_)
    parents = {str(number + 1): None for number in range(len(steps))}
    return SharedModel(
        made=Made(unit="people", k=len(steps), hits=int(estimator.n_best_)),
        variables=dict(columns),
        features=written,
        grid=GridSteps(offset=grid.offset, step=grid.step),
        segments=written_segments(grid, steps, written, parents, {}),
    )


def _stability(features: pd.DataFrame, recipe: PersonRecipe) -> Stability:
    estimator = CustomerSegments(
        recipe.k,
        n_init=min(recipe.restarts, STABILITY_STARTS),
        random_state=recipe.seed,
    )
    tested = features.head(STABILITY_ROWS)  # drawn by their hash, so a fair sample
    return sample_stability(tested, estimator, samples=10, seed=recipe.seed)
