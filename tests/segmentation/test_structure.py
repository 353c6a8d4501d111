"""Groups that were planted are found, and noise of every kind has none."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import skew, spearmanr
from sklearn.metrics import adjusted_rand_score

from segmentation import CustomerSegments, SegmentError
from segmentation.trust.structure import _references, structure_test

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Kind = Callable[[np.random.Generator], np.ndarray]

N = 60
TRUTH = np.repeat(np.arange(4), N // 4)
MIX = np.random.default_rng(8).normal(size=(5, 5))


def planted(random: np.random.Generator) -> np.ndarray:
    return np.eye(4, 5)[TRUTH] * 6 + random.normal(size=(N, 5))


KINDS: dict[str, Kind] = {
    "correlated normal": lambda random: random.normal(size=(N, 5)) @ MIX,
    "uniform": lambda random: random.random((N, 5)),
    "correlated uniform": lambda random: random.random((N, 5)) @ MIX,
    "skewed": lambda random: random.exponential(size=(N, 5)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_noise_has_no_structure_on_19_of_20_seeds(kind: str) -> None:
    verdicts = [
        structure_test(
            pd.DataFrame(KINDS[kind](np.random.default_rng(seed))), 4, seed=seed
        ).found
        for seed in range(20)
    ]
    assert sum(verdicts) <= 1


@pytest.mark.parametrize("seed", range(2))
def test_planted_groups_are_found_and_recovered(seed: int) -> None:
    rows = planted(np.random.default_rng(seed))
    assert structure_test(pd.DataFrame(rows), 4, seed=seed).found
    labels = CustomerSegments(4, n_init=10, random_state=seed).fit(rows).labels_
    assert adjusted_rand_score(TRUTH, labels) > 0.95


def test_two_groups_in_one_variable_are_found() -> None:
    random = np.random.default_rng(1)
    apart = np.repeat([0.0, 8.0], 30) + random.normal(size=60)
    found = structure_test(pd.DataFrame({"x": apart}), 2)
    assert found.found
    assert len(found.references) == 3


def test_three_groups_of_two_variables_are_found() -> None:
    random = np.random.default_rng(1)
    apart = np.repeat([[0, 0], [9, 0], [0, 9]], 15, axis=0)
    assert structure_test(pd.DataFrame(apart + random.normal(size=(45, 2))), 3).found


def test_a_reference_keeps_spread_and_skew_and_the_rank_correlation() -> None:
    random = np.random.default_rng(11)
    rows = random.exponential(size=(400, 2)) @ np.array([[1.0, 0.6], [0.0, 1.0]])
    like = _references(rows)
    drawn = like["variables of one peak"](random)
    assert drawn.std(axis=0) == pytest.approx(rows.std(axis=0))
    assert skew(drawn) == pytest.approx(skew(rows), rel=0.2)
    ranks = [spearmanr(each)[0] for each in (rows, drawn)]
    assert ranks[0] == pytest.approx(ranks[1], abs=0.1)
    for name in ("an even box", "one normal cloud"):
        whole = np.trace(np.cov(like[name](random), rowvar=False))
        assert whole == pytest.approx(np.trace(np.cov(rows, rowvar=False)), rel=0.2)


def test_the_sentence_says_what_the_verdict_means() -> None:
    random = np.random.default_rng(2)
    no = structure_test(pd.DataFrame(KINDS["correlated normal"](random)), 4)
    assert str(no).startswith("No structure: 4 segments explain ")
    assert "cut up a continuum" in str(no)


def test_p_counts_the_data_among_the_simulations() -> None:
    found = structure_test(pd.DataFrame(planted(np.random.default_rng(3))), 4)
    assert found.references["simulations"].tolist() == [99] * 3
    assert found.references["p"].tolist() == [0.01] * 3
    assert (found.references["highest"] < found.explained).all()
    assert str(found).startswith("Structure: 4 segments explain ")
    assert "p = 0.01 by 297 simulations; n = 60 areas" in str(found)


def test_simulations_stop_once_enough_explain_as_much() -> None:
    found = structure_test(
        pd.DataFrame(KINDS["correlated normal"](np.random.default_rng(4))), 4
    )
    last = found.references.iloc[-1]
    assert last["simulations"] < 99
    assert last["p"] == found.p == 10 / last["simulations"]


def test_a_normal_cloud_explains_what_theory_says() -> None:
    # One normal variable cut at its mean: 2 / pi of the variance is between halves.
    cloud = pd.DataFrame({"x": np.random.default_rng(5).normal(size=400)})
    found = structure_test(np.sign(cloud) + cloud / 9, 2)  # two groups: all are tried
    mean = found.references.set_index("reference")["mean"]
    assert mean["one normal cloud"] == pytest.approx(2 / np.pi, abs=0.01)
    assert mean["an even box"] == pytest.approx(3 / 4, abs=0.01)


def test_many_rows_are_sampled_and_the_result_says_so() -> None:
    rows = pd.DataFrame(np.random.default_rng(6).normal(size=(1_500, 1)))
    found = structure_test(rows, 2)
    assert (found.n_used, found.n_rows) == (1_000, 1_500)
    assert "n = 1,000 areas, a sample of 1,500" in str(found)


def test_a_column_that_does_not_vary_changes_nothing() -> None:
    rows = pd.DataFrame(KINDS["correlated normal"](np.random.default_rng(7)))
    one, other = structure_test(rows, 3), structure_test(rows.assign(flat=1.0), 3)
    assert one.explained == other.explained


@pytest.mark.parametrize(("k", "simulations"), [(1, 99), (3, 98)])
def test_a_test_that_could_not_decide_is_refused(k: int, simulations: int) -> None:
    rows = pd.DataFrame({"x": range(9)})
    with pytest.raises(SegmentError, match="2 segments or more, and 99 simulations"):
        structure_test(rows, k, simulations=simulations)


def test_more_segments_than_rows_that_differ_are_refused() -> None:
    with pytest.raises(SegmentError, match=r"3 segments .* 9 rows, of which 3 differ"):
        structure_test(pd.DataFrame({"x": [0, 1, 2] * 3}), 3)


def test_features_that_do_not_vary_are_refused() -> None:
    with pytest.raises(SegmentError, match="of which 1 differ"):
        structure_test(pd.DataFrame({"x": [1.0] * 9}), 2)


def test_a_missing_value_is_refused_by_name() -> None:
    rows = pd.DataFrame({"x": [1.0, None, 3.0]}, index=["E1", "E2", "E3"])
    with pytest.raises(SegmentError, match="'E2'"):
        structure_test(rows, 2)


@settings(max_examples=3)
@given(st.randoms(use_true_random=False))
def test_row_order_does_not_matter(random: Random) -> None:
    rows = pd.DataFrame(KINDS["correlated normal"](np.random.default_rng(9)))
    shuffled = rows.iloc[random.sample(range(N), N)]
    one, other = structure_test(rows, 2), structure_test(shuffled, 2)
    assert str(one) == str(other)
    pd.testing.assert_frame_equal(one.references, other.references)


@pytest.mark.fixtures
def test_census_areas_have_more_structure_than_a_cloud(fixtures: Path) -> None:
    folder = fixtures / "segmentation" / "census2021"
    table = pd.read_parquet(folder / "oa21_oac_inputs_45of60.parquet")
    shares = np.arcsinh(table.drop(columns=["oa"]).select_dtypes("number") / 100)
    some = shares.sample(400, random_state=1)
    found = structure_test((some - some.min()) / np.ptp(some, axis=0), 8)
    assert found.found
    assert 0.3 < found.explained < 0.6
