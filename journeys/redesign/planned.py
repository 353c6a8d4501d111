"""Make the plan of a redesign: check what it names, and write its query."""

from __future__ import annotations

from difflib import get_close_matches
from functools import singledispatch
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from journeys.cost.cells import named_rules, rules_sql
from journeys.cost.money import Range
from journeys.duplication.rule import microseconds
from journeys.errors import JourneyError
from journeys.log import class_codes, codes_sql
from journeys.redesign.changes import (
    AssessFirst,
    FrontDoor,
    MergeAgencies,
    MergeSteps,
    OptInOffer,
)
from journeys.redesign.money import Offer
from journeys.redesign.plans import (
    assess_first_sql,
    front_door_sql,
    merge_agencies_sql,
    merge_steps_sql,
    offer_sql,
    offered_sql,
)
from journeys.redesign.relief import parts_sql
from place.sqltext import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journeys.duplication.results import Duplication
    from journeys.log import Log
    from journeys.redesign.changes import Redesign

__all__ = ["Setting", "agency_names", "merged", "offer_of", "plan_sql"]

POUND: Final = 100.0


class Setting(NamedTuple):
    """What a plan is made from: the search, a prefix for tables, segments."""

    found: Duplication
    table: str
    segments: str | None

    @property
    def log(self) -> Log:
        """The log as it is."""
        return self.found.log


@singledispatch
def plan_sql(change: Redesign, setting: Setting) -> str:
    """Return the query for the plan of a redesign.

    Raises
    ------
    JourneyError
        If it names what the log does not have.
    """
    raise NotImplementedError(type(change), setting)


@plan_sql.register
def _(change: MergeSteps, setting: Setting) -> str:
    first = _codes(setting.log, "activity", [change.first], change.name)[0]
    return merge_steps_sql(
        setting.log.table,
        first,
        _codes(setting.log, "activity", change.then, change.name),
        within_us=microseconds(change.within_days),
        same_agency=change.agency == "same",
    )


@plan_sql.register
def _(change: MergeAgencies, setting: Setting) -> str:
    into = merged(setting.log, change)
    return merge_agencies_sql(setting.log.table, into, next(iter(into.values())))


@plan_sql.register
def _(change: AssessFirst, setting: Setting) -> str:
    found, log = setting.found, setting.log
    run = [each.rule for each in found.by_rule]
    if absent := [rule for rule in change.rules if rule not in run]:
        msg = (
            f"{change.name}: {absent} are not among the rules that were run: {run}. "
            "Name those in rules, or add their sections to the rules file."
        )
        raise JourneyError(msg)
    rules = rules_sql(change.rules)
    return assess_first_sql(
        log.table,
        f"(SELECT event FROM {found.table} WHERE rule IN {rules}) AS f",
        activities=_codes(log, "activity", change.activities, change.name),
        valid=_valid(found, change),
        by_first=change.by == "first agency",
    )


@plan_sql.register
def _(change: FrontDoor, setting: Setting) -> str:
    door = _codes(setting.log, "agency", [change.agency], change.name)[0]
    return front_door_sql(setting.log.table, door, change)


@plan_sql.register
def _(change: OptInOffer, setting: Setting) -> str:
    found, log, table = setting.found, setting.log, setting.table
    among = ""
    if change.segments:
        named = ", ".join(map(literal, change.segments))
        among = (
            f"SELECT customer FROM {_segments(setting, change)} "
            f"WHERE CAST(segment AS STRING) IN ({named})"
        )
    offered = offered_sql(
        log.table, found.table, named_rules(found), change.least_findings, among
    )
    log.engine.keep(f"{table}_offered", offered)
    log.engine.keep(f"{table}_parts", parts_sql(f"{table}_claims"))
    return offer_sql(log.table, f"{table}_parts", f"{table}_offered")


def merged(log: Log, change: Redesign) -> dict[int, int]:
    """Return the codes of agencies that a redesign merges -> the code they become.

    Raises
    ------
    JourneyError
        If the log lacks one, or has another agency of the new name.
    """
    if not isinstance(change, MergeAgencies):
        return {}
    codes = _codes(log, "agency", change.agencies, change.name)
    taken = log.codes("agency", [change.into])
    if taken and taken[0] not in codes:
        msg = (
            f"{change.name}: {change.into!r} is an agency of the log, and not one of "
            "those to be merged. Add it to agencies, or choose another name."
        )
        raise JourneyError(msg)
    into = taken[0] if taken else min(codes)
    return dict.fromkeys(sorted(codes), into)


def agency_names(log: Log, change: Redesign) -> tuple[str, ...]:
    """Return the names of agencies by code, with the one that bears an offer."""
    names = tuple(log.names["agency"])
    if isinstance(change, OptInOffer) and change.agency not in names:
        return (*names, change.agency)
    return names


def offer_of(setting: Setting, change: Redesign) -> Offer | None:
    """Return who is offered what, where a redesign offers anything."""
    if not isinstance(change, OptInOffer):
        return None
    column, join = "CAST(NULL AS STRING)", ""
    if setting.segments:
        column = "CAST(s.segment AS STRING)"
        join = f"LEFT JOIN {setting.segments} AS s ON s.customer = o.customer"
    rows = setting.log.engine.arrow(
        f"SELECT o.customer, {column} AS segment FROM {setting.table}_offered AS o "
        f"{join} ORDER BY o.customer"
    )
    pounds = change.offer_pounds
    return Offer(
        customers=rows["customer"].to_numpy().astype(np.int64),
        segments=rows["segment"].to_pylist(),
        agency=agency_names(setting.log, change).index(change.agency),
        pence=Range(pounds.low * POUND, pounds.central * POUND, pounds.high * POUND),
    )


def _valid(found: Duplication, change: AssessFirst) -> str:
    """Return SQL for how long an assessment for a need is good, in microseconds."""
    if change.valid_days is not None:
        return str(microseconds(change.valid_days))
    rule = found.rules.repeat_assessment
    if rule is None:
        msg = (
            f"{change.name}: the rules do not have D1, whose window says how long an "
            "assessment is good. Give valid_days."
        )
        raise JourneyError(msg)
    window = microseconds(rule.window_days)
    lives = []
    for each in rule.validity:
        needs = found.log.codes("need", [] if each.need is None else [each.need])
        kinds = [] if each.of_class is None else [each.of_class]
        where = [
            *([f"l.need IN {codes_sql(needs)}"] if each.need is not None else []),
            *([f"l.activity_class IN {class_codes(kinds)}"] if kinds else []),
        ]
        life = microseconds(each.days)
        lives.append(f"CASE WHEN {' AND '.join(where)} THEN {life} ELSE {window} END")
    return f"least({', '.join([*lives, str(window)])})" if lives else str(window)


def _segments(setting: Setting, change: OptInOffer) -> str:
    """Return the table of segments, or say that what is asked for is not there."""
    known: list[str] = []
    if setting.segments is not None:
        sql = f"SELECT DISTINCT CAST(segment AS STRING) AS s FROM {setting.segments}"
        known = setting.log.engine.arrow(f"{sql} ORDER BY s")["s"].to_pylist()
    absent = sorted(set(change.segments) - set(known))
    if setting.segments is None or absent:
        msg = (
            f"{change.name}: no customer is in segments {absent}; the segments here "
            f"are {[each for each in known if each is not None]}. Name these, or leave "
            "segments out."
        )
        raise JourneyError(msg)
    return setting.segments


def _codes(log: Log, what: str, names: Iterable[str], of: str) -> tuple[int, ...]:
    """Return the codes of names, or say which the log lacks."""
    known = log.names[what]
    faults = []
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else "Write it as events do."
            faults.append(f"{of}: no event has the {what} {name!r}. {hint}")
    if faults:
        raise JourneyError(*faults)
    return log.codes(what, names)
