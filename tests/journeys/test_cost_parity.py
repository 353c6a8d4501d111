"""Costs, audits and their query texts are the same on DuckDB and on Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from journeys import encode_log, find_duplication, read_rules
from journeys.cost.audit import VERDICTS, draw_audit
from journeys.cost.audited import read_audit
from journeys.cost.customers_time import customers_time
from journeys.cost.interval import cost_duplication
from journeys.cost.options import CostOptions
from journeys.cost.unit_costs import cost_events
from journeys.cost.window import cost_by_window
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from place.engine import Engine, SparkEngine

pytestmark = pytest.mark.spark
FEW = CostOptions(replicates=50)
RULES = read_rules().model_copy(
    update=dict.fromkeys(
        (
            "parallel_holding",
            "preventable_contact",
            "asked_again",
            "repeated_course",
            "rework",
            "handoff_delay",
        )
    )
)
LINES = pd.DataFrame(
    {
        "basis": ["published", "default", "tariff"],
        "agency": [None, None, "B"],
        "activity": ["talk", None, None],
        "activity_class": [None, "assess", None],
        "low_pence": [50, None, 30],
        "central_pence": [100, 70, 40],
        "high_pence": [300, 90, 50],
    }
)


def contacts() -> list[dict[str, Any]]:
    """Return contacts of sixty customers, of whom half are assessed or sent back."""
    kinds = ("assess", "refer", "service")
    return [
        {
            "customer_id": f"c{who:02d}",
            "agency": "ABC"[(who + at) % 3],
            "activity": ("talk", "visit")[who % 2],
            "activity_class": kinds[who % 3] if at or who % 7 else None,
            "need": ("housing", "money", None)[(who // 3) % 3],
            "referred_to": "ABC"[(who + at + 1) % 3] if who % 3 == 1 else None,
            "outcome": "completed",
            "day": 5 * at,
            "cost_pence": who if (who + at) % 4 == 0 else None,
        }
        for who in range(60)
        for at in range(4)
    ]


def everything(engine: Engine, events: pd.DataFrame) -> list[Any]:
    """Return all that is worked out, on one engine."""
    costs = cost_events(events, LINES, engine=engine)
    log = encode_log(costs.table, engine=engine)
    found = find_duplication(log, RULES)
    sample = draw_audit(found, size=40, seed=2)
    filled = sample.assign(
        verdict=[
            VERDICTS[at % 3] if said == "found" else VERDICTS[1]
            for at, said in enumerate(sample["found"])
        ]
    )
    audit = read_audit(filled, found)
    ids = events["customer_id"].drop_duplicates()
    segments = pd.DataFrame({"customer_id": ids, "segment": "one"}).iloc[3:]
    cost = cost_duplication(
        found, costs=costs, audit=audit, segments=segments, options=FEW
    )
    return [
        costs.rungs,
        sample,
        audit.rows,
        audit.strata,
        *cost.by.values(),
        cost.tornado,
        cost.rungs,
        cost_by_window(found, scales=(0.02, 1), options=FEW),
        customers_time(found),
        pd.DataFrame({"said": [str(costs), str(audit), str(cost), str(found)]}),
    ]


def test_costs_and_audits_are_the_same_on_both_engines(
    spark: SparkEngine,
    events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame],
) -> None:
    events = events_of(contacts())
    duck = everything(DuckDBEngine(threads=1), events)
    for ours, theirs in zip(duck, everything(spark, events), strict=True):
        assert len(ours)
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
