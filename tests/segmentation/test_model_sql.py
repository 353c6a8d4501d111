"""The printed SQL gives what Python gives, row by row, on DuckDB and on Spark."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from place.engine import DuckDBEngine, SparkEngine
from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.share.assigning import assign
from segmentation.share.model_sql import assign_sql
from segmentation.share.sharing import shared_model
from tests.segmentation.shared_models import feature, table, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place.engine import Engine
    from segmentation.share.model import SharedModel

PLACE = Path(__file__).parents[1] / "places" / "leicester" / "place.toml"


def bent(transform: str, **facts: object) -> SharedModel:
    """Return the tree on bent features, the third a category."""
    return tree(
        feature("flats", "flats", transform=transform, centre=3, spread=0.25, **facts),
        feature(
            "visits", "visits", transform=transform, centre=1, spread=0.2, weight=2
        ),
        feature("kind = a", "kind", equals="a", weight=4),
        feature("kind = b", "kind", equals="b", weight=4, fill=1.0),
        parents={"1": None, "2": None, "1a": "1", "1b": "1", "1b1": "1b", "1b2": "1b"},
    )


def rows_of(seed: int, rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    kinds = random.choice(np.array(["a", "b", "c", None], dtype=object), rows)
    return table(rows, seed).assign(kind=kinds)


MODELS = {
    "plain": tree(),
    "asinh": bent("asinh", fill=2.0),
    "log": bent("log"),
    "boxcox": bent("boxcox", shift=1.0, power=0.3),
    "boxcox of 0": bent("boxcox", shift=1.0, power=0.0),
    "boxcox below 0": bent("boxcox", shift=0.0, power=-1.5),
}


def both_agree(model: SharedModel, rows: pd.DataFrame, engine: Engine) -> None:
    """Hold the SQL against Python for every row: segment and what it lacks."""
    engine.register("people", rows.reset_index())
    sql = assign_sql(
        model, "people", "key", columns=["key", *rows.columns], dialect=engine.dialect
    )
    theirs = engine.arrow(sql).to_pandas().set_index("key").reindex(rows.index)
    ours = assign(model, rows)
    lacks = ours.left_out.reindex(rows.index)
    assert theirs["segment"].fillna("-").tolist() == ours.segments.fillna("-").tolist()
    assert theirs["lacks"].fillna("-").tolist() == lacks.fillna("-").tolist()


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDBEngine]:
    engine = DuckDBEngine(threads=1)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", MODELS)
def test_duckdb_gives_what_python_gives(name: str, duck: DuckDBEngine) -> None:
    both_agree(MODELS[name], rows_of(1), duck)


@pytest.mark.spark
@pytest.mark.parametrize("name", MODELS)
def test_spark_gives_what_python_gives(name: str, spark: SparkEngine) -> None:
    both_agree(MODELS[name], rows_of(1), spark)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(sorted(MODELS)))
def test_duckdb_gives_what_python_gives_for_any_rows(
    duck: DuckDBEngine, seed: int, name: str
) -> None:
    both_agree(MODELS[name], rows_of(seed, 60), duck)


@pytest.fixture(scope="module")
def leicester(fixtures: Path) -> tuple[pd.DataFrame, SharedModel]:
    file = "leicester_oa11_167vars_with_oac2011.parquet"
    areas = pd.read_parquet(fixtures / "segmentation" / "oac2011" / file)
    areas["population"] = areas["Total_Population"]
    areas["households"] = areas["Total_Households"]
    areas = areas.rename(columns={"OA11CD": "area_code"}).set_index("area_code")
    variables = tomllib.loads(PLACE.read_text(encoding="utf-8"))["segments"][
        "variables"
    ]
    recipe = SegmentRecipe(k=8, restarts=10, samples=2)
    found = segment_areas(areas, variables, recipe=recipe)
    model = shared_model(found, variables)
    assert assign(model, areas).segments.to_dict() == found.segments.to_dict()
    return areas.select_dtypes("number").rename_axis("key"), model


@pytest.mark.fixtures
def test_every_area_of_leicester_gets_its_segment_in_duckdb(
    leicester: tuple[pd.DataFrame, SharedModel], duck: DuckDBEngine
) -> None:
    areas, model = leicester
    both_agree(model, areas, duck)


@pytest.mark.spark
@pytest.mark.fixtures
def test_every_area_of_leicester_gets_its_segment_in_spark(
    leicester: tuple[pd.DataFrame, SharedModel], spark: SparkEngine
) -> None:
    areas, model = leicester
    both_agree(model, areas, spark)


def test_the_text_stands_alone_and_keeps_odd_names_as_names() -> None:
    odd = tree().model_copy(
        update={"variables": {"flats": 'the "flats" / the homes', "visits": "it's"}}
    )
    rows = (
        table()
        .dropna()
        .rename(
            columns={"flats": 'the "flats"', "homes": "the homes", "visits": "it's"}
        )
    )
    sql = assign_sql(odd, "people", "the key")
    connection = duckdb.connect()
    connection.register("people", rows.rename_axis("the key").reset_index())
    found = connection.sql(sql).df().set_index("the key")["segment"]
    assert found.equals(assign(odd, rows).segments.rename_axis("the key")[found.index])
    assert "`the homes`" in assign_sql(odd, "people", "the key", dialect="spark")


def test_a_missing_column_is_named() -> None:
    columns = ["key", "flats", "homes", "visit"]
    with pytest.raises(SegmentError, match="called 'visits', the nearest is 'visit'"):
        assign_sql(tree(), "people", "key", columns=columns)
    columns[-1] = "visits"
    with pytest.raises(SegmentError, match="called 'keys', the nearest is 'key'"):
        assign_sql(tree(), "people", "keys", columns=columns)
