"""Exact quantiles of the waits of each pair, without sorting them all.

Only the values that a quantile lies between are put in their places, by Hoare's
selection. The value is interpolated between the two, as `percentile_cont` of SQL does.

References
----------
Hoare, C. A. R. (1961). Algorithm 65: find. Communications of the ACM 4 (7), 321-322.
https://doi.org/10.1145/366622.366647
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from journeys.compiled.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["quantiles_of"]


@compiled
def _put(values: NDArray[np.int64], rank: int, left: int, right: int) -> None:
    """Bring the value of a rank to its place, less ones before and others after it."""
    while left < right:
        middle = (left + right) >> 1
        low, high = min(values[left], values[right]), max(values[left], values[right])
        pivot = min(max(values[middle], low), high)  # the median of three
        up, down = left, right
        while up <= down:
            while values[up] < pivot:
                up += 1
            while values[down] > pivot:
                down -= 1
            if up <= down:
                values[up], values[down] = values[down], values[up]
                up += 1
                down -= 1
        if rank <= down:
            right = down
        elif rank >= up:
            left = up
        else:
            return


@compiled
def quantiles_of(
    values: NDArray[np.int64], bounds: NDArray[np.int64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return quantiles of groups of values, whose order is lost.

    Parameters
    ----------
    values
        Of all groups, one group after another.
    bounds
        Where each group begins, and where the last ends.
    shares
        Of the quantiles, from 0 to 1, rising.

    Returns
    -------
    quantiles
        A row a group, a column a share; NaN for a group without values.

    Examples
    --------
    >>> values = np.array([9, 1, 3, 7])
    >>> quantiles_of(values, np.array([0, 3, 4]), np.array([0.5, 0.75]))
    array([[3., 6.],
           [7., 7.]])
    """
    found = np.full((len(bounds) - 1, len(shares)), np.nan)
    for group in range(len(bounds) - 1):
        start, end = bounds[group], bounds[group + 1]
        if start == end:
            continue
        settled = start
        for column in range(len(shares)):
            place = (end - start - 1) * shares[column]
            below = start + int(np.floor(place))
            above = start + int(np.ceil(place))
            _put(values, below, settled, end - 1)
            low = values[below]
            high = low
            if above > below:
                high = values[above:end].min()
            share = place - np.floor(place)
            found[group, column] = low * (1 - share) + high * share
            settled = below
    return found
