"""What to ask of single lines: names, codes, amounts, and the same line twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from insight.spend.moderation.remarks import on_lines
from insight.spend.names import alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from insight.spend.moderation.remarks import Remark

__all__ = ["of_single_lines"]

NEEDED: Final = {
    "source": "Name where the money comes from",
    "body": "Name the body that spends it",
}
NO_NAME: Final = frozenset(
    {
        "-", "?", "n/a", "na", "n/k", "nk", "none", "unknown", "unnamed", "various",
        "misc", "miscellaneous", "other", "others", "tba", "tbc", "not known",
        "not stated",
    }
)  # fmt: skip
TOO_FINE: Final = re.compile(r"\s*0?\d{1,2}\.\d\.\d\s*")
DIVISION: Final = 2  # letters of a division's code
SAME: Final = (
    "source", "body", "body_kind", "cofog", "heading", "amount_pence", "programme",
    "nature", "basis", "recurring", "period", "aim", "beneficiaries",
)  # fmt: skip


def of_single_lines(count: pd.DataFrame) -> list[Remark]:
    """Return remarks on a checked count's single lines."""
    return [*_names(count), *_codes(count), *_amounts(count), *_twice(count)]


def _names(count: pd.DataFrame) -> Iterator[Remark]:
    for name, do in NEEDED.items():
        if name not in count:
            continue
        written = alike(count[name])
        unnamed = written.isna() | written.isin(NO_NAME)
        yield from on_lines(count, unnamed, f"{name} not named", f"no {name}", do)


def _codes(count: pd.DataFrame) -> Iterator[Remark]:
    unknown = count["code"].isna() & (count["heading"].isna() | count["cofog"].notna())
    yield from on_lines(
        count,
        unknown,
        "COFOG not known",
        "no COFOG 1999 code that is known",
        "Give a division or group; until then the money stands apart",
    )
    fine = count["code"].notna() & count["cofog"].map(
        lambda code: bool(TOO_FINE.fullmatch(str(code)))
    )
    yield from on_lines(
        count,
        fine,
        "COFOG too fine",
        "a COFOG class, a level below groups",
        "Nothing need be done: it is read as its group",
    )
    coded = count["code"].dropna()
    divisions = coded.str.len().eq(DIVISION).reindex(count.index, fill_value=False)
    if divisions.any() and divisions.sum() < len(coded):
        yield from on_lines(
            count,
            divisions,
            "COFOG levels mixed",
            "a COFOG division alone, where other lines name groups",
            "Name the group, or compare divisions only",
        )


def _amounts(count: pd.DataFrame) -> Iterator[Remark]:
    yield from on_lines(
        count,
        count["amount_pence"] < 0,
        "negative amount",
        "negative amount",
        "Say whether it is income, a refund or a correction; it is not netted here",
    )


def _twice(count: pd.DataFrame) -> Iterator[Remark]:
    """Find lines that say what an earlier line says, word for word."""
    said = count[[name for name in SAME if name in count]]
    if "body" in said:
        yield from on_lines(
            count,
            said.duplicated(),
            "counted twice",
            "the same in every word and penny as an earlier line",
            "Take it out, or say what tells the two apart",
        )
    if "line_id" in count:
        given = alike(count["line_id"])
        yield from on_lines(
            count,
            given.notna() & given.duplicated(keep=False),
            "line_id repeated",
            "a line_id that other lines have too",
            "Give each line its own, or leave it blank",
        )
