"""The fast rounds against the plain ones, and the search over many starts."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import KMeans

from segmentation import SegmentError
from segmentation.kmeans import row_order
from segmentation.kmeans.grid import grid_for, settle
from segmentation.kmeans.lloyd import settle_fast
from segmentation.kmeans.row_order import distinct_rows
from segmentation.kmeans.search import Effort, Found, search
from segmentation.kmeans.threads import workers

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]

FEW_VALUES = arrays(np.float64, (30, 2), elements=st.integers(-3, 3).map(float))
ANY_VALUES = arrays(
    np.float64, (30, 3), elements=st.integers(-(2**22), 2**22).map(float)
)


def noise(n: int, d: int, seed: int = 0) -> Rows:
    values = np.random.default_rng(seed).random((n, d))
    return grid_for([0.0] * d, [1.0] * d).steps(values)


def assert_same_standstill(rows: Rows, centres: Rows) -> None:
    plain = settle(rows, centres)
    fast = settle_fast(rows, centres)
    assert fast.centres.tobytes() == plain[0].tobytes()
    assert fast.labels.tobytes() == plain[1].tobytes()
    assert fast.rounds == plain[2]
    assert (
        fast.counts.tolist() == np.bincount(plain[1], minlength=len(centres)).tolist()
    )
    away = ((rows - plain[0][plain[1]]) ** 2).sum(axis=1).astype(np.int64)
    own = [int(away[plain[1] == number].sum()) for number in range(len(centres))]
    assert list(fast.inertias) == own
    assert fast.inertia == sum(own)


@given(FEW_VALUES, st.integers(1, 8))
def test_fast_rounds_are_the_plain_ones_where_ties_abound(rows: Rows, k: int) -> None:
    assert_same_standstill(rows, rows[:k])  # copies among the centres too


@given(ANY_VALUES, st.integers(1, 8))
def test_fast_rounds_are_the_plain_ones_for_any_rows(rows: Rows, k: int) -> None:
    assert_same_standstill(rows, rows[:k])


@pytest.mark.parametrize(
    ("n", "d", "k"), [(20_000, 5, 8), (9_000, 60, 3), (500, 1, 40)]
)
def test_fast_rounds_are_the_plain_ones_on_many_rows(n: int, d: int, k: int) -> None:
    rows = noise(n, d)
    assert_same_standstill(rows, rows[:k])


def test_rounds_change_neither_rows_nor_first_centres() -> None:
    rows = noise(100, 3)
    rows.setflags(write=False)
    settle_fast(rows, rows[:4])


@given(FEW_VALUES, st.randoms(use_true_random=False))
def test_rows_get_one_order_however_they_come(rows: Rows, random: Random) -> None:
    shuffled = rows[random.sample(range(len(rows)), len(rows))]
    ordered = rows[row_order.row_order(rows)]
    assert ordered.tolist() == shuffled[row_order.row_order(shuffled)].tolist()
    assert sorted(ordered.tolist()) == sorted(rows.tolist())
    assert distinct_rows(rows) == len({tuple(row) for row in rows.tolist()})
    assert distinct_rows(rows, enough=2) >= min(2, distinct_rows(rows))


def test_rows_that_share_a_scrambled_number_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def useless(rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        return np.zeros(len(rows), dtype=np.uint64)

    monkeypatch.setattr(row_order, "_hash", useless)
    rows = np.array([[2.0], [1.0], [2.0], [3.0]])
    backwards = rows[::-1]
    ordered = rows[row_order.row_order(rows)]
    assert ordered.tolist() == backwards[row_order.row_order(backwards)].tolist()
    assert distinct_rows(rows) == 3


def test_the_first_rows_of_the_order_are_like_a_random_sample() -> None:
    heavy = np.concatenate([np.zeros((9_000, 1)), np.arange(1.0, 9_001)[:, np.newaxis]])
    first = heavy[row_order.row_order(heavy)][:3_000]
    assert 0.45 < (first == 0).mean() < 0.55
    assert 4_200 < first[first > 0].mean() < 4_800


@pytest.mark.parametrize("n", [400, 13_000])
def test_the_search_finds_what_scikit_learn_finds_or_better(n: int) -> None:
    rows = noise(n, 3)
    rows = rows[row_order.row_order(rows)]
    found = search(rows, 6, effort=Effort(most=40))
    with workers(1, rows=n):
        peer = KMeans(6, n_init=5, tol=0, random_state=0).fit(rows)
    assert found.settled.inertia <= peer.inertia_ * (1 + 1e-6)
    assert_same_standstill(rows, found.settled.centres)


def test_starts_and_hits_are_counted() -> None:
    planted = noise(200, 2) + np.repeat([[0.0], [2.0**25]], 100, axis=0)
    easy = search(planted, 2, effort=Effort(most=11))
    assert (easy.starts, easy.hits) == (11, 11)
    early = search(planted, 2, effort=Effort(most=50, stop_after=3))
    assert (early.starts, early.hits) == (8, 8)
    hard = search(noise(200, 8), 9, effort=Effort(most=30))
    assert hard.starts == 30
    assert 1 <= hard.hits < 15


def test_on_a_sample_a_start_that_led_to_the_best_counts_as_a_hit() -> None:
    planted = noise(30_000, 2) + np.repeat([[0.0], [2.0**25]], 15_000, axis=0)
    planted = planted[row_order.row_order(planted)]
    found = search(planted, 2, effort=Effort(most=24))
    assert (found.starts, found.hits) == (24, 24)
    assert sorted(found.settled.counts.tolist()) == [15_000, 15_000]


def test_threads_and_seeds_do_what_is_said_of_them() -> None:
    rows = noise(13_000, 6)
    rows = rows[row_order.row_order(rows)]

    def found(n_threads: int, seed: int) -> Found:
        with workers(n_threads, rows=len(rows)) as run:
            return search(rows, 7, effort=Effort(most=9), seed=(seed,), run=run)

    one, two, other = found(1, 0), found(2, 0), found(1, 1)
    assert one.settled.centres.tobytes() == two.settled.centres.tobytes()
    assert (one.starts, one.hits) == (two.starts, two.hits)
    assert other.settled.centres.tobytes() != one.settled.centres.tobytes()


def test_few_different_rows_beside_a_great_heap_of_one_are_found() -> None:
    rows = np.zeros((30_000, 1))
    rows[:3, 0] = [50.0, 90.0, 91.0]  # hardly in any sample
    rows = rows[row_order.row_order(rows)]
    found = search(rows, 4, effort=Effort(most=4))
    assert sorted(found.settled.centres.ravel().tolist()) == [0.0, 50.0, 90.0, 91.0]
    assert found.settled.inertia == 0


def test_no_segment_is_left_empty_where_enough_rows_differ() -> None:
    rows = np.array([[0.0]] * 50 + [[1.0], [2.0], [40.0], [41.0]])
    rows = rows[row_order.row_order(rows)]
    for k in range(1, 6):
        assert (search(rows, k, effort=Effort(most=1)).settled.counts > 0).all()


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "2"])
def test_a_number_of_threads_that_makes_no_sense_is_an_error(wrong: object) -> None:
    with pytest.raises(SegmentError, match="n_threads is"), workers(wrong, rows=9):  # type: ignore[arg-type]  # the test's point
        pass
