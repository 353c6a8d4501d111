"""Which function searches by which rule in machine code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from journeys.compiled.repeats import search_asks, search_parallels, search_repeats
from journeys.compiled.rules import (
    search_contacts,
    search_courses,
    search_delays,
    search_ping_pong,
    search_rework,
)
from journeys.compiled.scanning import scanned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journeys.duplication.rule import Rule, Searched
    from journeys.duplication.rules import Rules
    from journeys.log import Log

__all__ = ["SEARCHES", "search_compiled"]

SEARCHES: Final[dict[str, Callable[[Any, Any], Searched]]] = {
    "D1": search_repeats,
    "D2": search_parallels,
    "D3": search_ping_pong,
    "D4": search_contacts,
    "D5": search_asks,
    "D6": search_courses,
    "D7": search_rework,
    "D8": search_delays,
}


def search_compiled(log: Log, rules: Rules, run: Iterable[Rule]) -> dict[str, Searched]:
    """Return what each rule kept, as its SQL would."""
    scan = scanned(log)
    return {
        rule.name: SEARCHES[rule.name](scan, rules.of(rule.section)) for rule in run
    }
