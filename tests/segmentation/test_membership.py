"""Second-best segments against plain NumPy; ties and edges worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation import SegmentError
from segmentation.kmeans.grid import grid_for
from segmentation.trust.membership import between_segments, membership

CENTRES = pd.DataFrame({"x": [0.0, 8.0, 8.0], "y": [0.0, 0.0, 6.0]}, list("123"))


def at(*points: tuple[float, float]) -> pd.DataFrame:
    codes = [f"E{number}" for number in range(len(points))]
    return pd.DataFrame(points, codes, columns=["x", "y"])


def test_distances_and_margin_are_those_of_a_drawn_triangle() -> None:
    found = membership(at((0, 0)), CENTRES).loc["E0"]
    assert (found["nearest"], found["second"]) == ("1", "2")
    assert (found["distance"], found["second_distance"]) == (0, 8)
    assert found["margin"] == 1
    assert not found["between"]


def test_half_way_is_a_margin_of_0_and_the_first_centre_is_the_nearest() -> None:
    found = membership(at((4, 0)), CENTRES).loc["E0"]
    assert (found["nearest"], found["second"], found["margin"]) == ("1", "2", 0)
    assert found["between"]


def test_two_centres_in_one_place_leave_no_margin() -> None:
    centres = CENTRES.loc[["1", "1"]].set_axis(["a", "b"])
    found = membership(at((0, 0)), centres).loc["E0"]
    assert (found["nearest"], found["second"], found["margin"]) == ("a", "b", 0)


def test_the_threshold_itself_is_not_between() -> None:
    centres = pd.DataFrame({"x": [0.0, 8.0]}, index=["1", "2"])
    rows = pd.DataFrame({"x": [2.0, 3.0]})  # margins 4/6 and 2/5
    assert membership(rows, centres, close=0.4)["between"].tolist() == [False, False]
    assert membership(rows, centres, close=0.41)["between"].tolist() == [False, True]


def test_codes_of_a_tree_will_do_and_columns_may_stand_in_any_order() -> None:
    tree = CENTRES.set_axis(["1a1", "1b", "10b"])[["y", "x"]]
    found = membership(at((7, 5)), tree)
    assert found["nearest"].tolist() == ["10b"]
    assert found["second"].tolist() == ["1b"]


def test_the_models_own_grid_gives_the_same() -> None:
    rows = at((1, 2), (7, 5), (4, 0))
    grid = grid_for([-10, -10], [10, 10])
    pd.testing.assert_frame_equal(
        membership(rows, CENTRES, grid=grid), membership(rows, CENTRES)
    )


def test_pairs_are_counted_whichever_is_nearer() -> None:
    rows = at((4.1, 0), (3.9, 0), (8, 3), (0, 0))
    pairs = between_segments(membership(rows, CENTRES))
    assert pairs.to_numpy().tolist() == [["1", "2", 2], ["2", "3", 1]]


def test_nobody_between_is_an_empty_table() -> None:
    pairs = between_segments(membership(at((0, 0)), CENTRES))
    assert pairs.empty
    assert pairs.columns.tolist() == ["segment", "other", "areas"]


def test_codes_of_a_pair_stand_as_people_count() -> None:
    centres = CENTRES.set_axis(["10", "2", "3"])
    pairs = between_segments(membership(at((4, 0)), centres))
    assert pairs.to_numpy().tolist() == [["2", "10", 1]]


@given(
    arrays(float, (6, 2), elements=st.floats(-50, 50)),
    arrays(float, (4, 2), elements=st.floats(-50, 50)),
)
def test_every_row_agrees_with_plain_numpy(
    rows: np.ndarray, points: np.ndarray
) -> None:
    found = membership(
        pd.DataFrame(rows, columns=["x", "y"]),
        pd.DataFrame(points, list("abcd"), columns=["x", "y"]),
    )
    away = np.sort(np.linalg.norm(rows[:, np.newaxis] - points, axis=2), axis=1)
    assert found["distance"].to_numpy() == pytest.approx(away[:, 0], abs=1e-4)
    assert found["second_distance"].to_numpy() == pytest.approx(away[:, 1], abs=1e-4)
    assert found["margin"].between(0, 1).all()
    assert (found["nearest"] != found["second"]).all()


@pytest.mark.parametrize(
    ("centres", "close"),
    [
        (CENTRES.iloc[:1], 0.1),
        (CENTRES.iloc[[0, 0, 1]], 0.1),
        (CENTRES, -0.1),
        (CENTRES, 1.1),
    ],
)
def test_centres_that_cannot_be_compared_are_refused(
    centres: pd.DataFrame, close: float
) -> None:
    with pytest.raises(SegmentError, match="two centres or more, each code once"):
        membership(at((0, 0)), centres, close=close)


def test_columns_that_differ_are_named() -> None:
    with pytest.raises(SegmentError, match=r"1 columns .*'y'"):
        membership(at((0, 0)), CENTRES[["x"]])


def test_missing_values_are_refused_by_name() -> None:
    with pytest.raises(SegmentError, match="'E1'"):
        membership(at((0, 0), (np.nan, 0)), CENTRES)
    with pytest.raises(SegmentError, match="'2'"):
        membership(at((0, 0)), CENTRES.replace({"y": {6.0: 6.0}, "x": {8.0: np.inf}}))
