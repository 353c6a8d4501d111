"""Chains: events that repeat one another, and how long one was passed on.

Findings join events to their evidence, the earlier to the later, so that nothing goes
round in a circle. Events that hang together are one *chain*; its *length* is the most
events that follow one another in it. Four agencies that each assess afresh make one
chain of length four, with three findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from journeys.duplication.results import Duplication

__all__ = ["chains_of", "links_sql"]


def links_sql(findings: str) -> str:
    """Return the query for each finding and the events that it rests on."""
    return f"""SELECT f.rule, f.event AS later, e.event AS earlier
FROM {findings} AS f JOIN {findings}_evidence AS e ON e.finding_id = f.finding_id
ORDER BY f.rule, f.event, e.event"""


def chains_of(duplication: Duplication) -> pd.DataFrame:
    """Count the chains of each rule by their length.

    Parameters
    ----------
    duplication
        What :func:`find_duplication` returned.

    Returns
    -------
    chains
        `rule`, `length` (events that follow one another, 2 or more), `chains` (how
        many are so long) and `events` (in them). Findings without evidence, such as
        dead ends, are in none.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11", "2009-04-21"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health", "police"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> chains_of(find_duplication(log))
      rule  length  chains  events
    0   D1       3       1       3
    """
    rows = duplication.log.engine.arrow(links_sql(duplication.table)).to_pandas()
    told = [_lengths(links).assign(rule=rule) for rule, links in rows.groupby("rule")]
    columns = ["rule", "length", "chains", "events"]
    if not told:
        return pd.DataFrame(columns=columns)
    chains = pd.concat(told).groupby(["rule", "length"])["events"].agg(["size", "sum"])
    return chains.reset_index().set_axis(columns, axis="columns")


def _lengths(links: pd.DataFrame) -> pd.DataFrame:
    """Return the `length` and `events` of each chain of one rule."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - the same

    ends = links[["earlier", "later"]].to_numpy()
    names, codes = np.unique(ends, return_inverse=True)
    earlier, later = codes.reshape(ends.shape).T
    depth = np.ones(len(names), dtype=np.int64)
    for before, after in zip(earlier.tolist(), later.tolist(), strict=True):
        depth[after] = max(depth[after], depth[before] + 1)  # in order of `later`
    joined = coo_array((np.ones(len(ends)), (earlier, later)), shape=[len(names)] * 2)
    _, chain = connected_components(joined, directed=False)
    told = pd.DataFrame({"chain": chain, "depth": depth}).groupby("chain")["depth"]
    return pd.DataFrame({"length": told.max(), "events": told.size()})
