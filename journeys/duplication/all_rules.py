"""The rules that a log is searched by, in the order of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.duplication import (
    asked_again,
    handoff_delay,
    parallel_holding,
    ping_pong,
    preventable_contact,
    repeat_assessment,
    repeated_course,
    rework,
)

if TYPE_CHECKING:
    from journeys.duplication.rule import Rule

__all__ = ["ALL_RULES"]

ALL_RULES: Final[tuple[Rule, ...]] = (
    repeat_assessment.RULE,
    parallel_holding.RULE,
    ping_pong.RULE,
    preventable_contact.RULE,
    asked_again.RULE,
    repeated_course.RULE,
    rework.RULE,
    handoff_delay.RULE,
)
