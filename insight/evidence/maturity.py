"""How mature a place's use of customer insight is, from coders' levels.

Coders read the evidence of a place without seeing its flags and give each of the
report's four components a level by `rubric`, which is this toolkit's own. No text is
a blank, never a low level. A component's level is the one that coders agreed on
afterwards, else the median over coders; the levels that they gave alone are what
agreement is measured on. The four levels of a place are its profile, and the result;
a score sums them up, only where all the components chosen have a level. Evidence
written after the flags were published cannot predict them and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from insight.errors import InsightError
from insight.evidence.kappa import agreement_by_component
from insight.evidence.rubric import COMPONENTS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AGREED", "COMPONENTS", "LEAST_ALPHA", "Maturity", "maturity_scores"]

AGREED: Final = "agreed by "
"""How `coder` begins where a level was agreed afterwards, before who agreed it."""
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
        Mean (or median) level over `components` by place; missing unless all have a
        level.
    profile
        Level agreed, else median over coders: one row a place, one column a component.
    agreement
        One row a component; see :func:`insight.evidence.kappa.agreement_by_component`.
    components
        What the score is made of.
    coders
        How many coders gave a level on their own.
    left_out_after
        Rows left out because their evidence is from after the flags.
    settled
        Levels (or blanks) that were agreed on after coding.
    warnings
        Sentences that must stand beside any result built on these scores.
    """

    score: pd.Series[float]
    profile: pd.DataFrame
    agreement: pd.DataFrame
    components: tuple[str, ...]
    coders: int
    left_out_after: int
    settled: int = 0
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        scored = int(self.score.notna().sum())
        return (
            f"{scored} of {len(self.score)} places have a level for all "
            f"{len(self.components)} components ({', '.join(self.components)}) from "
            f"{self.coders} coders; {self.left_out_after} scores of evidence from "
            "after the flags left out."
            + f" {self.settled} levels were agreed after coding." * (self.settled > 0)
            + "".join(f" {words}" for words in self.warnings)
        )


def maturity_scores(
    maturity: pd.DataFrame,
    *,
    components: Sequence[str] = COMPONENTS,
    summary: Literal["mean", "median"] = "mean",
    seed: int = 0,
) -> Maturity:
    """Return a profile and a score for each place from coders' levels.

    Parameters
    ----------
    maturity
        `place`, `component`, `coder`, `score` (1 to 4, or blank) and, where it is
        recorded, `phase` ("before" or "after" the flags were published). A `coder`
        that begins with "agreed by " gives what was settled after coding: it stands
        in place of the coders' median, also where it is blank.
    components
        What the score is made of: some or all of the report's four.
    summary
        How the profile becomes a score. Both treat levels as evenly spaced or nearly
        so, which nothing guarantees: read the profile beside it.
    seed
        Of the bootstrap interval of alpha.

    Returns
    -------
    maturity
        Every place of the input is in it, in the order of text, scored or not.

    Raises
    ------
    InsightError
        If a column is missing, a component or level is not of the rubric, one coder
        scores a component of a place twice, or two levels are agreed for it.

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
    if summary not in {"mean", "median"}:
        msg = f"summary is {summary!r}. Choose mean or median."
        raise InsightError(msg)
    coded = _checked(maturity, components)
    places = pd.Index(sorted(set(coded["place"])), name="place")
    after = coded["phase"] == "after"
    settled = coded["coder"].str.startswith(AGREED, na=False)
    used = coded[~after & ~settled & coded["score"].notna()]
    agreed = coded[~after & settled]
    profile = _profile(used, agreed, places, components)
    agreement = agreement_by_component(used, components, seed=seed)
    return Maturity(
        score=profile.agg(summary, axis=1, skipna=False).rename("score"),
        profile=profile,
        agreement=agreement,
        components=tuple(components),
        coders=used["coder"].nunique(),
        left_out_after=int((after & coded["score"].notna()).sum()),
        settled=len(agreed),
        warnings=_warnings(used, agreement),
    )


def _profile(
    used: pd.DataFrame,
    agreed: pd.DataFrame,
    places: pd.Index[str],
    components: Sequence[str],
) -> pd.DataFrame:
    """Return the level of each component of each place: agreed, else the median."""
    rest = used.merge(
        agreed[["place", "component"]], on=["place", "component"], how="left",
        indicator=True,
    )  # fmt: skip
    levels = pd.concat([rest[rest["_merge"] == "left_only"], agreed])
    return (
        levels.dropna(subset="score")
        .pivot_table(
            index="place", columns="component", values="score", aggfunc="median"
        )
        .reindex(index=places, columns=list(components))
        .astype("float64")
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
    settled = coded["coder"].str.startswith(AGREED, na=False)
    counted = coded["score"].notna() & (coded["phase"] != "after")
    _refuse_repeats(coded[counted & ~settled])
    _refuse_repeats(coded[settled].assign(coder="agreed"))
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
