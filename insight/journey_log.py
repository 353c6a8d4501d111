"""From a place's tables of events to a log: words mapped, costs filled, encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from journeys import encode_log, find_duplication, read_rules
from journeys.cost.unit_costs import cost_events
from journeys.store import open_store
from journeys.vocabulary import mapped_events

if TYPE_CHECKING:
    from journeys import Duplication, Log
    from place import OpenPlace

__all__ = ["duplication_in", "has_events", "log_of"]

NO_WORDS: Final = pd.DataFrame({"activity": [], "activity_class": []}, dtype="str")


def has_events(opened: OpenPlace) -> bool:
    """Return whether a place has events, as a table or in a store."""
    return opened.has("events") or opened.place.journeys.store is not None


def duplication_in(opened: OpenPlace) -> Duplication:
    """Follow the events of a place and find duplication by its rules.

    Raises
    ------
    InsightError
        If the place has no events.
    """
    if not has_events(opened):
        msg = "the place has no events. Name a table as [tables.events]."
        raise InsightError(msg)
    return find_duplication(log_of(opened), read_rules(opened.place.journeys.rules))


def log_of(opened: OpenPlace) -> Log:
    """Return the log of a place, under its vocabulary's words and with its unit costs.

    Parameters
    ----------
    opened
        A place with `events`, or with a store of them; `vocabulary` and `unit_costs`
        are used where it has them, and are in a store already.

    Raises
    ------
    JourneyError
        If the vocabulary contradicts itself or [journeys.classes], or unit costs do
        not hold together.
    """
    store = opened.place.journeys.store
    if store is not None:
        return open_store(store, opened.engine)
    classes, events = opened.place.journeys.classes, "events"
    # Unit costs of a class have to see the classes that the settings give, too.
    if opened.has("vocabulary") or (classes and opened.has("unit_costs")):
        words = "vocabulary" if opened.has("vocabulary") else NO_WORDS
        events = mapped_events(
            events, words, engine=opened.engine, classes=classes
        ).table
    if opened.has("unit_costs"):
        events = cost_events(events, "unit_costs", engine=opened.engine).table
    return encode_log(events, engine=opened.engine, classes=classes)
