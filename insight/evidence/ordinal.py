"""Whether an ordinal score goes with a count out of an exposure, in few units.

The question knows nothing of what is scored or counted: maturity of insight and flags
an area, depth of analysis and quality of a count of spend, training and complaints.
Counts become rates, rates and scores are ranked, and every p is by permutation: exact
where the ways can be counted, else from random orders with their error (152 areas).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.evidence.bootstrap import Bootstrap, bootstrap_interval
from insight.evidence.exposed import ScoreTest, score_test
from insight.evidence.gamma import Gamma, goodman_kruskal_gamma
from insight.evidence.interval import (
    least_detectable_tau,
    rho_interval,
    tau_interval,
)
from insight.evidence.permutation import permutation_p
from insight.evidence.points import Points, points_of
from insight.evidence.ranks import Statistic, kendall_tau_b, spearman_rho

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.evidence.exact import PermutationP

__all__ = ["OrdinalAssociation", "Ranked", "associate_ordinal", "ranked"]

FEWEST: Final = 4
NAMES: Final[dict[Statistic, str]] = {
    "tau-b": "Kendall's tau-b",
    "spearman": "Spearman's rho",
    "gamma": "Goodman and Kruskal's gamma",
}


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One rank statistic with all that must stand beside it.

    Parameters
    ----------
    statistic
        "tau-b", "spearman" or "gamma".
    value
        From -1 to 1.
    p
        Two-sided permutation p: |statistic| at least as large.
    interval
        95 %: Bonett and Wright's for tau-b and rho, from its standard error for gamma;
        `None` where the formula has no value.
    bootstrap
        BCa interval, beside it.
    n
        Units.
    """

    statistic: Statistic
    value: float
    p: PermutationP
    interval: tuple[float, float] | None
    bootstrap: Bootstrap
    n: int

    def __str__(self) -> str:
        """Say the statistic, its intervals, n and p."""
        spread = "no interval by formula"
        if self.interval is not None:
            spread = "95 % interval {:+.2f} to {:+.2f}".format(*self.interval)
        return (
            f"{NAMES[self.statistic]} {self.value:+.2f} ({spread}; {self.bootstrap}; "
            f"{self.n} units), {self.p}"
        )


@dataclass(frozen=True, kw_only=True)
class OrdinalAssociation:
    """How a score and a rate rank together.

    Parameters
    ----------
    tau, gamma, rho
        The rank statistics.
    detail
        Gamma with its standard error and pairs.
    shift
        The exposure-aware score test.
    table
        Indexed by unit: `score`, `count`, `exposure` and `rate`.
    names
        The caller's columns: of score, count and exposure.
    left_out
        Unit to reason.
    least_detectable
        Size of tau that four studies of five with so many units would detect.
    """

    tau: Ranked
    gamma: Ranked
    rho: Ranked
    detail: Gamma
    shift: ScoreTest
    table: pd.DataFrame
    names: tuple[str, str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    least_detectable: float | None = None

    @property
    def points(self) -> Points:
        """The units used, as arrays."""
        return points_of(
            *(self.table[name].tolist() for name in ("score", "count", "exposure"))
        )

    def __str__(self) -> str:
        """Say the result as sentences."""
        score, count, exposure = self.names
        units = self.table
        said = [
            (
                f"Across {len(units)} units with {int(units['count'].sum())} {count} "
                f"over {units['exposure'].sum():g} {exposure}, {score} and {count} per "
                f"{exposure} have {self.tau}; {self.gamma}; {self.rho}."
            ),
            str(self.shift),
        ]
        if self.least_detectable is not None:
            said.append(
                f"So few units would detect, four times in five, only a true tau of "
                f"{self.least_detectable:.2f} or more in size."
            )
        if self.left_out:
            shown = "; ".join(f"{unit} ({why})" for unit, why in self.left_out.items())
            said.append(f"Left out: {shown}.")
        return " ".join(said)


def ranked(
    points: Points,
    statistic: Statistic,
    *,
    draws: int = 9999,
    random_state: int = 0,
) -> Ranked:
    """Return a rank statistic of score against rate, with p and intervals.

    Examples
    --------
    >>> points = points_of([1, 2, 2, 3, 4], [3, 1, 2, 1, 0], [1] * 5)
    >>> found = ranked(points, "tau-b")
    >>> round(found.value, 2), round(found.p.p, 2)
    (-0.89, 0.05)
    """
    score, rate = points.score.tolist(), points.rate.tolist()
    if statistic == "gamma":
        gamma = goodman_kruskal_gamma(score, rate)
        value, interval = gamma.value, gamma.interval
    elif statistic == "spearman":
        value = spearman_rho(score, rate)
        interval = rho_interval(value, points.n)
    else:
        value = kendall_tau_b(score, rate)
        interval = tau_interval(value, points.n)
    return Ranked(
        statistic=statistic,
        value=value,
        p=permutation_p(
            score, rate, statistic=statistic, draws=draws, random_state=random_state
        ),
        interval=interval,
        bootstrap=bootstrap_interval(
            score, rate, statistic=statistic, random_state=random_state
        ),
        n=points.n,
    )


def associate_ordinal(
    table: pd.DataFrame,
    *,
    score: str,
    count: str,
    exposure: str,
    draws: int = 9999,
    random_state: int = 0,
) -> OrdinalAssociation:
    """Test whether an ordinal score goes with a count out of an exposure.

    Parameters
    ----------
    table
        One row a unit, indexed by its name. A unit with a blank is left out by name.
    score
        Column of scores, ordinal; only their order matters to the rank statistics,
        their size to the score test.
    count
        Column of counts: whole numbers from 0. A count that is not known is blank.
    exposure
        Column of what the count is out of: areas, persons, years; above 0. Counts
        without exposure are refused: where every unit had the same chance to be
        counted, add a column of 1 and so say it.
    draws, random_state
        For p where it cannot be exact, and seed, also of the bootstrap.

    Returns
    -------
    association
        Tau-b, gamma and rho of score against count / exposure, and the score test,
        each with a two-sided p: the share of all ways to deal the figures out whose
        statistic is at least as far from zero.

    Raises
    ------
    InsightError
        If a column is missing, a unit is there twice, a count is not a whole number
        from 0, fewer than four units are complete, or score or rate does not vary.

    References
    ----------
    See :mod:`insight.evidence.ranks`, :mod:`insight.evidence.gamma`,
    :mod:`insight.evidence.exact`, :mod:`insight.evidence.exposed` and
    :mod:`insight.evidence.interval`.

    Examples
    --------
    >>> units = pd.DataFrame(
    ...     {"depth": [1, 2, 2, 3, 4], "gaps": [3, 1, 2, 1, 0], "tables": [1] * 5},
    ...     index=["A", "B", "C", "D", "E"],
    ... )
    >>> found = associate_ordinal(units, score="depth", count="gaps", exposure="tables")
    >>> round(found.tau.value, 2), round(found.tau.p.p, 2)
    (-0.89, 0.05)
    """
    columns = {"score": score, "count": count, "exposure": exposure}
    lacks = [name for name in columns.values() if name not in table]
    if lacks:
        msg = (
            f"the table lacks {lacks}; it has {list(table.columns)}. Name the columns "
            "of score, count and exposure. A count says nothing without what it is out "
            "of: where all units are alike, add a column of 1."
        )
        raise InsightError(msg)
    if not table.index.is_unique:
        msg = (
            f"{int(table.index.duplicated().sum())} units are in the table twice. Keep "
            "one row a unit."
        )
        raise InsightError(msg)
    figures = pd.DataFrame(
        {
            name: pd.to_numeric(table[column]).astype("float64")
            for name, column in columns.items()
        }
    )
    left_out = {
        str(unit): "no " + " and no ".join(columns[name] for name in row.index[row])
        for unit, row in figures.isna().iterrows()
        if row.any()
    }
    used = figures.dropna()
    if len(used) < FEWEST:
        shown = "; ".join(f"{unit}: {why}" for unit, why in left_out.items())
        msg = (
            f"only {len(used)} units are complete; {FEWEST} are needed. Left out: "
            f"{shown or 'none'}. Fill the gaps from a source; do not put zero."
        )
        raise InsightError(msg)
    points = points_of(*(used[name].tolist() for name in columns))
    found = {
        statistic: ranked(points, statistic, draws=draws, random_state=random_state)
        for statistic in NAMES
    }
    return OrdinalAssociation(
        tau=found["tau-b"],
        gamma=found["gamma"],
        rho=found["spearman"],
        detail=goodman_kruskal_gamma(points.score.tolist(), points.rate.tolist()),
        shift=score_test(points, draws=draws, random_state=random_state),
        table=used.assign(count=used["count"].astype(np.int64), rate=points.rate),
        names=(score, count, exposure),
        left_out=left_out,
        least_detectable=least_detectable_tau(points.n),
    )
