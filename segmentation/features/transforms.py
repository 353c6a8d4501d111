"""Transforms: long tails drawn in, so that a few areas do not decide a distance.

A rate is skewed: most areas have few of most things, and a few have many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import boxcox1p
from scipy.stats import boxcox_llf
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.errors import SegmentError, few
from segmentation.features.frames import as_given, feature_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["BoxCox", "Transform", "bend"]

Transform: TypeAlias = Literal["asinh", "log", "boxcox", "none"]

LAMBDAS: Final = (-5.0, 5.0)
LAMBDA_ROWS: Final = 5_000
BOX_COX: Final = "Negative values in data: Box-Cox of 1 + x"


class BoxCox(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Bend each feature by the power that makes it most like a normal one.

    A value x becomes ((1 + x)**l - 1) / l, or log(1 + x) where l is 0 [1]_; the
    declared shift of 1 lets in the zeros of rates. The power l is the likeliest from
    -5 to 5, the range that the 2011 OAC searched, on at most 5,000 evenly spaced
    order statistics of the feature: the row order does not matter.

    Attributes
    ----------
    lambdas_ : ndarray of shape (n_features,)
        The power l of each feature.

    Raises
    ------
    SegmentError
        If a value is -1 or less.

    References
    ----------
    .. [1] Box, G. E. P. and Cox, D. R. (1964). An analysis of transformations.
       Journal of the Royal Statistical Society B 26 (2), 211-252.
       https://doi.org/10.1111/j.2517-6161.1964.tb00553.x

    Examples
    --------
    >>> bent = BoxCox().fit_transform([[0.0], [1.0], [3.0], [7.0], [15.0]])
    >>> bent.round(2).ravel().tolist()
    [0.0, 0.69, 1.39, 2.08, 2.77]
    """

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Find the power of each feature of `X`, of shape (n_rows, n_features)."""
        rows = validate_data(self, X, dtype=np.float64)
        _check_above(rows, feature_names(self), BOX_COX)
        self.lambdas_ = np.array([_likeliest(np.sort(column)) for column in rows.T])
        return self

    def transform(self, X: Any) -> Any:  # noqa: ANN401 - scikit-learn's contract
        """Return `X` bent."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        _check_above(rows, feature_names(self), BOX_COX)
        return as_given(X, boxcox1p(rows, self.lambdas_), feature_names(self))

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn ships no types
        """Tell scikit-learn that values below 0 may be refused."""
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags


def _likeliest(ordered: NDArray[np.float64]) -> float:
    picked = np.linspace(0, len(ordered) - 1, min(len(ordered), LAMBDA_ROWS))
    shifted = 1 + ordered[picked.round().astype(int)]
    if shifted[0] == shifted[-1]:
        return 1.0
    found = minimize_scalar(
        lambda power: -boxcox_llf(power, shifted),
        bounds=LAMBDAS,
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(found.x)


def _check_above(values: Any, names: Sequence[str], what: str) -> None:  # noqa: ANN401 - a frame or an array
    low = np.asarray(names, dtype=object)[(np.asarray(values) <= -1).any(axis=0)]
    if len(low):
        msg = (
            f"{what} needs values above -1; features {few(low.tolist())} go lower. "
            "Use transform='asinh', which takes any sign."
        )
        raise SegmentError(msg)


def _log_of_one_more(values: pd.DataFrame) -> Any:  # noqa: ANN401 - NumPy keeps the frame, its types do not
    _check_above(values, list(values.columns), "log(1 + x)")
    return np.log1p(values)


def bend(transform: Transform) -> Any:  # noqa: ANN401 - scikit-learn ships no types
    """Return the transformer of one of the transforms, not fitted.

    Examples
    --------
    >>> bend("asinh").transform([[0.0, 1.0]]).round(3).tolist()
    [[0.0, 0.881]]
    """
    if transform == "boxcox":
        return BoxCox()
    function = {"asinh": np.arcsinh, "log": _log_of_one_more, "none": None}[transform]
    return FunctionTransformer(function, feature_names_out="one-to-one")
