"""Planted structure holds from sample to sample, noise does not."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import CustomerSegments, SegmentError, sample_stability

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
