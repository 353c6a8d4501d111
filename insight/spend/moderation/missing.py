"""Sources, bodies, kinds of body and functions that a count does not name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.spend.cofog import cofog_1999
from insight.spend.moderation.remarks import on_count
from insight.spend.names import alike, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.spend.moderation.remarks import Remark

__all__ = ["KINDS", "of_missing"]

KINDS: Final = ("local authority", "nhs", "police", "fire", "central government")
"""Kinds of body that spend in every place of England."""
DEFENCE: Final = "02"
SHOWN: Final = 12


def of_missing(
    count: pd.DataFrame, expected: pd.DataFrame | None = None
) -> Iterator[Remark]:
    """Yield what a checked count does not name and should.

    Parameters
    ----------
    count
        With `source`, `body` and `body_kind` where lines state them.
    expected
        `what` ("source" or "body") and `name`.
    """
    if expected is not None:
        for what in ("source", "body"):
            names = expected.loc[expected["what"] == what, "name"]
            yield from _named(count, what, names)
    if "body_kind" in count:
        absent = [one for one in KINDS if one not in set(alike(count["body_kind"]))]
        if absent:
            yield on_count(
                "missing kind of body",
                f"No line is of {listed(absent)}, which spend in every place",
                "Ask them, or say why they are left out",
            )
    divisions = cofog_1999().query("level == 1")["name"].drop(DEFENCE)
    absent = sorted(set(divisions.index) - set(count["code"].dropna().str[:2]))
    if absent and count["heading"].isna().all():
        named = [f"{code} {divisions[code].lower()}" for code in absent]
        yield on_count(
            "missing function",
            f"No line is of COFOG {listed(named, SHOWN)}",
            "Ask who spends on it here, or say that nobody does",
        )


def _named(count: pd.DataFrame, what: str, names: pd.Series[str]) -> Iterator[Remark]:
    """Say which expected names a column lacks, each with the name nearest to it."""
    there = alike(count[what]) if what in count else pd.Series(dtype=object)
    found = dict(zip(there.dropna(), count.get(what, there).dropna(), strict=True))
    wanted = dict(zip(alike(names), names, strict=True))
    absent = []
    for key, name in sorted(wanted.items()):
        if key in found:
            continue
        near = get_close_matches(key, found, n=1, cutoff=0.75)
        absent.append(f"{name} (is it {found[near[0]]!r}?)" if near else str(name))
    if absent:
        yield on_count(
            f"missing {what}",
            f"Of {len(wanted)} expected {'bodies' if what == 'body' else 'sources'} "
            f"{len(absent)} cannot be found: {listed(absent, SHOWN)}",
            "Ask for their lines, or say why they have none",
        )
