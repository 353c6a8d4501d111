"""Whether places with more mature insight have fewer flags an area.

The 2010 report claims that use of customer insight goes with fewer red flags
(1.3.4, 5.11.2 and Appendix G). Appendix G is lost, so the claim cannot be
reproduced; it can be tested on data that a reader brings. The test is fixed
beforehand: Kendall's tau-b of flags an area against maturity score, with a
permutation p. Flags are divided by areas, since a place of eleven areas has more
chances of a flag. A place without a score or without all its flag counts is left
out, by name and with the reason, and never counted as zero. Where coders agree too
little, no association is given at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.evidence.bounds import TauBounds, tau_bounds
from insight.evidence.family import declared_family
from insight.evidence.finding import Association
from insight.evidence.flags import COLOURS, Colour, flags_per_place, unsourced_zeros
from insight.evidence.maturity import (
    COMPONENTS,
    LEAST_ALPHA,
    Maturity,
    maturity_scores,
)
from insight.evidence.ordinal import associate_ordinal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.evidence.declared import Declared, Family

__all__ = ["associate", "insight_family", "unknown_flags"]

FEWEST: Final = 4


def associate(
    maturity: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    colour: Colour = "red",
    components: Sequence[str] = COMPONENTS,
    despite_disagreement: bool = False,
) -> Association:
    """Test whether maturity of insight goes with flags an area.

    Parameters
    ----------
    maturity
        Coders' levels; see :func:`insight.evidence.maturity.maturity_scores`.
    flags
        Flags by area; see :func:`insight.evidence.flags.flags_per_place`. Places are
        matched by name, exactly.
    colour
        Which flags; the report's claim is about red ones.
    components
        What the maturity score is made of.
    despite_disagreement
        Report the association even if coders agree too little (ordinal alpha below
        0.667 on a component), with the warning kept. Otherwise it is withheld.

    Returns
    -------
    association
        Its `str` carries n, interval, p with the two-sided rule, what was left out
        and the caveat. `DESIGN_PROBLEMS` belongs beside it.

    Raises
    ------
    InsightError
        If fewer than four places have both figures, neither may be missing or made
        zero; or if all scores or all rates are equal; or for faults in the tables.

    References
    ----------
    See :func:`insight.evidence.ordinal.associate_ordinal`, of which this is a use.

    Examples
    --------
    >>> places = ["Ash", "Beck", "Carr", "Dale", "Eden"]
    >>> coded = pd.DataFrame({
    ...     "place": places, "component": "value", "coder": "Ann",
    ...     "score": [1, 2, 2, 3, 4], "phase": "before",
    ... })  # fmt: skip
    >>> flags = pd.DataFrame({
    ...     "place": places, "area": places, "colour": "red", "count": [3, 1, 2, 1, 0],
    ... })  # fmt: skip
    >>> found = associate(coded, flags, components=["value"])
    >>> round(found.tau, 2), round(found.p.p, 3), found.n
    (-0.89, 0.05, 5)
    """
    if colour not in COLOURS:
        msg = f"colour is {colour!r}; flags are {list(COLOURS)}. Choose one."
        raise InsightError(msg)
    scores = maturity_scores(maturity, components=components)
    counts = flags_per_place(flags)
    left_out = _left_out(scores, counts, colour)
    table = _joined(scores, counts, colour).drop(list(left_out))
    if len(table) < FEWEST:
        _refuse_few(table, left_out, scores, colour)
    # before anything is withheld: what cannot be tested at all is refused
    found = associate_ordinal(table, score="score", count="flags", exposure="areas")
    places = table.astype({"flags": "int64", "areas": "int64"})
    places["flags_per_area"] = places["flags"] / places["areas"]
    withheld = None if despite_disagreement else _withheld(scores)
    return Association(
        ordinal=None if withheld else found,
        withheld=withheld,
        colour=colour,
        places=places,
        left_out=left_out,
        maturity=scores,
        warnings=unsourced_zeros(flags, colour),
    )


def insight_family(
    maturity: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    colour: Colour = "red",
    components: Sequence[str] = COMPONENTS,
    declared: Declared | None = None,
    despite_disagreement: bool = False,
) -> Family:
    """Do all declared tests of maturity against flags an area.

    Parameters
    ----------
    maturity, flags, colour, components, despite_disagreement
        As for :func:`associate`. Flags of the other colour are an outcome of their
        own, if enough places have them.
    declared
        The tests; by default those of :class:`insight.evidence.declared.Declared`.

    Raises
    ------
    InsightError
        As :func:`associate`, and where it withholds its result.
    """
    outcomes = {}
    for each in (colour, *(other for other in COLOURS if other != colour)):
        try:
            found = associate(
                maturity,
                flags,
                colour=each,
                components=components,
                despite_disagreement=despite_disagreement,
            )
        except InsightError:
            if each == colour:
                raise
            continue
        outcomes[f"{each} flags"] = found.reported.points
    return declared_family(outcomes, declared)


def unknown_flags(
    maturity: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    colour: Colour = "red",
    components: Sequence[str] = COMPONENTS,
) -> TauBounds:
    """Return the bounds of tau-b over all flag counts that are not known.

    Parameters
    ----------
    maturity, flags, colour, components
        As for :func:`associate`. A place with unknown counts is used, if it has a
        score and every area a least and a most.

    Returns
    -------
    bounds
        See :func:`insight.evidence.bounds.tau_bounds`.

    Raises
    ------
    InsightError
        If fewer than four places can be used, or for faults in the tables.

    Examples
    --------
    >>> coded = pd.DataFrame({
    ...     "place": [*"ABCDE"], "component": "value", "coder": "Ann",
    ...     "score": [1, 2, 2, 3, 4],
    ... })  # fmt: skip
    >>> flags = pd.DataFrame({
    ...     "place": [*"ABCDE"], "area": [*"ABCDE"], "colour": "red",
    ...     "minimum": [3, 1, 2, 1, 0], "maximum": [3, 1, 2, 1, 4],
    ... })  # fmt: skip
    >>> found = unknown_flags(coded, flags, components=["value"])
    >>> found.ways, round(found.low, 2), round(found.high, 2)
    (5, -0.89, 0.0)
    """
    scores = maturity_scores(maturity, components=components)
    counts = flags_per_place(flags)
    table = pd.DataFrame(
        {
            "score": scores.score,
            "least": counts[f"{colour}_minimum"].astype("Float64"),
            "most": counts[f"{colour}_maximum"].astype("Float64"),
            "areas": counts["areas"],
        }
    ).sort_index()
    used = table.dropna().astype("float64")
    if len(used) < FEWEST:
        msg = (
            f"only {len(used)} of {len(table)} places have a score and bounds on their "
            f"{colour} flags; {FEWEST} are needed. Say the most each count can be."
        )
        raise InsightError(msg)
    found = tau_bounds(*(used[name].tolist() for name in used))
    return replace(found, left_out=tuple(map(str, table.index.difference(used.index))))


def _joined(scores: Maturity, counts: pd.DataFrame, colour: Colour) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "score": scores.score,
            "areas": counts["areas"],
            "flags": counts[colour].astype("Float64"),
        }
    )
    return table.rename_axis("place")


def _refuse_few(
    table: pd.DataFrame, left_out: dict[str, str], scores: Maturity, colour: Colour
) -> None:
    shown = "; ".join(f"{name}: {why}" for name, why in left_out.items())
    after = (
        f" {scores.left_out_after} levels are from evidence after the flags, which "
        "cannot have led to them."
        if scores.left_out_after
        else ""
    )
    msg = (
        f"only {len(table)} places have both a maturity score and all their "
        f"{colour} flags; {FEWEST} are needed. Left out: {shown or 'none'}.{after} "
        "Fill these gaps from a source; do not put zero."
    )
    raise InsightError(msg)


def _withheld(scores: Maturity) -> str | None:
    """Return why coders' levels carry no association, if they agree too little."""
    low = scores.agreement["alpha"]
    low = low[low < LEAST_ALPHA]
    if low.empty:
        return None
    shown = ", ".join(f"{name} {alpha:.2f}" for name, alpha in low.items())
    return (
        f"The association is withheld: coders agree too little on {shown} (ordinal "
        f"alpha, least {LEAST_ALPHA}) for their levels to carry one. Settle what the "
        "levels mean and code again."
    )


def _left_out(scores: Maturity, counts: pd.DataFrame, colour: Colour) -> dict[str, str]:
    """Return the reason for each place that lacks a score or a count."""
    reasons = {}
    for place in sorted({*scores.score.index, *counts.index}):
        why = [*_no_score(scores, place), *_no_count(counts, place, colour)]
        if why:
            reasons[str(place)] = " and ".join(why)
    return reasons


def _no_score(scores: Maturity, place: str) -> list[str]:
    if place not in scores.profile.index:
        return ["no maturity scores"]
    levels = scores.profile.loc[place].to_dict()
    blank = [str(name) for name, level in levels.items() if pd.isna(level)]
    return [f"no level for {', '.join(blank)}"] if blank else []


def _no_count(counts: pd.DataFrame, place: str, colour: Colour) -> list[str]:
    if place not in counts.index:
        return ["no flags"]
    unknown, areas = (
        int(counts[column][place]) for column in (f"{colour}_unknown", "areas")
    )
    return (
        [f"{colour} flags not known in {unknown} of {areas} areas"] if unknown else []
    )
