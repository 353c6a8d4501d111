"""What is filled is what the rule says, and all of it is listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentation.errors import SegmentError
from segmentation.features.imputing import DeclaredImputer

NAN = float("nan")
RATES = pd.DataFrame(
    {"flats": [10.0, NAN, 30.0, 50.0], "old": [1.0, 2.0, NAN, NAN]},
    index=["E1", "E2", "E3", "E4"],
)


@parametrize_with_checks([DeclaredImputer(), DeclaredImputer("median")])
def test_the_imputer_keeps_scikit_learns_contract(
    estimator: DeclaredImputer, check: object
) -> None:
    assert callable(check)
    check(estimator)


def test_the_usual_rule_names_rows_and_features() -> None:
    with pytest.raises(
        SegmentError, match=r"3 of 4 rows hold missing .*'E2', 'E3', 'E4', .*'flats'"
    ):
        DeclaredImputer().fit(RATES)


def test_the_median_fills_and_every_cell_filled_is_listed() -> None:
    before = RATES.copy()
    imputer = DeclaredImputer("median")
    found = imputer.fit_transform(RATES)
    assert found["flats"].tolist() == [10, 30, 30, 50]
    assert found["old"].tolist() == [1, 2, 1.5, 1.5]
    assert imputer.imputed_.to_dict("list") == {
        "row": ["E2", "E3", "E4"],
        "variable": ["flats", "old", "old"],
        "value": [30, 1.5, 1.5],
        "rule": ["median"] * 3,
    }
    pd.testing.assert_frame_equal(RATES, before)


def test_new_rows_are_filled_from_the_rows_fitted() -> None:
    imputer = DeclaredImputer("mean").fit(RATES)
    new = pd.DataFrame({"flats": [NAN], "old": [7.0]}, index=["E9"])
    assert imputer.transform(new).loc["E9"].tolist() == [30, 7]
    assert imputer.imputed(new)["row"].tolist() == ["E9"]
    assert len(imputer.imputed_) == 3


def test_a_constant_fills_what_it_names_and_the_rest_is_refused() -> None:
    found = DeclaredImputer({"flats": 5, "old": 0}).fit_transform(RATES)
    assert found.to_numpy().tolist() == [[10, 1], [5, 2], [30, 0], [50, 0]]
    with pytest.raises(SegmentError, match=r"2 of 4 rows .*'E3', 'E4', features 'old'"):
        DeclaredImputer({"flats": 5}).fit(RATES)


def test_a_group_is_filled_from_its_own_rows() -> None:
    grouped = RATES.assign(ward=["north", "north", "south", "north"], old=1.0)
    imputer = DeclaredImputer("mean", by="ward")
    found = imputer.fit_transform(grouped)
    assert list(found) == ["flats", "old"]
    assert found["flats"].tolist() == [10, 30, 30, 50]
    assert imputer.imputed_["rule"].tolist() == ["mean by ward"]
    with pytest.raises(SegmentError, match=r"1 groups of 'ward' were not there"):
        imputer.transform(grouped.assign(ward="west"))
    with pytest.raises(SegmentError, match=r"2 of 4 rows hold missing .*'old'"):
        DeclaredImputer("mean", by="ward").fit(
            grouped.assign(old=[1, 2, NAN, NAN], ward=["a", "a", "b", "b"])
        )


def test_bad_groups_are_named() -> None:
    with pytest.raises(SegmentError, match=r"groups name 1 features .*'region'"):
        DeclaredImputer("mean", by="region").fit(RATES)
    with pytest.raises(SegmentError, match=r"1 of 4 rows have no group 'w': rows 'E2'"):
        DeclaredImputer("mean", by="w").fit(RATES.assign(w=["a", None, "a", "a"]))


@pytest.mark.parametrize("rule", ["median", "mean"])
def test_a_feature_missing_everywhere_is_named(rule: str) -> None:
    with pytest.raises(SegmentError, match=r"missing in all 4 rows: 'caravans'"):
        DeclaredImputer(rule).fit(RATES.assign(caravans=NAN))


def test_bad_rules_and_bad_values_are_named() -> None:
    with pytest.raises(SegmentError, match=r"is 'mode'. Choose one of 'refuse'"):
        DeclaredImputer("mode").fit(RATES)
    with pytest.raises(SegmentError, match=r"is endless: 'old'"):
        DeclaredImputer({"old": np.inf}).fit(RATES)
    with pytest.raises(SegmentError, match=r"rule for missing values name 1 .*'flat'"):
        DeclaredImputer({"flat": 1.0}).fit(RATES)
    with pytest.raises(SegmentError, match=r"1 of 4 rows hold infinite .*'E1'"):
        DeclaredImputer("mean").fit(RATES.assign(flats=[np.inf, 1, 2, 3]))
    with pytest.raises(SegmentError, match="1 features hold text: 'tenure'"):
        DeclaredImputer("mean").fit(RATES.assign(tenure="owned"))


cells = st.lists(
    st.tuples(*[st.none() | st.floats(0, 100)] * 3), min_size=2, max_size=20
).filter(
    lambda rows: all(any(c is not None for c in col) for col in zip(*rows, strict=True))
)


@given(cells, st.sampled_from(["median", "mean"]))
def test_it_fills_what_scikit_learn_fills_in_any_row_order(
    table: list[tuple[float | None, ...]], rule: str
) -> None:
    rates = pd.DataFrame(table, columns=list("abc"), dtype="float64")
    imputer = DeclaredImputer(rule).fit(rates)
    peer = SimpleImputer(strategy=rule).fit_transform(rates)
    found = imputer.transform(rates)
    np.testing.assert_allclose(found.to_numpy(), peer)
    assert len(imputer.imputed_) == int(rates.isna().to_numpy().sum())
    again = DeclaredImputer(rule).fit_transform(rates[::-1])[::-1]
    assert again.equals(found)
