"""Pruning against correlations worked out pair by pair, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentation.errors import SegmentError
from segmentation.features.pruning import CorrelationPruning

RATES = pd.DataFrame(
    {
        "owned": [9.0, 7.0, 5.0, 1.0],
        "rented": [1.0, 3.0, 5.0, 9.0],
        "old": [2.0, 9.0, 1.0, 7.0],
    },
    index=["E1", "E2", "E3", "E4"],
)


@parametrize_with_checks([CorrelationPruning()])
def test_pruning_keeps_scikit_learns_contract(
    estimator: CorrelationPruning, check: object
) -> None:
    assert callable(check)
    check(estimator)


def test_on_a_tie_the_later_of_two_columns_goes_and_says_why() -> None:
    pruning = CorrelationPruning(0.9).set_output(transform="pandas")
    found = pruning.fit_transform(RATES)
    pd.testing.assert_frame_equal(found, RATES[["owned", "old"]])
    assert pruning.reasons_.to_dict("records") == [
        {"dropped": "rented", "kept": "owned", "r": -1.0, "n": 4}
    ]
    assert pruning.get_feature_names_out().tolist() == ["owned", "old"]


def test_the_one_that_moves_more_with_the_rest_goes() -> None:
    random = np.random.default_rng(1)
    rest = random.normal(size=200)
    hub = rest + 0.4 * random.normal(size=200)
    lone = hub + 0.2 * random.normal(size=200)
    rates = pd.DataFrame({"hub": hub, "lone": lone, "rest": rest})
    r = rates.corr().abs()
    assert r.loc["hub", "lone"] == r.where(r < 1).max().max()
    assert r.loc["hub", "rest"] > r.loc["lone", "rest"]
    pruning = CorrelationPruning(0.95).fit(rates)
    assert pruning.reasons_["dropped"].tolist() == ["hub"]


def test_nothing_goes_at_a_limit_of_one() -> None:
    assert CorrelationPruning(1.0).fit(RATES).kept_ == list(RATES)


def test_new_rows_lose_the_same_features() -> None:
    pruning = CorrelationPruning(0.9).fit(RATES)
    new = pd.DataFrame({"owned": [1.0], "rented": [2.0], "old": [3.0]}, index=["E9"])
    assert pruning.transform(new).loc["E9"].tolist() == [1.0, 3.0]
    assert pruning.transform(RATES.copy()).equals(RATES[["owned", "old"]])


@pytest.mark.parametrize("limit", [0, -0.5, 1.1, float("nan")])
def test_a_limit_out_of_range_is_refused(limit: float) -> None:
    with pytest.raises(SegmentError, match="Give a correlation above 0, at most 1"):
        CorrelationPruning(limit).fit(RATES)


def test_a_constant_feature_has_no_correlation() -> None:
    with pytest.raises(SegmentError, match=r"1 features do not vary .*'flat'"):
        CorrelationPruning().fit(RATES.assign(flat=3.0))


rows = st.lists(
    st.tuples(*[st.integers(-9, 9)] * 4), min_size=5, max_size=20, unique=True
).filter(lambda table: all(len(set(column)) > 1 for column in zip(*table, strict=True)))


@given(rows, st.floats(0.1, 1))
def test_no_pair_above_the_limit_is_left_and_the_row_order_does_not_matter(
    table: list[tuple[int, ...]], limit: float
) -> None:
    rates = pd.DataFrame(table, columns=list("abcd"), dtype="float64")
    pruning = CorrelationPruning(limit).fit(rates)
    r = rates[pruning.kept_].corr().abs().to_numpy(copy=True)
    np.fill_diagonal(r, 0)
    assert r.max() <= limit + 1e-9
    assert set(pruning.kept_) | set(pruning.reasons_["dropped"]) == set("abcd")
    for reason in pruning.reasons_.itertuples():
        expected = rates[reason.dropped].corr(rates[reason.kept])
        assert reason.r == pytest.approx(expected)
        assert abs(expected) > limit - 1e-9
    shuffled = rates.sample(frac=1, random_state=len(table))
    again = CorrelationPruning(limit).fit(shuffled)
    pd.testing.assert_frame_equal(again.reasons_, pruning.reasons_)
