"""The rules that a log is searched by, in the order of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.duplication import ping_pong, repeat_assessment

if TYPE_CHECKING:
    from journeys.duplication.rule import Rule

__all__ = ["ALL_RULES"]

ALL_RULES: Final[tuple[Rule, ...]] = (repeat_assessment.RULE, ping_pong.RULE)
