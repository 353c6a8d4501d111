"""How likely each affordable package of levels is: an exact likelihood.

A respondent with a budget can choose any package of one level of each service that
costs no more. The probability of a package is proportional to exp of the sum of the
utilities of its levels, over all packages that the budget allows: a multinomial logit
whose options are all of them, often millions. Their sum is found exactly without
listing them, by adding one service at a time over points spent (a convolution), and
so are the expected choices and their covariance. The mean choices are sufficient, so
that many resamples are fitted at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from insight.errors import InsightError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insight.priorities.grids import Grids

    Floats = NDArray[np.float64]

__all__ = ["CLOSE", "LOOSE", "ROUNDS", "counted_by", "expected_choices", "fit_packages"]

LOOSE: Final = 0.05
"""Precision of the normal prior on each utility (a standard deviation of 4.5): it
keeps a level that nobody chose from having no value at all, and moves others little.
"""
ROUNDS: Final = 60
CLOSE: Final = 1e-9


def fit_packages(
    grids: Grids,
    weights: Floats,
    *,
    precision: float = LOOSE,
    start: Floats | None = None,
) -> Floats:
    """Return the utility of each level on offer, for each way to weigh respondents.

    Parameters
    ----------
    grids
        Whole grids.
    weights
        One row a resample and one column a respondent: how often each counts.
    precision
        Of the prior on each utility; 0 for none.
    start
        Utilities to start from, one row; any lead to the same result.

    Returns
    -------
    utilities
        One row a resample and one column a level, in the order of the levels; the
        lowest level of each service is nought.

    Raises
    ------
    InsightError
        If a row of weights counts nobody.

    References
    ----------
    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior.
    In Zarembka, P. (ed.), Frontiers in Econometrics, 105-142. Gail, M. H., Lubin, J.
    H. and Rubinstein, L. V. (1981). Likelihood calculations for matched case-control
    studies and survival studies with tied death times. Biometrika 68 (3), 703-707
    (sums over subsets by recursion). https://doi.org/10.1093/biomet/68.3.703

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.priorities.answers import levels_of
    >>> from insight.priorities.grids import grids_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1, 0), ("Parks", 2, 1), ("Bins", 1, 0), ("Bins", 2, 1)],
    ...     columns=["service", "level", "points"]))
    >>> rows = [(who, 1, service, 1 + (service == ("Parks" if who < 3 else "Bins")))
    ...         for who in range(4) for service in ("Parks", "Bins")]
    >>> columns = ["respondent", "budget", "service", "level"]
    >>> grids = grids_of(pd.DataFrame(rows, columns=columns), levels)
    >>> found = fit_packages(grids, np.ones((1, 4)), precision=1e-9)[0]
    >>> round(float(found[3] - found[1]), 3), round(float(np.log(3)), 3)
    (1.099, 1.099)
    """
    totals = counted_by(weights)
    scaled = weights / totals[:, None]
    free = grids.levels.free
    wanted, counts = [], []
    for place in range(len(grids.budgets)):
        at = grids.budget == place
        share = scaled[:, grids.owner[at]]
        counts.append(share.sum(axis=1))
        wanted.append(share @ grids.chosen[at])
    number, want = np.array(counts), np.array(wanted).sum(axis=0)[:, free]
    prior = precision / totals[:, None]
    utilities: Floats = np.zeros((len(weights), grids.chosen.shape[1]))
    utilities += 0.0 if start is None else start
    for _ in range(ROUNDS):
        mean = np.zeros_like(want)
        spread = np.zeros((*want.shape, want.shape[1]))
        for place, budget in enumerate(grids.budgets):
            one, two = expected_choices(grids, utilities, budget)
            much = number[place][:, None]
            mean += much * one[:, free]
            spread = spread + much[..., None] * (
                two[:, free][:, :, free] - one[:, free, None] * one[:, None, free]
            )
        gradient = want - mean - prior * utilities[:, free]
        step = _solved(spread + prior[..., None] * np.eye(len(free)), gradient)
        # A step of more than 2 logits overshoots where a level is rare: shorten it.
        largest = np.abs(step).max(axis=1, keepdims=True)
        utilities[:, free] += step * np.minimum(1, 2 / np.maximum(largest, CLOSE))
        if largest.max() < CLOSE:
            break
    return utilities


def counted_by(weights: Floats) -> Floats:
    """Return how many respondents each resample counts; none may count nobody."""
    totals: Floats = weights.sum(axis=1)
    if not (totals > 0).all():
        msg = "a resample counts no respondent, so nothing can be estimated from it."
        raise InsightError(msg)
    return totals


def _solved(spread: Floats, gradient: Floats) -> Floats:
    """Return the step of Newton; without a prior some directions may be flat."""
    firm = spread + 1e-12 * np.eye(spread.shape[1])
    solved = np.linalg.solve(firm, gradient[..., None])[..., 0]
    return solved.astype(np.float64)


def expected_choices(
    grids: Grids, utilities: Floats, budget: int
) -> tuple[Floats, Floats]:
    """Return how likely each level is to be in a package, and each pair of levels.

    Parameters
    ----------
    grids
        For the levels on offer and their points.
    utilities
        One row a resample and one column a level.
    budget
        Points that a package may cost.

    Returns
    -------
    one, two
        Resample x level, and resample x level x level: exact, over every package.
    """
    places, points, most = _priced(grids, budget)
    weight = np.exp(utilities - utilities.max(axis=1, keepdims=True))
    one = _masses(weight, points, places, most)
    two = np.zeros((*one.shape, one.shape[1]))
    for number, at in enumerate(places):
        others = places[:number] + places[number + 1 :]
        for level in at:
            two[:, level, level] = one[:, level]
            left = most - points[level]
            if left >= 0 and others:
                rest = _masses(weight, points, others, left)
                two[:, level] += weight[:, level, None] * rest
    whole = one[:, places[0]].sum(axis=1)
    return one / whole[:, None], two / whole[:, None, None]


def _priced(
    grids: Grids, budget: int
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64], int]:
    """Return levels by service, their points above the lowest, and points to spend.

    All are divided by what they share, so that a budget of pounds is as quick.
    """
    table = grids.levels.table
    points = table["points"].to_numpy("int64")
    places = [
        np.flatnonzero(table["service"].eq(name).to_numpy())
        for name in grids.levels.services
    ]
    least = sum(int(points[at[0]]) for at in places)
    extra = np.concatenate([points[at] - points[at[0]] for at in places])
    unit = max(int(np.gcd.reduce(extra)), 1)
    most = min(budget - least, sum(int(extra[at].max()) for at in places))
    return places, extra // unit, most // unit


def _masses(
    weight: Floats,
    points: NDArray[np.int64],
    places: list[NDArray[np.int64]],
    most: int,
) -> Floats:
    """Return the summed weight of all affordable packages that hold each level."""
    start = np.zeros((len(weight), most + 1))
    start[:, 0] = 1.0
    before, after = [start], [start]
    for at in places[:-1]:
        before.append(_grown(before[-1], weight, points, at))
    for at in places[:0:-1]:
        after.append(_grown(after[-1], weight, points, at))
    masses = np.zeros_like(weight)
    for at, spent, rest in zip(places, before, after[::-1], strict=True):
        within = np.cumsum(rest, axis=1)
        for level in at:
            left = most - points[level]
            if left >= 0:
                paths = spent[:, : left + 1] * within[:, left::-1]
                masses[:, level] = weight[:, level] * paths.sum(axis=1)
    return masses


def _grown(
    spent: Floats, weight: Floats, points: NDArray[np.int64], at: NDArray[np.int64]
) -> Floats:
    """Add a service: the weight of packages by points spent, one more level in each."""
    grown = np.zeros_like(spent)
    for level in at:
        cost = points[level]
        if cost < spent.shape[1]:
            kept = spent[:, : spent.shape[1] - cost]
            grown[:, cost:] += weight[:, level, None] * kept
    return grown
