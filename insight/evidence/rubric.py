"""What each level of insight maturity means: this toolkit's own rubric.

The report names four components of successful customer insight and gives them no
levels, and no published framework has levels for these four. So the words of
`data/reference/insight_rubric.csv` are ours, and every sheet that carries them says so.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from insight.shipped import shipped

__all__ = ["COMPONENTS", "LEVELS", "OURS", "RUBRIC_RULES", "rubric"]

COMPONENTS: Final = ("value", "people and skills", "process", "data and systems")
LEVELS: Final = (1, 2, 3, 4)
OURS: Final = (
    "This rubric is totalplace's own: the report gives its four components no levels, "
    "and no published framework has levels for these four."
)
_HIGHEST = (
    "Give the highest level whose sentence the passage bears out. What is planned is "
    "level 1, however well planned."
)
_BLANK = (
    "Leave the level blank where the passage says nothing of the component. A blank is "
    "no low level: silence is not absence."
)
_BLIND = (
    "Judge the passage alone, not what you know of the place or of how it was "
    "assessed, and do not confer until every coder has handed in."
)
RUBRIC_RULES: Final = (OURS, _HIGHEST, _BLANK, _BLIND)


def rubric() -> pd.DataFrame:
    """Return the rubric: one row a component and level.

    Returns
    -------
    rubric
        `component`, `level` (1 to 4), `name` of the level and `anchor`, the sentence
        that a passage must bear out.

    Examples
    --------
    >>> rubric().query("component == 'process' and level == 1")["name"].item()
    'planned or in development'
    """
    return pd.read_csv(shipped("reference", "insight_rubric.csv"), encoding="utf-8")
