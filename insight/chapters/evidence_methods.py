"""What was computed, how ties were treated and where each method is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from insight.chapters.evidence_part import Part
from insight.release import Sheet, release
from insight.report import Table, Text
from insight.shipped import shipped

if TYPE_CHECKING:
    from insight.release import Door

__all__ = ["methods_part"]


def methods_part(door: Door) -> Part:
    """Return the appendix that a reviewer checks."""
    methods = pd.read_csv(shipped("reference", "evidence_methods.csv"), dtype=str)
    released = release(
        door,
        methods,
        Sheet(name="evidence_methods", title="Methods, ties and references"),
    )
    said = (
        "For a reviewer: every method above, what it does with equal figures, and the "
        "paper that it is from. The functions of insight.evidence are named after them."
    )
    return Part(
        name="methods",
        blocks=[
            Text([said]),
            Table(
                released=released,
                columns={
                    "method": "Method",
                    "definition": "What is computed",
                    "ties": "Equal figures",
                    "reference": "From",
                },
            ),
        ],
        tables=[released],
        sentences=[said],
    )
