"""Figures of a chart as plain values, for a slide that draws them as its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.report.formats import Form

__all__ = ["Plot"]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One value for each name and series; what is hidden or not known is `None`.

    Parameters
    ----------
    kind
        "bars", or "lines".
    names
        What stands along the axis, in order.
    series
        Name of each series -> its values.
    form
        What the values are.
    """

    kind: Literal["bars", "lines"]
    names: Sequence[str]
    series: Mapping[str, Sequence[float | None]]
    form: Form
