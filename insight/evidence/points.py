"""The observations of one question: a score, a count and what the count is out of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

import numpy as np

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Points", "points_of", "whole_steps"]

FINEST: Final = 5040
"""Largest denominator looked for; it holds halves up to tenths, and their mixtures."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """Scores, counts and exposures of the same units; made by :func:`points_of`."""

    score: NDArray[np.float64]
    count: NDArray[np.float64]
    exposure: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Units."""
        return len(self.score)

    @property
    def total(self) -> int:
        """The sum of all counts."""
        return int(self.count.sum())

    @property
    def rate(self) -> NDArray[np.float64]:
        """Count over exposure."""
        rate: NDArray[np.float64] = self.count / self.exposure
        return rate

    def only(self, kept: Sequence[int] | NDArray[np.int64]) -> Points:
        """Return the units at these positions."""
        chosen = np.asarray(kept, dtype=np.int64)
        return Points(
            score=self.score[chosen],
            count=self.count[chosen],
            exposure=self.exposure[chosen],
        )


def points_of(
    score: Sequence[float], count: Sequence[float], exposure: Sequence[float]
) -> Points:
    """Return units with all three figures, checked.

    Parameters
    ----------
    score
        Ordinal; higher is more.
    count
        Whole numbers from 0.
    exposure
        What each count is out of, above 0: areas, persons, years.

    Raises
    ------
    InsightError
        If lengths differ, a figure is missing, a count is not a whole number from 0
        or an exposure is not above 0.

    Examples
    --------
    >>> points_of([1, 2], [3, 0], [2, 1]).rate.tolist()
    [1.5, 0.0]
    """
    lengths = (len(score), len(count), len(exposure))
    if len(set(lengths)) != 1:
        msg = (
            "there are {} scores, {} counts and {} exposures. Give one of each for "
            "every unit.".format(*lengths)
        )
        raise InsightError(msg)
    figures = np.array([score, count, exposure], dtype=np.float64)
    missing = int(np.isnan(figures).any(axis=0).sum())
    if missing:
        msg = (
            f"{missing} of {lengths[0]} units lack a score, count or exposure. Leave "
            "them out and say which; a missing figure is not zero."
        )
        raise InsightError(msg)
    strange = int(((figures[1] < 0) | (figures[1] % 1 != 0)).sum())
    if strange:
        msg = (
            f"{strange} counts are not whole numbers from 0. Give the count itself and "
            "its exposure, not a rate."
        )
        raise InsightError(msg)
    unexposed = int((~(np.isfinite(figures[2]) & (figures[2] > 0))).sum())
    if unexposed:
        msg = (
            f"{unexposed} exposures are not above 0. Say what each count is out of, "
            "such as areas or persons."
        )
        raise InsightError(msg)
    return Points(score=figures[0], count=figures[1], exposure=figures[2])


def whole_steps(values: Sequence[float] | NDArray[np.float64]) -> list[int] | None:
    """Return values as whole numbers in the same proportion, if they have such.

    Parameters
    ----------
    values
        Such as means of levels: 1.25, 2.5.

    Returns
    -------
    steps
        The smallest whole numbers in the same proportion; `None` if a value is not
        a fraction with a denominator of at most 5,040.

    Examples
    --------
    >>> whole_steps([1.25, 2.5, 0]), whole_steps([2**0.5])
    ([1, 2, 0], None)
    """
    parts = [Fraction(float(value)).limit_denominator(FINEST) for value in values]
    if any(
        abs(float(part) - value) > 1e-9 * max(1.0, abs(value))
        for part, value in zip(parts, values, strict=True)
    ):
        return None
    below = lcm(*(part.denominator for part in parts))
    steps = [int(part * below) for part in parts]
    shared = gcd(*steps) or 1
    return [step // shared for step in steps]
