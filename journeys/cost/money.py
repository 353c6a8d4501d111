"""Amounts of money with an interval, ranges of inputs, and shares in whole pence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Amount", "Range", "drawn", "ends_of", "pounds", "whole_shares"]

PEAK: Final = 4.0  # weight of the likeliest value in a PERT distribution


class Range(NamedTuple):
    """The least, the likeliest and the most that an input may be."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Money in whole pence, with the ends of its interval.

    Attributes
    ----------
    pence
        The central estimate: every input at its central value.
    low, high
        Ends of the interval.
    """

    pence: int
    low: int
    high: int

    @classmethod
    def of(cls, draws: Floats, confidence: float) -> Amount:
        """Return an estimate (first) and its draws (the rest) as an amount."""
        low, high = ends_of(draws[1:], confidence)
        return cls(pence=round(draws[0]), low=round(low), high=round(high))

    def __str__(self) -> str:
        """Say the amount and its interval, in pounds."""
        return f"{pounds(self.pence)} ({pounds(self.low)} to {pounds(self.high)})"


def pounds(pence: float) -> str:
    """Say pence as whole pounds.

    Examples
    --------
    >>> pounds(123456)
    '£1,235'
    """
    return f"£{pence / 100:,.0f}"


def drawn(between: Range, rng: np.random.Generator, size: int) -> Floats:
    """Draw an input from the PERT distribution of its range.

    A beta distribution from `low` to `high` whose mean is (low + 4 central + high)
    / 6; without a width, it is the one value.

    References
    ----------
    Malcolm, D. G., Roseboom, J. H., Clark, C. E. and Fazar, W. (1959). Application
    of a technique for research and development program evaluation. Operations
    Research 7 (5), 646-669. https://doi.org/10.1287/opre.7.5.646

    Examples
    --------
    >>> drawn(Range(2, 2, 2), np.random.default_rng(1), 3)
    array([2., 2., 2.])
    """
    low, central, high = between
    if high <= low:
        return np.full(size, float(central))
    up, down = (
        1 + PEAK * each / (high - low) for each in (central - low, high - central)
    )
    return low + (high - low) * rng.beta(up, down, size)


def ends_of(draws: Floats, confidence: float) -> Floats:
    """Return the low and the high end of the middle of draws, along the last axis.

    Examples
    --------
    >>> ends_of(np.arange(101.0), 0.9)
    array([ 5., 95.])
    """
    tail = (1 - confidence) / 2
    ends: Floats = np.quantile(draws, [tail, 1 - tail], axis=-1)
    return ends


def whole_shares(parts: Floats, total: int) -> NDArray[np.int64]:
    """Return parts as whole pence that add up to a total.

    Parameters
    ----------
    parts
        Not negative; what each part is before rounding, in pence.
    total
        Their sum, rounded to a whole penny.

    Returns
    -------
    shares
        Each part without its fraction, the odd pence given to the largest fractions
        (of equal ones, to the first).

    Examples
    --------
    >>> whole_shares(np.array([1.5, 1.5, 3.0]), 6)
    array([2, 1, 3])
    """
    whole = np.floor(parts).astype(np.int64)
    odd = total - int(whole.sum())
    order = np.argsort(whole - parts, kind="stable")
    if odd > 0:
        whole[order[np.arange(odd) % len(order)]] += 1
    elif odd < 0:  # a sum of floats may fall a hair below a whole number
        whole[order[::-1][:-odd]] -= 1
    return whole
