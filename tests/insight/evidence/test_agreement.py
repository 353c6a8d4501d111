"""Agreement of coders, against Krippendorff's own example and a slow count."""

from __future__ import annotations

from itertools import permutations
from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence import exact_agreement, ordinal_alpha

# Krippendorff (2011), the example of four observers and twelve units; ordinal
# alpha 0.815 there, and from the Python package krippendorff 0.9.0.
EXAMPLE = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)


def test_alpha_of_the_textbook_example() -> None:
    assert ordinal_alpha(EXAMPLE) == pytest.approx(0.815, abs=5e-4)


def test_exact_agreement_of_the_textbook_example() -> None:
    # Units 1, 3, 4, 5, 7, 9, 10 and 11 of the eleven that two or more rated.
    assert exact_agreement(EXAMPLE) == pytest.approx(8 / 11)


def test_full_agreement_is_one() -> None:
    ratings = pd.DataFrame({"A": [1, 2, 4], "B": [1, 2, 4]})
    assert ordinal_alpha(ratings) == exact_agreement(ratings) == 1.0


@pytest.mark.parametrize(
    "ratings",
    [
        {"A": [1, None], "B": [None, 2]},
        {"A": [2, 2], "B": [2, 2]},
        {"A": [], "B": []},
    ],
)
def test_alpha_is_not_a_number_where_chance_expects_nothing(
    ratings: dict[str, list[float]],
) -> None:
    assert isnan(ordinal_alpha(pd.DataFrame(ratings, dtype="float64")))


def test_one_coder_cannot_agree() -> None:
    with pytest.raises(InsightError, match="two coders; seen 1"):
        ordinal_alpha(pd.DataFrame({"A": [1, 2]}))


def slow_alpha(ratings: pd.DataFrame) -> float:
    """Compare every pair of ratings within units, and every pair of all."""
    units = [row[~np.isnan(row)] for row in ratings.to_numpy("float64")]
    units = [row for row in units if len(row) > 1]
    every = np.concatenate(units)

    def apart(one: float, other: float) -> float:
        low, high = sorted((one, other))
        between = ((every >= low) & (every <= high)).sum()
        ends = ((every == low).sum() + (every == high).sum()) / 2
        return float(between - ends) ** 2

    observed = sum(
        apart(*pair) / (len(row) - 1) for row in units for pair in permutations(row, 2)
    )
    expected = sum(apart(*pair) for pair in permutations(every, 2)) / (len(every) - 1)
    return 1 - observed / expected


level = st.one_of(st.none(), st.integers(1, 4))
ratings_of = st.lists(st.tuples(level, level, level), min_size=2, max_size=7).map(
    lambda rows: pd.DataFrame(rows, columns=["A", "B", "C"], dtype="float64")
)


@given(ratings_of)
def test_alpha_equals_a_slow_count_of_pairs(ratings: pd.DataFrame) -> None:
    alpha = ordinal_alpha(ratings)
    if not isnan(alpha):
        assert alpha == pytest.approx(slow_alpha(ratings), abs=1e-12)
        assert alpha <= 1


@given(ratings_of)
def test_only_the_order_of_levels_matters(ratings: pd.DataFrame) -> None:
    alpha, stretched = ordinal_alpha(ratings), ordinal_alpha(ratings**3 + 7)
    assert stretched == pytest.approx(alpha, abs=1e-12, nan_ok=True)
    assert exact_agreement(ratings**3) == pytest.approx(
        exact_agreement(ratings), nan_ok=True
    )
