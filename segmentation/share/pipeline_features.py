"""Write a fitted pipeline down as features: the way from scikit-learn to a text.

Each step is read by its type. A step that this module does not know cannot be
written down, and is an error rather than a model that gives another answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)

from segmentation.errors import SegmentError
from segmentation.features.blocks import IS, MISSING, BlockWeights, CategoryIndicators
from segmentation.features.imputing import DeclaredImputer
from segmentation.features.pipeline import CompleteFeatures
from segmentation.features.pruning import CorrelationPruning
from segmentation.features.transforms import BoxCox
from segmentation.share.feature_specs import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["features_of", "filled", "pruned"]

Features = list[Feature]


def features_of(pipeline: Pipeline, labels: Sequence[str]) -> tuple[Feature, ...]:
    """Return what a fitted pipeline makes of variables, written down.

    Parameters
    ----------
    pipeline
        What :func:`segmentation.feature_pipeline` returned, fitted.
    labels
        The variables that it takes, in their order.

    Raises
    ------
    SegmentError
        If a step is of a kind, or fitted in a way, that cannot be written down.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import feature_pipeline
    >>> rates = pd.DataFrame({"flats": [0.0, 10.0, 40.0]})
    >>> pipeline = feature_pipeline(transform="none").fit(rates)
    >>> [(f.name, f.centre, f.spread) for f in features_of(pipeline, ["flats"])]
    [('flats', 0.0, 40.0)]
    """
    return tuple(_through(pipeline, [_plain(name) for name in labels]))


def pruned(pipeline: Pipeline) -> dict[str, str]:
    """Return each variable that a fitted pipeline leaves out, and why."""
    return {
        str(row.dropped): (
            f"its correlation with {row.kept!r} is {row.r:.2f} over {row.n:,} rows"
        )
        for step in _steps(pipeline)
        if isinstance(step, CorrelationPruning)
        for row in step.reasons_.itertuples()
    }


def filled(pipeline: Pipeline) -> pd.DataFrame:
    """Return what a fitted pipeline filled in: row, variable, value and rule."""
    tables = [
        step.imputed_ for step in _steps(pipeline) if isinstance(step, DeclaredImputer)
    ]
    columns = ["row", "variable", "value", "rule"]
    return pd.concat(tables) if tables else pd.DataFrame(columns=columns)


def _steps(step: Any) -> list[Any]:  # noqa: ANN401 - scikit-learn ships no types
    if isinstance(step, Pipeline):
        return [inner for _, each in step.steps for inner in _steps(each)]
    if isinstance(step, ColumnTransformer):
        return [inner for _, each, _ in step.transformers_ for inner in _steps(each)]
    return [step]


def _plain(name: str) -> Feature:
    return Feature(name=name, of=name, transform="none", centre=0.0, spread=1.0)


def _through(step: Any, features: Features) -> Features:  # noqa: ANN401 - scikit-learn ships no types
    for kind, write in WRITERS.items():
        if isinstance(step, kind):
            return write(step, features)
    if step is None or step == "passthrough":
        return features
    msg = (
        f"a step of kind {type(step).__name__} cannot be written down for others to "
        "apply. Use the steps of segmentation.feature_pipeline."
    )
    raise SegmentError(msg)


def _pipeline(step: Pipeline, features: Features) -> Features:
    for _, each in step.steps:
        features = _through(each, features)
    return features


def _columns(step: ColumnTransformer, features: Features) -> Features:
    by_name = {each.name: each for each in features}
    every = list(by_name)
    made: Features = []
    for _, each, chosen in step.transformers_:
        if each == "drop":
            continue
        names = [every[at] if isinstance(at, int | np.integer) else at for at in chosen]
        made += _through(each, [by_name[name] for name in names])
    return made


def _same(_: object, features: Features) -> Features:
    return features


def _bent(step: FunctionTransformer, features: Features) -> Features:
    function = step.func
    name = getattr(function, "__name__", "")
    known = {"arcsinh": "asinh", "_log_of_one_more": "log", "log1p": "log"}
    if function is None or name == "_with_columns":  # which only checks them
        return features
    if name not in known:
        msg = f"a transform by {name!r} cannot be written down. Use asinh, log or none."
        raise SegmentError(msg)
    return [each.model_copy(update={"transform": known[name]}) for each in features]


def _boxcox(step: BoxCox, features: Features) -> Features:
    bend = {"transform": "boxcox", "shift": 1.0}
    return [
        each.model_copy(update={**bend, "power": float(power)})
        for each, power in zip(features, step.lambdas_, strict=True)
    ]


def _scaled(centre: str, spread: str) -> Callable[[Any, Features], Features]:
    def write(step: Any, features: Features) -> Features:  # noqa: ANN401 - scikit-learn ships no types
        if getattr(step, "feature_range", (0, 1)) != (0, 1):
            msg = f"a range of {step.feature_range} cannot be written down. Use (0, 1)."
            raise SegmentError(msg)
        fitted = getattr(step, centre), getattr(step, spread)
        return [
            each.model_copy(update={"centre": float(middle), "spread": float(width)})
            for each, middle, width in zip(features, *fitted, strict=True)
        ]

    return write


def _kept(step: CorrelationPruning, features: Features) -> Features:
    return [each for each in features if each.name in step.kept_]


def _filled(step: DeclaredImputer, features: Features) -> Features:
    if step.by is not None:
        msg = (
            f"missing values filled by the groups of {step.by!r} cannot be written "
            "down. Fill them by one median, mean or number a feature."
        )
        raise SegmentError(msg)
    fills = step.values_.iloc[0].tolist()
    return [
        each.model_copy(update={"fill": float(fill)}) if np.isfinite(fill) else each
        for each, fill in zip(features, fills, strict=True)
    ]


def _weighted(step: BlockWeights, features: Features) -> Features:
    return [
        each.model_copy(
            update={"weight": each.weight * float(step.factors_[each.name])}
        )
        for each in features
    ]


def _indicators(step: CategoryIndicators, _: Features) -> Features:
    of_missing = step.missing == "category"
    return [
        Feature(
            name=f"{column}{IS}{one}",
            of=column,
            equals=one,
            fill=float(one == MISSING) if of_missing else None,
            transform="none",
            centre=0.0,
            spread=1.0,
            weight=float(np.sqrt(0.5)),
        )
        for column, known in step.categories_.items()
        for one in known
    ]


WRITERS: Final[dict[type, Callable[[Any, Features], Features]]] = {
    Pipeline: _pipeline,
    ColumnTransformer: _columns,
    CompleteFeatures: _same,
    FunctionTransformer: _bent,
    BoxCox: _boxcox,
    MinMaxScaler: _scaled("data_min_", "data_range_"),
    StandardScaler: _scaled("mean_", "scale_"),
    RobustScaler: _scaled("center_", "scale_"),
    CorrelationPruning: _kept,
    DeclaredImputer: _filled,
    BlockWeights: _weighted,
    CategoryIndicators: _indicators,
}
