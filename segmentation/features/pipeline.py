"""Features: rates bent and scaled so that a distance between areas means something.

A rate is skewed (most areas have few of most things) and has its own spread. The
transform draws in the long tail; the scale gives every variable the same spread.
The inverse hyperbolic sine of the percentage, then the range 0 to 1, is what the
Output Area Classifications of 2011 and 2021 use.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, get_args

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.utils.validation import check_is_fitted

from segmentation.errors import SegmentError, few
from segmentation.features.blocks import BlockWeights, CategoryIndicators
from segmentation.features.frames import check_known, feature_names, numbers_of, refuse
from segmentation.features.imputing import DeclaredImputer
from segmentation.features.pruning import CorrelationPruning
from segmentation.features.transforms import Transform, bend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from place.settings import Block
    from segmentation.features.imputing import MissingRule

__all__ = ["CompleteFeatures", "Scale", "Transform", "feature_pipeline"]

Scale: TypeAlias = Literal["range", "z", "interdecile"]

SPREADS: dict[str, tuple[float, float]] = {
    "range": (0, 100),
    "z": (0, 100),
    "interdecile": (10, 90),
}


class CompleteFeatures(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Pass features on unchanged, or say which rows and columns cannot be used.

    Parameters
    ----------
    spread : tuple of two floats
        Percentiles between which a column must vary when fitted. (0, 100) refuses
        only constant columns; (10, 90) refuses what an inter-decile range cannot
        scale.
    needed : tuple of names
        Features that must be there, such as those that blocks list.
    """

    def __init__(
        self, spread: tuple[float, float] = (0, 100), *, needed: tuple[str, ...] = ()
    ) -> None:
        self.spread = spread
        self.needed = needed

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Check `X`, of shape (n_rows, n_features), and that its columns vary."""
        values = self._complete(X, reset=True)
        check_known("blocks", self.needed, feature_names(self))
        low, high = np.percentile(values, self.spread, axis=0)
        flat = np.asarray(feature_names(self))[high == low]
        if len(flat) and len(values) > 1:
            part = f"from percentile {self.spread[0]:g} to {self.spread[1]:g} "
            msg = (
                f"{len(flat)} features do not vary {part}over {len(values)} rows: "
                f"{few(flat.tolist())}. Leave them out, or choose another scale."
            )
            raise SegmentError(msg)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401 - scikit-learn's contract
        """Check that `X` is complete and finite, and return its values."""
        check_is_fitted(self)
        return self._complete(X, reset=False)

    def _complete(self, X: Any, *, reset: bool) -> NDArray[np.float64]:  # noqa: ANN401 - scikit-learn's contract
        values = numbers_of(self, X, reset=reset)
        names = feature_names(self)
        for bad, what, remedy in (
            (np.isnan(values), "missing (NaN)", "Leave those rows out, and list them"),
            (np.isinf(values), "infinite (inf)", "Mend them at their source"),
        ):
            refuse(bad, X, names, what, remedy)
        return values


def _those(names: Sequence[str], values: pd.DataFrame) -> list[str]:
    check_known("categories", names, list(getattr(values, "columns", [])))
    return list(names)


def feature_pipeline(
    *,
    transform: Transform = "asinh",
    scale: Scale = "range",
    missing: MissingRule | DeclaredImputer = "refuse",
    correlated: float | None = None,
    blocks: Mapping[str, Block] | None = None,
    categories: Sequence[str] = (),
) -> Pipeline:
    """Return a scikit-learn pipeline from rates to features.

    Parameters
    ----------
    transform
        "asinh" (inverse hyperbolic sine), "log" (natural logarithm of 1 + x),
        "boxcox" (:class:`BoxCox` of 1 + x) or "none".
    scale
        "range" (least 0, greatest 1), "z" (mean 0, standard deviation 1) or
        "interdecile" (median 0, first to ninth decile 1).
    missing
        "refuse", or a rule of :class:`DeclaredImputer`, or one set up; with any
        rule, a missing category is a category of its own.
    correlated
        Leave out one of each pair of numbers whose correlation is above this, once
        transformed; see :class:`CorrelationPruning`.
    blocks
        Block -> its `weight` and its `variables`; see :class:`BlockWeights`.
    categories
        Columns that hold categories as text; see :class:`CategoryIndicators`.

    Returns
    -------
    pipeline
        The steps "complete", "transform" and "scale", with "impute" before them and
        "prune" and "weights" behind them where asked for. With categories those up
        to "prune" are the remainder of a ColumnTransformer, the step "mixed", whose
        indicator columns come first. It takes a frame and gives a frame on the same
        index, with the same column names. It refuses infinite values, columns that
        do not vary and missing values that no rule fills.

    Raises
    ------
    SegmentError
        If `transform` or `scale` is none of these.

    References
    ----------
    .. [1] Gale, C. G., Singleton, A. D., Bates, A. G. and Longley, P. A. (2016).
       Creating the 2011 area classification for output areas (2011 OAC). Journal
       of Spatial Information Science 12, 1-27.
       https://doi.org/10.5311/JOSIS.2016.12.232

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.DataFrame({"flats": [0.0, 10.0, 40.0]}, index=["E1", "E2", "E3"])
    >>> feature_pipeline().fit_transform(rates).round(2)
        flats
    E1   0.00
    E2   0.68
    E3   1.00
    """
    for given, what, allowed in (
        (transform, "transform", get_args(Transform)),
        (scale, "scale", get_args(Scale)),
    ):
        if given not in allowed:
            msg = f"{what} is {given!r}. Choose one of {', '.join(map(repr, allowed))}."
            raise SegmentError(msg)
    members = {name: list(block.variables) for name, block in (blocks or {}).items()}
    listed = [name for block in members.values() for name in block]
    needed = tuple(name for name in listed if name not in categories)
    steps = [
        ("complete", CompleteFeatures(SPREADS[scale], needed=needed)),
        ("transform", bend(transform)),
        ("scale", _spread(scale)),
    ]
    if missing != "refuse":
        is_set_up = isinstance(missing, DeclaredImputer)
        imputer = missing if is_set_up else DeclaredImputer(missing)
        steps.insert(0, ("impute", imputer))
    if correlated is not None:
        steps.append(("prune", CorrelationPruning(correlated)))
    if categories:
        indicators = CategoryIndicators("refuse" if missing == "refuse" else "category")
        own = ("categories", indicators, partial(_those, tuple(categories)))
        mixed = ColumnTransformer(
            [own], remainder=Pipeline(steps), verbose_feature_names_out=False
        )
        steps = [("mixed", mixed)]
    if blocks:
        weights = {name: block.weight for name, block in blocks.items()}
        steps.append(("weights", BlockWeights(weights, members, absent="pass over")))
    return Pipeline(steps).set_output(transform="pandas")


def _spread(scale: Scale) -> Any:  # noqa: ANN401 - scikit-learn ships no types
    return {
        "range": MinMaxScaler(),
        "z": StandardScaler(),
        "interdecile": RobustScaler(quantile_range=SPREADS["interdecile"]),
    }[scale]
