"""Segments: rows grouped so that each is near the centre of its own group.

k-means from many starts, keeping the best; the number of starts that led to the
best says how far to trust that no better one exists. Segments are numbered from
the largest. Rows are put on a grid of whole steps first, so that the same rows and
seed give the same segments, to the last bit, in any row order, on any number of
cores, and however the rows lie with several agencies.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.errors import SegmentError
from segmentation.kmeans.grid import Grid, grid_for, nearest
from segmentation.kmeans.lloyd import settle_fast, squares_of
from segmentation.kmeans.numbering import by_size, largest_first
from segmentation.kmeans.row_order import distinct_rows, row_order
from segmentation.kmeans.search import Effort, Found, search, whole_number
from segmentation.kmeans.threads import workers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CustomerSegments"]


class CustomerSegments(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """K-means segments, numbered from the largest to the smallest.

    Each start runs Lloyd's rounds until no centre moves [1]_, from spread-out first
    centres (k-means++). Segments of the same size are ordered by the values of
    their centres, first feature first.

    Parameters
    ----------
    n_segments : int
        How many segments to find; at most the number of different rows.
    n_init : int
        How many starts to try.
    random_state : int, RandomState or None
        Seed of the starts. Set it for any figure that is published.
    init : "search" or array of shape (n_segments, n_features)
        Where to start: with "search", from many places, keeping the best; with
        centres, from these alone, as a federated fit from them does. A segment that
        ends without rows keeps its place, behind the others.
    stop_after : int or None
        Try no more starts once this many led to the best, and four a segment were
        tried; with `None`, try all `n_init`.
    n_threads : int or None
        Threads to share the starts among; `None` for as many as there are cores.
        The answer does not hang on it.
    grid : Grid or None
        The grid of whole steps that several agencies agreed on; with `None`, the
        finest for the range of the rows.

    Attributes
    ----------
    labels_ : ndarray of shape (n_rows,)
        Segment of each row; 0 is the largest.
    cluster_centers_ : ndarray of shape (n_segments, n_features)
        Mean of the rows of each segment, to the nearest step of the grid.
    centre_steps_ : ndarray of shape (n_segments, n_features)
        The same in whole steps of the grid.
    grid_ : Grid
        The grid of whole steps.
    inertia_ : float
        Sum of squared distances of the rows to their centres.
    n_starts_ : int
        How many starts were tried.
    n_best_ : int
        How many of them led to the best inertia, to one part in a million. Up to
        12,000 rows each start runs on all rows; on more, each runs on a sample, and
        the best go on to all rows: see :func:`segmentation.kmeans.search.search`.

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

    def __init__(  # noqa: PLR0913 - a parameter each, as scikit-learn's contract asks
        self,
        n_segments: int = 8,
        *,
        n_init: int = 50,
        random_state: int | np.random.RandomState | None = 0,
        init: str | ArrayLike = "search",
        stop_after: int | None = None,
        n_threads: int | None = None,
        grid: Grid | None = None,
    ) -> None:
        self.n_segments = n_segments
        self.n_init = n_init
        self.random_state = random_state
        self.init = init
        self.stop_after = stop_after
        self.n_threads = n_threads
        self.grid = grid

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Find the segments of `X`, of shape (n_rows, n_features)."""
        rows = validate_data(self, X, dtype=np.float64, order="C", ensure_min_samples=2)
        whole_number("n_segments", self.n_segments)
        self.grid_ = self.grid or grid_for(rows.min(axis=0), rows.max(axis=0))
        steps = self.grid_.exact_steps(rows)
        if isinstance(self.init, str):
            found = self._searched(steps)
        else:
            found = self._settled(steps)
        self.centre_steps_ = found.settled.centres
        self.cluster_centers_ = self.grid_.values(self.centre_steps_)
        self.labels_ = found.settled.labels
        away = squares_of(rows - self.cluster_centers_[self.labels_])
        self.inertia_ = math.fsum(away.tolist())  # rounded once: in any row order
        self.n_starts_, self.n_best_ = found.starts, found.hits
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:  # noqa: ANN401 - scikit-learn's contract
        """Return the segment of the nearest centre, the lower number on a tie."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64, order="C")
        return nearest(self.grid_.exact_steps(rows), self.centre_steps_)[0]

    def _searched(self, steps: NDArray[np.float64]) -> Found:
        whole_number("n_init", self.n_init)
        if self.init != "search":
            msg = f"init is {self.init!r}. Give 'search', or an array of centres."
            raise SegmentError(msg)
        different = distinct_rows(steps)
        if self.n_segments > different:
            msg = (
                f"{self.n_segments} segments were asked of {len(steps)} rows, of which "
                f"{different} differ. Ask for fewer segments."
            )
            raise SegmentError(msg)
        order = row_order(steps)
        rows = steps[order]
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        effort = Effort(most=self.n_init, stop_after=self.stop_after)
        with workers(self.n_threads, rows=len(rows)) as run:
            found = search(rows, self.n_segments, effort=effort, seed=(seed,), run=run)
            settled = largest_first(rows, found.settled)
        labels = np.empty_like(settled.labels)
        labels[order] = settled.labels
        return found._replace(settled=settled._replace(labels=labels))

    def _settled(self, steps: NDArray[np.float64]) -> Found:
        settled = settle_fast(steps, self._first_centres())
        centres = settled.centres[by_size(settled.centres, settled.counts)]
        labels, _ = nearest(steps, centres)
        return Found(settled._replace(centres=centres, labels=labels), 1, 1)

    def _first_centres(self) -> NDArray[np.float64]:
        centres = np.asarray(self.init, dtype=np.float64)
        shape = (self.n_segments, self.n_features_in_)
        if centres.shape != shape:
            msg = (
                f"the starting centres are of shape {centres.shape}. Give {shape}: "
                "a row a segment, a column a feature."
            )
            raise SegmentError(msg)
        return self.grid_.exact_steps(centres)
