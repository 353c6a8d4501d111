"""Permutation tests by customer, for many measures of several groups at once.

The labels of groups are shuffled among customers; all that one customer did stays
together. The statistic of a group and a measure is a score: the sum over the group of
`y - R n`, where R is the ratio of all customers together, divided by what that sum
varies by when labels are shuffled. How far paths lie apart is the total variation
distance between the moves of a group and of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.stats import false_discovery_control

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from journeys.compare.measured import Measured

    Floats = NDArray[np.float64]

__all__ = [
    "adjusted",
    "distances",
    "group_sums",
    "members",
    "p_values",
    "ratios",
    "shuffled_scores",
]

BLOCK: Final = 8_000_000  # numbers of a block of labels held at a time
ALMOST: Final = 1e-9  # sums in another order differ by less


def group_sums(
    matrix: csr_array,
    weights: Callable[[int, int], Floats],
    *,
    groups: int,
    times: int = 1,
) -> Floats:
    """Return the sums of each column over each group, many times over.

    Parameters
    ----------
    matrix
        One row a customer.
    weights
        Given the first time and one past the last, what each customer counts in each
        group: shape (customers, times, groups). Asked in order, each time once.
    groups, times
        How many groups, and how often.

    Returns
    -------
    sums
        Shape (times, groups, columns).

    Examples
    --------
    >>> one = csr_array(np.array([[1.0], [2.0], [4.0]]))
    >>> group_sums(one, lambda *_: members([0, 1, 0], 2), groups=2).tolist()
    [[[5.0], [2.0]]]
    """
    size, columns = matrix.shape
    across = csr_array(matrix.T)
    sums = np.empty((times, groups, columns))
    step = max(1, BLOCK // max(1, size * groups))
    for first in range(0, times, step):
        last = min(times, first + step)
        chosen = weights(first, last).reshape(size, (last - first) * groups)
        added = (across @ chosen).reshape(columns, last - first, groups)
        sums[first:last] = added.transpose(1, 2, 0)
    return sums


def members(labels: ArrayLike, groups: int) -> Floats:
    """Return 1 where a customer is in a group, else 0: shape (customers, 1, groups).

    Labels may be one column a time; there are as many in the middle then.
    """
    each = np.asarray(labels, np.int16)
    each = each.reshape(len(each), -1, 1)
    marks: Floats = (each == np.arange(groups, dtype=np.int16)).astype(np.float64)
    return marks


def ratios(y: Floats, n: Floats) -> Floats:
    """Return y / n, missing where n is nought."""
    found: Floats = np.divide(y, n, out=np.full(y.shape, np.nan), where=n > 0)
    return found


def shuffled_scores(
    customers: Measured, labels: NDArray[np.int64], permutations: int, seed: int
) -> Floats:
    """Return the score of each test, as it is (first) and with labels shuffled.

    Parameters
    ----------
    customers
        What was measured.
    labels
        Group of each customer, from 0; every group has one.
    permutations
        How often to shuffle.
    seed
        Another seed, other shuffles.

    Returns
    -------
    scores
        Shape (1 + permutations, groups, measures + 1): each is far from 0 either way
        where a group differs. The last measure is the distance of paths, less its
        mean and over its deviation. A measure that does not vary scores 0.

    References
    ----------
    Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.
    """
    groups = int(labels.max()) + 1
    size = len(labels)
    total_y = np.asarray(customers.y.sum(axis=0), float)
    total_n = np.where(customers.each, size, np.asarray(customers.n.sum(axis=0)))
    pooled = np.nan_to_num(ratios(total_y, total_n))
    part = csr_array(customers.y - customers.n.multiply(pooled[None, :]))
    fixed = np.where(customers.each, pooled, 0.0)
    sizes = np.bincount(labels, minlength=groups).astype(float)
    square = np.asarray(part.multiply(part).sum(axis=0), float)
    square += -2 * fixed * np.asarray(part.sum(axis=0), float) + size * fixed**2
    varies = np.outer(sizes * (1 - sizes / size), square / max(size - 1, 1))
    varies[varies < ALMOST * ALMOST] = np.inf
    rng = np.random.default_rng(seed)

    def shuffled(first: int, last: int) -> Floats:
        each = np.empty((size, last - first), np.int16)
        for at in range(first, last):
            each[:, at - first] = rng.permutation(labels) if at else labels
        return members(each, groups)

    both = hstack([part, customers.moves], format="csr")
    sums = group_sums(both, shuffled, groups=groups, times=permutations + 1)
    columns = part.shape[1]
    scores = (sums[:, :, :columns] - sizes[:, None] * fixed) / np.sqrt(varies)
    apart = _distances(sums[:, :, columns:])
    return np.concatenate([scores, apart[:, :, None]], axis=2)


def distances(moves: Floats) -> Floats:
    """Return the total variation distance of each group's moves from the others'.

    Parameters
    ----------
    moves
        Shape (..., groups, kinds): how many moves of each kind.

    Examples
    --------
    >>> distances(np.array([[[3.0, 1.0], [1.0, 3.0]]]))
    array([[0.5, 0.5]])
    """
    others = moves.sum(axis=-2, keepdims=True) - moves
    shares = [
        ratios(each, np.broadcast_to(each.sum(axis=-1, keepdims=True), each.shape))
        for each in (moves, others)
    ]
    apart: Floats = np.abs(shares[0] - shares[1]).sum(axis=-1) / 2
    return apart


def _distances(moves: Floats) -> Floats:
    """Return distances less their mean over shuffles, over their deviation."""
    apart = np.nan_to_num(distances(moves))
    spread = apart.std(axis=0)
    spread[spread < ALMOST] = np.inf
    standard: Floats = (apart - apart.mean(axis=0)) / spread
    return standard


def p_values(scores: Floats) -> Floats:
    """Return the exact p of each test: (b + 1) / (m + 1), either way.

    Parameters
    ----------
    scores
        One row a shuffle, the first as it is; one column a test.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero.
    Statistical Applications in Genetics and Molecular Biology 9 (1), 39.
    https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    >>> p_values(np.array([[3.0], [1.0], [-3.0], [2.0]])).tolist()
    [0.5]
    """
    size = np.abs(scores)
    as_far: Floats = (size >= size[0] - ALMOST).mean(axis=0)
    return as_far


def adjusted(scores: Floats, method: str) -> Floats:
    """Return p allowing for all tests together.

    Parameters
    ----------
    scores
        As for :func:`p_values`.
    method
        "max-t": step-down by the largest score (Westfall and Young), so that the
        chance of naming any difference that is none stays below the level. "bh":
        Benjamini and Hochberg, so that of the differences named, the expected share
        that are none does.

    References
    ----------
    Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate.
    Journal of the Royal Statistical Society B 57 (1), 289-300.
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> adjusted(np.array([[3.0, 0.0], [1.0, 3.5], [2.0, 1.0]]), "max-t").round(2)
    array([0.67, 1.  ])
    """
    if method == "bh":
        return np.asarray(false_discovery_control(p_values(scores)))
    size = np.abs(scores)
    order = np.argsort(-size[0], kind="stable")
    largest = np.maximum.accumulate(size[:, order[::-1]], axis=1)[:, ::-1]
    as_far = (largest >= size[0, order] - ALMOST).mean(axis=0)
    found = np.empty(len(order))
    found[order] = np.maximum.accumulate(as_far)
    return found
