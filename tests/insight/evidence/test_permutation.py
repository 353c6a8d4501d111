"""Permutation p, against every order written out, SciPy, R and the guide."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from insight.errors import InsightError
from insight.evidence import (
    PermutationP,
    exact_permutation_p,
    permutation_p,
    sampled_permutation_p,
)

TUNA_X = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
TUNA_Y = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
# The guide's synthetic 13 points are not printed; this table has all its figures
# (851 tables, tau-b, rho, both asymptotic p and the exact p of Spearman).
TIED_X = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]
TIED_Y = [1, 2, 3, 0, 1, 1, 2, 0, 0, 1, 1, 0, 0]


def sign(a: float, b: float) -> int:
    return (a > b) - (a < b)


def kendall_score(x: list[int], y: tuple[int, ...]) -> int:
    n = len(x)
    return sum(sign(x[i], x[j]) * sign(y[i], y[j]) for i in range(n) for j in range(i))


def doubled_ranks(values: list[int]) -> list[int]:
    return [sum(sign(v, other) for other in values) for v in values]


def every_order(x: list[int], y: list[int], statistic: str) -> Fraction:
    """Write out all n! orders of `y` and count those as far from zero."""
    if statistic == "spearman":
        first, second = doubled_ranks(x), doubled_ranks(y)
        scores = [
            abs(sum(a * b for a, b in zip(first, order, strict=True)))
            for order in permutations(second)
        ]
    else:
        scores = [abs(kendall_score(x, order)) for order in permutations(y)]
    return Fraction(sum(score >= scores[0] for score in scores), len(scores))


def test_the_tuna_of_r() -> None:
    # R: cor.test(x, y, method = "kendall")  exact p 0.1194389
    # R: cor.test(x, y, method = "spearman") exact p 0.09679784
    tau = exact_permutation_p(TUNA_X, TUNA_Y)
    rho = exact_permutation_p(TUNA_X, TUNA_Y, statistic="spearman")
    assert tau.p == pytest.approx(0.1194389, abs=5e-8)
    assert rho.p == pytest.approx(0.09679784, abs=5e-9)
    assert tau.p == pytest.approx(kendalltau(TUNA_X, TUNA_Y, method="exact").pvalue)


def test_the_tied_thirteen_of_the_guide() -> None:
    # evidence.md, section 5: 851 tables, p 0.007686758 by own enumeration;
    # R: coin::spearman_test(y ~ x, distribution = approximate(nresample = 1e6)) gives
    # 0.007622, standard error 0.00009.
    rho = exact_permutation_p(TIED_X, TIED_Y, statistic="spearman")
    assert (rho.tables, rho.draws) == (851, 0)
    assert rho.p == pytest.approx(0.007686758, abs=5e-10)
    tau = exact_permutation_p(TIED_X, TIED_Y)
    assert tau.tables == 851
    assert tau.p == pytest.approx(0.006576756576756577, rel=1e-12)


def test_thirteen_tied_places_take_well_under_a_second() -> None:
    began = process_time()
    for _ in range(10):
        exact_permutation_p(TIED_X, TIED_Y)
    assert process_time() - began < 5


def test_thirteen_untied_places_agree_with_scipy() -> None:
    y = [4, 1, 3, 2, 7, 9, 5, 6, 8, 13, 10, 12, 11]
    found = exact_permutation_p(range(13), y)
    assert found.p == pytest.approx(kendalltau(range(13), y, method="exact").pvalue)


def test_more_ways_than_machine_integers_hold_are_counted_exactly() -> None:
    # 25 places of which 24 share a level: only where the odd one stands matters.
    x, y = list(range(25)), [0] * 24 + [1]
    found = exact_permutation_p(x, y)
    assert (found.p, found.tables) == (pytest.approx(2 / 25, rel=1e-14), 25)


small = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=6
)
seven = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=7, max_size=7
)
many = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14
)
Points = list[tuple[int, int]]


def columns(points: Points) -> tuple[list[int], list[int]]:
    x, y = [a for a, _ in points], [b for _, b in points]
    assume(len(set(x)) > 1)
    assume(len(set(y)) > 1)
    return x, y


@pytest.mark.parametrize("statistic", ["tau-b", "spearman"])
@given(points=small)
def test_every_order_written_out_gives_the_same_p(
    statistic: str, points: Points
) -> None:
    x, y = columns(points)
    expected = float(every_order(x, y, statistic))
    found = exact_permutation_p(
        x, y, statistic="spearman" if statistic == "spearman" else "tau-b"
    )
    assert found.p == pytest.approx(expected, rel=1e-14)


@settings(max_examples=8)
@given(seven)
def test_every_order_of_seven_gives_the_same_p(points: Points) -> None:
    x, y = columns(points)
    expected = float(every_order(x, y, "spearman"))
    found = exact_permutation_p(x, y, statistic="spearman")
    assert found.p == pytest.approx(expected, rel=1e-14)


@settings(max_examples=40)
@given(many)
def test_p_depends_on_ranks_only_and_not_on_sides_or_direction(points: Points) -> None:
    x, y = columns(points)
    p = exact_permutation_p(x, y).p
    assert 0 < p <= 1
    assert exact_permutation_p([a**3 + 7 for a in x], y).p == p
    assert exact_permutation_p(y, x).p == pytest.approx(p, rel=1e-14)
    assert exact_permutation_p([-a for a in x], y).p == p
    backwards = exact_permutation_p(x[::-1], y[::-1])
    assert backwards.p == p


@settings(max_examples=15)
@given(many, st.integers(0, 99))
def test_drawn_p_is_near_the_exact_one(points: Points, seed: int) -> None:
    x, y = columns(points)
    drawn = sampled_permutation_p(x, y, draws=400, random_state=seed)
    assert drawn == sampled_permutation_p(x, y, draws=400, random_state=seed)
    assert 1 / 401 <= drawn.p <= 1
    assert drawn.p == pytest.approx(exact_permutation_p(x, y).p, abs=0.13)


def test_many_places_are_drawn_and_the_error_is_said() -> None:
    x = [place % 4 for place in range(152)]
    y = [(place * 7) % 5 / 2 for place in range(152)]
    found = permutation_p(x, y, draws=999)
    assert found.draws == 999
    assert "999 orders drawn, standard error 0.0" in str(found)
    with pytest.raises(InsightError, match="needs too long for 152 observations"):
        exact_permutation_p(x, y)


def test_few_places_are_exact_and_it_is_said() -> None:
    assert permutation_p(TIED_X, TIED_Y) == exact_permutation_p(TIED_X, TIED_Y)
    assert str(PermutationP(p=0.25, tables=1851)) == (
        "exact permutation p 0.2500 (two-sided, 1,851 tables)"
    )


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2], [1, 2, 3], "2 and 3 values"),
        ([1, float("nan")], [1, 2], "are missing"),
        ([1, 1], [1, 2], "are equal"),
    ],
)
def test_bad_input_is_refused(x: list[float], y: list[float], words: str) -> None:
    for permuted in (exact_permutation_p, sampled_permutation_p, permutation_p):
        with pytest.raises(InsightError, match=words):
            permuted(x, y)


def test_no_draws_is_refused() -> None:
    with pytest.raises(InsightError, match="draws is 0"):
        sampled_permutation_p([1, 2], [1, 2], draws=0)
