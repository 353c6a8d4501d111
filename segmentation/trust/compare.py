"""Comparison: how far two ways of grouping the same areas agree.

Two groupings can both be good and differ, because they were made for different
ends: agreement with an official classification is a fact to know, not a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two groupings agree, and on what evidence.

    Parameters
    ----------
    rand
        Adjusted Rand index: 1 the same groups, 0 what chance would give.
    low, high
        95 % interval of it.
    information
        Adjusted mutual information, on the same scale.
    matched
        Share of areas in like groups when each group of one is paired with at most
        one of the other so as to make the share greatest, 0 to 1.
    n
        Areas compared.
    left_out
        Areas that only one grouping holds, sorted.
    table
        How many areas each pair of groups shares: ours down, the official across.
    """

    rand: float
    low: float
    high: float
    information: float
    matched: float
    n: int
    left_out: tuple[str, ...]
    table: pd.DataFrame

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        left_out = f"; {len(self.left_out):,} areas could not be compared"
        return (
            f"ARI {self.rand:.2f} (95 % interval {self.low:.2f} to {self.high:.2f}, "
            f"n = {self.n:,} areas; {self.table.shape[0]} groups against "
            f"{self.table.shape[1]}; adjusted mutual information "
            f"{self.information:.2f}; {100 * self.matched:.0f} % of areas in groups "
            f"that pair up{left_out if self.left_out else ''})."
        )


def agreement(
    ours: pd.Series[str],
    official: pd.Series[str],
    *,
    resamples: int = 999,
    seed: int = 0,
) -> Agreement:
    """Compare two groupings of areas, matched by area code.

    Parameters
    ----------
    ours, official
        Group of each area, indexed by area code, in any order. Areas that only one
        of them holds, or where a group is missing, are left out and listed.
    resamples
        How many times to draw the areas again, with replacement, for the interval.
    seed
        Seed of the resamples.

    Returns
    -------
    agreement
        Adjusted Rand index [1]_ with a 95 % bootstrap interval, and beside it the
        adjusted mutual information [2]_ and the matched share. A resample holds
        some areas twice, and a copy always agrees with itself, which lifts the
        index a little; so the quantiles are taken about the mean of the resamples.

    Raises
    ------
    SegmentError
        If an area is given twice, fewer than two areas are in both, or there are
        fewer than 2 resamples.

    References
    ----------
    .. [1] Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of
       Classification 2, 193-218. https://doi.org/10.1007/BF01908075
    .. [2] Vinh, N. X., Epps, J. and Bailey, J. (2010). Information theoretic
       measures for clusterings comparison. Journal of Machine Learning Research
       11, 2837-2854. https://jmlr.org/papers/v11/vinh10a.html

    Examples
    --------
    >>> areas = [f"E{number}" for number in range(8)]
    >>> ours = pd.Series(list("11112222"), index=areas)
    >>> official = pd.Series(list("aaabbbbb"), index=areas)
    >>> found = agreement(ours, official)
    >>> round(found.rand, 3), found.matched, found.n
    (0.495, 0.875, 8)
    """
    for name, groups in (("ours", ours), ("official", official)):
        twice = groups.index[groups.index.duplicated()].unique().tolist()
        if twice:
            msg = (
                f"{name} gives {len(twice)} areas more than one group: {few(twice)}. "
                "Keep one row an area."
            )
            raise SegmentError(msg)
    here, there = ours.dropna(), official.dropna()
    both = here.index.intersection(there.index).sort_values()
    if len(both) < 2 or resamples < 2:  # noqa: PLR2004 - the index is about pairs
        msg = (
            f"{len(both)} areas are in both groupings ({len(here)} in ours, such as "
            f"{few(here.index.tolist(), shown=1)}; {len(there)} in the official, such "
            f"as {few(there.index.tolist(), shown=1)}) and {resamples} resamples were "
            "asked for. Index both by the same area codes, and ask for 2 or more."
        )
        raise SegmentError(msg)
    table = pd.crosstab(
        here[both].rename("ours").astype(str),
        there[both].rename("official").astype(str),
    )
    low, high = _interval(table.to_numpy(), resamples, seed)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return Agreement(
        rand=float(adjusted_rand_score(here[both], there[both])),
        low=low,
        high=high,
        information=float(adjusted_mutual_info_score(here[both], there[both])),
        matched=float(table.to_numpy()[rows, columns].sum() / len(both)),
        n=len(both),
        left_out=tuple(sorted(map(str, ours.index.union(official.index).drop(both)))),
        table=table,
    )


def _interval(
    table: NDArray[np.int64], resamples: int, seed: int
) -> tuple[float, float]:
    n = int(table.sum())
    random = np.random.default_rng(seed)
    drawn = random.multinomial(n, table.ravel() / n, size=resamples)
    resampled = _adjusted_rand(drawn.reshape(resamples, *table.shape))
    here = float(_adjusted_rand(table[np.newaxis])[0])
    low, high = np.quantile(resampled - resampled.mean(), [0.025, 0.975])
    return here + float(low), min(1.0, here + float(high))


def _adjusted_rand(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    def pairs(counts: NDArray[np.int64]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = (counts * (counts - 1) / 2).sum(
            axis=tuple(range(1, counts.ndim))
        )
        return sums

    together = pairs(tables)
    ours, theirs = pairs(tables.sum(axis=2)), pairs(tables.sum(axis=1))
    by_chance = ours * theirs / pairs(tables.sum(axis=(1, 2)))
    room = (ours + theirs) / 2 - by_chance
    adjusted: NDArray[np.float64] = np.ones(len(tables))
    np.divide(together - by_chance, room, out=adjusted, where=room > 0)
    return adjusted
