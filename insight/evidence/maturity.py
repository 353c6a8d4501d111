"""How mature a place's use of customer insight is, from coders' levels.

Coders read the evidence of a place without seeing its flags and give each of the
report's four components a level: 1 planned or in development, 2 in use in one body
or service, 3 in use across services or partners, 4 routine, with a measured effect.
No text is a blank, never a low level. The rubric is this toolkit's own. A
component's level is the median over coders; a place's score is the mean over the
components chosen, and only where all of them have a level. Evidence written after
the flags were published cannot predict them and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.evidence.agreement import exact_agreement, ordinal_alpha

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMPONENTS", "LEAST_ALPHA", "Maturity", "maturity_scores"]

COMPONENTS: Final = ("value", "people and skills", "process", "data and systems")
LEVELS: Final = (1, 2, 3, 4)
LEAST_ALPHA: Final = 0.667
"""Ordinal alpha below which coders' levels are too uncertain to build on."""
NEEDED: Final = ("place", "component", "coder", "score")
CELL: Final = ["place", "component", "coder"]


@dataclass(frozen=True, kw_only=True)
class Maturity:
    """Levels of insight use, and how far they can be trusted.

    Parameters
    ----------
    score
        Mean level over `components` by place; missing unless all have a level.
    profile
        Median level over coders: one row a place, one column a component.
    agreement
        One row a component: `units` rated at least twice, `exact_agreement` and
        ordinal `alpha`.
    components
        What the score is made of.
    coders
        How many coders gave a level.
    left_out_after
        Rows left out because their evidence is from after the flags.
    warnings
        Sentences that must stand beside any result built on these scores.
    """

    score: pd.Series[float]
    profile: pd.DataFrame
    agreement: pd.DataFrame
    components: tuple[str, ...]
    coders: int
    left_out_after: int
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        scored = int(self.score.notna().sum())
        return (
            f"{scored} of {len(self.score)} places have a level for all "
            f"{len(self.components)} components ({', '.join(self.components)}) from "
            f"{self.coders} coders; {self.left_out_after} scores of evidence from "
            "after the flags left out."
            + "".join(f" {words}" for words in self.warnings)
        )


def maturity_scores(
    maturity: pd.DataFrame, *, components: Sequence[str] = COMPONENTS
) -> Maturity:
    """Return one score a place from coders' levels.

    Parameters
    ----------
    maturity
        `place`, `component`, `coder`, `score` (1 to 4, or blank) and, where it is
        recorded, `phase` ("before" or "after" the flags were published).
    components
        What the score is made of: some or all of the report's four.

    Returns
    -------
    maturity
        Every place of the input is in it, in the order of text, scored or not.

    Raises
    ------
    InsightError
        If a column is missing, a component or level is not of the rubric, or one
        coder scores a component of a place twice.

    Examples
    --------
    >>> rows = [
    ...     ("North", "value", "Ann", 2), ("North", "value", "Bob", 3),
    ...     ("South", "value", "Ann", None), ("South", "value", "Bob", None),
    ... ]  # fmt: skip
    >>> coded = pd.DataFrame(rows, columns=["place", "component", "coder", "score"])
    >>> maturity_scores(coded, components=["value"]).score.to_dict()
    {'North': 2.5, 'South': nan}
    """
    coded = _checked(maturity, components)
    places = pd.Index(sorted(set(coded["place"])), name="place")
    after = coded["phase"] == "after"
    used = coded[~after & coded["score"].notna()]
    profile = (
        used.pivot_table(
            index="place", columns="component", values="score", aggfunc="median"
        )
        .reindex(index=places, columns=list(components))
        .astype("float64")
    )
    agreement = _agreement(used, components)
    return Maturity(
        score=profile.mean(axis=1, skipna=False).rename("score"),
        profile=profile,
        agreement=agreement,
        components=tuple(components),
        coders=used["coder"].nunique(),
        left_out_after=int((after & coded["score"].notna()).sum()),
        warnings=_warnings(used, agreement),
    )


def _checked(maturity: pd.DataFrame, components: Sequence[str]) -> pd.DataFrame:
    lacks = [name for name in NEEDED if name not in maturity]
    if lacks:
        msg = (
            f"maturity lacks {lacks}; it has {list(maturity.columns)}. Give one row a "
            "place, component and coder."
        )
        raise InsightError(msg)
    coded = maturity.reindex(columns=[*NEEDED, "phase"])
    known = coded["component"].isin(COMPONENTS)
    strange = sorted(
        {*map(str, coded.loc[~known, "component"])}
        | (set(components) - set(COMPONENTS))
    )
    if strange or not components:
        msg = (
            f"components of insight are {list(COMPONENTS)}; seen {strange or 'none'}. "
            "Use those names."
        )
        raise InsightError(msg)
    coded["score"] = pd.to_numeric(coded["score"], errors="coerce").astype("float64")
    wrong = maturity["score"].notna() & ~coded["score"].isin(LEVELS)
    if wrong.any():
        seen = sorted({str(level) for level in maturity.loc[wrong, "score"]})
        msg = (
            f"{int(wrong.sum())} scores are not a level from 1 to 4: {seen[:5]}. Leave "
            "the score blank where there is no text; a blank is not a low level."
        )
        raise InsightError(msg)
    coded = coded[coded["component"].isin(components)]
    _refuse_repeats(coded[coded["score"].notna() & (coded["phase"] != "after")])
    return coded


def _refuse_repeats(used: pd.DataFrame) -> None:
    if used[["place", "coder"]].isna().any(axis=None):
        msg = (
            f"{int(used[['place', 'coder']].isna().any(axis=1).sum())} scores name no "
            "place or no coder. Name both; a code such as 'coder 1' will do."
        )
        raise InsightError(msg)
    twice = used[used.duplicated(CELL)]
    if not twice.empty:
        first = twice.iloc[0]
        msg = (
            f"{len(twice)} scores repeat a place, component and coder, first "
            f"{first['component']!r} of {first['place']!r}. Keep one level a coder; "
            "list all the evidence beside it."
        )
        raise InsightError(msg)


def _agreement(used: pd.DataFrame, components: Sequence[str]) -> pd.DataFrame:
    rows = {}
    for component in components:
        ratings = used[used["component"] == component].pivot_table(
            index="place", columns="coder", values="score"
        )
        rows[component] = {
            "units": int((ratings.notna().sum(axis=1) > 1).sum()),
            "exact_agreement": exact_agreement(ratings),
            "alpha": ordinal_alpha(ratings) if ratings.shape[1] > 1 else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("component")


def _warnings(used: pd.DataFrame, agreement: pd.DataFrame) -> tuple[str, ...]:
    said = []
    coders = used.groupby(["place", "component"])["coder"].nunique()
    alone = int((coders < 2).sum())  # noqa: PLR2004 - agreement takes two
    if alone:
        said.append(
            f"{alone} of {len(coders)} levels rest on fewer than two coders, so "
            "nothing shows that another reader would agree."
        )
    low = agreement[agreement["alpha"] < LEAST_ALPHA]
    if not low.empty:
        shown = ", ".join(f"{name} {alpha:.2f}" for name, alpha in low["alpha"].items())
        said.append(
            f"Coders agree too little (ordinal alpha below {LEAST_ALPHA}) on: {shown}."
        )
    undated = int(used["phase"].isna().sum())
    if undated:
        said.append(
            f"{undated} scores do not say whether their evidence is from before the "
            "flags; they are taken to be."
        )
    return tuple(said)
