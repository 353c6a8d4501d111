"""The nation's rates beside the place's, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError, index_scores
from segmentation.explain.nation import against_nation

AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3", "E4"],
        "flats": [30, 50, 10, 10],
        "homes": [100, 300, 100, 500],
        "density": [10.0, 14.0, 4.0, 4.0],
    }
)
VARIABLES = {"flats": "flats / homes", "density": "density"}
SEGMENTS = pd.Series({"E1": "1", "E2": "1", "E3": "2", "E4": "2"})
PROFILE = index_scores(AREAS, VARIABLES, SEGMENTS)


def nation_of(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["variable", "count", "base"])


def test_shares_and_means_are_held_against_the_nations() -> None:
    found = against_nation(PROFILE, nation_of(("flats", 25, 100), ("density", 60, 10)))
    first = found[found["segment"] == "1"].set_index("variable")
    assert first["nation_rate"].to_dict() == {"flats": 25.0, "density": 6.0}
    assert first["nation_index"].to_dict() == {"flats": 80.0, "density": 200.0}
    assert PROFILE.columns.tolist() == found.columns.tolist()[:-4]


def test_the_interval_is_the_one_that_allows_for_areas() -> None:
    found = against_nation(PROFILE, nation_of(("flats", 25, 100)))
    flats = found[found["variable"] == "flats"]
    assert flats["nation_low"].tolist() == pytest.approx(
        (flats["clustered_low"] * 10 / 25).tolist()
    )
    assert flats["nation_high"].tolist() == pytest.approx(
        (flats["clustered_high"] * 10 / 25).tolist()
    )


def test_a_variable_that_the_nation_lacks_or_has_none_of_is_missing() -> None:
    found = against_nation(PROFILE, nation_of(("flats", 0, 100)))
    assert found["nation_index"].isna().all()
    assert set(found.loc[found["variable"] == "flats", "nation_rate"]) == {0.0}
    empty = against_nation(PROFILE, nation_of(("flats", 0, 0), ("density", np.nan, 3)))
    assert empty["nation_rate"].isna().all()


@pytest.mark.parametrize(
    ("nation", "match"),
    [
        (nation_of(("flats", 1, 2)).drop(columns="base"), "lacks 'base'"),
        (nation_of(("flat", 1, 2)), "not known: 'flat'"),
        (nation_of(("flats", 1, 2), ("flats", 1, 3)), "given twice: 'flats'"),
        (nation_of(("flats", -1, 2)), "negative or endless figure for 'flats'"),
        (nation_of(("flats", 1, np.inf)), "negative or endless figure for 'flats'"),
        (nation_of(("flats", 3, 2)), "counts more than its base of 'flats'"),
    ],
)
def test_a_nation_that_cannot_be_is_refused(nation: pd.DataFrame, match: str) -> None:
    with pytest.raises(SegmentError, match=match):
        against_nation(PROFILE, nation)


@settings(max_examples=20)
@given(st.integers(1, 50), st.integers(50, 90))
def test_a_place_that_is_the_nation_has_its_own_index(count: int, base: int) -> None:
    areas = AREAS.assign(flats=count, homes=base)
    profile = index_scores(areas, {"flats": "flats / homes"}, SEGMENTS)
    found = against_nation(profile, nation_of(("flats", 4 * count, 4 * base)))
    assert found["nation_index"].tolist() == pytest.approx(found["index"].tolist())
