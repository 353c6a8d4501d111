"""Choice of k: what each number of segments gains, and what it costs in stability.

No criterion knows what segments are for. Fit, separation and stability are shown
side by side, with where they disagree; the recommendation is a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from segmentation.errors import SegmentError
from segmentation.kmeans.segments import CustomerSegments
from segmentation.trust.resampling import (
    agreements,
    fitted,
    in_order,
    segments_of_samples,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentation.trust.resampling import Labels, Rows

__all__ = ["ChoiceOfK", "choose_k"]

SILHOUETTE_ROWS: Final = 5_000
SAMPLED_ROWS: Final = 5_000
SHARE: Final = 0.8
CLOSE: Final = 1.0
"""Mean ranks apart, within which another k is nearly as good."""

CRITERIA: Final = {
    "elbow": "the bend in the fit",
    "silhouette": "the silhouette",
    "calinski_harabasz": "the Calinski-Harabasz index",
    "stability_minimum": "the stability at worst",
}


@dataclass(frozen=True, kw_only=True)
class ChoiceOfK:
    """What speaks for each number of segments.

    Parameters
    ----------
    criteria
        One row a k; see :func:`choose_k`.
    nodes, links
        A clustergram; see :func:`choose_k`.
    recommended
        The k with the best mean rank, the lower on a tie.
    nearly
        Others within one rank of it, the best first.
    favourites
        Criterion -> the k that is best by it alone; of several, the recommended one
        or else the lowest.
    n_rows, n_used
        Areas given, and areas that the samples were drawn from.
    """

    criteria: pd.DataFrame
    nodes: pd.DataFrame
    links: pd.DataFrame
    recommended: int
    nearly: tuple[int, ...]
    favourites: dict[str, int]
    n_rows: int
    n_used: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say what speaks for the recommended k, and what does not."""
        chosen = self.criteria.set_index("k").loc[self.recommended]
        fit = (
            f"k = {self.recommended}: {100 * chosen['explained']:.1f} % of what sets "
            f"the {self.n_rows:,} areas apart is explained, at a mean silhouette of "
            f"{chosen['silhouette']:.2f}."
        )
        holds = (
            f"Samples agree at {chosen['stability_mean']:.2f} on average and at "
            f"{chosen['stability_minimum']:.2f} at worst, and the smallest segment has "
            f"{chosen['smallest']:,.0f} areas."
        )
        near = ", ".join(map(str, self.nearly))
        others = f"Nearly as good: {near}." if near else "No other k comes near it."
        doubt = (
            "This is a judgement, not a fact: choose the k whose segments you can name "
            "and act on."
        )
        return fit, holds, others, self._votes(), doubt

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        return " ".join(self.reasons)

    def _votes(self) -> str:
        if set(self.favourites.values()) == {self.recommended}:
            return f"All {len(self.favourites)} criteria agree on it."
        votes = "; ".join(
            f"{CRITERIA[name]} prefers {k}" for name, k in self.favourites.items()
        )
        return f"The criteria disagree: {votes}."


def choose_k(
    features: pd.DataFrame,
    ks: Sequence[int] = range(2, 13),
    *,
    restarts: int = 50,
    samples: int = 5,
    seed: int = 0,
) -> ChoiceOfK:
    """Segment with each number of segments, and hold the results side by side.

    Parameters
    ----------
    features
        One row an area, scaled.
    ks
        Numbers of segments, each 2 or more; at least two of them.
    restarts
        Starts of k-means for each k.
    samples
        Samples of 80 % of the rows for the stability, of at most 5,000 rows.
    seed
        Of everything drawn. The row order does not matter.

    Returns
    -------
    choice
        `criteria`, one row a k, with the columns

        - `k`, `within` (sum of squares within segments), `explained` (share of the
          total sum of squares), `gain` (what the step from the k before explains
          more; for the least k, from one segment);
        - `elbow`: how far the fit lies below the straight line from one segment to
          the greatest k, both axes running from 0 to 1; the greatest is the bend of
          the curve [1]_. It hangs on the greatest k that was tried;
        - `silhouette`: mean, -1 to 1, of at most 5,000 rows [2]_;
        - `calinski_harabasz`: between over within, per degree of freedom [3]_;
        - `stability_mean`, `stability_minimum`: adjusted Rand index of pairs of
          samples, as in :func:`segmentation.sample_stability`;
        - `smallest`: rows of the smallest segment;
        - `rank`: mean of the ranks by elbow, silhouette, Calinski-Harabasz and least
          stability, 1 the best; ties share the mean of their ranks.

        `nodes` and `links`, a clustergram [4]_: for each `k` and `segment` its
        `value` (the mean score of its rows on the first principal component of the
        features, as [5]_ weighs it) and its `size`, and how many rows (`size`) go
        from segment `source` at `k` to segment `target` at the next k.

    Raises
    ------
    SegmentError
        If fewer than two different ks of 2 or more are given, one of them is not
        below the number of different rows, or a value is missing or infinite.

    References
    ----------
    .. [1] Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a
       "kneedle" in a haystack. 31st International Conference on Distributed
       Computing Systems Workshops, 166-171. https://doi.org/10.1109/ICDCSW.2011.20
    .. [2] Rousseeuw, P. J. (1987). Silhouettes. Journal of Computational and Applied
       Mathematics 20, 53-65. https://doi.org/10.1016/0377-0427(87)90125-7
    .. [3] Calinski, T. and Harabasz, J. (1974). A dendrite method for cluster
       analysis. Communications in Statistics 3 (1), 1-27.
       https://doi.org/10.1080/03610927408827101
    .. [4] Schonlau, M. (2002). The clustergram. Stata Journal 2 (4), 391-402.
       https://doi.org/10.1177/1536867X0200200405
    .. [5] Fleischmann, M. (2023). Clustergram. Journal of Open Source Software 8
       (89), 5240. https://doi.org/10.21105/joss.05240

    Examples
    --------
    >>> noise = np.random.default_rng(2).normal(size=(60, 2))
    >>> three = pd.DataFrame(noise + np.repeat([[0, 0], [20, 0], [0, 20]], 20, axis=0))
    >>> choice = choose_k(three, range(2, 6), restarts=5, samples=4)
    >>> choice.recommended, choice.links.head(3).to_numpy().tolist()
    (3, [[2, '1', '2', 20], [2, '1', '3', 20], [2, '2', '1', 20]])
    """
    wanted = sorted(set(ks))
    values = features.to_numpy(dtype=np.float64)
    rows = values[in_order(features)]
    some = values[in_order(features, most=SAMPLED_ROWS, seed=seed)]
    _check(wanted, rows)
    total = float(((rows - rows.mean(axis=0)) ** 2).sum())
    scores = _first_component(rows)
    records, labels, nodes = [], {}, []
    for k in wanted:
        estimator = CustomerSegments(k, n_init=restarts, random_state=seed)
        own = fitted(estimator, rows)
        labels[k] = own.labels_
        sizes = np.bincount(own.labels_)
        again = agreements(segments_of_samples(some, estimator, samples, SHARE, seed))
        records.append(
            {
                "k": k,
                "within": own.inertia_,
                "explained": 1 - own.inertia_ / total,
                "silhouette": _silhouette(rows, own.labels_, seed),
                "calinski_harabasz": calinski_harabasz_score(rows, own.labels_),
                "stability_mean": float(np.mean(again)),
                "stability_minimum": min(again),
                "smallest": int(sizes.min()),
            }
        )
        nodes.append(_nodes(k, own.labels_, scores))
    criteria = _ranked(pd.DataFrame(records))
    best, *near = _best(criteria)
    return ChoiceOfK(
        criteria=criteria,
        nodes=pd.concat(nodes, ignore_index=True),
        links=_links(labels),
        recommended=best,
        nearly=tuple(near),
        favourites={name: _favourite(criteria, name, best) for name in CRITERIA},
        n_rows=len(rows),
        n_used=len(some),
    )


def _check(wanted: list[int], rows: Rows) -> None:
    different = len(np.unique(rows, axis=0))
    if len(wanted) < 2 or wanted[0] < 2 or wanted[-1] >= different:  # noqa: PLR2004 - to compare, and to segment
        msg = (
            f"numbers of segments {wanted} were asked of {len(rows)} rows, of which "
            f"{different} differ. Give at least two numbers, each 2 or more and below "
            "the number of different rows."
        )
        raise SegmentError(msg)


def _silhouette(rows: Rows, labels: Labels, seed: int) -> float:
    size = min(len(rows), SILHOUETTE_ROWS)
    return float(silhouette_score(rows, labels, sample_size=size, random_state=seed))


def _ranked(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return criteria with the gain of each step, the elbow and the mean rank."""
    explained = criteria["explained"]
    criteria.insert(3, "gain", explained.diff().fillna(explained))
    greatest = criteria["k"].iloc[-1]
    line = (criteria["k"] - 1) / (greatest - 1)
    criteria.insert(4, "elbow", explained / explained.max() - line)
    ranks = criteria[list(CRITERIA)].round(9).rank(ascending=False)
    return criteria.assign(rank=ranks.mean(axis=1))


def _best(criteria: pd.DataFrame) -> list[int]:
    """Return the k of the best mean rank, and those nearly as good."""
    ordered = criteria.sort_values("rank", kind="stable")
    near = ordered["rank"] <= ordered["rank"].iloc[0] + CLOSE
    found: list[int] = ordered.loc[near, "k"].tolist()
    return found


def _favourite(criteria: pd.DataFrame, name: str, recommended: int) -> int:
    """Return the k that is best by one criterion: of several, the recommended."""
    values = criteria.set_index("k")[name].round(9)
    best: list[int] = values[values == values.max()].index.tolist()
    return recommended if recommended in best else best[0]


def _first_component(rows: Rows) -> Rows:
    """Return the score of each row on the first principal component."""
    middle = rows - rows.mean(axis=0)
    axis = np.linalg.eigh(middle.T @ middle)[1][:, -1]
    axis = axis * np.sign(axis[np.abs(axis).argmax()])  # which way it points is chance
    scores: Rows = middle @ axis
    return scores


def _nodes(k: int, labels: Labels, scores: Rows) -> pd.DataFrame:
    sizes = np.bincount(labels, minlength=k)
    return pd.DataFrame(
        {
            "k": k,
            "segment": [str(number + 1) for number in range(k)],
            "value": np.bincount(labels, weights=scores, minlength=k) / sizes,
            "size": sizes,
        }
    )


def _links(labels: dict[int, Labels]) -> pd.DataFrame:
    tables = []
    for here, there in pairwise(labels):
        pairs = pd.DataFrame({"source": labels[here] + 1, "target": labels[there] + 1})
        counted = pairs.value_counts().sort_index().rename("size").reset_index()
        tables.append(counted.assign(k=here))
    links = pd.concat(tables, ignore_index=True)[["k", "source", "target", "size"]]
    return links.astype({"source": "str", "target": "str"})
