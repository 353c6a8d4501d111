"""The declared tests, done one by one, with the power of each beside it."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING, Final

import numpy as np
from statsmodels.stats.multitest import multipletests

from insight.errors import InsightError
from insight.evidence.anything import exact_logistic
from insight.evidence.declared import Declared, Family, Member, Method
from insight.evidence.exposed import score_test
from insight.evidence.firth import Law, firth
from insight.evidence.ordinal import ranked
from insight.evidence.power import Tested, detectable_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.evidence.points import Points
    from insight.evidence.ranks import Statistic

__all__ = ["declared_family"]

FEWEST_COUNTED: Final = 10
FEWEST_UNITS: Final = 6
MODELS: Final[dict[Method, Law]] = {
    "Firth Poisson": "poisson",
    "Firth logistic": "logistic",
}


def declared_family(
    outcomes: Mapping[str, Points], declared: Declared | None = None
) -> Family:
    """Do every declared test.

    Parameters
    ----------
    outcomes
        Name of what is counted to the units with scores, counts and exposures; the
        first is the one that the primary test is of.
    declared
        What was declared; by default tau-b as primary, and gamma, rho, the score test,
        Firth Poisson, Firth and exact logistic beside it, and tau-b of each further
        outcome.

    Returns
    -------
    family
        Models (Firth, exact logistic) are refused on fewer than 10 counted or 6 units,
        and any test where its figures do not vary, with the reason.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure.
    Scandinavian Journal of Statistics 6 (2), 65-70.
    https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> from insight.evidence.points import points_of
    >>> red = points_of([1, 1, 2, 2, 3, 3, 4], [3, 4, 2, 3, 1, 1, 0], [1] * 7)
    >>> found = declared_family({"red flags": red}, Declared(secondary=("gamma",)))
    >>> [(member.test, round(member.holm, 3)) for member in found.members]
    [('tau-b', 0.013), ('gamma', 0.013)]
    """
    chosen = declared or Declared()
    first, *others = outcomes
    members = [
        _member(test, first, outcomes[first], chosen, primary=not place)
        for place, test in enumerate((chosen.primary, *chosen.secondary))
    ]
    members += [
        _member(test, outcome, outcomes[outcome], chosen)
        for outcome in others
        for test in chosen.other_outcomes
    ]
    raw = [1.0 if member.p is None else member.p for member in members]
    adjusted = multipletests(raw, method="holm")[1]
    return Family(
        members=tuple(
            replace(member, holm=None if member.p is None else float(holm))
            for member, holm in zip(members, adjusted, strict=True)
        ),
        declared=chosen,
    )


def _member(
    test: Method,
    outcome: str,
    points: Points,
    declared: Declared,
    *,
    primary: bool = False,
) -> Member:
    start = Member(
        test=test,
        outcome=outcome,
        primary=primary,
        measure=test,
        n=points.n,
        counted=points.total,
        exposure=float(points.exposure.sum()),
    )
    try:
        if test in ("tau-b", "gamma", "spearman"):
            done = _ranks(start, points, test, declared)
        elif test == "score test":
            done = _score(start, points, declared)
        else:
            _refuse_few(points)
            done = _model(start, points)
        detectable = detectable_ratio(
            points,
            fewer=_falls(done),
            test=_powered(test),
            runs=declared.runs,
            random_state=declared.random_state,
        )
    except InsightError as refused:
        return replace(start, refused=str(refused))
    return replace(done, detectable=detectable)


def _falls(done: Member) -> bool:
    """Say whether the estimate is of lower rates at higher scores."""
    centre = 1.0 if "ratio" in done.measure else 0.0
    return done.value is None or done.value <= centre


def _powered(test: Method) -> Tested:
    """Return the permutation test whose power stands beside a test."""
    if test in ("tau-b", "gamma"):
        return "tau-b"
    return "spearman" if test == "spearman" else "score"


def _refuse_few(points: Points) -> None:
    if points.total < FEWEST_COUNTED or points.n < FEWEST_UNITS:
        msg = (
            f"A model needs {FEWEST_COUNTED} counted and {FEWEST_UNITS} units; there "
            f"are {points.total} and {points.n}. Use the permutation tests."
        )
        raise InsightError(msg)


def _ranks(
    start: Member, points: Points, test: Statistic, declared: Declared
) -> Member:
    found = ranked(
        points, test, draws=declared.draws, random_state=declared.random_state
    )
    return replace(
        start,
        value=found.value,
        interval=found.interval,
        p=found.p.p,
        error=found.p.error,
    )


def _score(start: Member, points: Points, declared: Declared) -> Member:
    found = score_test(points, draws=declared.draws, random_state=declared.random_state)
    return replace(
        start,
        measure="shift in points of score",
        value=found.shift,
        p=found.p.p,
        error=found.p.error,
    )


def _model(start: Member, points: Points) -> Member:
    any_ = points.count > 0
    if start.test == "exact logistic":
        exact = exact_logistic(points.score, any_)
        return replace(
            start,
            measure="odds ratio of any, a point",
            value=exp(exact.slope),
            interval=(exp(exact.interval[0]), _exp(exact.interval[1])),
            p=exact.p,
            trusts="that exposure does not matter to having any",
        )
    law = MODELS[start.test]
    if law == "logistic" and any_.all() | ~any_.any():
        msg = f"{int(any_.sum())} of {points.n} units have any; both kinds are needed."
        raise InsightError(msg)
    found = firth(
        np.stack([np.ones(points.n), points.score], axis=1),
        points.count if law == "poisson" else any_.astype(np.float64),
        law=law,
        exposure=points.exposure if law == "poisson" else None,
    )
    return replace(
        start,
        measure="rate ratio a point"
        if law == "poisson"
        else "odds ratio of any, a point",
        value=exp(found.coefficients[-1]),
        interval=(exp(found.interval[0]), exp(found.interval[1])),
        p=found.p,
        trusts=(
            "the Poisson law, and is too small where counts scatter more"
            if law == "poisson"
            else "a chi-square limit and that exposure does not matter to having any"
        ),
    )


def _exp(end: float) -> float:
    return exp(end) if end < 700 else float("inf")  # noqa: PLR2004 - exp overflows
