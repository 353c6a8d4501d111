"""Lines that a count of one place would not hold, by rules that are stated.

References
----------
HM Treasury (2010). Public Expenditure Statistical Analyses 2010, Cm 7890, chapter 9:
spending that is not identifiable by region. The 2010 report, footnotes 10 and 15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.spend.moderation.remarks import on_lines
from insight.spend.names import alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.spend.moderation.remarks import Remark

__all__ = ["SCOPE", "of_scope"]

SCOPE: Final = {
    "defence counted": (
        "COFOG division 02, defence, which is spent for the whole nation",
        "Leave it out: national figures do not lay it at any region's door",
    ),
    "foreign aid counted": (
        "COFOG group 01.2, foreign economic aid, which is spent abroad",
        "Leave it out: national figures do not lay it at any region's door",
    ),
    "national body counted": (
        "general public services of central government, such as national debt interest",
        "Keep it only if spent for this place: a share of a national sum is no count",
    ),
    "private spend counted": (
        "spent by a private body",
        "Keep it only if public money pays for it, and name that source",
    ),
    "outside national figures": (
        "of the lottery, Sport England or the Health Protection Agency",
        "Keep it, but national figures lack it: set it aside when comparing",
    ),
}
"""Rule to what is said of its lines, and what to do."""

OUTSIDE: Final = "lottery|sport england|health protection agency"
DEFENCE, AID, GENERAL = "02", "01.2", "01"


def _words(count: pd.DataFrame, name: str) -> pd.Series[str]:
    if name not in count:
        return pd.Series("", index=count.index)
    return alike(count[name]).fillna("").astype("str")


def of_scope(count: pd.DataFrame) -> Iterator[Remark]:
    """Yield a remark for each rule of `SCOPE` that lines of a checked count meet."""
    code = count["code"].fillna("").astype("str")
    kind = _words(count, "body_kind")
    names = _words(count, "source") + "\n" + _words(count, "body")
    meets = {
        "defence counted": code.str[:2] == DEFENCE,
        "foreign aid counted": code == AID,
        "national body counted": (
            (code.str[:2] == GENERAL) & (code != AID) & (kind == "central government")
        ),
        "private spend counted": kind == "private",
        "outside national figures": names.str.contains(OUTSIDE, regex=True),
    }
    for rule, (said, do) in SCOPE.items():
        yield from on_lines(count, meets[rule], rule, said, do)
