"""Planted structure holds from sample to sample, noise does not."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from segmentation import CustomerSegments, SegmentError, sample_stability
from segmentation.trust.resampling import jaccards, segments_of_variables
from segmentation.trust.stability import full_stability

RANDOM = np.random.default_rng(3)
NOISE = pd.DataFrame(RANDOM.random((150, 8)))
CENTRES = np.eye(4, 8) * 5
PLANTED = pd.DataFrame(np.repeat(CENTRES, 40, axis=0) + RANDOM.random((160, 8)))
FOUR = CustomerSegments(4, n_init=5)


def test_planted_structure_holds() -> None:
    assert sample_stability(PLANTED, FOUR).minimum == 1


def test_noise_does_not_hold() -> None:
    found = sample_stability(NOISE, FOUR)
    assert found.minimum < 0.6
    assert found.minimum <= found.mean < 0.9


def test_the_whole_as_a_sample_agrees_with_itself() -> None:
    assert sample_stability(NOISE, FOUR, samples=2, share=1).minimum == 1


def test_the_sentence_says_the_least_and_the_base() -> None:
    found = sample_stability(PLANTED, FOUR, samples=3)
    assert "3 samples of 80 % of 160 areas" in str(found)
    assert "1.00 at worst" in str(found)


def test_the_estimator_is_not_changed() -> None:
    estimator = CustomerSegments(4, n_init=2)
    sample_stability(PLANTED, estimator, samples=2)
    assert not hasattr(estimator, "labels_")


@pytest.mark.parametrize(("samples", "share"), [(1, 0.8), (3, 0), (3, 1.1)])
def test_samples_that_cannot_be_compared_are_refused(
    samples: int, share: float
) -> None:
    with pytest.raises(SegmentError, match="cannot be compared"):
        sample_stability(PLANTED, FOUR, samples=samples, share=share)


def test_a_sample_smaller_than_the_segments_is_refused() -> None:
    with pytest.raises(SegmentError, match=r"3 of 4 rows is too small for 4 segments"):
        sample_stability(PLANTED.iloc[::40], FOUR)


def test_samples_without_a_common_row_are_refused() -> None:
    with pytest.raises(SegmentError, match="no row in common"):
        sample_stability(PLANTED, CustomerSegments(2, n_init=1), share=0.02)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_row_order_does_not_matter(random: Random) -> None:
    shuffled = NOISE.iloc[random.sample(range(150), 150)]
    assert sample_stability(shuffled, FOUR, samples=3) == sample_stability(
        NOISE, FOUR, samples=3
    )


def test_a_sample_of_too_few_different_rows_gets_fewer_segments() -> None:
    rows = pd.DataFrame({"x": [0.0] * 17 + [1.0, 2.0, 3.0]})
    found = sample_stability(rows, CustomerSegments(4, n_init=2), samples=20)
    assert found.n_samples == 20


def codes_of(features: pd.DataFrame) -> pd.Series[str]:
    labels = clone(FOUR).set_params(random_state=0).fit(features).labels_
    return pd.Series([str(each + 1) for each in labels], features.index)


def test_planted_structure_holds_whatever_is_changed() -> None:
    found = full_stability(PLANTED, codes_of(PLANTED), FOUR, samples=4)
    for kind in (found.seeds, found.rows):
        assert kind.minimum == 1
    assert found.segments["minimum"].tolist() == [1] * 4
    assert not found.segments["shaky"].any()
    assert "Each of the 4 segments is found again" in str(found)


def test_a_variable_that_carries_a_group_is_missed_when_it_is_left_out() -> None:
    found = full_stability(PLANTED, codes_of(PLANTED), FOUR, samples=6, share=0.5)
    assert found.variables.minimum < found.rows.minimum
    assert found.variables.share == 0.5
    assert "160 areas by 6 samples of 50 % of the variables" in str(found)


def test_segments_of_noise_are_shaky_and_named() -> None:
    found = full_stability(NOISE, codes_of(NOISE), FOUR, samples=6)
    assert str(found.rows) == str(sample_stability(NOISE, FOUR, samples=6))
    shaky = found.segments[found.segments["mean"] < 0.6]
    assert found.segments.loc[found.segments["shaky"]].equals(shaky)
    assert found.segments["areas"].sum() == 150
    assert (found.segments["minimum"] <= found.segments["mean"]).all()


def test_the_jaccard_index_of_a_segment_is_worked_by_hand() -> None:
    own = np.array([0, 0, 0, 1, 1, 2])
    labels = np.array([0, 0, 1, 1, 1, -1])
    # {a, b, c} against {a, b}: 2 / 3. {d, e} against {c, d, e}: 2 / 3. {f} not drawn.
    assert jaccards(own, labels, 3) == pytest.approx(
        [2 / 3, 2 / 3, np.nan], nan_ok=True
    )


def test_one_variable_is_never_left_out_but_one_of_two_is() -> None:
    one = segments_of_variables(PLANTED[[0]].to_numpy(), FOUR, 2, 0.5, seed=0)
    assert (one[0] == one[1]).all()
    rows = np.array([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0], [9.0, 9.0]])
    two = CustomerSegments(2, n_init=1)
    drawn = segments_of_variables(rows, two, 9, 0.9, seed=0)
    assert {tuple(each[:3] == each[0]) for each in drawn} == {
        (True, True, False),
        (True, False, True),
    }


def test_many_areas_are_sampled_and_the_result_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("segmentation.trust.stability.MOST_ROWS", 90)
    found = full_stability(PLANTED, codes_of(PLANTED), FOUR, samples=2)
    assert (found.n_used, found.n_rows) == (90, 160)
    assert "Tested on a sample of 90 of 160 areas." in str(found)
    assert found.segments["areas"].tolist() == [40] * 4


def test_an_area_without_a_segment_is_refused_by_name() -> None:
    with pytest.raises(SegmentError, match=r"1 of 160 areas .* no segment: 3"):
        full_stability(PLANTED, codes_of(PLANTED).drop(3), FOUR)


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_report(random: Random) -> None:
    shuffled = NOISE.iloc[random.sample(range(150), 150)]
    codes = codes_of(NOISE)
    one = full_stability(NOISE, codes, FOUR, samples=2)
    other = full_stability(shuffled, codes, FOUR, samples=2)
    assert str(one) == str(other)
    pd.testing.assert_frame_equal(one.segments, other.segments)
