"""Persons in segments: planted groups, an oracle in NumPy, and both engines."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place.engine import DuckDBEngine, Engine, start_engine
from segmentation.errors import SegmentError
from segmentation.features.service_use import service_use_rates
from segmentation.people.person_features import person_features_sql
from segmentation.people.persons import PersonRecipe, segment_persons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmentation.people.persons import PersonSegmentation

AREAS = pd.DataFrame(
    {"old": [10, 12, 40, 42], "population": 100},
    index=pd.Index(["E1", "E2", "E3", "E4"], name="area_code"),
)
OLD = {"aged 65 or over": "old / population"}
SERVICES = {"home care": "Home care", "library": "Library"}
RECIPE = PersonRecipe(k=2, restarts=10, seed=3)
Tables = tuple[pd.DataFrame, pd.DataFrame]


def tables_of(n: int, seed: int = 0) -> Tables:
    """Build people and their use: half have much home care and live in E3 or E4."""
    random = np.random.default_rng(seed)
    ids = [f"c{number:03}" for number in range(n)]
    in_need = np.arange(n) % 2 == 0
    area = np.where(
        in_need, random.choice(["E3", "E4"], n), random.choice(["E1", "E2"], n)
    )
    rows = [
        (who, "Home care" if needs else "Library")
        for who, needs in zip(ids, in_need, strict=True)
        for _ in range(random.integers(4, 9) if needs else random.integers(1, 4))
    ]
    people = pd.DataFrame({"customer_id": ids, "area_code": area}, dtype="str")
    use = pd.DataFrame(rows, columns=["customer_id", "service"], dtype="str")
    return people, use.assign(area_code=pd.Series([None] * len(use), dtype="str"))


def segment_of(engine: Engine) -> dict[str, str | None]:
    rows = engine.arrow("SELECT * FROM person_segment").to_pylist()
    assert len({row["customer_id"] for row in rows}) == len(rows)
    return {row["customer_id"]: row["segment"] for row in rows}


def found_in(engine: Engine, tables: Tables, **options: int) -> PersonSegmentation:
    recipe = PersonRecipe(**{"k": 2, "restarts": 10, "seed": 3} | options)
    return segment_persons(engine, SERVICES, AREAS, OLD, tables=tables, recipe=recipe)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    started = DuckDBEngine(threads=2)
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


def test_planted_groups_come_back_with_what_sets_them_apart(engine: Engine) -> None:
    found = found_in(engine, tables_of(60))
    given_to = segment_of(engine)
    assert len({given_to[f"c{n:03}"] for n in range(0, 60, 2)}) == 1
    assert len({given_to[f"c{n:03}"] for n in range(1, 60, 2)}) == 1
    assert found.sizes.to_dict() == {"1": 30, "2": 30}
    code = given_to["c000"]
    rows = found.profile.set_index(["segment", "variable"]).loc[code]
    assert rows.loc["home care", "low"] > 100
    assert rows.loc["library", "rate"] == 0
    assert rows.loc["home care", "count"] == rows.loc["home care", "base"] == 30
    assert rows.loc["aged 65 or over", "rate"] > 39
    assert "Home care" in found.names[code] or "Aged" in found.names[code]
    assert found.stability.minimum == 1
    assert str(found).startswith("2 segments of customers from 3 variables explain")


def test_everyone_gets_the_nearest_centre_though_few_are_sampled(
    engine: Engine,
) -> None:
    people, use = tables_of(300, seed=4)
    found = found_in(engine, (people, use), sample=100)
    assert found.sampled == 100
    assert found.sizes.sum() == 300
    rows = engine.arrow(
        "SELECT * FROM person_features ORDER BY customer_id"
    ).to_pandas()
    values = np.column_stack(
        [
            each.bent_and_scaled(rows[name].to_numpy(dtype=np.float64))
            for each, name in zip(
                found.model.features, found.model.variables.values(), strict=True
            )
        ]
    )
    steps = found.model.grid.grid.steps(values)
    away = ((steps[:, np.newaxis] - found.model.centres) ** 2).sum(axis=2)
    expected = [found.model.codes[at] for at in away.argmin(axis=1)]
    given_to = segment_of(engine)
    assert [given_to[who] for who in rows["customer_id"]] == expected


def test_the_profile_is_that_of_pandas(engine: Engine) -> None:
    people, use = tables_of(80, seed=7)
    found = found_in(engine, (people, use))
    given_to = pd.Series(segment_of(engine))
    uses = pd.crosstab(use["customer_id"], use["service"])
    home = people.set_index("customer_id")["area_code"]
    each = pd.DataFrame(
        {
            "home care": uses["Home care"],
            "library": uses["Library"],
            "aged 65 or over": home.map(AREAS["old"].astype(float)),
        }
    )
    means = each.groupby(given_to).mean()
    for row in found.profile.itertuples():
        assert row.rate == pytest.approx(means.loc[row.segment, row.variable])
        assert row.place_rate == pytest.approx(each[row.variable].mean())
        spread = each[row.variable].std(ddof=0)
        assert row.effect == pytest.approx((row.rate - row.place_rate) / spread)
        assert row.low <= row.index <= row.high


def test_the_order_of_rows_does_not_matter(engine: Engine) -> None:
    people, use = tables_of(50)
    first = found_in(engine, (people, use), sample=100)
    before = segment_of(engine)
    shuffled = (people[::-1], use.sample(frac=1, random_state=1))
    again = found_in(engine, shuffled, sample=100)
    assert segment_of(engine) == before
    assert again.model.checksum == first.model.checksum
    pd.testing.assert_frame_equal(again.profile, first.profile, check_exact=True)


def test_those_without_a_segment_are_counted(engine: Engine) -> None:
    people, use = tables_of(40)
    people.loc[0, "area_code"] = None
    people.loc[1, "area_code"] = "W9"
    found = found_in(engine, (people, use))
    assert (found.without_area, found.area_incomplete) == (1, 1)
    given_to = segment_of(engine)
    assert given_to["c000"] is None
    assert given_to["c001"] is None
    assert found.sizes.sum() == 38
    own = segment_persons(engine, SERVICES, tables=(people, use), recipe=RECIPE)
    assert own.sizes.sum() == 40
    assert own.without_area == own.area_incomplete == 0


def test_blocks_weigh_own_use_against_the_home_area(engine: Engine) -> None:
    people, use = tables_of(60)
    crossed = people.assign(area_code=["E1", "E1", "E4", "E4"] * 15)
    light = PersonRecipe(k=2, restarts=10, seed=3, area_weight=0.01)
    segment_persons(engine, SERVICES, AREAS, OLD, tables=(crossed, use), recipe=light)
    by_use = segment_of(engine)
    assert by_use["c000"] == by_use["c002"] != by_use["c001"]
    heavy = PersonRecipe(k=2, restarts=10, seed=3, area_weight=100)
    segment_persons(engine, SERVICES, AREAS, OLD, tables=(crossed, use), recipe=heavy)
    by_home = segment_of(engine)
    assert by_home["c000"] == by_home["c001"] != by_home["c002"]


def test_bad_input_is_named_and_no_person_is(engine: Engine) -> None:
    people, use = tables_of(20)
    tables = (people, use)
    with pytest.raises(SegmentError, match=r"no row of service_use names: 'Care'"):
        segment_persons(engine, {"care": "Care"}, tables=tables)
    both = {"home care": "old / population"}
    with pytest.raises(SegmentError, match=r"'home care' stand for a service and"):
        segment_persons(engine, SERVICES, AREAS, both, tables=tables)
    with pytest.raises(SegmentError, match="variables of the home area but no areas"):
        segment_persons(engine, SERVICES, None, OLD, tables=tables)
    with pytest.raises(SegmentError, match="missing in all 4 areas: 'aged 65 or over'"):
        segment_persons(engine, SERVICES, AREAS.assign(old=np.nan), OLD, tables=tables)
    elsewhere = AREAS.set_axis(pd.Index(list("wxyz"), name="area_code"))
    with pytest.raises(SegmentError, match=r"areas such as 'E1', 'E2'.* same codes"):
        segment_persons(engine, SERVICES, elsewhere, OLD, tables=tables)
    with pytest.raises(SegmentError, match=r"do not vary .*'aged 65 or over'") as told:
        segment_persons(engine, SERVICES, AREAS.assign(old=5), OLD, tables=tables)
    assert "c0" not in str(told.value)
    with pytest.raises(SegmentError, match="segments were asked of 20 rows"):
        found_in(engine, tables, k=19)


@pytest.mark.spark
def test_spark_and_duckdb_give_everyone_the_same(engine: Engine, spark: Engine) -> None:
    tables = tables_of(40, seed=9)
    found = [found_in(each, tables, sample=100) for each in (engine, spark)]
    assert segment_of(engine) == segment_of(spark)
    pd.testing.assert_frame_equal(found[0].profile, found[1].profile)
    assert found[0].model.checksum == found[1].model.checksum
    use = [
        service_use_rates(
            each, SERVICES, AREAS, people=tables[0], service_use=tables[1]
        )
        for each in (engine, spark)
    ]
    pd.testing.assert_frame_equal(use[0].counts, use[1].counts)
    pd.testing.assert_frame_equal(use[0].uncounted, use[1].uncounted)


def test_units_are_summed_where_every_row_gives_them(engine: Engine) -> None:
    use = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", "c", "c"],
            "area_code": "E1",
            "service": ["Home care"] * 4 + ["Library"] * 2,
            "units": [0.1, 0.2, 7, 3, 5, None],
        }
    )
    people = use[["customer_id", "area_code"]]
    found = segment_persons(engine, SERVICES, tables=(people, use), recipe=RECIPE)
    assert found.measures == {"home care": "units", "library": "uses"}
    rows = engine.arrow(
        "SELECT * FROM person_features ORDER BY customer_id"
    ).to_pylist()
    assert [(row["use_0"], row["use_1"]) for row in rows] == [(0.3, 0), (10, 0), (0, 2)]


rows = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(["Home care", "Library", "Bins"])
    ),
    min_size=1,
)


@given(rows)
@settings(max_examples=25)
def test_features_are_the_rows_of_each_customer_counted(
    engine: Engine, table: list[tuple[str, str]]
) -> None:
    use = pd.DataFrame(table, columns=["customer_id", "service"], dtype="str")
    engine.register("some_use", use.assign(area_code="E1"))
    sql = person_features_sql(["some_use"], "some_use", SERVICES)
    for row in engine.arrow(sql).to_pylist():
        mine = [service for who, service in table if who == row["customer_id"]]
        assert row["use_0"] == mine.count("Home care")
        assert row["use_1"] == mine.count("Library")
        assert row["area_code"] == "E1"
