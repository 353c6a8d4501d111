"""Campaigns: hold some areas of a list out by lot, and later see what it changed.

Without areas that were left alone, nobody can tell a campaign from a good year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from statsmodels.stats.power import NormalIndPower

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    import pandas as pd

    from segmentation.action.targets import Targets

__all__ = ["LEAST", "HoldOut", "hold_out_areas"]

LEAST: Final = 4  # areas on each side, to see how areas of a side differ
LEVEL: Final = 0.05
POWER: Final = 0.8
UNLIKE: Final = 0.1  # standardised difference from which two sides are not alike
MEASURED: Final = ("expected_rate", "rate", "base")


@dataclass(frozen=True, kw_only=True)
class HoldOut:
    """Which areas of a list are visited, and which are left alone for now.

    Parameters
    ----------
    table
        One row an area on `area_code`, in the order of the list: `rank`, `segment`,
        `stratum` (segment and tier of need), `side` ("treated" or "held out"),
        `expected_rate` and `base`.
    balance
        One row a measure: the mean of each side, and their standardised difference.
    detectable
        The least difference, in percentage points, that the later comparison finds
        with a power of 80 % at the level of 5 %.
    rate
        Per cent of people whom the outcome was taken to befall, for `detectable`.
    seed
        Seed of the lot.
    """

    table: pd.DataFrame
    balance: pd.DataFrame
    detectable: float
    rate: float
    seed: int

    def __str__(self) -> str:
        """Say the design in sentences for a report."""
        sides = self.table["side"].value_counts()
        people = self.table.groupby("side")["base"].sum()
        unlike = self.balance.index[self.balance["difference"].abs() > UNLIKE]
        apart = f"; the sides differ in {', '.join(unlike)}" if len(unlike) else ""
        return (
            f"{sides['held out']} of {len(self.table)} areas, drawn by lot within "
            f"{self.table['stratum'].nunique()} strata of segment and need (seed "
            f"{self.seed}), are held out: {people['held out']:,.0f} people or homes, "
            f"against {people['treated']:,.0f} to reach{apart}. A later comparison "
            f"would find a difference of {self.detectable:.1f} percentage points or "
            f"more, from {self.rate:.1f} per cent, four times in five."
        )


def hold_out_areas(
    targets: Targets, *, share: float = 0.2, rate: float | None = None, seed: int = 0
) -> HoldOut:
    """Hold out areas of a target list by lot, so that the campaign can be judged.

    Parameters
    ----------
    targets
        What :func:`segmentation.action.targets.target_list` returned.
    share
        Share of the listed areas to hold out, above 0 and below 1.
    rate
        Per cent of people whom the outcome of the campaign is thought to befall
        without it; the expected rate of the list, where not said.
    seed
        Seed of the lot.

    Returns
    -------
    design
        The same for a seed and any order of rows. Strata are segments, and within a
        segment the upper and the lower half of need where either half would hold
        one area or more out; segments too small to hold one out are put together.
        Each stratum's number is in proportion, the remainders going to the largest.
        `detectable` solves the power of two proportions for people who are alike
        within areas: numbers are divided by the design effect of clusters of unequal
        size [1]_. Standardised differences above 0.1 are named [2]_.

    Raises
    ------
    SegmentError
        If `share` or `rate` is out of range, or fewer than 4 areas would be on
        either side.

    References
    ----------
    .. [1] Eldridge, S. M., Ashby, D. and Kerry, S. (2006). Sample size for cluster
       randomized trials: effect of coefficient of variation of cluster size and
       analysis method. International Journal of Epidemiology 35 (5), 1292-1300.
       https://doi.org/10.1093/ije/dyl129
    .. [2] Austin, P. C. (2009). Balance diagnostics for comparing the distribution
       of baseline covariates between treatment groups in propensity-score matched
       samples. Statistics in Medicine 28 (25), 3083-3107.
       https://doi.org/10.1002/sim.3697

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation.action.targets import target_list
    >>> codes = pd.Index([f"E{n:02}" for n in range(20)], name="area_code")
    >>> areas = pd.DataFrame({"no_alarm": range(10, 30), "homes": 100}, index=codes)
    >>> found = target_list(areas, "no_alarm / homes", pd.Series("1", codes))
    >>> design = hold_out_areas(found, share=0.25, seed=1)
    >>> design.table.groupby("stratum")["side"].value_counts().to_dict()
    {('1 higher', 'treated'): 7, ('1 higher', 'held out'): 3, ('1 lower', 'treated'): \
8, ('1 lower', 'held out'): 2}
    """
    table = targets.table[["rank", "segment", "expected_rate", "rate", "base"]]
    listed = len(table)
    held = round(share * listed) if 0 < share < 1 else 0
    if held < LEAST or listed - held < LEAST:
        msg = (
            f"a share of {share} of {listed} listed areas holds {held} out and leaves "
            f"{listed - held} to treat; a comparison needs {LEAST} or more on each "
            "side. List more areas, or hold out another share between 0 and 1."
        )
        raise SegmentError(msg)
    stratum = _strata(table, share)
    chosen = _drawn(stratum, held, seed)
    side = np.where(table.index.isin(chosen), "held out", "treated")
    table = table.assign(stratum=stratum, side=side)
    expected = float(np.average(table["expected_rate"], weights=table["base"]))
    before = expected if rate is None else rate
    return HoldOut(
        table=table.drop(columns="rate"),
        balance=_balance(table),
        detectable=_detectable(table, before, targets.alike),
        rate=before,
        seed=seed,
    )


def _strata(table: pd.DataFrame, share: float) -> pd.Series[str]:
    """Return segment and half of need, each large enough for one area a side."""
    least = 1 / min(share, 1 - share)
    sizes = table["segment"].value_counts()
    segment = table["segment"].where(table["segment"].map(sizes) >= least)
    place = table.groupby("segment")["rank"].rank()
    half = np.where(2 * place <= table["segment"].map(sizes), " higher", " lower")
    halved = segment.where(segment.map(sizes) < 2 * least, segment + half)
    stratum: pd.Series[str] = halved.fillna("other segments")
    return stratum


def _drawn(stratum: pd.Series[str], held: int, seed: int) -> list[str]:
    sizes = stratum.value_counts().sort_index()
    exact = sizes * held / len(stratum)
    numbers = (exact // 1).astype(int)
    order = (numbers - exact).sort_values(kind="stable").index
    numbers[order[: held - int(numbers.sum())]] += 1
    random = np.random.default_rng(seed)
    drawn: list[str] = []
    for name, number in numbers.items():
        members = sorted(stratum.index[stratum == name], key=str)
        order_of_lot = random.permutation(len(members))[:number]
        drawn += [members[position] for position in order_of_lot]
    return drawn


def _balance(table: pd.DataFrame) -> pd.DataFrame:
    sides = table.groupby("side")[list(MEASURED)]
    mean, spread = sides.mean().T, np.sqrt(sides.var().mean())
    gap = mean["treated"] - mean["held out"]
    return mean.assign(difference=gap / spread.where(spread > 0))


def _detectable(table: pd.DataFrame, rate: float, alike: float) -> float:
    """Return the least difference found, after allowing for areas as clusters."""
    if not 0 < rate < 100:  # noqa: PLR2004 - per cent
        msg = (
            f"an outcome of {rate:g} per cent leaves nothing to compare. Give the "
            "rate expected without the campaign, above 0 and below 100."
        )
        raise SegmentError(msg)
    sides = table.groupby("side")["base"]
    unequal = sides.std(ddof=0) / sides.mean()
    effect = 1 + ((unequal**2 + 1) * sides.mean() - 1) * alike
    people = sides.sum() / effect
    arc = NormalIndPower().solve_power(
        nobs1=people["treated"],
        ratio=people["held out"] / people["treated"],
        alpha=LEVEL,
        power=POWER,
    )
    angle = np.arcsin(np.sqrt(rate / 100))
    turns = [min(angle + arc / 2, np.pi / 2), max(angle - arc / 2, 0.0)]
    return float(max(abs(100 * np.sin(turn) ** 2 - rate) for turn in turns))
