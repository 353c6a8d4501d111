"""Numbers and codes of segments, so that the same segment has the same one.

Within one fit segments are numbered from the largest. Between two fits of the same
areas or people, `renumber` gives each segment the code of the earlier one that it
shares most with.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from segmentation.errors import SegmentError, few
from segmentation.kmeans.lloyd import Settled, settle_fast

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["by_size", "child_code", "largest_first", "renumber"]

LETTERS: Final = 26
TRIES: Final = 10


def by_size(
    centres: NDArray[np.float64], counts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return segments in order, the largest first; those of one size by their centres.

    Examples
    --------
    >>> by_size(np.array([[5.0], [1.0], [3.0]]), np.array([2, 2, 9])).tolist()
    [2, 1, 0]
    """
    return np.lexsort((*centres.T[::-1], -counts))


def largest_first(rows: NDArray[np.float64], settled: Settled) -> Settled:
    """Settle rows in segments whose order is that of :func:`by_size`.

    Parameters
    ----------
    rows
        Whole steps.
    settled
        A standstill of these rows.

    Returns
    -------
    settled
        A standstill with the segments in their new order. A row that is as near to
        one centre as to another is in the segment of the lower new number.
    """
    for _ in range(TRIES):  # rows on a tie may move, and change the order once more
        rank = by_size(settled.centres, settled.counts)
        if (rank == np.arange(len(rank))).all():
            break
        settled = settle_fast(rows, settled.centres[rank])
    return settled


def child_code(parent: str, number: int) -> str:
    """Return the code of a child: numbers and letters by turns, level by level.

    Parameters
    ----------
    parent
        Code of the parent; "" for the whole.
    number
        Of the child, from 0.

    Examples
    --------
    >>> child_code("", 2), child_code("3", 1), child_code("3b", 1), child_code("3", 27)
    ('3', '3b', '3b2', '3ab')
    """
    if not parent[-1:].isdigit():
        return f"{parent}{number + 1}"
    letters = ""
    while number >= 0:
        number, last = divmod(number, LETTERS)
        letters, number = chr(ord("a") + last) + letters, number - 1
    return parent + letters


def renumber(new: pd.Series[str], old: pd.Series[str]) -> dict[str, str]:
    """Give each new segment the code of the old one that it shares most rows with.

    Parameters
    ----------
    new, old
        Row -> code, of a new and an earlier segmentation, on indexes that share
        rows. Codes such as "3" or "3b2", of one depth; a part of a code is matched
        only inside the part before it.

    Returns
    -------
    codes
        New code -> the code to use. Pairs are chosen so that as many rows as can
        be keep their code [1]_; where several choices keep as many, one in which
        the most segments keep the code they have. A segment that shares no row
        with what is left is given a number that no old segment had.

    Raises
    ------
    SegmentError
        If no row is in both, or the codes are not of one depth.

    References
    ----------
    .. [1] Kuhn, H. W. (1955). The Hungarian method for the assignment problem.
       Naval Research Logistics Quarterly 2, 83-97.
       https://doi.org/10.1002/nav.3800020109

    Examples
    --------
    >>> import pandas as pd
    >>> old = pd.Series({"E1": "1", "E2": "1", "E3": "2", "E4": "2"})
    >>> new = pd.Series({"E1": "2", "E2": "2", "E3": "1", "E4": "3"})
    >>> renumber(new, old)
    {'1': '2', '2': '1', '3': '3'}
    """
    shared = new.index.intersection(old.index)
    if shared.empty:
        msg = (
            f"none of {len(new)} new rows is among {len(old)} old ones. Give both "
            "segmentations on the same index of area or customer codes."
        )
        raise SegmentError(msg)
    parts = {code: _parts(code) for code in sorted({*new, *old})}
    depths = sorted({len(each) for each in parts.values()})
    if len(depths) > 1:
        msg = f"codes have {few(depths)} levels. Give codes of one level."
        raise SegmentError(msg)
    pairs = zip(new[shared], old[shared], strict=True)
    overlap = Counter((parts[one], parts[other]) for one, other in pairs)
    renamed: dict[tuple[str, ...], str] = {(): ""}
    news, olds = ({parts[code] for code in codes} for codes in (new, old))
    for depth in range(depths[0]):
        _match_level(renamed, depth, overlap, (news, olds))
    return {code: renamed[parts[code]] for code in sorted(set(new))}


def _parts(code: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+|\D+", code))


def _match_level(
    renamed: dict[tuple[str, ...], str],
    depth: int,
    overlap: Mapping[tuple[tuple[str, ...], tuple[str, ...]], int],
    codes: tuple[set[tuple[str, ...]], set[tuple[str, ...]]],
) -> None:
    """Add the codes one level further down, for each parent on its own."""
    for parent, code in [each for each in renamed.items() if len(each[0]) == depth]:
        news, olds = (
            sorted({each[: depth + 1] for each in side if each[:depth] == above})
            for side, above in zip(codes, (parent, _parts(code)), strict=True)
        )
        shares = np.zeros((len(news), len(olds)), dtype=np.int64)
        for (one, other), n in overlap.items():
            if one[:depth] == parent and other[:depth] == _parts(code):
                at = news.index(one[: depth + 1]), olds.index(other[: depth + 1])
                shares[at] += n
        same = np.array([[one[-1] == other[-1] for other in olds] for one in news])
        score = shares * (len(news) + 1) + same.reshape(shares.shape)
        pairs = zip(*linear_sum_assignment(score, maximize=True), strict=True)
        kept = {news[i]: "".join(olds[j]) for i, j in pairs if shares[i, j]}
        taken, number = {"".join(each) for each in olds}, 0
        for each in news:
            while child_code(code, number) in taken:
                number += 1
            renamed[each] = kept.get(each) or child_code(code, number)
            taken.add(renamed[each])
