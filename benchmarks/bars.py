"""A bar: one figure of ours, a peer's beside it, the goal, and whether it holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

__all__ = ["Bar"]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One measured figure.

    `goal` reads as the condition on `value`, such as "<= 12"; with `None` the
    figure is shown and nothing is claimed.
    """

    bar: str
    value: float
    peer: float | None = None
    goal: str | None = None

    @property
    def holds(self) -> bool | None:
        """Whether `value` meets `goal`."""
        if self.goal is None:
            return None
        sign, limit = self.goal.split()
        return (
            self.value <= float(limit) if sign == "<=" else self.value >= float(limit)
        )

    def line(self) -> str:
        """Return the bar as one line of JSON."""
        return json.dumps({**asdict(self), "holds": self.holds}, ensure_ascii=False)
