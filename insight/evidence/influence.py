"""Whether a result hangs on one unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.evidence.permutation import permutation_p
from insight.evidence.ranks import kendall_tau_b

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insight.evidence.points import Points

__all__ = ["LeaveOneOut", "leave_one_out", "tau_and_p"]


@dataclass(frozen=True, kw_only=True)
class LeaveOneOut:
    """Tau-b with each unit left out in turn.

    Parameters
    ----------
    table
        Indexed by the unit left out: `tau` and `p`; missing where nothing varies
        without it.
    tau, p
        With all units.
    """

    table: pd.DataFrame
    tau: float
    p: float

    def __str__(self) -> str:
        """Say the range, and what unit matters most."""
        low, high = self.table["tau"].min(), self.table["tau"].max()
        apart = (self.table["tau"] - self.tau).abs()
        crossing = int(((self.table["p"] <= 0.05) != (self.p <= 0.05)).sum())  # noqa: PLR2004 - 5 %
        return (
            f"With one of {len(self.table)} units left out, tau-b of {self.tau:+.2f} "
            f"runs from {low:+.2f} to {high:+.2f} and p from "
            f"{self.table['p'].min():.4f} to {self.table['p'].max():.4f}; most "
            f"changes without {apart.idxmax()}. Leaving out {crossing} of them takes p "
            "across 0.05."
        )


def leave_one_out(points: Points, units: Sequence[str]) -> LeaveOneOut:
    """Return tau-b and its permutation p without each unit.

    Parameters
    ----------
    points
        Units with score, count and exposure.
    units
        Their names, in the same order.

    Raises
    ------
    InsightError
        If names and units differ in number, or score or rate does not vary.

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> found = leave_one_out(points_of([1, 2, 3, 4], [3, 2, 1, 1], [1] * 4), "ABCD")
    >>> found.table["tau"].round(2).tolist()
    [-0.82, -0.82, -1.0, -1.0]
    """
    names = [str(unit) for unit in units]
    if len(names) != points.n:
        msg = f"there are {len(names)} names for {points.n} units. Give each one name."
        raise InsightError(msg)
    tau, p = tau_and_p(points.score, points.rate)
    rows = [
        tau_and_p(np.delete(points.score, left), np.delete(points.rate, left))
        for left in range(points.n)
    ]
    if np.isnan(tau):
        msg = f"{points.n} units have equal scores or equal rates; nothing varies."
        raise InsightError(msg)
    table = pd.DataFrame(rows, columns=["tau", "p"], index=pd.Index(names, name="unit"))
    return LeaveOneOut(table=table, tau=tau, p=p)


def tau_and_p(
    score: NDArray[np.float64], rate: NDArray[np.float64]
) -> tuple[float, float]:
    """Return tau-b and its permutation p; not numbers where nothing varies."""
    if np.ptp(score) == 0 or np.ptp(rate) == 0:
        return float("nan"), float("nan")
    x, y = score.tolist(), rate.tolist()
    return kendall_tau_b(x, y), permutation_p(x, y).p
