"""Rank statistics of many contingency tables at once.

Drawn orders, bootstrap resamples and simulated studies are all stacks of tables:
one variable's levels down, the other's across, observations counted in the cells.
All statistics are read off the counts, so ties need no special case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insight.evidence.ranks import Statistic

__all__ = ["counted", "pairs_of", "statistic_of"]


def counted(
    x: NDArray[np.int64], y: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return one table for each row of `x` and `y`, which hold levels from 0.

    Examples
    --------
    >>> counted(np.array([0, 1, 1]), np.array([[0, 0, 1]]), (2, 2)).tolist()
    [[[1, 0], [1, 1]]]
    """
    x, y = np.broadcast_arrays(np.atleast_2d(x), np.atleast_2d(y))
    size = shape[0] * shape[1]
    cells = x * shape[1] + y + size * np.arange(len(x))[:, None]
    tables: NDArray[np.int64] = np.bincount(
        cells.ravel(), minlength=size * len(x)
    ).reshape(-1, *shape)
    return tables


def _before(tables: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each cell, the observations above and to the left of it."""
    summed = tables.cumsum(axis=-1).cumsum(axis=-2)
    before = np.zeros_like(tables)
    before[..., 1:, 1:] = summed[..., :-1, :-1]
    return before


def agreeing(tables: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each cell, the observations concordant with one in it."""
    return _before(tables) + _before(tables[..., ::-1, ::-1])[..., ::-1, ::-1]


def disagreeing(tables: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each cell, the observations discordant with one in it."""
    return agreeing(tables[..., ::-1])[..., ::-1]


def pairs_of(
    tables: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many pairs are concordant and how many discordant.

    Examples
    --------
    >>> concordant, discordant = pairs_of(np.array([[[2, 1], [0, 3]]]))
    >>> concordant.tolist(), discordant.tolist()
    ([6], [0])
    """
    over = (-2, -1)
    concordant = (tables * _before(tables)).sum(axis=over)
    discordant = (tables * _before(tables[..., ::-1])[..., ::-1]).sum(axis=over)
    return concordant, discordant


def _centred(margin: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return doubled mid-ranks of the levels of a margin, about their centre."""
    ranks: NDArray[np.int64] = (
        2 * margin.cumsum(axis=-1) - margin - margin.sum(axis=-1, keepdims=True)
    )
    return ranks


def _untied(margin: NDArray[np.int64]) -> NDArray[np.float64]:
    n = margin.sum(axis=-1)
    pairs: NDArray[np.float64] = (n**2 - (margin**2).sum(axis=-1)) / 2
    return pairs


def statistic_of(
    tables: NDArray[np.int64], statistic: Statistic
) -> NDArray[np.float64]:
    """Return the statistic of each table; not a number where it has no value.

    Examples
    --------
    >>> statistic_of(np.array([[[2, 1], [0, 3]]]), "gamma").tolist()
    [1.0]
    """
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    above: NDArray[Any]
    if statistic == "spearman":
        first, second = _centred(rows), _centred(columns)
        above = np.einsum("...kl,...k,...l->...", tables, first, second)
        below = np.sqrt(
            (rows * first**2).sum(axis=-1)
            * (columns * second**2).sum(axis=-1, dtype=float)
        )
    else:
        concordant, discordant = pairs_of(tables)
        above = concordant - discordant
        below = (
            (concordant + discordant).astype(float)
            if statistic == "gamma"
            else np.sqrt(_untied(rows) * _untied(columns))
        )
    found: NDArray[np.float64] = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
