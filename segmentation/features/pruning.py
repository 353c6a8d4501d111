"""Pruning: of two variables that say the same, one is enough.

A pair of variables that move together counts twice in every distance. The one that
moves more with all the others is left out, and the reason is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.errors import SegmentError, few
from segmentation.features.frames import as_given, feature_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CorrelationPruning"]


class CorrelationPruning(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Leave out one of each pair of features that are correlated above a limit.

    The most correlated pair is taken first, and the two are held against all other
    features that are still there: the one with the larger mean absolute correlation
    goes, since the others can better do without it. This repeats until no pair is
    above the limit. On a tie the pair whose columns stand first is taken, and of its
    two the later column goes. The order of the rows does not matter.

    Parameters
    ----------
    limit : float
        Largest absolute Pearson correlation that a pair may keep, above 0 and at
        most 1.

    Attributes
    ----------
    reasons_ : DataFrame
        One row a feature left out, in the order in which they went: `dropped`,
        `kept` (the one of the pair that stayed then; it may itself have gone
        later), `r` (their correlation), `n` (rows that it was measured on).
    kept_ : list of str
        Features that stay, in their order.

    Raises
    ------
    SegmentError
        If `limit` is out of range, or a feature does not vary, so that its
        correlation is not defined.

    Examples
    --------
    >>> rates = pd.DataFrame(
    ...     {"owned": [9.0, 7, 5, 1], "rented": [1.0, 3, 5, 9], "old": [2.0, 9, 1, 7]}
    ... )
    >>> pruning = CorrelationPruning(limit=0.9).fit(rates)
    >>> pruning.kept_
    ['owned', 'old']
    >>> pruning.reasons_
      dropped   kept    r  n
    0  rented  owned -1.0  4
    """

    def __init__(self, limit: float = 0.9) -> None:
        self.limit = limit

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Find which features of `X`, of shape (n_rows, n_features), can go."""
        if not 0 < self.limit <= 1:
            msg = f"limit is {self.limit!r}. Give a correlation above 0, at most 1."
            raise SegmentError(msg)
        rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        names = feature_names(self)
        r = self._correlations(rows, names)
        there = np.ones(len(names), dtype=bool)
        reasons = []
        while True:
            one, other = _closest(np.abs(r), there)
            if np.abs(r[one, other]) <= self.limit or one == other:
                break
            goes, stays = _which_goes(np.abs(r), there, one, other)
            there[goes] = False
            reasons.append((names[goes], names[stays], r[goes, stays], len(rows)))
        self.reasons_ = pd.DataFrame(reasons, columns=["dropped", "kept", "r", "n"])
        self._there = there
        self.kept_ = [name for name, stays in zip(names, there, strict=True) if stays]
        return self

    def transform(self, X: Any) -> Any:  # noqa: ANN401 - scikit-learn's contract
        """Return the features that stay."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return as_given(X, rows[:, self._there], self.kept_)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Return the names of the features that stay."""
        check_is_fitted(self)
        return np.asarray(self.kept_, dtype=object)

    def _correlations(
        self, rows: NDArray[np.float64], names: list[str]
    ) -> NDArray[np.float64]:
        flat = [
            name
            for name, column in zip(names, rows.T, strict=True)
            if column.min() == column.max()
        ]
        if flat:
            msg = (
                f"{len(flat)} features do not vary over {len(rows)} rows, so that they "
                f"have no correlation: {few(flat)}. Leave them out."
            )
            raise SegmentError(msg)
        ordered = rows[np.lexsort(rows.T[::-1])]  # a sum hangs on the row order
        r = np.atleast_2d(np.corrcoef(ordered, rowvar=False))
        np.fill_diagonal(r, 0.0)
        return r.round(12)  # pairs that are alike but for the last bits are a tie


def _closest(r: NDArray[np.float64], there: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the most correlated pair of those still there, first columns first."""
    left = np.triu(r * np.outer(there, there), k=1)
    one, other = np.unravel_index(left.argmax(), left.shape)
    return int(one), int(other)


def _which_goes(
    r: NDArray[np.float64], there: NDArray[np.bool_], one: int, other: int
) -> tuple[int, int]:
    rest = there.copy()
    rest[[one, other]] = False
    with_rest = r[:, rest].sum(axis=1).round(12)  # same number of terms: sums will do
    return (one, other) if with_rest[one] > with_rest[other] else (other, one)
