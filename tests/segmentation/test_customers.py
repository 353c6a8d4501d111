"""Each customer once, with the area that most records give, on both engines."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place.engine import DuckDBEngine, Engine, start_engine
from segmentation import (
    CustomerCounts,
    SegmentError,
    customer_segments,
    customer_segments_sql,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SEGMENTS = pd.Series({"E1": "1", "E2": "2", "E3": "1"}, name="segment")
Rows = list[tuple[str | None, str | None]]


def records_of(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    """Build records from (customer, area) pairs."""
    return pd.DataFrame(rows, columns=["customer_id", "area_code"], dtype="str")


def rows_of(engine: Engine) -> dict[str, tuple[str | None, str | None]]:
    """Return what was kept: customer -> (area, segment)."""
    rows = engine.arrow("SELECT * FROM customer_segment").to_pylist()
    found = {row["customer_id"]: (row["area_code"], row["segment"]) for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = DuckDBEngine(threads=1)
    yield started
    started.close()


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs Java, which is not here")
    started = start_engine("spark")
    yield started
    started.close()


def test_the_most_frequent_area_wins_and_ties_go_to_the_lower_code(
    engine: Engine,
) -> None:
    people = records_of(
        ("often", "E2"), ("often", "E2"), ("often", "E1"), ("tie", "E3"), ("tie", "E2")
    )
    customer_segments(engine, SEGMENTS, people=people)
    assert rows_of(engine) == {"often": ("E2", "2"), "tie": ("E2", "2")}


def test_agencies_records_are_believed_before_service_use(engine: Engine) -> None:
    use = records_of(("a", "E2"), ("a", "E2"), ("b", "E2"), ("c", "E3"))
    people = records_of(("a", "E1"), ("b", None))
    counts = customer_segments(engine, SEGMENTS, people=people, service_use=use)
    assert rows_of(engine) == {"a": ("E1", "1"), "b": ("E2", "2"), "c": ("E3", "1")}
    assert counts.customers == counts.with_segment == 3


def test_customers_without_a_segment_are_kept_and_counted(engine: Engine) -> None:
    people = records_of(("a", "E1"), ("b", None), ("c", "W9"), (None, "E1"))
    counts = customer_segments(engine, SEGMENTS, people=people)
    assert rows_of(engine) == {"a": ("E1", "1"), "b": (None, None), "c": ("W9", None)}
    assert counts == CustomerCounts(
        customers=3, with_segment=1, without_area=1, area_not_segmented=1
    )
    assert str(counts) == (
        "1 of 3 customers have a segment; 1 have no known area, and 1 live in an area "
        "that was not segmented."
    )


def test_the_places_own_tables_are_found_by_name(engine: Engine) -> None:
    engine.register("service_use", records_of(("a", "E1")).assign(units=1.0))
    assert customer_segments(engine, SEGMENTS).with_segment == 1


def test_numbers_for_codes_are_read_as_text(engine: Engine) -> None:
    people = pd.DataFrame({"customer_id": [7], "area_code": [12]})
    customer_segments(engine, pd.Series({12: "1"}), people=people)
    assert rows_of(engine) == {"7": ("12", "1")}


def test_no_table_of_customers_is_an_error(engine: Engine) -> None:
    with pytest.raises(SegmentError, match="Supply people or service_use"):
        customer_segments(engine, SEGMENTS)
    with pytest.raises(SegmentError, match="Supply people or service_use"):
        customer_segments_sql([])


def test_a_missing_column_is_named(engine: Engine) -> None:
    people = pd.DataFrame({"record_id": ["r1"], "area_code": ["E1"]})
    with pytest.raises(SegmentError, match=r"people lacks 'customer_id'; it has"):
        customer_segments(engine, SEGMENTS, people=people)


def test_records_that_name_no_customer_give_no_segment_and_no_error(
    engine: Engine,
) -> None:
    people = pd.DataFrame({"customer_id": [None], "area_code": ["E1"]}, dtype="string")
    counts = customer_segments(engine, pd.Series({"E1": "1"}), people=people)
    assert (counts.customers, counts.with_segment) == (0, 0)
    assert engine.arrow("SELECT * FROM customer_segment").num_rows == 0
    assert engine.arrow("SELECT * FROM area_segment").num_rows == 1


def test_an_area_in_two_segments_is_an_error(engine: Engine) -> None:
    twice = pd.Series(["1", "2"], index=["E1", "E1"])
    with pytest.raises(SegmentError, match="'E1'"):
        customer_segments(engine, twice, people=records_of(("a", "E1")))


@pytest.mark.spark
def test_spark_and_duckdb_give_the_same_rows(engine: Engine, spark: Engine) -> None:
    people = records_of(
        ("a", "E1"), ("b", None), ("c", "W9"), ("d", "E3"), ("d", "E2"), (None, "E1")
    )
    use = records_of(("b", "E2"), ("b", "E3"), ("b", "E3"), ("e", None), ("a", "E2"))
    found = [
        (
            customer_segments(each, SEGMENTS, people=people, service_use=use),
            rows_of(each),
        )
        for each in (engine, spark)
    ]
    assert found[0] == found[1]


records = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from(["E1", "E2", "W9", None]),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(records, records)
def test_a_plain_loop_gives_the_same_rows(people: Rows, use: Rows) -> None:
    expected = {}
    for customer in {each for each, _ in people + use if each is not None}:
        chosen = None
        for rows in (use, people):
            seen = Counter(area for each, area in rows if each == customer and area)
            chosen = min(seen, key=lambda a: (-seen[a], a)) if seen else chosen
        expected[customer] = (chosen, SEGMENTS.get(chosen))
    if not expected:
        return
    engine = DuckDBEngine(threads=1)
    counts = customer_segments(
        engine,
        SEGMENTS,
        people=records_of(*people, ("z", None)),
        service_use=records_of(*use, ("z", None)),
    )
    assert rows_of(engine) == {**expected, "z": (None, None)}
    assert counts.customers == len(expected) + 1
    parts = counts.with_segment + counts.without_area + counts.area_not_segmented
    assert parts == counts.customers
    engine.close()
