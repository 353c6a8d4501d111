"""Rates one can work out in the head, and each way a table can be unfit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import SegmentError, Variable, rates, read_variables
from segmentation.errors import few
from segmentation.features.variables import counts, indexed_by_area


def areas_of(columns: dict[str, list[float | None]]) -> pd.DataFrame:
    """Build areas E0, E1, ... from columns of figures."""
    rows = len(next(iter(columns.values())))
    index = pd.Index([f"E{number}" for number in range(rows)], name="area_code")
    return pd.DataFrame(columns, index=index)


def test_a_share_is_in_per_cent_on_the_callers_index() -> None:
    areas = areas_of({"flats": [3, 12], "homes": [12, 12]})
    assert rates(areas, {"flats": "flats / homes"})["flats"].to_dict() == {
        "E0": 25.0,
        "E1": 100.0,
    }


def test_a_single_column_is_taken_as_it_is() -> None:
    areas = areas_of({"per hectare": [33.7, 2681.8]})
    found = rates(areas, {"density": "per hectare"})
    assert found["density"].tolist() == [33.7, 2681.8]


def test_columns_can_be_added_before_they_are_divided() -> None:
    areas = areas_of({"boys": [1], "girls": [2], "men": [3], "women": [6]})
    found = rates(areas, {"children": "boys + girls / boys + girls + men + women"})
    assert found.loc["E0", "children"] == 25


def test_names_may_hold_spaces_and_signs() -> None:
    areas = areas_of({"rooms +2/more": [1], "all homes": [4], "a / b": [7]})
    variables = {"roomy": "rooms +2/more / all homes", "odd": "a / b"}
    assert rates(areas, variables).loc["E0"].tolist() == [25, 7]


@pytest.mark.parametrize(
    ("flats", "homes", "why"),
    [
        (0, 0, "a share of nothing"),
        (None, 4, "no numerator"),
        (1, None, "no denominator"),
    ],
)
def test_missing_stays_missing(
    flats: float | None, homes: float | None, why: str
) -> None:
    areas = areas_of({"flats": [flats, 1], "homes": [homes, 4]})
    found = rates(areas, {"flats": "flats / homes"})["flats"]
    assert np.isnan(found["E0"]), why
    assert found["E1"] == 25


def test_a_missing_part_makes_the_sum_missing() -> None:
    areas = areas_of({"boys": [1, None], "girls": [2, 2]})
    assert counts(areas, ["boys", "girls"]).isna().tolist() == [False, True]


def test_nullable_integers_are_numbers() -> None:
    areas = areas_of({"flats": [1, None], "homes": [4, 4]}).astype("Int64")
    found = rates(areas, {"flats": "flats / homes"})["flats"]
    assert found["E0"] == 25
    assert np.isnan(found["E1"])


def test_a_numerator_above_its_denominator_is_named_with_an_area() -> None:
    areas = areas_of({"flats": [1, 9, 9], "homes": [4, 4, 4]})
    with pytest.raises(
        SegmentError,
        match=r"'flats' \(flats / homes\) has a numerator greater than its "
        r"denominator in 2 of 3 areas, such as 'E1'",
    ):
        rates(areas, {"flats": "flats / homes"})


@pytest.mark.parametrize("column", ["flats", "homes"])
def test_a_negative_count_is_refused(column: str) -> None:
    areas = areas_of({"flats": [0], "homes": [4]})
    areas[column] = -1
    with pytest.raises(SegmentError, match="has a negative"):
        rates(areas, {"flats": "flats / homes"})


def test_an_infinite_count_is_refused() -> None:
    areas = areas_of({"flats": [1, np.inf], "homes": [4, np.inf]})
    with pytest.raises(
        SegmentError, match=r"'flats' is infinite in 1 of 2 areas: 'E1'"
    ):
        rates(areas, {"flats": "flats / homes"})


def test_text_is_refused() -> None:
    areas = areas_of({"homes": [4]}).assign(flats="3")
    with pytest.raises(SegmentError, match=r"'flats' should be one column of numbers"):
        rates(areas, {"flats": "flats / homes"})


@pytest.mark.parametrize("odd", ["lots", "inf", "nan", "1e999", "5 %"])
def test_the_area_whose_figure_is_none_is_named(odd: str) -> None:
    areas = areas_of({"homes": [4, 5, 6]}).assign(flats=["1", odd, None])
    with pytest.raises(SegmentError, match=r"1 of 3 rows .* such as 'E1'") as caught:
        rates(areas, {"flats": "flats / homes"})
    assert odd not in str(caught.value).split(": ", 1)[1]
    people = areas.rename_axis("customer_id")
    with pytest.raises(
        SegmentError, match=r"1 of 3 rows hold no plain number\. Correct"
    ):
        rates(people, {"flats": "flats / homes"})


def test_a_column_that_is_empty_throughout_is_missing_throughout() -> None:
    areas = areas_of({"homes": [4, 5]}).assign(
        flats=pd.Series([None, None], ["E0", "E1"], dtype="str")
    )
    assert rates(areas, {"flats": "flats / homes"})["flats"].isna().all()


def test_a_column_given_twice_is_refused() -> None:
    areas = pd.DataFrame([[1, 2]], columns=["flats", "flats"])
    with pytest.raises(SegmentError, match="given twice"):
        rates(areas, {"flats": "flats"})


def test_every_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(SegmentError) as caught:
        read_variables(
            {"flats": "flat / homes", "cars": "motors / homes"}, ["flats", "homes"]
        )
    assert "no column is called 'flat', the nearest is 'flats'" in str(caught.value)
    assert "no column is called 'motors'." in str(caught.value)


@pytest.mark.parametrize("text", ["flats / homes / people", "flats/homes", "", " / "])
def test_other_notation_is_refused(text: str) -> None:
    with pytest.raises(SegmentError, match="space on each side"):
        read_variables({"flats": text}, ["flats", "homes", "people"])


def test_no_variables_is_an_error() -> None:
    with pytest.raises(SegmentError, match="no variables were given"):
        rates(areas_of({"homes": [4]}), {})


def test_what_was_read_can_be_looked_at() -> None:
    (read,) = read_variables({"young": "boys + girls / all"}, ["boys", "girls", "all"])
    assert read == Variable(
        label="young", numerator=("boys", "girls"), denominator=("all",)
    )
    assert read.is_share


def test_areas_may_have_their_code_as_a_column_or_as_the_index() -> None:
    areas = areas_of({"homes": [4, 5]})
    assert indexed_by_area(areas.reset_index()).equals(indexed_by_area(areas))


@pytest.mark.parametrize(
    ("codes", "name", "match"),
    [
        (["E1", "E1", "E2"], "area_code", r"1 area codes .* more than one row: 'E1'"),
        (["E1", None, "E2"], "area_code", "1 of 3 areas have no area_code"),
        (["E1", "E2", "E3"], "oa_code", "areas have no 'area_code'"),
    ],
)
def test_areas_without_a_proper_code_are_refused(
    codes: list[str | None], name: str, match: str
) -> None:
    areas = pd.DataFrame({"homes": 4}, index=pd.Index(codes, name=name))
    with pytest.raises(SegmentError, match=match):
        indexed_by_area(areas)
    with pytest.raises(SegmentError, match=match):
        indexed_by_area(areas.reset_index())


def test_the_callers_table_is_left_as_it_was() -> None:
    areas = areas_of({"flats": [3, 0], "homes": [12, 0]})
    before = areas.copy()
    rates(areas, {"flats": "flats / homes"})
    pd.testing.assert_frame_equal(areas, before)


def test_long_lists_are_cut_and_counted() -> None:
    assert few(list(range(9)), shown=2) == "0, 1 (first 2 of 9)"


figures = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=20
)


@given(figures, st.integers(1, 9))
def test_counting_in_other_units_leaves_rates_alone(
    rows: list[tuple[int, int]], times: int
) -> None:
    areas = areas_of({"flats": [a for a, _ in rows], "homes": [a + b for a, b in rows]})
    variables = {"flats": "flats / homes"}
    pd.testing.assert_frame_equal(
        rates(areas, variables), rates(areas * times, variables)
    )


@given(figures)
def test_shares_are_from_0_to_100_and_missing_only_of_nothing(
    rows: list[tuple[int, int]],
) -> None:
    areas = areas_of({"flats": [a for a, _ in rows], "homes": [a + b for a, b in rows]})
    found = rates(areas, {"flats": "flats / homes"})["flats"]
    assert found.isna().tolist() == [a + b == 0 for a, b in rows]
    assert found.dropna().between(0, 100).all()
