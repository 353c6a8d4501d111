"""Work journeys out again as a redesign would have them, without new data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from journeys.cost.cells import named_rules
from journeys.cost.money import Range
from journeys.duplication.findings import find_duplication
from journeys.redesign.applied import changed_sql, keep_redesigned, relieved_sql
from journeys.redesign.assumptions import assumptions_of, reach_of, shares_of
from journeys.redesign.changes import MergeAgencies
from journeys.redesign.measures import (
    by_rule,
    journey_measures,
    journeys_by_agency,
    journeys_by_segment,
)
from journeys.redesign.money import Draws, saved
from journeys.redesign.planned import (
    Setting,
    agency_names,
    merged,
    offer_of,
    plan_sql,
)
from journeys.redesign.relief import cells_sql, claims_sql, fallen_sql, vanished_sql
from journeys.redesign.results import Redesigned, with_changes
from journeys.segments import segments_of

if TYPE_CHECKING:
    from journeys.duplication.results import Duplication
    from journeys.log import Log
    from journeys.redesign.changes import Redesign
    from place.engine import Frame

__all__ = ["redesign"]


def redesign(
    found: Duplication,
    change: Redesign,
    *,
    segments: str | Frame | None = None,
    draws: Draws | None = None,
    table: str = "redesigned",
) -> Redesigned:
    """Return the journeys of a log as they would be under a redesign.

    Parameters
    ----------
    found
        What :func:`journeys.find_duplication` found in the log as it is.
    change
        The redesign; see :func:`journeys.redesign.redesign_of`.
    segments
        Table or frame of `customer_id` and `segment`, to say who gains.
    draws
        How intervals are made; with `None`, 500 replicates and 90 %.
    table
        What to call the new log in the engine of the old one.

    Returns
    -------
    redesigned
        Before and after. The new log has no event that the old one lacks, and its
        events cost what the old ones do less the gross money avoided.

    Raises
    ------
    JourneyError
        If the log lacks an activity or agency that the redesign names, or the
        redesign is for segments and there are none.

    Notes
    -----
    The money is that of contacts which fall away (`gross`), times the share that is
    preventable (from the redesign, else from the rules, else all of it) and the
    share of customers reached. Intervals draw customers (Poisson bootstrap) and
    every assumption (PERT) together.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> from journeys.redesign.changes import MergeAgencies
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> events["cost_pence"] = [8000, 9500]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> one = MergeAgencies(name="One team", agencies=["council", "health"], into="One")
    >>> redesign(find_duplication(log), one).money.gross.pence
    9500
    """
    setting = Setting(found, table, segments_of(found.log, segments))
    log, engine = found.log, found.log.engine
    redundant = named_rules(found)
    engine.keep(f"{table}_claims", claims_sql(log.table, found.table, redundant))
    engine.keep(f"{table}_plan", changed_sql(log.table, plan_sql(change, setting)))
    into = merged(log, change)
    named = change.into if isinstance(change, MergeAgencies) else ""
    new = keep_redesigned(log, f"{table}_plan", table, agencies=into, named=named)
    after = find_duplication(new, found.rules)
    if isinstance(change, MergeAgencies):
        engine.keep(f"{table}_still", claims_sql(table, after.table, redundant))
        gone = vanished_sql(table, f"{table}_claims", f"{table}_still")
        engine.keep(f"{table}_relief", gone)
        engine.keep(table, relieved_sql(table, f"{table}_relief"))
    else:
        gone = fallen_sql(log.table, f"{table}_plan", f"{table}_claims")
        engine.keep(f"{table}_relief", gone)
    cells = engine.arrow(cells_sql(f"{table}_relief", setting.segments))
    reach = reach_of(change)
    money = saved(
        cells,
        shares_of(change, found),
        Range(reach.low, reach.central, reach.high),
        offer_of(setting, change),
        Draws() if draws is None else draws,
    )
    by_segment = journeys_by_segment(log, new, setting.segments)
    by_agency = journeys_by_agency(log, new, into)
    return Redesigned(
        change=change,
        before=found,
        after=after,
        log=new,
        measures=journey_measures(log, new, reach),
        rules=by_rule(found, after),
        money=money,
        by_segment=with_changes(by_segment, money.by_segment),
        by_agency=_named(
            with_changes(by_agency, money.by_agency), agency_names(new, change)
        ),
        assumptions=assumptions_of(change, found, cells["rule"].unique().to_pylist()),
        **_counted(log, table),
    )


def _named(by_agency: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return agencies by name; one that only bears an offer had no contacts."""
    named = [names[code] for code in by_agency["agency"]]
    told = by_agency.assign(agency=pd.Series(named, dtype="str"))
    return told.fillna({name: 0 for name in told.columns if name != "agency"})


def _counted(log: Log, table: str) -> dict[str, int]:
    """Count the customers whom a plan concerns, contacts that fall, and unpriced."""
    sql = f"""SELECT count(DISTINCT l.customer) AS customers,
  count(CASE WHEN p.falls = 1 THEN 1 END) AS fallen
FROM {table}_plan AS p JOIN {log.table} AS l ON l.event = p.event"""
    unpriced = f"SELECT count(*) AS n FROM {table}_relief WHERE pence IS NULL"
    counts: dict[str, int] = log.engine.arrow(sql).to_pylist()[0]
    return counts | {"not_costed": log.engine.arrow(unpriced)["n"][0].as_py()}
