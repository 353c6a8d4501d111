"""Queries on waits, joint working, steps and words: the same on DuckDB and Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from journeys import encode_log, handovers
from journeys.agency_steps import costs_of_moves, ends_by_agency, steps_by_agency
from journeys.together import working_together
from journeys.vocabulary import mapped_events, unmapped_activities, used_activities
from journeys.waiting import waits
from journeys.whole_journeys import journeys_kept
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from place.engine import Engine, SparkEngine

pytestmark = pytest.mark.spark


def sample(n: int = 300) -> pd.DataFrame:
    """Return events with ties, joint working, costs that lack, and two spellings."""
    at = pd.Series(range(n))
    begun = pd.Timestamp("1969-12-28", tz="UTC")
    return pd.DataFrame(
        {
            "event_id": at.map("e{:04d}".format),
            "customer_id": (at % 17).map("c{}".format),
            "time": begun + pd.to_timedelta(at * 7_001 % 900_000, unit="s"),
            "agency": (at * 5 % 7 % 3).map(
                dict(enumerate(["GP", "Housing", "Police"]))
            ),
            "activity": (at * 3 % 5).map(
                dict(enumerate(["ask", "Ask", "see", "x", "y"]))
            ),
            "activity_class": (at % 4).map({0: "assess"}),
            "cost_pence": (at % 6).map({0: 100, 1: 7, 2: 50}).astype("Int64"),
            "joint_with": (at % 9).map({0: "Police; Fire", 3: "GP"}),
        }
    )


WORDS = pd.DataFrame(
    [
        ("ask", None, "request", "asking"),
        ("Ask", "GP", "request", "asking"),
        ("x", "Fire", "service", None),
    ],
    columns=["activity", "agency", "activity_class", "standard_activity"],
)


def told_by(engine: Engine) -> list[pd.DataFrame]:
    done = mapped_events(sample(), WORDS, engine=engine, classes={"y": "review"})
    log = encode_log(done.table, engine=engine)
    customers = pd.DataFrame({"customer_id": [f"c{at}" for at in range(9)]})
    segments = customers.assign(segment=["old", "young", "old"] * 3)
    kept = journeys_kept(log, handovers(log).head(3), of="agency")
    return [
        done.unused,
        used_activities(log),
        unmapped_activities(log),
        *(waits(log, of=of) for of in ("agency", "activity", "all")),
        waits(log, of="all", segments=segments),
        working_together(log),
        steps_by_agency(log),
        costs_of_moves(log),
        ends_by_agency(log),
        pd.DataFrame({"kept": [kept.kept], "customers": [kept.customers]}),
    ]


def test_both_engines_say_the_same(spark: SparkEngine) -> None:
    duckdb = DuckDBEngine(threads=1)
    ours, theirs = told_by(duckdb), told_by(spark)
    duckdb.close()
    for one, other in zip(ours, theirs, strict=True):
        assert len(one)
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
