"""Every query of this room gives the same rows on DuckDB and on Spark."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import journeys
from journeys import (
    by_pair,
    direct_returns,
    directly_follows,
    encode_log,
    end_activities,
    find_duplication,
    handovers,
    read_rules,
    start_activities,
    variants,
)
from journeys.duplication.handoff_delay import handoffs_judged
from journeys.duplication.need_breadth import need_breadth
from journeys.duplication.parallel_holding import depths_of, excess_holding
from journeys.hubs import find_hubs
from journeys.hubs.customers import customers_of_hubs
from journeys.maps import maps_of, overlay_maps
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from place.engine import Engine, SparkEngine

pytestmark = pytest.mark.spark

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "data" / "example"
MAPS = EXAMPLE / "journey_maps.csv"
OF_EACH_RULE, OTHERS, LEAST = 8, 40, 5
TESTED_ELSEWHERE = {
    "journeys.cost": "test_cost_parity.py",
    "journeys.redesign": "test_redesign_parity.py",
    "journeys.compare": "test_redesign_parity.py",
    "journeys.agency_steps": "test_parity_graphs.py",
    "journeys.together": "test_parity_graphs.py",
    "journeys.vocabulary": "test_parity_graphs.py",
    "journeys.waiting": "test_parity_graphs.py",
    "journeys.whole_journeys": "test_parity_graphs.py",
    "journeys.store": "a store is written by DuckDB alone",
}
ON_DUCKDB_ALONE = {  # a file of events without identifiers, read as it lies
    "journeys.encoding.identifier_sql",
    "journeys.encoding.numbered_sql",
}


def sample() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return events of some customers of the example: of each rule, and others."""
    events = pd.read_csv(EXAMPLE / "events.csv", dtype="str")
    events = events.drop_duplicates("event_id")
    truth = pd.read_csv(EXAMPLE / "truth" / "duplicates.csv", dtype="str")
    truth = truth[truth["kind"] == "planted"]
    whose = events.set_index("event_id")["customer_id"]
    marked = truth.assign(customer=truth["event_id"].map(whose))
    chosen = set(marked.groupby("rule").head(OF_EACH_RULE)["customer"])
    chosen |= set(events["customer_id"].drop_duplicates().head(OTHERS))
    kept = events[events["customer_id"].isin(chosen)].copy()
    for name in ("time", "end_time"):
        moment = pd.to_datetime(kept[name], format="ISO8601", errors="coerce")
        kept[name] = moment.dt.tz_localize("UTC")
    kept["cost_pounds"] = kept["cost_pounds"].astype("float64")
    customers = sorted(set(kept["customer_id"]))
    codes = ["old" if at % 2 else "young" for at in range(len(customers))]
    segments = pd.DataFrame({"customer_id": customers, "segment": codes})
    return kept.dropna(subset="time"), segments.iloc[5:]


def told_by(engine: Engine) -> dict[str, Any]:
    """Return all that is told of the sample, by one engine."""
    events, segments = sample()
    log = encode_log(events, engine=engine)
    rules = read_rules()
    asked = rules.ping_pong.model_copy(update={"dead_end_days": 90.0})
    found = find_duplication(log, rules.model_copy(update={"ping_pong": asked}))
    hubs = find_hubs(log, resamples=20, least=5)
    return {
        "log": str(log),
        "found": str(found),
        "by rule": found.by_rule,
        "cycles": found.cycles,
        "unmatched": found.unmatched,
        "findings": found.findings(),
        "chains": found.chains(),
        "pairs": by_pair(found, segments=segments),
        "moves": directly_follows(log, segments=segments),
        "hand-overs": handovers(log),
        "starts": start_activities(log, segments=segments),
        "ends": end_activities(log),
        "variants": variants(log),
        "returns": direct_returns(log),
        "holding": excess_holding(log),
        "depths": depths_of(log),
        "hand-offs": handoffs_judged(log),
        "needs": need_breadth(log, segments=segments).needs,
        "overlaps": need_breadth(log).overlaps,
        "hubs": str(hubs),
        "customers of hubs": customers_of_hubs(log, hubs, segments=segments),
        "told and recorded": overlay_maps(maps_of(pd.read_csv(MAPS)), log).steps,
    }


@pytest.fixture(scope="module")
def called() -> set[str]:
    return set()


@pytest.fixture(scope="module")
def both(
    called: set[str], spark: SparkEngine
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return what DuckDB and Spark tell, and note which queries were asked."""

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name.endswith("_sql"):
            called.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")

    duck = DuckDBEngine(threads=1)
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        here = told_by(duck)
    finally:
        sys.setprofile(before)
    yield here, told_by(spark)
    duck.close()


def test_both_engines_tell_the_same(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    duck, spark = both
    for name, ours in duck.items():
        theirs = spark[name]
        if isinstance(ours, pd.DataFrame):
            pd.testing.assert_frame_equal(
                ours, theirs, check_dtype=False, rtol=1e-12, obj=name
            )
        else:
            assert ours == theirs, name


def test_the_sample_makes_every_rule_find_something(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    duck, _ = both
    assert [rule.rule for rule in duck["by rule"]] == [f"D{n}" for n in range(1, 9)]
    assert all(rule.findings >= LEAST for rule in duck["by rule"])


def test_no_query_text_is_left_out(
    both: tuple[dict[str, Any], dict[str, Any]], called: set[str]
) -> None:
    assert both
    written = set()
    for module in pkgutil.walk_packages(journeys.__path__, "journeys."):
        if module.name.startswith(tuple(TESTED_ELSEWHERE)):
            continue
        names = vars(importlib.import_module(module.name))
        written |= {
            f"{module.name}.{name}"
            for name, value in names.items()
            if name.endswith("_sql") and value.__module__ == module.name
        }
    assert sorted(written - called - ON_DUCKDB_ALONE) == []
