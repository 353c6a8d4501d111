"""Back-test: whether areas named from an earlier period became hotspots later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
)

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    import pandas as pd

    from segmentation.where.future import FutureHotspots

__all__ = ["BackTest", "back_test"]


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """How many areas named from an earlier period were hot in a later one.

    Parameters
    ----------
    named, named_hot
        Areas that looked like hotspots then, and how many of them are hot now.
    others, others_hot
        The same of the other areas that were not hot then.
    low, high
        95 % interval (Newcombe's) of the difference of the two shares.
    """

    named: int
    named_hot: int
    others: int
    others_hot: int
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Share of those named that are hot now, less that of the others."""
        if not self.named:
            return float("nan")
        return self.named_hot / self.named - self.others_hot / self.others

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        if not self.named:
            return "Nothing to test: no area was named from the earlier period."
        shares = []
        for hot, n in ((self.named_hot, self.named), (self.others_hot, self.others)):
            low, high = proportion_confint(hot, n, method="wilson")
            shares.append(
                f"{hot:,} of {n:,} ({100 * hot / n:.0f} %, 95 % interval "
                f"{100 * low:.0f} to {100 * high:.0f})"
            )
        return (
            f"Of the areas that looked like hotspots in the earlier period, {shares[0]}"
            f" were hot in the later one; of the others that were not hot, {shares[1]}"
            f": a difference of {100 * self.difference:.0f} points (95 % interval "
            f"{100 * self.low:.0f} to {100 * self.high:.0f})."
        )


def back_test(earlier: FutureHotspots, later: pd.Series[bool]) -> BackTest:
    """Hold what an earlier period's drivers said against a later period's hotspots.

    Parameters
    ----------
    earlier
        What :func:`future_hotspots` found of the earlier period.
    later
        Whether each area is hot in the later one; areas not known are left out.

    Returns
    -------
    test
        Among areas that were not hot in the earlier period. Neighbours are alike,
        so the interval is the least doubt there is.

    Raises
    ------
    SegmentError
        If no area that was not hot then is known now, besides those named.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation.where.future import FutureHotspots
    >>> table = pd.DataFrame({"class": ["looks hot"] * 4 + ["neither"] * 16})
    >>> table["hot"] = False
    >>> earlier = FutureHotspots(
    ...     table=table, skill=None, threshold=0.5, left_out=None, drivers=(), parts=8
    ... )
    >>> print(back_test(earlier, pd.Series([True] * 3 + [False] * 17)))
    Of the areas that looked like hotspots in the earlier period, 3 of 4 (75 %, 95 % \
interval 30 to 95) were hot in the later one; of the others that were not hot, 0 of \
16 (0 %, 95 % interval 0 to 19): a difference of 75 points (95 % interval 26 to 95).
    """
    known = later.dropna()
    open_then = earlier.table.loc[~earlier.table["hot"], "class"]
    open_then = open_then[open_then.index.isin(known.index)]
    became = known.reindex(open_then.index).astype(bool)
    alike = open_then.index.isin(earlier.named)
    n = {True: int(alike.sum()), False: int((~alike).sum())}
    hot = {True: int(became[alike].sum()), False: int(became[~alike].sum())}
    if not n[False]:
        msg = (
            f"of {len(earlier.table)} areas of the earlier period, none that was not "
            "hot is known in the later one. Index both by the same area codes."
        )
        raise SegmentError(msg)
    low, high = (float("nan"), float("nan"))
    if n[True]:
        low, high = confint_proportions_2indep(
            hot[True], n[True], hot[False], n[False], method="newcomb"
        )
    return BackTest(
        named=n[True],
        named_hot=hot[True],
        others=n[False],
        others_hot=hot[False],
        low=float(low),
        high=float(high),
    )
