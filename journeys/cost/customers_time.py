"""The time of customers that duplication takes, beside the money and never as money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.cost.cells import named_rules, rules_sql
from journeys.cost.money import Range
from journeys.errors import JourneyError
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from journeys.duplication.results import Duplication

__all__ = ["MINUTES", "customers_time"]

MINUTES: Final[Mapping[str, Range]] = {
    "request": Range(5, 10, 20),
    "contact_in": Range(5, 15, 30),
    "contact_out": Range(2, 5, 15),
    "intake": Range(15, 30, 60),
    "assess": Range(30, 60, 120),
    "refer": Range(2, 5, 15),
    "service": Range(30, 60, 120),
    "course": Range(60, 120, 240),
    "review": Range(15, 30, 60),
    "reset": Range(5, 10, 20),
}
"""Minutes that a contact takes of a customer, without the way there. These are our
assumptions, for want of a measured figure: replace them by a place's own."""
HOUR: Final = 60


def time_sql(findings: str, log: str, rules: str) -> str:
    """Return the query that counts redundant events, each once, by class."""
    return f"""SELECT l.activity_class, count(DISTINCT l.event) AS events,
  count(DISTINCT l.customer) AS customers
FROM {findings} AS f JOIN {log} AS l ON l.event = f.event
WHERE f.rule IN {rules} AND l.activity_class IS NOT NULL
GROUP BY l.activity_class ORDER BY l.activity_class"""


def customers_time(
    found: Duplication, minutes: Mapping[str, Range] = MINUTES
) -> pd.DataFrame:
    """Return the hours that customers spent in redundant contacts, by class.

    Parameters
    ----------
    found
        What was found twice; an event that two rules found is counted once.
    minutes
        Class of activity -> minutes of the customer, low, central and high.

    Returns
    -------
    hours
        One row a class that was found: `activity_class`, `events`, `customers`,
        `hours`, `hours_low` and `hours_high`, missing where a class has no minutes.
        The ends are those of the minutes, with every contact at its low or its high.

    Raises
    ------
    JourneyError
        If minutes are given for what is no class, are negative or out of order.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> customers_time(find_duplication(log))[["activity_class", "hours"]]
      activity_class  hours
    0         assess    1.0
    """
    odd = sorted(
        name
        for name, (low, central, high) in minutes.items()
        if name not in ACTIVITY_CLASSES or not 0 <= low <= central <= high
    )
    if odd:
        msg = (
            f"The minutes of {odd} cannot be used. Name classes of activity "
            f"({', '.join(ACTIVITY_CLASSES)}), with a low, a central and a high figure "
            "that do not fall."
        )
        raise JourneyError(msg)
    listed = rules_sql(named_rules(found))
    sql = time_sql(found.table, found.log.table, listed)
    rows: pd.DataFrame = found.log.engine.arrow(sql).to_pandas()
    rows["activity_class"] = [ACTIVITY_CLASSES[code] for code in rows["activity_class"]]
    for at, end in ((1, ""), (0, "_low"), (2, "_high")):
        each = {name: between[at] for name, between in minutes.items()}
        taken = rows["events"] * rows["activity_class"].map(each) / HOUR
        rows[f"hours{end}"] = taken.astype(float)
    return rows
