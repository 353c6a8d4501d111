"""Make a segmentation into a model that can be handed on.

Sizes and shares go in only where no segment is small, and of the values of a
variable only the inner deciles do.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np

from segmentation.errors import SegmentError
from segmentation.share.feature_specs import Feature, known_variables
from segmentation.share.model import (
    FeatureSummary,
    GridSteps,
    Made,
    Segment,
    SharedModel,
    Summary,
)
from segmentation.share.pipeline_features import features_of, pruned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from segmentation.found import Segmentation
    from segmentation.kmeans.grid import Grid
    from segmentation.share.federated import FederatedFit
    from segmentation.share.federated_plan import Plan

__all__ = ["federated_model", "shared_model", "summary_of", "written_segments"]

LEAST: Final = 10
MAKER: Final = f"totalplace {version('totalplace')}"
DECILES: Final = np.arange(1, 10) / 10


def shared_model(
    found: Segmentation,
    variables: Mapping[str, str] | None = None,
    *,
    made: Made = Made(),  # noqa: B008 - frozen
    names: Mapping[str, str] | None = None,
    synthetic: bool = False,
    least: int = LEAST,
) -> SharedModel:
    """Return segments of areas as a model that any agency can apply.

    Parameters
    ----------
    found
        What :func:`segmentation.segment_areas` found, one level or a tree.
    variables
        The variables that it was found from; with `None`, as it says itself.
    made
        Where it comes from: `place`, `when`, `sources`. The rest is filled in.
    names
        Code -> name; with `None`, those suggested.
    synthetic
        Whether the data are invented.
    least
        Sizes and shares go in if every lowest segment has so many areas.

    Returns
    -------
    model
        Given to the same areas it gives each its lowest segment again. Ranges and
        deciles are those of single areas: of public figures no harm, but of counts of
        customers they give small ones away, so do not hand those on.

    Raises
    ------
    SegmentError
        If the pipeline has a step that cannot be written down, or the segments are
        those of a model already.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import SegmentRecipe, segment_areas
    >>> areas = pd.DataFrame({"area_code": list("abcd"), "flats": [1, 2, 8, 9]})
    >>> areas["homes"] = 10
    >>> recipe = SegmentRecipe(k=2, restarts=5, samples=2)
    >>> found = segment_areas(areas, {"flats": "flats / homes"}, recipe=recipe)
    >>> model = shared_model(found)
    >>> model.leaves, model.features[0].transform
    (('1', '2'), 'asinh')
    """
    if found.pipeline is None:
        msg = "these segments are those of a model already. Share that model."
        raise SegmentError(msg)
    notation = found.variables if variables is None else variables
    features = features_of(found.pipeline, list(found.rates.columns))
    nodes = found.nodes.sort_values("level", kind="stable")
    lowest = found.tree.iloc[:, -1]
    big = bool((lowest.value_counts() >= least).all())
    given = found.node_names | dict(names or {})
    return SharedModel(
        made=made.model_copy(
            update={
                "by": MAKER,
                "rows": len(found.segments),
                "k": int((nodes["level"] == 1).sum()),
                "seed": found.recipe.seed,
                "restarts": int(found.starts),
                "hits": int(found.hits),
            }
        ),
        synthetic=synthetic,
        names={code: given[code] for code in nodes.index if code in given},
        variables={
            each.of: notation[each.of] for each in features if each.equals is None
        },
        dropped=pruned(found.pipeline),
        features=features,
        grid=GridSteps(offset=found.grid.offset, step=found.grid.step),
        segments=written_segments(
            found.grid,
            found.grid.steps(found.node_centres.loc[nodes.index].to_numpy()),
            features,
            {str(code): parent or None for code, parent in nodes["parent"].items()},
            {str(code): int(n) for code, n in nodes["areas"].items()} if big else {},
        ),
        summary=summary_of(
            features, found.rates.loc[found.segments.index], lowest if big else None
        ),
    )


def written_segments(
    grid: Grid,
    steps: NDArray[np.float64],
    features: Sequence[Feature],
    parents: Mapping[str, str | None],
    sizes: Mapping[str, int],
) -> tuple[Segment, ...]:
    """Return segments as they stand in a model.

    Parameters
    ----------
    grid
        That centres lie on.
    steps
        Centres in whole steps, one row a segment.
    features
        One a column.
    parents
        Code -> code of the segment that it lies in, in the order of `steps`.
    sizes
        Code -> rows; empty where they are not to be known.
    """
    values = grid.values(steps)
    return tuple(
        Segment(
            code=code,
            parent=parent,
            steps=tuple(int(each) for each in steps[at]),
            centre={
                one.name: round(float(value), 6)
                for one, value in zip(features, values[at], strict=True)
            },
            rows=sizes.get(code),
        )
        for at, (code, parent) in enumerate(parents.items())
    )


def summary_of(
    features: Sequence[Feature],
    table: pd.DataFrame,
    segments: pd.Series[str] | None,
) -> Summary:
    """Return what rows hold of each feature, in the units of its variable.

    Parameters
    ----------
    features
        As written down.
    table
        One column a variable, called by its label, and one a column of categories.
    segments
        Segment of each row; with `None`, shares are not to be known.
    """
    itself = {each.of: each.of for each in features if each.equals is None}
    known = known_variables(features, itself, table)
    return Summary(
        features={name: _summary(values) for name, values in known.items()},
        shares=None
        if segments is None
        else {
            str(code): float(share)
            for code, share in segments.value_counts(normalize=True).items()
        },
    )


def _summary(values: NDArray[np.float64]) -> FeatureSummary:
    there = np.sort(values[~np.isnan(values)])  # a sum hangs on the row order
    return FeatureSummary(
        n=len(there),
        mean=float(there.mean()),
        sd=float(there.std()),
        deciles=tuple(np.quantile(there, DECILES).tolist()),
    )


def federated_model(plan: Plan, fit: FederatedFit, *, when: str = "") -> SharedModel:
    """Return the segments that agencies found together, as a model to hand on.

    Parameters
    ----------
    plan, fit
        What they agreed on, and what came of it.
    when
        When it was made, ISO 8601.

    Returns
    -------
    model
        Sizes are in it if rows are areas and each segment has at least the plan's
        minimum of them: exact counts of people do not leave.
    """
    codes = [str(number) for number in range(1, len(fit.counts) + 1)]
    big = plan.made.unit == "areas" and min(fit.counts) >= plan.minimum
    agencies = f"Fitted by {len(plan.agencies)} agencies together."
    return SharedModel(
        made=plan.made.model_copy(
            update={
                "when": when,
                "by": MAKER,
                "rows": sum(fit.counts),
                "hits": fit.hits,
                "how": " ".join(
                    each for each in (agencies, plan.made.how, str(fit)) if each
                ),
            }
        ),
        synthetic=plan.synthetic,
        variables=plan.variables,
        features=plan.features,
        grid=plan.grid,
        segments=written_segments(
            plan.grid.grid,
            fit.centres,
            plan.features,
            dict.fromkeys(codes),
            dict(zip(codes, fit.counts, strict=True)) if big else {},
        ),
    )
