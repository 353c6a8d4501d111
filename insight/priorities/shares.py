"""What residents chose: the share who took each level of a service, at each budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

if TYPE_CHECKING:
    from insight.priorities.grids import Grids

__all__ = ["level_shares"]


def level_shares(grids: Grids) -> pd.DataFrame:
    """Return how many respondents took each level, at each budget.

    Parameters
    ----------
    grids
        Whole grids.

    Returns
    -------
    shares
        One row a budget and level, in order of budgets and levels: `budget`,
        `service`, `level`, `description`, `chosen` (respondents who took it) of
        `respondents`, the weighted `share`, and its 95 % interval `low` to `high`
        (Wilson, on the effective number of respondents).

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22 (158), 209-212.
    https://doi.org/10.1080/01621459.1927.10502953. Kish, L. (1965). Survey Sampling.
    Wiley (the effective number).

    Examples
    --------
    >>> from insight.priorities.answers import levels_of
    >>> from insight.priorities.grids import grids_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1, 0), ("Parks", 2, 5)], columns=["service", "level", "points"]))
    >>> rows = [("a", 5, "Parks", 2), ("b", 5, "Parks", 1)]
    >>> columns = ["respondent", "budget", "service", "level"]
    >>> found = level_shares(grids_of(pd.DataFrame(rows, columns=columns), levels))
    >>> found[["level", "chosen", "respondents"]].to_numpy().tolist()
    [[1, 1, 2], [2, 1, 2]]
    """
    weight = grids.respondents["weight"].to_numpy("float64")[grids.owner]
    frames = []
    for place, budget in enumerate(grids.budgets):
        at = grids.budget == place
        own, chosen = weight[at], grids.chosen[at]
        share = own @ chosen / own.sum()
        effective = own.sum() ** 2 / (own**2).sum()
        low, high = proportion_confint(share * effective, effective, method="wilson")
        frame = grids.levels.table[["service", "level", "description"]].assign(
            budget=budget,
            chosen=chosen.sum(axis=0).astype("int64"),
            respondents=int(at.sum()),
            share=share,
            low=low,
            high=high,
        )
        frames.append(frame)
    columns = ["budget", "service", "level", "description", "chosen", "respondents"]
    return pd.concat(frames, ignore_index=True)[[*columns, "share", "low", "high"]]
