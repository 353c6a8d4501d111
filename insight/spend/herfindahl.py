"""How unequal shares of money are, in one number that can be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["effective_number", "herfindahl"]


def herfindahl(amounts: Sequence[int] | pd.Series[int]) -> float:
    """Return the sum of squared shares: 1 where one holds all, 1/n where n are alike.

    Parameters
    ----------
    amounts
        One a body; a negative one counts by its square, as any other.

    Returns
    -------
    index
        Above 1 only where amounts below nought are among them; NaN where the total
        is not above nought.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54
    (5), 761-762.

    Examples
    --------
    >>> herfindahl([50, 50]), herfindahl([100, 0])
    (0.5, 1.0)
    """
    whole = [int(amount) for amount in amounts]
    total = sum(whole)
    if total <= 0:
        return float("nan")
    return sum(amount**2 for amount in whole) / total**2


def effective_number(amounts: Sequence[int] | pd.Series[int]) -> float:
    """Return how many bodies of one size would be as concentrated.

    Parameters
    ----------
    amounts
        As for :func:`herfindahl`.

    References
    ----------
    Laakso, M. and Taagepera, R. (1979). "Effective" number of parties. Comparative
    Political Studies 12 (1), 3-27. https://doi.org/10.1177/001041407901200101

    Examples
    --------
    >>> effective_number([25, 25, 25, 25])
    4.0
    """
    return 1 / herfindahl(amounts)
