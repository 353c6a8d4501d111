"""Side by side: do these segments separate need better than the ones we pay for?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError
from segmentation.gain import gains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segmentation.gain import Gain
    from segmentation.outcomes import Outcome

__all__ = ["GainComparison", "compare_gain"]


@dataclass(frozen=True, kw_only=True)
class GainComparison:
    """Several classifications measured on the same areas by the same outcome.

    Parameters
    ----------
    gains
        Name of a classification -> its gain, ours first.
    differences
        One row each other classification: `difference`, Gini of ours less Gini of
        the other; `low`, `high`, 95 % bootstrap interval of paired resamples;
        `held_out`, the difference where the order is learnt on other areas.
    """

    gains: dict[str, Gain]
    differences: pd.DataFrame

    def __str__(self) -> str:
        """Say who separates the outcome better, or that nobody clearly does."""
        return " ".join(self.verdict(str(name)) for name in self.differences.index)

    def verdict(self, other: str) -> str:
        """Say how ours compares with one other classification.

        Parameters
        ----------
        other
            Its name.
        """
        name, *_ = self.gains
        ours, theirs = self.gains[name], self.gains[other]
        by, low, high, held_out = self.differences.loc[other]
        how = "no more and no less clearly than"
        if low > 0 or high < 0:
            how = "better than" if low > 0 else "less well than"
        more = name if len(ours.curve) > len(theirs.curve) else other
        unfair = f" More segments alone lift a Gini, and {more} has more."
        return (
            f"{ours.outcome}: {_said(name, ours)} separates it {how} "
            f"{_said(other, theirs)}: difference {by:+.3f} (95 % interval {low:+.3f} "
            f"to {high:+.3f}; {held_out:+.3f} where the order is learnt on half of the "
            f"areas and measured on the other; n = {ours.n:,} areas, {ours.count:,.0f} "
            f"over a base of {ours.base:,.0f})."
            f"{unfair if len(ours.curve) != len(theirs.curve) else ''}"
        )


def _said(name: str, found: Gain) -> str:
    return f"{name} ({len(found.curve)} segments, Gini {found.gini:.3f})"


def compare_gain(
    classifications: Mapping[str, pd.Series[str]],
    outcome: Outcome,
    *,
    resamples: int = 999,
    seed: int = 0,
) -> GainComparison:
    """Hold our segments against other classifications of the same areas.

    Parameters
    ----------
    classifications
        Name -> segment of each area, indexed by area code; ours first. Only areas
        that all of them classify are used; the others are listed in `left_out` of
        each gain.
    outcome
        What the segments should separate.
    resamples
        How many times to draw the areas again, with replacement; each draw is
        measured with every classification, so that a difference has an interval of
        its own, narrower than those of its two sides.
    seed
        Seed of the resamples.

    Returns
    -------
    comparison
        See :func:`segmentation.gain` for each measure.

    Raises
    ------
    SegmentError
        If there are fewer than two classifications, or one is called "count" or
        "base"; and as :func:`segmentation.gain`.

    Examples
    --------
    >>> from segmentation.outcomes import Outcome
    >>> areas = [f"E{number}" for number in range(40)]
    >>> count = pd.Series([30.0] * 20 + [10.0] * 20, areas)
    >>> ill = Outcome(name="Ill health", count=count, base=pd.Series(100.0, areas))
    >>> ours = pd.Series(["1"] * 20 + ["2"] * 20, areas)
    >>> theirs = pd.Series(["a", "b"] * 20, areas)
    >>> found = compare_gain({"ours": ours, "theirs": theirs}, ill)
    >>> print(found.verdict("theirs")[:75])
    Ill health: ours (2 segments, Gini 0.250) separates it better than theirs (
    """
    names = list(classifications)
    if len(names) < 2 or {"count", "base"} & set(names):  # noqa: PLR2004 - a pair
        msg = (
            f"{len(names)} classifications cannot be compared: {names}. Give ours and "
            "at least one other, none called 'count' or 'base'."
        )
        raise SegmentError(msg)
    found, drawn = gains(outcome, classifications, resamples=resamples, seed=seed)
    by = found[0].gini - np.array([each.gini for each in found[1:]])
    again = drawn[0] - drawn[1:]
    away = again - again.mean(axis=1, keepdims=True)
    low, high = by + np.quantile(away, [0.025, 0.975], axis=1)
    held_out = [found[0].held_out - each.held_out for each in found[1:]]
    ends = {"difference": by, "low": low, "high": high, "held_out": held_out}
    return GainComparison(
        gains=dict(zip(names, found, strict=True)),
        differences=pd.DataFrame(ends, index=names[1:]),
    )
