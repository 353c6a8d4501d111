"""The Poisson bootstrap by customer: how often each customer counts, by a hash.

A customer's weight in a replicate is a Poisson number of mean 1, read off a hash of
the customer's code, the number of the replicate and the seed. No state is kept, so
customers may come in any order and any number of pieces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import poisson

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["poisson_weights", "resampled_sums"]

PARTS: Final = 4  # weights read off one hash, 16 bits each
LEVELS: Final = 1 << 16
PIECE: Final = 32_768  # customers weighted at a time
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
COUNTS: Final = np.searchsorted(
    np.rint(poisson.cdf(np.arange(12), 1.0) * LEVELS), np.arange(LEVELS), side="right"
).astype(np.uint8)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the finaliser of SplitMix64, in place."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x ^= x >> np.uint64(shift)
        x *= np.uint64(factor)
    x ^= x >> np.uint64(31)
    return x


def poisson_weights(
    customers: NDArray[np.int64], replicates: int, *, seed: int
) -> NDArray[np.uint8]:
    """Return the weight of each customer in each replicate.

    Parameters
    ----------
    customers
        Codes; a code that stands twice has the same weights twice.
    replicates
        How many.
    seed
        Another seed, other weights.

    Returns
    -------
    weights
        One row a customer, one column a replicate; mean 1 and variance 1.

    References
    ----------
    Chamandy, N., Muralidharan, O., Najmi, A. and Naidu, S. (2012). Estimating
    uncertainty for massive data streams. Google technical report.
    Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom
    number generators. OOPSLA '14. https://doi.org/10.1145/2660193.2660195

    Examples
    --------
    >>> poisson_weights(np.array([7, 8, 7]), 5, seed=1).tolist()[::2]
    [[1, 0, 3, 0, 1], [1, 0, 3, 0, 1]]
    """
    start = _mixed(np.array([seed], np.int64).view(np.uint64) + GOLDEN)
    base = _mixed(customers.astype(np.int64).view(np.uint64) * GOLDEN ^ start)
    blocks = np.arange(1, -(-replicates // PARTS) + 1, dtype=np.uint64) * GOLDEN
    hashes = _mixed(base[:, None] + blocks[None, :])
    parts = hashes.astype("<u8").view("<u2")[:, :replicates]
    weights: NDArray[np.uint8] = COUNTS[parts]
    return weights


def resampled_sums(
    customers: NDArray[np.int64],
    cells: NDArray[np.int64],
    values: NDArray[np.int64],
    *,
    replicates: int,
    seed: int,
) -> NDArray[np.float64]:
    """Return the sum of each cell, as it is and in each replicate.

    Parameters
    ----------
    customers, cells, values
        One entry a customer and cell, ordered by customer; cells count from 0.
    replicates, seed
        See :func:`poisson_weights`; without replicates, there are plain sums alone.

    Returns
    -------
    sums
        One row a cell; the first column is the plain sum, the others replicates.

    Examples
    --------
    >>> one = np.array([0, 0])
    >>> resampled_sums(one, np.array([0, 1]), np.array([5, 10]), replicates=3, seed=2)
    array([[ 5.,  5.,  5., 15.],
           [10., 10., 10., 30.]])
    """
    n_cells = int(cells.max()) + 1 if len(cells) else 0
    sums = np.zeros((n_cells, replicates + 1))
    each, at = np.unique(customers, return_inverse=True)
    for first in range(0, len(each), PIECE):
        among = each[first : first + PIECE]
        rows = slice(*np.searchsorted(at, [first, first + PIECE]))
        there, cell = np.unique(cells[rows], return_inverse=True)
        money = csr_array(
            (values[rows].astype(float), (cell, at[rows] - first)),
            shape=(len(there), len(among)),
        )
        weights = np.ones((len(among), replicates + 1))
        if replicates:
            weights[:, 1:] = poisson_weights(among, replicates, seed=seed)
        sums[there] += money @ weights
    return sums
