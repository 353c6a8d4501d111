"""The rules that a log is searched by, in the order of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.duplication.asked_again import RULE as ASKED_AGAIN
from journeys.duplication.handoff_delay import RULE as HANDOFF_DELAY
from journeys.duplication.parallel_holding import RULE as PARALLEL_HOLDING
from journeys.duplication.ping_pong import RULE as PING_PONG
from journeys.duplication.preventable_contact import RULE as PREVENTABLE_CONTACT
from journeys.duplication.repeat_assessment import RULE as REPEAT_ASSESSMENT
from journeys.duplication.repeated_course import RULE as REPEATED_COURSE
from journeys.duplication.rework import RULE as REWORK

if TYPE_CHECKING:
    from journeys.duplication.rule import Rule

__all__ = ["ALL_RULES"]

ALL_RULES: Final[tuple[Rule, ...]] = (
    REPEAT_ASSESSMENT,
    PARALLEL_HOLDING,
    PING_PONG,
    PREVENTABLE_CONTACT,
    ASKED_AGAIN,
    REPEATED_COURSE,
    REWORK,
    HANDOFF_DELAY,
)
