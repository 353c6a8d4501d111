"""Exact p on the tied thirteen, against every way to deal them out, written down.

The oracle knows nothing of tables: it lists the 216,216 distinct orders of the counts
and the 900,900 ways to give the pilots their levels.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from insight.evidence import (
    exact_permutation_p,
    points_of,
    sampled_permutation_p,
    score_test,
)
from tests.insight.evidence.published import AREAS, COUNT, LEVEL


def orders_of_counts() -> np.ndarray:
    """Place the one 3, the two 2s and the five 1s; the rest are 0."""
    rows = []
    for three in range(13):
        left = [place for place in range(13) if place != three]
        for twos in combinations(left, 2):
            rest = [place for place in left if place not in twos]
            for ones in combinations(rest, 5):
                row = [0] * 13
                row[three] = 3
                for place in twos:
                    row[place] = 2
                for place in ones:
                    row[place] = 1
                rows.append(row)
    return np.array(rows, dtype=np.int8)


@pytest.fixture(scope="module")
def orders() -> np.ndarray:
    found = orders_of_counts()
    assert len(found) == 216_216
    return found


def both_pairs(orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    same = np.zeros(len(orders), dtype=int)
    opposite = np.zeros(len(orders), dtype=int)
    for i, j in combinations(range(13), 2):
        way = np.sign(LEVEL[i] - LEVEL[j]) * np.sign(orders[:, i] - orders[:, j])
        same += way > 0
        opposite += way < 0
    return same, opposite


def test_tau_b_and_gamma_of_every_order(orders: np.ndarray) -> None:
    same, opposite = both_pairs(orders)
    seen_same, seen_opposite = (int(n[0]) for n in both_pairs(np.array([COUNT])))
    score = abs(seen_same - seen_opposite)
    tau = float((abs(same - opposite) >= score).mean())
    assert exact_permutation_p(LEVEL, COUNT).p == pytest.approx(tau, rel=1e-12)
    assert tau == pytest.approx(0.0065768, abs=5e-8)
    # gamma's own scale differs from order to order: its p is not that of tau-b
    far = abs(same - opposite) * (seen_same + seen_opposite) >= score * (
        same + opposite
    )
    gamma = exact_permutation_p(LEVEL, COUNT, statistic="gamma").p
    assert gamma == pytest.approx(float(far.mean()), rel=1e-12)
    assert gamma != pytest.approx(tau, rel=0.05)


def test_spearman_of_every_order(orders: np.ndarray) -> None:
    def doubled(values: list[int]) -> list[int]:
        return [sum(np.sign(v - other) for other in values) for v in values]

    worth = dict(zip(COUNT, doubled(COUNT), strict=True))
    ranks = np.vectorize(worth.get)(orders)
    scores = abs(ranks @ np.array(doubled(LEVEL)))
    seen = abs(sum(a * b for a, b in zip(doubled(LEVEL), doubled(COUNT), strict=True)))
    p = float((scores >= seen).mean())
    assert p == pytest.approx(0.007686758, abs=5e-10)
    found = exact_permutation_p(LEVEL, COUNT, statistic="spearman")
    assert found.p == pytest.approx(p, rel=1e-12)


def test_the_score_test_of_every_way_to_give_levels() -> None:
    above = [31 * count - 12 * areas for count, areas in zip(COUNT, AREAS, strict=True)]
    assert sum(above) == 0
    everyone = set(range(13))
    seen = abs(sum(a * level for a, level in zip(above, LEVEL, strict=True)))
    far = ways = 0
    for ones in combinations(range(13), 3):
        left = sorted(everyone - set(ones))
        one = sum(above[u] for u in ones)
        for twos in combinations(left, 4):
            rest = [u for u in left if u not in twos]
            two = sum(above[u] for u in twos)
            for fours in combinations(rest, 2):
                four = sum(above[u] for u in fours)
                three = -one - two - four
                ways += 1
                far += abs(one + 2 * two + 3 * three + 4 * four) >= seen
    assert ways == 900_900
    found = score_test(points_of(LEVEL, COUNT, AREAS))
    assert found.p.draws == 0
    assert found.p.p == pytest.approx(float(Fraction(far, ways)), rel=1e-12)


points = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=10
)


@settings(max_examples=15)
@given(points)
def test_gammas_p_is_near_the_drawn_one_and_taus_without_ties(
    drawn: list[tuple[int, int]],
) -> None:
    x, y = [a for a, _ in drawn], [b for _, b in drawn]
    assume(len(set(x)) > 1)
    assume(len(set(y)) > 1)
    exact = exact_permutation_p(x, y, statistic="gamma").p
    assert 0 < exact <= 1
    sampled = sampled_permutation_p(x, y, statistic="gamma", draws=600)
    assert sampled.p == pytest.approx(exact, abs=0.1)
    reordered = exact_permutation_p(x[::-1], y[::-1], statistic="gamma").p
    assert reordered == exact
    places = list(range(len(x)))
    untied = sorted(places, key=lambda place: (y[place], place))
    assert exact_permutation_p(places, untied, statistic="gamma").p == pytest.approx(
        exact_permutation_p(places, untied).p, rel=1e-12
    )
