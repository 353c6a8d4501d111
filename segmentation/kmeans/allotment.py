"""How many children each segment of a tree gets.

A total for a level is shared out where it does most good: every parent gets two
children, and each further child goes to the parent whose sum of squares it reduces
most, up to four children a parent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segmentation.errors import SegmentError, few
from segmentation.kmeans.row_order import distinct_rows
from segmentation.kmeans.search import Effort, search, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["allot", "check_given", "within_by_children"]

LEAST: Final = 2
MOST: Final = 4
SAMPLE: Final = 3_000
EFFORT: Final = Effort(most=4)  # enough for an estimate of how good a fit can be


def within_by_children(rows: NDArray[np.float64], seed: Sequence[int]) -> list[float]:
    """Return the sum of squares within 1, 2, 3 and 4 children of a segment.

    Parameters
    ----------
    rows
        Whole steps, in the order of :func:`segmentation.kmeans.row_order.row_order`.
    seed
        Whole numbers that decide the starts.

    Returns
    -------
    within
        In steps squared, estimated from the first 3,000 rows; shorter where fewer
        than four of these differ.

    Examples
    --------
    >>> import numpy as np
    >>> within_by_children(np.array([[0.0], [2.0], [10.0], [12.0]]), seed=(0,))
    [104.0, 4.0, 2.0, 0.0]
    """
    sample = rows[:SAMPLE]
    most = min(MOST, distinct_rows(sample))
    return [
        search(sample, k, effort=EFFORT, seed=seed).settled.inertia
        / len(sample)
        * len(rows)
        for k in range(1, most + 1)
    ]


def allot(total: int, within: Sequence[Sequence[float]]) -> list[int]:
    """Share a number of children out among parents.

    Parameters
    ----------
    total
        How many children there are in all.
    within
        For each parent, its sum of squares within 1, 2, ... children.

    Returns
    -------
    children
        How many each parent gets: two, or one where its rows do not differ, and one
        more wherever that reduces the sum of squares most; on a tie the parent that
        comes first.

    Raises
    ------
    SegmentError
        If there are too few or too many children for the parents.

    Examples
    --------
    >>> allot(5, [[9.0, 5.0, 4.0, 3.0], [90.0, 50.0, 20.0, 5.0]])
    [2, 3]
    """
    children = [min(LEAST, len(each)) for each in within]
    most = sum(len(each) for each in within)
    if not sum(children) <= total <= most:
        msg = (
            f"{total} children cannot be shared out among {len(within)} segments, "
            f"which take {sum(children)} to {most}. Give another total, or the "
            "number of children of each segment."
        )
        raise SegmentError(msg)
    for _ in range(total - sum(children)):
        gains = [
            each[n - 1] - each[n] if n < len(each) else -1.0
            for n, each in zip(children, within, strict=True)
        ]
        children[gains.index(max(gains))] += 1
    return children


def check_given(children: Sequence[int], codes: Sequence[str]) -> list[int]:
    """Return numbers of children given one by one, if there is one a segment.

    Raises
    ------
    SegmentError
        If there are more or fewer numbers than segments, or one is not a whole
        number of 1 or more.

    Examples
    --------
    >>> check_given((2, 3), ["1", "2"])
    [2, 3]
    """
    if len(children) != len(codes):
        msg = (
            f"numbers of children were given for {len(children)} segments; there are "
            f"{len(codes)}: {few(codes)}. Give one number a segment, in this order."
        )
        raise SegmentError(msg)
    for code, number in zip(codes, children, strict=True):
        whole_number(f"the number of children of segment {code!r}", number)
    return list(children)
