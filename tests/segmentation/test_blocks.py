"""Weights and categories, each small enough to check by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentation.errors import SegmentError
from segmentation.features.blocks import BlockWeights, CategoryIndicators

FEATURES = pd.DataFrame(
    {"old": [0.0, 1.0], "young": [1.0, 0.0], "use": [0.0, 1.0], "flats": [0.5, 0.25]},
    index=["E1", "E2"],
)
HOMES = pd.DataFrame(
    {"tenure": ["owned", "rented", None, "owned"], "kind": ["flat", "house"] * 2},
    index=["E1", "E2", "E3", "E4"],
)


@parametrize_with_checks([BlockWeights()])
def test_weights_keep_scikit_learns_contract(
    estimator: BlockWeights, check: object
) -> None:
    assert callable(check)
    check(estimator)


def test_a_block_counts_as_declared_however_many_variables_it_has() -> None:
    blocks = BlockWeights(
        {"ages": 1.0, "services": 4.0}, {"ages": ["old", "young"], "services": ["use"]}
    )
    found = blocks.fit_transform(FEATURES)
    half = 0.5**0.5
    assert found.loc["E2"].tolist() == pytest.approx([half, 0, 2, 0.25])
    assert list(found) == list(FEATURES)
    assert blocks.factors_["flats"] == 1.0
    apart = (found.loc["E1"] - found.loc["E2"]) ** 2
    assert apart[["old", "young"]].sum() == pytest.approx(1.0)
    assert apart["use"] == pytest.approx(4.0)


def test_without_blocks_nothing_changes() -> None:
    pd.testing.assert_frame_equal(BlockWeights().fit_transform(FEATURES), FEATURES)


def test_the_indicators_of_a_category_are_one_variable_of_a_block() -> None:
    mixed = CategoryIndicators().fit_transform(HOMES[["kind"]]).assign(old=1.0)
    blocks = BlockWeights({"b": 2.0}, {"b": ["kind", "old"]}).fit(mixed)
    assert blocks.factors_.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("weights", "members", "said"),
    [
        ({"a": 1.0}, {"a": ["old", "odd"]}, "blocks name 1 features .*'odd'"),
        ({"a": 1.0}, {"a": ["old", "old"]}, "more than once: 'old'"),
        ({"a": 1, "b": 1}, {"a": ["old"], "b": ["old"]}, "more than once: 'old'"),
        ({"a": 0.0}, {"a": ["old"]}, "weight not above 0: 'a'"),
        ({"a": float("nan")}, {"a": ["old"]}, "weight not above 0: 'a'"),
        ({"a": 1.0}, {"b": ["old"]}, "without one of them: 'a', 'b'"),
        ({"a": 1.0}, {"a": []}, "block 'a' has no variable left"),
    ],
)
def test_bad_blocks_are_named(
    weights: dict[str, float], members: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(SegmentError, match=said):
        BlockWeights(weights, members).fit(FEATURES)


def test_a_pruned_variable_may_be_absent_but_not_a_whole_block() -> None:
    blocks = BlockWeights({"a": 1.0}, {"a": ["old", "gone"]}, absent="pass over")
    assert blocks.fit(FEATURES).factors_["old"] == 1.0
    with pytest.raises(SegmentError, match="no variable left"):
        BlockWeights({"a": 1.0}, {"a": ["gone"]}, absent="pass over").fit(FEATURES)


def test_two_categories_are_one_apart_in_each_variable() -> None:
    whole = HOMES.drop(index="E3")
    found = CategoryIndicators().fit_transform(whole)
    assert list(found)[:2] == ["tenure = owned", "tenure = rented"]
    for one, other in itertools.combinations(whole.index, 2):
        square = ((found.loc[one] - found.loc[other]) ** 2).sum()
        assert square == pytest.approx((whole.loc[one] != whole.loc[other]).sum())


def test_a_missing_category_is_refused_or_one_of_its_own() -> None:
    with pytest.raises(SegmentError, match=r"'tenure' is missing in 1 of 4 rows: 'E3'"):
        CategoryIndicators().fit(HOMES)
    found = CategoryIndicators("category").fit(HOMES)
    assert found.categories_["tenure"] == ["not known", "owned", "rented"]


def test_an_unseen_category_is_refused_with_its_rows() -> None:
    fitted = CategoryIndicators().fit(HOMES[["kind"]])
    with pytest.raises(
        SegmentError, match=r"1 categories of 'kind' .*'caravan', in rows 'E2', 'E4'"
    ):
        fitted.transform(HOMES[["kind"]].replace("house", "caravan"))
    with pytest.raises(SegmentError, match=r"categories name 1 .*'kind'"):
        fitted.transform(HOMES[["tenure"]])


def test_numbers_and_single_categories_are_no_categories() -> None:
    with pytest.raises(SegmentError, match=r"hold numbers: 'code'"):
        CategoryIndicators().fit(pd.DataFrame({"code": [1, 2]}))
    with pytest.raises(SegmentError, match=r"fewer than two categories .*'kind'"):
        CategoryIndicators().fit(pd.DataFrame({"kind": ["flat", "flat"]}))


@given(st.lists(st.floats(0.01, 99), min_size=1, max_size=4), st.integers(1, 5))
def test_the_squares_of_a_blocks_factors_add_up_to_its_weight(
    weights: list[float], size: int
) -> None:
    members = {
        f"b{number}": [f"v{number}-{each}" for each in range(size + number)]
        for number in range(len(weights))
    }
    names = [name for block in members.values() for name in block]
    frame = pd.DataFrame(np.ones((2, len(names))), columns=names)
    declared = dict(zip(members, weights, strict=True))
    blocks = BlockWeights(declared, members).fit(frame)
    for block, listed in members.items():
        squares = (blocks.factors_[listed] ** 2).sum()
        assert squares == pytest.approx(declared[block])


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12))
def test_any_two_rows_are_nought_or_one_apart(words: list[str]) -> None:
    frame = pd.DataFrame({"kind": [*words, "z"]})
    found = CategoryIndicators().fit_transform(frame).to_numpy()
    squares = ((found[:, np.newaxis] - found) ** 2).sum(axis=2)
    expected = np.not_equal.outer(frame["kind"].to_numpy(), frame["kind"].to_numpy())
    np.testing.assert_allclose(squares, expected, atol=1e-12)
