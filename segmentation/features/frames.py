"""What transformers of features share: frames in, frames out, names kept.

A transformer works on an array of shape (n_rows, n_features) and hands back what it
was given: a frame on the same index, or an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

__all__ = [
    "as_given",
    "check_known",
    "feature_names",
    "numbers_of",
    "refuse",
    "row_names",
]


def feature_names(fitted: Any) -> list[str]:  # noqa: ANN401 - scikit-learn ships no types
    """Return the names of the features that a transformer was fitted to.

    Examples
    --------
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> feature_names(MinMaxScaler().fit([[0.0, 1.0]]))
    ['x0', 'x1']
    """
    names = getattr(fitted, "feature_names_in_", None)
    return (
        [f"x{number}" for number in range(fitted.n_features_in_)]
        if names is None
        else [str(name) for name in names]
    )


def row_names(X: object) -> pd.Index:
    """Return the index of a frame, or the numbers of the rows of anything else.

    Examples
    --------
    >>> row_names([[1.0], [2.0]]).tolist()
    [0, 1]
    """
    if isinstance(X, pd.DataFrame):
        return X.index
    rows = X if hasattr(X, "shape") else np.asarray(X)
    return pd.RangeIndex(rows.shape[0])


def as_given(
    X: object, values: NDArray[np.float64], names: Collection[str]
) -> pd.DataFrame | NDArray[np.float64]:
    """Return `values` as a frame on the index of `X` where `X` is one.

    Examples
    --------
    >>> as_given(pd.DataFrame({"a": [1]}, index=["E1"]), np.array([[2.0]]), ["b"])
          b
    E1  2.0
    """
    if not isinstance(X, pd.DataFrame):
        return values
    return pd.DataFrame(values, X.index, list(names))


def check_known(what: str, wanted: Collection[str], known: Collection[str]) -> None:
    """Refuse names of features that are not there.

    Raises
    ------
    SegmentError
        Naming those that are not among `known`, which it lists.

    Examples
    --------
    >>> check_known("blocks", ["flats"], ["flats", "owned"])
    """
    strange = [name for name in wanted if name not in known]
    if strange:
        msg = (
            f"{what} name {len(strange)} features that are not there: {few(strange)}. "
            f"There are {few(list(known))}. Write the names as they stand there."
        )
        raise SegmentError(msg)


def numbers_of(
    estimator: Any,  # noqa: ANN401 - scikit-learn ships no types
    X: object,
    *,
    reset: bool,
) -> NDArray[np.float64]:
    """Return the values of `X` for an estimator that checks them itself.

    Parameters
    ----------
    estimator
        Keeps the names of the columns of `X` where `reset`, and compares otherwise.
    X
        A frame or an array of shape (n_rows, n_features). Missing and infinite
        values pass.

    Raises
    ------
    SegmentError
        If a column of a frame holds text; no value is quoted.

    Examples
    --------
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> numbers_of(MinMaxScaler(), pd.DataFrame({"a": [1, 2]}), reset=True).tolist()
    [[1.0], [2.0]]
    """
    if isinstance(X, pd.DataFrame):
        texts = [
            str(name)
            for name, kind in X.dtypes.items()
            if isinstance(kind, pd.CategoricalDtype) or kind == "str"
        ]
        if texts:
            msg = (
                f"{len(texts)} features hold text: {few(texts)}. List them among the "
                "categories, or turn them into numbers."
            )
            raise SegmentError(msg)
    values: NDArray[np.float64] = validate_data(
        estimator, X, reset=reset, dtype=np.float64, ensure_all_finite=False
    )
    return values


def refuse(
    bad: NDArray[np.bool_], X: object, names: Collection[str], what: str, remedy: str
) -> None:
    """Refuse the cells that are `bad`, if there are any, naming rows and features.

    Raises
    ------
    SegmentError
        Saying how many rows hold such values, which, and what to do.

    Examples
    --------
    >>> refuse(np.array([[False]]), [[1.0]], ["a"], "missing (NaN)", "Fill them")
    """
    if bad.any():
        rows = row_names(X)[np.flatnonzero(bad.any(axis=1))].tolist()
        columns = np.asarray(list(names), dtype=object)[bad.any(axis=0)].tolist()
        msg = (
            f"{len(rows)} of {len(bad)} rows hold {what} values: rows {few(rows)}, "
            f"features {few(columns)}. {remedy}."
        )
        raise SegmentError(msg)
