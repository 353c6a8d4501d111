"""Siting: which possible sites to open next, beside those that are open.

Two aims. "coverage" opens the sites that bring most people within reach (maximal
covering). "distance" opens those that shorten the way of all people most (p-median).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pulp

from segmentation.errors import SegmentError
from segmentation.where.travel import travel_matrix

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from segmentation.where.travel import Reach

__all__ = ["Siting", "choose_sites"]

Floats: TypeAlias = "NDArray[np.float64]"
Aim: TypeAlias = Literal["coverage", "distance"]
SOLVERS: Final = ("PULP_CBC_CMD", "COIN_CMD", "HiGHS")
SECONDS: Final = 120  # after which the best found so far is taken, and said to be that
LOST: Final = 2.0  # a way that is not known counts as the longest known, times this


@dataclass(frozen=True, kw_only=True)
class Siting:
    """Which possible sites to open, and what that would bring.

    Parameters
    ----------
    chosen
        Their `site_id`, sorted.
    aim
        "coverage" or "distance".
    before, after
        With the open sites alone, and with the chosen ones: per cent of residents
        within reach, or mean travel of a resident.
    greedy, greedy_after
        The same by opening one site after the other, the best at each step.
    optimal
        Whether the solver proved that no other choice is better.
    possible, n, residents
        How many sites could be opened, for how many areas and residents.
    lost
        Areas from which no way to an open or chosen site is known.
    assumed
        Areas from which no way to an open site is known: with the aim "distance"
        their way before counts as twice the longest, which `before` rests on.
    reach
        How far is near enough, and the unit.
    """

    chosen: tuple[str, ...]
    aim: Aim
    before: float
    after: float
    greedy: tuple[str, ...]
    greedy_after: float
    optimal: bool
    possible: int
    n: int
    residents: float
    lost: tuple[str, ...]
    assumed: int
    reach: Reach

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        if self.aim == "coverage":
            effect = (
                f"raise the share of residents within {self.reach} from "
                f"{self.before:.1f} to {self.after:.1f} %"
            )
            other = f"{self.greedy_after:.1f} %"
        else:
            effect = (
                f"shorten the mean way to the nearest site from {self.before:,.1f} to "
                f"{self.after:,.1f} {self.reach.unit}"
            )
            other = f"{self.greedy_after:,.1f} {self.reach.unit}"
        proof = (
            "no other choice does better"
            if self.optimal
            else f"the best found in {SECONDS} seconds, not proved to be the best"
        )
        lost = f" From {len(self.lost):,} areas no way is known." if self.lost else ""
        if self.aim == "distance" and self.assumed:
            lost += (
                f" From {self.assumed:,} areas no way to an open site is known: it "
                "counts as twice the longest."
            )
        return (
            f"Opening {', '.join(self.chosen)}, of {self.possible:,} possible sites, "
            f"would {effect} ({self.residents:,.0f} residents of {self.n:,} areas; "
            f"{proof}). Opening the best one at a time would reach {other}.{lost}"
        )


def choose_sites(
    residents: pd.Series[float],
    travel: pd.DataFrame,
    sites: pd.DataFrame,
    reach: Reach,
    *,
    new: int,
    aim: Aim = "coverage",
) -> Siting:
    """Choose the possible sites to open, all together, and prove the choice.

    Parameters
    ----------
    residents
        Residents, or a need such as admissions, of each area, by area code; areas
        where it is missing do not count.
    travel, sites
        See :func:`segmentation.where.travel.travel_matrix`. Open sites stay open.
    reach
        How far is near enough, ends included.
    new
        How many sites to open.
    aim
        "coverage": most residents within reach [1]_. "distance": least mean travel to
        the nearest site [2]_; a way that is not known counts as twice the longest.

    Returns
    -------
    siting
        Where several choices are equally good, the solver's; the same for any order
        of the rows.

    Raises
    ------
    SegmentError
        As :func:`travel_matrix`, and if there are fewer possible
        sites than `new`, nobody lives in the areas or no solver is at hand.

    References
    ----------
    .. [1] Church, R. and ReVelle, C. (1974). The maximal covering location problem.
       Papers of the Regional Science Association 32, 101-118.
       https://doi.org/10.1007/BF01942293
    .. [2] ReVelle, C. S. and Swain, R. W. (1970). Central facilities location.
       Geographical Analysis 2 (1), 30-42.
       https://doi.org/10.1111/j.1538-4632.1970.tb00142.x

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation.where.travel import Reach
    >>> residents = pd.Series({"A": 100, "B": 60, "C": 50})
    >>> travel = pd.DataFrame(
    ...     {
    ...         "area_code": ["A", "B", "C", "B"],
    ...         "site_id": ["hub", "north", "south", "south"],
    ...         "minutes": [5, 5, 5, 12],
    ...     }
    ... )
    >>> sites = pd.DataFrame(
    ...     {
    ...         "site_id": ["hub", "north", "south"],
    ...         "status": ["open", "possible", "possible"],
    ...     }
    ... )
    >>> reach = Reach(within=15, unit="minutes")
    >>> print(choose_sites(residents, travel, sites, reach, new=1))
    Opening south, of 2 possible sites, would raise the share of residents within 15 \
minutes from 47.6 to 100.0 % (210 residents of 3 areas; no other choice does better). \
Opening the best one at a time would reach 100.0 %.
    """
    matrix = travel_matrix(residents, travel, sites, reach)
    people = np.asarray(residents.reindex(matrix.index), dtype=np.float64)
    could = sorted(sites.loc[sites["status"] == "possible", "site_id"])
    is_open = sites.loc[sites["status"] == "open", "site_id"]
    if not 1 <= new <= len(could) or people.sum() <= 0:
        msg = (
            f"{new} new sites were asked for, {len(could)} are possible, and "
            f"{people.sum():,.0f} residents are known. Ask for 1 or more, and for no "
            "more than are possible."
        )
        raise SegmentError(msg)
    now = matrix[sorted(is_open)].min(axis=1).to_numpy(dtype=np.float64)
    then = matrix[could].to_numpy(dtype=np.float64)
    costs = _costs(np.column_stack([now, then]), reach, aim)
    best, optimal = _solved(costs, people, new, aim)
    step_by_step = _greedy(costs, people, new)
    chosen = [could[at - 1] for at in best]
    after = np.column_stack([now, then[:, [at - 1 for at in best]]])
    return Siting(
        chosen=tuple(map(str, chosen)),
        aim=aim,
        before=_said(costs, people, [], aim),
        after=_said(costs, people, best, aim),
        greedy=tuple(str(could[at - 1]) for at in step_by_step),
        greedy_after=_said(costs, people, step_by_step, aim),
        optimal=optimal,
        possible=len(could),
        n=len(matrix),
        residents=float(people.sum()),
        lost=tuple(map(str, matrix.index[np.isnan(after).all(axis=1)])),
        assumed=int(np.isnan(now).sum()),
        reach=reach,
    )


def _costs(away: Floats, reach: Reach, aim: Aim) -> Floats:
    """Return what a resident costs a site: the way, or 1 where it is out of reach.

    The first column is the nearest of the open sites, all of them in one.
    """
    if aim == "coverage":
        return (~(away <= reach.within)).astype(np.float64)  # NaN is not within
    unknown = np.isnan(away)
    ways = away.copy()
    ways[unknown] = LOST * float(np.nanmax(away))
    return ways


def _total(costs: Floats, people: Floats, chosen: list[int]) -> float:
    return float(people @ costs[:, [0, *chosen]].min(axis=1))


def _said(
    costs: Floats,
    people: Floats,
    chosen: list[int],
    aim: Aim,
) -> float:
    mean = _total(costs, people, chosen) / float(people.sum())
    return 100 * (1 - mean) if aim == "coverage" else mean


def _greedy(costs: Floats, people: Floats, new: int) -> list[int]:
    chosen: list[int] = []
    for _ in range(new):
        rest = [at for at in range(1, costs.shape[1]) if at not in chosen]
        totals = [_total(costs, people, [*chosen, at]) for at in rest]
        chosen.append(rest[int(np.argmin(totals))])
    return sorted(chosen)


def _solved(
    costs: Floats, people: Floats, new: int, aim: Aim
) -> tuple[list[int], bool]:
    """Return the columns to open, and whether no others are proved to be better."""
    from spopt.locate import MCLP, PMedian  # noqa: PLC0415 - slow to import

    fixed = np.zeros(costs.shape[1], dtype=np.int64)
    fixed[0] = 1
    options = {"p_facilities": new + 1, "predefined_facilities_arr": fixed}
    try:
        with warnings.catch_warnings():  # PuLP gives notice that it will name anew
            warnings.simplefilter("ignore", DeprecationWarning)
            if aim == "coverage":
                model = MCLP.from_cost_matrix(costs, people, 0, **options)
            else:
                model = PMedian.from_cost_matrix(costs, people, **options)
            model.solve(_solver(), results=False)
    except (RuntimeError, pulp.PulpSolverError) as failed:
        msg = (
            f"the solver found no choice of {new} sites: {failed}. Ask for fewer, or "
            "leave out sites that are out of the question."
        )
        raise SegmentError(msg) from failed
    best = [
        at
        for at, each in enumerate(model.fac_vars)
        if at and each.value() > 0.5  # noqa: PLR2004 - 0 or 1
    ]
    return best, model.problem.sol_status == pulp.LpSolutionOptimal


def _solver() -> pulp.LpSolver:
    for name in SOLVERS:
        try:
            solver = pulp.getSolver(name, msg=False, timeLimit=SECONDS, gapRel=0)
        except pulp.PulpSolverError:
            continue
        if solver.available():
            return solver
    msg = (
        f"no solver is at hand to choose sites; looked for {', '.join(SOLVERS)}. "
        "Install one, such as with `pip install highspy`."
    )
    raise SegmentError(msg)
