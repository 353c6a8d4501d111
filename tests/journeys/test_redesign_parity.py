"""Redesigns, comparisons and cohorts come out alike on DuckDB and on Spark."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from journeys import encode_log, find_duplication, read_rules
from journeys.compare import Asked, compare_journeys, follow_cohort
from journeys.redesign import Draws, redesign, redesign_of
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from place.engine import Engine, SparkEngine

pytestmark = pytest.mark.spark

SURE = {"low": 1.0, "central": 1.0, "high": 1.0}
CHANGES: list[dict[str, Any]] = [
    {"kind": "merge agencies", "agencies": ["A", "B"], "into": "Team"},
    {
        "kind": "merge steps",
        "first": "talk",
        "then": ["look"],
        "within_days": 9,
        "agency": "same",
    },
    {"kind": "assess first", "activities": ["look"]},
    {"kind": "front door", "agency": "A"},
    {
        "kind": "opt-in offer",
        "agency": "Lead",
        "take_up": SURE,
        "effect": SURE,
        "offer_pounds": SURE,
        "segments": ["p"],
    },
]
KINDS = ["contact_in", "refer", "assess", "assess", "service", "refer", "assess"]


def a_log() -> list[dict[str, Any]]:
    return [
        {
            "customer_id": f"c{who:02d}",
            "agency": "ABC"[(who + step * step) % 3],
            "activity": "look" if KINDS[(who + step) % 7] == "assess" else "talk",
            "activity_class": KINDS[(who + step) % 7],
            "day": 3 * step + who % 5,
            "need": ["housing", "money"][who % 2],
            "referred_to": "C" if who % 3 else None,
            "cost_pence": None if step == 4 else 100 * step + who,
            "data_items": "income=1; address",
        }
        for who in range(24)
        for step in range(7)
    ]


def worked_out(engine: Engine, events: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the frames of every redesign, a comparison and a cohort."""
    log = encode_log(events, engine=engine)
    shipped = read_rules()
    rules = type(shipped)(
        schema=1,
        version=shipped.version,
        repeat_assessment=shipped.repeat_assessment,
    )
    found = find_duplication(log, rules)
    groups = events[["customer_id"]].drop_duplicates()
    groups = groups.assign(segment=["p", "q", "q"] * 8)
    frames = []
    for change in CHANGES:
        made = redesign(
            found,
            redesign_of(change | {"name": "x"}),
            segments=groups,
            draws=Draws(replicates=50),
        )
        frames += [made.measures, made.rules, made.by_segment, made.by_agency]
    asked = Asked(permutations=99, replicates=50, least_customers=2, within_days=12)
    frames.append(compare_journeys(log, groups, found=found, asked=asked).differences)
    april = (dt.date(2009, 4, 1), dt.date(2009, 4, 4))
    cohort = follow_cohort(log, april, months=1)
    return [*frames, cohort.months, cohort.next_steps]


def test_both_engines_agree(
    events_of: Callable[..., pd.DataFrame], spark: SparkEngine
) -> None:
    events = events_of(a_log())
    duck = DuckDBEngine(threads=1)
    for ours, theirs in zip(
        worked_out(duck, events), worked_out(spark, events), strict=True
    ):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-12)
    duck.close()
