"""The estimator: its contract, its numbering, and the same answer each time."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import (  # type: ignore[import-untyped]  # ships no types
    threadpool_limits,
)

from segmentation import CustomerSegments, SegmentError
from segmentation.kmeans.grid import grid_for, settle
from segmentation.share.federated import federated_fit

GROUPS = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], [5, 9, 7], axis=0)
PLANTED = GROUPS + np.random.default_rng(1).normal(scale=0.3, size=GROUPS.shape)


@parametrize_with_checks([CustomerSegments(n_segments=3, n_init=4)])
def test_the_estimator_keeps_scikit_learns_contract(
    estimator: CustomerSegments, check: object
) -> None:
    assert callable(check)
    check(estimator)


def test_planted_groups_are_found_and_numbered_from_the_largest() -> None:
    found = CustomerSegments(3, n_init=5).fit(PLANTED)
    assert found.labels_.tolist() == [2] * 5 + [0] * 9 + [1] * 7
    assert np.bincount(found.labels_).tolist() == [9, 7, 5]


def test_segments_of_one_size_are_ordered_by_their_centres() -> None:
    rows = [[5.0, 1.0], [0.0, 9.0], [0.0, 2.0]]
    found = CustomerSegments(3, n_init=2).fit(rows)
    assert found.cluster_centers_.tolist() == [[0.0, 2.0], [0.0, 9.0], [5.0, 1.0]]
    assert found.labels_.tolist() == [2, 1, 0]


def test_centres_and_inertia_are_what_their_names_say() -> None:
    found = CustomerSegments(3, n_init=5).fit(PLANTED)
    for number, centre in enumerate(found.cluster_centers_):
        mean = PLANTED[found.labels_ == number].mean(axis=0)
        assert centre == pytest.approx(mean, abs=found.grid_.step)
    away = PLANTED - found.cluster_centers_[found.labels_]
    assert found.inertia_ == pytest.approx((away**2).sum())


def test_all_starts_reach_an_easy_optimum_and_few_a_hard_one() -> None:
    assert CustomerSegments(3, n_init=20).fit(PLANTED).n_best_ == 20
    noise = np.random.default_rng(0).random((150, 10))
    assert CustomerSegments(8, n_init=20).fit(noise).n_best_ < 10


def test_more_starts_never_fit_worse() -> None:
    noise = np.random.default_rng(0).random((150, 10))
    fits = [CustomerSegments(8, n_init=n).fit(noise).inertia_ for n in (1, 5, 25)]
    assert fits == sorted(fits, reverse=True)


def test_two_runs_and_any_number_of_threads_give_the_same_bytes() -> None:
    noise = np.random.default_rng(0).random((13_000, 4))  # threads start at 4,000 rows
    found = []
    for blas_threads, n_threads in ((1, 1), (2, 2), (2, None)):
        with threadpool_limits(limits=blas_threads):
            fitted = CustomerSegments(5, n_init=9, n_threads=n_threads).fit(noise)
        found.append((fitted.labels_.tobytes(), fitted.cluster_centers_.tobytes()))
    assert found[0] == found[1] == found[2]


def test_rows_may_come_in_any_order_where_starts_run_on_a_sample() -> None:
    random = np.random.default_rng(0)
    noise = random.integers(0, 12, size=(13_000, 3)).astype(float)  # many copies
    order = random.permutation(len(noise))
    found = CustomerSegments(5, n_init=4).fit(noise)
    shuffled = CustomerSegments(5, n_init=4).fit(noise[order])
    assert shuffled.labels_.tobytes() == found.labels_[order].tobytes()
    assert shuffled.cluster_centers_.tobytes() == found.cluster_centers_.tobytes()
    assert shuffled.inertia_ == found.inertia_


def test_segments_are_a_standstill_of_the_plain_rounds_whatever_the_rows() -> None:
    noise = np.random.default_rng(0).random((13_000, 4))
    found = CustomerSegments(5, n_init=9).fit(noise)
    steps = found.grid_.steps(noise)
    centres, labels, _ = settle(steps, found.centre_steps_)
    assert centres.tobytes() == found.centre_steps_.tobytes()
    assert labels.tobytes() == found.labels_.tobytes()
    assert (np.diff(np.bincount(labels)) <= 0).all()


def test_from_given_centres_the_fit_is_the_plain_one_and_the_federated_one() -> None:
    noise = np.random.default_rng(0).random((300, 4))
    grid = grid_for([0.0] * 4, [1.0] * 4)
    starts = np.random.default_rng(1).random((5, 4))
    found = CustomerSegments(5, init=starts, grid=grid).fit(noise)
    assert (found.n_starts_, found.n_best_) == (1, 1)
    steps = grid.steps(noise)
    centres, labels, _ = settle(steps, grid.steps(starts))
    assert sorted(found.centre_steps_.tolist()) == sorted(centres.tolist())
    sizes = np.sort(np.bincount(labels))[::-1]
    assert np.bincount(found.labels_).tolist() == sizes.tolist()
    parts = [steps[:100], steps[100:]]
    apart = federated_fit(parts, grid.steps(starts)[np.newaxis], grid, minimum=1)
    assert apart.centres.tobytes() == found.centre_steps_.tobytes()


def test_a_given_centre_that_no_row_is_nearest_to_comes_last() -> None:
    found = CustomerSegments(2, init=[[4.0], [0.0]]).fit([[0.0], [0.0], [1.0]])
    assert found.labels_.tolist() == [0, 0, 0]
    assert found.cluster_centers_[1] == pytest.approx([4.0])


@pytest.mark.parametrize("wrong", [[[0.0, 1.0]], [0.0, 1.0, 2.0], np.zeros((3, 3))])
def test_given_centres_of_another_shape_are_an_error(wrong: object) -> None:
    with pytest.raises(SegmentError, match=r"centres are of shape .* Give \(3, 2\)"):
        CustomerSegments(3, init=wrong).fit(PLANTED)  # type: ignore[arg-type]  # the test's point


def test_an_unknown_way_to_start_is_an_error() -> None:
    with pytest.raises(SegmentError, match="init is 'k-means\\+\\+'"):
        CustomerSegments(3, init="k-means++").fit(PLANTED)


def test_an_agreed_grid_is_used_and_rows_out_of_its_reach_are_refused() -> None:
    agreed = grid_for([-5.0, -5.0], [15.0, 15.0])
    found = CustomerSegments(3, n_init=5, grid=agreed).fit(PLANTED)
    assert found.grid_ is agreed
    assert found.predict([[40.0, 0.0]]).tolist() == [0]
    with pytest.raises(SegmentError, match=r"features number 1 \(from 0\) hold values"):
        found.predict([[0.0, 1e9]])


def test_trying_stops_once_enough_starts_led_to_the_best() -> None:
    found = CustomerSegments(3, n_init=100, stop_after=6).fit(PLANTED)
    assert found.n_starts_ == 16  # batches of eight; 12 tried is the least
    assert found.n_best_ >= 6
    assert CustomerSegments(3, n_init=30).fit(PLANTED).n_starts_ == 30


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_rows_with_missing_or_endless_values_are_refused(wrong: float) -> None:
    rows = PLANTED.copy()
    rows[3, 1] = wrong
    with pytest.raises(ValueError, match="contains"):
        CustomerSegments(3).fit(rows)


def test_a_range_too_wide_for_a_number_is_an_error() -> None:
    with pytest.raises(SegmentError, match="endless"):
        CustomerSegments(2).fit([[-1.7e308], [1.7e308]])


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-9, 1e12, 1e150])
def test_tiny_and_huge_scales_are_segmented_alike(scale: float) -> None:
    found = CustomerSegments(3, n_init=5).fit(PLANTED * scale)
    assert found.labels_.tolist() == [2] * 5 + [0] * 9 + [1] * 7


def test_constant_columns_change_nothing() -> None:
    wider = np.column_stack([np.full(len(PLANTED), 7.0), PLANTED])
    found = CustomerSegments(3, n_init=5).fit(wider)
    assert found.labels_.tolist() == [2] * 5 + [0] * 9 + [1] * 7
    assert (found.cluster_centers_[:, 0] == 7.0).all()


def test_as_many_segments_as_different_rows_gives_each_its_own() -> None:
    rows = np.repeat([[0.0], [1.0], [1.5], [9.0]], [4, 3, 2, 1], axis=0)
    found = CustomerSegments(4, n_init=3).fit(rows)
    assert found.labels_.tolist() == [0] * 4 + [1] * 3 + [2] * 2 + [3]
    assert found.inertia_ < 1e-12


def test_predict_gives_the_fitted_rows_their_own_segments() -> None:
    found = CustomerSegments(3, n_init=5).fit(PLANTED)
    assert found.predict(PLANTED).tolist() == found.labels_.tolist()


def test_predict_breaks_a_tie_towards_the_lower_number() -> None:
    found = CustomerSegments(2, n_init=2).fit([[0.0], [0.0], [2.0]])
    assert found.predict([[1.0]]).tolist() == [0]


def test_more_segments_than_different_rows_is_an_error() -> None:
    with pytest.raises(
        SegmentError, match=r"4 segments .* of 5 rows, of which 3 differ"
    ):
        CustomerSegments(4).fit([[0.0], [0.0], [1.0], [1.0], [2.0]])


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "8"])
def test_a_number_that_makes_no_sense_is_an_error(wrong: object) -> None:
    with pytest.raises(SegmentError, match="n_segments is"):
        CustomerSegments(wrong).fit(PLANTED)  # type: ignore[arg-type]  # the test's point
    with pytest.raises(SegmentError, match="n_init is"):
        CustomerSegments(3, n_init=wrong).fit(PLANTED)  # type: ignore[arg-type]  # the test's point


@settings(max_examples=25)
@given(st.integers(0, 99), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(seed: int, random: Random) -> None:
    noise = np.random.default_rng(seed).random((40, 3))
    order = random.sample(range(40), 40)
    found = CustomerSegments(4, n_init=3).fit(noise)
    shuffled = CustomerSegments(4, n_init=3).fit(noise[order])
    assert shuffled.labels_.tolist() == found.labels_[order].tolist()
    assert shuffled.cluster_centers_.tobytes() == found.cluster_centers_.tobytes()


@settings(max_examples=25)
@given(st.integers(0, 99), st.floats(0.01, 100), st.floats(-50, 50))
def test_moving_and_stretching_all_features_alike_changes_no_segment(
    seed: int, times: float, more: float
) -> None:
    labels = CustomerSegments(3, n_init=3).fit(PLANTED).labels_
    estimator = CustomerSegments(3, n_init=3, random_state=seed)
    again = estimator.fit(PLANTED * times + more).labels_
    assert adjusted_rand_score(labels, again) == 1
