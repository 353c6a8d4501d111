"""The published Byker row, the report row of the trade, and what always adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from place.engine import start_engine
from segmentation import SegmentError, customer_segments
from segmentation.explain.penetration import (
    penetration,
    profile_customers,
    report_rows,
    service_customers,
)


def test_the_published_byker_row_is_reproduced() -> None:
    """Ward profile of Newcastle: Byker's social tenants in the Mosaic report."""
    ward = pd.Series({"G Social housing tenants": 4_227, "Others": 1_769})
    city = pd.Series({"Others": 89_445, "G Social housing tenants": 29_603})
    table = penetration(ward, city)
    row = table.loc["G Social housing tenants"]
    assert (row["count"], row["comparison_count"]) == (4_227, 29_603)
    assert f"{row['percent']:.2f}" == "70.50"
    assert f"{row['comparison_percent']:.2f}" == "24.87"
    assert f"{row['penetration']:.2f}" == "14.28"
    assert f"{row['index']:.0f}" == "284"
    total = table.loc["Total"]
    assert (total["count"], total["comparison_count"]) == (5_996, 119_048)
    assert (total["percent"], total["index"]) == (100, 100)
    assert f"{total['penetration']:.2f}" == "5.04"


def test_the_interval_of_an_index_is_wilsons_of_the_share() -> None:
    row = penetration(pd.Series({"a": 3, "b": 7}), pd.Series({"a": 20, "b": 60})).loc[
        "a"
    ]
    expected = binomtest(3, 10).proportion_ci(method="wilson")
    assert row["low"] == pytest.approx(100 * expected.low / 0.25)
    assert row["high"] == pytest.approx(100 * expected.high / 0.25)


def test_a_share_of_nothing_is_missing() -> None:
    table = penetration(pd.Series({"a": 0, "b": 0}), pd.Series({"a": 0, "b": 9}))
    assert table["percent"].isna().all()
    assert np.isnan(table.loc["a", "penetration"])
    assert table.loc["b", "penetration"] == 0


@pytest.mark.parametrize(
    ("count", "match"),
    [
        (pd.Series({"a": 1}), r"stand in only one .*'b'"),
        (pd.Series({"a": 1, "b": -1}), "below 0: 'b'"),
        (pd.Series({"a": 1, "b": np.nan}), "below 0: 'b'"),
        (pd.Series({"a": 1, "b": np.inf}), "below 0: 'b'"),
        (pd.Series([1, 2, 3], index=["a", "b", "b"]), "given twice: 'b'"),
        (pd.Series({"a": 1, "b": 2, "Total": 3}), "none called 'Total'"),
    ],
)
def test_counts_that_cannot_be_compared_are_refused(
    count: pd.Series, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        penetration(count, pd.Series({"a": 5, "b": 5}))


def test_the_published_row_is_printed_to_the_letter() -> None:
    ward = pd.Series({"G Social housing tenants": 4_227, "Others": 1_769})
    city = pd.Series({"G Social housing tenants": 29_603, "Others": 89_445})
    rows = report_rows(penetration(ward, city))
    assert rows["G Social housing tenants"] == (
        "4,227 | 70.50 | 29,603 | 24.87 | 14.28 | 284"
    )
    assert rows["Total"] == "5,996 | 100.00 | 119,048 | 100.00 | 5.04 | 100"


def test_a_half_is_printed_up_and_what_is_not_known_as_a_dash() -> None:
    table = penetration(pd.Series({"a": 9, "b": 7}), pd.Series({"a": 1, "b": 1}))
    assert table.loc["a", "index"] == 112.5
    assert report_rows(table)["a"] == "9 | 56.25 | 1 | 50.00 | 900.00 | 113"
    empty = penetration(pd.Series({"a": 0}), pd.Series({"a": 0}))
    assert report_rows(empty)["a"] == "0 | - | 0 | - | - | -"


def test_rows_are_printed_of_penetration_tables_only() -> None:
    with pytest.raises(SegmentError, match="lacks 'index'"):
        report_rows(
            penetration(pd.Series({"a": 1}), pd.Series({"a": 1})).drop(columns="index")
        )


def test_customers_of_a_service_are_counted_once_with_none_as_nought() -> None:
    engine = start_engine()
    use = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", "d", None],
            "service": ["Home care", "Home care", "Home care", "Gym", "Gym", "Gym"],
            "area_code": ["E1", "E1", "E2", "E2", "E9", "E1"],
        }
    )
    engine.register("service_use", use)
    customer_segments(engine, pd.Series({"E1": "1", "E2": "2"}))
    found = service_customers(engine)
    engine.close()
    listed = {
        (row.service, row.segment): row.customers
        for row in found.dropna().itertuples(index=False)
    }
    assert listed == {
        ("Gym", "1"): 0,
        ("Gym", "2"): 1,
        ("Home care", "1"): 1,
        ("Home care", "2"): 1,
    }
    (unplaced,) = found[found["segment"].isna()].to_dict("records")
    assert (unplaced["service"], unplaced["customers"]) == ("Gym", 1)


def test_each_service_is_profiled_alone_and_in_order() -> None:
    customers = pd.DataFrame(
        {
            "service": ["Gym", "Gym", "Gym", "Care", "Care"],
            "segment": ["10", "9", None, "9", "10"],
            "customers": [10, 30, 7, 5, 5],
        }
    )
    found = profile_customers(customers, pd.Series({"9": 100.0, "10": 100.0}))
    assert found["service"].tolist() == ["Care"] * 3 + ["Gym"] * 3
    assert found["segment"].tolist() == ["9", "10", "Total"] * 2
    assert found["index"].tolist() == [100, 100, 100, 150, 50, 100]


def test_a_segment_without_a_row_is_left_out_on_both_sides() -> None:
    customers = pd.DataFrame({"service": "Gym", "segment": ["1"], "customers": [5]})
    found = profile_customers(customers, pd.Series({"1": 50.0, "2": 50.0}))
    assert found["comparison_percent"].tolist() == [100, 100]


def test_a_file_of_no_customers_has_an_empty_profile() -> None:
    nobody = pd.DataFrame({"service": [], "segment": [], "customers": []})
    assert profile_customers(nobody, pd.Series({"1": 5.0})).empty


def test_a_customer_file_without_a_column_or_comparison_is_refused() -> None:
    with pytest.raises(SegmentError, match="customers lack 'segment'"):
        profile_customers(pd.DataFrame({"service": [], "customers": []}), pd.Series())
    strange = pd.DataFrame({"service": "Gym", "segment": ["7"], "customers": [5]})
    with pytest.raises(SegmentError, match="only one of count and comparison: '7'"):
        profile_customers(strange, pd.Series({"1": 5.0}))


@given(
    st.dictionaries(
        st.text(alphabet="abcdef", min_size=1, max_size=3),
        st.tuples(st.integers(0, 900), st.integers(1, 900)),
        min_size=1,
    ),
    st.integers(2, 9),
)
def test_a_penetration_table_adds_up_and_knows_no_unit(
    rows: dict[str, tuple[int, int]], times: int
) -> None:
    count = pd.Series({name: pair[0] for name, pair in rows.items()})
    against = pd.Series({name: pair[1] for name, pair in rows.items()})
    table = penetration(count, against)
    parts = table.drop(index="Total")
    assert parts["count"].sum() == table.loc["Total", "count"]
    assert parts["comparison_percent"].sum() == pytest.approx(100)
    if count.sum():
        assert parts["percent"].sum() == pytest.approx(100)
        assert table.loc["Total", "index"] == pytest.approx(100)
        larger = penetration(times * count, times * against)
        pd.testing.assert_series_equal(table["index"], larger["index"])
