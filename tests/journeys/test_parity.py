"""Every query text of this room gives the same rows on DuckDB and on Spark."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import journeys
from journeys import (
    by_pair,
    directly_follows,
    encode_log,
    find_duplication,
    read_rules,
    variants,
)
from journeys.duplication import Exempt, ExemptPair, Rules
from journeys.duplication.findings import findings_sql, totals_sql
from journeys.duplication.pairs import pairs_sql
from journeys.duplication.partners import (
    most_partners_sql,
    partners_sql,
    unmatched_sql,
)
from journeys.duplication.ping_pong import (
    bounces_sql,
    cycles_sql,
    stops_sql,
    unjudged_bounces_sql,
)
from journeys.duplication.repeat_assessment import (
    naive_repeats_sql,
    repeats_sql,
    unjudged_repeats_sql,
)
from journeys.frames import check_frame
from journeys.graph import ends_sql, moves_sql, returns_sql
from journeys.log import counts_sql, encode_log_sql, unmapped_sql
from journeys.paths import variants_sql
from journeys.segments import twice_sql
from place.engine import DuckDBEngine, SparkEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from journeys import Duplication
    from place.engine import Engine

pytestmark = pytest.mark.spark

CUSTOMERS = 250
CLASSES = ["request", "assess", "refer", "intake", "refer", "service", "reset"]


def sample(path: Path) -> pd.DataFrame:
    """Return some cases of the permit log, dressed so that every rule bites."""
    log = pd.read_parquet(path).reset_index()
    log = log[
        log["case:concept:name"].isin(log["case:concept:name"].unique()[:CUSTOMERS])
    ]
    row = log["index"]
    agency = log["org:group"]
    events = pd.DataFrame(
        {
            "event_id": row.astype(str).str.zfill(5),
            "customer_id": log["case:concept:name"],
            "time": log["time:timestamp"],
            "agency": agency,
            "activity": log["concept:name"],
            "need": row.map(lambda n: [None, "permit", "permit"][n % 3]),
            "activity_class": row.map(
                lambda n: (CLASSES * 2)[n % 14] if n % 5 else None
            ),
            "cost_pence": row.map(lambda n: None if n % 7 == 0 else n).astype("Int64"),
            "episode_id": row.map(
                lambda n: ["one", "two"][n % 2] if n % 11 == 0 else None
            ),
        }
    )
    events["referred_to"] = agency.shift(2).where(row % 2 == 0)
    events.loc[row % 26 == 0, "referred_to"] = "group 1"
    events["joint_with"] = (agency.shift(1) + "  ; Group 99;").where(row % 6 == 0)
    return events


def rules() -> Rules:
    shipped = read_rules()
    d1 = replace(
        shipped.repeat_assessment,
        classes=("assess", "intake", "refer"),
        validity_days={"permit": 60},
        need_may_be_missing=True,
        exempt=(
            Exempt(activity="T10 Determine necessity to stop indication", reason="-"),
        ),
        exempt_pairs=(
            ExemptPair(
                earlier="Confirmation of receipt",
                later="T06 Determine necessity of stop advice",
                reason="A screening comes first.",
            ),
        ),
    )
    d3 = replace(shipped.ping_pong, need_may_be_missing=True)
    return replace(shipped, repeat_assessment=d1, ping_pong=d3)


def segments(events: pd.DataFrame) -> pd.DataFrame:
    customers = events["customer_id"].drop_duplicates()
    names = [["old", "young"][n % 2] for n in range(len(customers))]
    return pd.DataFrame({"customer_id": customers, "segment": names}).iloc[5:]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Java, which is not here")
    pytest.importorskip("pyspark", reason="needs totalplace[spark]")
    engine = SparkEngine()
    # Hundreds of small queries: one task each, not eight.
    engine.arrow("SET spark.sql.shuffle.partitions = 1")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def events(fixtures: Path) -> pd.DataFrame:
    return sample(fixtures / "journeys" / "receipt.parquet")


@pytest.fixture(scope="module")
def both(events: pd.DataFrame, spark: SparkEngine) -> tuple[Duplication, Duplication]:
    """Return the same search on DuckDB and on Spark."""
    found = []
    engines: tuple[Engine, ...] = (DuckDBEngine(), spark)
    for engine in engines:
        log = encode_log(
            events, engine=engine, classes={"T02 Check confirmation": "review"}
        )
        engine.register("groups", segments(events))
        engine.register(
            "log_classes",
            pd.DataFrame({"activity": [], "activity_class": []}, dtype=str),
        )
        found.append(find_duplication(log, rules()))
    return found[0], found[1]


TEXTS: dict[str, Callable[[Engine], str]] = {
    "encode_log_sql": lambda e: encode_log_sql(
        "log_events", e.columns("log_events"), classes="log_classes"
    ),
    "counts_sql": lambda _: counts_sql("log"),
    "unmapped_sql": lambda _: unmapped_sql("log"),
    "twice_sql": lambda _: twice_sql("groups"),
    "moves_sql": lambda _: moves_sql("log", "activity", segments="groups"),
    "moves_sql of agencies": lambda _: moves_sql("log", "agency"),
    "ends_sql": lambda _: ends_sql("log", "first", segments="groups"),
    "ends_sql of last": lambda _: ends_sql("log", "last"),
    "returns_sql": lambda _: returns_sql("log"),
    "variants_sql": lambda e: variants_sql("log", dialect=e.dialect, most=10_000),
    "most_partners_sql": lambda _: most_partners_sql("log"),
    "partners_sql": lambda _: partners_sql("log", "log_partners_slots"),
    "unmatched_sql": lambda _: unmatched_sql("log", "log_partners"),
    "repeats_sql": lambda _: repeats_sql(
        "log", "log_repeats", rules().repeat_assessment
    ),
    "repeats_sql as shipped": lambda _: repeats_sql(
        "log", "log_repeats", read_rules().repeat_assessment
    ),
    "naive_repeats_sql": lambda _: naive_repeats_sql("log", rules().repeat_assessment),
    "unjudged_repeats_sql": lambda _: unjudged_repeats_sql(
        "log", read_rules().repeat_assessment
    ),
    "stops_sql": lambda _: stops_sql("log", rules().ping_pong),
    "stops_sql as shipped": lambda _: stops_sql("log", read_rules().ping_pong),
    "bounces_sql": lambda _: bounces_sql("log_stops"),
    "cycles_sql": lambda _: cycles_sql("log_stops", "log_bounces"),
    "unjudged_bounces_sql": lambda _: unjudged_bounces_sql(
        "log", read_rules().ping_pong
    ),
    "findings_sql": lambda _: findings_sql(
        {"D1": "log_repeats", "D3": "log_bounces", "version": "log_findings_version"}
    ),
    "totals_sql": lambda _: totals_sql("log_findings"),
    "pairs_sql": lambda _: pairs_sql("log_findings", segments="groups"),
    "pairs_sql by rule": lambda _: pairs_sql(
        "log_findings", segments="groups", keys=("rule",)
    ),
}
MAY_BE_EMPTY = {"unmapped_sql"}


def rows_of(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    rows = [tuple(row.items()) for row in engine.arrow(sql).to_pylist()]
    return sorted(rows, key=str)


@pytest.mark.fixtures
@pytest.mark.parametrize("name", TEXTS)
def test_a_query_text_gives_the_same_rows(
    both: tuple[Duplication, Duplication], name: str
) -> None:
    duck, spark = (rows_of(d.log.engine, TEXTS[name](d.log.engine)) for d in both)
    assert len(duck) == len(spark)
    assert duck or name in MAY_BE_EMPTY
    for ours, theirs in zip(duck, spark, strict=True):
        for (column, one), (same, other) in zip(ours, theirs, strict=True):
            assert column == same
            exact = column != "q90_seconds"
            assert one == (other if exact else pytest.approx(other, rel=1e-14)), column


@pytest.mark.fixtures
def test_results_are_the_same(
    both: tuple[Duplication, Duplication], events: pd.DataFrame
) -> None:
    duck, spark = both
    assert str(duck) == str(spark)
    assert duck.by_rule == spark.by_rule
    assert duck.cycles == spark.cycles
    assert duck.unmatched == spark.unmatched
    assert min(duck.unmatched) > 10
    assert all(rule.findings > 10 for rule in duck.by_rule)
    groups = segments(events)
    frames = [
        (
            d.findings(),
            by_pair(d, segments=groups),
            variants(d.log),
            directly_follows(d.log, segments=groups),
        )
        for d in both
    ]
    for ours, theirs in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-14)


def test_no_query_text_is_left_out() -> None:
    found = set()
    for module in pkgutil.walk_packages(journeys.__path__, "journeys."):
        names = vars(importlib.import_module(module.name))
        found |= {name for name in names if name.endswith("_sql")}
    assert found - {"by_segment_sql"} == {name.split(" ")[0] for name in TEXTS}


def test_a_checked_frame_reads_alike(events: pd.DataFrame) -> None:
    assert check_frame(events).num_rows == len(events)
