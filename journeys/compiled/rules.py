"""The rules of duplication in machine code: what their SQL says, many times quicker.

The SQL of a rule is its definition; here the same is looked for in arrays, and tests
hold the two to each other. What only few events need (other evidence where the nearest
is exempt) is left to that SQL, on the rows that need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from journeys.compiled.bouncing import bounced
from journeys.compiled.scanning import NEVER, chosen, looked_up
from journeys.duplication.handoff_delay import baselines_sql, delays_sql, slow_sql
from journeys.duplication.ping_pong import dead_ends_sql
from journeys.duplication.repeated_course import course_codes
from journeys.duplication.rule import Searched, microseconds
from journeys.duplication.words import word_codes
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.compiled.scanning import Scan
    from journeys.duplication.handoff_delay import HandoffDelay
    from journeys.duplication.ping_pong import PingPong
    from journeys.duplication.preventable_contact import PreventableContact
    from journeys.duplication.repeated_course import RepeatedCourse
    from journeys.duplication.rework import Rework

__all__ = [
    "dense",
    "how_many",
    "kinds_of",
    "search_contacts",
    "search_courses",
    "search_delays",
    "search_ping_pong",
    "search_rework",
]

HOURS: Final = 24


def kinds_of(codes: NDArray[Any], names: tuple[str, ...]) -> pa.Array:
    """Return the name of each code."""
    return pa.array(names, pa.string()).take(pa.array(codes))


def how_many(marks: NDArray[np.bool_]) -> int:
    """Return how many are marked."""
    return int(np.count_nonzero(marks))


def search_ping_pong(scan: Scan, rule: PingPong) -> Searched:
    """Find referrals back (D3)."""
    log, agency = scan.log, scan["agency"]
    missing = rule.need_may_be_missing
    refers = scan.of_class(["refer"])
    before = scan.before_of(need_may_be_missing=missing)
    after = np.full(len(scan), -1, np.int32)
    follows = np.flatnonzero(before >= 0)
    after[before[follows]] = agency[follows]
    to = scan["referred_to"]
    sent_to = np.where(refers, np.where(to >= 0, to, after), -1)
    groups = scan["need"] + 1 if missing else scan["need"]
    breaks = scan.of_class(rule.broken_by)
    rows = bounced(scan.customer, groups, agency, sent_to.astype(np.int32), breaks)
    at, back, stops_ago, closes = rows.T
    kinds = kinds_of(np.where(stops_ago == 2, 0, 1), ("bounce", "loop"))  # noqa: PLR2004
    bounces = scan.keep(
        f"{log.table}_bounces", at, back, kinds, first_agency=sent_to[at]
    )
    table = bounces
    if rule.dead_end_days is not None:
        table = f"{log.table}_ping_pong"
        sql = dead_ends_sql(log.table, bounces, rule, rule.dead_end_days)
        log.engine.keep(table, sql)
    stays = np.zeros(len(scan), np.bool_)
    stays[:-1] = (agency[1:] == agency[:-1]) & ~scan.firsts()[1:]
    met = scan.last(agency) < 0
    naive = len(scan) - how_many(stays) - how_many(met)
    return Searched(table, naive, int(closes.sum()))


def search_contacts(scan: Scan, rule: PreventableContact) -> Searched:
    """Find preventable contacts (D4)."""
    log, time, outcome = scan.log, scan["time_us"], scan["outcome"]
    missing = rule.need_may_be_missing
    need = scan["need"] + 1 if missing else scan["need"]
    channel = scan["channel"]
    closes = chosen(outcome, word_codes(log, "outcome", rule.closed))
    fails = chosen(outcome, word_codes(log, "outcome", rule.failed))
    fails &= chosen(channel, word_codes(log, "channel", rule.digital_channels))
    inbound = scan.of_class(rule.inbound)
    progress = scan.last(need, scan.of_class(rule.progress) | closes)
    opened = scan.last(need, scan.of_class(rule.opened_by) & ~closes)
    failed = scan.last(need, fails) if fails.any() else np.full_like(opened, -1)
    before = scan.before_of(need_may_be_missing=missing)
    at = np.flatnonzero(inbound & (before >= 0))
    before, progress, opened, failed = (
        each[at] for each in (before, progress, opened, failed)
    )

    def within(evidence: NDArray[np.int32], days: float) -> NDArray[np.bool_]:
        recent: NDArray[np.bool_] = time[at] - time[evidence] <= microseconds(days)
        return recent & (evidence >= 0)

    kinds, reason = _reasons(scan, rule)
    reason = looked_up(outcome[at], reason)
    channels = (channel[at], channel[failed])
    online = (failed > progress) & within(failed, rule.failed_within_hours / HOURS)
    online &= (channels[0] != channels[1]) & (channels[0] >= 0)
    chased = (opened > progress) & within(opened, rule.chased_within_days)
    back = within(progress, rule.back_within_days) & closes[progress]
    told = [reason >= 0, online, chased, back]
    kind = np.select(told, [reason, 0, 1, 2], -1)
    evidence = np.select(told, [before, failed, opened, progress], -1)
    found = np.flatnonzero(kind >= 0)
    table = scan.keep(
        f"{log.table}_preventable",
        at[found],
        evidence[found],
        kinds_of(kind[found], kinds),
    )
    return Searched(table, how_many(inbound & ~scan.firsts()))


def _reasons(
    scan: Scan, rule: PreventableContact
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names of kinds, and the kind of each outcome that is a reason."""
    kinds = ["failed online", "chased", "came back"]
    reasons = np.full(len(scan.log.names["outcome"]) + 1, -1)
    for word, kind in reversed(
        tuple(rule.reasons.items())
    ):  # the first that fits is told
        for code in word_codes(scan.log, "outcome", [word]):
            reasons[code] = len(kinds)
        kinds.append(kind)
    return tuple(kinds), reasons


def search_courses(scan: Scan, rule: RepeatedCourse) -> Searched:
    """Find courses given again (D6)."""
    log, time, end = scan.log, scan["time_us"], scan["end_time_us"]
    given = np.flatnonzero(scan.of_class(rule.classes))
    again = scan.last(np.zeros(len(given), np.int32), among=given) >= 0
    numbers = course_codes(log, rule)
    course_of = np.full(len(log.names["activity"]) + 1, -1, np.int32)
    course_of[list(numbers)] = list(numbers.values())
    course, need = course_of[scan["activity"][given]], scan["need"][given]
    judged = course >= 0
    if not rule.need_may_be_missing:
        judged &= need >= 0
    courses = (need + 1) * (len(numbers) + 1) + course
    before = scan.last(np.where(judged, courses, -1), among=given)
    at, back = given[before >= 0], before[before >= 0]
    outcome = scan["outcome"][back]
    failed = chosen(outcome, word_codes(log, "outcome", rule.not_achieved))
    ended = np.where(end[back] == NEVER, time[back], end[back])
    fits = failed | chosen(outcome, word_codes(log, "outcome", rule.incomplete))
    fits &= time[at] - ended <= microseconds(rule.window_days)
    kinds = ("restarted", "not achieved before")
    table = scan.keep(
        f"{log.table}_courses", at[fits], back[fits], kinds_of(failed[fits] * 1, kinds)
    )
    return Searched(table, how_many(again))


def search_rework(scan: Scan, rule: Rework) -> Searched:
    """Find work done again after completion (D7)."""
    log, time = scan.log, scan["time_us"]
    works = np.flatnonzero(scan.of_class(rule.classes))
    activity, need = scan["activity"][works], scan["need"][works]
    many = len(log.names["agency"])
    pairs = activity * np.int64(many) + scan["agency"][works]
    naive = scan.last(dense(pairs), among=works)
    completed = word_codes(log, "outcome", rule.completed)
    done = chosen(scan["outcome"][works], completed)
    planned = word_codes(log, "activity", (one.activity for one in rule.planned))
    judged = ~chosen(activity, planned)
    if not rule.need_may_be_missing:
        judged &= need >= 0
    pairs += (need + 1) * np.int64(many * len(log.names["activity"]))
    before = scan.last(dense(np.where(judged, pairs, -1)), done, works)
    at, back = works[before >= 0], before[before >= 0]
    fits = time[at] - time[back] <= microseconds(rule.window_days)
    at, back = at[fits], back[fits]
    fits = scan.last_reset(rule.reset_classes, at) <= back
    at, back = at[fits], back[fits]
    kinds = kinds_of(scan["activity_class"][at], ACTIVITY_CLASSES)
    table = scan.keep(f"{log.table}_rework", at, back, kinds)
    return Searched(table, how_many(naive >= 0))


def dense(keys: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return numbers from 0 for the keys that occur; -1 stays so."""
    occurs = np.zeros(int(keys.max(initial=0)) + 2, np.bool_)
    occurs[keys] = True
    occurs[-1] = False
    numbers = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    numbers[-1] = -1
    return looked_up(keys, numbers)


def search_delays(scan: Scan, rule: HandoffDelay) -> Searched:
    """Find slow hand-offs (D8)."""
    log, time, agency = scan.log, scan["time_us"], scan["agency"]
    before = scan.before_of(need_may_be_missing=rule.need_may_be_missing)
    at = np.flatnonzero(scan.of_class(rule.classes) & (before >= 0))
    back = before[at]
    moves, baselines = f"{log.table}_transitions", f"{log.table}_baselines"
    columns = {
        "event": at,
        "activity": scan["activity"][at],
        "agency": agency[at],
        "event_before": back,
        "agency_before": agency[back],
        "activity_before": scan["activity"][back],
        "wait_us": time[at] - time[back],
    }
    log.engine.register(moves, pa.table(columns))
    log.engine.keep(baselines, baselines_sql(moves, rule))
    between = scan.last(scan["episode"])[at] > back
    slow, indirect, delays = (
        f"{log.table}_{one}" for one in ("slow", "indirect", "delays")
    )
    log.engine.register(indirect, pa.table({"event": at[between]}))
    log.engine.keep(slow, slow_sql(moves, baselines, rule))
    log.engine.keep(delays, delays_sql(slow, indirect))
    moved = (agency[1:] != agency[:-1]) & ~scan.firsts()[1:]
    return Searched(delays, how_many(moved))
