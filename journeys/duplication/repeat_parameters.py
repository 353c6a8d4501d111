"""What D1 says of needs and activities, in the codes of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from journeys.duplication.rule import microseconds
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.duplication.repeat_assessment import RepeatAssessment
    from journeys.log import Log

__all__ = ["limits_of", "register_parameters"]


def register_parameters(log: Log, rule: RepeatAssessment, name: str) -> None:
    """Register what the rule says of needs and activities, in codes of the log."""
    limits = list(limits_of(log, rule))
    exempt = log.codes("activity", [each.activity for each in rule.exempt])
    pairs = {
        log.codes("activity", (pair.earlier, pair.later)) for pair in rule.exempt_pairs
    }
    known = sorted(pair for pair in pairs if len(pair) == 2)  # noqa: PLR2004 - in log
    tables: dict[str, tuple[list[str], list[Any]]] = {
        "validity": (["need_key", "activity_class", "validity_us"], limits),
        "exempt": (["activity"], [(code,) for code in sorted(set(exempt))]),
        "exempt_pairs": (["earlier", "later"], known),
    }
    for what, (columns, rows) in tables.items():
        frame = pd.DataFrame(rows, columns=columns, dtype="int64")
        log.engine.register(f"{name}_{what}", frame)


def limits_of(log: Log, rule: RepeatAssessment) -> Iterator[tuple[int, int, int]]:
    """Yield need, class and shelf life; the shortest that applies; -1 is no need."""
    needs = {None: -1} | {need: code for code, need in enumerate(log.names["need"])}
    for need, code in needs.items():
        for kind in rule.classes:
            days = [
                each.days
                for each in rule.validity
                if each.need in {None, need} and each.of_class in {None, kind}
            ]
            if days:
                yield code, ACTIVITY_CLASSES.index(kind), microseconds(min(days))
