"""What agencies share beyond chance, and the groups that it makes.

By chance, every agency would spread the customers it shares over the others in
proportion to what those share: the table of pairs then has the margins that it has,
and no other structure (quasi-independence; an agency is no pair with itself).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["by_chance", "groups_of", "modularity", "square"]

ROUNDS: Final = 2_000
CLOSE: Final = 1e-10
NOTHING: Final = 1e-9  # an excess below this share of the count is rounding
STARTS: Final = 2


def square(pairs: Array, size: int) -> Array:
    """Return counts of pairs as symmetric tables with noughts on the diagonal.

    Parameters
    ----------
    pairs
        One row a table: the upper triangle, row by row.
    size
        Nodes of a table.

    Examples
    --------
    >>> square(np.array([[1.0, 2.0, 3.0]]), 3)[0].tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]]
    """
    one, other = np.triu_indices(size, k=1)
    full = np.zeros((len(pairs), size, size))
    full[:, one, other] = full[:, other, one] = pairs
    return full


def by_chance(shared: Array) -> Array:
    """Return what each pair would share by chance, given what each node shares.

    Parameters
    ----------
    shared
        Symmetric tables of counts, noughts on the diagonal; the first axis is of
        tables.

    Returns
    -------
    expected
        Tables with the margins of `shared`, each cell a product of two factors. Where
        one node takes part in every pair that shares anything, no such table has
        finite factors, and the nearest is returned.

    References
    ----------
    Goodman, L. A. (1968). The analysis of cross-classified data: independence,
    quasi-independence, and interactions in contingency tables with or without missing
    entries. https://doi.org/10.1080/01621459.1968.10480916

    Examples
    --------
    >>> even = square(np.full((1, 6), 5.0), 4)
    >>> bool(np.allclose(by_chance(even), even))
    True
    """
    sums = shared.sum(axis=2)
    total = np.maximum(sums.sum(axis=1, keepdims=True), 1.0)
    factor = sums / np.sqrt(total)
    for _ in range(ROUNDS):
        rest = factor.sum(axis=1, keepdims=True) - factor
        with np.errstate(divide="ignore", invalid="ignore"):
            fresh = np.sqrt(factor * np.where(rest > 0, sums / rest, 0.0))
        if np.abs(fresh - factor).max(initial=0.0) <= CLOSE * fresh.max(initial=1.0):
            break
        factor = fresh
    expected: Array = factor[:, :, None] * factor[:, None, :]
    expected[:, range(shared.shape[1]), range(shared.shape[1])] = 0.0
    return expected


def modularity(shared: Array, expected: Array, group: NDArray[np.int64]) -> float:
    """Return the share of what is shared within groups, beyond chance.

    Parameters
    ----------
    shared, expected
        One table each.
    group
        Of each node.

    Returns
    -------
    modularity
        0 where nothing is shared, or all as chance would have it.

    References
    ----------
    Newman, M. E. J. (2006). Modularity and community structure in networks.
    https://doi.org/10.1073/pnas.0601602103 (with chance as above, in place of the
    configuration model).
    """
    total = shared.sum()
    if total == 0:
        return 0.0
    within = group[:, None] == group[None, :]
    return float((shared - expected)[within].sum() / total)


def groups_of(
    shared: Array, expected: Array, *, resolution: float, seed: int
) -> NDArray[np.int64]:
    """Return the group of each node: communities of what is shared beyond chance.

    Parameters
    ----------
    shared, expected
        One table each.
    resolution
        Above 1 for more and smaller groups.
    seed
        Of the order in which nodes are tried; the better of two is kept.

    Returns
    -------
    group
        Numbered from 0 by their first node; a node that shares nothing beyond chance
        is a group of its own.

    References
    ----------
    Blondel, V. D. et al. (2008). Fast unfolding of communities in large networks.
    https://doi.org/10.1088/1742-5468/2008/10/P10008
    """
    excess = shared - expected
    excess[excess <= NOTHING * np.maximum(shared, 1.0)] = 0.0
    if not excess.any():
        return np.arange(len(excess))
    graph = nx.from_numpy_array(excess)
    best, kept = -np.inf, np.arange(len(excess))
    for start in range(STARTS):
        found = nx.community.louvain_communities(
            graph, resolution=resolution, seed=seed + start
        )
        quality = nx.community.modularity(graph, found, resolution=resolution)
        if quality > best:
            best = quality
            for number, nodes in enumerate(sorted(found, key=min)):
                kept[list(nodes)] = number
    return kept
