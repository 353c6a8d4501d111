"""Cost against the window of the rules: a curve, since no window is the right one.

How long an answer stays good is a decision, not an estimate, so it is not averaged
into an interval. Instead the rules run again with every window scaled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.cost.cells import named_rules
from journeys.cost.money import ends_of
from journeys.cost.options import CostOptions
from journeys.cost.weights import resampled_sums
from journeys.duplication.all_rules import ALL_RULES
from journeys.duplication.findings import union_sql
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.duplication.results import Duplication
    from journeys.duplication.rule import RuleOptions

__all__ = ["SCALES", "cost_by_window", "scaled", "windows_of"]

SCALES: Final = (0.25, 0.5, 1.0, 1.5, 2.0)
WINDOWS: Final = ("window_days", "within_days")
LONGEST: Final = 36_525.0


def windows_of(options: RuleOptions) -> tuple[str, ...]:
    """Return the options of a rule that say how long something stays good.

    Examples
    --------
    >>> from journeys.duplication.rules import read_rules
    >>> windows_of(read_rules().repeat_assessment)
    ('window_days',)
    """
    return tuple(
        name
        for name, value in options
        if name.endswith(WINDOWS) and isinstance(value, float)
    )


def scaled(options: RuleOptions, scale: float) -> RuleOptions:
    """Return the options of a rule with its windows scaled, a century at the most.

    Examples
    --------
    >>> from journeys.duplication.rules import read_rules
    >>> scaled(read_rules().repeat_assessment, 0.5).window_days
    90.0
    """
    windows = {
        name: min(getattr(options, name) * scale, LONGEST)
        for name in windows_of(options)
    }
    return options.model_copy(update=windows)


def events_sql(found: str, log: str) -> str:
    """Return the query for the cost of each event that any rule found, once."""
    return f"""SELECT l.customer, f.event, max(f.part_pence) AS pence
FROM {found} AS f JOIN {log} AS l ON l.event = f.event
GROUP BY l.customer, f.event ORDER BY l.customer, f.event"""


def cost_by_window(
    found: Duplication,
    *,
    scales: Sequence[float] = SCALES,
    options: CostOptions | None = None,
) -> pd.DataFrame:
    """Return the gross cost with the windows of all rules scaled.

    Parameters
    ----------
    found
        What was found twice, by the rules to scale. Its findings stay as they are.
    scales
        Factors of every window in days: at 0.5, an answer is good half as long. Shelf
        lives of single needs stay as they are.
    options
        Replicates, confidence and seed.

    Returns
    -------
    curve
        One row a scale, in order: `scale`, `window_days` (of the first rule that has
        one), `events`, `customers`, `not_costed`, `gross_pence`, `low_pence` and
        `high_pence` (of sampling alone, unaudited). Rules without a window count alike
        at every scale.

    Raises
    ------
    JourneyError
        If a scale is not above nought.

    Examples
    --------
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-09-01"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"], events["cost_pence"] = ["council", "health"], 9500
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> cost_by_window(find_duplication(log))["events"].tolist()
    [0, 0, 1, 1, 1]
    """
    options = CostOptions() if options is None else options
    wrong = [scale for scale in scales if not scale > 0]
    if wrong:
        msg = f"Windows cannot be scaled by {wrong}. Give factors above nought."
        raise JourneyError(msg)
    # The findings of 1 come last, so that what rules keep is as it was before.
    order = [scale for scale in scales if scale != 1] + [1.0]
    rows = {scale: _at(found, scale, options) for scale in order}
    return pd.DataFrame([rows[scale] for scale in sorted(set(scales))]).astype(
        dict.fromkeys(("gross_pence", "low_pence", "high_pence"), "Int64")
    )


def _at(found: Duplication, scale: float, options: CostOptions) -> dict[str, object]:
    """Return one point of the curve."""
    log, named = found.log, named_rules(found)
    rules = {
        rule: scaled(known, scale)
        for rule in ALL_RULES
        if rule.name in named and (known := found.rules.of(rule.section)) is not None
    }
    tables = {rule.name: rule.keep(log, known) for rule, known in rules.items()}
    table = f"{found.table}_scaled"
    log.engine.keep(table, union_sql(tables))
    events = log.engine.arrow(events_sql(table, log.table)).to_pandas()
    costed = events.dropna(subset="pence")
    money = resampled_sums(
        costed["customer"].to_numpy(np.int64),
        np.zeros(len(costed), np.int64),
        costed["pence"].to_numpy(np.int64),
        replicates=options.replicates if options.resample_customers else 1,
        seed=options.seed,
    )
    if not options.resample_customers:
        money[:, 1:] = money[:, :1]
    ends = ends_of(money[0, 1:], options.confidence) if len(money) else [np.nan] * 2
    windows = [
        getattr(known, name) for known in rules.values() for name in windows_of(known)
    ]
    return {
        "scale": scale,
        "window_days": windows[0] if windows else np.nan,
        "events": len(events),
        "customers": events["customer"].nunique(),
        "not_costed": len(events) - len(costed),
        "gross_pence": int(money[0, 0]) if len(money) else pd.NA,
        "low_pence": pd.NA if np.isnan(ends[0]) else round(ends[0]),
        "high_pence": pd.NA if np.isnan(ends[1]) else round(ends[1]),
    }
