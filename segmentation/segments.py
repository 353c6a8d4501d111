"""Segments: rows grouped so that each is near the centre of its own group.

k-means from many starts, keeping the best; the number of starts that reached the
best says how far to trust that no better one exists. Segments are numbered from
the largest. The same rows and seed give the same segments in any row order and on
any number of cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import (  # type: ignore[import-untyped]  # ships no types
    threadpool_limits,
)

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CustomerSegments"]

SAME_OPTIMUM = 1e-6
MOST_ROUNDS = 10_000


class CustomerSegments(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """K-means segments, numbered from the largest to the smallest.

    Each start runs Lloyd's rounds until no row changes its segment [1]_, from
    spread-out first centres (k-means++). Segments of the same size are ordered by
    the values of their centres, first feature first.

    Parameters
    ----------
    n_segments : int
        How many segments to find; at most the number of different rows.
    n_init : int
        How many starts to try.
    random_state : int, RandomState or None
        Seed of the starts. Set it for any figure that is published.

    Attributes
    ----------
    labels_ : ndarray of shape (n_rows,)
        Segment of each row; 0 is the largest.
    cluster_centers_ : ndarray of shape (n_segments, n_features)
        Mean of the rows of each segment.
    inertia_ : float
        Sum of squared distances of the rows to their centres.
    n_best_ : int
        How many of the starts reached the best inertia, to one part in a million.

    References
    ----------
    .. [1] Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE
       Transactions on Information Theory 28 (2), 129-137.
       https://doi.org/10.1109/TIT.1982.1056489

    Examples
    --------
    >>> rows = [[0.0], [0.1], [0.2], [5.0], [5.1]]
    >>> found = CustomerSegments(n_segments=2, n_init=5).fit(rows)
    >>> found.labels_.tolist(), found.n_best_
    ([0, 0, 0, 1, 1], 5)
    """

    def __init__(
        self,
        n_segments: int = 8,
        *,
        n_init: int = 50,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.n_segments = n_segments
        self.n_init = n_init
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Find the segments of `X`, of shape (n_rows, n_features)."""
        rows = validate_data(self, X, dtype=np.float64, order="C", ensure_min_samples=2)
        _check_number("n_segments", self.n_segments)
        _check_number("n_init", self.n_init)
        different = len(np.unique(rows, axis=0))
        if self.n_segments > different:
            msg = (
                f"{self.n_segments} segments were asked of {len(rows)} rows, of which "
                f"{different} differ. Ask for fewer segments."
            )
            raise SegmentError(msg)
        order = np.lexsort(rows.T[::-1])  # the answer must not hang on the row order
        best, self.n_best_ = self._best_of_the_starts(rows[order])
        labels = np.empty(len(rows), dtype=np.int64)
        labels[order] = best.labels_
        sizes = np.bincount(labels, minlength=self.n_segments)
        rank = np.lexsort((*best.cluster_centers_.T[::-1], -sizes))
        self.cluster_centers_ = best.cluster_centers_[rank]
        self.labels_ = np.argsort(rank)[labels]
        self.inertia_ = float(best.inertia_)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:  # noqa: ANN401 - scikit-learn's contract
        """Return the segment of the nearest centre, the lower number on a tie."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64, order="C")
        away = [((rows - centre) ** 2).sum(axis=1) for centre in self.cluster_centers_]
        nearest: NDArray[np.int64] = np.argmin(away, axis=0)
        return nearest

    def _best_of_the_starts(self, rows: NDArray[np.float64]) -> tuple[KMeans, int]:
        seeds = check_random_state(self.random_state).randint(
            2**31 - 1, size=self.n_init
        )
        best, inertias = None, []
        with threadpool_limits(limits=1):  # sums in threads differ in the last bit
            for seed in seeds:
                found = KMeans(
                    self.n_segments,
                    n_init=1,
                    max_iter=MOST_ROUNDS,
                    tol=0.0,
                    random_state=int(seed),
                ).fit(rows)
                inertias.append(found.inertia_)
                if best is None or found.inertia_ < best.inertia_:
                    best = found
        least = min(inertias)
        return best, int(sum(each <= least * (1 + SAME_OPTIMUM) for each in inertias))


def _check_number(name: str, value: object) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        msg = f"{name} is {value!r}. Give a whole number of 1 or more."
        raise SegmentError(msg)
