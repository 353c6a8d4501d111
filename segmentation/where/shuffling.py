"""Shuffling: how often chance puts as much together as lies together.

Getis-Ord Gi* rises with the sum over an area and its neighbours: all values change
places. Local Moran rises with the sum over the neighbours alone: the area keeps its
value and the others change places (conditional permutation). Areas with as many
neighbours share their draws, so that a hundred thousand cost seconds: with few, no
false-discovery control could find anything in a large place.

esda is not asked for this, since it shuffles with NumPy's one global seed, gives
one-sided values and works area by area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from segmentation.kmeans.grid import grid_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["shuffled_p"]

Draws: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.float64]]"
CELLS: Final = 2_000_000  # numbers held at a time
CROWDED: Final = 4  # from size**2 > 4 n on, most draws of a set repeat a member


def shuffled_p(
    values: NDArray[np.float64],
    pairs: csr_array,
    permutations: int,
    seed: int,
    *,
    own: bool,
) -> NDArray[np.float64]:
    """Return how rarely shuffled values add up to as much or as little.

    Parameters
    ----------
    values
        One finite value an area.
    pairs
        1 where the column is a neighbour of the row, in the order of `values`.
    permutations
        How many sets of values to draw.
    seed
        Seed of the draws.
    own
        Whether an area's own value is part of its sum and shuffled with the rest
        (Gi*). If not, it stays in its place, and the draws that hold it, about
        neighbours / areas of them, do not count for it (local Moran).

    Returns
    -------
    p
        Two-sided: twice the rarer side, (1 + as extreme) / (1 + drawn) [1]_, at
        most 1; missing where there is no neighbour. Sums are of whole steps, so
        that equal sums are equal.

    References
    ----------
    .. [1] Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their
       Application, section 4.2.3. Cambridge University Press.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> line = csr_array(np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1))
    >>> values = np.array([9.0, 9, 0, 0, 0, 0])
    >>> shuffled_p(values, line, 2_000, 0, own=False).round(1)
    array([0.4, 0.8, 1. , 0.6, 0.6, 1. ])
    """
    grid = grid_for([values.min()], [values.max()])
    steps = grid.steps(values[:, np.newaxis])[:, 0]
    seen = pairs @ steps + (steps if own else 0)
    degree = np.diff(pairs.indptr)
    p = np.full(len(values), np.nan)
    for many in np.unique(degree[degree > 0]).tolist():
        draws = _draws(steps, many + own, permutations, seed)
        mine = degree == many
        p[mine] = _p(seen, draws, conditional=not own)[mine]
    return p


def _p(
    seen: NDArray[np.float64], draws: Iterable[Draws], *, conditional: bool
) -> NDArray[np.float64]:
    above, below, counted = np.zeros((3, len(seen)), dtype=np.int64)
    for drawn, sums in draws:
        ordered = np.sort(sums)
        counted += len(sums)
        above += len(sums) - np.searchsorted(ordered, seen, side="left")
        below += np.searchsorted(ordered, seen, side="right")
        if conditional:  # take back the draws that hold the area itself
            held, its_sum = drawn.ravel(), np.repeat(sums, drawn.shape[1])
            counted -= np.bincount(held, minlength=len(seen))
            above -= np.bincount(held[its_sum >= seen[held]], minlength=len(seen))
            below -= np.bincount(held[its_sum <= seen[held]], minlength=len(seen))
    return np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + counted))


def _draws(
    steps: NDArray[np.float64], size: int, permutations: int, seed: int
) -> Iterator[Draws]:
    """Draw sets of areas, block by block, with the sum of each set's values."""
    random = np.random.default_rng([seed, size])
    n = len(steps)
    block = max(1, CELLS // (n if _crowded(n, size) else size))
    for start in range(0, permutations, block):
        drawn = _sets(random, n, size, min(block, permutations - start))
        yield drawn, steps[drawn].sum(axis=1)


def _crowded(n: int, size: int) -> bool:
    return size * size > CROWDED * n


def _sets(
    random: np.random.Generator, n: int, size: int, count: int
) -> NDArray[np.int64]:
    """Draw sets of `size` different numbers below `n`, each set as likely."""
    if _crowded(n, size):
        return random.random((count, n)).argsort(axis=1)[:, :size]
    kept: list[NDArray[np.int64]] = []
    while (short := count - sum(map(len, kept))) > 0:
        drawn = np.sort(random.integers(n, size=(count, size)), axis=1)
        kept.append(drawn[(drawn[:, 1:] != drawn[:, :-1]).all(axis=1)][:short])
    return np.concatenate(kept)
