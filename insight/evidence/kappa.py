"""Kappa, which many readers know, beside alpha, which allows blanks and any coders.

Cohen's weighted kappa is for two coders: 1 less the weighted disagreement seen over
that expected from each coder's own levels. With linear weights two levels apart are
twice as bad as one, with quadratic weights four times. Fleiss' kappa is for any
number of coders and takes no notice of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as _fleiss

from insight.errors import InsightError
from insight.evidence.agreement import alpha_interval, exact_agreement, ordinal_alpha
from insight.evidence.rubric import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Kappa", "agreement_by_component", "fleiss_kappa", "weighted_kappa"]

NONE: Final = float("nan")
TWO: Final = 2
SIDES: Final = float(norm.ppf(0.975))


@dataclass(frozen=True, kw_only=True)
class Kappa:
    """Weighted kappa with its large-sample 95 % interval.

    Parameters
    ----------
    kappa, low, high
        Not a number where kappa is not defined.
    n
        Units that both coders rated.
    weights
        "linear" or "quadratic".
    """

    kappa: float
    low: float
    high: float
    n: int
    weights: str

    def __str__(self) -> str:
        """Say the result as a sentence."""
        if np.isnan(self.kappa):
            return f"No {self.weights} kappa: {self.n} units, or one level alone."
        spread = f"95 % interval {self.low:.2f} to {self.high:.2f}"
        if np.isnan(self.low):
            spread = "no interval: a coder used one level alone"
        return (
            f"Kappa with {self.weights} weights {self.kappa:.2f} ({spread}, "
            f"{self.n} units)."
        )


def weighted_kappa(
    ratings: pd.DataFrame,
    *,
    weights: Literal["linear", "quadratic"] = "quadratic",
    levels: Sequence[int] = LEVELS,
) -> Kappa:
    """Return Cohen's weighted kappa of two coders.

    Parameters
    ----------
    ratings
        One row a unit, two columns; units that either left blank are not used.
    weights
        How much worse two levels apart are than one.
    levels
        All levels in order, evenly spaced.

    Returns
    -------
    kappa
        With the interval of Fleiss, Cohen and Everitt, which is for large samples: at
        a dozen units it is a guide, and it may pass 1; not a number where a coder used
        one level alone. Kappa is not a number with fewer than two units or where all
        ratings are one level.

    Raises
    ------
    InsightError
        If there are not two columns, or a rating is not a level.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220. Fleiss,
    J. L., Cohen, J. and Everitt, B. S. (1969). Large sample standard errors of kappa
    and weighted kappa. Psychological Bulletin 72, 323-327.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4], "Bob": [1, 2, 4, 4]})
    >>> print(weighted_kappa(ratings))
    Kappa with quadratic weights 0.92 (95 % interval 0.76 to 1.08, 4 units).
    """
    if ratings.shape[1] != TWO:
        msg = (
            f"weighted kappa is of two coders; seen {ratings.shape[1]}. With more, use "
            "Krippendorff's alpha."
        )
        raise InsightError(msg)
    both = ratings.dropna()
    strange = sorted({str(x) for x in both.to_numpy().ravel() if x not in levels})
    if strange:
        msg = f"ratings {strange[:5]} are no levels; levels are {list(levels)}."
        raise InsightError(msg)
    seen = np.zeros((len(levels), len(levels)))
    for one, other in both.itertuples(index=False):
        seen[levels.index(one), levels.index(other)] += 1
    used = seen.sum(axis=0) + seen.sum(axis=1)
    if len(both) < TWO or np.count_nonzero(used) < TWO:
        return Kappa(kappa=NONE, low=NONE, high=NONE, n=len(both), weights=weights)
    with np.errstate(invalid="ignore", divide="ignore"):  # of a variance of nothing
        found = cohens_kappa(seen, wt=weights)
    alone = min(np.count_nonzero(seen.sum(axis=axis)) for axis in (0, 1)) < TWO
    kappa, half = float(found.kappa), SIDES * float(np.nan_to_num(found.std_kappa))
    return Kappa(
        kappa=kappa,
        low=NONE if alone else kappa - half,
        high=NONE if alone else kappa + half,
        n=len(both),
        weights=weights,
    )


def fleiss_kappa(ratings: pd.DataFrame) -> float:
    """Return Fleiss' kappa of any number of coders, who rated every unit.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; units with a blank are not used. Levels
        are mere names: use ordinal alpha where their order matters.

    Returns
    -------
    kappa
        Not a number without a complete unit, or where all ratings are one level.

    Raises
    ------
    InsightError
        If there are fewer than two columns.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters.
    Psychological Bulletin 76, 378-382.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4], "Bob": [1, 2, 4, 4]})
    >>> round(fleiss_kappa(ratings), 3)
    0.652
    """
    if ratings.shape[1] < TWO:
        msg = f"agreement needs two coders; seen {ratings.shape[1]}."
        raise InsightError(msg)
    complete = ratings.dropna().to_numpy()
    levels = np.unique(complete)
    if len(levels) < TWO:
        return NONE
    counts = (complete[:, :, None] == levels).sum(axis=1)
    return float(_fleiss(counts))


def agreement_by_component(
    used: pd.DataFrame, components: Sequence[str], *, seed: int = 0
) -> pd.DataFrame:
    """Return how far coders agree on each component.

    Parameters
    ----------
    used
        `place`, `component`, `coder`, `score`; no blanks, one row a cell.
    components
        In the order wanted.
    seed
        Of the bootstrap.

    Returns
    -------
    agreement
        Indexed by `component`: `units` rated at least twice, `exact_agreement`,
        ordinal `alpha` with `alpha_low` and `alpha_high`; for two coders
        `kappa_linear` and `kappa_quadratic`, each with `_low` and `_high`. Missing
        where there is no value.

    Examples
    --------
    >>> rows = [
    ...     (place, "value", coder, level)
    ...     for place, levels in {"A": (1, 1), "B": (3, 2), "C": (4, 4)}.items()
    ...     for coder, level in zip(("Ann", "Bob"), levels)
    ... ]
    >>> used = pd.DataFrame(rows, columns=["place", "component", "coder", "score"])
    >>> int(agreement_by_component(used, ["value"]).loc["value", "units"])
    3
    """
    rows = {}
    for component in components:
        ratings = used[used["component"] == component].pivot_table(
            index="place", columns="coder", values="score"
        )
        rows[component] = {
            "units": int((ratings.notna().sum(axis=1) > 1).sum()),
            "exact_agreement": exact_agreement(ratings),
            **_alphas(ratings, seed),
            **_kappas(ratings),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("component")


def _alphas(ratings: pd.DataFrame, seed: int) -> dict[str, float]:
    if ratings.shape[1] < TWO:
        return dict.fromkeys(("alpha", "alpha_low", "alpha_high"), NONE)
    low, high = alpha_interval(ratings, seed=seed) or (NONE, NONE)
    return {"alpha": ordinal_alpha(ratings), "alpha_low": low, "alpha_high": high}


def _kappas(ratings: pd.DataFrame) -> dict[str, float]:
    found: dict[str, float] = {}
    each: tuple[Literal["linear", "quadratic"], ...] = ("linear", "quadratic")
    for weights in each:
        name = f"kappa_{weights}"
        found |= dict.fromkeys((name, f"{name}_low", f"{name}_high"), NONE)
        if ratings.shape[1] == TWO:
            kappa = weighted_kappa(ratings, weights=weights)
            found[name] = kappa.kappa
            found[f"{name}_low"], found[f"{name}_high"] = kappa.low, kappa.high
    return found
