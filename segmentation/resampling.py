"""Segment again with something changed, and say how alike the answers are.

What `stability`, `choose` and `structure` share: samples of rows and of variables,
and the agreement of segments between them.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmentation.segments import CustomerSegments

    Labels: TypeAlias = NDArray[np.int64]
    Rows: TypeAlias = NDArray[np.float64]

__all__ = [
    "agreements",
    "fitted",
    "jaccards",
    "segments_of_samples",
    "segments_of_variables",
    "some_rows",
]


def some_rows(n: int, most: int, seed: int) -> NDArray[np.int64]:
    """Return positions of at most `most` of `n` rows, in order.

    Examples
    --------
    >>> some_rows(3, 5, seed=0).tolist(), len(some_rows(9, 5, seed=0))
    ([0, 1, 2], 5)
    """
    chosen = np.random.default_rng(seed).permutation(n)[: min(n, most)]
    return np.sort(chosen).astype(np.int64)


def fitted(
    estimator: CustomerSegments, rows: Rows, *, seed: int | None = None
) -> CustomerSegments:
    """Return a copy of `estimator` fitted to `rows`, with another seed if one is given.

    Fewer different rows than segments get as many segments as there are.

    Examples
    --------
    >>> from segmentation import CustomerSegments
    >>> fitted(CustomerSegments(3, n_init=1), np.array([[1.0], [2.0]])).n_segments
    2
    """
    own: CustomerSegments = clone(estimator)
    if seed is not None:
        own.set_params(random_state=seed)
    different = len(np.unique(rows, axis=0))
    own.set_params(n_segments=min(estimator.n_segments, different))
    return own.fit(rows)


def segments_of_samples(
    rows: Rows, estimator: CustomerSegments, samples: int, share: float, seed: int
) -> list[Labels]:
    """Return the segment of each row in segmentations of samples of the rows.

    Returns
    -------
    drawn
        One array a sample: the number of the segment, -1 where a row is not drawn.

    Raises
    ------
    SegmentError
        If there are fewer than 2 samples, `share` is out of range or a sample has
        fewer rows than segments.

    Examples
    --------
    >>> from segmentation import CustomerSegments
    >>> rows = np.array([[0.0], [0.0], [9.0], [9.0]])
    >>> segments_of_samples(rows, CustomerSegments(2, n_init=1), 2, 0.75, seed=0)
    [array([ 0,  0,  1, -1]), array([-1,  1,  0,  0])]
    """
    if samples < 2 or not 0 < share <= 1:  # noqa: PLR2004 - a pair is the least
        msg = (
            f"{samples} samples of share {share} cannot be compared. Give 2 samples or "
            "more, and a share above 0 and at most 1."
        )
        raise SegmentError(msg)
    size = round(share * len(rows))
    if size < estimator.n_segments:
        msg = (
            f"a sample of {size} of {len(rows)} rows is too small for "
            f"{estimator.n_segments} segments. Ask for fewer segments, or supply more "
            "areas."
        )
        raise SegmentError(msg)
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(samples):
        chosen = random.permutation(len(rows))[:size]
        labels = np.full(len(rows), -1)
        labels[chosen] = fitted(estimator, rows[chosen]).labels_
        drawn.append(labels)
    return drawn


def segments_of_variables(
    rows: Rows, estimator: CustomerSegments, samples: int, share: float, seed: int
) -> list[Labels]:
    """Return the segment of each row in segmentations by samples of the variables.

    At least one variable is taken; with a `share` below 1, at least one is left out.

    Examples
    --------
    >>> from segmentation import CustomerSegments
    >>> rows = np.array([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]])
    >>> segments_of_variables(rows, CustomerSegments(2, n_init=1), 1, 0.5, seed=0)
    [array([0, 0, 1])]
    """
    n = rows.shape[1]
    size = max(min(round(share * n), n - 1), 1) if share < 1 else n
    random = np.random.default_rng(seed)
    chosen = [np.sort(random.permutation(n)[:size]) for _ in range(samples)]
    return [fitted(estimator, rows[:, each]).labels_ for each in chosen]


def agreements(drawn: Sequence[Labels]) -> list[float]:
    """Return the adjusted Rand index of every pair, over the rows that both drew.

    Raises
    ------
    SegmentError
        If two samples have no row in common.

    Examples
    --------
    >>> agreements([np.array([0, 0, 1, -1]), np.array([1, 1, 0, 0])])
    [1.0]
    """
    return [_agreement(one, other) for one, other in combinations(drawn, 2)]


def _agreement(one: Labels, other: Labels) -> float:
    both = (one >= 0) & (other >= 0)
    if not both.any():
        msg = "two samples have no row in common. Give a greater share, or more rows."
        raise SegmentError(msg)
    return float(adjusted_rand_score(one[both], other[both]))


def jaccards(own: Labels, labels: Labels, k: int) -> NDArray[np.float64]:
    """Return how well each segment is found again: its best Jaccard index.

    Parameters
    ----------
    own
        Segment of each row, 0 to `k` - 1.
    labels
        The same in a segmentation of a sample, -1 where a row is not drawn.
    k
        How many segments.

    Returns
    -------
    best
        0 to 1, over the rows drawn; missing for a segment of which none is drawn.

    Examples
    --------
    >>> jaccards(np.array([0, 0, 0, 1]), np.array([0, 0, 1, -1]), 2)
    array([0.66666667,        nan])
    """
    drawn = labels >= 0
    both = np.zeros((k, labels.max() + 1))
    np.add.at(both, (own[drawn], labels[drawn]), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    best = (both / either).max(axis=1)
    found: NDArray[np.float64] = np.where(both.any(axis=1), best, np.nan)
    return found
