"""The official classification of 2021 from its inputs, on the real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from segmentation import feature_pipeline
from segmentation.kmeans.grid import grid_for, nearest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fixtures

ENGLAND_AND_WALES = 0.98
"""Of a subgroup's areas, where the few others cannot move its centre far."""


@pytest.fixture(scope="module")
def variables(fixtures: Path) -> pd.DataFrame:
    """Return the agreed ends of each variable, and its official name."""
    file = fixtures / "segmentation/oac2021/oac2021_ranges_recovered.csv"
    return pd.read_csv(file, index_col="column")


@pytest.fixture(scope="module")
def features(fixtures: Path, variables: pd.DataFrame) -> pd.DataFrame:
    """Return what the usual pipeline makes of shares, fitted to the agreed ends."""
    file = fixtures / "segmentation/census2021/oa21_oac_inputs_45of60.parquet"
    rates = pd.read_parquet(file).set_index("oa")[list(variables.index)].astype(float)
    shares = rates.columns.drop("v12")  # a density, as it is
    rates[shares] = 100 * (rates[shares] / 10_000)
    ends = np.sinh(variables[["ihs_min_recovered", "ihs_max_recovered"]]).T
    return feature_pipeline().fit(ends).transform(rates)


@pytest.fixture(scope="module")
def official(fixtures: Path, features: pd.DataFrame) -> pd.DataFrame:
    file = fixtures / "segmentation/oac2021/oac2021_labels_uk.parquet"
    return pd.read_parquet(file).set_index("oa").reindex(features.index)


def centres_of(fixtures: Path, level: str, variables: pd.DataFrame) -> pd.DataFrame:
    file = fixtures / f"segmentation/oac2021/oac2021_centres_{level}.csv"
    centres = pd.read_csv(file, dtype={"code": str}, index_col="code")
    kept = centres[list(variables["oac_variable"])].set_axis(variables.index, axis=1)
    return kept.assign(n=centres["n"])


def test_the_usual_transform_gives_the_official_centres(
    fixtures: Path,
    variables: pd.DataFrame,
    features: pd.DataFrame,
    official: pd.DataFrame,
) -> None:
    centres = centres_of(fixtures, "subgroup", variables)
    inside = official["subgroup"].value_counts() / centres["n"]
    chosen = inside.index[inside > ENGLAND_AND_WALES]
    assert len(chosen) == 13
    found = features.groupby(official["subgroup"]).mean().loc[chosen]
    error = (found - centres.loc[chosen, found.columns]).abs().max()
    assert (error <= 0.002).sum() >= 40
    assert error.max() <= 0.0034


def test_the_nearest_official_centre_is_the_official_supergroup(
    fixtures: Path,
    variables: pd.DataFrame,
    features: pd.DataFrame,
    official: pd.DataFrame,
) -> None:
    centres = centres_of(fixtures, "supergroup", variables)[features.columns]
    values, ends = features.to_numpy(), np.ones(len(variables))
    grid = grid_for((ends - 1).tolist(), ends.tolist())
    found, _ = nearest(grid.steps(values), grid.steps(centres.to_numpy()))
    squares = [((values - one) ** 2).sum(axis=1) for one in centres.to_numpy()]
    assert (found == np.argmin(squares, axis=0)).all()
    codes = centres.index.to_numpy()[found]
    assert len(codes) == 188_880
    assert (codes == official["supergroup"].astype(str)).mean() >= 0.889
