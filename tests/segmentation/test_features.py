"""Transforms and scales against the formulas written out, and what is refused."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.utils.estimator_checks import parametrize_with_checks

from place.settings import Block
from segmentation import CompleteFeatures, SegmentError, feature_pipeline
from segmentation.features.imputing import DeclaredImputer
from segmentation.features.pipeline import Scale, Transform
from segmentation.features.transforms import BoxCox

RATES = pd.DataFrame(
    {"flats": [0.0, 5.0, 20.0, 80.0, 90.0], "owned": [90.0, 70.0, 50.0, 20.0, 1.0]},
    index=["E1", "E2", "E3", "E4", "E5"],
)

BENT = {
    "asinh": np.log(RATES + np.sqrt(RATES**2 + 1)),
    "log": np.log(RATES + 1),
    "none": RATES,
    "boxcox": RATES.transform(lambda rate: stats.boxcox(1 + rate)[0]),
}


@parametrize_with_checks([CompleteFeatures()])
def test_the_check_keeps_scikit_learns_contract(
    estimator: CompleteFeatures, check: object
) -> None:
    assert callable(check)
    check(estimator)


@pytest.mark.parametrize("transform", get_args(Transform))
@pytest.mark.parametrize("scale", get_args(Scale))
def test_each_pair_is_the_formula_written_out(
    transform: Transform, scale: Scale
) -> None:
    bent = BENT[transform]
    first, last = bent.min(), bent.max()
    expected = {
        "range": (bent - first) / (last - first),
        "z": (bent - bent.mean()) / bent.std(ddof=0),
        "interdecile": (bent - bent.median())
        / (bent.quantile(0.9) - bent.quantile(0.1)),
    }[scale]
    found = feature_pipeline(transform=transform, scale=scale).fit_transform(RATES)
    pd.testing.assert_frame_equal(found, expected, atol=1e-6)


def test_a_fitted_pipeline_keeps_its_ranges_for_new_areas() -> None:
    pipeline = feature_pipeline(transform="none").fit(RATES)
    new = pd.DataFrame({"flats": [45.0], "owned": [179.0]}, index=["E9"])
    found = pipeline.transform(new)
    assert found.loc["E9"].tolist() == pytest.approx([0.5, 2.0])
    assert pipeline.get_feature_names_out().tolist() == ["flats", "owned"]


def test_arrays_are_welcome() -> None:
    found = feature_pipeline(transform="none").fit_transform(RATES.to_numpy())
    assert found["x0"].tolist() == pytest.approx((RATES["flats"] / 90).tolist())


@pytest.mark.parametrize(
    ("value", "word"),
    [(np.nan, "missing"), (np.inf, "infinite"), (-np.inf, "infinite")],
)
def test_rows_that_cannot_be_used_are_named(value: float, word: str) -> None:
    spoilt = RATES.copy()
    spoilt.loc[["E2", "E4"], "owned"] = value
    with pytest.raises(
        SegmentError, match=rf"2 of 5 rows hold {word}.*'E2', 'E4', features 'owned'"
    ):
        feature_pipeline().fit(spoilt)
    with pytest.raises(SegmentError, match=word):
        feature_pipeline().fit(RATES).transform(spoilt)


def test_only_five_rows_are_listed() -> None:
    spoilt = pd.DataFrame({"flats": [np.nan] * 8 + [1, 2]})
    with pytest.raises(SegmentError, match=r"0, 1, 2, 3, 4 \(first 5 of 8\)"):
        feature_pipeline().fit(spoilt)


def test_a_constant_column_is_named() -> None:
    with pytest.raises(SegmentError, match=r"1 features do not vary .*'caravans'"):
        feature_pipeline().fit(RATES.assign(caravans=0.0))


def test_a_column_without_spread_between_the_deciles_is_named() -> None:
    rare = pd.DataFrame({"rare": [0.0] * 49 + [9.0]})
    feature_pipeline(scale="range").fit(rare)
    with pytest.raises(SegmentError, match=r"from percentile 10 to 90 .*'rare'"):
        feature_pipeline(scale="interdecile").fit(rare)


def test_the_logarithm_names_what_is_too_low() -> None:
    with pytest.raises(SegmentError, match=r"above -1; features 'flats' go lower"):
        feature_pipeline(transform="log").fit(RATES.assign(flats=RATES["flats"] - 1))


def test_an_unknown_step_lists_the_choices() -> None:
    with pytest.raises(SegmentError, match=r"transform is 'cube'. .*'asinh', 'log'"):
        feature_pipeline(transform="cube")  # type: ignore[arg-type]  # the test's point
    with pytest.raises(SegmentError, match=r"scale is 'rank'. .*'z', 'interdecile'"):
        feature_pipeline(scale="rank")  # type: ignore[arg-type]  # the test's point


percents = st.lists(st.floats(0, 100), min_size=2, max_size=30, unique=True)


@given(percents, st.sampled_from(get_args(Transform)))
def test_the_order_of_areas_survives_and_the_range_is_0_to_1(
    values: list[float], transform: Transform
) -> None:
    rates = pd.DataFrame({"flats": values})
    found = feature_pipeline(transform=transform).fit_transform(rates)["flats"]
    in_order = found[rates["flats"].sort_values().index]
    assert in_order.is_monotonic_increasing
    assert found.min() == pytest.approx(0)
    assert found.max() == pytest.approx(1)


@parametrize_with_checks([BoxCox()])
def test_box_cox_keeps_scikit_learns_contract(estimator: BoxCox, check: object) -> None:
    assert callable(check)
    check(estimator)


def test_box_cox_is_scipys_of_one_more_and_keeps_its_powers() -> None:
    rates = np.random.default_rng(5).gamma(2.0, 8.0, size=(400, 1))
    fitted = BoxCox().fit(rates)
    bent, power = stats.boxcox(1 + rates[:, 0])
    assert fitted.lambdas_[0] == pytest.approx(power, abs=1e-5)
    np.testing.assert_allclose(fitted.transform(rates)[:, 0], bent, rtol=1e-4)
    assert BoxCox().fit(rates[::-1]).lambdas_[0] == fitted.lambdas_[0]
    assert fitted.transform([[0.0]]).tolist() == [[0.0]]


def test_box_cox_names_what_is_too_low() -> None:
    low = RATES.assign(owned=RATES["owned"] - 100)
    with pytest.raises(SegmentError, match=r"Box-Cox .* above -1; features 'owned'"):
        feature_pipeline(transform="boxcox").fit(low)
    with pytest.raises(SegmentError, match=r"Box-Cox .* above -1; features 'owned'"):
        feature_pipeline(transform="boxcox").fit(RATES).transform(low)


def test_every_option_composes_and_new_rows_go_the_same_way() -> None:
    areas = RATES.assign(
        flats=[0.0, np.nan, 20.0, 80.0, 90.0],
        rented=100 - RATES["owned"],
        kind=["town", "town", "field", None, "field"],
    )
    before = areas.copy()
    pipeline = feature_pipeline(
        transform="none",
        missing="median",
        correlated=0.99,
        blocks={"homes": Block(weight=4, variables=["owned", "rented", "kind"])},
        categories=["kind"],
    )
    found = pipeline.fit_transform(areas)
    assert list(found) == [
        "kind = field", "kind = not known", "kind = town", "flats", "owned",
    ]  # fmt: skip
    assert found["flats"].tolist() == pytest.approx([0, 5 / 9, 2 / 9, 8 / 9, 1])
    assert found["owned"].max() == pytest.approx(2**0.5)  # two of three are left
    assert found["kind = town"].max() == pytest.approx(1)
    pd.testing.assert_frame_equal(pipeline.transform(areas), found)
    pd.testing.assert_frame_equal(areas, before)
    numbers = pipeline.named_steps["mixed"].named_transformers_["remainder"]
    assert numbers.named_steps["impute"].imputed_["row"].tolist() == ["E2"]
    assert numbers.named_steps["prune"].reasons_["dropped"].tolist() == ["rented"]


def test_the_usual_pipeline_has_its_three_steps() -> None:
    assert list(feature_pipeline().named_steps) == ["complete", "transform", "scale"]


def test_an_imputer_that_is_set_up_is_taken_as_it_is() -> None:
    areas = RATES.assign(ward=["a", "a", "b", "b", "b"]).replace(5.0, np.nan)
    imputer = DeclaredImputer("median", by="ward")
    found = feature_pipeline(transform="none", missing=imputer).fit_transform(areas)
    assert found["flats"].tolist() == pytest.approx([0, 0, 2 / 9, 8 / 9, 1])


def test_names_of_blocks_and_categories_must_be_there() -> None:
    homes = {"homes": Block(weight=1, variables=["flat"])}
    with pytest.raises(SegmentError, match=r"name 1 features .*'flat'. There are"):
        feature_pipeline(blocks=homes, correlated=0.9).fit(RATES)
    with pytest.raises(SegmentError, match=r"name 1 features .*'kind'. There are"):
        feature_pipeline(categories=["kind"]).fit(RATES)


def test_text_that_is_not_declared_is_named_and_not_quoted() -> None:
    with pytest.raises(SegmentError, match="1 features hold text: 'kind'") as told:
        feature_pipeline().fit(RATES.assign(kind="secret"))
    assert "secret" not in str(told.value)
