"""The permutation p for any number of places: exact where it can be, else drawn.

Orders are drawn at random where counting them all would take too long. The p then
carries its own standard error, and the order observed counts as one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError
from insight.evidence.exact import PermutationP, can_be_exact, exact_permutation_p
from insight.evidence.ranks import Statistic, Tied, pair, score_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["permutation_p", "sampled_permutation_p"]


def sampled_permutation_p(
    x: Sequence[float],
    y: Sequence[float],
    *,
    statistic: Statistic = "tau-b",
    draws: int = 9999,
    random_state: int = 0,
) -> PermutationP:
    """Return the two-sided p from orders drawn at random, for many observations.

    Parameters
    ----------
    x, y
        Two variables over the same observations, none missing.
    statistic
        "tau-b" or "spearman".
    draws
        How many orders to draw. The order observed counts as one more, so that p is
        never 0 and the test never rejects too often.
    random_state
        Seed of the draws.

    Raises
    ------
    InsightError
        As :func:`exact_permutation_p`, or if `draws` is below 1.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero.
    Statistical Applications in Genetics and Molecular Biology 9 (1), 39.
    https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    >>> sampled_permutation_p(range(20), range(20), draws=999).p
    0.001
    """
    if draws < 1:
        msg = f"draws is {draws}; at least one order must be drawn."
        raise InsightError(msg)
    first, second = pair(x, y)
    observed = abs(score_of(first, second, statistic))
    rng = np.random.default_rng(random_state)
    far = sum(
        abs(
            score_of(
                first, Tied(rng.permutation(second.level), second.counts), statistic
            )
        )
        >= observed
        for _ in range(draws)
    )
    return PermutationP(p=(far + 1) / (draws + 1), draws=draws)


def permutation_p(
    x: Sequence[float],
    y: Sequence[float],
    *,
    statistic: Statistic = "tau-b",
    draws: int = 9999,
    random_state: int = 0,
) -> PermutationP:
    """Return the exact two-sided p where it can be had, else one from draws.

    Parameters
    ----------
    x, y, statistic
        As for :func:`exact_permutation_p`.
    draws, random_state
        As for :func:`sampled_permutation_p`; not used where p is exact.

    Raises
    ------
    InsightError
        As for :func:`sampled_permutation_p`.

    Examples
    --------
    >>> permutation_p([1, 2, 3], [1, 2, 3]).draws
    0
    """
    if can_be_exact(x, y):
        return exact_permutation_p(x, y, statistic=statistic)
    return sampled_permutation_p(
        x, y, statistic=statistic, draws=draws, random_state=random_state
    )
