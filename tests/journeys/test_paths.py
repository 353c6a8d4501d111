"""Variants, recounted with a plain loop."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, variants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys import Log
    from place.engine import DuckDBEngine


def test_the_commonest_variant_comes_first(log_of: Callable[..., Log]) -> None:
    def contact(customer: str, activity: str, day: int) -> dict[str, Any]:
        return {
            "customer_id": customer,
            "agency": "A",
            "activity": activity,
            "day": day,
        }

    log = log_of(
        *(contact(c, a, d) for c in "xy" for d, a in enumerate(["ask", "treat"])),
        contact("z", "ask", 0),
    )
    found = variants(log)
    assert list(found["activities"]) == [("ask", "treat"), ("ask",)]
    assert list(found["customers"]) == [2, 1]
    assert found["share"].sum() == 1
    assert len(variants(log, most=1)) == 1


def test_fewer_than_one_variant_is_refused(log_of: Callable[..., Log]) -> None:
    with pytest.raises(JourneyError, match="most must be at least 1; it is 0"):
        variants(log_of(("x", "A", "request", 0)), most=0)


@pytest.mark.fixtures
def test_variants_of_the_permit_log(fixtures: Path) -> None:
    frame = pd.read_parquet(fixtures / "journeys" / "receipt.parquet").reset_index()
    events = pd.DataFrame(
        {
            "event_id": frame["index"].astype(str).str.zfill(5),
            "customer_id": frame["case:concept:name"],
            "time": frame["time:timestamp"],
            "agency": frame["org:group"],
            "activity": frame["concept:name"],
        }
    )
    ordered = events.sort_values(["time", "event_id"])
    counted = Counter(
        tuple(journey["activity"]) for _, journey in ordered.groupby("customer_id")
    )
    found = variants(encode_log(events), most=10_000)
    assert dict(zip(found["activities"], found["customers"], strict=True)) == counted


@settings(max_examples=20)
@given(data=st.data())
def test_every_customer_has_one_variant(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    frame = events_of(data.draw(random_events))
    found = variants(encode_log(frame, engine=engine))
    assert found["customers"].sum() == frame["customer_id"].nunique()
    assert not found["activities"].duplicated().any()
