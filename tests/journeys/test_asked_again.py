"""D5: facts asked for again, by hand and by a search of every pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.asked_again import AskedAgain, pence_an_ask
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

S = "asked_again"
SHIPPED = only(S)
FIRST = {
    "customer_id": "x",
    "agency": "A",
    "activity_class": "intake",
    "day": 0,
    "data_items": "income=1;address=2",
}
AGAIN = FIRST | {"agency": "B", "day": 10, "need": "money"}


def test_a_form_that_asks_again_is_one_finding_with_its_asks(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN | {"data_items": "address=2; income=1;work=3"})
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"], row["first_agency"]) == (
        "e001",
        "e000",
        "A",
    )
    assert (row["measure"], row["kind"]) == (2, "same value")
    assert row["part_pence"] == 2 * 160  # 4 minutes each at 24 pounds an hour


def test_each_fact_has_its_own_nearest_evidence(log_of: Callable[..., Log]) -> None:
    other = FIRST | {"agency": "C", "day": 5, "data_items": "address=2"}
    log = log_of(FIRST, other, AGAIN)
    assert evidence_of(log, SHIPPED) == {"e001": "e000", "e002": "e001;e000"}


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ({"agency": "A"}, "the same agency asks"),
        ({"customer_id": "y"}, "another customer"),
        ({"data_items": "work=1"}, "another fact"),
        ({"data_items": "income=2"}, "the fact has changed"),
        ({"data_items": None}, "nothing is asked"),
        ({"day": 365.001}, "the fact is old"),
    ],
)
def test_decoys_are_not_found(
    log_of: Callable[..., Log], again: dict[str, Any], why: str
) -> None:
    assert not evidence_of(log_of(FIRST, AGAIN | again), SHIPPED), why


def test_identity_seen_in_person_is_exempt(log_of: Callable[..., Log]) -> None:
    seen = {"data_items": "identity seen in person"}
    assert not evidence_of(log_of(FIRST | seen, AGAIN | seen), SHIPPED)
    assert evidence_of(log_of(FIRST | seen, AGAIN | seen), only(S, exempt=()))


def test_a_value_that_is_not_known_counts_as_the_rule_says(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN | {"data_items": "income"})
    assert evidence_of(log, SHIPPED) == {"e001": "e000"}
    kinds = find_duplication(log, SHIPPED).by_rule[0].kinds
    assert kinds == {"value not known": 1}
    assert not evidence_of(log, only(S, unknown_values_count=False))


def test_an_older_holder_is_looked_for_where_the_nearest_holds_another_value(
    log_of: Callable[..., Log],
) -> None:
    changed = FIRST | {"agency": "C", "day": 5, "data_items": "income=9"}
    log = log_of(FIRST, changed, AGAIN | {"data_items": "income=1"})
    assert evidence_of(log, SHIPPED) == {"e002": "e000"}
    assert not evidence_of(log, only(S, window_days=9))


def test_the_part_is_never_more_than_the_event_costs(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN | {"cost_pence": 100})
    found = find_duplication(log, SHIPPED)
    assert (found.cost_pence, found.by_rule[0].measure) == (100, 2)
    dear = find_duplication(log_of(FIRST, AGAIN | {"cost_pence": 9999}), SHIPPED)
    assert dear.cost_pence == 320


def test_the_naive_count_takes_no_notice_of_age_or_value(
    log_of: Callable[..., Log],
) -> None:
    old = AGAIN | {"day": 900, "data_items": "income=7; address=8"}
    counted = find_duplication(log_of(FIRST, old), SHIPPED).by_rule[0]
    assert (counted.findings, counted.naive, counted.events) == (0, 1, 2)


def brute_force(
    log: list[dict[str, Any]], rule: AskedAgain
) -> dict[str, tuple[str, int, int]]:
    """Look at every pair: evidence, asks and part of each event found."""
    named = [event | {"event_id": f"e{n:03d}"} for n, event in enumerate(log)]
    place = lambda e: (e["day"], e["event_id"])  # noqa: E731 - used twice
    for event in named:
        parts = [p.strip() for p in (event["data_items"] or "").split(";")]
        split = [part.partition("=") for part in parts if part]
        event["held"] = {name: value or None for name, _, value in split}
    exempt = {each.item for each in rule.exempt}
    found = {}
    for j in named:
        evidence, asks = {}, 0
        for item, value in j["held"].items():
            limit = min(rule.window_days, rule.validity_days.get(item, 10**6))
            holders = [
                i
                for i in named
                if item in i["held"]
                and item not in exempt
                and i["customer_id"] == j["customer_id"]
                and i["agency"] != j["agency"]
                and place(i) < place(j)
                and j["day"] - i["day"] <= limit
                and (
                    i["held"][item] == value is not None
                    or (rule.unknown_values_count and None in {value, i["held"][item]})
                )
            ]
            if holders:
                asks += 1
                nearest = max(holders, key=place)
                evidence[nearest["event_id"]] = place(nearest)
        if asks:
            ids = ";".join(sorted(evidence, key=evidence.__getitem__, reverse=True))
            cost = j["cost_pence"]
            part = asks * pence_an_ask(rule)
            part = part if cost is None else min(part, cost)
            found[j["event_id"]] = (ids, asks, part)
    return found


@settings(max_examples=10)
@given(
    data=st.data(),
    asked=st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 4.0])),
)
def test_findings_equal_a_search_of_every_pair(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    asked: tuple[bool, float],
) -> None:
    events = data.draw(random_logs)
    rules = only(
        S,
        window_days=6,
        validity_days={"address": 3},
        exempt=({"item": "identity", "reason": "Seen in person."},),
        unknown_values_count=asked[0],
        minutes_per_item=asked[1],
    )
    log = encode_log(events_of(events), engine=engine)
    rows = find_duplication(log, rules).findings()
    columns = (rows[c] for c in ("evidence_ids", "measure", "part_pence"))
    found = dict(zip(rows["event_id"], zip(*columns, strict=True), strict=True))
    assert isinstance(rules.asked_again, AskedAgain)
    assert found == brute_force(events, rules.asked_again)
    assert len(found) > 10
