"""Kinds of money that must not be added as if they were one, and capital left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.spend.moderation.remarks import on_count, on_lines
from insight.spend.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from insight.spend.moderation.remarks import Remark

__all__ = ["MIXED", "of_mixtures"]

MIXED: Final = {
    "basis": ("budget and actual figures", "Report the two apart, or ask for outturn"),
    "recurring": ("one-off and recurring money", "Report the two apart"),
    "period": ("periods", "Ask for one financial year, or state each"),
}
"""Column to what is mixed where it holds several words, and what to do."""


def of_mixtures(count: pd.DataFrame) -> Iterator[Remark]:
    """Yield what is mixed or not told apart in a checked count.

    The lines concerned are those that are not of the kind most lines are of.
    """
    for name, (what, do) in MIXED.items():
        if name not in count:
            continue
        stated = count[name].astype("str").str.strip().where(count[name].notna())
        kinds = stated.value_counts().sort_index()
        if len(kinds) > 1:
            fewer = kinds.drop(kinds.idxmax()).index
            shown = ", ".join(f"{kind} {lines:,}" for kind, lines in kinds.items())
            said = f"{listed(fewer)}, in a count that mixes {what} ({shown})"
            yield from on_lines(count, stated.isin(fewer), f"{what} mixed", said, do)
        yield from on_lines(
            count,
            stated.isna(),
            f"{name} not stated",
            f"{name} not stated",
            f"State {name}",
        )
    yield from _capital(count)


def _capital(count: pd.DataFrame) -> Iterator[Remark]:
    if "nature" not in count or count["nature"].isna().all():
        yield on_count(
            "nature not stated",
            "No line says whether it is revenue or capital",
            "State nature",
        )
        return
    nature = count["nature"]
    yield from on_lines(
        count, nature.isna(), "nature not stated", "nature not stated", "State nature"
    )
    if not (nature == "capital").any():
        yield on_count(
            "capital absent",
            f"No line is capital, among {int(nature.notna().sum()):,} that state their "
            "nature: capital may have been left out",
            "Ask each body",
        )
