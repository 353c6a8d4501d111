"""Stability: how alike two segmentations are when each has seen only a sample.

Segments that change when a fifth of the areas is left out describe the sample, not
the place. The least agreement between two samples matters as much as the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    import pandas as pd

    from segmentation.segments import CustomerSegments

__all__ = ["Stability", "sample_stability"]


@dataclass(frozen=True, kw_only=True)
class Stability:
    """How far segmentations of samples agree with one another."""

    minimum: float
    mean: float
    n_samples: int
    share: float
    n_rows: int

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        return (
            f"Segmentations of {self.n_samples} samples of {100 * self.share:.0f} % of "
            f"{self.n_rows:,} areas agree, two by two, at an adjusted Rand index of "
            f"{self.mean:.2f} on average and {self.minimum:.2f} at worst."
        )


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
    if samples < 2 or not 0 < share <= 1:  # noqa: PLR2004 - a pair is the least
        msg = (
            f"{samples} samples of share {share} cannot be compared. Give 2 samples or "
            "more, and a share above 0 and at most 1."
        )
        raise SegmentError(msg)
    rows = features.to_numpy(dtype=np.float64)
    rows = rows[np.lexsort(rows.T[::-1])]
    random = np.random.default_rng(seed)
    size = round(share * len(rows))
    if size < estimator.n_segments:
        msg = (
            f"a sample of {size} of {len(rows)} rows is too small for "
            f"{estimator.n_segments} segments. Ask for fewer segments, or supply more "
            "areas."
        )
        raise SegmentError(msg)
    drawn = []
    for _ in range(samples):
        chosen = random.permutation(len(rows))[:size]
        labels = np.full(len(rows), -1)
        different = len(np.unique(rows[chosen], axis=0))
        own = clone(estimator).set_params(
            n_segments=min(estimator.n_segments, different)
        )
        labels[chosen] = own.fit_predict(rows[chosen])
        drawn.append(labels)
    agreements = [_agreement(one, other) for one, other in combinations(drawn, 2)]
    return Stability(
        minimum=float(min(agreements)),
        mean=float(np.mean(agreements)),
        n_samples=samples,
        share=share,
        n_rows=len(rows),
    )


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    both = (one >= 0) & (other >= 0)
    if not both.any():
        msg = "two samples have no row in common. Give a greater share, or more rows."
        raise SegmentError(msg)
    return float(adjusted_rand_score(one[both], other[both]))
