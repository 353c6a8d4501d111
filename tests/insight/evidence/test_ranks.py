"""Rank correlations, against SciPy, R and a plain count of pairs."""

from __future__ import annotations

from itertools import combinations
from math import copysign, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from insight.errors import InsightError
from insight.evidence import kendall_tau_b, spearman_rho

# Hollander and Wolfe (1973), p. 185: canned tuna, lightness against quality; the
# example of R's cor.test(x, y, method = "kendall").
TUNA_X = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
TUNA_Y = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
# A table that has every published figure of the guide's synthetic 13 points.
TIED_X = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]
TIED_Y = [1, 2, 3, 0, 1, 1, 2, 0, 0, 1, 1, 0, 0]


def test_tau_of_the_tuna() -> None:
    # R: cor.test(x, y, method = "kendall") gives tau 0.4444444
    assert kendall_tau_b(TUNA_X, TUNA_Y) == pytest.approx(0.4444444, abs=5e-8)
    assert spearman_rho(TUNA_X, TUNA_Y) == pytest.approx(0.6, abs=1e-12)


def test_tau_and_rho_of_the_tied_thirteen() -> None:
    # R: cor.test(x, y, method = "kendall") gives tau -0.6560415, z p 0.008117985;
    # R: cor.test(x, y, method = "spearman") gives rho -0.7267984
    assert kendall_tau_b(TIED_X, TIED_Y) == pytest.approx(-0.6560415, abs=5e-8)
    assert spearman_rho(TIED_X, TIED_Y) == pytest.approx(-0.7267984, abs=5e-8)
    assert kendalltau(TIED_X, TIED_Y).pvalue == pytest.approx(0.008117985, abs=5e-10)


@pytest.mark.parametrize(
    ("x", "y", "tau"),
    [
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 1, 2], [1, 2, 2], 0.5),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),
    ],
)
def test_tau_worked_by_hand(x: list[float], y: list[float], tau: float) -> None:
    assert kendall_tau_b(x, y) == pytest.approx(tau)


@pytest.mark.parametrize("correlation", [kendall_tau_b, spearman_rho])
@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2, 3], [1, 2], "3 and 2 values"),
        (
            [1, 2, float("nan")],
            [1, 2, 3],
            "1 of 3 values of the first variable are miss",
        ),
        ([1, 2, 3], [2, 2, 2], "all 3 values of the second variable are equal"),
        ([], [], "all 0 values"),
        ([1], [1], "all 1 values"),
    ],
)
def test_bad_input_is_refused(
    correlation: object, x: list[float], y: list[float], words: str
) -> None:
    assert callable(correlation)
    with pytest.raises(InsightError, match=words):
        correlation(x, y)


value = st.integers(0, 4)
pairs = st.lists(st.tuples(value, value), min_size=2, max_size=15)
Pairs = list[tuple[int, int]]


def columns(pairs: Pairs) -> tuple[list[int], list[int]]:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    assume(len(set(x)) > 1)
    assume(len(set(y)) > 1)
    return x, y


@given(pairs)
def test_tau_counts_pairs(points: Pairs) -> None:
    x, y = columns(points)
    score = first = second = 0
    for (a, b), (c, d) in combinations(points, 2):
        first += a != c
        second += b != d
        if a != c and b != d:
            score += int(copysign(1, (a - c) * (b - d)))
    assert kendall_tau_b(x, y) == pytest.approx(score / sqrt(first * second))


@given(pairs)
def test_scipy_agrees(points: Pairs) -> None:
    x, y = columns(points)
    assert kendall_tau_b(x, y) == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)
    assert spearman_rho(x, y) == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)


@given(pairs)
def test_only_ranks_matter_and_the_sides_may_change(points: Pairs) -> None:
    x, y = columns(points)
    for correlation in (kendall_tau_b, spearman_rho):
        found = correlation(x, y)
        assert correlation([a**3 + 7 for a in x], y) == found
        assert correlation(y, x) == pytest.approx(found, abs=1e-15)
        assert correlation([-a for a in x], y) == -found
        assert -1 <= round(found, 12) <= 1
