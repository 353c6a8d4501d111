"""Other explanations of an association: text volume, deprivation.

Places with more text about them get higher scores, since coders can code only what they
read; if the amount of text goes with the rate as closely, the score may measure text.
And where poorer places have both lower scores and higher rates, the association may be
one with poverty: dealing scores out only among places of one stratum takes that away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import prod, sqrt
from typing import TYPE_CHECKING

import numpy as np

from insight.errors import InsightError
from insight.evidence.crosstables import counted, pairs_of
from insight.evidence.exact import Null, PermutationP, rank_null
from insight.evidence.permutation import dealt_out, permutation_p
from insight.evidence.ranks import kendall_tau_b, pair, score_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.evidence.points import Points
    from insight.evidence.ranks import Tied

__all__ = ["Rival", "Stratified", "rival_predictor", "stratified_tau"]


@dataclass(frozen=True, kw_only=True)
class Rival:
    """A rival predictor beside the score.

    Parameters
    ----------
    name
        Of the rival.
    tau, p
        Of the score with the rate.
    rival_tau, rival_p
        Of the rival with the rate.
    shared_tau
        Of the score with the rival.
    partial_tau
        Of score and rate, the rival held; `None` where the rival orders units as one
        of them does.
    n
        Units.
    """

    name: str
    tau: float
    p: PermutationP
    rival_tau: float
    rival_p: PermutationP
    shared_tau: float
    partial_tau: float | None
    n: int

    def __str__(self) -> str:
        """Say how the rival does beside the score."""
        closer = abs(self.rival_tau) >= abs(self.tau)
        held = (
            "cannot be told apart from it"
            if self.partial_tau is None
            else f"is {self.partial_tau:+.2f} with it held"
        )
        return (
            f"Rival, {self.name}: its tau-b with the rate is {self.rival_tau:+.2f} "
            f"({self.rival_p}), {'as close as' if closer else 'less close than'} the "
            f"score's {self.tau:+.2f} ({self.p}); it goes with the score at "
            f"{self.shared_tau:+.2f}, and the score's tau {held} ({self.n} units)."
            + (" The score may measure nothing else." if closer else "")
        )


def rival_predictor(
    points: Points, rival: Sequence[float], *, name: str = "lines of text"
) -> Rival:
    """Compare a rival predictor with the score.

    Parameters
    ----------
    points
        Units with score, count and exposure.
    rival
        One figure a unit, such as lines of text, in the same order.
    name
        Of the rival.

    Returns
    -------
    rival
        The partial tau is (t_sr - t_sv t_rv) / sqrt((1 - t_sv²)(1 - t_rv²)) of tau-b
        between score s, rate r and rival v. It has no p of its own here: no exact
        test of it is known.

    Raises
    ------
    InsightError
        If lengths differ, a figure is missing, or one of the three does not vary.

    References
    ----------
    Kendall, M. G. (1942). Partial rank correlation. Biometrika 32 (3-4), 277-283.
    https://doi.org/10.1093/biomet/32.3-4.277

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> points = points_of([1, 2, 3, 4, 4], [4, 2, 2, 1, 0], [1] * 5)
    >>> found = rival_predictor(points, [9, 3, 5, 8, 1])
    >>> round(found.rival_tau, 2), round(found.partial_tau, 2)
    (0.53, -0.9)
    """
    score, rate, other = points.score.tolist(), points.rate.tolist(), list(rival)
    tau = kendall_tau_b(score, rate)
    rival_tau = kendall_tau_b(other, rate)
    shared = kendall_tau_b(score, other)
    free = (1 - shared**2) * (1 - rival_tau**2)
    return Rival(
        name=name,
        tau=tau,
        p=permutation_p(score, rate),
        rival_tau=rival_tau,
        rival_p=permutation_p(other, rate),
        shared_tau=shared,
        partial_tau=(tau - shared * rival_tau) / sqrt(free) if free > 0 else None,
        n=points.n,
    )


@dataclass(frozen=True, kw_only=True)
class Stratified:
    """Tau-b within strata.

    Parameters
    ----------
    tau
        Concordant less discordant pairs within strata, over the sum of the strata's
        scales.
    p
        Two-sided, scores dealt out within strata only.
    used
        Stratum to units, where both score and rate vary.
    idle
        Stratum to units, where they do not: these say nothing.
    """

    tau: float
    p: PermutationP
    used: dict[str, int]
    idle: dict[str, int]

    def __str__(self) -> str:
        """Say the result as a sentence."""
        idle = (
            f" {sum(self.idle.values())} units in {len(self.idle)} strata where "
            "nothing varies say nothing."
            if self.idle
            else ""
        )
        return (
            f"Within strata, tau-b is {self.tau:+.2f} ({sum(self.used.values())} units "
            f"in {len(self.used)} strata), {self.p}, scores dealt out within strata "
            f"only.{idle}"
        )


def stratified_tau(
    points: Points,
    strata: Sequence[object],
    *,
    draws: int = 9999,
    random_state: int = 0,
) -> Stratified:
    """Test score against rate within strata, such as fifths of deprivation.

    Parameters
    ----------
    points
        Units with score, count and exposure.
    strata
        The stratum of each unit, in the same order, none missing.
    draws, random_state
        For p, where a stratum is too large to count.

    Returns
    -------
    stratified
        Pairs across strata are not looked at. Its p is exact where every stratum's
        is: strata are dealt out apart, so their scores add.

    Raises
    ------
    InsightError
        If lengths differ, a stratum is missing, or nothing varies within any.

    References
    ----------
    Lehmann, E. L. and D'Abrera, H. J. M. (1975). Nonparametrics: Statistical Methods
    Based on Ranks, chapter 3. Holden-Day. Korn, E. L. (1984). Kendall's tau with a
    blocking variable. Biometrics 40 (1), 209-214. https://doi.org/10.2307/2530760

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> points = points_of([1, 2, 3, 2, 3, 4], [2, 1, 0, 4, 3, 1], [1] * 6)
    >>> found = stratified_tau(points, ["rich"] * 3 + ["poor"] * 3)
    >>> found.tau, round(found.p.p, 4)
    (-1.0, 0.0556)
    """
    groups = _groups(points, strata)
    pairs, idle = {}, {}
    for name, rows in groups.items():
        part = points.only(rows)
        if np.ptp(part.score) == 0 or np.ptp(part.rate) == 0:
            idle[name] = part.n
        else:
            pairs[name] = pair(part.score.tolist(), part.rate.tolist())
    if not pairs:
        msg = (
            f"score and rate do not both vary within any of {len(groups)} strata. Use "
            "fewer, larger strata."
        )
        raise InsightError(msg)
    score = sum(score_of(x, y, "tau-b") for x, y in pairs.values())
    scale = sum(sqrt(x.untied_pairs * y.untied_pairs) for x, y in pairs.values())
    nulls = [rank_null(x, y) for x, y in pairs.values()]
    exact = [null for null in nulls if null is not None]
    if len(exact) == len(nulls):
        p = _added(exact).p_of(score)
    else:
        p = _drawn(list(pairs.values()), score, draws, random_state)
    return Stratified(
        tau=score / scale,
        p=p,
        used={name: len(x.level) for name, (x, _) in pairs.items()},
        idle=idle,
    )


def _groups(points: Points, strata: Sequence[object]) -> dict[str, list[int]]:
    """Return the units of each stratum."""
    missing = sum(stratum is None or stratum != stratum for stratum in strata)  # noqa: PLR0124 - not a number differs from itself
    if len(strata) != points.n or missing:
        msg = (
            f"there are {len(strata)} strata for {points.n} units, {missing} of them "
            "missing. Give each unit its stratum, or leave it out."
        )
        raise InsightError(msg)
    groups: dict[str, list[int]] = defaultdict(list)
    for row, stratum in enumerate(strata):
        groups[str(stratum)].append(row)
    return dict(sorted(groups.items()))


def _added(nulls: list[Null]) -> Null:
    """Return the ways to each sum of scores of strata dealt out apart."""
    ways = np.array([1], dtype=object)
    for null in nulls:
        # whole numbers of any size: the ways multiply from stratum to stratum
        ways = np.convolve(ways, null.ways.astype(object))
    return Null(ways=ways, tables=prod(null.tables for null in nulls))


def _drawn(
    pairs: list[tuple[Tied, Tied]], score: int, draws: int, random_state: int
) -> PermutationP:
    rng = np.random.default_rng(random_state)
    total = np.zeros(draws, dtype=np.int64)
    for x, y in pairs:
        shape = (len(x.counts), len(y.counts))
        order = np.lexsort((y.level, x.level))
        found = [
            pairs_of(counted(x.level[order], dealt, shape))
            for dealt in dealt_out(y.level[order], draws, rng)
        ]
        total += np.concatenate([same - opposite for same, opposite in found])
    far = int((abs(total) >= abs(score)).sum())
    return PermutationP(p=(far + 1) / (draws + 1), draws=draws)
