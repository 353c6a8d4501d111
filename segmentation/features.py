"""Features: rates bent and scaled so that a distance between areas means something.

A rate is skewed (most areas have few of most things) and has its own spread. The
transform draws in the long tail; the scale gives every variable the same spread.
The inverse hyperbolic sine of the percentage, then the range 0 to 1, is what the
Output Area Classifications of 2011 and 2021 use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CompleteFeatures", "Scale", "Transform", "feature_pipeline"]

Transform: TypeAlias = Literal["asinh", "log", "boxcox", "none"]
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
    """

    def __init__(self, spread: tuple[float, float] = (0, 100)) -> None:
        self.spread = spread

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Check `X`, of shape (n_rows, n_features), and that its columns vary."""
        values = self._complete(X, reset=True)
        low, high = np.percentile(values, self.spread, axis=0)
        flat = _names(self)[high == low]
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
        rows = X.index if isinstance(X, pd.DataFrame) else None
        values: NDArray[np.float64] = validate_data(
            self, X, reset=reset, dtype=np.float64, ensure_all_finite=False
        )
        for fault, bad, remedy in (
            ("missing (NaN)", np.isnan(values), "Leave those rows out, and list them"),
            ("infinite (inf)", np.isinf(values), "Mend them at their source"),
        ):
            if bad.any():
                where = np.flatnonzero(bad.any(axis=1))
                names = where.tolist() if rows is None else rows[where].tolist()
                columns = _names(self)[bad.any(axis=0)].tolist()
                msg = (
                    f"{len(names)} of {len(values)} rows hold {fault} values: rows "
                    f"{few(names)}, features {few(columns)}. {remedy}."
                )
                raise SegmentError(msg)
        return values


def _names(fitted: CompleteFeatures) -> NDArray[np.object_]:
    names = getattr(fitted, "feature_names_in_", None)
    if names is None:
        names = [f"x{i}" for i in range(fitted.n_features_in_)]
    return np.asarray(names, dtype=object)


def _log_of_one_more(values: pd.DataFrame) -> Any:  # noqa: ANN401 - NumPy keeps the frame, its types do not
    impossible = values.columns[(values <= -1).any()].tolist()
    if impossible:
        msg = (
            f"log(1 + x) needs values above -1; features {few(impossible)} go lower. "
            "Use transform='asinh', which takes any sign."
        )
        raise SegmentError(msg)
    return np.log1p(values)


def feature_pipeline(
    *, transform: Transform = "asinh", scale: Scale = "range"
) -> Pipeline:
    """Return a scikit-learn pipeline from rates to features.

    Parameters
    ----------
    transform
        "asinh" (inverse hyperbolic sine), "log" (natural logarithm of 1 + x) or
        "none".
    scale
        "range" (least 0, greatest 1), "z" (mean 0, standard deviation 1) or
        "interdecile" (median 0, first to ninth decile 1).

    Returns
    -------
    pipeline
        Three steps, "complete", "transform" and "scale". It takes a frame and
        gives a frame on the same index, with the same column names. It refuses
        missing values, infinite values and columns that do not vary.

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
    bend = {"asinh": np.arcsinh, "log": _log_of_one_more, "none": None}[transform]
    spread = {
        "range": MinMaxScaler(),
        "z": StandardScaler(),
        "interdecile": RobustScaler(quantile_range=SPREADS["interdecile"]),
    }[scale]
    steps = [
        ("complete", CompleteFeatures(spread=SPREADS[scale])),
        ("transform", FunctionTransformer(bend, feature_names_out="one-to-one")),
        ("scale", spread),
    ]
    return Pipeline(steps).set_output(transform="pandas")
