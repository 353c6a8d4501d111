"""D1, D2 and D5 in machine code: most findings at once, the rest by their SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from journeys.compiled.looking_back import last_other
from journeys.compiled.rules import dense, how_many, kinds_of
from journeys.compiled.scanning import NEVER, chosen, looked_up, or_missing
from journeys.compiled.sweeping import sweep
from journeys.duplication.asked_again import asks_sql, repeated_asks_sql
from journeys.duplication.holdings import pairs_of, parallels_sql
from journeys.duplication.repeat_assessment import (
    keep_fitting,
    repeats_sql,
)
from journeys.duplication.repeat_parameters import limits_of, register_parameters
from journeys.duplication.rule import Searched, microseconds
from journeys.duplication.words import word_codes
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.compiled.scanning import Scan
    from journeys.duplication.asked_again import AskedAgain
    from journeys.duplication.parallel_holding import ParallelHolding
    from journeys.duplication.repeat_assessment import RepeatAssessment

__all__ = ["search_asks", "search_parallels", "search_repeats"]

CLASSES: Final = len(ACTIVITY_CLASSES)


def search_repeats(scan: Scan, rule: RepeatAssessment) -> Searched:
    """Find repeat assessments (D1)."""
    log, time = scan.log, scan["time_us"]
    name = f"{log.table}_repeats"
    of_class = np.flatnonzero(scan.of_class(rule.classes))
    naive = scan.last_elsewhere(scan["activity_class"][of_class], of_class)
    exempt = log.codes("activity", [each.activity for each in rule.exempt])
    judged = of_class[~chosen(scan["activity"][of_class], exempt)]
    if not rule.need_may_be_missing:
        judged = judged[scan["need"][judged] >= 0]
    kinds = (scan["need"][judged] + 1) * CLASSES + scan["activity_class"][judged]
    groups = kinds
    if rule.same_instrument:
        many = np.int64(len(log.names["activity"]))
        groups = dense(kinds * many + scan["activity"][judged])
    nearest = scan.last_elsewhere(groups, judged)
    window = microseconds(rule.window_days)
    limits = np.full((len(log.names["need"]) + 1) * CLASSES, window)
    for named, of, limit in limits_of(log, rule):
        limits[(named + 1) * CLASSES + of] = min(limit, window)
    since = time[judged] - limits[kinds]
    near = (nearest >= 0) & (time[nearest] >= since)
    at, earlier = judged[near], nearest[near]
    reset = scan.last_reset(rule.reset_classes, at)
    near = reset < earlier
    at, earlier, reset = at[near], earlier[near], reset[near]
    plain = _plain(scan, at, earlier, rule)
    told = kinds_of(scan["activity_class"][at[plain]], ACTIVITY_CLASSES)
    scan.keep(f"{name}_plain", at[plain], earlier[plain], told)
    columns = {"later": at, "earlier": earlier, "reset_event": reset}
    columns = {column: values[~plain] for column, values in columns.items()}
    log.engine.register(f"{name}_near", pa.table(columns))
    here = _of_customers(scan, columns["later"])[scan.customer[judged]]
    shared, since = judged[here], since[here]
    episode = scan["episode"][shared]
    codes = ("agency", "activity", "activity_class")
    events = {
        "event": shared,
        "customer": scan.customer[shared],
        "need_key": scan["need"][shared],
        "episode": pa.array(episode, mask=episode < 0),
        "time_us": time[shared],
        "since_us": since,
        "cost_pence": or_missing(scan["cost_pence"][shared]),
    }
    events |= {code: scan[code][shared] for code in codes}
    log.engine.register(f"{name}_events", pa.table(events))
    register_parameters(log, rule, name)
    keep_fitting(log, rule, name)
    log.engine.keep(name, _also(f"{name}_plain", repeats_sql(name, rule)))
    return Searched(name, how_many(naive >= 0))


def _plain(
    scan: Scan, later: NDArray[Any], earlier: NDArray[Any], rule: RepeatAssessment
) -> NDArray[np.bool_]:
    """Mark the pairs that no exemption can part."""
    plain = np.full(len(later), not rule.content_overlap)
    if rule.new_episode_resets:
        one, other = scan["episode"][later], scan["episode"][earlier]
        plain &= (one == other) | (one < 0) | (other < 0)
    if rule.joint_working_exempts:
        joint = np.zeros(len(scan), np.bool_)
        joint[scan.beside("partners", "event")[0]] = True
        plain &= ~joint[later] & ~joint[earlier]
    first, then = (
        scan.log.codes("activity", [getattr(pair, one) for pair in rule.exempt_pairs])
        for one in ("earlier", "later")
    )
    return plain & ~(
        chosen(scan["activity"][later], then) & chosen(scan["activity"][earlier], first)
    )


def _of_customers(scan: Scan, events: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark, by customer, whose events these are."""
    marks = np.zeros(scan.log.n_customers, np.bool_)
    marks[scan.customer[events]] = True
    return marks


def search_parallels(scan: Scan, rule: ParallelHolding) -> Searched:
    """Find parallel cases (D2)."""
    log, time, end = scan.log, scan["time_us"], scan["end_time_us"]
    name = f"{log.table}_parallels"
    of_class = scan.of_class(rule.classes)
    exempt = word_codes(log, "activity", (one.activity for one in rule.exempt))
    holds = of_class & ~chosen(scan["activity"], exempt)
    if not rule.need_may_be_missing:
        holds &= scan["need"] >= 0
    at = np.flatnonzero(holds)
    end = end[at]
    if rule.open_ends_last:
        end = np.where(end == NEVER, time.max(initial=NEVER), end)
    holds[at] = end > time[at]
    at, end = at[holds[at]], end[holds[at]]
    cases: dict[str, NDArray[Any]] = {
        "event": at,
        "customer": scan.customer[at],
        "need_key": scan["need"][at],
        "agency": scan["agency"][at],
        "time_us": time[at],
        "end_us": end,
    }
    event, partner = scan.beside("partners", "event", "partner")
    order = np.argsort(event)[holds[np.sort(event)]]
    pairs = pairs_of(sweep, cases, (event[order], partner[order]), rule)
    pairs["cost_pence"] = or_missing(scan["cost_pence"][pairs.pop("event")])
    pairs["event"] = at[pairs.pop("at")]
    log.engine.register(f"{name}_pairs", pa.table(pairs))
    log.engine.keep(name, parallels_sql(f"{name}_pairs", log.engine.dialect))
    held = np.flatnonzero(of_class)
    naive = scan.last_elsewhere(np.zeros(len(held), np.int32), held)
    return Searched(name, how_many(naive >= 0))


def search_asks(scan: Scan, rule: AskedAgain) -> Searched:
    """Find facts asked again (D5)."""
    log, time, name = scan.log, scan["time_us"], f"{scan.log.table}_asked_again"
    rows = log.engine.arrow(f"SELECT event, item, value FROM {log.table}_items")
    order = np.argsort(rows["event"].to_numpy(), kind="stable")
    event = rows["event"].to_numpy()[order]
    (item, items), (value, _) = (
        _codes(rows[what], order) for what in ("item", "value")
    )
    customer, agency = scan.customer[event], scan["agency"][event]
    nearest = last_other(customer, item, agency, len(items) + 1)
    naive = len(np.unique(event[nearest >= 0]))
    exempt = {each.item for each in rule.exempt}
    kept = np.array([one not in exempt for one in items] + [False])
    judged = looked_up(item, kept)
    if not rule.unknown_values_count:
        judged &= value >= 0
    nearest = last_other(customer, np.where(judged, item, -1), agency, len(items) + 1)
    window = microseconds(rule.window_days)
    days = rule.validity_days
    limits = np.array(
        [min(window, microseconds(days[i])) if i in days else window for i in items]
        + [window]
    )
    since = time[event] - limits[item]
    at = np.flatnonzero(nearest >= 0)
    at = at[time[event[nearest[at]]] >= since[at]]
    back = nearest[at]
    same = (value[at] == value[back]) & (value[at] >= 0)
    fits = same.copy()
    if rule.unknown_values_count:
        fits |= (value[at] < 0) | (value[back] < 0)
    rest = _of_customers(scan, event[at[~fits]])
    plain = ~rest[customer[at]]
    columns = {
        "event": event[at[plain]],
        "item": item[at[plain]],
        "other_event": event[back[plain]],
        "same": same[plain],
    }
    pairs = f"{name}_plain"
    log.engine.register(pairs, pa.table(columns))
    told = np.union1d(columns["event"], columns["other_event"])
    if rest.any():
        shared = np.flatnonzero(judged & rest[customer])
        none = nearest[shared] < 0
        others = event[nearest[shared]]
        columns = {
            "event": event[shared],
            "item": item[shared],
            "value": pa.array(value[shared], mask=value[shared] < 0),
            "customer": customer[shared],
            "agency": agency[shared],
            "time_us": time[event[shared]],
            "since_us": since[shared],
            "other_event": pa.array(others, mask=none),
            "other_time_us": pa.array(time[others], mask=none),
        }
        log.engine.register(f"{name}_items", pa.table(columns))
        pairs = f"{name}_pairs"
        log.engine.keep(pairs, _also(f"{name}_plain", repeated_asks_sql(name, rule)))
        told = np.union1d(told, event[shared])
    columns = {
        "event": told,
        "agency": scan["agency"][told],
        "time_us": time[told],
        "cost_pence": or_missing(scan["cost_pence"][told]),
    }
    log.engine.register(f"{name}_told", pa.table(columns))
    log.engine.keep(name, asks_sql(pairs, f"{name}_told", rule, log.engine.dialect))
    return Searched(name, naive)


def _also(table: str, sql: str) -> str:
    return f"SELECT * FROM {table} UNION ALL SELECT * FROM ({sql}) AS more"


def _codes(
    column: pa.ChunkedArray, order: NDArray[Any]
) -> tuple[NDArray[np.int32], list[str]]:
    """Return the codes of a column's names, -1 for none, and the names."""
    coded = column.combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy()
    return codes[order], coded.dictionary.to_pylist()
