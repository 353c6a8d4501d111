"""Conditional logit of choices between options, fitted to many resamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insight.priorities.packages import CLOSE, LOOSE, ROUNDS, counted_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insight.priorities.choices import Choices

    Floats = NDArray[np.float64]

__all__ = ["fit_choices"]


def fit_choices(
    choices: Choices,
    weights: Floats,
    *,
    precision: float = LOOSE,
    start: Floats | None = None,
) -> Floats:
    """Return the utility of each level on offer, for each way to weigh respondents.

    Parameters
    ----------
    choices
        Whole choices.
    weights
        One row a resample and one column a respondent: how often each counts.
    precision
        Of the normal prior on each utility; 0 for none. A level that was always or
        never picked has no estimate without.
    start
        Utilities to start from, one row; any lead to the same result.

    Returns
    -------
    utilities
        One row a resample and one column a level; the lowest level of each service
        is nought. Where no option holds a lowest level, only differences mean
        anything, and the prior settles where nought lies.

    Raises
    ------
    InsightError
        If a row of weights counts nobody.

    References
    ----------
    McFadden (1974), as for :func:`insight.priorities.packages.fit_packages`. Louviere,
    J. J., Flynn, T. N. and Marley, A. A. J. (2015). Best-worst scaling. Cambridge
    University Press. https://doi.org/10.1017/CBO9781107337855 (best, then worst of
    what is left).

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.priorities.answers import levels_of
    >>> from insight.priorities.choices import NEEDED, choices_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1), ("Parks", 2), ("Bins", 1), ("Bins", 2)],
    ...     columns=["service", "level"]))
    >>> rows = [(who, 1, at, name, 2, "best" if at == (who < 3) else None)
    ...         for who in range(4) for at, name in enumerate(["Bins", "Parks"])]
    >>> choices = choices_of(pd.DataFrame(rows, columns=list(NEEDED)), levels)
    >>> found = fit_choices(choices, np.ones((1, 4)), precision=1e-9)[0]
    >>> round(float(found[3] - found[1]), 3), round(float(np.log(3)), 3)
    (1.099, 1.099)
    """
    counted_by(weights)
    free = choices.levels.free
    design = choices.options[:, free]
    order = np.argsort(choices.choice, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sets = _Sets(
        design=design[order],
        firsts=np.flatnonzero(np.diff(choices.choice[order], prepend=-1)),
        of=choices.choice[order],
        picked=place[choices.picked],
        owner=choices.owner,
    )
    utilities = np.zeros((len(weights), choices.options.shape[1]))
    first = np.zeros(len(free)) if start is None else start.reshape(-1)[free]
    for row, weight in enumerate(weights):
        utilities[row, free] = sets.fit(weight, precision, first)
    return utilities


@dataclass(frozen=True, kw_only=True)
class _Sets:
    """Choice sets one after another, as numbers."""

    design: Floats
    firsts: NDArray[np.int64]
    of: NDArray[np.int64]
    picked: NDArray[np.int64]
    owner: NDArray[np.int64]

    def fit(self, weight: Floats, precision: float, start: Floats) -> Floats:
        """Return utilities at the most of the penalised likelihood (Newton)."""
        each = np.empty(len(self.firsts))
        each[self.of[self.picked]] = weight[self.owner]
        times = each[self.of]
        want = weight[self.owner] @ self.design[self.picked]
        found = start.copy()
        prior = max(precision, CLOSE) * np.eye(len(found))
        for _ in range(ROUNDS):
            value = self.design @ found
            top = np.maximum.reduceat(value, self.firsts)[self.of]
            mass = np.exp(value - top)
            chance = mass / np.add.reduceat(mass, self.firsts)[self.of]
            counted = self.design * (times * chance)[:, None]
            means = np.add.reduceat(self.design * chance[:, None], self.firsts)
            spread = self.design.T @ counted - means.T @ (means * each[:, None])
            gradient = want - counted.sum(axis=0) - precision * found
            step = np.linalg.solve(spread + prior, gradient)
            found += step * min(1.0, 2 / max(float(np.abs(step).max()), CLOSE))
            if np.abs(step).max() < CLOSE:
                break
        return found
