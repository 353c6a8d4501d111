"""Parts: a place cut into compact parts, to hold out or to draw again as a whole.

Areas near each other are alike. To hold out single areas would leave their answers
standing beside them, and to draw single areas again would make intervals too narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["parts_of"]

LEAST: Final = 5  # areas in a part


def parts_of(points: NDArray[np.float64], halvings: int) -> NDArray[np.int64]:
    """Cut a place in half across its longer side, and each half again.

    Parameters
    ----------
    points
        A point of each area, in metres, shape (n_areas, 2). Of two on the line, the
        earlier one goes to the near half.
    halvings
        How often: 3 make 8 parts. Ends earlier where parts would be of fewer than
        five areas.

    Returns
    -------
    parts
        Number of each area's part, from 0; parts differ in size by 1 a halving.

    Examples
    --------
    >>> points = np.column_stack([np.arange(20.0), np.zeros(20)])
    >>> parts_of(points, 2).tolist()
    [0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3]
    """
    parts = np.zeros(len(points), dtype=np.int64)
    for halving in range(halvings):
        if len(points) < LEAST * 2 ** (halving + 1):
            break
        for part in np.unique(parts):
            mine = np.flatnonzero(parts == part)
            side = int(np.ptp(points[mine], axis=0).argmax())
            order = mine[np.argsort(points[mine, side], kind="stable")]
            parts[order[(len(order) + 1) // 2 :]] += 2**halving
    return parts
