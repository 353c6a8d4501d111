"""Whole steps: exact sums in any order and any split, and plain Lloyd's rounds."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation import SegmentError
from segmentation.kmeans.grid import Grid, centres_of, grid_for, nearest, settle, sums

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]

STEPS = arrays(np.float64, (20, 3), elements=st.integers(-(2**22), 2**22).map(float))


def python_labels(rows: Rows, centres: Rows) -> list[int]:
    """Find the nearest centre of each row with Python's own whole numbers."""
    found = []
    for row in rows:
        away = [
            sum((int(a) - int(b)) ** 2 for a, b in zip(row, centre, strict=True))
            for centre in centres
        ]
        found.append(away.index(min(away)))
    return found


def python_settle(rows: Rows, centres: Rows) -> tuple[list[list[int]], list[int]]:
    """Run Lloyd's rounds with Python's own whole numbers, a half up."""
    seen: list[list[list[int]]] = []
    now = [[int(value) for value in centre] for centre in centres]
    while True:
        labels = python_labels(rows, np.array(now, dtype=float))
        if now in seen:
            return now, labels
        seen.append(now)
        now = [
            [
                (2 * sum(int(row[f]) for row in own) + len(own)) // (2 * len(own))
                for f in range(rows.shape[1])
            ]
            if (own := [r for r, n in zip(rows, labels, strict=True) if n == number])
            else centre
            for number, centre in enumerate(now)
        ]


@given(STEPS, st.integers(1, 6))
def test_rounds_are_those_of_pythons_own_whole_numbers(rows: Rows, k: int) -> None:
    centres, labels, _ = settle(rows, rows[:k])
    expected, expected_labels = python_settle(rows, rows[:k])
    assert centres.tolist() == expected
    assert labels.tolist() == expected_labels


@given(STEPS, st.integers(1, 6))
def test_distances_are_exact_and_ties_go_to_the_lower_number(
    rows: Rows, k: int
) -> None:
    centres = np.vstack([rows[:k], rows[:k]])  # each centre twice: all are ties
    labels, squares = nearest(rows, centres)
    assert labels.tolist() == python_labels(rows, centres)
    for row, label, square in zip(rows, labels, squares, strict=True):
        pairs = zip(row, centres[label], strict=True)
        assert square == sum((int(a) - int(b)) ** 2 for a, b in pairs)


@given(STEPS, st.lists(st.integers(0, 20), min_size=1, max_size=4))
def test_sums_over_any_parts_add_up_to_those_over_all(
    rows: Rows, cuts: list[int]
) -> None:
    labels = np.arange(20) % 4
    totals, counts = sums(rows, labels, 4)
    parts = [
        sums(rows[start:end], labels[start:end], 4)
        for start, end in pairwise([0, *sorted(cuts), 20])
    ]
    assert np.sum([part[0] for part in parts], axis=0).tolist() == totals.tolist()
    assert np.sum([part[1] for part in parts], axis=0).tolist() == counts.tolist()
    order = np.argsort(rows[:, 0])
    assert (sums(rows[order], labels[order], 4)[0] == totals).all()


def test_means_are_rounded_a_half_up_and_an_empty_segment_keeps_its_centre() -> None:
    before = np.array([[9.0], [9.0], [9.0]])
    found = centres_of(np.array([[5], [-5], [0]]), np.array([2, 2, 0]), before)
    assert found.tolist() == [[3.0], [-2.0], [9.0]]
    assert before.tolist() == [[9.0]] * 3


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.floats(0, 1e6),
)
def test_a_value_is_at_most_half_a_step_from_its_place_on_the_grid(
    low: list[float], width: float
) -> None:
    high = [each + width for each in low]
    grid = grid_for(low, high)
    for values in (low, high):
        steps = grid.steps([values])
        assert (steps == np.floor(steps)).all()
        apart = np.abs(grid.values(steps) - values)
        assert (apart <= grid.step / 2 + np.spacing(np.abs(values) + width)).all()


@pytest.mark.parametrize("n_features", [1, 2, 60, 500])
def test_the_step_is_a_power_of_two_and_squares_within_reach_are_exact(
    n_features: int,
) -> None:
    grid = grid_for([0.0] * n_features, [1.0] * n_features)
    assert math.frexp(grid.step)[0] == 0.5
    assert grid.reach * grid.step >= 4
    assert 4 * n_features * int(grid.reach) ** 2 <= 2**53


def test_a_place_where_nothing_varies_has_steps_of_one() -> None:
    assert grid_for([5.0], [5.0]).step == 1.0
    assert grid_for([], []) == Grid(offset=(), step=1.0)


@pytest.mark.parametrize(
    ("low", "high"),
    [([0.0], [np.inf]), ([np.nan], [1.0]), ([1.0], [0.0]), ([-1.7e308], [1.7e308])],
)
def test_a_range_that_makes_no_sense_is_an_error(
    low: list[float], high: list[float]
) -> None:
    with pytest.raises(SegmentError, match="endless or runs backwards"):
        grid_for(low, high)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e9, 1.7e308])
def test_values_off_the_grid_are_refused_without_being_shown(wrong: float) -> None:
    grid = grid_for([0.0, 0.0], [1.0, 1.0])
    with pytest.raises(SegmentError, match=r"number 1 \(from 0\) .* grid begins"):
        grid.exact_steps([[0.0, 0.5], [0.0, wrong]])
