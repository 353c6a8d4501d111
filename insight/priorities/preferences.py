"""What residents would miss most and least, and what they would give up first.

The loss of a step (a service one level lower) is the fall in utility, in logits: an
option that loses one logit more is e times less likely to be chosen. Intervals come
from respondents drawn again with replacement, each with all that they answered. Steps
are compared by their loss less the mean loss, since where nought lies is often not
known: who shares out a budget mostly spends all of it, and may be shown no lowest
level. Of budgets it is the loss for each point saved, which is then the same whatever
the wish to spend. Utilities are an average resident's; those of segments are scaled by
how consistently each chooses, so a segment with all losses smaller may only be less
decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.stats.multitest import multipletests

from insight.errors import InsightError
from insight.priorities.answers import UNKNOWN
from insight.priorities.giving_up import ENDS, giving_up, per_point
from insight.priorities.grids import Grids
from insight.priorities.logit import fit_choices
from insight.priorities.packages import fit_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from insight.priorities.choices import Choices

    Floats = NDArray[np.float64]

__all__ = ["ALL", "Preferences", "preferences"]

Answered: TypeAlias = "Grids | Choices"

ALL: Final = "all respondents"
FEWEST: Final = 30
"""Respondents of a segment below which nothing is estimated for it: ours."""
LEVEL: Final = 0.05
NEVER: Final = 1e-12
"""Variance below which all respondents answered alike: no interval, and no test."""


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What respondents, and those of each segment, would miss.

    Parameters
    ----------
    steps
        One row a step and `segment` (first all respondents): `service`, `level`,
        `below`, `description`, `points` saved, `respondents` behind it, `loss`,
        `relative` (what steps are compared by) with its 95 % interval `low` to
        `high`, and `now`, whether it is the next step down: from today's level, or
        from the best where no level of today is stated.
    order
        Steps in the order of being given up as the budget falls, by segment:
        `position` from 1 with its interval, and `saved`, points saved so far.
    differences
        One row a step: `p` and `holm` of no difference between segments, `most` and
        `least` (the segments that would miss it most and least); empty with fewer
        than two segments.
    n, effective_n
        Respondents, and how many unweighted ones would tell as much.
    too_few
        Segments with too few respondents, and how many.
    resamples, random_state
        Of the intervals.
    """

    steps: pd.DataFrame
    order: pd.DataFrame
    differences: pd.DataFrame
    n: int
    effective_n: float
    too_few: dict[str, int]
    resamples: int
    random_state: int

    def __str__(self) -> str:
        """Say what is missed most and least, and what would go first."""
        now = self.steps[(self.steps["segment"] == ALL) & self.steps["now"]]
        by_loss = now.sort_values("relative", kind="stable")
        least, most = by_loss.iloc[0], by_loss.iloc[-1]
        first = self.order[self.order["segment"] == ALL].iloc[0]
        real = self.differences
        if len(real):
            real = real[real["holm"] < LEVEL]
        return (
            f"Missed most: "
            f"{_step(most)}; missed least: {_step(least)}. Given up first "
            f"as the budget falls: {first['service']}, level {first['level']} to "
            f"{first['below']} (place {first['position']}, 95 % interval "
            f"{first['position_low']} to {first['position_high']}). Segments differ "
            f"beyond chance on {len(real)} of {len(self.differences)} steps (Holm). "
            f"{self.n:,} respondents (as {self.effective_n:,.0f} unweighted), drawn "
            f"again {self.resamples:,} times."
        )


def _step(row: pd.Series) -> str:
    return (
        f"{row['service']}, level {row['level']} to {row['below']} "
        f"({row['relative']:+.2f}, 95 % interval {row['low']:+.2f} to "
        f"{row['high']:+.2f})"
    )


def preferences(
    answers: Answered,
    *,
    fewest: int = FEWEST,
    resamples: int = 200,
    random_state: int = 0,
) -> Preferences:
    """Estimate what residents would miss, over all and by segment.

    Parameters
    ----------
    answers
        Whole grids, or whole choices.
    fewest
        Respondents that a segment needs.
    resamples
        How often respondents are drawn again, within each segment.
    random_state
        Seed of the draws; the same for any order of rows.

    Raises
    ------
    InsightError
        If fewer than 100 resamples are asked for, or respondents are too few.

    References
    ----------
    Green, P. E. and Srinivasan, V. (1990). Conjoint analysis in marketing. Journal of
    Marketing 54 (4), 3-19. https://doi.org/10.1177/002224299005400402. Holm, S.
    (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6 (2), 65-70. Swait, J. and Louviere, J. (1993). The role of
    the scale parameter in the estimation and comparison of multinomial logit models.
    Journal of Marketing Research 30 (3), 305-314.
    https://doi.org/10.1177/002224379303000303

    Examples
    --------
    >>> from insight.priorities.answers import levels_of
    >>> from insight.priorities.grids import grids_of
    >>> levels = levels_of(pd.DataFrame(
    ...     [("Parks", 1, 0), ("Parks", 2, 1), ("Bins", 1, 0), ("Bins", 2, 1)],
    ...     columns=["service", "level", "points"]))
    >>> rows = [(f"r{who}", 1, service, 1 + ((service == "Bins") == (who % 3 == 0)))
    ...         for who in range(60) for service in ("Parks", "Bins")]
    >>> columns = ["respondent", "budget", "service", "level"]
    >>> found = preferences(grids_of(pd.DataFrame(rows, columns=columns), levels))
    >>> found.order["service"].tolist()
    ['Bins', 'Parks']
    """
    if resamples < 100:  # noqa: PLR2004 - an interval of fewer says nothing
        msg = f"resamples is {resamples}; ask for at least 100."
        raise InsightError(msg)
    groups = dict(_groups(answers))
    too_few = {
        name: int(own.sum()) for name, own in groups.items() if own.sum() < fewest
    }
    if ALL in too_few:
        msg = (
            f"{too_few[ALL]} respondents answered; at least {fewest} are needed. Ask "
            "more, or set `fewest` lower and say so."
        )
        raise InsightError(msg)
    rng = np.random.default_rng(random_state)
    steps, orders, drawn = [], [], {}
    for name, own in groups.items():
        if name in too_few:
            continue
        losses = _losses(answers, own, resamples, rng)
        drawn[name] = _relative(answers, losses)
        steps.append(_steps(answers, name, int(own.sum()), losses))
        order = giving_up(answers.levels, losses)
        order.insert(0, "segment", name)
        orders.append(order)
    drawn.pop(ALL)
    return Preferences(
        steps=pd.concat(steps, ignore_index=True),
        order=pd.concat(orders, ignore_index=True),
        differences=_differences(answers, drawn),
        n=answers.n,
        effective_n=answers.effective_n,
        too_few=too_few,
        resamples=resamples,
        random_state=random_state,
    )


def _groups(answers: Answered) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Give all respondents, then those of each segment that is known, by name."""
    yield ALL, np.ones(answers.n, dtype=bool)
    known = sorted(set(answers.respondents["segment"].map(str)) - {UNKNOWN})
    for name in known if len(known) > 1 else ():
        yield name, answers.members(name)


def _losses(
    answers: Answered, own: NDArray[np.bool_], resamples: int, rng: np.random.Generator
) -> Floats:
    """Return the loss of each step: first as answered, then in each resample."""
    weight = answers.respondents["weight"].to_numpy("float64") * own
    at = np.flatnonzero(own)
    times = np.zeros((resamples, len(own)))
    times[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), resamples)
    whole = _fitted(answers, weight[None], None)
    utilities = np.concatenate([whole, _fitted(answers, weight * times, whole)])
    steps = answers.levels.steps()
    losses: Floats = utilities[:, steps["upper"]] - utilities[:, steps["lower"]]
    return losses


def _fitted(answers: Answered, weights: Floats, start: Floats | None) -> Floats:
    if isinstance(answers, Grids):
        return fit_packages(answers, weights, start=start)
    return fit_choices(answers, weights, start=start)


def _ends(values: Floats) -> tuple[Floats, Floats]:
    """Return 95 % intervals; not known where resamples cannot differ."""
    low, high = np.quantile(values[1:], ENDS, axis=0)
    known = values[1:].var(axis=0) > NEVER
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _steps(answers: Answered, segment: str, n: int, losses: Floats) -> pd.DataFrame:
    frame = answers.levels.steps()
    frame.insert(0, "segment", segment)
    frame["now"] = _next_down(frame)
    frame["respondents"] = n
    frame["loss"] = losses[0]
    compared = _relative(answers, losses)
    frame["relative"] = compared[0]
    frame["low"], frame["high"] = _ends(compared)
    return frame.drop(columns=["upper", "lower", "from_today"])


def _relative(answers: Answered, losses: Floats) -> Floats:
    """Return losses less their mean over steps; of grids, for each point saved."""
    if isinstance(answers, Grids):
        losses = per_point(losses, answers.levels.steps())
    relative: Floats = losses - np.nanmean(losses, axis=1, keepdims=True)
    return relative


def _next_down(steps: pd.DataFrame) -> pd.Series:
    """Say which steps are next: from today's level, else from the best."""
    if steps["from_today"].any():
        return steps["from_today"]
    return ~steps["service"].duplicated(keep="last")


def _differences(answers: Answered, drawn: dict[str, Floats]) -> pd.DataFrame:
    """Test each step for a difference between segments: Cochran's Q, then Holm."""
    columns = ["service", "level", "below", "q", "p", "holm", "most", "least"]
    if len(drawn) < 2:  # noqa: PLR2004 - one segment cannot differ
        return pd.DataFrame(columns=columns)
    names = list(drawn)
    value = np.array([losses[0] for losses in drawn.values()])
    spread = np.array([losses[1:].var(axis=0) for losses in drawn.values()])
    varies = spread > NEVER
    precision = np.where(varies, 1 / np.where(varies, spread, 1), 0)
    several = varies.sum(axis=0) > 1
    total = np.where(several, precision.sum(axis=0), 1)
    mean = (precision * value).sum(axis=0) / total
    q = np.where(several, (precision * (value - mean) ** 2).sum(axis=0), np.nan)
    p = chi2.sf(q, varies.sum(axis=0) - 1)
    holm = np.full(len(p), np.nan)
    if several.any():
        holm[several] = multipletests(p[several], method="holm")[1]
    frame = answers.levels.steps()[["service", "level", "below"]].assign(
        q=q,
        p=p,
        holm=holm,
        most=[names[place] for place in value.argmax(axis=0)],
        least=[names[place] for place in value.argmin(axis=0)],
    )
    return frame[columns]
