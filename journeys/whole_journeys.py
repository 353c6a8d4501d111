"""How many journeys can be followed whole on a part of the moves.

What share of all moves a part holds says little of whole journeys: one move that is
left out breaks the journey it was in. So both are stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

    from journeys.log import Log

__all__ = ["JourneysKept", "journeys_kept"]


@dataclass(frozen=True, kw_only=True)
class JourneysKept:
    """How many journeys can be followed whole on a part of the moves.

    Attributes
    ----------
    kept
        Customers every move of whom is among those kept.
    customers
        All customers with a move.
    """

    kept: int
    customers: int

    @property
    def share(self) -> float | None:
        """The share of journeys kept, from 0 to 1; `None` where nobody moves."""
        return self.kept / self.customers if self.customers else None

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if self.share is None:
            return "No customer has two contacts, so there is no journey to follow."
        return (
            f"{self.kept:,} of {self.customers:,} journeys ({self.share:.1%}) can be "
            "followed whole on the moves that are kept."
        )


def kept_sql(log: str, column: str, kept: str) -> str:
    """Return the query that counts journeys with every move among those kept.

    Parameters
    ----------
    log
        Table of an encoded log.
    column
        "activity" or "agency".
    kept
        Table of codes: `source` and `target`.

    Examples
    --------
    >>> "k.source = l.activity" in kept_sql("log", "activity", "kept")
    True
    """
    between = "AND l.agency <> l.next_agency" if column == "agency" else ""
    return f"""SELECT count(*) AS customers,
  count(CASE WHEN lost = 0 THEN 1 END) AS kept
FROM (
  SELECT l.customer, count(CASE WHEN k.source IS NULL THEN 1 END) AS lost
  FROM {log} AS l
  LEFT JOIN {kept} AS k ON k.source = l.{column} AND k.target = l.next_{column}
  WHERE l.next_time_us IS NOT NULL {between}
  GROUP BY l.customer) AS journeys"""


def journeys_kept(
    log: Log, edges: pd.DataFrame, *, of: Literal["activity", "agency"] = "activity"
) -> JourneysKept:
    """Count the journeys that can be followed whole on a part of the moves.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    edges
        The moves kept: `source` and `target`.
    of
        Whether these are activities or agencies; staying with an agency is no move.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-02"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "agency": "GP"})
    >>> log = encode_log(events.assign(activity=["ask", "treat"]))
    >>> print(journeys_kept(log, pd.DataFrame({"source": ["ask"], "target": ["end"]})))
    0 of 1 journeys (0.0%) can be followed whole on the moves that are kept.
    """
    code = {name: at for at, name in enumerate(log.names[of])}
    known = edges[edges["source"].isin(code) & edges["target"].isin(code)]
    codes = {
        end: pa.array(known[end].map(code), pa.int32()) for end in ("source", "target")
    }
    kept = f"{log.table}_kept"
    log.engine.register(kept, pa.table(codes))
    found = log.engine.arrow(kept_sql(log.table, of, kept)).to_pylist()[0]
    return JourneysKept(kept=found["kept"], customers=found["customers"])
