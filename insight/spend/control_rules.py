"""The rubric by which local control of a line of spend is scored, and its rules.

The 2010 report names four things that weaken control even where the spender is local
(lines 1139-1148): duties in law, central targets, conditions and ring-fences, and each
body that money is channelled through. The scores 0 to 2, their anchors and the rules
from points to a class are this toolkit's own; they stand in `data/reference`, with a
version, so that a place can see them and argue.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pandas as pd

from insight.shipped import shipped

__all__ = ["CLASSES", "FACTORS", "MOST", "at_most", "control_rubric", "from_points"]

FACTORS: Final = ("statutory_duty", "central_targets", "conditions", "intermediaries")
CLASSES: Final = ("none", "low", "some", "high")
"""From the least local control to the most."""

MOST: Final = 2
"""The highest score of a factor: it weakens control the most."""


def control_rubric() -> pd.DataFrame:
    """Return the anchor of each score of each factor.

    Returns
    -------
    rubric
        Columns `version`, `factor`, `score`, `anchor`, `from_count` (of bodies in
        between, from which the score holds; missing for other factors) and `lines`
        of the report that name the factor.

    Examples
    --------
    >>> len(control_rubric())
    12
    """
    table = pd.read_csv(shipped("reference", "control_rubric.csv"), dtype=str)
    whole = ["version", "score", "from_count"]
    return table.astype(dict.fromkeys(whole, "Int64"))


def from_points() -> dict[str, int]:
    """Return the points from which each class holds, fewest first.

    Points are the sum of the four scores, 0 to 8: more points, less control.

    Examples
    --------
    >>> from_points()
    {'high': 0, 'some': 2, 'low': 4, 'none': 6}
    """
    return {key: int(value) for key, value in _rules("class from points").items()}


def at_most() -> dict[str, str]:
    """Return the highest class that a kind of body can have; others have no limit.

    Examples
    --------
    >>> at_most()["central government"]
    'none'
    """
    return dict(_rules("at most by body kind"))


@cache
def _rules(rule: str) -> dict[str, str]:
    table = pd.read_csv(
        shipped("reference", "control_classes.csv"), dtype=str, na_filter=False
    )
    own = table[table["rule"] == rule]
    return dict(zip(own["key"], own["value"], strict=True))
