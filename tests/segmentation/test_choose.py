"""Each k is judged by figures that plain NumPy and scikit-learn give again."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import calinski_harabasz_score, silhouette_score

from segmentation import CustomerSegments, SegmentError
from segmentation.trust.choose import choose_k

RANDOM = np.random.default_rng(5)
CENTRES = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
PLANTED = pd.DataFrame(
    np.repeat(9 * CENTRES, [12, 15, 18, 21], axis=0) + RANDOM.normal(size=(66, 3)),
    columns=list("abc"),
)
NOISE = pd.DataFrame(RANDOM.random((80, 6)))


def test_planted_groups_are_recommended_by_every_criterion() -> None:
    choice = choose_k(PLANTED, range(2, 8), restarts=5, samples=4)
    assert choice.recommended == 4
    assert set(choice.favourites.values()) == {4}
    assert "All 4 criteria agree on it." in str(choice)
    chosen = choice.criteria.set_index("k").loc[4]
    assert chosen["stability_minimum"] == 1
    assert chosen["smallest"] == 12


def test_on_noise_the_criteria_are_said_to_disagree() -> None:
    choice = choose_k(NOISE, range(2, 8), restarts=5, samples=3)
    assert len(set(choice.favourites.values())) > 1
    assert "The criteria disagree: the bend in the fit prefers" in str(choice)
    assert "a judgement, not a fact" in str(choice)


def test_each_figure_is_what_its_name_says() -> None:
    choice = choose_k(PLANTED, [2, 3, 5], restarts=4, samples=2)
    total = ((PLANTED - PLANTED.mean()) ** 2).to_numpy().sum()
    before = 0.0
    for _, row in choice.criteria.iterrows():
        found = CustomerSegments(int(row["k"]), n_init=4, random_state=0).fit(
            PLANTED.to_numpy()
        )
        away = PLANTED.to_numpy() - found.cluster_centers_[found.labels_]
        assert row["within"] == pytest.approx((away**2).sum(), rel=1e-6)
        assert row["explained"] == pytest.approx(1 - row["within"] / total)
        assert row["gain"] == pytest.approx(row["explained"] - before)
        before = row["explained"]
        silhouette = silhouette_score(PLANTED, found.labels_)
        assert row["silhouette"] == pytest.approx(silhouette)
        index = calinski_harabasz_score(PLANTED, found.labels_)
        assert row["calinski_harabasz"] == pytest.approx(index)
        assert row["smallest"] == np.bincount(found.labels_).min()
    assert choice.criteria["elbow"].iloc[-1] == 0


def test_a_clustergram_loses_no_area_on_the_way() -> None:
    choice = choose_k(PLANTED, range(2, 6), restarts=3, samples=2)
    nodes = choice.nodes.set_index(["k", "segment"])
    assert nodes.groupby("k")["size"].sum().tolist() == [66] * 4
    for end, k in (("source", 0), ("target", 1)):
        flows = choice.links.assign(k=choice.links["k"] + k)
        sizes = flows.groupby(["k", end])["size"].sum()
        assert sizes.to_dict() == nodes["size"].reindex(sizes.index).to_dict()


def test_a_nodes_value_is_the_mean_score_on_the_first_component() -> None:
    choice = choose_k(PLANTED, [2, 3], restarts=3, samples=2)
    middle = PLANTED.to_numpy() - PLANTED.to_numpy().mean(axis=0)
    axis = np.linalg.svd(middle, full_matrices=False)[2][0]
    axis *= np.sign(axis[np.abs(axis).argmax()])
    labels = CustomerSegments(3, n_init=3, random_state=0).fit(PLANTED).labels_
    means = [float((middle @ axis)[labels == each].mean()) for each in range(3)]
    here = choice.nodes.loc[choice.nodes["k"] == 3, "value"]
    assert here.tolist() == pytest.approx(means)


def test_others_nearly_as_good_are_named() -> None:
    choice = choose_k(NOISE, range(2, 9), restarts=3, samples=2)
    rank = choice.criteria.set_index("k")["rank"]
    near = rank[rank <= rank.min() + 1].sort_values(kind="stable").index.tolist()
    assert [choice.recommended, *choice.nearly] == near


@pytest.mark.parametrize("ks", [[], [4], [4, 4], [1, 2], [2, 66]])
def test_numbers_that_cannot_be_compared_are_refused(ks: list[int]) -> None:
    with pytest.raises(SegmentError, match="at least two numbers, each 2 or more"):
        choose_k(PLANTED, ks, restarts=1, samples=2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(bad: float) -> None:
    features = PLANTED.copy()
    features.iloc[7, 1] = bad
    with pytest.raises(SegmentError, match="1 of 66 rows hold missing or infinite"):
        choose_k(features, [2, 3], restarts=1, samples=2)


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_row_order_does_not_matter(random: Random) -> None:
    shuffled = PLANTED.iloc[random.sample(range(66), 66)]
    one, other = (
        choose_k(each, [2, 3], restarts=2, samples=2) for each in (PLANTED, shuffled)
    )
    pd.testing.assert_frame_equal(one.criteria, other.criteria)
    pd.testing.assert_frame_equal(one.links, other.links)
    assert one.nodes["size"].tolist() == other.nodes["size"].tolist()


def test_the_features_are_left_as_they_are() -> None:
    before = PLANTED.copy()
    choose_k(PLANTED, [2, 3], restarts=1, samples=2)
    pd.testing.assert_frame_equal(PLANTED, before)
