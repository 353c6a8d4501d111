"""An order of rows that hangs on their values alone, and on nothing else.

Rows are ordered by a scrambled number made of their values. The first rows in that
order are as good as a random sample, and the same sample however the rows came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["distinct_rows", "row_order"]

FEW_ROWS: Final = 10
SEED: Final = 20_210_321
MULTIPLIERS: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def row_order(rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of the rows, in the order that their values give.

    Parameters
    ----------
    rows
        Whole steps, of shape (n_rows, n_features).

    Returns
    -------
    order
        `rows[order]` is the same for any order of the rows. Copies of a row lie
        scattered, as in a random sample.

    References
    ----------
    .. [1] Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable
       pseudorandom number generators. OOPSLA 2014, 453-472 (the scrambling).
       https://doi.org/10.1145/2660193.2660195

    Examples
    --------
    >>> rows = np.array([[3.0], [1.0], [2.0]])
    >>> rows[row_order(rows)].tolist() == rows[::-1][row_order(rows[::-1])].tolist()
    True
    """
    together, new = _copies_together(rows)
    if new.all():
        return together
    starts = np.flatnonzero(new)
    copy = np.arange(len(rows)) - np.repeat(starts, np.diff([*starts, len(rows)]))
    scattered = _hash(rows)[together] + copy.astype(np.uint64) * GOLDEN
    order: NDArray[np.int64] = together[np.argsort(_scramble(scattered), kind="stable")]
    return order


def distinct_rows(rows: NDArray[np.float64], *, enough: int | None = None) -> int:
    """Return how many different rows there are.

    Parameters
    ----------
    rows
        Whole steps.
    enough
        Stop counting where the first few rows already hold so many.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0], [2.0], [1.0]]))
    2
    """
    if enough is not None:
        few = int(_copies_together(rows[: FEW_ROWS * enough])[1].sum())
        if few >= enough:
            return few
    return int(_copies_together(rows)[1].sum())


def _copies_together(
    rows: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return an order in which copies are neighbours, and where a new row begins."""
    key = _hash(rows)
    order: NDArray[np.int64] = np.argsort(key, kind="stable")
    new = np.ones(len(rows), dtype=bool)
    new[1:] = key[order[1:]] != key[order[:-1]]
    doubtful = np.flatnonzero(~new)
    differ = (rows[order[doubtful]] != rows[order[doubtful - 1]]).any(axis=1)
    if differ.any():  # two rows share a number: one chance in 1e9 for 188,880 rows
        order = np.lexsort(rows.T[::-1]).astype(np.int64)
        new[1:] = (rows[order[1:]] != rows[order[:-1]]).any(axis=1)
    return order, new


def _hash(rows: NDArray[np.float64]) -> NDArray[np.uint64]:
    random = np.random.default_rng(SEED)
    weights = random.integers(2**63, size=rows.shape[1], dtype=np.uint64) * 2 + 1
    return _scramble(rows.astype(np.int64).view(np.uint64) @ weights.astype(np.uint64))


def _scramble(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, multiplier in zip((30, 27), MULTIPLIERS, strict=True):
        key = (key ^ (key >> np.uint64(shift))) * np.uint64(multiplier)
    return key ^ (key >> np.uint64(31))
