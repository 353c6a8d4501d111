"""Faults of settings on journeys: rules, classes, redesigns and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.hints import nearest
from journeys import JourneyError, read_rules
from journeys.frames import check_classes
from journeys.redesign import redesign_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place import OpenPlace, Place

__all__ = ["compare_faults", "journey_faults", "redesign_faults"]

NAMING: Final = {  # kind of redesign -> its keys that name what events have to have
    "merge agencies": {"agencies": "agency"},
    "front door": {"agency": "agency"},
    "assess first": {"activities": "activity"},
    "merge steps": {"first": "activity", "then": "activity"},
}


def journey_faults(place: Place) -> Iterator[str]:
    """Yield what is wrong with settings on journeys whatever the tables hold."""
    try:
        read_rules(place.journeys.rules)
    except JourneyError as wrong:
        yield from (f"[journeys] rules: {fault}" for fault in wrong.faults)
    for activity, given in place.journeys.classes.items():
        try:
            check_classes([given])
        except JourneyError as wrong:
            yield f"[journeys.classes] {activity!r}: {wrong}"
    for number, given_redesign in enumerate(place.redesigns, start=1):
        try:
            redesign_of(given_redesign)
        except JourneyError as wrong:
            yield from (f"[[redesigns]] no. {number}: {each}" for each in wrong.faults)
    yield from _between(place)


def _between(place: Place) -> Iterator[str]:
    """Yield what is wrong with several settings taken together."""
    names = [given.get("name") for given in place.redesigns]
    for name in dict.fromkeys(filter(None, names)):
        if names.count(name) > 1:
            yield f"[[redesigns]]: several are called {name!r}. Name each differently."
    dates = place.compare.periods if place.compare is not None else []
    if dates != sorted(set(dates)):
        yield "[compare] periods: each date has to be later than the one before it."


def redesign_faults(opened: OpenPlace) -> list[str]:
    """Return what redesigns name that no event of a place has.

    Where a vocabulary gives activities other names, or the events stand in a store,
    names are looked at when journeys are followed.
    """
    if not opened.has("events") or opened.has("vocabulary"):
        return []
    known = {what: _names(opened, what) for what in ("agency", "activity")}
    faults: list[str] = []
    for change in map(redesign_of, opened.place.redesigns):
        for key, what in NAMING.get(change.kind, {}).items():
            named = getattr(change, key)
            where = f"[[redesigns]] {change.name!r} {key}: no event has the {what}"
            faults += (
                f"{where} {name!r}. {nearest(name, known[what])}"
                for name in ([named] if isinstance(named, str) else named)
                if name not in known[what]
            )
    return faults


def _names(opened: OpenPlace, what: str) -> list[str]:
    sql = f"SELECT DISTINCT {what} AS name FROM events ORDER BY name"
    names: list[str] = opened.engine.arrow(sql)["name"].to_pylist()
    return names


def compare_faults(opened: OpenPlace) -> list[str]:
    """Return what is wrong with `[compare]` for the areas that a place has."""
    asked = opened.place.compare
    if asked is None or asked.area is None:
        return []
    if opened.areas is None:
        where = "[compare] area: the place has no table of areas."
        return [f"{where} Add it, or take the line away."]
    columns = [str(each) for each in opened.areas]
    if asked.area in columns:
        return []
    seen = asked.area
    remedy = nearest(seen, columns)
    return [f"[compare] area: areas have no column {seen!r}. {remedy}"]
