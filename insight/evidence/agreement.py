"""Whether coders who read the same evidence gave it the same level.

Ordinal Krippendorff alpha: 1 less observed disagreement over the disagreement to
be expected if the same levels were dealt out at random. Between two levels the
disagreement is the squared number of ratings that lie from one to the other, each
end counted half, so only the order of levels matters. Cells may be blank; a unit
rated once says nothing of agreement and is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["exact_agreement", "ordinal_alpha"]


def _pairable(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return units (rows) rated at least twice."""
    return ratings[ratings.notna().sum(axis=1) > 1].astype("float64")


def exact_agreement(ratings: pd.DataFrame) -> float:
    """Return the share of units rated at least twice whose ratings are all equal.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank where a coder gave no level.

    Returns
    -------
    share
        From 0 to 1; not a number if no unit was rated twice.

    Examples
    --------
    >>> import pandas as pd
    >>> exact_agreement(pd.DataFrame({"Ann": [1, 2, 3], "Bob": [1, 3, None]}))
    0.5
    """
    units = _pairable(ratings)
    if units.empty:
        return float("nan")
    return float((units.max(axis=1) == units.min(axis=1)).mean())


def ordinal_alpha(ratings: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for ordered levels.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank where a coder gave no level.

    Returns
    -------
    alpha
        1 is full agreement, 0 what chance gives, below 0 less than that. Not a
        number if no unit was rated twice or all ratings are one level, since then
        nothing can be expected of chance.

    Raises
    ------
    InsightError
        If there are fewer than two columns.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University
    of Pennsylvania, https://repository.upenn.edu/asc_papers/43. Hayes, A. F. and
    Krippendorff, K. (2007). Answering the call for a standard reliability measure
    for coding data. Communication Methods and Measures 1 (1), 77-89.
    https://doi.org/10.1080/19312450709336664

    Examples
    --------
    >>> import pandas as pd
    >>> ratings = pd.DataFrame({"Ann": [1, 2, 3, 4], "Bob": [1, 2, 4, 4]})
    >>> round(ordinal_alpha(ratings), 3)
    0.91
    """
    if ratings.shape[1] < 2:  # noqa: PLR2004 - agreement takes two
        msg = (
            f"agreement needs two coders; seen {ratings.shape[1]}. Have a second coder "
            "read the evidence without seeing the first one's levels or the flags."
        )
        raise InsightError(msg)
    units = _pairable(ratings)
    levels = np.unique(units.to_numpy()[units.notna().to_numpy()])
    if len(levels) < 2:  # noqa: PLR2004 - one level leaves nothing to expect
        return float("nan")
    # counts: how often each unit was given each level
    counts = np.stack([(units == level).sum(axis=1).to_numpy() for level in levels], 1)
    given = counts.sum(axis=1)
    pairs = (counts.T / (given - 1)) @ counts
    pairs -= np.diag((counts / (given - 1)[:, None]).sum(axis=0))
    totals = counts.sum(axis=0)
    below = np.cumsum(totals) - totals / 2
    apart = (below[:, None] - below[None, :]) ** 2
    n = totals.sum()
    observed = (pairs * apart).sum() / n
    expected = (np.outer(totals, totals) * apart).sum() / (n * (n - 1))
    return float(1 - observed / expected)
