"""Recorded use by segment, recounted with a plain loop."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.spend import (
    customer_use,
    customer_use_sql,
    use_by_segment,
    use_by_segment_sql,
)
from place.engine import start_engine
from place.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place.engine import Engine

Use = tuple[str | None, str | None, str, float | None, int | None]
USE = pa.schema(
    [
        ("customer_id", pa.string()),
        ("area_code", pa.string()),
        ("service", pa.string()),
        ("units", pa.float64()),
        ("cost_pence", pa.int64()),
    ]
)
SEGMENT = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "area_code", "segment")]
)


def use_of(*rows: Use) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(USE.names, row, strict=True)) for row in rows], USE
    )


def segments_of(*rows: tuple[str | None, str | None, str | None]) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(SEGMENT.names, row, strict=True)) for row in rows], SEGMENT
    )


PEOPLE = segments_of(
    ("a", "N", "1"), ("b", "N", "1"), ("c", "S", "2"), ("d", "E", None),
    ("e", "M", "1"), ("f", "M", "2"),
)  # fmt: skip


def cells(frame: pd.DataFrame) -> dict[str | None, list[float | None]]:
    columns = ["units", "cost_pence", "customers", "uses"]
    return {
        None if pd.isna(row["segment"]) else row["segment"]: [
            None if pd.isna(row[column]) else row[column] for column in columns
        ]
        for _, row in frame.iterrows()
    }


def test_a_customer_counts_once_and_use_adds_up() -> None:
    use = use_of(
        ("a", "N", "GP", 1.0, 100),
        ("a", "N", "GP", 2.0, 50),
        ("c", "S", "GP", 4.0, 10),
    )
    assert cells(use_by_segment(use, PEOPLE)) == {
        "1": [3.0, 150, 1, 2],
        "2": [4.0, 10, 1, 1],
    }


def test_a_measure_that_one_row_lacks_is_missing_for_its_cell() -> None:
    use = use_of(("a", "N", "GP", 1.0, None), ("b", "N", "GP", None, 9))
    assert cells(use_by_segment(use, PEOPLE)) == {"1": [None, None, 2, 2]}


@pytest.mark.parametrize(
    ("row", "segment"),
    [
        (("a", None, "GP", 1.0, 1), "1"),
        (("a", "S", "GP", 1.0, 1), "1"),
        ((None, "S", "GP", 1.0, 1), "2"),
        (("stranger", "S", "GP", 1.0, 1), "2"),
        (("stranger", None, "GP", 1.0, 1), None),
        ((None, None, "GP", 1.0, 1), None),
        ((None, "M", "GP", 1.0, 1), None),
        (("d", "E", "GP", 1.0, 1), None),
    ],
)
def test_whose_segment_a_row_belongs_to(row: Use, segment: str | None) -> None:
    assert list(cells(use_by_segment(use_of(row), PEOPLE))) == [segment]


def test_a_customer_held_in_two_segments_is_in_neither() -> None:
    people = segments_of(("a", "N", "1"), ("a", "S", "2"))
    use = use_of(("a", None, "GP", 1.0, 1))
    assert cells(use_by_segment(use, people)) == {None: [1.0, 1, 1, 1]}


def test_use_that_names_no_customer_counts_no_customers() -> None:
    use = use_of((None, "S", "GP", 1.0, 1), ("c", "S", "GP", 1.0, 1))
    assert cells(use_by_segment(use, PEOPLE)) == {"2": [2.0, 2, None, 2]}
    assert len(customer_use(use, PEOPLE)) == 1


def test_segments_may_be_numbers() -> None:
    people = pd.DataFrame({"customer_id": ["a"], "area_code": ["N"], "segment": [3]})
    found = use_by_segment(use_of(("a", "N", "GP", 1.0, 1)), people)
    assert found["segment"].tolist() == ["3"]


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(PlaceError, match="'service_use' is not known"):
        use_by_segment("service_use", PEOPLE)


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "stranger", None]),
        st.sampled_from(["N", "S", "E", "M", None]),
        st.sampled_from(["GP", "Home care"]),
        st.one_of(st.none(), st.integers(0, 9).map(float)),
        st.one_of(st.none(), st.integers(0, 99)),
    ),
    max_size=12,
)


def counted(use: list[Use]) -> dict[tuple[str, str | None], list[object]]:
    of_customer = {"a": "1", "b": "1", "c": "2"}
    of_area = {"N": "1", "S": "2"}
    found = defaultdict(list)
    for customer, area, service, units, cost in use:
        segment = of_customer.get(customer or "") or of_area.get(area or "")
        found[service, segment].append((customer, units, cost))
    return {
        cell: [
            None if any(row[column] is None for row in use) else total
            for column, total in (
                (1, sum(row[1] or 0 for row in use)),
                (2, sum(row[2] or 0 for row in use)),
                (0, len({row[0] for row in use})),
            )
        ]
        for cell, use in found.items()
    }


def read(table: pa.Table) -> dict[tuple[str, str | None], list[object]]:
    return {
        (row["service"], row["segment"]): [
            row["units"],
            row["cost_pence"],
            row.get("customers"),
        ]
        for row in table.to_pylist()
    }


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    started = start_engine()
    yield started
    started.close()


@settings(max_examples=40)
@given(use=rows)
def test_a_plain_loop_gives_the_same_cells(duck: Engine, use: list[Use]) -> None:
    duck.register("service_use", use_of(*use))
    duck.register("customer_segment", PEOPLE)
    assert read(duck.arrow(use_by_segment_sql())) == counted(use)


@settings(max_examples=40)
@given(use=rows)
def test_customers_add_up_to_their_segments(duck: Engine, use: list[Use]) -> None:
    named = [row for row in use if row[0] is not None]
    each = customer_use(use_of(*named), PEOPLE, engine=duck)
    every = use_by_segment(use_of(*named), PEOPLE, engine=duck)
    assert each["uses"].sum() == every["uses"].sum() == len(named)
    assert len(each) == every["customers"].sum()


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs Java, which is not here")
    started = start_engine("spark")
    yield started
    started.close()


@pytest.mark.spark
@pytest.mark.parametrize("query", [use_by_segment_sql(), customer_use_sql()])
def test_spark_and_duckdb_give_the_same_rows(
    duck: Engine, spark: Engine, query: str
) -> None:
    use = use_of(
        ("a", "N", "GP", 1.0, 100), ("a", None, "GP", 2.0, None),
        (None, "S", "GP", 4.0, 1), ("c", "S", "Home care", 1.5, 7),
        ("stranger", "M", "GP", None, 3),
        ("d", "E", "Home care", 1.0, 2), ("b", "N", "Home care", 2.0, 0),
    )  # fmt: skip
    for engine in (duck, spark):
        engine.register("service_use", use)
        engine.register("customer_segment", PEOPLE)
    assert duck.arrow(query).to_pylist() == spark.arrow(query).to_pylist()
