"""Steps, ends and costs of moves by agency, against plain Python."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log
from journeys.agency_steps import costs_of_moves, ends_by_agency, steps_by_agency

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine


def test_a_cost_is_of_the_event_that_a_move_leads_to(
    log_of: Callable[..., Log],
) -> None:
    event = {"customer_id": "x", "agency": "A"}
    log = log_of(
        event | {"day": 1, "activity": "ask", "cost_pence": 5},
        event | {"day": 2, "activity": "talk", "cost_pence": 70},
        event | {"day": 3, "activity": "ask"},
        event | {"day": 4, "activity": "talk"},
        event | {"customer_id": "y", "day": 5, "activity": "talk", "cost_pence": 9},
    )
    costs = costs_of_moves(log).set_index(["source", "target"])
    assert costs.loc[("ask", "talk")].tolist() == [70, 1]
    assert costs["cost_pence"].isna().tolist() == [False, True]


@settings(max_examples=20)
@given(data=st.data())
def test_steps_and_ends_equal_a_plain_count(
    engine: DuckDBEngine,
    events_of: Callable[..., pd.DataFrame],
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    data: st.DataObject,
) -> None:
    events = data.draw(random_events)
    log = encode_log(events_of(events), engine=engine)
    journeys: dict[str, list[tuple[str, str, int | None]]] = {}
    for _, event in sorted(enumerate(events), key=lambda e: (e[1]["day"], e[0])):
        met = (event["agency"], event["activity"], event["cost_pence"])
        journeys.setdefault(event["customer_id"], []).append(met)
    steps: Counter[tuple[str, ...]] = Counter()
    costs: Counter[tuple[str, ...]] = Counter()
    for each in journeys.values():
        for one, other in pairwise(each):
            steps[(*one[:2], *other[:2])] += 1
            costs[(one[1], other[1])] += other[2] or 0
    found = steps_by_agency(log)
    assert dict(steps) == {tuple(row[:4]): row[4] for row in found.to_numpy().tolist()}
    told = costs_of_moves(log).fillna({"cost_pence": 0})
    assert {tuple(row[:2]): row[2] for row in told.to_numpy().tolist()} == {
        key: costs[key] for key in costs
    }
    ends = ends_by_agency(log).set_index(["agency", "activity"])
    starts = Counter(each[0][:2] for each in journeys.values())
    last = Counter(each[-1][:2] for each in journeys.values())
    assert {k: n for k, n in ends["starts"].items() if n} == dict(starts)
    assert {k: n for k, n in ends["ends"].items() if n} == dict(last)
