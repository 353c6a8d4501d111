"""How far tau could be from what is shown, over all counts that are not known.

A count that was not found lies between a least and a most. Every way to fill such gaps
is one possible truth; the bounds are the lowest and highest tau-b of them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from insight.errors import InsightError
from insight.evidence.permutation import permutation_p
from insight.evidence.shared import shared_p, taus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["TauBounds", "tau_bounds"]

MOST_WAYS: Final = 50_000
MOST_TESTED: Final = 5_000
ROWS: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class TauBounds:
    """The lowest and highest tau-b over all counts that are possible.

    Parameters
    ----------
    low, high
        Tau-b.
    low_counts, high_counts
        The counts that give them.
    low_p, high_p
        Permutation p at these.
    unknown
        Units whose count is not known.
    n
        Units.
    ways
        How many ways there are to fill the gaps.
    exact
        Whether all were looked at; else the bounds were climbed to from many starts
        and the true ones may lie further out.
    significant
        Share of ways with p of at most 0.05, each way counted alike (which is no
        probability); `None` where not all were tested.
    left_out
        Units without a score, or whose count nothing bounds.
    """

    low: float
    high: float
    low_counts: tuple[int, ...]
    high_counts: tuple[int, ...]
    low_p: float
    high_p: float
    unknown: int
    n: int
    ways: int
    exact: bool
    significant: float | None
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say the bounds and how they were found."""
        how = "all looked at" if self.exact else "climbed from many starts, not all"
        share = (
            ""
            if self.significant is None
            else f" {self.significant:.0%} of the ways have a p of at most 0.05."
        )
        return (
            f"Counts of {self.unknown} of {self.n} units are known only within bounds. "
            f"Over {self.ways:,} ways to fill them ({how}), tau-b lies between "
            f"{self.low:+.2f} (p {self.low_p:.4f}) and {self.high:+.2f} (p "
            f"{self.high_p:.4f}).{share}"
            + (f" Left out: {', '.join(self.left_out)}." if self.left_out else "")
        )


def tau_bounds(
    score: Sequence[float],
    minimum: Sequence[float],
    maximum: Sequence[float],
    exposure: Sequence[float],
    *,
    random_state: int = 0,
) -> TauBounds:
    """Return the bounds of tau-b of score against count / exposure.

    Parameters
    ----------
    score, exposure
        Of each unit, none missing.
    minimum, maximum
        The least and most each count can be: whole numbers from 0; equal where the
        count is known.
    random_state
        Seed of the starts, where not all ways can be looked at.

    Returns
    -------
    bounds
        Exact with at most 50,000 ways. Beyond, one count after another is moved to
        the value that is best for the others until none helps, from starts that give
        low scores few and high scores many (and the reverse) at every cut, and from
        random ones: bounds that are reached, though wider ones may exist. A way to
        fill the gaps that leaves all rates equal has no tau and is left out.

    Raises
    ------
    InsightError
        If lengths differ, a bound is missing, not whole, negative or crossed, an
        exposure is not above 0, or no way to fill the gaps lets rates differ.

    References
    ----------
    Manski, C. F. (2003). Partial Identification of Probability Distributions.
    Springer. https://doi.org/10.1007/b97478

    Examples
    --------
    >>> found = tau_bounds([1, 2, 3, 4], [2, 1, 0, 0], [2, 1, 2, 0], [1] * 4)
    >>> round(found.low, 2), round(found.high, 2), found.ways
    (-0.91, -0.55, 3)
    """
    x, least, most, out_of = _checked(score, minimum, maximum, exposure)
    ways = prod((most - least + 1).astype(int).tolist())
    exact = ways <= MOST_WAYS
    if exact:
        choices = [
            range(low, high + 1)
            for low, high in zip(least.astype(int), most.astype(int), strict=True)
        ]
        filled = np.array(list(product(*choices)), dtype=np.float64)
    else:
        filled = _climbed(x, least, most, out_of, random_state)
    rates = filled / out_of
    found = np.concatenate(
        [taus(x, rates[done : done + ROWS]) for done in range(0, len(rates), ROWS)]
    )
    if np.isnan(found).all():
        msg = (
            f"no way to fill the counts of {len(x)} units lets scores and rates "
            "differ, so nothing can go with anything. Add units."
        )
        raise InsightError(msg)
    ends = [int(np.nanargmin(found)), int(np.nanargmax(found))]
    p = [permutation_p(x.tolist(), rates[end].tolist()).p for end in ends]
    few = exact and len(rates) <= MOST_TESTED
    return TauBounds(
        low=float(found[ends[0]]),
        high=float(found[ends[1]]),
        low_counts=tuple(filled[ends[0]].astype(int).tolist()),
        high_counts=tuple(filled[ends[1]].astype(int).tolist()),
        low_p=p[0],
        high_p=p[1],
        unknown=int((most > least).sum()),
        n=len(x),
        ways=ways,
        exact=exact,
        significant=(
            float((shared_p(x, rates, random_state=random_state) <= 0.05).mean())  # noqa: PLR2004 - 5 %
            if few
            else None
        ),
    )


def _checked(
    *figures: Sequence[float],
) -> tuple[NDArray[np.float64], ...]:
    if len({len(values) for values in figures}) != 1:
        msg = (
            f"the columns have {[len(values) for values in figures]} values. Give "
            "score, minimum, maximum and exposure of each unit."
        )
        raise InsightError(msg)
    table = np.array(figures, dtype=np.float64)
    _, least, most, out_of = table
    wrong = np.isnan(table).any(axis=0) | (least < 0) | (least > most) | (out_of <= 0)
    wrong |= (least % 1 != 0) | (most % 1 != 0)
    if wrong.any():
        msg = (
            f"{int(wrong.sum())} of {len(wrong)} units lack a bound, or have one that "
            "is not a whole number from 0, or a least above the most, or no exposure. "
            "Say the most that each count can be, and where that is from; leave the "
            "unit out if nothing bounds it."
        )
        raise InsightError(msg)
    return tuple(table)


def _climbed(
    x: NDArray[np.float64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    out_of: NDArray[np.float64],
    random_state: int,
) -> NDArray[np.float64]:
    """Return the counts at which climbing ends, up and down, from many starts."""
    rng = np.random.default_rng(random_state)
    cuts = [np.where(x > cut, least, most) for cut in np.unique(x)]
    cuts += [np.where(x > cut, most, least) for cut in np.unique(x)]
    ends = least.astype(np.int64), most.astype(np.int64) + 1
    starts = [*cuts, *(rng.integers(*ends).astype(np.float64) for _ in range(10))]
    return np.array(
        [
            _climb(x, start.copy(), (least, most, out_of), way)
            for start in starts
            for way in (-1, 1)
        ]
    )


def _climb(
    x: NDArray[np.float64],
    counts: NDArray[np.float64],
    limits: tuple[NDArray[np.float64], ...],
    way: int,
) -> NDArray[np.float64]:
    least, most, out_of = limits
    best = -np.inf
    while True:
        before = best
        for unit in np.flatnonzero(most > least):
            values = np.arange(least[unit], most[unit] + 1)
            tried = np.tile(counts, (len(values), 1))
            tried[:, unit] = values
            heights = np.nan_to_num(way * taus(x, tried / out_of), nan=-np.inf)
            if heights.max() > best:
                best, counts = float(heights.max()), tried[int(heights.argmax())]
        if best <= before:
            return counts
