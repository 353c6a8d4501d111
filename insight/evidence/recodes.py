"""How many recoded scores it takes to change what a test says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.evidence.influence import tau_and_p
from insight.evidence.shared import shared_p, taus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insight.evidence.points import Points

__all__ = ["Recodes", "recodes"]

Move: TypeAlias = tuple[int, float]
SIZE: Final = 0.05
MOST_PAIRS: Final = 1000
"""Pairs of recodes beyond which two are searched greedily too."""
SCREEN: Final = 9999
DOUBT: Final = 0.011
"""Five standard errors of a p of 0.05 from that many draws: nearer ones are settled
exactly."""


@dataclass(frozen=True, kw_only=True)
class Recodes:
    """What recoding scores by one step does to p.

    Parameters
    ----------
    table
        Every single recode: `unit`, `score`, `recoded`, `tau` and `p`.
    p
        As coded.
    fewest
        How many recodes take p across 0.05; `None` if the search found no way.
    exact
        Whether `fewest` is the smallest number there is; else it is a way found
        greedily, and fewer may do.
    moves
        Unit and new score of the recodes found.
    """

    table: pd.DataFrame
    p: float
    fewest: int | None
    exact: bool
    moves: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        """Say how many recodes it takes, and which."""
        low, high = self.table["p"].min(), self.table["p"].max()
        head = (
            f"Any one of {len(self.table)} recodes by a step leaves p of {self.p:.4f} "
            f"between {low:.4f} and {high:.4f}. "
        )
        if self.fewest is None:
            return f"{head}No number of recodes was found that takes p across 0.05."
        shown = "; ".join(f"{unit} to {score:g}" for unit, score in self.moves)
        kind = "is the fewest that takes" if self.exact else "(fewer may do) takes"
        return f"{head}Recoding {self.fewest} {kind} p across 0.05: {shown}."


def recodes(
    points: Points,
    units: Sequence[str],
    *,
    step: float = 1.0,
    lowest: float = 1.0,
    highest: float = 4.0,
    random_state: int = 0,
) -> Recodes:
    """Recode each score by one step up and down, and find how many cross 0.05.

    Parameters
    ----------
    points, units
        As for :func:`leave_one_out`.
    step
        One level of a score; a mean of four components moves by a quarter where one
        component is recoded by a level.
    lowest, highest
        Ends of the scale; a recode past them is not made.
    random_state
        Seed of the draws by which recodes are screened.

    Returns
    -------
    recodes
        One recode, and two where there are at most 1,000 pairs, are searched
        completely: all are screened by 9,999 random orders and those within five
        standard errors of 0.05 settled by the exact p. Beyond, the recode that takes
        p furthest is made again and again, which bounds the number from above. Each
        unit is recoded at most once.

    Raises
    ------
    InsightError
        As :func:`leave_one_out`, or if `step` is not above 0.

    References
    ----------
    Walsh, M. et al. (2014). The statistical significance of randomized controlled
    trial results is frequently fragile: a case for a Fragility Index. Journal of
    Clinical Epidemiology 67 (6), 622-628.
    https://doi.org/10.1016/j.jclinepi.2013.10.019

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> points = points_of([1, 1, 2, 3, 3, 4], [4, 3, 2, 1, 1, 0], [1] * 6)
    >>> recodes(points, "ABCDEF").fewest
    2
    """
    names = [str(unit) for unit in units]
    tau, p = tau_and_p(points.score, points.rate)
    if len(names) != points.n or np.isnan(tau) or not step > 0:
        msg = (
            f"{len(names)} names, {points.n} units and a step of {step!r}: give each "
            "unit one name and a step above 0, and scores and rates that differ."
        )
        raise InsightError(msg)
    moves = [
        (unit, float(score + way * step))
        for unit, score in enumerate(points.score)
        for way in (-1, 1)
        if lowest <= score + way * step <= highest
    ]
    search = _Search(points, p <= SIZE, random_state)
    singles = search.scores([(move,) for move in moves])
    # each recode alone, exactly: the table is read by people
    exact = [tau_and_p(row, points.rate)[1] for row in singles]
    table = pd.DataFrame(
        {
            "unit": [names[unit] for unit, _ in moves],
            "score": points.score[[unit for unit, _ in moves]],
            "recoded": [score for _, score in moves],
            "tau": taus(points.rate, singles),
            "p": exact,
        }
    )
    found, complete = search.fewest(moves)
    return Recodes(
        table=table,
        p=p,
        fewest=len(found) or None,
        exact=complete,
        moves=tuple((names[unit], score) for unit, score in found),
    )


@dataclass(frozen=True)
class _Search:
    """Sets of recodes, and which of them take p across 0.05."""

    points: Points
    below: bool
    seed: int

    def scores(self, sets: Sequence[tuple[Move, ...]]) -> NDArray[np.float64]:
        rows = np.tile(self.points.score, (len(sets), 1))
        for row, moves in zip(rows, sets, strict=True):
            for unit, score in moves:
                row[unit] = score
        return rows

    def crossed(self, sets: Sequence[tuple[Move, ...]]) -> tuple[Move, ...]:
        """Return the set that takes p furthest across, or none."""
        if not sets:
            return ()
        rows = self.scores(sets)
        p = self._screened(rows)
        order = np.argsort(-p if self.below else p, kind="stable")
        for place in order.tolist():
            across = p[place] > SIZE if self.below else p[place] <= SIZE
            if abs(p[place] - SIZE) <= DOUBT:
                exact = tau_and_p(rows[place], self.points.rate)[1]
                if np.isnan(exact) or (exact > SIZE) == self.below:
                    return tuple(sets[place])
            elif across:
                return tuple(sets[place])
            else:
                break
        return ()

    def _screened(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return shared_p(self.points.rate, rows, draws=SCREEN, random_state=self.seed)

    def fewest(self, moves: list[Move]) -> tuple[tuple[Move, ...], bool]:
        """Return the recodes found, and whether fewer are ruled out."""
        one = self.crossed([(move,) for move in moves])
        if one:
            return one, True
        pairs = [(a, b) for a, b in combinations(moves, 2) if a[0] != b[0]]
        complete = len(pairs) <= MOST_PAIRS
        two = self.crossed(pairs) if complete else ()
        if two:
            return two, True
        made: tuple[Move, ...] = ()
        while len(made) < self.points.n:
            rest = [
                (*made, move)
                for move in moves
                if move[0] not in {unit for unit, _ in made}
            ]
            if not rest:
                break
            done = self.crossed(rest)
            if done:
                # three found after all pairs failed are the fewest
                return done, complete and len(done) <= 3  # noqa: PLR2004 - 2 + 1
            p = self._screened(self.scores(rest))
            made = rest[int(np.argmax(p) if self.below else np.argmin(p))]
        return (), False
