"""D8: slow hand-offs, by hand and by a plain count of transitions."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.handoff_delay import HandoffDelay, handoffs_judged
from journeys.duplication.rule import DAY_US
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

S = "handoff_delay"
SHIPPED = only(S)
FEW = only(S, least_baseline=3)
PLAN = {"activity": "plan", "activity_class": "review", "agency": "A", "day": 0}
START = {"activity": "start", "activity_class": "service"}


def starts(*waits: tuple[str, float]) -> list[dict[str, Any]]:
    """Return plans by A and what follows, each of a customer of its own."""
    return [
        event | {"customer_id": f"c{n}", "cost_pence": 500}
        for n, (agency, day) in enumerate(waits)
        for event in (PLAN, START | {"agency": agency, "day": day})
    ]


SAME = [("A", 2.0), ("A", 4.0), ("A", 6.0)]


def test_a_start_at_another_agency_that_takes_longer(
    log_of: Callable[..., Log],
) -> None:
    found = find_duplication(log_of(*starts(*SAME, ("B", 30))), FEW)
    row = found.findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"], row["kind"]) == (
        "e007",
        "e006",
        "slow",
    )
    assert (row["first_agency"], row["agency"]) == ("A", "B")
    assert (row["gap_us"], row["measure"]) == (30 * DAY_US, 26 * DAY_US)


def test_time_is_lost_and_no_money(log_of: Callable[..., Log]) -> None:
    found = find_duplication(log_of(*starts(*SAME, ("B", 30))), FEW)
    d8 = found.by_rule[0]
    assert (d8.findings, d8.cost_pence, d8.not_costed, d8.redundant) == (1, None, 0, False)  # fmt: skip  # noqa: E501
    assert (found.events, found.cost_pence) == (0, None)


@pytest.mark.parametrize(
    ("waits", "why"),
    [
        ([*SAME, ("B", 5)], "prompt"),
        ([*SAME, ("B", 10)], "six days longer"),
        ([("A", 20), ("A", 20), ("A", 20), ("B", 30)], "not twice as long"),
        ([*SAME[:2], ("B", 30)], "too few to compare with"),
        ([*SAME, ("A", 30)], "slow inside one agency"),
        ([*SAME, ("B", 400)], "a new story"),
    ],
)
def test_what_only_looks_slow_is_right(
    log_of: Callable[..., Log], waits: list[tuple[str, float]], why: str
) -> None:
    assert not evidence_of(log_of(*starts(*waits)), FEW), why


def test_the_next_event_is_the_next_for_the_need(log_of: Callable[..., Log]) -> None:
    events = starts(*SAME, ("B", 30))
    between = {"customer_id": "c3", "agency": "C", "activity_class": "contact_in"}
    other = between | {"day": 10, "need": "money"}
    assert evidence_of(log_of(*events, other), FEW) == {"e007": "e006"}
    assert not evidence_of(log_of(*events, other | {"need": "housing"}), FEW)


def test_an_event_of_the_same_episode_in_between_makes_it_two_steps(
    log_of: Callable[..., Log],
) -> None:
    spell = {"episode_id": "spell"}
    events = [e | spell for e in starts(*SAME, ("B", 30))]
    miscoded = {"customer_id": "c3", "agency": "C", "day": 10, "need": "money"}
    assert evidence_of(log_of(*events, miscoded), FEW)
    assert not evidence_of(log_of(*events, miscoded | spell), FEW)


def test_only_what_customers_wait_for_is_looked_at(log_of: Callable[..., Log]) -> None:
    events = starts(*SAME, ("B", 30))
    asked = only(S, least_baseline=3, classes=["assess"])
    assert not evidence_of(log_of(*events), asked)


def test_a_stricter_baseline_finds_fewer(log_of: Callable[..., Log]) -> None:
    log = log_of(*starts(("A", 1), ("A", 1), ("A", 30), ("B", 20)))
    assert evidence_of(log, FEW)
    assert not evidence_of(log, only(S, least_baseline=3, baseline_quantile=0.9))


def test_hand_offs_without_a_like_step_are_counted(log_of: Callable[..., Log]) -> None:
    call = {"customer_id": "z", "activity": "call", "activity_class": "contact_in"}
    alone = [call | {"agency": "A", "day": 0}, START | {"customer_id": "z", "agency": "B", "day": 9}]  # fmt: skip  # noqa: E501
    log = log_of(*starts(*SAME, ("B", 30), ("B", 5)), *alone)
    d8 = find_duplication(log, FEW).by_rule[0]
    told = handoffs_judged(log)
    assert (told.handoffs, told.judged, told.slow, told.excess_days) == (3, 2, 1, 26)
    assert str(told) == (
        "1 of 2 hand-offs between agencies took longer than the same step inside one "
        "agency, by 26 days in all; 1 more have no like step to be held against."
    )
    assert (d8.naive, d8.events) == (3, 6)


def test_nothing_can_be_judged_without_steps_inside_an_agency(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*starts(("B", 30)), ("y", "A", "assess", 0))
    find_duplication(log, SHIPPED)
    assert str(handoffs_judged(log)).startswith("None of 1 hand-offs between agencies")


def counted(events: list[dict[str, Any]], rule: HandoffDelay) -> dict[str, Any]:
    """List the transitions of every need of every customer, and hold them together."""
    every = [e | {"id": f"e{n:03d}"} for n, e in enumerate(events)]
    every.sort(key=lambda e: (e["customer_id"], e["day"], e["id"]))
    every = [e | {"at": at} for at, e in enumerate(every)]
    named = [e for e in every if rule.need_may_be_missing or e["need"]]
    named.sort(key=lambda e: (e["customer_id"], e["need"] or "", e["at"]))
    steps = [
        (one, two)
        for one, two in pairwise(named)
        if (one["customer_id"], one["need"]) == (two["customer_id"], two["need"])
        and two["activity_class"] in rule.classes
    ]
    waits = defaultdict(list)
    for one, two in steps:
        if one["agency"] == two["agency"]:
            waits[one["activity"], two["activity"]].append(two["day"] - one["day"])
    found = {}
    for one, two in steps:
        usual = waits[one["activity"], two["activity"]]
        wait = two["day"] - one["day"]
        if one["agency"] == two["agency"] or len(usual) < rule.least_baseline:
            continue
        between = every[one["at"] + 1 : two["at"]]
        spells = {e["episode_id"] for e in between} - {None}
        slow = wait - median(usual) >= rule.excess_days
        slow = slow and two["episode_id"] not in spells
        if slow and rule.excess_ratio * median(usual) <= wait <= rule.within_days:
            found[two["id"]] = (one["id"], (wait - median(usual)) * DAY_US)
    return found


@settings(max_examples=6)
@given(data=st.data(), missing=st.booleans(), least=st.integers(1, 20))
def test_findings_equal_a_plain_count(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    *,
    missing: bool,
    least: int,
) -> None:
    events = data.draw(random_logs)
    rules = only(
        S,
        need_may_be_missing=missing,
        least_baseline=least,
        excess_days=2.0,
        excess_ratio=1.5,
        within_days=6.0,
    )
    options = rules.of(S)
    assert isinstance(options, HandoffDelay)
    log = encode_log(events_of(events), engine=engine)
    rows = find_duplication(log, rules).findings()
    ids = zip(rows["evidence_ids"], rows["measure"], strict=True)
    assert dict(zip(rows["event_id"], ids, strict=True)) == counted(events, options)
