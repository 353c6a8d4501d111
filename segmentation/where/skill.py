"""Skill: how far probabilities are to be believed, and whether they beat a base rate.

Areas near each other are alike, so the intervals of skill draw whole parts of a place
again, never single areas. Those of a band of probability take areas as independent:
the least doubt there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Skill", "skill_of"]

EDGES: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
LEAST: Final = 2
EVEN: Final = 0.5  # of the area under the curve, when nothing is told apart


@dataclass(frozen=True, kw_only=True)
class Skill:
    """How well probabilities tell what is so from what is not.

    Parameters
    ----------
    calibration
        One row a band of probability that holds some areas: `band`, `n`, `hot`,
        `expected` (the mean probability, per cent), `observed` (per cent that are
        so), `low` and `high` (its 95 % interval, Wilson's, of independent areas).
    auc, auc_low, auc_high
        Chance that of one that is so and one that is not the first has the higher
        probability, with its 95 % interval; 0.5 is no skill.
    brier, base_brier
        Mean squared error of the probabilities, and of the base rate alone.
    better, better_low, better_high
        1 - `brier` / `base_brier`, with its 95 % interval; 0 is no skill.
    n, base_rate
        How many were judged, and the share of them that are so.
    """

    calibration: pd.DataFrame
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    base_brier: float
    better: float
    better_low: float
    better_high: float
    n: int
    base_rate: float

    @property
    def beats_base_rate(self) -> bool:
        """Say whether both intervals lie above no skill."""
        return self.auc_low > EVEN and self.better_low > 0

    def __str__(self) -> str:
        """Say the result as a sentence."""
        return (
            f"area under the curve {self.auc:.2f} (95 % interval {self.auc_low:.2f} to "
            f"{self.auc_high:.2f}), Brier score {self.brier:.3f} against "
            f"{self.base_brier:.3f} of the base rate {100 * self.base_rate:.1f} % "
            f"({100 * self.better:.0f} % better, {100 * self.better_low:.0f} to "
            f"{100 * self.better_high:.0f}; n = {self.n:,} areas)."
        )


def skill_of(
    truth: NDArray[np.bool_],
    probability: NDArray[np.float64],
    base: NDArray[np.float64],
    parts: NDArray[np.int64],
    *,
    resamples: int = 999,
    seed: int = 0,
) -> Skill:
    """Measure how far probabilities are to be believed.

    Parameters
    ----------
    truth
        What is so; some must be, and some not.
    probability
        Of each, from a model that has not seen it.
    base
        What the base rate alone would say of each, likewise not having seen it.
    parts
        Part of the place that each lies in, numbered from 0.
    resamples, seed
        How often to draw the parts again, with replacement, for the intervals.

    Returns
    -------
    skill
        Brier's score [1]_ and the area under the receiver operating characteristic.

    Raises
    ------
    SegmentError
        If all or none is so, or there are fewer than two resamples.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78 (1), 1-3.

    Examples
    --------
    >>> truth = np.array([True, False] * 20)
    >>> base, parts = np.full(40, 0.5), np.arange(40) // 4
    >>> print(skill_of(truth, np.where(truth, 0.9, 0.2), base, parts))
    area under the curve 1.00 (95 % interval 1.00 to 1.00), Brier score 0.025 against \
0.250 of the base rate 50.0 % (90 % better, 90 to 90; n = 40 areas).
    """
    if truth.all() or not truth.any() or resamples < LEAST:
        msg = (
            f"{int(truth.sum())} of {len(truth)} are so, and {resamples} resamples "
            "were asked for. Skill needs some of either kind, and 2 resamples or more."
        )
        raise SegmentError(msg)
    k = int(parts.max()) + 1
    random = np.random.default_rng(seed)
    drawn = random.multinomial(k, np.full(k, 1 / k), size=resamples)
    pairs, won = _pairs(truth, probability, parts, k)
    errors = [
        np.bincount(parts, weights=(judge - truth) ** 2, minlength=k)
        for judge in (probability, base)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):  # draws of one kind: missing
        auc = _times(drawn, won) / _times(drawn, pairs)
        better = 1 - (drawn @ errors[0]) / (drawn @ errors[1])
    brier, base_brier = (float(each.sum() / len(truth)) for each in errors)
    auc_low, auc_high = np.nanquantile(auc, [0.025, 0.975])
    better_low, better_high = np.nanquantile(better, [0.025, 0.975])
    return Skill(
        calibration=_calibration(truth, probability),
        auc=float(won.sum() / pairs.sum()),
        auc_low=float(auc_low),
        auc_high=float(auc_high),
        brier=brier,
        base_brier=base_brier,
        better=1 - brier / base_brier,
        better_low=float(better_low),
        better_high=float(better_high),
        n=len(truth),
        base_rate=float(truth.mean()),
    )


def _pairs(
    truth: NDArray[np.bool_],
    probability: NDArray[np.float64],
    parts: NDArray[np.int64],
    k: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count, by part of the one and of the other, pairs and those told apart."""
    pairs, won = np.zeros((2, k, k))
    for part in range(k):
        others = np.sort(probability[~truth & (parts == part)])
        below = np.searchsorted(others, probability[truth], side="left")
        level = np.searchsorted(others, probability[truth], side="right")
        wins = (below + level) / 2
        won[:, part] = np.bincount(parts[truth], weights=wins, minlength=k)
        pairs[:, part] = np.bincount(parts[truth], minlength=k) * len(others)
    return pairs, won


def _times(drawn: NDArray[np.int64], table: NDArray[np.float64]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = ((drawn @ table) * drawn).sum(axis=1)
    return sums


def _calibration(
    truth: NDArray[np.bool_], probability: NDArray[np.float64]
) -> pd.DataFrame:
    bands = pd.cut(probability, EDGES, include_lowest=True, labels=False)
    frame = pd.DataFrame({"band": bands, "n": 1, "hot": truth, "expected": probability})
    table = frame.groupby("band").agg({"n": "sum", "hot": "sum", "expected": "mean"})
    low, high = proportion_confint(table["hot"], table["n"], method="wilson")
    names = [
        f"{100 * EDGES[at]:.0f} to {100 * EDGES[at + 1]:.0f} %" for at in table.index
    ]
    return pd.DataFrame(
        {
            "band": names,
            "n": table["n"],
            "hot": table["hot"].astype("int64"),
            "expected": 100 * table["expected"],
            "observed": 100 * table["hot"] / table["n"],
            "low": 100 * low,
            "high": 100 * high,
        }
    ).reset_index(drop=True)
