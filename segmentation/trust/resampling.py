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

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from segmentation.kmeans.segments import CustomerSegments

    Labels: TypeAlias = NDArray[np.int64]
    Rows: TypeAlias = NDArray[np.float64]

__all__ = [
    "agreements",
    "fitted",
    "in_order",
    "jaccards",
    "segments_of_samples",
    "segments_of_variables",
]


def in_order(
    features: pd.DataFrame, *, most: int | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """Return the positions of the rows in the order of their values.

    Parameters
    ----------
    features
        One row an area, scaled.
    most
        How many rows to keep, drawn by `seed`; all of them where it is `None`.
    seed
        Of that sample.

    Raises
    ------
    SegmentError
        If a value is missing or infinite, or there is no row.

    Examples
    --------
    >>> import pandas as pd
    >>> in_order(pd.DataFrame({"x": [2.0, 1.0, 3.0]})).tolist()
    [1, 0, 2]
    """
    rows = features.to_numpy(dtype=np.float64)
    bad = features.index[~np.isfinite(rows).all(axis=1)].tolist()
    if bad or not rows.size:
        msg = (
            f"features should be finite numbers: {len(bad)} of {len(rows)} rows hold "
            f"missing or infinite values: {few(bad) or 'there is no row'}. Leave those "
            "rows out, or impute them by a rule that you state."
        )
        raise SegmentError(msg)
    order = np.lexsort(rows.T[::-1])
    if most is None or most >= len(order):
        return order
    chosen = np.random.default_rng(seed).permutation(len(order))[:most]
    return order[np.sort(chosen)]


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
