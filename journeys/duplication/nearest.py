"""The nearest earlier event at another agency, without comparing every pair.

Events with the same keys stand in order, in runs of one agency. The nearest earlier
event by another agency is the last one before the run began: one pass over the
order finds it, where a comparison with the last event alone would miss the third of
A, B, B. If that event is too old, or came before a reset, so did all the others; so
only where it is in reach can there be a finding at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from place.engine import Backend

__all__ = ["naive_count_sql", "nearest_first_sql", "nearest_other_sql"]


def nearest_other_sql(source: str, keys: str) -> str:
    """Return the query that adds `other_event` and `other_time_us` to a table.

    Events whose like only one agency had are left out.

    Parameters
    ----------
    source
        Table with `event`, `time_us`, `agency` and the keys.
    keys
        What events must share, such as "customer, need_key".

    Examples
    --------
    >>> "PARTITION BY customer, item" in nearest_other_sql("asks", "customer, item")
    True
    """
    order = f"PARTITION BY {keys} ORDER BY event"
    begun = f"({order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    begins = "CASE WHEN agency_before <> agency THEN"
    return f"""SELECT *, max({begins} event_before END) OVER {begun} AS other_event,
  max({begins} time_before_us END) OVER {begun} AS other_time_us
FROM (SELECT *, lag(agency) OVER told AS agency_before,
    lag(event) OVER told AS event_before, lag(time_us) OVER told AS time_before_us
  FROM (SELECT * FROM {source} JOIN (
      SELECT {keys} FROM {source} GROUP BY {keys} HAVING min(agency) <> max(agency)
    ) AS shared USING ({keys})) AS several
  WINDOW told AS ({order})) AS one_back"""


def naive_count_sql(source: str, keys: str) -> str:
    """Return the query that counts events seen before at another agency.

    The count without need, window, reset or exemption: what one gets without
    definitions, for comparison.
    """
    return f"""SELECT count(DISTINCT event) AS events
FROM ({nearest_other_sql(source, keys)}) AS seen WHERE other_event IS NOT NULL"""


def nearest_first_sql(event: str, dialect: Backend) -> str:
    """Return SQL that lists distinct events of a group, split by ";", latest first."""
    if dialect == "duckdb":
        told = f"list_reverse_sort(list(DISTINCT {event}))"
        return f"array_to_string({told}, ';')"
    told = f"sort_array(collect_set({event}), FALSE)"
    return f"array_join(transform({told}, e -> CAST(e AS STRING)), ';')"
