"""Cases side by side, contacts, rework, hand-offs and needs are alike on Spark."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from journeys import encode_log
from journeys.duplication.handoff_delay import RULE as D8
from journeys.duplication.handoff_delay import handoffs_judged
from journeys.duplication.need_breadth import need_breadth
from journeys.duplication.parallel_holding import RULE as D2
from journeys.duplication.parallel_holding import depths_of, excess_holding
from journeys.duplication.preventable_contact import RULE as D4
from journeys.duplication.rework import RULE as D7
from place.engine import DuckDBEngine, SparkEngine
from tests.journeys.conftest import frame_of, many_logs, only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys import Log
    from journeys.duplication.rule import Rule

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def logs() -> Iterator[tuple[Log, Log]]:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Java, which is not here")
    pytest.importorskip("pyspark", reason="needs totalplace[spark]")
    duck, spark = DuckDBEngine(threads=1), SparkEngine()
    spark.arrow("SET spark.sql.shuffle.partitions = 1")
    frame = frame_of(many_logs(5, 12))
    yield encode_log(frame, engine=duck), encode_log(frame, engine=spark)
    duck.close()
    spark.close()


OPTIONS: list[tuple[Rule, dict[str, Any]]] = [
    (D2, {"least_overlap_days": 0.5, "joint_working_exempts": False}),
    (D4, {"reasons": {"completed": "told"}, "need_may_be_missing": True}),
    (D7, {"completed": ["completed", "achieved", "closed"]}),
    (D8, {"least_baseline": 2, "excess_days": 1.0, "excess_ratio": 1.0}),
]


@pytest.mark.parametrize(
    ("rule", "changes"), OPTIONS, ids=lambda value: str(value)[:20]
)
def test_findings_are_alike(
    logs: tuple[Log, Log], rule: Rule, changes: dict[str, Any]
) -> None:
    for changed in (changes, {}):
        options = only(rule.section, **changed).of(rule.section)
        told = []
        for log in logs:
            rows = f"SELECT * FROM {rule.keep(log, options)} ORDER BY event"
            found = log.engine.arrow(rows).to_pylist()
            told.append((found, rule.naive(log, options), rule.judged(log, options)))
        assert told[0] == told[1]
        assert told[0][0] or not changed


def test_sums_are_alike(logs: tuple[Log, Log]) -> None:
    for log in logs:
        for rule, changes in OPTIONS[::3]:
            rule.keep(log, only(rule.section, **changes).of(rule.section))
    one, other = logs
    assert excess_holding(one) == excess_holding(other)
    assert depths_of(one).equals(depths_of(other))
    assert handoffs_judged(one) == handoffs_judged(other)


def test_needs_are_alike(logs: tuple[Log, Log]) -> None:
    one, other = (need_breadth(log) for log in logs)
    assert one.needs.equals(other.needs)
    assert one.overlaps.equals(other.overlaps)
