"""Side by side: whether ours separate need better than the segments we pay for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError
from segmentation.explain.gain import gains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segmentation.explain.gain import Gain
    from segmentation.explain.outcomes import Outcome

__all__ = ["GainComparison", "compare_gain"]

MATTERS: Final = 0.01  # of Gini: what is less, a reader could not tell on a map
SAID: Final = {
    "better": "{} separates it better than {}",
    "worse": "{} separates it less well than {}",
    "not clear": "no clear difference between {} and {}",
    "alike": "a difference too small to matter between {} and {}",
}


@dataclass(frozen=True, kw_only=True)
class GainComparison:
    """Several classifications measured on the same areas by the same outcome.

    Parameters
    ----------
    gains
        Name of a classification -> its gain, ours first.
    differences
        One row each other classification: `difference`, Gini of ours less Gini of
        the other; `held_out`, the same where the order is learnt on other areas;
        `low`, `high`, the ends of a 95 % bootstrap interval of paired resamples
        about either, whichever lies farther out; and `ours_is`, "better", "worse",
        "not clear" (0 lies in the interval) or "alike" (it does not, but `held_out`
        is below 0.01 and matters to nobody). Both must agree, since `difference`
        flatters whichever has more groups: fifty groups drawn by lot have a higher
        Gini than eight.
    """

    gains: dict[str, Gain]
    differences: pd.DataFrame

    def __str__(self) -> str:
        """Say who separates the outcome better, or that nobody clearly does."""
        if self.differences.empty:
            return str(next(iter(self.gains.values())))
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
        *figures, ours_is = self.differences.loc[other]
        by, held_out, low, high = map(float, figures)
        said = SAID[str(ours_is)].format(_said(name, ours), _said(other, theirs))
        more = name if len(ours.curve) > len(theirs.curve) else other
        unfair = f" More groups alone lift a Gini, and {more} has more."
        return (
            f"{ours.outcome}: {said}. Difference {by:+.3f}, and {held_out:+.3f} where "
            "the order is learnt on half of the areas and measured on the other (95 % "
            f"interval, of either, {low:+.3f} to {high:+.3f}; n = {ours.n:,} areas, "
            f"{ours.count:,.0f} over a base of {ours.base:,.0f})."
            f"{unfair if len(ours.curve) != len(theirs.curve) else ''}"
        )


def _said(name: str, found: Gain) -> str:
    return f"{name} ({len(found.curve)} groups, Gini {found.gini:.3f})"


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
        Name -> segment of each area, indexed by area code; ours first. With ours
        alone there is a gain, and nothing to compare it with. Only areas
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
        See :func:`segmentation.explain.gain` for each measure.

    Raises
    ------
    SegmentError
        If there is no classification, and as :func:`segmentation.explain.gain`.

    Examples
    --------
    >>> from segmentation.explain.outcomes import Outcome
    >>> areas = [f"E{number}" for number in range(40)]
    >>> count = pd.Series([30.0] * 20 + [10.0] * 20, areas)
    >>> ill = Outcome(name="Ill health", count=count, base=pd.Series(100.0, areas))
    >>> ours = pd.Series(["1"] * 20 + ["2"] * 20, areas)
    >>> theirs = pd.Series(["a", "b"] * 20, areas)
    >>> found = compare_gain({"ours": ours, "theirs": theirs}, ill)
    >>> print(found.verdict("theirs").partition(". ")[0])
    Ill health: ours (2 groups, Gini 0.250) separates it better than theirs (2 \
groups, Gini 0.000)
    """
    names = list(classifications)
    if not names:
        msg = "there is no classification to measure. Give ours, and others beside it."
        raise SegmentError(msg)
    found, drawn = gains(outcome, classifications, resamples=resamples, seed=seed)
    by = found[0].gini - np.array([each.gini for each in found[1:]])
    again = drawn[0] - drawn[1:]
    away = again - again.mean(axis=1, keepdims=True)
    held_out = found[0].held_out - np.array([each.held_out for each in found[1:]])
    ends = np.quantile(away, [0.025, 0.975], axis=1)
    low, high = np.minimum(by, held_out) + ends[0], np.maximum(by, held_out) + ends[1]
    clear = (low > 0) | (high < 0)
    ours_is = np.select(
        [~clear, abs(held_out) < MATTERS, held_out > 0],
        ["not clear", "alike", "better"],
        "worse",
    )
    columns = {"difference": by, "held_out": held_out, "low": low, "high": high}
    return GainComparison(
        gains=dict(zip(names, found, strict=True)),
        differences=pd.DataFrame(columns | {"ours_is": ours_is}, index=names[1:]),
    )
