"""What is said of waits: from exact whole sums to seconds."""

from __future__ import annotations

from math import nan, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["QUANTILES", "SECOND_US", "WAITS", "said_of_waits"]

SECOND_US: Final = 1_000_000
QUANTILES: Final = {"median_seconds": 0.5, "q90_seconds": 0.9}
WAITS: Final = (
    "mean_seconds",
    *QUANTILES,
    "min_seconds",
    "max_seconds",
    "sum_seconds",
    "sd_seconds",
)


def said_of_waits(
    count: Sequence[int], total: Sequence[int], squares: Sequence[int]
) -> dict[str, list[float]]:
    """Return the mean, the sum and the standard deviation of waits, in seconds.

    Parameters
    ----------
    count
        Of waits, at least 1, of each group.
    total, squares
        The sum of the waits in microseconds, and the sum of their squares, exact.

    Returns
    -------
    said
        `mean_seconds`, `sum_seconds` and `sd_seconds`, each the nearest floating-point
        number to its exact value. The standard deviation is that of a sample (n - 1
        below); of one wait there is none, and it is missing.

    Examples
    --------
    >>> said_of_waits([2, 1], [4_000_000, 5], [10_000_000_000_000, 25])["sd_seconds"]
    [1.4142135623730951, nan]
    """
    groups = list(zip(count, total, squares, strict=True))
    return {
        "mean_seconds": [t / (n * SECOND_US) for n, t, _ in groups],
        "sum_seconds": [t / SECOND_US for _, t, _ in groups],
        "sd_seconds": [
            sqrt((n * s - t * t) / (n * (n - 1) * SECOND_US**2)) if n > 1 else nan
            for n, t, s in groups
        ],
    }
