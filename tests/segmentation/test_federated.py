"""Agencies together find what one place with all rows would, bit for bit."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from segmentation import SegmentError
from segmentation.kmeans.grid import grid_for, nearest, settle
from segmentation.share.federated import Search, advanced, best_of, federated_fit
from segmentation.share.federated_plan import agreed_starts
from segmentation.share.federated_round import (
    Contribution,
    TooFewError,
    agency_round,
    combine,
)
from segmentation.share.packed import packed, unpacked

Rows = NDArray[np.float64]


def rows_of(seed: int, n: int = 120, d: int = 3) -> Rows:
    """Return rows around three points of a grid of 0 to 1."""
    random = np.random.default_rng(seed)
    values = random.choice([0.2, 0.5, 0.8], (n, 1)) + random.normal(0, 0.08, (n, d))
    return grid_for([0.0] * d, [1.0] * d).steps(values)


def pooled(rows: Rows, start: Rows) -> tuple[Rows, int]:
    """Return what settle finds on all rows: centres that have rows, and squares."""
    centres, labels, _ = settle(rows, start)
    counts = np.bincount(labels, minlength=len(centres))
    some = np.flatnonzero(counts)
    order = np.lexsort((*centres[some].T[::-1], -counts[some]))
    squares = sum(int(each) for each in nearest(rows, centres)[1])
    return centres[some][order], squares


@settings(max_examples=40)
@given(
    st.integers(0, 2**16),
    st.integers(1, 5),
    st.lists(st.integers(1, 119), max_size=6),
    st.randoms(use_true_random=False),
)
def test_any_split_of_the_rows_gives_the_pooled_fit(
    seed: int, k: int, cuts: list[int], random: Random
) -> None:
    rows = rows_of(seed)
    grid = grid_for([0.0] * 3, [1.0] * 3)
    one = grid.steps([[1.0] * 3])[0].tolist()
    starts = agreed_starts(k, [0.0] * 3, one, seed=seed, starts=2)
    order = list(range(len(rows)))
    random.shuffle(order)
    parts = [part for part in np.split(rows[order], sorted(cuts)) if len(part)]
    fit = federated_fit(parts, starts, grid, minimum=1)
    known = [pooled(rows, start) for start in starts]
    centres, squares = min(known, key=lambda each: each[1])
    assert fit.squares == squares
    assert fit.centres.tobytes() == centres.tobytes()
    assert sum(fit.counts) == len(rows)
    assert list(fit.counts) == sorted(fit.counts, reverse=True)
    assert "bit for bit" in str(fit)


def test_one_agency_with_a_single_row_changes_nothing() -> None:
    rows, grid = rows_of(1), grid_for([0.0] * 3, [1.0] * 3)
    starts = rows[None, [3, 50, 80]]
    alone = federated_fit([rows], starts, grid, minimum=1)
    unequal = federated_fit([rows[:1], rows[1:]], starts, grid, minimum=1)
    assert alone.centres.tobytes() == unequal.centres.tobytes()
    assert (alone.squares, alone.counts) == (unequal.squares, unequal.counts)


def test_a_round_by_hand() -> None:
    rows = np.array([[0.0, 1.0], [2.0, 3.0], [10.0, 10.0]])
    centres = np.array([[1.0, 1.0], [9.0, 9.0], [50.0, 50.0]])
    said = agency_round(rows, centres, minimum=1)
    assert said.totals.tolist() == [[2, 4], [10, 10], [0, 0]]
    assert said.counts == (2, 1, 0)
    assert said.squares == 1 + 5 + 2
    assert combine([said], centres).tolist() == [[1, 2], [10, 10], [50, 50]]


def test_squares_beyond_64_bits_are_exact() -> None:
    rows = np.full((9000, 1), 2.0**25 + 1)
    said = agency_round(rows, np.zeros((1, 1)), minimum=1)
    assert said.squares == 9000 * (2**25 + 1) ** 2 > 2**63


def test_sums_over_few_rows_are_refused_or_withheld() -> None:
    rows = np.array([[0.0]] * 12 + [[9.0]] * 3)
    centres = np.array([[0.0], [9.0]])
    with pytest.raises(TooFewError, match="1 of 2 segments hold from 1 to 9 of this"):
        agency_round(rows, centres)
    said = agency_round(rows, centres, withhold=True)
    assert said.counts == (12, 0)
    assert said.totals.tolist() == [[0], [0]]
    assert said.withheld == 1
    assert agency_round(rows, centres, minimum=3).counts == (12, 3)


def test_what_is_withheld_is_said() -> None:
    grid = grid_for([0.0], [100.0])
    parts = [np.array([[0.0]] * 12 + [[90.0]] * 3), np.array([[90.0]] * 20)]
    starts = np.array([[[0.0], [80.0]]])
    with pytest.raises(TooFewError, match="each of the 1 agreed starts leads to sums"):
        federated_fit(parts, starts, grid)
    fit = federated_fit(parts, starts, grid, withhold=True)
    assert fit.withheld == 1
    assert fit.counts == (20, 12)
    assert "1 sums over few people were withheld, so that it differs" in str(fit)


def test_a_start_that_leads_to_few_rows_is_given_up_and_others_go_on() -> None:
    grid = grid_for([0.0], [100.0])
    parts = [np.array([[0.0]] * 12 + [[90.0]] * 30)]
    starts = np.array([[[1.0], [80.0]], [[0.0], [95.0]], [[90.0], [2000.0]]])
    few = federated_fit(parts, starts, grid)
    assert (few.hits, few.starts, few.refused) == (2, 3, 0)
    parts.append(np.array([[0.0]] * 2 + [[90.0]] * 30))
    one = federated_fit(parts, starts, grid)
    assert (one.hits, one.starts, one.refused) == (1, 3, 2)
    assert "2 starts were given up" in str(one)


def test_centres_that_go_round_in_a_circle_end_as_in_one_place() -> None:
    said = Contribution(totals=np.array([[3]]), counts=(1,), squares=0)
    back = Contribution(totals=np.array([[1]]), counts=(1,), squares=4)
    search = advanced(Search(centres=np.array([[1]])), [said])
    search = advanced(search, [back])
    assert search.last
    assert not search.settled
    search = advanced(search, [said])
    assert search.settled
    assert search.centres.tolist() == [[1]]


def test_the_best_start_is_taken_and_empty_segments_are_left_out() -> None:
    worse = Search(centres=np.array([[1], [2]]), counts=(3, 4), squares=9, settled=True)
    best = Search(centres=np.array([[1], [2]]), counts=(7, 0), squares=5, settled=True)
    fit = best_of([worse, best, best])
    assert fit.counts == (7,)
    assert fit.centres.tolist() == [[1]]
    assert (fit.hits, fit.starts) == (2, 3)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            {"totals": np.zeros((3, 1)), "counts": (1, 1)},
            "of 3 segments and 1 features",
        ),
        (
            {"totals": np.zeros((2, 2)), "counts": (1, 1)},
            "of 2 segments and 2 features",
        ),
        ({"totals": np.zeros((2, 1)), "counts": (1,)}, "of 2 segments"),
        ({"totals": np.zeros((2, 1)), "counts": (-1, 1)}, "fewer than no rows"),
        ({"totals": np.ones((2, 1)), "counts": (0, 1)}, "rows that it does not count"),
    ],
)
def test_a_contribution_that_cannot_be_is_refused(
    said: dict[str, object], what: str
) -> None:
    before = np.array([[0.0], [9.0]])
    given = Contribution.model_validate({"squares": 1} | said)
    with pytest.raises(SegmentError, match=what):
        combine([given], before)


def test_nobody_and_rows_out_of_reach_are_refused() -> None:
    grid = grid_for([0.0], [1.0])
    with pytest.raises(SegmentError, match="no agency has contributed"):
        combine([], np.zeros((1, 1)))
    with pytest.raises(SegmentError, match="there is no complete row"):
        agency_round(np.zeros((0, 1)), np.zeros((1, 1)))
    with pytest.raises(SegmentError, match="1 of 2 rows hold a value more than four"):
        federated_fit([np.array([[0.0], [2.0**60]])], np.zeros((1, 1, 1)), grid)


def test_agreed_starts_are_the_same_for_everyone_and_amid_the_range() -> None:
    one = agreed_starts(8, [0.0] * 60, [1000.0] * 60, seed=3, starts=2)
    again = agreed_starts(8, [0.0] * 60, [1000.0] * 60, seed=3, starts=2)
    other = agreed_starts(8, [0.0] * 60, [1000.0] * 60, seed=4, starts=2)
    assert one.shape == (2, 8, 60)
    assert one.tobytes() == again.tobytes() != other.tobytes()
    assert one.min() >= 250
    assert one.max() <= 750
    assert (one == np.floor(one)).all()


@given(
    st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=6, max_size=6),
    st.integers(0, 62),
)
def test_packed_numbers_come_back(numbers: list[int], shift: int) -> None:
    whole = np.array(numbers, dtype=np.int64).reshape(2, 3) >> shift
    assert unpacked(packed(whole)).tolist() == whole.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1x1x1",
        "1x2x1:AA==",
        "1x1x9:AAAAAAAAAAAA",
        "axbxc:AA==",
        "1x1x1:A",
        "-1x1x1:",
    ],
)
def test_text_that_holds_no_packed_numbers_is_refused(text: str) -> None:
    with pytest.raises(SegmentError, match="packed numbers cannot be read"):
        unpacked(text)
