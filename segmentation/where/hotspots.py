"""Hotspots: where high rates lie together, more than chance would put them.

Getis-Ord Gi* asks whether an area and its neighbours are high (hot) or low (cold)
together. Local Moran asks how an area stands to its neighbours, where those are
unusual: high among high, low among low, high among low, low among high. As many
areas are tested, some would look hot by chance alone: the share of those among the
areas named is held down (false-discovery control).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control
from statsmodels.stats.proportion import proportion_confint

from segmentation.errors import SegmentError, few
from segmentation.features.variables import (
    counts,
    indexed_by_area,
    rates,
    read_variables,
)
from segmentation.where.shuffling import shuffled_p

if TYPE_CHECKING:
    from collections.abc import Mapping

    from libpysal.graph import Graph
    from numpy.typing import NDArray

    from segmentation.features.variables import Variable
    from segmentation.where.neighbours import Neighbours

__all__ = ["Hotspots", "hotspots"]

LEAST: Final = 5  # areas, and the expected count below which a rate rests on few
QUADRANTS: Final = ("high-high", "low-high", "low-low", "high-low")  # as esda counts
UNCLEAR, ALONE = "not clear", "no neighbour"


@dataclass(frozen=True, kw_only=True)
class Hotspots:
    """Where an outcome gathers, and where it is rare.

    Parameters
    ----------
    outcome
        Its label.
    table
        One row an area with a value, sorted by `area_code`, with the columns

        - `rate`, per cent (or the figure as it is), `low` and `high`, its 95 %
          interval (Wilson's; missing for a figure as it is);
        - `count`, `base` (missing for a figure as it is);
        - `few`, whether the place's rate would give fewer than 5 there;
        - `z`, the standard score of Gi*; `p`, from permutations, and `q`, allowing
          for the number of areas; `class`: "hot", "cold", "not clear" or "no
          neighbour";
        - `moran`, the local Moran; `moran_p` and `moran_q`; `moran_class`:
          "high-high", "low-low", "high-low", "low-high", or as above.
    left_out
        Area code -> why it was not tested at all.
    neighbours
        What makes areas neighbours, in words.
    permutations, level, seed
        How it was tested.
    """

    outcome: str
    table: pd.DataFrame
    left_out: pd.Series[str]
    neighbours: str
    permutations: int
    level: float
    seed: int

    @property
    def hot(self) -> pd.Series[bool]:
        """Whether each area that was tested is hot."""
        tested = self.table[self.table["class"] != ALONE]
        return (tested["class"] == "hot").rename("hot")

    @property
    def high(self) -> pd.Series[bool]:
        """Whether each area's own rate is high, whatever its neighbours are.

        High is a rate whose interval lies above the place's rate; of a figure as it
        is, one of the highest tenth. Nothing allows for how many areas are
        looked at, so some are high by chance; as a rule more are high than hot.
        """
        base = self.table["base"]
        rate, low = self.table["rate"], self.table["low"]
        if base.notna().any():
            return (low > 100 * self.table["count"].sum() / base.sum()).rename("high")
        return (rate >= rate.quantile(0.9)).rename("high")

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        found = self.table["class"].value_counts()
        named = {name: int(found.get(name, 0)) for name in ("hot", "cold", ALONE)}
        said = (
            f"Of {len(self.hot):,} areas tested for {self.outcome!r}, {named['hot']:,} "
            f"are hot and {named['cold']:,} cold: of those named, about "
            f"{100 * self.level:g} % at most are so by chance (Getis-Ord Gi*; "
            f"{self.permutations:,} permutations, seed {self.seed}; Benjamini-Hochberg;"
            f" neighbours are {self.neighbours})."
        )
        if named[ALONE] or len(self.left_out):
            said += (
                f" Not tested: {named[ALONE]:,} areas without a neighbour and "
                f"{len(self.left_out):,} without a value."
            )
        if self.table["few"].any():
            said += (
                f" In {int(self.table['few'].sum()):,} areas fewer than {LEAST} would "
                "be expected: their own rates say little."
            )
        return said


def hotspots(
    areas: pd.DataFrame,
    outcome: Mapping[str, str],
    near: Neighbours,
    *,
    permutations: int = 99_999,
    level: float = 0.05,
    seed: int = 0,
) -> Hotspots:
    """Find where an outcome gathers, and where it is rare.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index. Left as it is.
    outcome
        Label -> notation, of one variable; see :func:`segmentation.read_variables`.
    near
        What :func:`segmentation.where.neighbours.neighbours` found.
    permutations
        How often to shuffle. No p is below 2 / (permutations + 1), so with 999
        and level 0.05 fewer than 4 % of the areas cannot be named.
    level
        Greatest share of false ones, to be expected among the areas named.
    seed
        Seed of the shuffles.

    Returns
    -------
    hotspots
        Gi* [1]_ and local Moran [2]_ of standardised rates: a rate of few people
        jumps about more, so a rate with a base is first set against its own
        chance variation (empirical Bayes, [3]_). p is two-sided; for local Moran by
        conditional permutation. q is Benjamini and Hochberg's [4]_ over all areas
        that have a neighbour. The same for any order of the rows.

    Raises
    ------
    SegmentError
        If the outcome cannot be read or is not one, does not vary, fewer than five
        areas have it, or codes are unknown to the neighbours.

    References
    ----------
    .. [1] Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27 (4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x
    .. [2] Anselin, L. (1995). Local indicators of spatial association - LISA.
       Geographical Analysis 27 (2), 93-115.
       https://doi.org/10.1111/j.1538-4632.1995.tb00338.x
    .. [3] Assuncao, R. M. and Reis, E. A. (1999). A new proposal to adjust Moran's I
       for population density. Statistics in Medicine 18 (16), 2147-2162.
    .. [4] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery
       rate. Journal of the Royal Statistical Society B 57 (1), 289-300.
       https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from segmentation.where.neighbours import neighbours
    >>> squares = [box(x, y, x + 1, y + 1) for y in range(8) for x in range(8)]
    >>> areas = gpd.GeoDataFrame(geometry=squares, crs="EPSG:27700")
    >>> areas["area_code"] = [f"E{number:02}" for number in range(64)]
    >>> areas["ill"] = [60 if n % 8 < 3 and n < 24 else 10 + n % 3 for n in range(64)]
    >>> areas["people"] = 200
    >>> near = neighbours(areas, gap=0)
    >>> found = hotspots(areas, {"illness": "ill / people"}, near, permutations=9_999)
    >>> found.table.index[found.table["class"] == "hot"].tolist()
    ['E00', 'E01', 'E02', 'E08', 'E09', 'E10', 'E16', 'E17']
    """
    place = indexed_by_area(areas).sort_index()
    variable = _one(outcome, place)
    _check(place, near, permutations, level)
    table = _rates(place, variable)
    reasons = pd.Series("has no value", table.index[table["rate"].isna()], dtype="str")
    table = table.dropna(subset="rate")
    values = _standardised(table, variable)
    pairs = near.among(table.index)
    lone = np.diff(pairs.indptr) == 0
    table["z"], table["moran"], quadrant = _statistics(values, near.graph(table.index))
    sides = np.where(table["z"] > 0, "hot", "cold")
    for mark, names in (("", sides), ("moran_", quadrant)):
        p = shuffled_p(values, pairs, permutations, seed, own=not mark)
        q = np.full(len(p), np.nan)
        q[~lone] = false_discovery_control(p[~lone]) if not lone.all() else []
        table[f"{mark}p"], table[f"{mark}q"] = p, q
        table[f"{mark}class"] = np.select([lone, q <= level], [ALONE, names], UNCLEAR)
    return Hotspots(
        outcome=variable.label,
        table=table.rename_axis("area_code"),
        left_out=reasons,
        neighbours=near.rule,
        permutations=permutations,
        level=level,
        seed=seed,
    )


def _one(outcome: Mapping[str, str], place: pd.DataFrame) -> Variable:
    if len(outcome) != 1:
        msg = (
            f"{len(outcome)} outcomes were given: {few(list(outcome))}. Ask for one at "
            "a time, such as {'illness': 'ill / people'}."
        )
        raise SegmentError(msg)
    return read_variables(outcome, list(place.columns))[0]


def _check(
    place: pd.DataFrame, near: Neighbours, permutations: int, level: float
) -> None:
    strange = place.index.difference(near.points.index).tolist()
    if strange:
        msg = (
            f"{len(strange)} of {len(place)} areas are unknown to the neighbours: "
            f"{few(strange)}. Find the neighbours of the same areas."
        )
        raise SegmentError(msg)
    if not 0 < level < 1 or permutations < 2 / level - 1:
        msg = (
            f"with {permutations} permutations no area could be named at level {level}."
            " Set a level between 0 and 1, and permute at least 2 / level times."
        )
        raise SegmentError(msg)


def _rates(place: pd.DataFrame, variable: Variable) -> pd.DataFrame:
    parts = filter(None, (variable.numerator, variable.denominator))
    text = " / ".join(" + ".join(names) for names in parts)
    rate = rates(place, {"rate": text})["rate"]
    table = pd.DataFrame({"rate": rate, "low": np.nan, "high": np.nan})
    table["count"], table["base"], table["few"] = np.nan, np.nan, False
    if variable.is_share:
        table["count"] = counts(place, variable.numerator)
        table["base"] = counts(place, variable.denominator)
        known = table[rate.notna()]
        low, high = proportion_confint(known["count"], known["base"], method="wilson")
        bounds = np.column_stack([100 * low, 100 * high])
        table.loc[known.index, ["low", "high"]] = bounds
        average = known["count"].sum() / known["base"].sum() if len(known) else np.nan
        table["few"] = table["base"] * average < LEAST
    return table


def _standardised(table: pd.DataFrame, variable: Variable) -> NDArray[np.float64]:
    values = table["rate"].to_numpy(dtype=np.float64)
    if len(values) < LEAST or np.ptp(values) == 0:
        what = "all alike" if len(values) else "none"
        msg = (
            f"outcome {variable.label!r} is known of {len(values)} areas, {what}. "
            f"Hotspots need {LEAST} areas or more, whose values differ."
        )
        raise SegmentError(msg)
    if not variable.is_share:
        return values
    from esda.smoothing import assuncao_rate  # noqa: PLC0415 - slow to import

    count, base = (table[name].to_numpy() for name in ("count", "base"))
    return np.asarray(assuncao_rate(count, base))


def _statistics(
    values: NDArray[np.float64], graph: Graph
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
    """Return Gi*, local Moran and the name of its quadrant, through esda."""
    from esda import G_Local, Moran_Local  # noqa: PLC0415 - slow to import

    above = values - values.min() + 1  # Gi* stays the same, and esda divides by a sum
    alike = np.errstate(invalid="ignore", divide="ignore")  # all neighbours of all
    with alike, warnings.catch_warnings():  # esda switches scipy's warnings on for good
        gi = G_Local(above, graph, transform="B", permutations=0, star=True)
        moran = Moran_Local(values, graph, permutations=0)
    names = np.asarray(QUADRANTS)[np.asarray(moran.q, dtype=int) - 1]
    return np.asarray(gi.Zs), np.asarray(moran.Is), names
