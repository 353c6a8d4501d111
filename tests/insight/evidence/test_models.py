"""Firth, Poisson and exact logistic models, against peers and by brute force."""

from __future__ import annotations

from itertools import combinations
from math import exp, inf, log

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binomtest, chi2

from insight.errors import InsightError
from insight.evidence import (
    exact_logistic,
    firth,
    points_of,
    poisson_slope,
    separated,
    two_rates,
)
from tests.insight.evidence.published import AREAS, COUNT, LEVEL

PILOTS = points_of(LEVEL, COUNT, AREAS)
DESIGN = np.stack([np.ones(13), PILOTS.score], axis=1)


def penalised(beta: np.ndarray, law: str, y: np.ndarray, e: np.ndarray) -> float:
    """Minus the penalised log likelihood, written out."""
    linear = DESIGN @ beta + np.log(e)
    if law == "poisson":
        weight = np.exp(linear)
        plain = (y * linear - weight).sum()
    else:
        mean = 1 / (1 + np.exp(-linear))
        weight = mean * (1 - mean)
        plain = (y * np.log(mean) + (1 - y) * np.log(1 - mean)).sum()
    information = (DESIGN * weight[:, None]).T @ DESIGN
    return -float(plain + np.log(np.linalg.det(information)) / 2)


@pytest.mark.parametrize("law", ["poisson", "logistic"])
def test_a_plain_search_finds_the_same_top_interval_and_p(law: str) -> None:
    y = PILOTS.count if law == "poisson" else (PILOTS.count > 0).astype(float)
    e = PILOTS.exposure if law == "poisson" else np.ones(13)
    found = firth(
        DESIGN,
        y,
        law="poisson" if law == "poisson" else "logistic",
        exposure=PILOTS.exposure if law == "poisson" else None,
    )
    start = np.array(found.coefficients) + 0.05
    searched = minimize(penalised, start, (law, y, e), method="Nelder-Mead", tol=1e-12)
    assert found.coefficients == pytest.approx(searched.x, abs=1e-5)

    def height(slope: float) -> float:
        return -float(
            minimize(
                lambda a: penalised(np.array([a[0], slope]), law, y, e),
                [0.0],
                method="Nelder-Mead",
                tol=1e-12,
            ).fun
        )

    top = -float(searched.fun)
    assert found.p == pytest.approx(chi2.sf(2 * (top - height(0)), 1), abs=1e-7)
    for end in found.interval:
        assert 2 * (top - height(end)) == pytest.approx(chi2.ppf(0.95, 1), abs=1e-5)


def test_firth_is_finite_where_the_groups_do_not_overlap() -> None:
    x = np.arange(13.0)
    design = np.stack([np.ones(13), x], axis=1)
    found = firth(design, x < 7, law="logistic")
    assert -5 < found.coefficients[1] < 0
    assert all(np.isfinite(found.interval))
    assert "Firth logistic model of 13 units with 7 counted" in str(found)


def test_a_column_that_says_nothing_new_is_refused() -> None:
    with pytest.raises(InsightError, match="columns of the model depend"):
        firth(np.ones((5, 2)), np.arange(5.0), law="poisson")


def test_the_profile_interval_is_where_a_refit_says() -> None:
    found = poisson_slope(PILOTS)
    full = sm.GLM(
        PILOTS.count, DESIGN, family=sm.families.Poisson(), exposure=PILOTS.exposure
    ).fit()
    for end in found.interval:
        held = sm.GLM(
            PILOTS.count,
            np.ones(13),
            family=sm.families.Poisson(),
            offset=np.log(PILOTS.exposure) + end * PILOTS.score,
        ).fit()
        assert 2 * (full.llf - held.llf) == pytest.approx(chi2.ppf(0.95, 1), abs=1e-6)
    assert found.p == pytest.approx(
        chi2.sf(2 * (full.llf - poisson_null()), 1), rel=1e-8
    )
    assert "counts scatter 1.15 times" in str(found)


def poisson_null() -> float:
    return float(
        sm.GLM(
            PILOTS.count,
            np.ones(13),
            family=sm.families.Poisson(),
            exposure=PILOTS.exposure,
        )
        .fit()
        .llf
    )


@pytest.mark.parametrize("count", [[5, 3, 0, 0], [0, 0, 0, 4], [0, 0, 0, 0]])
def test_counts_at_one_end_have_no_poisson_slope(count: list[int]) -> None:
    with pytest.raises(InsightError, match="on one end of the score"):
        poisson_slope(points_of([1, 1, 2, 3], count, [1, 2, 1, 1]))


def test_two_rates_are_a_binomial_given_the_total() -> None:
    found = two_rates(PILOTS, above=2)
    assert (found.counts, found.exposures) == ((2, 10), (20.0, 11.0))
    assert found.p == pytest.approx(binomtest(2, 12, 20 / 31).pvalue)
    assert found.ratio == pytest.approx((2 / 20) / (10 / 11))
    low, high = binomtest(2, 12).proportion_ci(method="exact")
    assert found.interval == pytest.approx(
        [share / (1 - share) * 11 / 20 for share in (low, high)]
    )
    assert "rate ratio of 0.11" in str(found)


def test_none_in_one_group_is_an_infinite_ratio() -> None:
    found = two_rates(points_of([1, 2], [0, 4], [1, 1]), above=1)
    assert (found.ratio, found.interval[1]) == (inf, inf)
    with pytest.raises(InsightError, match="0 of 2 units score above 2"):
        two_rates(points_of([1, 2], [0, 4], [1, 1]), above=2)


def every_set(score: list[int], any_: list[bool]) -> tuple[list[int], int]:
    m = sum(any_)
    sums = [sum(chosen) for chosen in combinations(score, m)]
    return sums, sum(s for s, one in zip(score, any_, strict=True) if one)


cases = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=3, max_size=9)


@settings(max_examples=60)
@given(cases)
def test_exact_logistic_is_every_set_written_down(
    drawn: list[tuple[int, bool]],
) -> None:
    score, any_ = [s for s, _ in drawn], [one for _, one in drawn]
    assume(0 < sum(any_) < len(any_))
    assume(len(set(score)) > 1)
    sums, seen = every_set(score, any_)
    mean = sum(sums) / len(sums)
    far = sum(abs(s - mean) >= abs(seen - mean) - 1e-9 for s in sums)
    found = exact_logistic(score, any_)
    assert found.sets == len(sums)
    assert found.p == pytest.approx(far / len(sums), rel=1e-9)

    def share(slope: float, least: int | None, most: int | None) -> float:
        weights = [exp(slope * (s - seen)) for s in sums]
        chosen = [
            w
            for w, s in zip(weights, sums, strict=True)
            if (least is None or s >= least) and (most is None or s <= most)
        ]
        return sum(chosen) / sum(weights)

    low, high = found.interval
    assert (
        low == -inf
        if seen == min(sums)
        else share(low, seen, None) == pytest.approx(0.025, abs=1e-6)
    )
    assert (
        high == inf
        if seen == max(sums)
        else share(high, None, seen) == pytest.approx(0.025, abs=1e-6)
    )
    assert low <= found.slope <= high
    if min(sums) < seen < max(sums):
        weights = np.exp(found.slope * (np.array(sums) - seen))
        assert (weights @ sums) / weights.sum() == pytest.approx(seen, abs=1e-6)


def test_scores_in_quarters_give_the_slope_a_point() -> None:
    score = [1.25, 1.5, 2.0, 2.25, 3.0, 3.75]
    any_ = [True, True, False, True, False, False]
    quarters = exact_logistic([4 * s for s in score], any_)
    found = exact_logistic(score, any_)
    assert found.p == quarters.p
    assert found.slope == pytest.approx(4 * quarters.slope, rel=1e-6)
    assert log(exp(found.interval[1])) == pytest.approx(4 * quarters.interval[1])


@pytest.mark.parametrize(
    ("score", "any_", "kind"),
    [
        ([1, 2, 3, 4], [1, 1, 0, 0], "complete"),
        ([1, 2, 2, 3], [0, 0, 1, 1], "quasi"),
        ([1, 2, 3, 4], [0, 1, 0, 1], None),
        ([1, 2], [0, 0], "complete"),
        ([2, 2], [0, 1], None),
    ],
)
def test_separation(score: list[int], any_: list[bool], kind: str | None) -> None:
    assert separated(score, any_) == kind


@pytest.mark.parametrize(
    ("score", "any_"), [([1, 2, 3], [1, 1, 1]), ([1, 1], [0, 1]), ([1, 2**0.5], [0, 1])]
)
def test_what_exact_logistic_cannot_answer(
    score: list[float], any_: list[bool]
) -> None:
    with pytest.raises(InsightError, match="units have any, and scores run from"):
        exact_logistic(score, any_)
