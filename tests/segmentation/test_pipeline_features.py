"""A pipeline written down makes of a row what the pipeline itself makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, QuantileTransformer

from place.settings import Block
from segmentation import SegmentError, feature_pipeline
from segmentation.features.imputing import DeclaredImputer
from segmentation.share.feature_specs import feature_values, needed_columns
from segmentation.share.pipeline_features import features_of, pruned


def rates_of(seed: int, rows: int = 40) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    found = pd.DataFrame(random.gamma(1.5, 12, (rows, 4)), columns=list("abcd"))
    return found.assign(e=found["a"] * 2 + random.normal(0, 0.01, rows))


def written(pipeline: Pipeline, rates: pd.DataFrame) -> pd.DataFrame:
    """Work the features of rates out from the pipeline written down."""
    features = features_of(pipeline, list(rates.columns))
    itself = {str(name): str(name) for name in rates.columns}
    values = feature_values(features, itself, rates)
    return pd.DataFrame(values, rates.index, [each.name for each in features])


@settings(max_examples=30)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["asinh", "log", "boxcox", "none"]),
    st.sampled_from(["range", "z", "interdecile"]),
)
def test_any_transform_and_scale_is_written_down(
    seed: int, transform: str, scale: str
) -> None:
    rates = rates_of(seed)
    pipeline = feature_pipeline(transform=transform, scale=scale).fit(rates)  # type: ignore[arg-type]  # drawn from what there is
    other = rates_of(seed + 1)
    pd.testing.assert_frame_equal(
        written(pipeline, other), pipeline.transform(other), rtol=1e-9, atol=1e-9
    )


def test_every_option_together_is_written_down() -> None:
    rates = rates_of(3)
    rates.loc[[1, 4], "b"] = np.nan
    rates["kind"] = ["town", "rural", None, "town"] * 10
    pipeline = feature_pipeline(
        missing="median",
        correlated=0.95,
        categories=["kind"],
        blocks={"two": Block(weight=3, variables=["b", "c"])},
    ).fit(rates)
    ours, theirs = written(pipeline, rates), pipeline.transform(rates)
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-12, atol=1e-12)
    assert set(pruned(pipeline)) <= {"a", "e"}
    assert len(pruned(pipeline)) == 1
    numbers, words = needed_columns(
        features_of(pipeline, list(rates.columns)), {name: name for name in rates}
    )
    assert len(numbers) == 4
    assert words == ["kind"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (QuantileTransformer(n_quantiles=5), "kind QuantileTransformer cannot be writ"),
        (FunctionTransformer(np.sqrt), "a transform by 'sqrt' cannot be written down"),
        (MinMaxScaler(feature_range=(0, 2)), r"a range of \(0, 2\) cannot be written"),
    ],
)
def test_a_step_that_cannot_be_written_down_is_an_error(
    step: object, said: str
) -> None:
    rates = rates_of(1)
    pipeline = Pipeline([("step", step)]).fit(rates)
    with pytest.raises(SegmentError, match=said):
        features_of(pipeline, list(rates.columns))


def test_filling_by_groups_cannot_be_written_down() -> None:
    rates = rates_of(1).assign(ward=["x", "y"] * 20)
    pipeline = Pipeline([("impute", DeclaredImputer("mean", by="ward"))]).fit(rates)
    with pytest.raises(SegmentError, match="filled by the groups of 'ward' cannot be"):
        features_of(pipeline, list(rates.columns))
