"""Whether places with more mature insight have fewer flags an area.

The 2010 report claims that use of customer insight goes with fewer red flags
(1.3.4, 5.11.2 and Appendix G). Appendix G is lost, so the claim cannot be
reproduced; it can be tested on data that a reader brings. The test is fixed
beforehand: Kendall's tau-b of flags an area against maturity score, with a
permutation p. Flags are divided by areas, since a place of eleven areas has more
chances of a flag. A place without a score or without all its flag counts is left
out, by name and with the reason, and never counted as zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.evidence.flags import COLOURS, Colour, flags_per_place
from insight.evidence.interval import least_detectable_tau, tau_interval
from insight.evidence.maturity import COMPONENTS, Maturity, maturity_scores
from insight.evidence.permutation import permutation_p
from insight.evidence.ranks import kendall_tau_b

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.evidence.exact import PermutationP

__all__ = ["CAVEAT", "DESIGN_PROBLEMS", "Association", "associate"]

CAVEAT: Final = (
    "Appendix G is not available; this tests the claim with your data, it does not "
    "reproduce the report's result."
)
_BUILT_IN = (
    "Built-in overlap: inspectors who gave the flags were asked how well areas know "
    "and engage their communities, so maturity and flags share content."
)
_TIME_ORDER = (
    "Time order: flags were published on 9 December 2009; evidence written after that "
    "day cannot have led to them."
)
_CONFOUNDING = (
    "Confounding: affluent areas had better assessments; without deprivation beside "
    "it, an association may be one with affluence."
)
_UNIT = (
    "Unit: flags belong to areas and maturity to places of one to eleven areas, so "
    "counts are divided by areas, and a large place weighs as much as a small one."
)
DESIGN_PROBLEMS: Final = (_BUILT_IN, _TIME_ORDER, _CONFOUNDING, _UNIT)
FEWEST: Final = 4
SMALL: Final = 6


@dataclass(frozen=True, kw_only=True)
class Association:
    """How maturity and flags an area rank together, and on what evidence.

    Parameters
    ----------
    tau
        Kendall's tau-b; below 0 means that more mature places have fewer flags.
    p
        Two-sided permutation p.
    interval
        95 % interval of tau, or `None` where the formula has no value.
    n
        Places used.
    colour
        Of the flags.
    places
        Indexed by `place`: `score`, `areas`, `flags` and `flags_per_area`.
    left_out
        Place to reason.
    maturity
        The scores, with their agreement and warnings.
    least_detectable
        Size of tau that four studies of five with so many places would detect, or
        `None`.
    """

    tau: float
    p: PermutationP
    interval: tuple[float, float] | None
    n: int
    colour: Colour
    places: pd.DataFrame
    left_out: Mapping[str, str] = field(default_factory=dict)
    maturity: Maturity
    least_detectable: float | None

    @property
    def finding(self) -> str:
        """The result in one sentence, with n, interval and p."""
        if self.interval is None:
            spread = "no interval: the formula needs five places and an imperfect tau"
        else:
            low, high = self.interval
            spread = f"95 % interval {low:+.2f} to {high:+.2f}, after Bonett and Wright"
        colour = self.colour
        return (
            f"Across {self.n} places with {int(self.places['areas'].sum())} areas and "
            f"{int(self.places['flags'].sum())} {colour} flags, maturity of insight "
            f"and {colour} flags an area have Kendall tau-b {self.tau:+.2f} "
            f"({spread}), {self.p}: the share of all ways to deal the same figures to "
            "the places with |tau-b| at least as large."
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must stand beside the finding, a sentence or two each."""
        return (*self._limits(), *self.maturity.warnings, CAVEAT)

    def __str__(self) -> str:
        """Say the result as sentences for the report, caveats included."""
        return " ".join([self.finding, *self.caveats])

    def _limits(self) -> list[str]:
        said = []
        if self.n < SMALL:
            said.append(
                f"With {self.n} places this is an exercise in method, not evidence."
            )
        if self.least_detectable is not None:
            said.append(
                f"So few places would detect, four times in five, only a true tau of "
                f"{self.least_detectable:.2f} or more in size; no association found "
                "would mean little."
            )
        if self.left_out:
            shown = "; ".join(f"{name} ({why})" for name, why in self.left_out.items())
            said.append(f"Left out: {shown}.")
        return said


def associate(
    maturity: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    colour: Colour = "red",
    components: Sequence[str] = COMPONENTS,
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
    See :mod:`insight.evidence.ranks`, :mod:`insight.evidence.exact` and
    :mod:`insight.evidence.interval`.

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
    used = scores.score.index.intersection(counts.index, sort=None).difference(
        list(left_out)
    )
    if len(used) < FEWEST:
        shown = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        msg = (
            f"only {len(used)} places have both a maturity score and all their "
            f"{colour} flags; {FEWEST} are needed. Left out: {shown or 'none'}. Fill "
            "these gaps from a source; do not put zero."
        )
        raise InsightError(msg)
    places = pd.DataFrame(
        {
            "score": scores.score[used],
            "areas": counts["areas"][used],
            "flags": counts[colour][used].astype("int64"),
        }
    ).rename_axis("place")
    places["flags_per_area"] = places["flags"] / places["areas"]
    score, rate = places["score"].tolist(), places["flags_per_area"].tolist()
    tau = kendall_tau_b(score, rate)
    return Association(
        tau=tau,
        p=permutation_p(score, rate),
        interval=tau_interval(tau, len(places)),
        n=len(places),
        colour=colour,
        places=places,
        left_out=left_out,
        maturity=scores,
        least_detectable=least_detectable_tau(len(places)),
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
