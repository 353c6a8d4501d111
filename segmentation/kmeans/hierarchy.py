"""A tree of segments: supergroups, groups and subgroups, with codes 3, 3b and 3b2.

Each segment is segmented again on its own, from the top down, as official area
classifications are. How many children each parent gets is given, or is decided by
where a further child reduces the sum of squares most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.kmeans.grid import Grid, grid_for, nearest
from segmentation.kmeans.row_order import row_order
from segmentation.kmeans.search import Effort, whole_number
from segmentation.kmeans.threads import workers
from segmentation.kmeans.tree import Branch, SegmentNode, grow, parted, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SegmentHierarchy", "SegmentNode"]

OFFICIAL: Final = (8, 21, 52)  # how many supergroups, groups and subgroups the UK has


class SegmentHierarchy(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """K-means from the top down: supergroups, groups, subgroups.

    Parameters
    ----------
    levels : sequence of int or of sequences of int
        For each level how many segments it has in all, or how many children each
        segment of the level above has, in the order of the codes: `(8, 21, 52)` or
        `(8, [2, 3, 2, 4, 2, 3, 3, 2], 52)`. A total is shared out as
        :func:`segmentation.kmeans.allotment.allot` says: 2 to 4 children a parent.
    n_init : int
        How many starts to try at most at each parting.
    random_state : int, RandomState or None
        Seed of the starts. Set it for any figure that is published.
    stop_after : int or None
        Stop once this many starts led to the best, and four a segment were tried.
    n_threads : int or None
        Threads to share the work among; `None` for as many as there are cores. The
        answer does not hang on it.
    grid : Grid or None
        The grid of whole steps; with `None`, the finest for the range of the rows.

    Attributes
    ----------
    codes_ : ndarray of shape (n_rows, n_levels)
        Codes of each row, such as "3", "3b", "3b2".
    labels_ : ndarray of shape (n_rows,)
        Place of the row's last code in `leaves_`.
    leaves_ : list of str
        The codes of the last level, in order.
    cluster_centers_ : ndarray of shape (n_leaves, n_features)
        Centres of the last level.
    nodes_ : dict
        Code -> :class:`SegmentNode`, from the root "" down, level
        by level.
    inertia_ : float
        Sum of squared distances of the rows to the centres of the last level.
    grid_ : Grid
        The grid of whole steps.

    Notes
    -----
    Children are numbered from the largest within their parent; of the same size, by
    their centres. The same rows and seed give the same tree in any row order.

    References
    ----------
    .. [1] Wyszomierski, J., Longley, P. A., Singleton, A. D., Gale, C. and O'Brien,
       O. (2024). A neighbourhood Output Area Classification from the 2021 and 2022
       UK censuses. The Geographical Journal 190 (2).
       https://doi.org/10.1111/geoj.12550

    Examples
    --------
    >>> rows = [[0.0], [1.0], [4.0], [5.0], [5.5], [50.0], [51.0], [59.0]]
    >>> found = SegmentHierarchy(levels=(2, 4), n_init=5).fit(rows)
    >>> found.codes_.tolist()[0], found.leaves_
    (['1', '1b'], ['1a', '1b', '2a', '2b'])
    >>> found.predict_codes([[60.0]]).tolist()
    [['2', '2b']]
    """

    def __init__(
        self,
        levels: Sequence[int | Sequence[int]] = OFFICIAL,
        *,
        n_init: int = 200,
        random_state: int | np.random.RandomState | None = 0,
        stop_after: int | None = 6,
        n_threads: int | None = None,
        grid: Grid | None = None,
    ) -> None:
        self.levels = levels
        self.n_init = n_init
        self.random_state = random_state
        self.stop_after = stop_after
        self.n_threads = n_threads
        self.grid = grid

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Find the tree of `X`, of shape (n_rows, n_features)."""
        given = validate_data(
            self, X, dtype=np.float64, order="C", ensure_min_samples=2
        )
        whole_number("n_init", self.n_init)
        self.grid_ = self.grid or grid_for(given.min(axis=0), given.max(axis=0))
        steps = self.grid_.exact_steps(given)
        order = row_order(steps)
        root = Branch(code="", rows=steps[order], at=order)
        effort = Effort(most=self.n_init, stop_after=self.stop_after)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        with workers(self.n_threads, rows=len(given)) as run:
            tree = grow(root, self.levels, self.grid_, effort, seed, run)
        self.nodes_, self.codes_ = tree.nodes, tree.codes
        leaves = [node for node in tree.nodes.values() if not node.children]
        self.leaves_ = [leaf.code for leaf in leaves]
        self.cluster_centers_ = np.array([leaf.centre for leaf in leaves])
        self.inertia_ = sum(leaf.inertia for leaf in leaves)
        self.labels_ = self._places(self.codes_)
        return self

    def predict_codes(self, X: Any) -> NDArray[np.str_]:  # noqa: ANN401 - scikit-learn's contract
        """Return the codes of each row, of shape (n_rows, n_levels), from the top down.

        At each level the nearest child of the row's segment, the lower code on a tie.
        """
        check_is_fitted(self)
        given = validate_data(self, X, reset=False, dtype=np.float64, order="C")
        steps = self.grid_.exact_steps(given)
        branches, codes = [Branch(code="", rows=steps, at=np.arange(len(steps)))], []
        for _ in range(self.codes_.shape[1]):
            below: list[Branch] = []
            for branch in branches:
                children = self.nodes_[branch.code].children
                centres = np.array(
                    [self.nodes_[code].centre_steps for code in children]
                )
                below += parted(branch, children, nearest(branch.rows, centres)[0])
            branches = below
            codes.append(spread(branches, len(steps)))
        return np.column_stack(codes)

    def predict(self, X: Any) -> NDArray[np.int64]:  # noqa: ANN401 - scikit-learn's contract
        """Return the place in `leaves_` of the last code of each row."""
        return self._places(self.predict_codes(X))

    def _places(self, codes: NDArray[np.str_]) -> NDArray[np.int64]:
        """Return where the last code of each row stands in `leaves_`."""
        by_text = np.argsort(self.leaves_)
        at = np.searchsorted(self.leaves_, codes[:, -1], sorter=by_text)
        places: NDArray[np.int64] = by_text[at]
        return places
