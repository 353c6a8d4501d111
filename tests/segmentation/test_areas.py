"""From a table of counts to segments, with nothing lost on the way."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError, SegmentRecipe, rates, segment_areas

QUICK = SegmentRecipe(k=3, restarts=5, samples=2)
VARIABLES = {"flats": "flats / homes", "owned homes": "owned / homes", "density": "ha"}


def place_of(rows: int = 30, seed: int = 0) -> pd.DataFrame:
    """Build areas of three kinds: city flats, owned suburbs and the rest."""
    random = np.random.default_rng(seed)
    kind = np.arange(rows) % 3
    return pd.DataFrame(
        {
            "area_code": [f"E{number:03}" for number in range(rows)],
            "homes": 1000,
            "flats": np.array([800, 100, 300])[kind] + random.integers(0, 60, rows),
            "owned": np.array([100, 900, 400])[kind] + random.integers(0, 60, rows),
            "ha": np.array([90.0, 20.0, 50.0])[kind] + random.random(rows),
        }
    )


def test_the_kinds_of_area_are_found() -> None:
    found = segment_areas(place_of(), VARIABLES, recipe=QUICK)
    assert found.segments.index.name == "area_code"
    assert found.segments.groupby(np.arange(30) % 3).nunique().tolist() == [1, 1, 1]
    assert sorted(found.segments.unique()) == ["1", "2", "3"]
    assert sorted(found.names.values()) == [
        "Flats, density",
        "Near the place's average",
        "Owned homes",
    ]


def test_the_result_says_how_it_was_made_and_how_well_it_stands() -> None:
    found = segment_areas(place_of(), VARIABLES, recipe=QUICK)
    assert found.recipe == QUICK
    assert found.hits == 5
    assert found.silhouette > 0.8
    assert found.explained > 0.95
    assert found.stability.minimum == 1
    assert found.centres.index.tolist() == ["1", "2", "3"]
    assert found.centres.columns.tolist() == list(VARIABLES)
    sentence = str(found)
    assert sentence.startswith("3 segments of 30 areas from 3 variables explain")
    assert "5 of 5 restarts" in sentence
    assert sentence.endswith("Areas left out for missing values: 0.")


def test_an_area_with_a_missing_value_is_listed_with_what_it_lacks() -> None:
    areas = place_of()
    areas.loc[4, ["flats", "ha"]] = np.nan
    areas.loc[7, "owned"] = np.nan
    found = segment_areas(areas, VARIABLES, recipe=QUICK)
    assert found.left_out.to_dict() == {"E004": "flats, density", "E007": "owned homes"}
    assert len(found.segments) == 28
    assert not found.segments.index.isin(found.left_out.index).any()
    assert len(found.rates) == 30
    assert str(found).endswith("Areas left out for missing values: 2.")


def test_a_variable_missing_everywhere_is_named() -> None:
    areas = place_of().assign(ha=np.nan)
    with pytest.raises(SegmentError, match=r"1 variables are missing in all 30 areas"):
        segment_areas(areas, VARIABLES, recipe=QUICK)


def test_areas_that_all_lack_something_are_an_error() -> None:
    areas = place_of()
    areas.loc[::2, "ha"] = np.nan
    areas.loc[1::2, "flats"] = np.nan
    with pytest.raises(SegmentError, match=r"each of the 30 areas .*'E000'.* density"):
        segment_areas(areas, VARIABLES, recipe=QUICK)


def test_a_constant_variable_is_named() -> None:
    with pytest.raises(SegmentError, match="'density'"):
        segment_areas(place_of().assign(ha=5.0), VARIABLES, recipe=QUICK)


def test_more_segments_than_areas_is_an_error() -> None:
    with pytest.raises(SegmentError, match=r"31 segments .* of 30 rows"):
        segment_areas(place_of(), VARIABLES, recipe=SegmentRecipe(k=31))


def test_an_area_given_twice_is_an_error() -> None:
    areas = pd.concat([place_of(), place_of(1)])
    with pytest.raises(SegmentError, match="'E000'"):
        segment_areas(areas, VARIABLES, recipe=QUICK)


def test_one_segment_has_no_silhouette() -> None:
    alone = SegmentRecipe(k=1, restarts=1, samples=2)
    found = segment_areas(place_of(), VARIABLES, recipe=alone)
    assert np.isnan(found.silhouette)
    assert found.names == {"1": "Near the place's average"}


def test_the_callers_table_is_left_as_it_was() -> None:
    areas = place_of()
    before = areas.copy()
    segment_areas(areas, VARIABLES, recipe=QUICK)
    pd.testing.assert_frame_equal(areas, before)


@settings(max_examples=10)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["range", "z", "interdecile"]),
)
def test_neither_row_order_nor_area_codes_matter(random: Random, scale: str) -> None:
    recipe = SegmentRecipe(k=4, restarts=3, samples=2, scale=scale)  # type: ignore[arg-type]  # drawn from the choices
    areas = place_of()
    found = segment_areas(areas, VARIABLES, recipe=recipe)
    shuffled = areas.iloc[random.sample(range(30), 30)]
    again = segment_areas(shuffled, VARIABLES, recipe=recipe)
    assert again.segments[found.segments.index].equals(found.segments)
    assert again.inertia == found.inertia
    assert again.stability == found.stability
    renamed = shuffled.assign(area_code=[f"N{number}" for number in range(30)])
    named = segment_areas(renamed, VARIABLES, recipe=recipe)
    assert named.segments.tolist() == again.segments.tolist()


def test_counting_everything_twice_changes_no_segment() -> None:
    areas = place_of()
    double = areas.assign(
        **{name: 2 * areas[name] for name in ("flats", "owned", "homes")}
    )
    pd.testing.assert_frame_equal(rates(areas, VARIABLES), rates(double, VARIABLES))
    found = segment_areas(areas, VARIABLES, recipe=QUICK)
    again = segment_areas(double, VARIABLES, recipe=QUICK)
    assert again.segments.equals(found.segments)
