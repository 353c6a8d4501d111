"""Findings by pair of agencies (who did it first, who again) and by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.duplication.results import whole_pence
from journeys.segments import by_segment_sql, segments_of

if TYPE_CHECKING:
    import pandas as pd

    from journeys.duplication.results import Duplication
    from place.engine import Frame

__all__ = ["by_pair", "by_segment", "pairs_sql"]

PAIR: Final = ("rule", "first_agency", "agency")


def pairs_sql(
    findings: str, *, segments: str | None = None, keys: tuple[str, ...] = PAIR
) -> str:
    """Return the query that counts findings by `keys`, and by segment if given."""
    by = by_segment_sql("f", segments)
    named = ", ".join(f"f.{key} AS {key}" for key in keys)
    listed = ", ".join(keys)
    return f"""SELECT {by.column}{named}, count(*) AS findings,
  count(DISTINCT f.customer) AS customers,
  CAST(sum(f.cost_pence) AS BIGINT) AS cost_pence,
  count(CASE WHEN f.cost_pence IS NULL THEN 1 END) AS not_costed
FROM {findings} AS f {by.join}
GROUP BY {by.group}{listed}
ORDER BY {by.order}{listed}"""


def by_pair(
    duplication: Duplication, *, segments: str | Frame | None = None
) -> pd.DataFrame:
    """Return findings by pair of agencies: who had done it, who did it again.

    Parameters
    ----------
    duplication
        What :func:`find_duplication` returned.
    segments
        Table or frame of `customer_id` and `segment`, for a row a segment as well.

    Returns
    -------
    pairs
        `rule`, `first_agency`, `agency`, `findings`, `customers` (distinct),
        `cost_pence` (gross; missing where no finding has a cost) and `not_costed`
        (findings without one). With `segments`, `segment` comes first.

    Raises
    ------
    JourneyError
        If the table of segments is not one row a customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> by_pair(find_duplication(log))[["rule", "first_agency", "agency", "findings"]]
      rule first_agency  agency  findings
    0   D1      council  health         1
    """
    return _counted(duplication, segments, PAIR)


def by_segment(duplication: Duplication, segments: str | Frame) -> pd.DataFrame:
    """Return findings by segment of the customer and rule.

    Parameters
    ----------
    duplication
        What :func:`find_duplication` returned.
    segments
        Table or frame of `customer_id` and `segment`, one row a customer.

    Returns
    -------
    found
        `segment` (missing for customers without one), `rule`, `findings`, `customers`
        (distinct), `cost_pence` and `not_costed`, as in :func:`by_pair`.

    Raises
    ------
    JourneyError
        If the table of segments is not one row a customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> segments = pd.DataFrame({"customer_id": ["a"], "segment": ["4"]})
    >>> by_segment(find_duplication(log), segments)[["segment", "rule", "findings"]]
      segment rule  findings
    0       4   D1         1
    """
    return _counted(duplication, segments, ("rule",))


def _counted(
    duplication: Duplication, segments: str | Frame | None, keys: tuple[str, ...]
) -> pd.DataFrame:
    log = duplication.log
    table = segments_of(log, segments)
    rows = log.engine.arrow(pairs_sql(duplication.table, segments=table, keys=keys))
    codes = {key: "agency" for key in keys if key in {"agency", "first_agency"}}
    return whole_pence(rows, log.decoded(rows, codes))
