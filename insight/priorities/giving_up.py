"""Which steps residents would give up first, as the budget falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from insight.priorities.answers import Levels

    Floats = NDArray[np.float64]

__all__ = ["ENDS", "giving_up", "per_point"]

ENDS: Final = (0.025, 0.975)


def per_point(losses: Floats, steps: pd.DataFrame) -> Floats:
    """Return losses for each point saved; not known where none is.

    Examples
    --------
    >>> import pandas as pd
    >>> per_point(np.array([[3.0, 1.0]]), pd.DataFrame({"points": [2, 0]}))
    array([[1.5, nan]])
    """
    points = steps["points"].to_numpy("float64", na_value=np.nan)
    return losses / np.where(points > 0, points, np.nan)


def giving_up(levels: Levels, losses: Floats) -> pd.DataFrame:
    """Return steps in the order of being given up, from today's levels down.

    Each time, the step goes that loses least for a point saved (or, without points,
    that loses least) among the next steps down of all services.

    Parameters
    ----------
    levels
        On offer; where no level of today is stated, the best stands for it.
    losses
        Loss of each step: first as answered, then one row a resample.

    Returns
    -------
    order
        By `position`, from 1, with its 95 % interval; ties go by service.

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.priorities.answers import levels_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1, 0), ("Parks", 2, 5), ("Bins", 1, 0), ("Bins", 2, 1)],
    ...     columns=["service", "level", "points"]))
    >>> losses = np.array([[1.0, 2.0], [1.0, 2.0]])
    >>> giving_up(levels, losses)["service"].tolist()
    ['Parks', 'Bins']
    """
    steps = levels.steps()
    if steps["from_today"].any():
        today = steps[steps["from_today"]].set_index("service")["level"]
        steps = steps[steps["level"] <= steps["service"].map(today).fillna(np.inf)]
    kept = steps.index.to_numpy()
    price = losses[:, kept]
    if levels.priced:
        price = per_point(price, steps)
        price = np.where(np.isnan(price), np.inf, price)
    number = steps["service"].factorize()[0]
    positions = np.array([_given_up(row, number) for row in price])
    low, high = np.quantile(positions[1:], ENDS, axis=0, method="inverted_cdf")
    frame = steps.assign(
        position=positions[0],
        position_low=low,
        position_high=high,
        loss=losses[0, kept],
        first_share=(positions[1:] == 1).mean(axis=0),
    ).sort_values("position", ignore_index=True)
    frame["saved"] = frame["points"].cumsum()
    columns = ["position", "position_low", "position_high", "service"]
    more = ["level", "below", "description", "points", "saved", "loss", "first_share"]
    return frame[[*columns, *more]]


def _given_up(price: Floats, service: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each step, given up one at a time from the top down."""
    tops = {one: list(np.flatnonzero(service == one)) for one in np.unique(service)}
    position = np.zeros(len(price), dtype=np.int64)
    for place in range(1, len(price) + 1):
        next_down = [steps[-1] for steps in tops.values() if steps]
        gone = min(next_down, key=lambda step: (price[step], step))
        tops[service[gone]].pop()
        position[gone] = place
    return position
