"""Stability: how alike segmentations are when each has seen something else.

Another seed, a sample of the rows, a sample of the variables: segments that change
with these describe the search, the sample or the choice of variables, not the place.
The least agreement matters as much as the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from segmentation.codes import natural
from segmentation.errors import SegmentError, few
from segmentation.trust.resampling import (
    agreements,
    fitted,
    in_order,
    jaccards,
    segments_of_samples,
    segments_of_variables,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentation.kmeans.segments import CustomerSegments
    from segmentation.trust.resampling import Labels

    Changed: TypeAlias = Literal["rows", "seeds", "variables"]

__all__ = [
    "SHAKY",
    "Stability",
    "StabilityReport",
    "full_stability",
    "sample_stability",
]

MOST_ROWS: Final = 5_000
SHAKY: Final = 0.6  # mean Jaccard below which Hennig would not trust a segment

SAID: Final = {
    "rows": "{n} samples of {share} of {of} areas",
    "seeds": "all {of} areas from {n} other seeds",
    "variables": "{of} areas by {n} samples of {share} of the variables",
}


@dataclass(frozen=True, kw_only=True)
class Stability:
    """How far segmentations agree with one another when something is changed.

    Parameters
    ----------
    minimum, mean
        Adjusted Rand index over all pairs of segmentations.
    n_samples
        How many segmentations.
    share
        Share of the rows, or of the variables, that each has seen.
    n_rows
        Areas that the samples were drawn from.
    changed
        What differs from one segmentation to the next.
    """

    minimum: float
    mean: float
    n_samples: int
    share: float
    n_rows: int
    changed: Changed = "rows"

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        made = SAID[self.changed].format(
            n=self.n_samples, share=f"{100 * self.share:.0f} %", of=f"{self.n_rows:,}"
        )
        return (
            f"Segmentations of {made} agree, two by two, at an adjusted Rand index of "
            f"{self.mean:.2f} on average and {self.minimum:.2f} at worst."
        )


@dataclass(frozen=True, kw_only=True)
class StabilityReport:
    """What holds of a segmentation when seed, rows or variables change.

    Parameters
    ----------
    seeds, rows, variables
        Agreement of segmentations with another seed, of samples of the rows, and by
        samples of the variables.
    segments
        One row a segment: `segment`, `areas`, `mean` and `minimum` of the Jaccard
        index with the most like segment of each sample of rows, `samples` (those
        that hold the segment at all) and `shaky` (mean below 0.6).
    n_rows
        Areas that have a segment.
    n_used
        Areas that the tests were made on: all, or a sample with a fixed seed.
    """

    seeds: Stability
    rows: Stability
    variables: Stability
    segments: pd.DataFrame
    n_rows: int
    n_used: int

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        said = [str(each) for each in (self.seeds, self.rows, self.variables)]
        shaky = self.segments.loc[self.segments["shaky"], "segment"].tolist()
        said.append(
            f"Segments that dissolve in samples of the areas (mean Jaccard below "
            f"{SHAKY}): {few(shaky)}."
            if shaky
            else f"Each of the {len(self.segments)} segments is found again in samples "
            f"of the areas (least mean Jaccard {self.segments['mean'].min():.2f})."
        )
        if self.n_used < self.n_rows:
            said.append(
                f"Tested on a sample of {self.n_used:,} of {self.n_rows:,} areas."
            )
        return " ".join(said)


def sample_stability(
    features: pd.DataFrame,
    estimator: CustomerSegments,
    *,
    samples: int = 10,
    share: float = 0.8,
    seed: int = 0,
) -> Stability:
    """Segment samples of the rows, and compare the samples two by two.

    Parameters
    ----------
    features
        One row an area, scaled.
    estimator
        What to fit to each sample; its settings are used, it is not changed.
    samples
        How many samples to draw, each without replacement.
    share
        Share of the rows in a sample, above 0 and at most 1.
    seed
        Seed of the samples. The row order does not matter.

    Returns
    -------
    stability
        Minimum and mean of the adjusted Rand index [1]_ over all pairs of samples,
        each taken on the rows that both samples hold. A sample with fewer different
        rows than segments gets as many segments as it has.

    Raises
    ------
    SegmentError
        If there are fewer than 2 samples, `share` is out of range, a sample has
        fewer rows than segments or two samples have no row in common.

    References
    ----------
    .. [1] Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of
       Classification 2, 193-218. https://doi.org/10.1007/BF01908075

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import CustomerSegments
    >>> two_groups = pd.DataFrame({"x": [0, 0.1, 0.2, 0.3, 0.4, 9, 9.1, 9.2, 9.3, 9.4]})
    >>> print(sample_stability(two_groups, CustomerSegments(2, n_init=3), samples=4))
    Segmentations of 4 samples of 80 % of 10 areas agree, two by two, at an adjusted \
Rand index of 1.00 on average and 1.00 at worst.
    """
    rows = features.to_numpy(dtype=np.float64)[in_order(features)]
    drawn = segments_of_samples(rows, estimator, samples, share, seed)
    return _stability(drawn, "rows", share)


def full_stability(
    features: pd.DataFrame,
    segments: pd.Series[str],
    estimator: CustomerSegments,
    *,
    samples: int = 10,
    share: float = 0.8,
    seed: int = 0,
) -> StabilityReport:
    """Segment again with other seeds, samples of rows and samples of variables.

    Parameters
    ----------
    features
        One row an area, scaled. Of more than 5,000 rows a sample is taken, and the
        result says so.
    segments
        Segment of each of those areas in the model that is tested, such as level
        one of it.
    estimator
        What made them; its settings are used, it is not changed.
    samples
        How many segmentations of each kind, 2 or more.
    share
        Share of the rows, or of the variables, that a sample holds; always at least
        one variable. Each sample is drawn without replacement.
    seed
        Of everything drawn. The row order does not matter.

    Returns
    -------
    report
        Agreement by kind, as in :func:`sample_stability`, and beside it how well
        each segment is found again: the greatest Jaccard index with a segment of
        the sample, over the areas that the sample holds [1]_.

    Raises
    ------
    SegmentError
        If `segments` lacks an area of `features`, or for what
        :func:`sample_stability` refuses.

    References
    ----------
    .. [1] Hennig, C. (2007). Cluster-wise assessment of cluster stability.
       Computational Statistics & Data Analysis 52 (1), 258-271.
       https://doi.org/10.1016/j.csda.2006.11.025

    Examples
    --------
    >>> from segmentation import CustomerSegments
    >>> two = pd.DataFrame({"x": [0, 0.1, 0.2, 0.3, 9, 9.1, 9.2], "y": 0.0})
    >>> segments = pd.Series(list("1111222"))
    >>> found = full_stability(two, segments, CustomerSegments(2, n_init=3), samples=3)
    >>> found.segments[["segment", "areas", "minimum", "shaky"]]
      segment  areas  minimum  shaky
    0       1      4      1.0  False
    1       2      3      1.0  False
    """
    codes = segments.reindex(features.index)
    if codes.isna().any():
        msg = (
            f"{int(codes.isna().sum())} of {len(features)} areas have features but no "
            f"segment: {few(codes.index[codes.isna()].tolist())}. Index segments and "
            "features by the same area codes."
        )
        raise SegmentError(msg)
    sizes = codes.astype(str).value_counts()
    names = pd.Index(sorted(sizes.index, key=natural))
    order = in_order(features, most=MOST_ROWS, seed=seed)
    rows = features.to_numpy(dtype=np.float64)[order]
    own = names.get_indexer(pd.Index(codes.astype(str)))[order]
    by_rows = segments_of_samples(rows, estimator, samples, share, seed)
    others = np.random.default_rng(seed).integers(2**31, size=samples).tolist()
    by_seed = [fitted(estimator, rows, seed=each).labels_ for each in others]
    by_variables = segments_of_variables(rows, estimator, samples, share, seed)
    return StabilityReport(
        seeds=_stability(by_seed, "seeds", 1.0),
        rows=_stability(by_rows, "rows", share),
        variables=_stability(by_variables, "variables", share),
        segments=_by_segment(sizes[names], own, by_rows),
        n_rows=len(features),
        n_used=len(rows),
    )


def _stability(drawn: Sequence[Labels], changed: Changed, share: float) -> Stability:
    found = agreements(drawn)
    return Stability(
        minimum=min(found),
        mean=float(np.mean(found)),
        n_samples=len(drawn),
        share=share,
        n_rows=len(drawn[0]),
        changed=changed,
    )


def _by_segment(
    sizes: pd.Series[int], own: Labels, drawn: Sequence[Labels]
) -> pd.DataFrame:
    """Return how well each segment is found again in the samples."""
    best = pd.DataFrame([jaccards(own, labels, len(sizes)) for labels in drawn])
    return pd.DataFrame(
        {
            "segment": sizes.index,
            "areas": sizes.to_numpy(),
            "mean": best.mean().to_numpy(),
            "minimum": best.min().to_numpy(),
            "samples": best.count().to_numpy(),
            "shaky": (best.mean() < SHAKY).to_numpy(),
        }
    )
