"""The report's Table 1 for any set of places: two counts side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.centre_out.residual import Residual, report_residual
from insight.spend.per_segment import pounds
from insight.spend.reconcile import difference_pct

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PlaceCounts", "place_counts"]

DRAWS = 4_000


@dataclass(frozen=True, kw_only=True)
class PlaceCounts:
    """Table 1 of a set of places; made by :func:`place_counts`.

    Parameters
    ----------
    table
        Indexed by place, "Total" last: `centre_pence` (A), `local_pence` (B),
        `difference_pct` (100 % less B/A) and its interval `low_pct`, `high_pct`.
    mean_pct, mean_size_pct
        Mean of the places' differences and of their sizes: neither is the difference
        of the totals, which the report calls the average.
    residual, level
        What the intervals rest on.
    """

    table: pd.DataFrame
    mean_pct: float
    mean_size_pct: float
    residual: Residual
    level: float

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        row = self.table.iloc[-1].to_dict()
        return (
            f"{len(self.table) - 1} places (unaudited): "
            f"{pounds(row['centre_pence'])} by national figures, "
            f"{pounds(row['local_pence'])} by their own counts, a difference of "
            f"{row['difference_pct']:.1f} % of the first "
            f"({100 * self.level:.0f} % interval {row['low_pct']:.1f} to "
            f"{row['high_pct']:.1f} %). The mean difference of a place is "
            f"{self.mean_pct:.1f} %, its mean size {self.mean_size_pct:.1f} %."
        )


def place_counts(
    centre: Mapping[str, int],
    local: Mapping[str, int],
    *,
    residual: Residual | None = None,
    level: float = 0.8,
    seed: int = 0,
) -> PlaceCounts:
    """Return the report's Table 1 for places with both counts.

    Parameters
    ----------
    centre, local
        Place -> pence, by national figures (A) and by its own count (B).
    residual
        Scatter of the two; the report's thirteen pilots if left out.
    level
        Of the intervals: where the difference would lie if A were as far off as it
        was for those places.
    seed
        Of the draws behind the interval of the total, where errors of places cancel.

    Returns
    -------
    counts
        Places in the order of text.

    Raises
    ------
    InsightError
        If the places are not the same, there are none, or an A is not above zero.

    Examples
    --------
    >>> counts = place_counts({"Northton": 800, "Southam": 200}, {"Northton": 750,
    ...     "Southam": 210})
    >>> counts.table["difference_pct"].tolist()
    [6.25, -5.0, 4.0]
    """
    names = sorted(centre)
    bad = [name for name in names if not centre[name] > 0 or name == "Total"]
    if names != sorted(local) or not names or bad:
        msg = (
            f"{len(centre)} places have a centre-out figure and {len(local)} a count "
            f"of their own; in one alone: {sorted(set(centre) ^ set(local))[:5]}; not "
            f"above zero, or called Total: {bad[:5]}. Give both for each place."
        )
        raise InsightError(msg)
    residual = residual or report_residual()
    low, high = residual.factors(level)
    a = {name: int(centre[name]) for name in names}
    b = {name: int(local[name]) for name in names}
    drawn = sum(
        (
            a[name] * residual.draws(np.random.default_rng([seed, at]), DRAWS)
            for at, name in enumerate(names)
        ),
        np.zeros(DRAWS),
    )
    ends = {name: (a[name] * low, a[name] * high) for name in names}
    least, most = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    a["Total"], b["Total"] = sum(a.values()), sum(b.values())
    ends["Total"] = (float(least), float(most)) if len(names) > 1 else ends[names[0]]
    table = pd.DataFrame(
        {
            "centre_pence": a,
            "local_pence": b,
            "difference_pct": {name: difference_pct(b[name], a[name]) for name in a},
            "low_pct": {name: difference_pct(b[name], ends[name][0]) for name in a},
            "high_pct": {name: difference_pct(b[name], ends[name][1]) for name in a},
        }
    ).rename_axis("place")
    each = table["difference_pct"].drop(index="Total")
    return PlaceCounts(
        table=table,
        mean_pct=float(each.mean()),
        mean_size_pct=float(each.abs().mean()),
        residual=residual,
        level=level,
    )
