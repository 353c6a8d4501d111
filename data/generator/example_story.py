"""What a story is: steps taken by roles, some of them marked with the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

__all__ = ["Mark", "Role", "Step", "Story", "decoy", "planted", "step"]

Role: TypeAlias = Literal["A", "B", "C"]


@dataclass(frozen=True)
class Mark:
    """What a step is in truth; `evidence` are earlier steps, the first being 0."""

    rule: str
    kind: Literal["planted", "decoy"]
    why: str
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One event of a story.

    `after` (the step before it) and `lasts` are the fewest and the most days; a
    service that lasts no days lasts less than two hours.
    """

    kind: str
    activity: str
    by: Role = "A"
    after: tuple[int, int] = (2, 12)
    lasts: tuple[int, int] = (0, 0)
    to: Role | None = None
    joint: Role | None = None
    channel: str = ""
    outcome: str = ""
    items: str = ""
    need: Literal["main", "other", "none"] = "main"
    mark: Mark | None = None

    def but(self, **changes: Any) -> Step:  # noqa: ANN401 - any field of a step
        """Return this step with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Story:
    """A story, and how often it is lived against the others."""

    name: str
    weight: float
    steps: tuple[Step, ...]


def step(kind: str, activity: str, by: Role = "A", **fields: Any) -> Step:  # noqa: ANN401
    """Return a step of an activity class."""
    return Step(kind, activity, by).but(**fields)


def planted(rule: str, why: str, *evidence: int) -> Mark:
    """Mark a step that is duplication."""
    return Mark(rule, "planted", why, evidence)


def decoy(rule: str, why: str, *evidence: int) -> Mark:
    """Mark a step that only looks like duplication."""
    return Mark(rule, "decoy", why, evidence)
