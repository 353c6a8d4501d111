"""Permutation p of many variables against one, all from the same random orders.

Recodings, noisy codings and simulated studies are each thousands of tests. Every
statistic here is a sum of products, so all tests of all orders are one matrix product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Form", "shared_p", "taus"]

Form: TypeAlias = Literal["tau-b", "spearman", "linear"]
CHUNK = 256


def _signs(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return, for each row, the sign of each pair's difference."""
    apart = np.sign(rows[:, :, None] - rows[:, None, :])
    return apart.reshape(len(rows), -1).astype(np.float32)


def _form(rows: NDArray[np.float64], form: Form) -> NDArray[np.floating]:
    if form == "tau-b":
        return _signs(rows)
    if form == "spearman":
        ranks: NDArray[np.float64] = rankdata(rows, axis=1) - (rows.shape[1] + 1) / 2
        return ranks
    return rows


def taus(fixed: NDArray[np.float64], many: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return tau-b of each row of `many` against `fixed`; 0 / 0 is not a number.

    Examples
    --------
    >>> taus(np.array([1.0, 2, 3]), np.array([[1.0, 2, 3], [3, 2, 1]])).tolist()
    [1.0, -1.0]
    """
    first, second = _signs(many).astype(float), _signs(fixed[None]).astype(float)
    below = np.sqrt((first**2).sum(axis=1) * (second**2).sum())
    found: NDArray[np.float64] = np.full(len(many), np.nan)
    np.divide(first @ second[0], below, out=found, where=below > 0)
    return found


def shared_p(
    fixed: NDArray[np.float64],
    many: NDArray[np.float64],
    *,
    form: Form = "tau-b",
    draws: int = 999,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Return the two-sided p of each row of `many` against `fixed`, from draws.

    Parameters
    ----------
    fixed
        One value a unit; it is what is dealt out anew.
    many
        One row a test, one column a unit.
    form
        "tau-b" or "spearman", or "linear": the sum of products as they are, where
        every row of `many` sums to zero.
    draws
        Random orders, the same for all rows.
    random_state
        Seed of the orders.

    Returns
    -------
    p
        As far but for rounding counts as far, and the order observed as one of them.
        A row that does not vary has p 1.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> shared_p(x, np.stack([-x, (x == 3) * 1.0])).round(1).tolist()
    [0.0, 1.0]
    """
    n = len(fixed)
    rng = np.random.default_rng(random_state)
    orders = rng.permuted(np.tile(np.arange(n), (draws, 1)), axis=1)
    second = _form(fixed[None], form)[0]
    first = _form(many, form)
    seen = abs(first @ second) * (1 - 1e-6) - 1e-9
    far = np.ones(len(many))
    for done in range(0, draws, CHUNK):
        dealt = orders[done : done + CHUNK]
        if form == "tau-b":
            square = second.reshape(n, n)
            rows = square[dealt[:, :, None], dealt[:, None, :]].reshape(len(dealt), -1)
        else:
            rows = second[dealt]
        far += (abs(first @ rows.T) >= seen[:, None]).sum(axis=1)
    p: NDArray[np.float64] = far / (draws + 1)
    return p
